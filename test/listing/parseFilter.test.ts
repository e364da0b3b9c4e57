import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type {
  Comparator,
  Filter,
  ListDeclaration,
  ListItem,
  Value,
} from '../../platform/listing/ListDeclaration.ts';
import { matchesFilter } from '../../platform/listing/matchesFilter.ts';
import { parseFilter } from '../../platform/listing/parseFilter.ts';
import { parseOrder } from '../../platform/listing/parseOrder.ts';
import { testSeed } from '../support/testSeed.ts';

const list: ListDeclaration = {
  name: 'things',
  fields: {
    id: { type: 'integer', hidden: true },
    trainer: { type: 'text' },
    version: { type: 'integer' },
    'metrics.log_loss': { type: 'number' },
    create_time: { type: 'time' },
    end_time: { type: 'time', optional: true },
    archived: { type: 'boolean' },
    aliases: { type: 'texts', values: ['production', 'staging'] },
    status: { type: 'text', values: ['running', 'failed'], prefix: 'RUN_STATUS_' },
  },
  order: 'create_time desc',
  key: ['id'],
};

const item: ListItem = {
  id: 1,
  trainer: 'blend',
  version: 5,
  'metrics.log_loss': 0.41,
  create_time: '2026-02-01T00:00:00.000Z',
  end_time: null,
  archived: false,
  aliases: ['staging'],
  status: 'running',
};

const matches = (text: string): boolean => {
  const filter = parseFilter(list, text);
  return filter === null || matchesFilter(filter, item);
};

describe('filters of lists', () => {
  const cases: readonly [string, boolean][] = [
    ['', true],
    ['trainer = "blend" AND create_time > "2026-01-01"', true],
    ["trainer = 'blend'", true],
    ['trainer = blend', true],
    ['trainer != "blend"', false],
    ['create_time > "2026-02-01T01:00:00+02:00"', true],
    ['create_time > "2026-02-01"', false],
    ['create_time >= 2026-02-01', true],
    ['version >= 5 AND version < 6', true],
    ['metrics.log_loss < 4.1e-1', false],
    ['metrics.log_loss <= 0.41', true],
    ['version = -5', false],
    ['aliases:production OR aliases:staging', true],
    ['aliases:production', false],
    ['NOT aliases:production', true],
    ['NOT (trainer = blend AND version = 5)', false],
    ['end_time:*', false],
    ['NOT end_time:*', true],
    ['end_time > "2026-01-01"', false],
    ['NOT end_time > "2026-01-01"', true],
    ['end_time != "2026-01-01"', true],
    ['status = RUN_STATUS_RUNNING', true],
    ['status = running', true],
    ['archived = false', true],
    ['(trainer = x OR trainer = blend) AND archived != true', true],
  ];
  for (const [text, expected] of cases)
    it(`${text === '' ? 'an empty filter' : text} is ${expected} of the item`, () =>
      assert.equal(matches(text), expected));

  const refused: readonly [string, RegExp][] = [
    [
      'trainr = blend',
      /"trainr" is no field of this list\. Did you mean "trainer"\? Its fields are trainer, /,
    ],
    ['id = 1', /"id" is no field/],
    ['toString = 1', /"toString" is no field/],
    ['trainer', /expected one of = != < <= > >= at character 8, got the end/],
    ['trainer =', /expected a value at character 10, got the end/],
    ['trainer = blend version = 5', /expected AND, OR or the end at character 17, got "version"/],
    ['(trainer = blend', /expected AND, OR or \) at character 17, got the end/],
    ['trainer = "blend', /begins at character 11 has no closing "/],
    ['trainer = bl/end', /unexpected "\/" at character 13; put values other than plain words into quotes/],
    [
      'trainer = a AND version = 1 OR version = 2',
      /AND and OR are mixed at character 29; put parentheses around/,
    ],
    ['version = blend', /version is compared with "blend"; expected a whole number/],
    ['version = 1.5', /expected a whole number/],
    ['metrics.log_loss > much', /expected a number/],
    ['create_time > 2026-02-30', /expected a date or a time in quotes/],
    ['archived = yes', /expected true or false/],
    ['archived > false', /expected one of = != at character 10, got ">"/],
    ['status = runing', /expected running, failed\. Did you mean "running"\?/],
    ['aliases = production', /expected one of : at character 9/],
    ['trainer:*', /trainer is always there/],
    ['trainer:blend', /expected trainer = value, for it is no list/],
    [`${'('.repeat(30)}version = 1${')'.repeat(30)}`, /nested deeper than 20/],
    [`${'NOT '.repeat(30)}version = 1`, /nested deeper than 20/],
    [Array(60).fill('version = 1').join(' AND '), /more than 50 comparisons/],
    ['x'.repeat(2001), /2001 characters; expected at most 2000/],
  ];
  for (const [text, message] of refused)
    it(`refuses ${text.slice(0, 50)}`, () =>
      assert.throws(() => parseFilter(list, text), { name: 'SyntaxError', message }));

  it('reads back whatever filter it is given as text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    const comparators = fc.constantFrom<Comparator[]>('=', '!=', '<', '<=', '>', '>=');
    const compare = ({ field, value }: { field: fc.Arbitrary<string>; value: fc.Arbitrary<Value> }) =>
      fc
        .tuple(field, comparators, value)
        .map(([name, comparator, of]): Filter => ({ kind: 'compare', field: name, comparator, value: of }));
    const leaf = fc.oneof(
      compare({
        field: fc.constant('trainer'),
        value: text,
      }),
      compare({
        field: fc.constant('metrics.log_loss'),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
      }),
      fc.constant<Filter>({ kind: 'has', field: 'aliases', value: 'staging' }),
      fc.constant<Filter>({ kind: 'present', field: 'end_time' }),
    );
    const { tree } = fc.letrec<{ tree: Filter }>(tie => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        tie('tree').map((of): Filter => ({ kind: 'not', of })),
        fc
          .tuple(
            fc.constantFrom<'and' | 'or'>('and', 'or'),
            fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
          )
          .map(([kind, of]): Filter => ({ kind, of })),
      ),
    }));
    fc.assert(
      fc.property(tree, filter => {
        const shown = show(filter);
        fc.pre(shown.length <= 2000 && (shown.match(/\w[ :]/g)?.length ?? 0) < 50);
        assert.deepEqual(parseFilter(list, shown), filter);
      }),
      { seed: testSeed },
    );
  });

  it('answers any text with a filter or with what is wrong with it', () => {
    const words = fc.constantFrom(
      ...'trainer version = != < ( ) : * AND OR NOT " \' \\ 5 blend -'.split(' '),
    );
    const sentence = fc.oneof(
      fc.string(),
      fc.array(words).map(parts => parts.join(' ')),
    );
    fc.assert(
      fc.property(sentence, text => {
        try {
          parseFilter(list, text);
        } catch (error) {
          assert.ok(error instanceof SyntaxError, String(error));
        }
      }),
      { seed: testSeed, numRuns: 1_000 },
    );
  });
});

