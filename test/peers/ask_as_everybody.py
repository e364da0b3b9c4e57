"""Schemathesis's hooks: whatever it asks is asked by every other caller too, and what they get is held to the same checks.

HOLDFAST_CALLERS is an object of each caller's headers, HOLDFAST_CHECKS the names of the checks; HOLDFAST_COUNTS names the file
where in the end stands how often each caller asked.
"""

import atexit
import collections
import json
import os
import pathlib

import schemathesis
from schemathesis.checks import CHECKS

callers = json.loads(os.environ["HOLDFAST_CALLERS"])
names = json.loads(os.environ["HOLDFAST_CHECKS"])
counts = collections.Counter()
atexit.register(lambda: pathlib.Path(os.environ["HOLDFAST_COUNTS"]).write_text(json.dumps(counts)))


@schemathesis.check
def everybody_is_answered_so(ctx, response, case):
    for caller, headers in callers.items():
        # However busy the machine is.
        answer = case.call(headers=headers, timeout=300)
        counts[caller] += 1
        for check in CHECKS.get_by_names(names):
            try:
                check(ctx, answer, case)
            except AssertionError as failure:
                said = f"{caller} got {answer.status_code} {answer.text[:500]}"
                raise AssertionError(f"{check.__name__}: {said}: {failure}") from failure
    counts["nobody"] += 1
