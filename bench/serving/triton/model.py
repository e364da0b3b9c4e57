# The model file in Triton's Python backend, the only one in the wheel: the requests of a batch joined into one run, in one
# thread, as Holdfast's server has it.
import json
import os

import numpy
import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    def initialize(self, args):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        folder = os.path.join(args["model_repository"], args["model_version"])
        self.session = onnxruntime.InferenceSession(os.path.join(folder, "model.onnx"), options)
        self.names = [tensor["name"] for tensor in json.loads(args["model_config"])["input"]]

    def execute(self, requests):
        feeds = {}
        rows = None
        for name in self.names:
            parts = [triton.get_input_tensor_by_name(request, name).as_numpy() for request in requests]
            rows = [len(part) for part in parts]
            joined = parts[0] if len(parts) == 1 else numpy.concatenate(parts)
            if joined.dtype == object:
                joined = numpy.array([text.decode() for text in joined[:, 0]], dtype=object)[:, None]
            feeds[name] = joined
        [probabilities] = self.session.run(["probabilities"], feeds)
        answers = numpy.split(probabilities, numpy.cumsum(rows)[:-1])
        return [
            triton.InferenceResponse([triton.Tensor("probabilities", answer)]) for answer in answers
        ]
