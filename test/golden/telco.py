"""The Telco table, the fixed splits and Holdfast's encoding, written a second time with NumPy for the golden figures.

Run the make_golden*.py scripts from the repository's root with the peers' Python (.venv/bin/python test/golden/...).
The splits come from telcoSplits.json, which dumpTelcoSplits.ts writes.
"""

import base64
import csv
import json
from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).resolve().parent
DATA = GOLDEN.parents[2] / "shared" / "data" / "telco-customer-churn.csv"
NUMBERS = ("SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges")


def read():
    """Columns by name in the file's order (float32 with NaN, or text), and the labels (1 = churned)."""
    with open(DATA, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    columns = {}
    for name in rows[0]:
        if name in ("customerID", "Churn"):
            continue
        texts = [row[name].strip() for row in rows]
        if name in NUMBERS:
            columns[name] = np.array([float(text) if text else np.nan for text in texts], dtype=np.float32)
        else:
            columns[name] = np.array(texts)
    return columns, np.array([row["Churn"] == "Yes" for row in rows], dtype=np.int64)


def splits():
    """Five pairs of ascending row indices: training part, holdout."""
    stored = json.loads((GOLDEN / "telcoSplits.json").read_text())
    for split in stored["splits"]:
        bits = np.unpackbits(np.frombuffer(base64.b64decode(split["holdout"]), dtype=np.uint8))[: stored["rows"]]
        yield np.flatnonzero(bits == 0), np.flatnonzero(bits == 1)


def encode(columns, train, rows, standardise):
    """ml/features/fitEncoder.ts on `train` and ml/features/encode.ts on `rows`: a float32 matrix, and feature names."""
    features, names = [], []
    for name, values in columns.items():
        if name in NUMBERS:
            fill = np.float32(np.nanmedian(values[train].astype(np.float64)))
            filled = np.where(np.isnan(values), fill, values)
            seen = filled[train].astype(np.float64)
            if seen.min() == seen.max():
                continue
            mean = np.float32(seen.mean() if standardise else 0)
            scale = np.float32(1 / seen.std() if standardise else 1)
            features.append((filled[rows] - mean) * scale)
            names.append(name)
            continue
        levels, counts = np.unique(values[train], return_counts=True)
        if len(levels) < 2:
            continue
        if len(levels) == 2:
            # Only the rarer of two levels; the second among equals.
            levels = levels[:1] if counts[0] < counts[1] else levels[1:]
        for level in levels:
            features.append((values[rows] == level).astype(np.float32))
            names.append(f"{name}={level}")
    return np.stack(features, axis=1).astype(np.float32), names


def write(name, content):
    """Writes test/golden/<name>.json on one line, floats in their shortest exact form."""
    (GOLDEN / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")
