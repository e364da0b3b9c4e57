"""Writes multilayerPerceptron.json: scikit-learn's MLPClassifier on the five Telco splits, for test/ml/multilayerPerceptron.

From the repository's root: `.venv/bin/python test/golden/make_golden_perceptron.py`. Needs the Telco table beside the checkout.
The two implementations draw other weights and other orders, so that only figures can be compared: each is the mean over the
splits, once a seed, and their spread over the seeds is the noise that the test allows. The number of epochs is fixed, because
the two stop early by different measures.
"""

import sys
import warnings

sys.dont_write_bytecode = True

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

import telco

SEEDS = range(8)
CASES = [
    {"hiddenLayers": [64, 32], "l2": 1e-4, "learningRate": 1e-3, "batchSize": 200, "epochs": 15},
    {"hiddenLayers": [24], "l2": 2.0, "learningRate": 3e-3, "batchSize": 128, "epochs": 20},
    {"hiddenLayers": [], "l2": 0.1, "learningRate": 1e-2, "batchSize": 500, "epochs": 25},
]


def figures(case, seed, parts, labels):
    """ROC AUC and log-loss of one seed, each the mean over the splits."""
    values = []
    for train, holdout, fitted, held in parts:
        model = MLPClassifier(
            hidden_layer_sizes=case["hiddenLayers"],
            alpha=case["l2"],
            learning_rate_init=case["learningRate"],
            batch_size=case["batchSize"],
            max_iter=case["epochs"],
            n_iter_no_change=case["epochs"],
            random_state=seed,
        ).fit(fitted, labels[train])
        probabilities = model.predict_proba(held)[:, 1]
        values.append(
            (metrics.roc_auc_score(labels[holdout], probabilities), metrics.log_loss(labels[holdout], probabilities))
        )
    return np.mean(values, axis=0)


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    columns, labels = telco.read()
    parts = []
    for train, holdout in telco.splits():
        fitted, _ = telco.encode(columns, train, train, standardise=True)
        held, _ = telco.encode(columns, train, holdout, standardise=True)
        parts.append((train, holdout, fitted.astype(np.float64), held.astype(np.float64)))
    cases = []
    for case in CASES:
        by_seed = np.array([figures(case, seed, parts, labels) for seed in SEEDS])
        mean, sd = by_seed.mean(axis=0), by_seed.std(axis=0, ddof=1)
        cases.append(
            {
                **case,
                "seeds": len(SEEDS),
                "rocAuc": {"mean": mean[0], "sd": sd[0]},
                "logLoss": {"mean": mean[1], "sd": sd[1]},
            }
        )
    telco.write("multilayerPerceptron", {"scikit-learn": sklearn.__version__, "cases": cases})


main()
