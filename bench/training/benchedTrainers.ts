/** The trainers that scikit-learn has too. */
export const benchedTrainers = [
  'logisticRegression',
  'randomForest',
  'gradientBoosting',
  'multilayerPerceptron',
] as const;

export type BenchedTrainer = (typeof benchedTrainers)[number];
