"""Writes experiments.json: tails of the chi-squared distribution and sample-ratio checks by SciPy, for test/ml/experiments.

From the repository's root: `.venv/bin/python test/golden/make_golden_experiments.py`. Needs no data.
"""

import sys

sys.dont_write_bytecode = True

import numpy as np
import scipy
from scipy import stats

import telco

telco.write(
    "experiments",
    {
        "scipy": scipy.__version__,
        "tails": [
            [float(x), df, float(stats.chi2.sf(x, df))]
            for df in (1, 2, 3, 7, 19, 60)
            for x in (0, 1e-6, 0.1, 1, 3.84, 10, 30, 100, 700)
        ],
        "splits": [
            {
                "counts": counts,
                "shares": shares,
                "statistic": float(result.statistic),
                "pValue": float(result.pvalue),
            }
            for counts, shares in (
                ([5021, 4979], [0.5, 0.5]),
                ([8200, 1800], [0.8, 0.2]),
                ([330, 345, 325], [0.3333, 0.3333, 0.3334]),
                ([10, 30], [0.5, 0.5]),
            )
            for result in [stats.chisquare(counts, np.array(shares) * sum(counts))]
        ],
    },
)
