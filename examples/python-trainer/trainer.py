"""A trainer for Holdfast: LightGBM behind a one-hot encoder, as one ONNX file. The contract is docs/trainers.md."""

import argparse
import asyncio
import contextvars
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy
import pandas
from lightgbm import LGBMClassifier
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
from skl2onnx import convert_sklearn, update_registered_converter
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

# The operator sets that Holdfast serves.
OPERATOR_SETS = {"": 17, "ai.onnx.ml": 3}
DEFAULTS = {"n_estimators": 150, "learning_rate": 0.05, "num_leaves": 7, "min_child_samples": 20}
PULSE_SECONDS = 5

update_registered_converter(
    LGBMClassifier,
    "LightGbmLGBMClassifier",
    calculate_linear_classifier_output_shapes,
    convert_lightgbm,
    options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
)


def path_of(uri):
    return Path(unquote(urlparse(uri).path))


def read(file, **options):
    """A handed file, once its digest is what was said."""
    content = path_of(file["uri"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != file["digest"]:
        raise ApplicationError(f"{file['uri']} is not the file that was handed over", non_retryable=True)
    return pandas.read_csv(path_of(file["uri"]), keep_default_na=False, **options)


def write(path, content):
    path.write_bytes(content)
    return {"uri": path.as_uri(), "digest": hashlib.sha256(content).hexdigest()}


def pipeline_of(columns, parameters, seed):
    names = {kind: [column["name"] for column in columns if column["kind"] == kind] for kind in ("category", "number")}
    encoder = ColumnTransformer(
        [
            ("categories", OneHotEncoder(handle_unknown="ignore"), names["category"]),
            ("numbers", "passthrough", names["number"]),
        ]
    )
    # One thread and a fixed way through the data: the same rows give the same trees, to the bit.
    steady = {"deterministic": True, "force_row_wise": True, "n_jobs": 1, "random_state": seed, "verbose": -1}
    return make_pipeline(encoder, LGBMClassifier(**{**DEFAULTS, **parameters, **steady}))


def to_onnx(pipeline, columns):
    types = {"number": FloatTensorType, "category": StringTensorType}
    model = convert_sklearn(
        pipeline,
        name="lightgbm",
        initial_types=[(column["name"], types[column["kind"]]([None, 1])) for column in columns],
        options={id(pipeline): {"zipmap": False}},
        target_opset=OPERATOR_SETS,
    )
    return model.SerializeToString()


@activity.defn(name="trainForHoldfast")
def train_for_holdfast(request: dict) -> dict:
    if request["contract"] != 1:
        raise ApplicationError(f"contract {request['contract']} is not known here", non_retryable=True)
    columns, label = request["columns"], request["label"]
    done = {"folds": 0}
    stopped = threading.Event()

    def pulse():
        while not stopped.wait(PULSE_SECONDS):
            activity.heartbeat(done)

    # A thread of its own needs the activity's context to beat for it.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(pulse,), daemon=True).start()
    try:
        table = read(request["dataset"], dtype=str)
        numbers = [column["name"] for column in columns if column["kind"] == "number"]
        for name in numbers:
            table[name] = pandas.to_numeric(table[name].replace("", numpy.nan)).astype(numpy.float32)
        rows = table[[column["name"] for column in columns]]
        labels = (table[label["column"]] == label["positive"]).to_numpy(dtype=int)
        folds = read(request["folds"])["fold"].to_numpy()

        def fit(part):
            return pipeline_of(columns, request["parameters"], request["seed"]).fit(rows[part], labels[part])

        out_of_fold = numpy.empty(len(rows))
        for fold in range(request["folds"]["count"]):
            held = folds == fold
            out_of_fold[held] = fit(~held).predict_proba(rows[held])[:, 1]
            done["folds"] = fold + 1
            activity.heartbeat(done)
        final = fit(numpy.ones(len(rows), dtype=bool))
        output = path_of(request["output"])
        text = "probability\n" + "".join(f"{value!r}\n" for value in out_of_fold.tolist())
        return {
            "onnx": write(output / "model.onnx", to_onnx(final, columns)),
            "outOfFold": write(output / "outOfFold.csv", text.encode()),
            "about": {"library": "LightGBM", "trees": final[-1].n_estimators},
        }
    finally:
        stopped.set()


async def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--address", default="127.0.0.1:7233")
    arguments.add_argument("--namespace", default="default")
    arguments.add_argument("--task-queue", default="lightgbm")
    options = arguments.parse_args()
    client = await Client.connect(options.address, namespace=options.namespace)
    with ThreadPoolExecutor(max_workers=2) as executor:
        worker = Worker(
            client,
            task_queue=options.task_queue,
            activities=[train_for_holdfast],
            activity_executor=executor,
            max_concurrent_activities=2,
        )
        print(f"polling {options.task_queue} at {options.address}", flush=True)
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
