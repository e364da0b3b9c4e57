import { createRandom } from '../random/createRandom.ts';

// Shapley values of a model that can only be asked. Few columns: all their coalitions are asked, and the values are exact.
// Many: random orders of the columns (Castro et al. 2009; Štrumbelj and Kononenko 2014), each with its reverse, so that
// whatever two columns do together is divided exactly in every pair, and only what three or more do is left to chance.

export interface Coalitions {
  /** What is to be asked: `rows[i][player]` is 1 where the player takes part. The first has none, the last all. */
  readonly rows: readonly Uint8Array[];
  /**
   * @param scores one a row
   * @returns one a player each; a standard error is of the pairs of orders, and 0 where all coalitions were asked
   */
  estimate(scores: ArrayLike<number>): { contributions: Float64Array; standardErrors: Float64Array };
}

/** Pairs of orders. */
const PAIRS = 8;
/** So many columns have about as many coalitions as the orders would ask for. */
const MOST_ENUMERATED = 7;

export const createCoalitions = (players: number, seed: number, pairs = PAIRS): Coalitions =>
  players <= MOST_ENUMERATED ? allCoalitions(players) : sampledOrders(players, seed, pairs);

function allCoalitions(players: number): Coalitions {
  const rows = Array.from({ length: 2 ** players }, (_, set) =>
    Uint8Array.from({ length: players }, (_player, bit) => (set >> bit) & 1),
  );
  const sizes = rows.map(row => row.reduce((sum, member) => sum + member, 0));
  // s! × (n − s − 1)! / n!
  const weights = [1 / Math.max(1, players)];
  for (let size = 1; size < players; size++) weights.push((weights[size - 1] * size) / (players - size));
  return {
    rows,
    estimate(scores) {
      const contributions = new Float64Array(players);
      for (let set = 0; set < rows.length; set++)
        for (let player = 0; player < players; player++)
          if (rows[set][player] === 0)
            contributions[player] += weights[sizes[set]] * (scores[set | (1 << player)] - scores[set]);
      return { contributions, standardErrors: new Float64Array(players) };
    },
  };
}

function sampledOrders(players: number, seed: number, pairs: number): Coalitions {
  const random = createRandom(seed);
  const orders = Array.from({ length: pairs }, () => {
    const order = random.shuffle(Int32Array.from({ length: players }, (_, player) => player));
    return [order, order.toReversed()];
  }).flat();
  const nobody = new Uint8Array(players);
  const rows = [nobody];
  for (const order of orders) {
    const members = nobody.slice();
    for (const player of order.subarray(0, -1)) {
      members[player] = 1;
      rows.push(members.slice());
    }
  }
  rows.push(nobody.slice().fill(1));
  return {
    rows,
    estimate(scores) {
      const sums = new Float64Array(players);
      const squares = new Float64Array(players);
      const contributions = new Float64Array(players);
      let at = 1;
      for (const [index, order] of orders.entries()) {
        if (index % 2 === 0) contributions.fill(0);
        let before = scores[0];
        for (const [position, player] of order.entries()) {
          const score = position === players - 1 ? scores[rows.length - 1] : scores[at++];
          contributions[player] += (score - before) / 2;
          before = score;
        }
        if (index % 2 === 0) continue;
        for (let player = 0; player < players; player++) {
          sums[player] += contributions[player];
          squares[player] += contributions[player] ** 2;
        }
      }
      const means = sums.map(sum => sum / pairs);
      return {
        contributions: means,
        standardErrors: squares.map((square, player) =>
          Math.sqrt(Math.max(0, square / pairs - means[player] ** 2) / Math.max(1, pairs - 1)),
        ),
      };
    },
  };
}
