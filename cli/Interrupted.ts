/** Ctrl-C: no fault, but the end of the command (exit code 130). */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
