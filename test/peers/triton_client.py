"""Speaks the Open Inference Protocol with NVIDIA's stock client: every call that it has, and what it made of the answers.

Usage: triton_client.py HOST:PORT MODEL < request.json > answers.json
The request: {"rows": [{column: number or text or null}...], "otherVersion": "2"}.
"""

import json
import queue
import sys

import tritonclient.grpc as grpc
from present_key import PresentKey
from triton_rows import tensors_of, text
from tritonclient.utils import InferenceServerException

address, model = sys.argv[1:]
asked = json.load(sys.stdin)
rows = asked["rows"]
client = grpc.InferenceServerClient(address)
client.register_plugin(PresentKey())


def inputs_for(rows):
    return tensors_of(grpc.InferInput, client.get_model_metadata(model, as_json=True)["inputs"], rows)


def told(result):
    label, probabilities = result.as_numpy("label"), result.as_numpy("probabilities")
    answer = {"version": result.get_response().model_version, "id": result.get_response().id}
    if label is not None:
        answer.update(label=text(label), labelShape=list(label.shape))
    if probabilities is not None:
        answer.update(
            probabilities=[float(value) for value in probabilities.reshape(-1)],
            probabilitiesShape=list(probabilities.shape),
            probabilitiesType=str(probabilities.dtype),
        )
    return answer


def refusal(call):
    try:
        call()
    except InferenceServerException as error:
        return {"status": error.status(), "message": error.message()}
    return None


def streamed():
    """Three requests on one stream, the second of them wrong."""
    answers = queue.Queue()
    client.start_stream(callback=lambda result, error: answers.put((result, error)))
    wrong = inputs_for(rows)[:1]
    for place, tensors in enumerate([inputs_for(rows), wrong, inputs_for(rows[:1])]):
        client.async_stream_infer(model, tensors, request_id=f"stream-{place}")
    found = [answers.get(timeout=60) for _ in range(3)]
    client.stop_stream()
    return [told(result) if error is None else {"error": error.message()} for result, error in found]


probabilities = grpc.InferRequestedOutput("probabilities")
classes = grpc.InferRequestedOutput("probabilities", class_count=2)
json.dump(
    {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "modelReady": client.is_model_ready(model),
        "unknownReady": client.is_model_ready("nosuch"),
        "server": client.get_server_metadata(as_json=True),
        "metadata": client.get_model_metadata(model, as_json=True),
        "config": client.get_model_config(model, as_json=True)["config"],
        "infer": told(client.infer(model, inputs_for(rows), request_id="abc")),
        "onlyProbabilities": told(client.infer(model, inputs_for(rows), outputs=[probabilities])),
        "classes": text(client.infer(model, inputs_for(rows), outputs=[classes]).as_numpy("probabilities")),
        "missingInput": refusal(lambda: client.infer(model, inputs_for(rows)[:1])),
        "unknownModel": refusal(lambda: client.infer("nosuch", inputs_for(rows))),
        "unknownVersion": refusal(lambda: client.infer(model, inputs_for(rows), model_version="99")),
        "stream": streamed(),
        "otherReadyBefore": client.is_model_ready(model, asked["otherVersion"]),
        "loaded": client.load_model(
            model,
            config=json.dumps({"version_policy": {"specific": {"versions": [int(asked["otherVersion"])]}}}),
        ),
        "otherReadyAfter": client.is_model_ready(model, asked["otherVersion"]),
        "other": told(client.infer(model, inputs_for(rows), model_version=asked["otherVersion"])),
        "index": client.get_model_repository_index(as_json=True)["models"],
        "statistics": client.get_inference_statistics(model, as_json=True)["model_stats"],
        "unloaded": client.unload_model(model),
        "readyAfterUnload": client.is_model_ready(model),
        "inferAfterUnload": refusal(lambda: client.infer(model, [])),
        "loadedAgain": client.load_model(model),
        "readyAfterLoad": client.is_model_ready(model),
        "badConfig": refusal(lambda: client.load_model(model, config="{")),
        "sharedMemory": refusal(client.get_system_shared_memory_status),
    },
    sys.stdout,
)
