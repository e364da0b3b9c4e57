"""Makes models as other people's tools make them: scikit-learn by skl2onnx, LightGBM and XGBoost by onnxmltools, and a network
written by hand as PyTorch's exporter writes it (torch itself is too large a peer).

Usage: make_foreign_models.py TABLE.csv FOLDER
TABLE.csv has Telco's columns. FOLDER gets NAME.onnx, and predictions.json: the rows that were scored, and NAME -> what the
library itself answered for them (the probability of the positive outcome). The rows hold missing and unseen values too.
"""

import json
import sys
from pathlib import Path

import numpy
import pandas
from lightgbm import LGBMClassifier
from onnx import TensorProto, checker, helper, numpy_helper
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as MatrixType
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm as lightgbm_operator
from skl2onnx import convert_sklearn, update_registered_converter
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

OPSETS = {"": 17, "ai.onnx.ml": 3}
NO_ZIPMAP = {"zipmap": False}
NUMBERS = ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"]

table = pandas.read_csv(sys.argv[1], dtype={"TotalCharges": "string"})
folder = Path(sys.argv[2])
table["TotalCharges"] = pandas.to_numeric(table["TotalCharges"].str.strip(), errors="coerce")
table[NUMBERS] = table[NUMBERS].astype(numpy.float32)
words = table.pop("Churn")
labels = (words == "Yes").astype(int)
columns = [name for name in table.columns if name != "customerID"]
categories = [name for name in columns if name not in NUMBERS]
table = table[columns]

# What is scored: ordinary rows, then the same with a missing number, then with a level that training never met.
scored = pandas.concat([table.tail(120)] * 3, ignore_index=True)
scored.loc[120:239, "TotalCharges"] = numpy.nan
scored.loc[240:, "Contract"] = "Ten years"
complete = scored.fillna({"TotalCharges": 0})

predictions = {}


def save(name, model, probabilities=None):
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
    if probabilities is not None:
        predictions[name] = [float(value) for value in probabilities]


def preprocessing(numbers):
    return ColumnTransformer(
        [("categories", OneHotEncoder(handle_unknown="ignore"), categories), ("numbers", numbers, NUMBERS)]
    )


column_types = [
    (name, FloatTensorType([None, 1]) if name in NUMBERS else StringTensorType([None, 1])) for name in columns
]


def convert(pipeline, types=None, options=NO_ZIPMAP, opsets=OPSETS):
    return convert_sklearn(
        pipeline, initial_types=types or column_types, options={id(pipeline): options}, target_opset=opsets
    )


update_registered_converter(
    LGBMClassifier,
    "LightGbmLGBMClassifier",
    calculate_linear_classifier_output_shapes,
    lightgbm_operator,
    options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
)
boosting = {"n_estimators": 30, "num_leaves": 7, "random_state": 1, "n_jobs": 1, "verbose": -1}

linear = make_pipeline(
    preprocessing(make_pipeline(SimpleImputer(strategy="median"), StandardScaler())),
    LogisticRegression(max_iter=500),
).fit(table, words)
save("scikit-learn-linear", convert(linear), linear.predict_proba(scored)[:, 1])
save("scikit-learn-zipmap", convert(linear, options={"zipmap": True}))
labels_only = convert(linear)
del labels_only.graph.output[1]
save("scikit-learn-labels-only", labels_only)

# The outcome's words in the other order: the positive one comes first in the file's probabilities.
left = words.map({"Yes": "Left", "No": "Stayed"})
reversed_words = make_pipeline(
    preprocessing(make_pipeline(SimpleImputer(strategy="median"), StandardScaler())),
    LogisticRegression(max_iter=500),
).fit(table, left)
save("scikit-learn-reversed-words", convert(reversed_words), reversed_words.predict_proba(scored)[:, 0])

forest = make_pipeline(
    preprocessing(SimpleImputer(strategy="median")),
    RandomForestClassifier(n_estimators=40, min_samples_leaf=10, random_state=1, n_jobs=1),
).fit(table, labels)
save("scikit-learn-forest", convert(forest), forest.predict_proba(scored)[:, 1])

whole, floats = ["SeniorCitizen", "tenure"], ["MonthlyCharges", "TotalCharges"]
mixed = make_pipeline(
    ColumnTransformer(
        [
            ("whole", StandardScaler(), whole),
            ("floats", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), floats),
        ]
    ),
    LogisticRegression(max_iter=500),
).fit(table, labels)
mixed_types = [(name, Int64TensorType([None, 1])) for name in whole]
mixed_types += [(name, FloatTensorType([None, 1])) for name in floats]
save("scikit-learn-integers", convert(mixed, mixed_types), mixed.predict_proba(scored)[:, 1])

