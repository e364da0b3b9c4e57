import type { ProjectDefinition } from '../definition/ProjectDefinition.ts';
import type { Metrics } from './Metrics.ts';

export interface GateCheck {
  readonly rule: string;
  readonly passed: boolean;
  readonly detail: string;
}

const shown = (value: number): string => value.toFixed(4);

/**
 * What a challenger must meet before it gets an alias: floors of its own, and not worse than the champion, both measured on
 * the same untouched holdout.
 * @param champion the Production version's metrics on that holdout, or null where nothing is in Production
 */
export function checkGate(
  gate: ProjectDefinition['gate'],
  challenger: Metrics,
  champion: Metrics | null,
): GateCheck[] {
  const checks: GateCheck[] = [
    {
      rule: 'minimumRocAuc',
      passed: challenger.rocAuc >= gate.minimumRocAuc,
      detail: `ROC AUC ${shown(challenger.rocAuc)}, expected at least ${shown(gate.minimumRocAuc)}`,
    },
    {
      rule: 'maximumCalibrationError',
      passed: challenger.calibrationError <= gate.maximumCalibrationError,
      detail: `calibration error ${shown(challenger.calibrationError)}, expected at most ${shown(gate.maximumCalibrationError)}`,
    },
  ];
  if (champion !== null) {
    const limit = champion.logLoss + gate.maximumLogLossIncrease;
    checks.push({
      rule: 'maximumLogLossIncrease',
      passed: challenger.logLoss <= limit,
      detail: `log-loss ${shown(challenger.logLoss)}, Production has ${shown(champion.logLoss)} on the same holdout, expected at most ${shown(limit)}`,
    });
  }
  return checks;
}
