// How one candidate is trained: the preparation of the features and the kernel's parameters, as plain data.

interface Preparation {
  /** Standardise the numbers (linear models, perceptrons); trees need none. */
  readonly standardise: boolean;
  /** Hinges a number, at quantiles of the training part, so that a linear model may bend there; null makes none. */
  readonly splineKnots: number | null;
  /** Keep the features whose |Pearson r| with the label, on the training part, exceeds this; null keeps all. */
  readonly minimumAbsoluteCorrelation: number | null;
  /** SMOTE the training part to balance (Chawla 2002), k = 5; never what is evaluated. */
  readonly smote: boolean;
  /** Fit Platt scaling on the out-of-fold predictions, kept when it lowers log-loss. */
  readonly calibrate: boolean;
}

/** Weights n / (2 × n of the class), as scikit-learn's class_weight="balanced". */
interface ClassWeighted {
  readonly balanced: boolean;
}

export interface LogisticRegressionParameters extends ClassWeighted {
  /** Strength of the L2 penalty ½ λ‖w‖² beside the summed log-loss; the intercept is free. scikit-learn's 1/C. */
  readonly l2: number;
  readonly maximumIterations: number;
  /** Stops when the largest absolute gradient component falls below it. */
  readonly tolerance: number;
}

export interface RandomForestParameters extends ClassWeighted {
  readonly trees: number;
  readonly maximumDepth: number | null;
  readonly minimumSamplesLeaf: number;
  /** Features looked at a split; null = the square root of their number. */
  readonly featuresPerSplit: number | null;
}

export interface GradientBoostingParameters extends ClassWeighted {
  readonly maximumIterations: number;
  readonly learningRate: number;
  readonly maximumLeaves: number;
  readonly maximumDepth: number | null;
  readonly minimumSamplesLeaf: number;
  readonly l2: number;
  readonly maximumBins: number;
  /** Share of the training part held back to stop early; null trains all iterations. */
  readonly validationShare: number | null;
  /** Iterations without improvement before stopping. */
  readonly patience: number;
}

export interface MultilayerPerceptronParameters extends ClassWeighted {
  readonly hiddenLayers: readonly number[];
  readonly learningRate: number;
  readonly batchSize: number;
  readonly maximumEpochs: number;
  /** L2 penalty as scikit-learn's alpha: ½ α‖W‖² / batch. */
  readonly l2: number;
  readonly validationShare: number | null;
  readonly patience: number;
}

export type Recipe =
  | ({
      readonly trainer: 'logisticRegression';
      readonly parameters: LogisticRegressionParameters;
    } & Preparation)
  | ({ readonly trainer: 'randomForest'; readonly parameters: RandomForestParameters } & Preparation)
  | ({ readonly trainer: 'gradientBoosting'; readonly parameters: GradientBoostingParameters } & Preparation)
  | ({
      readonly trainer: 'multilayerPerceptron';
      readonly parameters: MultilayerPerceptronParameters;
    } & Preparation);