strict = make_pipeline(
    ColumnTransformer([("categories", OneHotEncoder(), categories)], remainder="drop"), LogisticRegression(max_iter=500)
).fit(table, labels)
strict_types = [(name, kind) for name, kind in column_types if name in categories]
save("scikit-learn-refuses-unseen", convert(strict, strict_types))

pipeline = make_pipeline(preprocessing("passthrough"), LGBMClassifier(**boosting)).fit(table, labels)
save("lightgbm-pipeline", convert(pipeline), pipeline.predict_proba(scored)[:, 1])

lightgbm = LGBMClassifier(**boosting).fit(table[NUMBERS].to_numpy(), labels)
matrix = [("input", MatrixType([None, len(NUMBERS)]))]
save(
    "lightgbm-matrix",
    convert_lightgbm(lightgbm, initial_types=matrix, zipmap=False, target_opset=15),
    lightgbm.predict_proba(scored[NUMBERS].to_numpy())[:, 1],
)

xgboost = XGBClassifier(n_estimators=30, max_depth=3, random_state=1, n_jobs=1, base_score=0.5)
xgboost.fit(table[NUMBERS].to_numpy(), labels)
save(
    "xgboost-matrix",
    convert_xgboost(xgboost, initial_types=matrix, target_opset=15),
    xgboost.predict_proba(scored[NUMBERS].to_numpy())[:, 1],
)

# As torch.onnx.export writes a small network: Gemm with transposed weights, the batch a named dimension, names with slashes.
random = numpy.random.default_rng(1)
first = random.normal(0, 0.02, (8, len(NUMBERS))).astype(numpy.float32)
second = -random.normal(0, 0.5, (1, 8)).astype(numpy.float32)
bias = random.normal(0, 0.1, 8).astype(numpy.float32)


def network(batch="batch", outputs=1, last="Sigmoid", imputes=True, kind=TensorProto.FLOAT, weights=first):
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    parameters = {"net.0.weight": weights, "net.0.bias": bias, "net.2.weight": second, "zero": numpy.zeros(1)}
    initializers = [numpy_helper.from_array(value.astype(dtype), name) for name, value in parameters.items()]
    initializers.append(numpy_helper.from_array(numpy.array([1]), "axes"))
    nodes = [
        helper.make_node("IsNaN", ["input"], ["/IsNaN_output_0"]),
        helper.make_node("Where", ["/IsNaN_output_0", "zero", "input"], ["/Where_output_0"]),
        helper.make_node(
            "Gemm",
            ["/Where_output_0" if imputes else "input", "net.0.weight", "net.0.bias"],
            ["/net/0/Gemm_output_0"],
            transB=1,
        ),
        helper.make_node("Relu", ["/net/0/Gemm_output_0"], ["/net/1/Relu_output_0"]),
        helper.make_node("Gemm", ["/net/1/Relu_output_0", "net.2.weight"], ["/net/2/Gemm_output_0"], transB=1),
    ]
    end = "/net/2/Gemm_output_0"
    if outputs == 0:
        nodes.append(helper.make_node("Squeeze", [end, "axes"], ["/Squeeze_output_0"]))
        end = "/Squeeze_output_0"
    nodes.append(helper.make_node(last, [end], ["output"]))
    if last == "RandomUniformLike":
        nodes[-1].attribute.extend([helper.make_attribute("low", 0.0), helper.make_attribute("high", 1.0)])
    graph = helper.make_graph(
        nodes,
        "main_graph",
        [helper.make_tensor_value_info("input", kind, [batch, len(NUMBERS)])],
        [helper.make_tensor_value_info("output", kind, [batch] + [1] * outputs)],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="pytorch", ir_version=8)
    checker.check_model(model, full_check=True)
    return model


hidden = numpy.maximum(complete[NUMBERS].to_numpy(numpy.float32) @ first.T + bias, 0)
answers = 1 / (1 + numpy.exp(-(hidden @ second.T)[:, 0]))
save("network-column", network(), answers)
save("network-vector", network(outputs=0), answers)
save("network-doubles", network(kind=TensorProto.DOUBLE), answers)
save("network-fixed-batch", network(batch=1))
save("network-logits", network(last="Identity"))
save("network-no-imputer", network(imputes=False))
save("network-random", network(last="RandomUniformLike"))
save("network-nan", network(weights=numpy.full_like(first, numpy.nan)))

