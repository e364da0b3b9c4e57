"""scikit-learn's side of the training bench: fits what JOBS.json lists and evaluates each fit.

Usage: scikitLearn.py JOBS.json LAYOUT, where LAYOUT is `threads` (fit after fit, each with two threads) or `processes` (two
fits at a time in two processes, one thread each, as cross_validate(n_jobs=2) does). The last line of stdout is a JSON object
as bench/training/SideResult.ts describes it. Importing scikit-learn is not in the time, reading the numbers is.
"""

import json
import os
import resource
import sys
import time

import numpy as np
from joblib import Parallel, delayed
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier

THREADS = 2


def resident():
    """The present resident set in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


# Before any data; a process of joblib's has about as much.
IDLE = resident()


def read(job):
    columns, train, evaluate = job["columnCount"], job["trainRows"], job["evaluateRows"]
    with open(job["file"], "rb") as file:
        matrices = [np.fromfile(file, np.float32, columns * rows).reshape(columns, rows).T for rows in (train, evaluate)]
        labels = [np.fromfile(file, np.uint8, rows) for rows in (train, evaluate)]
    # Histograms read columns, the others rows.
    if job["trainer"] != "gradientBoosting":
        matrices = [np.ascontiguousarray(matrix) for matrix in matrices]
    return matrices[0], labels[0], matrices[1], labels[1]


def smote(matrix, labels, threads):
    """Chawla's SMOTE with five neighbours, as imbalanced-learn does it: scikit-learn's search, NumPy for the rest."""
    random = np.random.default_rng(0)
    rare = int(labels.mean() < 0.5)
    points = matrix[labels == rare]
    missing = len(labels) - 2 * len(points)
    neighbours = NearestNeighbors(n_neighbors=6, n_jobs=threads).fit(points).kneighbors(return_distance=False)[:, :5]
    parents = random.integers(len(points), size=missing)
    partners = neighbours[parents, random.integers(neighbours.shape[1], size=missing)]
    gaps = random.random((missing, 1), dtype=np.float32)
    made = points[parents] + gaps * (points[partners] - points[parents])
    return np.concatenate([matrix, made]), np.concatenate([labels, np.full(missing, rare, labels.dtype)])


def estimator(job, threads):
    arguments = dict(job["scikitLearn"])
    if job["trainer"] == "logisticRegression":
        return LogisticRegression(**arguments)
    if job["trainer"] == "randomForest":
        return RandomForestClassifier(n_jobs=threads, random_state=0, **arguments)
    if job["trainer"] == "gradientBoosting":
        return HistGradientBoostingClassifier(random_state=0, **arguments)
    return MLPClassifier(random_state=0, **arguments)


def fit(job, threads):
    started, cpu = time.perf_counter(), time.process_time()
    matrix, labels, held, truth = read(job)
    if job["smote"]:
        matrix, labels = smote(matrix, labels, threads)
    probabilities = estimator(job, threads).fit(matrix, labels).predict_proba(held)[:, 1]
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"name": job["name"], "seconds": seconds, "rocAuc": roc_auc_score(truth, probabilities)}, cpu, peak, os.getpid()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    apart = sys.argv[2] == "processes"
    started = time.perf_counter()
    if apart:
        answers = Parallel(n_jobs=THREADS)(delayed(fit)(job, 1) for job in jobs)
    else:
        answers = [fit(job, THREADS) for job in jobs]
    seconds = time.perf_counter() - started
    peaks = {pid: 0 for _, _, _, pid in answers}
    for _, _, peak, pid in answers:
        peaks[pid] = max(peaks[pid], peak)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpuSeconds": sum(cpu for _, cpu, _, _ in answers),
                "peakMegabytes": sum(peaks.values()),
                "idleMegabytes": IDLE * len(peaks),
                "fits": [answer for answer, _, _, _ in answers],
            }
        )
    )


main()
