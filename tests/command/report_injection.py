#!/usr/bin/env python3
"""
Every text that a device, a file or a person can put into a journal is markup, and no report takes it for markup.

    tests/command/report_injection.py

Worked nights are written again with hostile texts in all string fields of all kinds of lines, and once more with tame texts
of the same length. Parsed, both reports must have the same elements with the same attributes: nothing that was said has
become an element, an attribute, or the end of one. Prints TAP. HILRIG names the program, TMPDIR a scratch folder.
"""

import csv
import hashlib
import html.parser
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NIGHTS = ("reboot-240s", "two-slots", "two-observers-one-misses", "rig-fault", "crash-supervised", "no-rule")

# For each way out of a text: what fits into 7, into 23 and into 47 or more bytes, without the number that keeps texts apart.
PAYLOADS = {
    "elements": ("<b>\"'&", "<script>a()</script>", "<script>alert(1)</script>\"'&"),
    "attributes": ("\" o='", "\" onclick='a()' x=\"", "\" onmouseover=\"alert(1)\" style='x"),
    "a GUID with quotes": ("00-\"'>", "00-DB-12\"'><svg onloa", "00-DB-12-34-56-78-90-A0\"'><img src=x o=a>"),
    "ends of title, style and comments": ("</b>-->", "</style></title>-->", "</title></style>]]>--><script>alert(1)"),
    "entities and shells": ("&lt;&#x", "&lt;&quot;&#60;&amp;", "&lt;script&gt;&#39;`id`$(id)\\'\"&"),
}


def schema():
    with open(os.path.join(ROOT, "reports", "journal.schema.json"), encoding="utf-8") as file:
        return json.load(file)["$defs"]


DEFS = schema()


def tamed(text):
    return re.sub(r"[^0-9]", "x", text)


class Words:
    """The same text is always replaced by the same one, another by another."""

    def __init__(self, payloads, tame):
        self.payloads, self.tame, self.seen = payloads, tame, {}

    def hostile(self, text, most):
        short, middle, long = self.payloads
        number = str(self.seen.setdefault(text, len(self.seen)))
        body = short if most <= 7 else middle if most < 47 else long
        hostile = body[:most - len(number)] + number
        return tamed(hostile) if self.tame else hostile


def fields(kind):
    return DEFS[f"data-of-{kind}"]["properties"]


def is_text(field):
    return field.get("type") == "string"


def default(field):
    if "enum" in field:
        return field["enum"][-1]
    if "$ref" in field:
        return "outage"
    return {"string": "said", "boolean": False, "integer": max(field.get("minimum", 0), 1)}[field["type"]]


def other_kinds(lines):
    """A line of each kind that the night lacks, in front of its end."""
    there = {line["kind"] for line in lines}
    last = lines[-1]
    made = []
    for name in DEFS:
        kind = name[8:]
        if not name.startswith("data-of-") or kind in there or kind in ("end", "boot", "run", "start", "rule", "slot", "watch"):
            continue
        slot = "" if kind in ("term", "document", "raw") else next((line["slot"] for line in lines if line["slot"]), "")
        made.append({"kind": kind, "slot": slot, "data": {key: default(field) for key, field in fields(kind).items()}})
    made.append({"kind": "alert", "slot": "", "data": {**{key: default(field) for key, field in fields("alert").items()}, "code": "odd"}})
    for line in made:
        line.update(t_ns=last["t_ns"], utc=last["utc"])
    at = len(lines) - (last["kind"] == "end")
    return lines[:at] + made + lines[at:]


def rewrite(lines, words):
    for line in lines:
        for key, value in line["data"].items():
            if is_text(fields(line["kind"])[key]) and not (key == "code" and value == "AD1"):
                line["data"][key] = words.hostile(value, fields(line["kind"])[key]["maxLength"])
        if line["slot"]:
            line["slot"] = words.hostile("slot " + line["slot"], 23)
    return lines


