import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import { rocAuc } from '../../../ml/evaluation/rocAuc.ts';
import { churnProbability } from '../../../ml/simulation/churnProbability.ts';
import { type DriftKind, driftKinds } from '../../../ml/simulation/DriftKind.ts';
import {
  DRIFTED_BLANK_SHARE,
  DRIFTED_CHURN_RATE,
  simulateTelco,
} from '../../../ml/simulation/simulateTelco.ts';
import { SIMULATOR_VERSION } from '../../../ml/simulation/simulatorVersion.ts';
import { type TelcoRow, telcoColumns } from '../../../ml/simulation/TelcoRow.ts';
import { telcoCsv } from '../../../ml/simulation/telcoCsv.ts';
import churn from '../../../projects/churn.ts';

const ROWS = 20_000;
const draw = (drift: DriftKind, rows = ROWS, startRow = 0): TelcoRow[] => [
  ...simulateTelco({ rows, seed: 11, drift, startRow }),
];
const drawn = new Map(driftKinds.map(drift => [drift, draw(drift)]));
const rowsOf = (drift: DriftKind): readonly TelcoRow[] => drawn.get(drift) ?? [];
const share = (rows: readonly TelcoRow[], holds: (row: TelcoRow) => boolean): number =>
  rows.filter(holds).length / rows.length;
const blanks = (row: TelcoRow): boolean => row.TotalCharges === null;
const withoutOutcome = (row: TelcoRow): TelcoRow => ({ ...row, Churn: 'No' });
const digest = (seed: number, drift: DriftKind): string =>
  createHash('sha256')
    .update([...telcoCsv(simulateTelco({ rows: 200, seed, drift }))].join(''))
    .digest('hex');
const churnRate = (rows: readonly TelcoRow[]): number => share(rows, row => row.Churn === 'Yes');
const mean = (rows: readonly TelcoRow[], of: (row: TelcoRow) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0) / rows.length;

function assertNear(found: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(found - expected) <= tolerance,
    `${what} is ${found}, expected ${expected} ± ${tolerance}`,
  );
}

