/** What is wrong in a JSON text, and where: `instances[3].tenure`; an empty path is the whole. */
export class JsonFault extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(reason);
    this.path = path;
  }
}
