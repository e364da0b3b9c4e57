"""Writes ml/onnx/foreign/operatorSchemas.ts: what ONNX's own schemas say of each operator at the operator sets of our files.

Usage: make_operator_schemas.py > ml/onnx/foreign/operatorSchemas.ts (test/ml/onnx/foreign/operatorSchemas.test.ts compares)
"""

import json

import onnx.defs

TARGETS = {"": 17, "ai.onnx.ml": 3}
# Changes that the signature does not show: Softmax and its kin no longer flatten, RoiAlign shifts by half a pixel by default.
SILENT = {"Softmax": {13}, "LogSoftmax": {13}, "Hardmax": {13}, "RoiAlign": {16}}


def default(attribute):
    return attribute.default_value.SerializeToString()


def breaks(old, new):
    """Whether a node that fits both schemas may mean something else under the newer one."""
    if new.since_version in SILENT.get(new.name, ()):
        return True
    for name, attribute in old.attributes.items():
        later = new.attributes.get(name)
        if later and (later.type != attribute.type or default(later) != default(attribute)):
            return True
    return any(attribute.required for name, attribute in new.attributes.items() if name not in old.attributes)


histories = {}
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain in TARGETS:
        histories.setdefault((schema.domain, schema.name), []).append(schema)

rows = []
for (domain, name), history in sorted(histories.items()):
    history.sort(key=lambda schema: schema.since_version)
    held = [schema for schema in history if schema.since_version <= TARGETS[domain]]
    if not held or held[-1].deprecated:
        continue
    target = held[-1]
    broken = [str(new.since_version) for old, new in zip(history, history[1:]) if breaks(old, new)]
    most = [min(count, 999) for count in (target.max_input, target.max_output)]
    names = " ".join(sorted(target.attributes))
    fields = [history[0].since_version, " ".join(broken), target.min_input, *most, names]
    rows.append(f"  {json.dumps(f'{domain}.{name}' if domain else name)}: {json.dumps(fields)},")

print(
    f"""// Made by test/golden/make_operator_schemas.py out of the schemas of onnx; not to be edited.

/**
 * Operators of the sets 17 (ai.onnx) and 3 (ai.onnx.ml) → since which set there is one, the sets that changed what the same node
 * means, the least and the most inputs it takes (999: any number), the most outputs, its attributes.
 */
export const operatorSchemas: Readonly<
  Record<string, readonly [number, string, number, number, number, string]>
> = {{
{chr(10).join(rows)}
}};"""
)
