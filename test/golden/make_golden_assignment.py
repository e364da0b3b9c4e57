"""Test vectors of the assignment (docs/assignment.md), by the mmh3 library: another hand's MurmurHash3.

    .venv/bin/python test/golden/make_golden_assignment.py > test/golden/assignment.json

With --check FILE it reads vectors back and says which differ.
"""

import json
import random
import sys

import mmh3

BUCKETS = 10_000

SALTS = ["churn-1", "ab-default", "8f0e1a6b-5d1c-4b7e-9c55-0f6a5b1f2d3e", "x"]
KEYS = [
    "", "a", "ab", "abc", "abcd", "abcde", "7590-VHVEG", "5575-GNVDE", "42", "0", "user@example.com",
    "Zoë", "Łódź", "顧客-0001", "клиент 7", "👩‍👧 family", "\U0001F600", "e\u0301", "\u00e9", " leading", "trailing ",
    "k" * 63, "k" * 64, "k" * 200, "µ" * 101,
]


def bucket(salt: str, unit: str) -> int:
    seed = mmh3.hash(salt.encode("utf-8"), 0, signed=False)
    return mmh3.hash(unit.encode("utf-8"), seed, signed=False) * BUCKETS // 2**32


def drawn(count: int) -> list[str]:
    source = random.Random(20261125)
    alphabet = "abcXYZ0189-_ éßλж顧😀"
    return ["".join(source.choice(alphabet) for _ in range(source.randrange(1, 40))) for _ in range(count)]


def vectors() -> list[dict]:
    units = KEYS + drawn(75)
    return [{"salt": salt, "unit": unit, "bucket": bucket(salt, unit)} for salt in SALTS for unit in units]


def check(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        wrong = [vector for vector in json.load(file) if bucket(vector["salt"], vector["unit"]) != vector["bucket"]]
    print(json.dumps(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        sys.exit(check(sys.argv[2]))
    lines = ",\n".join("  " + json.dumps(vector, ensure_ascii=False) for vector in vectors())
    print(f"[\n{lines}\n]")
