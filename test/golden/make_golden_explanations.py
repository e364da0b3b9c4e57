"""Writes explanations.json: interventional TreeSHAP of the package shap on a boosting of scikit-learn, for test/ml/explanation.

From the repository's root, with the packages of test/peers and `pip install shap==0.51.0`:
`.venv/bin/python test/golden/make_golden_explanations.py`. Needs no data: the table is drawn. The background is one row, the
medians of the columns.
"""

import json
import pathlib

import numpy as np
import shap
import sklearn
from sklearn.ensemble import GradientBoostingClassifier

ROWS = 12

random = np.random.default_rng(7)
table = random.normal(size=(600, 6)).astype(np.float32)
table[:, 5] = np.round(table[:, 5])
margin = table[:, 0] * table[:, 1] + np.maximum(table[:, 2], 0) - table[:, 3] * (table[:, 5] > 0)
labels = (margin + random.normal(size=600) > 0).astype(int)
model = GradientBoostingClassifier(n_estimators=30, max_depth=4, random_state=0).fit(table, labels)

trees = []
for (tree,) in model.estimators_:
    inner = tree.tree_
    trees.append(
        {
            "feature": [int(feature) if left >= 0 else -1 for feature, left in zip(inner.feature, inner.children_left)],
            # x <= threshold is asked of float32 values: the largest float32 at or below it asks the same.
            "threshold": [
                float(rounded if rounded <= exact else np.nextafter(rounded, np.float32(-np.inf)))
                for exact, rounded in zip(inner.threshold, inner.threshold.astype(np.float32))
            ],
            "left": inner.children_left.tolist(),
            "right": inner.children_right.tolist(),
            "value": (model.learning_rate * inner.value[:, 0, 0]).tolist(),
        }
    )

reference = np.median(table, axis=0).astype(np.float32)
explainer = shap.TreeExplainer(model, reference[None, :], feature_perturbation="interventional", model_output="raw")
prior = model.init_.class_prior_
golden = {
    "versions": {"shap": shap.__version__, "scikit-learn": sklearn.__version__},
    "base": float(np.log(prior[1] / prior[0])),
    "trees": trees,
    "reference": reference.tolist(),
    "rows": table[:ROWS].tolist(),
    "scores": model.decision_function(table[:ROWS]).tolist(),
    "baseValue": float(np.ravel(explainer.expected_value)[0]),
    "contributions": explainer.shap_values(table[:ROWS]).tolist(),
}
path = pathlib.Path(__file__).with_name("explanations.json")
path.write_text(json.dumps(golden) + "\n", encoding="utf-8")
