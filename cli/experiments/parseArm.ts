import { HoldfastError } from '../../platform/HoldfastError.ts';

// Arms as flags: `B=staging:20`, a shadow arm `C=5`, a new weight `B=50`.

interface ArmFlag {
  readonly name: string;
  readonly version: string;
  readonly weightPercent: number;
  readonly shadow: boolean;
}

/** @throws HoldfastError invalidArgument with the form that was expected */
export function parseArm(text: string, flag: '--arm' | '--shadow'): ArmFlag {
  const shadow = flag === '--shadow';
  const pattern = shadow ? /^([^=]+)=([^=:]+)()$/ : /^([^=]+)=([^=:]+):(\d+(?:\.\d+)?)%?$/;
  const [, name, version, weight] = pattern.exec(text) ?? [];
  if (name === undefined)
    throw malformed(flag, text, shadow ? 'NAME=VERSION, as C=5' : 'NAME=VERSION:PERCENT, as B=staging:20');
  return { name, version, weightPercent: Number(weight), shadow };
}

/** @throws HoldfastError invalidArgument with the form that was expected */
export function parseWeight(text: string): { arm: string; weightPercent: number } {
  const [, arm, weight] = /^([^=]+)=(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  if (arm === undefined) throw malformed('--arm', text, 'NAME=PERCENT, as B=50');
  return { arm, weightPercent: Number(weight) };
}

const malformed = (flag: string, text: string, expected: string): HoldfastError =>
  new HoldfastError('invalidArgument', `${flag} ${text} cannot be read: expected ${expected}.`);
