/**
 * How simulated customers may differ from the reference population:
 * - `none`: not at all.
 * - `covariate`: other customers (more fibre, month-to-month, new, dearer), who leave for the same reasons.
 * - `concept`: the same customers, who leave for other reasons, at about the same rate.
 * - `prior`: leavers and stayers are as before, but more leave.
 * - `missing`: the same customers and outcomes, with many more blank TotalCharges.
 */
export const driftKinds = ['none', 'covariate', 'concept', 'prior', 'missing'] as const;

export type DriftKind = (typeof driftKinds)[number];
