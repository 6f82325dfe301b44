#!/usr/bin/env python3
"""
Validates what hilrig wrote against reports/*.schema.json, and that the schemas refuse what is wrong.

    tests/command/schemas.py FOLDER...      evidence folders with report.json and judgement.json in them

Prints TAP. The strict reader is stricter than any schema; here it is asked whether the schemas tell the truth to others.
"""

import json
import os
import sys
import warnings

import jsonschema

REPORTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "reports")
GOLDEN = os.path.join(REPORTS, "..", "tests", "unit")
BASE = "https://hilrig.invalid/reports/"  # where the schemas find each other; nothing is fetched
ZEROS = "0" * 64

warnings.simplefilter("ignore", DeprecationWarning)  # RefResolver is old, and what Debian 12 has


def validator(name):
    with open(os.path.join(REPORTS, name), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    store = {}
    for other in ("journal.schema.json", "judgement.schema.json"):
        with open(os.path.join(REPORTS, other), encoding="utf-8") as file:
            store[BASE + other] = json.load(file)
    resolver = jsonschema.RefResolver(BASE + name, schema, store=store)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def complaints(check, value, where):
    return [f"{where}: {'/'.join(str(part) for part in error.absolute_path)}: {error.message[:300]}"
            for error in check.iter_errors(value)]


def journal_lines(folder):
    for name in ("journal.jsonl", "supervisor.jsonl"):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield f"{path}:{number}", json.loads(line)


def documents(folders, name, schema):
    check, found, count = validator(schema), [], 0
    for folder in folders:
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            found += complaints(check, json.load(file), path)
        count += 1
    return found if count else ["there is none"]


def wrong_lines():
    """Lines that a schema must refuse: one thing wrong in each."""
    line = {"seq": 1, "t_ns": 5, "utc": "2026-11-23T18:00:00.000000Z", "kind": "edge", "slot": "A",
            "data": {"channel": "pins.17", "level": 0, "seqno": 1}, "prev": ZEROS, "hash": ZEROS}
    yield "the line itself", line, False
    for key, value in (("seq", -1), ("t_ns", 1.5), ("utc", "2026-11-23"), ("kind", "edgy"), ("slot", "x" * 24), ("prev", "00"),
                       ("data", {"channel": "pins.17", "level": 2, "seqno": 1}), ("data", {"channel": "pins.17", "level": 0}),
                       ("data", {"channel": "pins.17", "level": 0, "seqno": 1, "more": 1}),
                       ("data", {"channel": "p" * 48, "level": 0, "seqno": 1})):
        yield f"{key} = {value}", {**line, key: value}, True
    yield "a key too many", {**line, "more": 1}, True


def main(folders):
    number = failed = 0

    def case(sentence, found):
        nonlocal number, failed
        number += 1
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} {number} - {sentence}")
        for complaint in found[:20]:
            print(f"# {complaint}")

    check = validator("journal.schema.json")
    found, kinds, seen = [], set(), set()
    for folder in folders:
        for where, line in journal_lines(folder):
            kinds.add(line["kind"])
            content = (line["kind"], json.dumps(line["data"]))  # nights share most of theirs
            if content not in seen:
                seen.add(content)
                found += complaints(check, line, where)
    case(f"every journal line is one of its schema ({len(kinds)} kinds)", found or ([] if len(kinds) > 20 else ["too few kinds"]))
    case("the schema of a line refuses what the reader refuses",
         [what for what, line, wrong in wrong_lines() if bool(complaints(check, line, what)) != wrong])
    case("every report.json is one of its schema", documents(folders, "report.json", "report.schema.json"))
    case("every judgement is one of its schema", documents(folders, "judgement.json", "judgement.schema.json"))
    case("the golden manifest is one of its schema", documents([GOLDEN], "manifest.json", "manifest.schema.json"))
    case("a manifest that names what is outside of its folder is refused",
         [name for name in ("/x", "../x", "a/../b", "a//b", "./a", "a/", "", ".")
          if not complaints(validator("manifest.schema.json"),
                            {"manifest": 1, "files": [{"name": name, "size_bytes": 0, "sha256": ZEROS}]}, name)])
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
