"""Checks ONNX files in full and scores rows with Python's onnxruntime: the foreign view of what we export.

Usage: check_model.py MODEL.onnx... < rows.json > answers.json
Rows are an array of objects, input name -> number, null (missing) or text; all inputs are fed as [N, 1].
Answers are an array, one object a model:
{"labels": [...], "probabilities": [positive, ...], "negatives": [...], "inputs": [[name, type, shape], ...]}.
"""

import json
import sys

import numpy
import onnx
import onnxruntime


def check(path, rows):
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feeds = {}
    for model_input in session.get_inputs():
        column = [row[model_input.name] for row in rows]
        if model_input.type == "tensor(float)":
            values = [numpy.nan if value is None else value for value in column]
            feeds[model_input.name] = numpy.array(values, dtype=numpy.float32).reshape(-1, 1)
        else:
            feeds[model_input.name] = numpy.array(column, dtype=object).reshape(-1, 1)
    label, probabilities = session.run(["label", "probabilities"], feeds)
    if label.shape != (len(rows),) or probabilities.shape != (len(rows), 2):
        sys.exit(f"shapes {label.shape} and {probabilities.shape} for {len(rows)} rows")
    return {
        "labels": label.tolist(),
        "probabilities": probabilities[:, 1].tolist(),
        "negatives": probabilities[:, 0].tolist(),
        "inputs": [[item.name, item.type, item.shape] for item in session.get_inputs()],
    }


rows = json.load(sys.stdin)
json.dump([check(path, rows) for path in sys.argv[1:]], sys.stdout)
