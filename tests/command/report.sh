#!/bin/bash
# hilrig report make on every worked night: the four forms are well-formed, agree with judge, and hold what they must.
set -u
. tests/tap.sh

mkdir "$TMPDIR/nights"
for night in tests/scenarios/*/expected.json; do cp -r "${night%/expected.json}" "$TMPDIR/nights"; done
"$HILRIG" report make "$TMPDIR/nights" >"$TMPDIR/paths" 2>"$TMPDIR/err"
tap "every worked night gives its four reports" "$(cat "$TMPDIR/err")$([ "$(wc -l <"$TMPDIR/paths")" = $((4 * $(ls "$TMPDIR/nights" | wc -l))) ] || wc -l "$TMPDIR/paths")"
for night in "$TMPDIR"/nights/*; do "$HILRIG" judge "$night" --json >"$night/judgement.json"; done

tap "the forms of every night agree with each other" "$(python3 - "$TMPDIR"/nights/* <<'PYTHON'
import csv, html.parser, json, os, sys
import xml.etree.ElementTree as xml

VOID = {"meta", "link", "br", "hr", "img", "input"}

class Page(html.parser.HTMLParser):
    """Tags that close as they opened, and the text between them."""
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.text, self.lines, self.anchors, self.links = [], [], [], 0, set(), set()
        self.cited, self.line = {}, None
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        if attributes.get("href", "").startswith("#"):
            self.links.add(attributes["href"][1:])
        # The cited lines are the journal's own words.
        self.lines += attributes.get("id") == "lines"
        if tag == "li":
            self.line = attributes.get("id")
        elif tag == "code" and self.lines and self.line:
            self.cited[self.line] = ""
        if tag not in VOID:
            self.open.append(tag)
    def handle_startendtag(self, tag, attributes):
        pass
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")
    def handle_data(self, data):
        if self.lines and self.open[-1:] == ["code"] and self.line:
            self.cited[self.line] += data
        if not (self.open and self.open[-1] == "style") and not self.lines:
            self.text.append(data)

def say(night, what):
    print(f"{os.path.basename(night)}: {what}")

for night in sys.argv[1:]:
    with open(f"{night}/judgement.json") as file:
        judged = json.load(file)
    with open(f"{night}/report.json") as file:
        report = json.load(file)
    for key in ("verdicts", "ledger", "controls", "exit"):
        if report[key] != judged[key]:
            say(night, f"report.json: {key} is not that of judge")
    # JUnit: counts are right, and green means valid and in order.
    root = xml.parse(f"{night}/junit.xml").getroot()
    cases = [case for suite in root for case in suite if suite.get("name") != "run"]
    if len(cases) != len(judged["verdicts"]):
        say(night, "junit.xml: not one case for each verdict")
    for suite in root:
        for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            if len(suite.findall(f"testcase/{tag}")) != int(suite.get(attribute)):
                say(night, f"junit.xml: {suite.get('name')}: {attribute} is not what is there")
    for case, verdict in zip(cases, judged["verdicts"]):
        green = verdict["validity"] == "valid" and verdict["conformity"] in ("pass", "not-more")
        bad = verdict["validity"] == "valid" and verdict["conformity"] in ("fail", "more")
        there = {child.tag for child in case} - {"system-out"}
        wanted = set() if green else {"failure"} if bad else {"skipped"} if verdict["conformity"] == "not-applicable" and \
            verdict["validity"] == "valid" else {"error"}
        if there != wanted:
            say(night, f"junit.xml: {case.get('name')}: {there or 'green'}, expected {wanted or 'green'}")
    red = any(int(root.get(name)) for name in ("failures", "errors"))
    if judged["exit"] != 0 and not red:
        say(night, "junit.xml is green where judge is not")
    # The page: tags close, and without a clause no word of conformity.
    page = Page()
    with open(f"{night}/report.html", encoding="utf-8") as file:
        page.feed(file.read())
    for wrong in page.wrong[:3] + [f"<{tag}> is not closed" for tag in page.open[:3]]:
        say(night, f"report.html: {wrong}")
    if page.links - page.anchors:
        say(night, f"report.html: links to nowhere: {sorted(page.links - page.anchors)[:3]}")
    journals = {}
    for name, letter in (("journal", ""), ("supervisor", "S")):
        if os.path.exists(f"{night}/{name}.jsonl"):
            with open(f"{night}/{name}.jsonl", encoding="utf-8") as file:
                journals.update({f"line-{letter}{number}": line for number, line in enumerate(file, 1)})
    for line, text in page.cited.items():
        if not text or journals.get(line, "").split(',"prev":"')[0] != text:
            say(night, f"report.html: {line} is not what the journal says there")
    if not any(link.startswith("line-") for link in page.links):
        say(night, "report.html cites no line of the journal")
    if not report["clause_known"]:
        text = " ".join(page.text).lower().replace("test report, not a certificate of conformity", "")
        for name in (judged["run"].lower(), os.path.basename(night).lower()):
            text = text.replace(name, "")
        for told in report["told"]:
            for value in told["data"].values():
                if isinstance(value, str) and value:
                    text = text.replace(value.lower(), "")
        for term in report["budget"]["terms"]:
            text = text.replace(term["source"].lower(), "")
        for word in ("pass", "fail", "conform", "certif"):
            if word in text:
                at = text.index(word)
                say(night, f"report.html: {word}: ...{text[max(0, at - 60):at + 60]}...")
    # devices.csv: a line for each slot with a meter.
    with open(f"{night}/devices.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    meters = {slot["meter"]["guid"] for slot in report["slots"] if slot["meter"]}
    if {row["guid"] for row in rows} != meters:
        say(night, "devices.csv: not the meters of the slots")
    if any(None in row or None in row.values() for row in rows):
        say(night, "devices.csv: a row of another length")
PYTHON
)"

python3 tests/command/schemas.py "$TMPDIR"/nights/* >"$TMPDIR/schemas"
while read -r result _ _ sentence; do
	case $result in
	ok) tap "$sentence" "" ;;
	not) tap "${sentence#- }" "$(grep '^#' "$TMPDIR/schemas")" ;;
	esac
done <"$TMPDIR/schemas"

night=$TMPDIR/nights/reboot-240s
verified=$("$HILRIG" verify "$night")
tap "verify takes the folder with its reports in it" "$(grep -q whole <<<"$verified" || echo "$verified")"
command=$(sed -n 's/^\(tail -n 1 .*sha256sum\).*/\1/p' "$night/report.html" | sed "s/&#39;/'/g; s/&quot;/\"/g")
head=$(cd "$TMPDIR/nights" && bash -c "$command" | cut -d' ' -f1)
tap "the line that checks the head without hilrig gives the head" "$(grep -q "head $head" "$night/report.html" || echo "$command: $head")"
tap "without a rule the headline names no limit" \
	"$(grep -q "0 cut their hub for more than the limit (none is stated); 0 did not; 1 could not be decided" "$TMPDIR/nights/no-rule/report.html" || grep headline "$TMPDIR/nights/no-rule/report.html")"
