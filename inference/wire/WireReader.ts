// Protobuf's wire format, walked in place: what a request holds is read from its bytes into columns without an object for each
// field (a google.protobuf.Struct of twenty fields is eighty objects). Reads only what is asked for, and never past its end.

/** The bytes are no message. Its text is for the log; the caller is told which message was expected. */
export class WireError extends Error {}

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

export class WireReader {
  readonly bytes: Buffer;
  /** Of the next byte. */
  position: number;
  /** Where the message ends that is being read. */
  end: number;

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get more(): boolean {
    return this.position < this.end;
  }

  /** An unsigned number of 32 bits, whose upper bits, as protobuf says, are cut off; field << 3 | wire type, where it is a tag. */
  uint32(): number {
    const { bytes } = this;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.end) throw new WireError('a number is cut off');
      const byte = bytes[this.position++];
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new WireError('a number is longer than ten bytes');
  }

  /** Whether any bit of the number is set, be it above the 32nd. */
  bool(): boolean {
    let set = false;
    for (let length = 0; length < 10; length++) {
      if (this.position >= this.end) throw new WireError('a number is cut off');
      const byte = this.bytes[this.position++];
      if ((byte & 0x7f) !== 0) set = true;
      if (byte < 0x80) return set;
    }
    throw new WireError('a number is longer than ten bytes');
  }

  double(): number {
    const at = this.position;
    this.#step(8);
    return this.bytes.readDoubleLE(at);
  }

  /** Steps over a length-delimited field. @returns where its content ends; it begins at `position` before the end is set */
  length(): number {
    const length = this.uint32();
    const end = this.position + length;
    if (end > this.end) throw new WireError('a field is longer than its message');
    return end;
  }

  string(): string {
    const end = this.length();
    const from = this.position;
    this.position = end;
    return this.bytes.toString('utf8', from, end);
  }

  /** Steps over the field whose tag was just read. */
  skip(tag: number): void {
    if (tag >>> 3 === 0) throw new WireError('a field has the number 0');
    switch (tag & 7) {
      case VARINT:
        this.bool();
        return;
      case FIXED64:
        this.#step(8);
        return;
      case BYTES:
        this.position = this.length();
        return;
      case FIXED32:
        this.#step(4);
        return;
      default:
        // Groups were given up before proto3, and no message of ours ever had one.
        throw new WireError(`a field has the wire type ${tag & 7}`);
    }
  }

  #step(bytes: number): void {
    this.position += bytes;
    if (this.position > this.end) throw new WireError('a field is cut off');
  }
}
