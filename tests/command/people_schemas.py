#!/usr/bin/env python3
"""
The JSON Schemas of files that people write (reports/schema), against those files: what hilrig reads they allow, and what is
wrong in shape they refuse. They help an editor; the readers in C decide, and are stricter.

Files are read as an editor reads them: scalars by the core schema of YAML 1.2, so `on` is a word and 0x10 a number.
"""

import glob
import json
import re
import sys

import jsonschema
import yaml


class Core(yaml.SafeLoader):
    """SafeLoader knows YAML 1.1, in which `on` is true and 2026-11-01 is a date."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("null", r"^(|~|null)$", ["", "~", "n"]),
        ("bool", r"^(true|false)$", list("tf")),
        ("int", r"^([-+]?[0-9]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
        ("float", r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$", list("-+.0123456789"))):
    Core.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 16 if "x" in node.value else 10))

RIGHT = {
    "bench": ["tests/files/design/bench.yaml", *glob.glob("scenarios/benches/*.yaml")],
    "load": ["tests/files/design/load.yaml", *glob.glob("scenarios/loads/*.yaml")],
    "order": ["tests/files/design/order.yaml", *glob.glob("scenarios/orders/*.yaml")],
    "scenario": ["tests/files/design/scenario.yaml", "tests/files/every-verb.yaml",
                 *(name for name in glob.glob("scenarios/*.yaml") if not name.endswith("bands.yaml"))],
    "rule": glob.glob("scenarios/rules/*.yaml"),
    "bands": ["scenarios/bands.yaml"],
    "profile": ["tests/files/design/profile.yaml", *glob.glob("drivers/profiles/*.yaml")],
    "world": glob.glob("scenarios/worlds/*.yaml"),
}
# Of the broken files, those whose fault is one of shape.
WRONG = {
    "bench": ["unknown-keys", "numbers-that-are-none", "numbers-out-of-range", "many-problems-in-one-go", "channel-without-a-dot",
              "limit-without-max-or-source", "clamp-without-source", "port-that-cannot-be-found", "production-without-reference",
              "proof-and-terms", "slot-that-nothing-switches", "contactor-without-mirror", "smp-with-dialogs",
              "script-with-mistakes", "gecko-with-more", "tool-with-mistakes"],
    "load": ["guid-of-wrong-form", "versions-of-wrong-form", "hub-missing", "install-codes-that-are-none"],
    "order": ["rule-missing", "plan-without-dates", "agreed-never"],
    "scenario": ["wait-without-bound", "unknown-verb", "two-verbs-in-one-step", "words-that-are-none", "durations-that-are-none", "loops"],
    "rule": ["limit-without-unit"],
    "bands": ["the-wrong-way-round"],
    "profile": ["functions-mixed-up", "scale-beyond-a-register"],
    "world": ["unknown-keys", "ranges-that-are-none", "dip-without-length", "losses-out-of-range", "begins-without-utc", "too-many-dips",
              "too-many-events", "too-many-unpluggings", "words-that-are-none", "version-that-is-none", "durations-that-are-none",
              "unpluggings-that-are-none", "without-a-name", "lists-and-maps", "many-problems-in-one-go"],
}


def errors(check, path):
    with open(path, encoding="utf-8") as file:
        value = yaml.load(file, Loader=Core)
    return [f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in check.iter_errors(value)]


def main():
    failed = False
    for number, kind in enumerate(RIGHT, 1):
        with open(f"reports/schema/{kind}.schema.json", encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        check = jsonschema.Draft202012Validator(schema)
        complaints = [line for path in RIGHT[kind] for line in errors(check, path)]
        complaints += [f"tests/broken/{kind}/{name}.yaml is allowed" for name in WRONG[kind]
                       if not errors(check, f"tests/broken/{kind}/{name}.yaml")]
        complaints += [] if RIGHT[kind] and WRONG[kind] else ["nothing to look at"]
        print(f"{'not ok' if complaints else 'ok'} {number} - the schema of a {kind} allows what is right and refuses what is not")
        for line in complaints:
            print("#", line)
            failed = True
    print(f"1..{len(RIGHT)}")
    return failed


sys.exit(main())