"$HILRIG" report make "$night" --format csv --out - >"$TMPDIR/list.csv"
tap "--out - is standard output" "$(cmp "$TMPDIR/list.csv" "$night/devices.csv" 2>&1)"
"$HILRIG" report make "$night" --format html --out "$TMPDIR/page.html" >"$TMPDIR/said"
tap "--out FILE is that file, and its name is said" "$(cmp "$TMPDIR/page.html" "$night/report.html" 2>&1)$([ "$(cat "$TMPDIR/said")" = "$TMPDIR/page.html" ] || cat "$TMPDIR/said")"

refused() { # CODE PATTERN ARGUMENT...
	local wanted=$1 pattern=$2 code
	shift 2
	"$HILRIG" report make "$@" >"$TMPDIR/said" 2>&1
	code=$?
	[ $code = "$wanted" ] || echo "exit $code, expected $wanted"
	grep -qF -- "$pattern" "$TMPDIR/said" || cat "$TMPDIR/said"
}
tap "another format is refused" "$(refused 64 "there are html, json, csv and junit" "$night" --format pdf)"
tap "one file for many runs is refused" "$(refused 64 "--out takes one report" "$TMPDIR/nights" --format html --out "$TMPDIR/x")"
tap "--out without --format is refused" "$(refused 64 "--out needs --format" "$night" --out "$TMPDIR/x")"
tap "a place that cannot be written is told" "$(refused 70 "/nonexistent/x" "$night" --format csv --out /nonexistent/x)"
tap_end
