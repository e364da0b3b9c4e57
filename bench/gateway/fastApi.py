"""What one would write in an afternoon: FastAPI, a pandas frame a request and a scikit-learn pipeline with boosting.

fastApi.py TABLE.json PORT: the table is {"columns": {name: [values]}, "label": name, "positive": value}.
"""

import json
import sys
from typing import Any

import pandas as pd
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

with open(sys.argv[1]) as file:
    table = json.load(file)
frame = pd.DataFrame(table["columns"])
label = frame.pop(table["label"]) == table["positive"]
words = [name for name in frame.columns if frame[name].dtype == object]
numbers = [name for name in frame.columns if name not in words]
pipeline = Pipeline(
    [
        (
            "features",
            ColumnTransformer(
                [
                    ("words", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
                    ("numbers", StandardScaler(), numbers),
                ]
            ),
        ),
        ("model", HistGradientBoostingClassifier(random_state=42, early_stopping=True)),
    ]
).fit(frame, label)


class Request(BaseModel):
    instances: list[dict[str, Any]]


app = FastAPI()


@app.post("/predict")
def predict(request: Request) -> dict[str, Any]:
    rows = pd.DataFrame(request.instances, columns=frame.columns)
    probabilities = pipeline.predict_proba(rows)[:, 1]
    return {
        "predictions": ["Yes" if each >= 0.4 else "No" for each in probabilities],
        "probabilities": probabilities.tolist(),
    }


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