# What newer exporters do: a function of the file's own with an attribute, a branch that takes from outside; and what older ones
# do: axes and split as attributes.
number = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", len(NUMBERS)])
probability = helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["N"])


def model_of(nodes, opset, functions=(), domains=()):
    graph = helper.make_graph(nodes, "graph", [number], [probability], [numpy_helper.from_array(numpy.float32(0), "zero")])
    sets = [helper.make_opsetid("", opset), *[helper.make_opsetid(domain, 1) for domain in domains]]
    model = helper.make_model(graph, opset_imports=sets, functions=list(functions), ir_version=8)
    checker.check_model(model, full_check=True)
    return model


fill = [
    helper.make_node("IsNaN", ["input"], ["absent"]),
    helper.make_node("Where", ["absent", "zero", "input"], ["filled"]),
    helper.make_node("ReduceMean", ["filled"], ["mean"], axes=[1], keepdims=0),
]
constant = helper.make_node("Constant", [], ["amount"])
reference = constant.attribute.add(name="value_float", ref_attr_name="by", type=1)
shift = helper.make_function(
    "ours", "Shift", ["x"], ["y"], [constant, helper.make_node("Sub", ["x", "amount"], ["y"])],
    [helper.make_opsetid("", 17)], attributes=["by"],
)
branch = {
    name: helper.make_graph(
        [helper.make_node(operator, ["shifted"], ["chosen"])],
        name,
        [],
        [helper.make_tensor_value_info("chosen", TensorProto.FLOAT, None)],
    )
    for name, operator in [("then_branch", "Neg"), ("else_branch", "Identity")]
}
mean = complete[NUMBERS].to_numpy(numpy.float32).mean(axis=1)
save(
    "function-and-branch",
    model_of(
        [
            *fill,
            helper.make_node("Shift", ["mean"], ["shifted"], domain="ours", by=500.0),
            helper.make_node("Constant", [], ["yes"], value=helper.make_tensor("yes", TensorProto.BOOL, [], [True])),
            helper.make_node("If", ["yes"], ["branched"], **branch),
            helper.make_node("Constant", [], ["scale"], value_float=0.01),
            helper.make_node("Mul", ["branched", "scale"], ["scaled"]),
            helper.make_node("Sigmoid", ["scaled"], ["probability"]),
        ],
        17,
        [shift],
        ["ours"],
    ),
    1 / (1 + numpy.exp(0.01 * (mean - 500))),
)
tenure = complete["tenure"].to_numpy(numpy.float32)
save(
    "attributes-of-old",
    model_of(
        [
            *fill[:2],
            helper.make_node("Split", ["filled"], ["a", "b", "c"], axis=1, split=[1, 1, 2]),
            helper.make_node("Squeeze", ["b"], ["flat"], axes=[1]),
            helper.make_node("Unsqueeze", ["flat"], ["raised"], axes=[1]),
            helper.make_node("ReduceSum", ["raised"], ["summed"], axes=[1], keepdims=0),
            helper.make_node("Constant", [], ["scale"], value=helper.make_tensor("s", TensorProto.FLOAT, [], [-0.05])),
            helper.make_node("Mul", ["summed", "scale"], ["scaled"]),
            helper.make_node("Sigmoid", ["scaled"], ["probability"]),
        ],
        11,
    ),
    1 / (1 + numpy.exp(0.05 * tenure)),
)
runtime = model_of([*fill, helper.make_node("Sigmoid", ["mean"], ["probability"])], 17)
runtime.graph.node[-1].input[0] = "gelu"
runtime.graph.node.insert(3, helper.make_node("QuickGelu", ["mean"], ["gelu"], domain="com.microsoft"))
runtime.opset_import.append(helper.make_opsetid("com.microsoft", 1))
save("runtime-operator", runtime)
outside = model_of([*fill, helper.make_node("Sigmoid", ["mean"], ["probability"])], 17)
outside.graph.initializer[0].ClearField("raw_data")
outside.graph.initializer[0].data_location = TensorProto.EXTERNAL
outside.graph.initializer[0].external_data.add(key="location", value="/etc/passwd")
save("weights-outside", outside)
misnamed = network()
misnamed.metadata_props.add(key="columns", value="SeniorCitizen,tenur,MonthlyCharges,TotalCharges")
save("misnamed-column", misnamed)

with open(folder / "predictions.json", "w") as file:
    rows = json.loads(scored.to_json(orient="records", double_precision=15))
    json.dump({"rows": rows, "predictions": predictions}, file)
