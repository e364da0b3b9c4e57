import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ModelInput } from '../scoring/ModelSignature.ts';
import { parseCell } from '../scoring/parseCell.ts';
import { didYouMean } from '../../platform/suggest.ts';
import type { Instance } from './parseInstances.ts';

/**
 * One instance out of flags such as `tenure=5`, each value of its column's kind; `TotalCharges=` is a missing value.
 * @throws HoldfastError invalidArgument with every flag's fault.
 */
export function parseSettings(settings: readonly string[], inputs: readonly ModelInput[]): Instance {
  const instance: Instance = {};
  const violations: { field: string; description: string }[] = [];
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const name = setting.slice(0, Math.max(at, 0)).trim();
    const column = inputs.find(candidate => candidate.name === name);
    const fault = (description: string) => violations.push({ field: `--set ${setting}`, description });
    if (at <= 0) fault('expected COLUMN=VALUE, as tenure=5');
    else if (name in instance) fault(`${name} is set twice`);
    else if (column === undefined)
      fault(
        `the model has no column ${name}.${didYouMean(
          name,
          inputs.map(input => input.name),
        )}`,
      );
    else instance[name] = parseCell(setting.slice(at + 1), column);
  }
  if (violations.length === 0) return instance;
  throw new HoldfastError('invalidArgument', 'The values given with --set do not fit the model.', {
    violations,
  });
}
