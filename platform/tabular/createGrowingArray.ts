interface Numbers {
  readonly length: number;
  [index: number]: number;
  set(values: this): void;
  subarray(start: number, end: number): this;
}

/** A typed array whose length is only known at the end: its room doubles, so adding stays cheap. */
export function createGrowingArray<T extends Numbers>(create: (length: number) => T) {
  let room = create(4096);
  let length = 0;
  return {
    push: (value: number): void => {
      if (length === room.length) {
        const larger = create(room.length * 2);
        larger.set(room);
        room = larger;
      }
      room[length++] = value;
    },
    /** Not copied: room that was never written to costs nothing. */
    finish: (): T => room.subarray(0, length),
  };
}
