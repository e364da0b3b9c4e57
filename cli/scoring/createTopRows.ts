// The best rows of a file of any size: what is kept grows with how many are asked for, never with the file.

export interface TopRow {
  readonly probability: number;
  /** Its place in the file: of two equal probabilities the earlier row is better, so that the choice never varies. */
  readonly row: number;
  /** Bytes, not text: a part of a string would keep the whole chunk of the file that it was cut from. */
  readonly line: Buffer;
}

export interface TopRows {
  /** @param line the text as Latin-1, made only where the row is among the best so far */
  add(row: { readonly probability: number; readonly row: number }, line: () => string): void;
  /** The rows, the best first. */
  ranked(): TopRow[];
}

export function createTopRows(limit: number): TopRows {
  // A binary heap with the worst on top: the one to go when a better comes.
  const heap: TopRow[] = [];
  const isWorse = (one: Omit<TopRow, 'line'>, other: Omit<TopRow, 'line'>): boolean =>
    one.probability < other.probability || (one.probability === other.probability && one.row > other.row);
  const siftUp = (start: number): void => {
    for (let child = start; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!isWorse(heap[child], heap[parent])) return;
      [heap[child], heap[parent]] = [heap[parent], heap[child]];
      child = parent;
    }
  };
  const siftDown = (): void => {
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let worst = parent;
      if (left < heap.length && isWorse(heap[left], heap[worst])) worst = left;
      if (right < heap.length && isWorse(heap[right], heap[worst])) worst = right;
      if (worst === parent) return;
      [heap[parent], heap[worst]] = [heap[worst], heap[parent]];
      parent = worst;
    }
  };
  return {
    add({ probability, row }, line) {
      const isFull = heap.length === limit;
      if (isFull && !isWorse(heap[0], { probability, row })) return;
      const entry = { probability, row, line: Buffer.from(line(), 'latin1') };
      if (isFull) {
        heap[0] = entry;
        siftDown();
      } else siftUp(heap.push(entry) - 1);
    },
    ranked: () => heap.toSorted((one, other) => (isWorse(one, other) ? 1 : -1)),
  };
}
