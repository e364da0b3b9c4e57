import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { createCoalitions } from '../../../ml/explanation/createCoalitions.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { sigmoid } from '../../../ml/trainers/sigmoid.ts';
import { assertClose } from '../../support/assertClose.ts';
import { naiveShapley } from './naiveShapley.ts';

type Game = (members: readonly boolean[]) => number;

const play = (players: number, seed: number, game: Game, pairs?: number) => {
  const coalitions = createCoalitions(players, seed, pairs);
  const { rows } = coalitions;
  const scores = rows.map(row => game([...row].map(member => member === 1)));
  return { rows, scores, ...coalitions.estimate(scores) };
};

/** A network of one hidden layer over who takes part: everything works together with everything. */
function network(players: number, seed: number): Game {
  const random = createRandom(seed);
  const layer = Array.from({ length: 6 }, () => Array.from({ length: players }, () => random.normal()));
  const out = layer.map(() => random.normal());
  return members =>
    sigmoid(
      layer.reduce(
        (sum, weights, unit) =>
          sum +
          out[unit] *
            Math.max(
              0,
              weights.reduce((z, weight, at) => z + (members[at] ? weight : 0), -0.3),
            ),
        0,
      ),
    );
}

describe('createCoalitions', () => {
  it('asks all coalitions of few players, and is exact', () => {
    for (let players = 0; players <= 7; players++) {
      const game = network(players, 3 + players);
      const found = play(players, 1, game);
      assert.equal(found.rows.length, 2 ** players);
      for (const [player, value] of naiveShapley(players, game).entries())
        assertClose(found.contributions[player], value, 1e-12, `player ${player} of ${players}`);
      assert.ok(found.standardErrors.every(error => error === 0));
    }
  });

  it('is exact for many players, too, where only pairs of them work together', () => {
    const random = createRandom(5);
    const pairwise = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => random.normal()));
    const game: Game = members =>
      pairwise.reduce(
        (sum, list, one) =>
          sum + list.reduce((inner, value, two) => inner + (members[one] && members[two] ? value : 0), 0),
        1,
      );
    const found = play(10, 1, game);
    assert.ok(found.rows.length < 2 ** 10);
    for (const [player, value] of naiveShapley(10, game).entries())
      assertClose(found.contributions[player], value, 1e-12, `player ${player}`);
    for (const error of found.standardErrors) assertClose(error, 0, 1e-7, 'standard error');
  });

  it('is within its stated error of the truth: 95 % within two of it and nearly all within three', () => {
    let within2 = 0;
    let within3 = 0;
    let count = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const game = network(10, seed);
      const expected = naiveShapley(10, game);
      const { contributions, standardErrors } = play(10, seed, game, 30);
      for (const [player, value] of expected.entries()) {
        const errors = Math.abs(contributions[player] - value) / standardErrors[player];
        count++;
        if (errors <= 2) within2++;
        if (errors <= 3) within3++;
      }
    }
    assert.ok(within2 / count > 0.9, `${within2} of ${count}`);
    assert.ok(within3 / count > 0.97, `${within3} of ${count}`);
  });

  it('adds up, gives nothing to a player that does nothing, and the same to the same question', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 14 }), fc.nat(), fc.nat(), (players, seed, idle) => {
        const inner = network(players, seed);
        const nobody = idle % players;
        const game: Game = members => inner(members.map((member, player) => member && player !== nobody));
        const found = play(players, seed, game);
        const sum = found.contributions.reduce((total, each) => total + each, 0);
        assertClose(
          sum,
          game(Array<boolean>(players).fill(true)) - game(Array<boolean>(players).fill(false)),
          1e-9,
          'sum',
        );
        assert.ok(Math.abs(found.contributions[nobody]) < 1e-12 && found.standardErrors[nobody] < 1e-7);
        assert.deepEqual(play(players, seed, game), found);
      }),
      { numRuns: 60 },
    );
  });
});
