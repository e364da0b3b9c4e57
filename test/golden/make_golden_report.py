"""Writes modelReport.json: the figures of a model report by scikit-learn and scipy, for test/ml/report.

From the repository's root: `.venv/bin/python test/golden/make_golden_report.py`. Needs no data: a small table is drawn here, and the
model is a logistic regression whose coefficients the test reads too.
"""

import sys

sys.dont_write_bytecode = True

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression

import telco

random = np.random.default_rng(20261125)
rows = 400
features = np.column_stack(
    [random.normal(0, 1, rows), random.integers(0, 5, rows), random.normal(0, 1, rows)]
).astype(np.float32)
logits = 1.2 * features[:, 0] - 0.6 * features[:, 1] + 0.4
labels = (random.random(rows) < 1 / (1 + np.exp(-logits))).astype(int)
model = LogisticRegression().fit(features.astype(np.float64), labels)
probabilities = model.predict_proba(features.astype(np.float64))[:, 1]

false_positive_rate, true_positive_rate, roc_thresholds = metrics.roc_curve(labels, probabilities, drop_intermediate=False)
precision, recall, pr_thresholds = metrics.precision_recall_curve(labels, probabilities)
rate, mean_probability = calibration_curve(labels, probabilities, n_bins=10, strategy="uniform")
importance = permutation_importance(
    model, features.astype(np.float64), labels, scoring="roc_auc", n_repeats=2000, random_state=1
)
grids = []
for column in range(3):
    grid = np.unique(np.quantile(features[:, column], [0, 0.25, 0.5, 0.75, 1], method="nearest"))
    dependence = partial_dependence(
        model,
        features.astype(np.float64),
        [column],
        kind="average",
        method="brute",
        response_method="predict_proba",
        custom_values={column: grid.astype(np.float64)},
    )
    grids.append({"grid": grid.tolist(), "average": dependence["average"][0].tolist()})

telco.write(
    "modelReport",
    {
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
        "features": features.tolist(),
        "labels": labels.tolist(),
        "intercept": model.intercept_[0],
        "coefficients": model.coef_[0].tolist(),
        "probabilities": probabilities.tolist(),
        "roc": {
            "thresholds": roc_thresholds[1:].tolist(),
            "falsePositiveRate": false_positive_rate[1:].tolist(),
            "truePositiveRate": true_positive_rate[1:].tolist(),
        },
        # The last point of scikit-learn is (recall 0, precision 1) by convention, with no threshold; ours has none.
        "precisionRecall": {
            "thresholds": pr_thresholds.tolist(),
            "precision": precision[:-1].tolist(),
            "recall": recall[:-1].tolist(),
        },
        "calibration": {"rate": rate.tolist(), "meanProbability": mean_probability.tolist()},
        "importance": {"mean": importance.importances_mean.tolist(), "sd": importance.importances.std(axis=1, ddof=1).tolist()},
        "dependence": grids,
        "normalTail": [[z, float(stats.norm.sf(z))] for z in (-3, 0, 0.1, 0.5, 1, 1.96, 1.999, 2, 2.5, 4, 8, 15, 30)],
        "wilson": [
            [k, n, *map(float, stats.binomtest(k, n).proportion_ci(0.95, method="wilson"))] for k, n in ((0, 10), (3, 7), (50, 100), (9, 9))
        ],
    },
)