def seal(lines, path):
    previous = "0" * 64
    with open(path, "w", encoding="utf-8") as out:
        for seq, line in enumerate(lines):
            whole = {"seq": seq, **{key: line[key] for key in ("t_ns", "utc", "kind", "slot", "data")}, "prev": previous}
            text = json.dumps(whole, separators=(",", ":"), ensure_ascii=False)[:-1]
            previous = hashlib.sha256(text.encode()).hexdigest()
            out.write(f'{text},"hash":"{previous}"}}\n')


def make_night(night, folder, payloads, tame):
    words = Words(payloads, tame)
    os.makedirs(folder)
    for name in ("journal.jsonl", "supervisor.jsonl"):
        path = os.path.join(ROOT, "tests", "scenarios", night, name)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        if name == "journal.jsonl":
            lines = other_kinds(lines)
        seal(rewrite(lines, words), os.path.join(folder, name))


class Structure(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements, self.text = [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, tuple(attributes)))

    def handle_endtag(self, tag):
        self.elements.append(("/" + tag, ()))

    def handle_comment(self, data):
        self.elements.append(("comment", data))

    def handle_decl(self, decl):
        self.elements.append(("declaration", decl))

    def unknown_decl(self, data):
        self.elements.append(("unknown", data))

    def handle_pi(self, data):
        self.elements.append(("instruction", data))

    def handle_data(self, data):
        self.text.append(data)


def parsed(folder):
    page = Structure()
    with open(os.path.join(folder, "report.html"), encoding="utf-8") as file:
        page.feed(file.read())
    page.close()
    return page


def shown(page):
    """What a reader reads, without the digests, and without the cited lines, where JSON has its own escapes."""
    return re.sub(r"[0-9a-f]{12,}", "", "".join(page.text).split("Lines of the journal")[0])


def tags_of_xml(folder):
    return [(element.tag, tuple(sorted(element.attrib))) for element in xml.parse(os.path.join(folder, "junit.xml")).iter()]


def complaint(night, payloads, folder):
    pages, trees = [], []
    for tame in (False, True):
        here = os.path.join(folder, "tame" if tame else "foul")
        make_night(night, here, payloads, tame)
        made = subprocess.run([os.environ["HILRIG"], "report", "make", here], capture_output=True, text=True)
        if made.returncode != 0:
            return f"{night}: no report: {made.stderr}"
        pages.append(parsed(here))
        trees.append(tags_of_xml(here))
        with open(os.path.join(here, "report.json"), encoding="utf-8") as file:
            json.load(file)
        with open(os.path.join(here, "devices.csv"), newline="", encoding="utf-8") as file:
            if len({len(row) for row in csv.reader(file)}) != 1:
                return f"{night}: devices.csv: rows of different lengths"
    hostile, tame = pages
    if hostile.elements != tame.elements:
        wrong = next((a, b) for a, b in zip(hostile.elements + [None], tame.elements + [None]) if a != b)
        return f"{night}: the page has {wrong[0]} where a tame night has {wrong[1]}"
    if trees[0] != trees[1]:
        return f"{night}: junit.xml has other elements than that of a tame night"
    if tamed(shown(hostile)) != tamed(shown(tame)):
        return f"{night}: a text was not shown as it was said"
    times = sum(shown(hostile).count(payload) for payload in payloads if len(payload) > 7)
    if times < 50:
        return f"{night}: the hostile texts are shown only {times} times: nothing was tried"
    return ""


def main():
    wrong = 0
    for number, (name, payloads) in enumerate(PAYLOADS.items(), 1):
        complaints = []
        for night in NIGHTS:
            complaints.append(complaint(night, payloads, os.path.join(os.environ["TMPDIR"], f"{number}-{night}")))
        complaints = [text for text in complaints if text]
        print(f"{'not ok' if complaints else 'ok'} {number} - {name} stay text in every field of every kind of line")
        for text in complaints:
            print(f"# {text}")
        wrong |= bool(complaints)
    print(f"1..{len(PAYLOADS)}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
