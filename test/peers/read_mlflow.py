"""Reads an experiment back with MLflow's own client: the foreign view of what our REST calls left there.

Usage: read_mlflow.py TRACKING_URI EXPERIMENT > runs.json
Answers are an array, one object a run, oldest first. Files are downloaded and told by their SHA-256.
"""

import hashlib
import json
import pathlib
import sys
import tempfile

from mlflow.tracking import MlflowClient


def read(client, run, folder):
    files = pathlib.Path(client.download_artifacts(run.info.run_id, "", folder))
    return {
        "id": run.info.run_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "start": run.info.start_time,
        "end": run.info.end_time,
        "tags": run.data.tags,
        "params": run.data.params,
        "metrics": {
            name: [point.value for point in client.get_metric_history(run.info.run_id, name)]
            for name in run.data.metrics
        },
        "datasets": [
            {
                "digest": given.dataset.digest,
                "source": json.loads(given.dataset.source),
                "columns": [column["name"] for column in json.loads(given.dataset.schema)["mlflow_colspec"]],
                "context": {tag.key: tag.value for tag in given.tags}["mlflow.data.context"],
            }
            for given in run.inputs.dataset_inputs
        ],
        "artifacts": {
            str(path.relative_to(files)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files.rglob("*")
            if path.is_file()
        },
    }


client = MlflowClient(tracking_uri=sys.argv[1])
experiment = client.get_experiment_by_name(sys.argv[2])
runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])
answers = []
for run in runs:
    with tempfile.TemporaryDirectory() as folder:
        answers.append(read(client, run, folder))
json.dump(answers, sys.stdout)
