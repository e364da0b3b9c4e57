import { z } from 'zod';
import { foreignTrainer } from './foreignTrainer.ts';

// What a table means: columns, label, trainers, gate. A definition is plain data, so that its digest names it and a
// model version can carry it. Nothing here reads a file: projects/*.ts write definitions, projects/loadProject.ts
// finds them.

const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'expected lower-case letters, digits and hyphens, starting with a letter, at most 63',
  );

/** `reject`: a row without a value is a violation (quarantined; refused when served). `impute`: it is allowed, and filled
 * with the training part's median (numbers) or most frequent level (categories). */
const missing = z.enum(['reject', 'impute']).default('reject');

const numberColumn = z.strictObject({
  kind: z.literal('number'),
  min: z.number().optional(),
  max: z.number().optional(),
  integer: z.boolean().default(false),
  missing,
});

const categoryColumn = z.strictObject({
  kind: z.literal('category'),
  /** The levels a training table may hold; left out, any text is taken. A level first met while serving is scored, not refused. */
  levels: z.array(z.string().min(1)).min(1).readonly().optional(),
  missing,
});

export const columnDefinition = z.discriminatedUnion('kind', [numberColumn, categoryColumn]);

export const trainerNames = [
  'logisticRegression',
  'randomForest',
  'gradientBoosting',
  'multilayerPerceptron',
] as const;

/** What a definition may list by name: our trainers, and the blend of those that it lists; others are objects. */
export const candidateNames = [...trainerNames, 'blend'] as const;

export const metricNames = [
  'rocAuc',
  'averagePrecision',
  'logLoss',
  'brier',
  'calibrationError',
  'accuracy',
  'balancedAccuracy',
  'precision',
  'recall',
  'f1',
] as const;

const share = z.number().gt(0).lt(1);

/** The economics of a retention offer, each amount in the same currency. */
export const offerDefinition = z
  .strictObject({
    /** What one offer costs, made to whomever: the discount, the call. */
    cost: z.number().positive(),
    /** What a customer who would have left and stays is worth. */
    customerValue: z.number().positive(),
    /** How often an offer keeps a customer who would have left. */
    successRate: z.number().gt(0).max(1),
  })
  .superRefine(({ cost, customerValue, successRate }, context) => {
    if (successRate * customerValue <= cost)
      context.addIssue({
        code: 'custom',
        path: ['cost'],
        message: `an offer costs ${cost} and brings ${successRate} × ${customerValue} at most: it never pays; expected a lower cost, or leave offer out`,
      });
  });

