#!/usr/bin/env python3
"""
reports/hello.schema.json against the writer and the reader of that line:

    tests/command/hello.py build/tests/unit/hello

Every line that the writer gives is one of the schema, and on lines with one thing changed schema and reader agree.
"""

import json
import subprocess
import sys

import jsonschema

GIVEN = {"protocol": 1, "run": "a", "bench": "b", "folder": "/c", "revision": "", "next_seq": 3, "offset": 900}
CHANGES = [("protocol", 2), ("protocol", "1"), ("protocol", None), ("run", 7), ("run", "x" * 47), ("run", "x" * 48), ("bench", None),
           ("bench", []), ("folder", "c"), ("folder", ""), ("folder", "/" * 4095), ("folder", "/" * 4096), ("revision", "r" * 48),
           ("next_seq", -1), ("next_seq", 1.5), ("next_seq", "3"), ("next_seq", 2 ** 63 - 1), ("next_seq", 2 ** 63), ("offset", -1),
           ("offset", 0), ("offset", True), ("more", 1), ("refused", "full"), ("refused", ""), ("refused", 1),
           ("refused", "w" * 239), ("refused", "w" * 240)]


def lines():
    yield GIVEN
    yield {"protocol": 1, "refused": "full"}
    yield {"protocol": 2, "refused": "full"}
    yield {"refused": "full"}
    yield []
    for key in GIVEN:
        yield {name: value for name, value in GIVEN.items() if name != key}
    for key, value in CHANGES:
        yield {**GIVEN, key: value}


def main(program):
    with open("reports/hello.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    written = subprocess.run([program, "print"], check=True, capture_output=True).stdout.decode().splitlines()
    complaints = [f"{line[:200]}: {error.message}" for line in written for error in check.iter_errors(json.loads(line))]
    complaints += [] if len(written) >= 4 else ["too few lines"]
    tried = [json.dumps(line) for line in lines()]
    answers = subprocess.run([program, "read"], check=True, input="\n".join(tried) + "\n", capture_output=True,
                             text=True).stdout.splitlines()
    wrong = [f"{line[:200]}: the reader says {answer}" for line, answer in zip(tried, answers, strict=True)
             if check.is_valid(json.loads(line)) != (answer == "yes")]
    number = 0
    for sentence, found in (("every first line that is written is one of its schema", complaints),
                            (f"schema and reader agree on {len(tried)} other lines", wrong)):
        number += 1
        print(f"{'not ok' if found else 'ok'} {number} - {sentence}")
        for complaint in found:
            print("#", complaint)
    print(f"1..{number}")
    return bool(complaints or wrong)


sys.exit(main(sys.argv[1]))
