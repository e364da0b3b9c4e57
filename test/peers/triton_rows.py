"""Rows as the tensors of NVIDIA's stock clients, over gRPC and HTTP alike."""

import numpy


def tensors_of(make, described, rows, **how):
    """One tensor a column, in the order of the model's own metadata; `make` is the client's InferInput."""
    tensors = []
    for column in described:
        values = [row[column["name"]] for row in rows]
        tensor = make(column["name"], [len(rows), 1], column["datatype"])
        if column["datatype"] == "FP32":
            numbers = [numpy.nan if value is None else value for value in values]
            array = numpy.array(numbers, dtype=numpy.float32)
        else:
            array = numpy.array(["" if value is None else value for value in values], dtype=object)
        tensor.set_data_from_numpy(array.reshape(-1, 1), **how)
        tensors.append(tensor)
    return tensors


def text(array):
    """BYTES come as bytes where they were sent so, and as text out of JSON."""
    return [value.decode() if isinstance(value, bytes) else value for value in array.reshape(-1)]