export const projectDefinition = z
  .strictObject({
    name,
    title: z.string().default(''),
    /** What the model is for, and what not; the model report says it. */
    intendedUse: z.string().min(1).optional(),
    /** The customer id's column; duplicates are violations. A table without one is fine. */
    id: z.string().min(1).optional(),
    label: z.strictObject({
      column: z.string().min(1),
      positive: z.string().min(1),
      negative: z.string().min(1),
    }),
    /** The column that says when a row's facts were true; no feature, unless it is listed as a column too. */
    eventTime: z.string().min(1).optional(),
    columns: z
      .record(z.string().min(1), columnDefinition)
      .refine(columns => Object.keys(columns).length > 0, 'expected at least one column'),
    /**
     * Where the data comes from when nobody says: our simulator, a CSV or Parquet file (relative to the project's folder) or
     * object of an S3-compatible store, or a query on a PostgreSQL. A definition is stored with every run, so that the secrets
     * stay in the worker's environment: the definition only names them.
     */
    source: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('simulator'),
          rows: z.number().int().min(100).default(7043),
          seed: z.number().int().min(0).default(1),
        }),
        z.strictObject({ kind: z.literal('file'), path: z.string().min(1) }),
        z.strictObject({
          kind: z.literal('s3'),
          uri: z.string().regex(/^s3:\/\/[^/]+\/./, 'expected s3://BUCKET/KEY'),
        }),
        z.strictObject({
          kind: z.literal('postgres'),
          connection: z
            .string()
            .regex(
              /^[A-Z][A-Z0-9_]{0,126}$/,
              "expected the name of a variable in the worker's environment, as CRM_DATABASE_URL, and never the URL itself",
            )
            .refine(
              variable => variable !== 'DATABASE_URL',
              "is Holdfast's own database; expected the customer's",
            ),
          /** One SELECT. Its rows are sorted by all columns before they are taken, so it needs no ORDER BY of its own. */
          query: z.string().trim().min(1).regex(/[^;]$/, 'expected no semicolon at the end'),
          timeoutSeconds: z.number().int().min(1).max(86_400).default(1800),
        }),
      ])
      .optional(),
    /** Above this share of quarantined rows the run fails with the report. */
    maximumQuarantinedShare: z.number().min(0).max(1).default(0.05),
    trainers: z
      .array(z.union([z.enum(candidateNames), foreignTrainer]))
      .min(1)
      .default([...candidateNames]),
    /** `holdfast`: our defaults. `original`: the parameters of the system that Holdfast replaces. */
    recipe: z.enum(['holdfast', 'original']).default('holdfast'),
    split: z
      .strictObject({
        holdoutShare: share.default(0.2),
        folds: z.number().int().min(2).max(20).default(5),
        /** `time`: the latest share is held out, and each fold is a period. Saying the default changes no digest. */
        by: z
          .enum(['random', 'time'])
          .transform(by => (by === 'random' ? undefined : by))
          .optional(),
      })
      .prefault({}),
    /** Tries other parameters for each trainer, for about so many seconds of one core altogether. Left out: none are tried. */
    search: z.strictObject({ budgetSeconds: z.number().gt(0).max(86_400) }).optional(),
    selection: z.enum(['logLoss', 'rocAuc', 'averagePrecision', 'accuracy']).default('logLoss'),
    /** What an offer costs and brings: thresholds are then those of the highest expected profit, else of the best F1. */
    offer: offerDefinition.optional(),
    /** What a version must meet on the holdout before it gets an alias. */
    gate: z
      .strictObject({
        minimumRocAuc: z.number().min(0).max(1).default(0.6),
        maximumCalibrationError: z.number().min(0).max(1).default(0.1),
        /** How much worse than the Production version's log-loss on the same holdout a challenger may be. */
        maximumLogLossIncrease: z.number().default(0),
      })
      .prefault({}),
    seed: z.number().int().min(0).max(0xffffffff).default(1),
  })
  .superRefine((definition, context) => {
    const { columns, id, label, trainers, eventTime, split } = definition;
    if (split.by === 'time' && eventTime === undefined)
      context.addIssue({
        code: 'custom',
        path: ['split', 'by'],
        message: 'is time, but there is no eventTime; name the column that says when a row was true',
      });
    if (eventTime !== undefined && (eventTime === id || eventTime === label.column))
      context.addIssue({
        code: 'custom',
        path: ['eventTime'],
        message: `is also the ${eventTime === id ? 'id' : 'label.column'}; expected a column of its own`,
      });
    const names = trainers.map(trainer => (typeof trainer === 'object' ? trainer.name : trainer));
    if (new Set(names.map(each => each.toLowerCase())).size < names.length)
      context.addIssue({
        code: 'custom',
        path: ['trainers'],
        message: 'lists one twice; expected each once',
      });
    for (const [place, trainer] of trainers.entries())
      if (
        typeof trainer === 'object' &&
        candidateNames.some(own => own.toLowerCase() === trainer.name.toLowerCase())
      )
        context.addIssue({
          code: 'custom',
          path: ['trainers', place, 'name'],
          message: `is the name of one of Holdfast's own; expected another for the trainer on ${trainer.taskQueue}`,
        });
    if (trainers.includes('blend') && trainers.length < 3)
      context.addIssue({
        code: 'custom',
        path: ['trainers'],
        message: 'blend mixes at least two other trainers; list them too, or leave blend out',
      });
    for (const reserved of ['label', 'probabilities'])
      if (reserved in columns)
        context.addIssue({
          code: 'custom',
          path: ['columns', reserved],
          message: `is the name of a model file's output; rename the column in the table`,
        });
    for (const [role, column] of [
      ['id', id],
      ['label.column', label.column],
    ] as const)
      if (column !== undefined && column in columns)
        context.addIssue({
          code: 'custom',
          path: ['columns', column],
          message: `is also the ${role}: a model must not see it; remove it from columns`,
        });
    if (label.positive === label.negative)
      context.addIssue({
        code: 'custom',
        path: ['label', 'negative'],
        message: 'equals label.positive; expected the other outcome',
      });
    for (const [column, rule] of Object.entries(columns))
      if (rule.kind === 'number' && rule.min !== undefined && rule.max !== undefined && rule.min > rule.max)
        context.addIssue({
          code: 'custom',
          path: ['columns', column],
          message: `min ${rule.min} is above max ${rule.max}`,
        });
  });

export type ProjectDefinition = z.output<typeof projectDefinition>;
export type ProjectDefinitionInput = z.input<typeof projectDefinition>;
export type Offer = z.output<typeof offerDefinition>;
export type ColumnDefinition = z.output<typeof columnDefinition>;
export type TrainerName = (typeof trainerNames)[number];
export type MetricName = (typeof metricNames)[number];