describe('simulateTelco', () => {
  describe('resembles the published shares of the Telco table', () => {
    // Share of the level in IBM's table; four standard errors of 20,000 rows are at most .014, the rest is resemblance.
    const published: readonly [keyof TelcoRow, string | number, number][] = [
      ['gender', 'Female', 0.495],
      ['SeniorCitizen', 1, 0.162],
      ['Partner', 'Yes', 0.483],
      ['Dependents', 'Yes', 0.3],
      ['PhoneService', 'No', 0.097],
      ['MultipleLines', 'Yes', 0.422],
      ['InternetService', 'DSL', 0.344],
      ['InternetService', 'Fiber optic', 0.44],
      ['InternetService', 'No', 0.217],
      ['OnlineSecurity', 'Yes', 0.287],
      ['OnlineBackup', 'Yes', 0.345],
      ['DeviceProtection', 'Yes', 0.344],
      ['TechSupport', 'Yes', 0.29],
      ['StreamingTV', 'Yes', 0.384],
      ['StreamingMovies', 'Yes', 0.388],
      ['Contract', 'Month-to-month', 0.55],
      ['Contract', 'Two year', 0.241],
      ['PaperlessBilling', 'Yes', 0.592],
      ['PaymentMethod', 'Electronic check', 0.336],
      ['PaymentMethod', 'Mailed check', 0.229],
      ['Churn', 'Yes', 0.265],
    ];
    for (const [column, level, expected] of published)
      it(`${column} = ${level}`, () => {
        const found = share(rowsOf('none'), row => row[column] === level);
        assertNear(found, expected, column === 'Churn' ? 0.014 : 0.045, `the share of ${level}`);
      });

    it('tenure and charges', () => {
      const rows = rowsOf('none');
      assertNear(
        mean(rows, row => row.tenure),
        32.4,
        1,
        'mean tenure',
      );
      assertNear(
        mean(rows, row => row.MonthlyCharges),
        64.8,
        3,
        'mean MonthlyCharges',
      );
      assertNear(
        mean(rows, row => row.TotalCharges ?? 0),
        2280,
        150,
        'mean TotalCharges',
      );
    });

    // Churn rates by level in IBM's table: the effects, not only the marginals.
    const rates: readonly [keyof TelcoRow, string | number, number][] = [
      ['Contract', 'Month-to-month', 0.427],
      ['Contract', 'One year', 0.113],
      ['Contract', 'Two year', 0.028],
      ['InternetService', 'Fiber optic', 0.419],
      ['InternetService', 'No', 0.074],
      ['PaymentMethod', 'Electronic check', 0.453],
      ['TechSupport', 'Yes', 0.152],
      ['SeniorCitizen', 1, 0.417],
      ['gender', 'Male', 0.262],
    ];
    for (const [column, level, expected] of rates)
      it(`churn rate where ${column} = ${level}`, () => {
        const rows = rowsOf('none').filter(row => row[column] === level);
        assertNear(churnRate(rows), expected, 0.06, 'the churn rate');
      });
  });

  it('draws outcomes from the known probability, which ranks them as well as Telco can be ranked', () => {
    const rows = rowsOf('none');
    const labels = Uint8Array.from(rows, row => (row.Churn === 'Yes' ? 1 : 0));
    const truth = Float64Array.from(rows, row => churnProbability(row));
    assertNear(rocAuc(labels, truth), 0.85, 0.01, 'the best possible ROC AUC');
    for (const [low, high] of [
      [0, 0.1],
      [0.1, 0.3],
      [0.3, 0.6],
      [0.6, 1],
    ]) {
      const part = rows.filter((_, row) => truth[row] >= low && truth[row] < high);
      const expected = mean(part, row => churnProbability(row));
      const fourErrors = 4 * Math.sqrt((expected * (1 - expected)) / part.length);
      assertNear(churnRate(part), expected, fourErrors, `the rate of p in [${low}, ${high})`);
    }
  });

  for (const drift of driftKinds) {
    it(`gives valid rows under ${drift} drift`, () => {
      for (const row of rowsOf(drift)) {
        assert.deepEqual(Object.keys(row).sort(), [...telcoColumns].sort());
        assert.match(row.customerID, /^\d{4}-[A-Z]{5}$/);
        assert.ok(row.Churn === 'Yes' || row.Churn === 'No');
        assertValid(row);
        assertConsistent(row);
      }
      assert.equal(new Set(rowsOf(drift).map(row => row.customerID)).size, ROWS);
    });

    it(`is the same to the byte for the same seed under ${drift} drift, and another for another seed`, () => {
      assert.equal(digest(5, drift), digest(5, drift));
      assert.notEqual(digest(5, drift), digest(6, drift));
    });
  }

  it('has another version where it draws other tables', () => {
    const drawnBy = createHash('sha256');
    for (const drift of driftKinds) drawnBy.update(digest(5, drift));
    // Where the digest changes on purpose, SIMULATOR_VERSION goes up with it.
    assert.deepEqual(
      [SIMULATOR_VERSION, drawnBy.digest('hex')],
      [1, 'e2e258534256d90fe78c70fc2c3b513fd6764707fa1111d846dae8300abd4ae6'],
    );
  });

  it('does not depend on where it starts', () => {
    assert.deepEqual(draw('none', 50, 100), rowsOf('none').slice(100, 150));
  });

  it('streams: a row of a million needs none but itself', () => {
    const { value } = simulateTelco({ rows: 1_000_000_000, seed: 1 }).next();
    assert.ok(value);
    assert.equal(value.customerID.length, 10);
  });

  describe('drifts as it says and not otherwise', () => {
    it('covariate: other customers, the same reasons', () => {
      const rows = rowsOf('covariate');
      for (const column of ['tenure', 'MonthlyCharges', 'Contract', 'InternetService'] as const) {
        const index = populationStability(rowsOf('none'), rows, row => row[column]);
        assert.ok(index > 0.1, `PSI of ${column} is ${index}`);
      }
      assert.ok(populationStability(rowsOf('none'), rows, row => row.gender) < 0.01);
      assertNear(
        churnRate(rows),
        mean(rows, row => churnProbability(row)),
        0.014,
        'the rate by the old reasons',
      );
    });

    it('concept: the same customers, other reasons, about the same rate', () => {
      assert.deepEqual(rowsOf('concept').map(withoutOutcome), rowsOf('none').map(withoutOutcome));
      const labels = Uint8Array.from(rowsOf('concept'), row => (row.Churn === 'Yes' ? 1 : 0));
      const oldTruth = Float64Array.from(rowsOf('concept'), row => churnProbability(row));
      const newTruth = Float64Array.from(rowsOf('concept'), row => churnProbability(row, 'concept'));
      assertNear(churnRate(rowsOf('concept')), 0.265, 0.02, 'the rate');
      assert.ok(rocAuc(labels, oldTruth) < 0.7, String(rocAuc(labels, oldTruth)));
      assert.ok(rocAuc(labels, newTruth) > 0.78, String(rocAuc(labels, newTruth)));
    });

    it('prior: another rate, leavers and stayers as before', () => {
      assertNear(churnRate(rowsOf('prior')), DRIFTED_CHURN_RATE, 0.014, 'the rate');
      for (const outcome of ['Yes', 'No']) {
        const [before, after] = [rowsOf('none'), rowsOf('prior')].map(rows =>
          rows.filter(row => row.Churn === outcome),
        );
        for (const column of telcoColumns.slice(1, -1)) {
          const index = populationStability(before, after, row => row[column]);
          assert.ok(index < 0.02, `PSI of ${column} among ${outcome} is ${index}`);
        }
      }
    });

    it('missing: more blanks, all else as before', () => {
      assert.ok(share(rowsOf('none'), blanks) < 0.01);
      assertNear(share(rowsOf('missing'), blanks), DRIFTED_BLANK_SHARE, 0.02, 'the share of blanks');
      for (const [index, row] of rowsOf('missing').entries()) {
        const before = rowsOf('none')[index];
        assert.deepEqual({ ...row, TotalCharges: before.TotalCharges }, before);
      }
    });
  });

  for (const wrong of [{ rows: -1 }, { rows: 1.5 }, { startRow: -1 }, { seed: Number.NaN }])
    it(`refuses ${Object.entries(wrong).join()}`, () => {
      assert.throws(() => simulateTelco({ rows: 1, seed: 1, ...wrong }).next(), {
        name: 'RangeError',
        message: /expected a whole number from 0/,
      });
    });
});

