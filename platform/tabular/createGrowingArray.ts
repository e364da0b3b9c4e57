interface Numbers {
  readonly buffer: ArrayBufferLike;
  readonly byteLength: number;
  readonly length: number;
  [index: number]: number;
  set(values: this): void;
  subarray(start: number, end: number): this;
}

interface Kind<T> {
  new (length: number): T;
  new (buffer: ArrayBuffer): T;
}

/** Most arrays stay small, and need no addresses of their own. */
const FIRST_LENGTH = 4096;
/** Addresses that are set aside for an array that does not: no memory, and more than most tables ever need. */
const RESERVED_BYTES = 2 ** 30;

/**
 * A typed array whose length is only known at the end. Its room doubles where it is: nothing is copied, no former copy waits for the
 * garbage collector, and room that was never written to costs nothing.
 */
export function createGrowingArray<T extends Numbers>(kind: Kind<T>, reservedBytes = RESERVED_BYTES) {
  let room = new kind(FIRST_LENGTH);
  let length = 0;
  return {
    get length() {
      return length;
    },
    at: (index: number): number => room[index],
    push: (value: number): void => {
      if (length === room.length) room = enlarged(room, kind, reservedBytes);
      room[length++] = value;
    },
    /** Not copied. */
    finish: (): T => room.subarray(0, length),
  };
}

function enlarged<T extends Numbers>(room: T, kind: Kind<T>, reservedBytes: number): T {
  const { buffer } = room;
  const bytes = 2 * room.byteLength;
  if (buffer instanceof ArrayBuffer && buffer.resizable && bytes <= buffer.maxByteLength) {
    // The view is as long as its buffer.
    buffer.resize(bytes);
    return room;
  }
  const larger = new kind(new ArrayBuffer(bytes, { maxByteLength: Math.max(reservedBytes, 2 * bytes) }));
  larger.set(room);
  return larger;
}