function show(filter: Filter): string {
  if (filter.kind === 'not') return `NOT (${show(filter.of)})`;
  if (filter.kind === 'and' || filter.kind === 'or')
    return filter.of.map(each => `(${show(each)})`).join(` ${filter.kind.toUpperCase()} `);
  if (filter.kind === 'present') return `${filter.field}:*`;
  const value = `"${String(filter.value).replaceAll(/["\\]/g, '\\$&')}"`;
  return filter.kind === 'has' ? `${filter.field}:${value}` : `${filter.field} ${filter.comparator} ${value}`;
}

const term = (field: string, descending = false) => ({ field, descending });

describe('orders of lists', () => {
  it('are the list’s own where none is asked for, and always end with its key', () => {
    assert.deepEqual(parseOrder(list, ''), [term('create_time', true), term('id', true)]);
    assert.deepEqual(parseOrder(list, ' version , trainer DESC '), [
      term('version'),
      term('trainer', true),
      term('id', true),
    ]);
    assert.deepEqual(parseOrder(list, 'version'), [term('version'), term('id')]);
  });
  const refused: readonly [string, RegExp][] = [
    ['versoin', /Did you mean "version"/],
    ['version down', /"version down" is no part of an order; expected FIELD or FIELD desc/],
    ['version,', /"" is no part of an order/],
    ['version, version desc', /version is there twice/],
    ['end_time', /end_time orders nothing, for not every item has it/],
    ['aliases', /aliases orders nothing, for it is a list/],
    ['id', /"id" is no field/],
  ];
  for (const [text, message] of refused)
    it(`refuse ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseOrder(list, text), { name: 'SyntaxError', message }));
});
