"""Writes metrics.json, calibration.json, encoding.json and logisticRegression.json: scikit-learn's figures for test/ml.

From the repository's root: `.venv/bin/python test/golden/make_golden.py`. Needs the Telco table beside the checkout.
"""

import sys
import zlib

sys.dont_write_bytecode = True

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import _sigmoid_calibration
from sklearn.linear_model import LogisticRegression

import telco


def of_predictions(labels, probabilities, threshold):
    """The ten metrics by scikit-learn's names for them; the calibration error, which it lacks, by np.digitize."""
    answers = probabilities >= threshold
    bins = np.minimum(np.digitize(probabilities, np.arange(1, 10) / 10), 9)
    calibration_error = sum(
        (bins == b).mean() * abs(probabilities[bins == b].mean() - labels[bins == b].mean())
        for b in range(10)
        if (bins == b).any()
    )
    return {
        "rocAuc": metrics.roc_auc_score(labels, probabilities),
        "averagePrecision": metrics.average_precision_score(labels, probabilities),
        "logLoss": metrics.log_loss(labels, probabilities),
        "brier": metrics.brier_score_loss(labels, probabilities),
        "calibrationError": float(calibration_error),
        "accuracy": metrics.accuracy_score(labels, answers),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, answers),
        "precision": metrics.precision_score(labels, answers, zero_division=0),
        "recall": metrics.recall_score(labels, answers, zero_division=0),
        "f1": metrics.f1_score(labels, answers, zero_division=0),
    }


def metric_cases():
    """Small fixed vectors: distinct, heavily tied, constant, certain (0 and 1, right and wrong), nothing above the threshold."""
    random = np.random.default_rng(20261123)
    labels = (random.random(60) < 0.3).astype(int)
    spread = np.round(np.clip(random.beta(2, 4, 60) + 0.2 * labels, 0, 1), 3)
    vectors = {
        "distinct": spread,
        "tied": np.round(spread, 1),
        "constant": np.full(60, 0.25),
        "certain": np.where(random.random(60) < 0.8, labels, 1 - labels).astype(float),
        "low": spread / 4,
    }
    return [
        {
            "name": name,
            "threshold": 0.4,
            "labels": labels.tolist(),
            "probabilities": probabilities.tolist(),
            "metrics": of_predictions(labels, probabilities, 0.4),
        }
        for name, probabilities in vectors.items()
    ]


def calibrations():
    """Platt scaling by scikit-learn on logits; it fits 1 / (1 + exp(a f + b)), so both signs turn."""
    random = np.random.default_rng(7)
    cases = []
    for name, stretch, shift, rows in (("too sure", 2.5, 0.4, 400), ("too timid", 0.4, -0.8, 400), ("few rows", 1, 0, 12)):
        logits = random.normal(-1, 1.5, rows)
        labels = (random.random(rows) < 1 / (1 + np.exp(-logits))).astype(int)
        probabilities = np.round(1 / (1 + np.exp(-(stretch * logits + shift))), 6)
        a, b = _sigmoid_calibration(np.log(probabilities / (1 - probabilities)), labels)
        cases.append(
            {
                "name": name,
                "labels": labels.tolist(),
                "probabilities": probabilities.tolist(),
                "slope": -a,
                "intercept": -b,
            }
        )
    return cases


def encodings():
    """Names of the features, and CRC-32 of the holdout's column-major float32 bytes, fitted on the training part."""
    columns, _ = telco.read()
    cases = []
    for train, holdout in telco.splits():
        for standardise in (False, True):
            matrix, names = telco.encode(columns, train, holdout, standardise)
            cases.append(
                {
                    "standardise": standardise,
                    "features": names,
                    "crc32": zlib.crc32(np.ascontiguousarray(matrix.T).astype("<f4").tobytes()),
                }
            )
    return cases


def logistic_regressions():
    """scikit-learn's LogisticRegression on the five splits, unweighted and balanced, to the very minimum."""
    columns, labels = telco.read()
    cases = []
    for train, holdout in telco.splits():
        fitted, _ = telco.encode(columns, train, train, standardise=True)
        held, _ = telco.encode(columns, train, holdout, standardise=True)
        for balanced in (False, True):
            model = LogisticRegression(
                C=1, class_weight="balanced" if balanced else None, max_iter=10_000, tol=1e-10, solver="newton-cholesky"
            ).fit(fitted.astype(np.float64), labels[train])
            probabilities = model.predict_proba(held.astype(np.float64))[:, 1]
            cases.append(
                {
                    "balanced": balanced,
                    "intercept": model.intercept_[0],
                    "coefficients": model.coef_[0].tolist(),
                    "holdout": of_predictions(labels[holdout], probabilities, 0.5),
                }
            )
    return cases


telco.write("metrics", {"scikit-learn": sklearn.__version__, "cases": metric_cases()})
telco.write("calibration", {"scikit-learn": sklearn.__version__, "cases": calibrations()})
telco.write("encoding", {"splits": encodings()})
telco.write("logisticRegression", {"scikit-learn": sklearn.__version__, "splits": logistic_regressions()})
