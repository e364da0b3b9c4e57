"""Writes scikitSplits.json: five stratified 80/20 splits of Telco as scikit-learn draws them, and its plain logistic regression there.

These are the splits on which the goals of quality were set (train_test_split, random_state 42 to 46): the plain logistic
regression reaches ROC AUC .8488 and log-loss .4136 on them. Run from the repository's root:
.venv/bin/python test/golden/make_golden_quality.py
"""

import base64

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from telco import NUMBERS, read, write

columns, labels = read()
# A blank TotalCharges is a customer in the first month, who has paid nothing yet.
numbers = np.stack([np.nan_to_num(columns[name].astype(np.float64)) for name in NUMBERS], axis=1)
texts = np.stack([values for name, values in columns.items() if name not in NUMBERS], axis=1)

splits = []
for seed in range(42, 47):
    train, holdout = train_test_split(np.arange(len(labels)), test_size=0.2, stratify=labels, random_state=seed)
    scaler = StandardScaler().fit(numbers[train])
    encoder = OneHotEncoder(sparse_output=False).fit(texts[train])
    matrix = np.hstack([scaler.transform(numbers), encoder.transform(texts)])
    model = LogisticRegression(max_iter=2000).fit(matrix[train], labels[train])
    probabilities = model.predict_proba(matrix[holdout])[:, 1]
    held = np.zeros(len(labels), dtype=bool)
    held[holdout] = True
    splits.append(
        {
            "seed": seed,
            "holdout": base64.b64encode(np.packbits(held).tobytes()).decode(),
            "plain": {
                "rocAuc": roc_auc_score(labels[holdout], probabilities),
                "logLoss": log_loss(labels[holdout], probabilities),
            },
        }
    )
write("scikitSplits", {"rows": len(labels), "splits": splits})
for metric in ("rocAuc", "logLoss"):
    print(metric, np.mean([split["plain"][metric] for split in splits]))
