"""Speaks the Open Inference Protocol over HTTP with NVIDIA's stock clients: every call that they have, and what came of it.

Usage: triton_http_client.py HOST:PORT MODEL < request.json > answers.json
The request: {"rows": [{column: number or text or null}...], "otherVersion": "2"}.
"""

import asyncio
import json
import sys

import tritonclient.http as http
import tritonclient.http.aio as aio
from present_key import PresentKey
from triton_rows import tensors_of, text
from tritonclient.utils import InferenceServerException

address, model = sys.argv[1:]
asked = json.load(sys.stdin)
rows = asked["rows"]
client = http.InferenceServerClient(address)
client.register_plugin(PresentKey())


def inputs_for(rows, binary=True):
    return tensors_of(http.InferInput, client.get_model_metadata(model)["inputs"], rows, binary_data=binary)


def told(result):
    response = result.get_response()
    answer = {
        "version": response["model_version"],
        "id": response.get("id", ""),
        "binary": [output["name"] for output in response["outputs"] if "parameters" in output],
    }
    label, probabilities = result.as_numpy("label"), result.as_numpy("probabilities")
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


def infer(tensors=None, **how):
    return told(client.infer(model, tensors or inputs_for(rows), **how))


async def asynchronous():
    async with aio.InferenceServerClient(address) as other:
        other.register_plugin(PresentKey())
        result = await other.infer(model, inputs_for(rows))
        return told(result)


def mixed():
    """Texts as JSON, numbers as bytes, in one request."""
    columns = client.get_model_metadata(model)["inputs"]
    return [
        tensors_of(http.InferInput, [column], rows, binary_data=column["datatype"] == "FP32")[0] for column in columns
    ]


def wanted(**how):
    return [http.InferRequestedOutput(name, **how) for name in ("label", "probabilities")]


classes = [http.InferRequestedOutput("probabilities", class_count=2)]
only_label = [http.InferRequestedOutput("label", binary_data=False)]
halves = [http.InferRequestedOutput("probabilities"), http.InferRequestedOutput("label", binary_data=False)]
json.dump(
    {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "modelReady": client.is_model_ready(model),
        "unknownReady": client.is_model_ready("nosuch"),
        "server": client.get_server_metadata(),
        "metadata": client.get_model_metadata(model),
        "metadataOfVersion": client.get_model_metadata(model, "1"),
        "config": client.get_model_config(model),
        "configOfVersion": client.get_model_config(model, "1"),
        "binary": infer(request_id="abc"),
        "json": infer(inputs_for(rows, binary=False), outputs=wanted(binary_data=False)),
        "mixed": infer(mixed(), outputs=halves),
        "onlyLabel": infer(outputs=only_label),
        "classes": text(client.infer(model, inputs_for(rows), outputs=classes).as_numpy("probabilities")),
        "gzip": infer(request_compression_algorithm="gzip", response_compression_algorithm="gzip"),
        "deflate": infer(request_compression_algorithm="deflate", response_compression_algorithm="deflate"),
        "withParameters": infer(parameters={"note": "x", "share": 0.5, "flag": True}, timeout=60_000_000, priority=1),
        "pending": told(client.async_infer(model, inputs_for(rows)).get_result()),
        "asynchronous": asyncio.run(asynchronous()),
        "missingInput": refusal(lambda: client.infer(model, inputs_for(rows)[:1])),
        "unknownModel": refusal(lambda: client.infer("nosuch", inputs_for(rows))),
        "unknownVersion": refusal(lambda: client.infer(model, inputs_for(rows), model_version="99")),
        "unknownOutput": refusal(
            lambda: client.infer(model, inputs_for(rows), outputs=[http.InferRequestedOutput("labels")])
        ),
        "otherReadyBefore": client.is_model_ready(model, asked["otherVersion"]),
        "loaded": client.load_model(
            model,
            config=json.dumps({"version_policy": {"specific": {"versions": [int(asked["otherVersion"])]}}}),
        ),
        "otherReadyAfter": client.is_model_ready(model, asked["otherVersion"]),
        "other": infer(model_version=asked["otherVersion"]),
        "index": client.get_model_repository_index(),
        "statistics": client.get_inference_statistics(model)["model_stats"],
        "statisticsOfVersion": client.get_inference_statistics(model, asked["otherVersion"])["model_stats"],
        "statisticsOfAll": client.get_inference_statistics()["model_stats"],
        "unloaded": client.unload_model(model),
        "readyAfterUnload": client.is_model_ready(model),
        "inferAfterUnload": refusal(lambda: client.infer(model, [])),
        "loadedAgain": client.load_model(model),
        "readyAfterLoad": client.is_model_ready(model),
        "badConfig": refusal(lambda: client.load_model(model, config="{")),
        "foreignFile": refusal(lambda: client.load_model(model, config="{}", files={"file:1/model.onnx": b"x"})),
        "notOffered": [
            refusal(call)
            for call in (
                client.get_trace_settings,
                lambda: client.update_trace_settings(settings={"trace_level": "OFF"}),
                client.get_log_settings,
                lambda: client.update_log_settings({"log_info": True}),
                client.get_system_shared_memory_status,
                lambda: client.register_system_shared_memory("x", "/x", 4),
                client.unregister_system_shared_memory,
                client.get_cuda_shared_memory_status,
                lambda: client.register_cuda_shared_memory("x", b"x", 0, 4),
                client.unregister_cuda_shared_memory,
            )
        ],
    },
    sys.stdout,
)
