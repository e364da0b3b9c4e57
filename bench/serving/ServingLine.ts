import type { SideOfRounds } from '../measureInRounds.ts';

export interface ServingLine extends SideOfRounds<string> {
  readonly name: string;
  readonly rows: number;
  readonly inFlight: number;
}
