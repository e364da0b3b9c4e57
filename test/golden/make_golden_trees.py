"""Writes trees.json: scikit-learn's boosting and forest on the five fixed splits of the Telco table, for test/ml/trees.

From the repository's root: `.venv/bin/python test/golden/make_golden_trees.py`. Needs the Telco table beside the checkout.
Boosting without early stopping draws nothing here, so it is fitted once and some of its probabilities are kept; the
others are fitted with five seeds, because the spread over seeds is the noise that a comparison has to allow for.
"""

import sys

sys.dont_write_bytecode = True

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import log_loss, roc_auc_score

import telco

SEEDS = range(5)
KEPT_EVERY = 25
BOOSTING = {"learning_rate": 0.05, "max_leaf_nodes": 31, "min_samples_leaf": 20, "max_bins": 255}


def boosting(iterations, early_stopping, seed=0):
    return HistGradientBoostingClassifier(
        max_iter=iterations, early_stopping=early_stopping, random_state=seed, **BOOSTING
    )


def forest(seed):
    return RandomForestClassifier(n_estimators=300, class_weight="balanced", random_state=seed)


def parts():
    columns, labels = telco.read()
    for train, holdout in telco.splits():
        yield (
            telco.encode(columns, train, train, False)[0],
            labels[train],
            telco.encode(columns, train, holdout, False)[0],
            labels[holdout],
        )


def figures(model, part):
    matrix, labels, holdout, truth = part
    probabilities = model.fit(matrix, labels).predict_proba(holdout)[:, 1]
    return roc_auc_score(truth, probabilities), log_loss(truth, probabilities)


def over_splits(make, seeds):
    """For every seed one fit a split; means over the splits, one a seed."""
    all_parts = list(parts())
    table = np.array([[figures(make(seed), part) for part in all_parts] for seed in seeds])
    means = table.mean(axis=1)
    return {"rocAuc": means[:, 0].tolist(), "logLoss": means[:, 1].tolist()}


def kept_probabilities(part):
    """Of training rows: on them every implementation that makes the same cuts of the same rows agrees."""
    matrix, labels, _, _ = part
    return boosting(500, False).fit(matrix, labels).predict_proba(matrix[::KEPT_EVERY])[:, 1].tolist()


telco.write(
    "trees",
    {
        "scikitLearn": sklearn.__version__,
        "boosting": over_splits(lambda seed: boosting(500, False), [0]),
        "boostingProbabilities": [kept_probabilities(part) for part in parts()],
        "boostingEarlyStopping": over_splits(lambda seed: boosting(500, True, seed), SEEDS),
        "forest": over_splits(forest, SEEDS),
    },
)