describe('telcoCsv', () => {
  it('writes the 21 columns in order, blank where there is no value', () => {
    const rows = rowsOf('missing').slice(0, 2500);
    const text = [...telcoCsv(rows)].join('');
    const lines = text.split('\n');
    assert.equal(lines.length, 2502);
    assert.equal(lines[0], telcoColumns.join(','));
    assert.equal(lines[2501], '');
    for (const [index, row] of rows.entries()) {
      const cells = lines[index + 1].split(',');
      assert.deepEqual(
        cells,
        telcoColumns.map(column => String(row[column] ?? '')),
      );
    }
  });

  it('writes the header even without rows', () => {
    assert.equal([...telcoCsv([])].join(''), `${telcoColumns.join(',')}\n`);
  });
});

function assertValid(row: TelcoRow): void {
  const values = new Map<string, unknown>(Object.entries(row));
  for (const [column, rule] of Object.entries(churn.columns)) {
    const value = values.get(column);
    const what = `${column} of ${JSON.stringify(row)}`;
    if (value === null) assert.equal(rule.missing, 'impute', what);
    else if (rule.kind === 'category')
      assert.ok(
        rule.levels?.some(level => level === value),
        what,
      );
    else {
      assert.ok(typeof value === 'number' && Number.isFinite(value), what);
      assert.ok(value >= (rule.min ?? value) && value <= (rule.max ?? value), what);
      assert.ok(!rule.integer || Number.isInteger(value), what);
    }
  }
}

/** What depends on one another in Telco does here. */
function assertConsistent(row: TelcoRow): void {
  const options = [
    'OnlineSecurity',
    'OnlineBackup',
    'DeviceProtection',
    'TechSupport',
    'StreamingTV',
    'StreamingMovies',
  ] as const;
  for (const option of options)
    assert.equal(row[option] === 'No internet service', row.InternetService === 'No');
  assert.equal(row.MultipleLines === 'No phone service', row.PhoneService === 'No');
  assert.ok(row.PhoneService === 'Yes' || row.InternetService !== 'No', 'a customer has some service');
  if (row.tenure === 0) assert.equal(row.TotalCharges, null);
  else if (row.TotalCharges !== null) {
    const ratio = row.TotalCharges / (row.tenure * row.MonthlyCharges);
    assert.ok(ratio > 0.4 && ratio < 1.6, `${row.TotalCharges} after ${row.tenure} × ${row.MonthlyCharges}`);
  }
}

/** PSI over levels, or over ten bins between the first rows' deciles; half a row where a bin is empty. */
function populationStability(
  before: readonly TelcoRow[],
  after: readonly TelcoRow[],
  value: (row: TelcoRow) => string | number | null,
): number {
  const numbers = before
    .map(value)
    .filter(one => typeof one === 'number')
    .sort((a, b) => a - b);
  const edges = Array.from(
    { length: 9 },
    (_, edge) => numbers[Math.floor(((edge + 1) * numbers.length) / 10)],
  );
  const binOf = (row: TelcoRow): string => {
    const one = value(row);
    return typeof one === 'number' ? String(edges.filter(edge => one >= edge).length) : String(one);
  };
  const count = (rows: readonly TelcoRow[]) => Map.groupBy(rows, binOf);
  const [old, fresh] = [count(before), count(after)];
  let index = 0;
  for (const bin of new Set([...old.keys(), ...fresh.keys()])) {
    const expected = (old.get(bin)?.length ?? 0.5) / before.length;
    const found = (fresh.get(bin)?.length ?? 0.5) / after.length;
    index += (found - expected) * Math.log(found / expected);
  }
  return index;
}
