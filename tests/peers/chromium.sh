#!/bin/bash
# Reports in a real browser: headless Chromium shows and prints them without a word on its console and without asking any
# network for anything; what devices and people said stays text; the pages of paper are those that they should be.
# For looking at them: KEEP=FOLDER tests/run.sh tests/peers/chromium.sh leaves pictures and PDFs there.
set -u
. tests/tap.sh
browser=$(command -v chromium || command -v chromium-browser)
if [ -z "$browser" ] || ! command -v pdftotext >/dev/null || ! command -v pdfinfo >/dev/null; then
	tap_skip "reports in a browser" "chromium or poppler-utils is not installed"
	tap_end
fi
# Without any network where the kernel lets us: what the browser asks for itself goes nowhere either.
alone=()
unshare -rn true 2>/dev/null && alone=(unshare -rn)

browse() { # PAGE OUT FLAG...: what it says goes to OUT.console, what it asked networks for to OUT.net
	local page=$1 out=$2
	shift 2
	timeout 100 "${alone[@]}" "$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
		--user-data-dir="$TMPDIR/profile" --disable-background-networking --disable-component-update --enable-logging=stderr \
		--log-net-log="$out.net" "$@" "file://$page" >"$out.out" 2>"$out.stderr"
	# Its own windows speak too.
	grep CONSOLE "$out.stderr" | grep -v 'source: chrome://' >"$out.console"
}

# Requests that a page made, not the browser for itself.
asked() { # OUT
	python3 - "$1.net" <<'PYTHON'
import json, sys
text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
try:
    log = json.loads(text)
except ValueError:  # the browser was stopped before it closed the list
    log = json.loads(text.rstrip().rstrip(",") + "]}")
for event in log["events"]:
    params = event.get("params")
    if isinstance(params, dict) and "url" in params and params.get("network_isolation_key", "").startswith("file:"):
        print(params["url"])
PYTHON
}

# ---- The tools find what they look for ----

cat >"$TMPDIR/wrong.html" <<'HTML'
<!doctype html><title>wrong</title><img src="http://127.0.0.1:9/seen.png"><script>console.error("seen")</script>
HTML
browse "$TMPDIR/wrong.html" "$TMPDIR/wrong" --screenshot="$TMPDIR/wrong.png"
tap "a page that speaks and asks is found out" \
	"$(grep -q seen "$TMPDIR/wrong.console" || echo "nothing on the console"; asked "$TMPDIR/wrong" | grep -q seen.png || echo "no request")"

# ---- Nights ----

night() { # NAME: a worked night
	cp -r "tests/scenarios/$1" "$TMPDIR/$1"
}

# Sixteen meters: two starve their hubs, one does not come back, one is void, one was never activated.
batch() {
	local slots="0 1 2 3 4 5 6 7 8 9 A B C D E F" slot seconds
	local -A length=([0]=0 [7]=35 [9]=240 [A]=260 [C]=178)
	mkdir "$TMPDIR/batch"
	{
		echo "use bench"
		echo "0.003 expect - outage,ad1,firmware"
		for slot in $slots; do
			echo "use slot slot=$slot"
			echo "0.003 observer $slot console hub console.$slot"
		done
		echo "use begin"
		echo "4580 clock - locked -1180 0 4000"
		for slot in $slots; do
			echo "use levels at=0.010 slot=$slot"
			echo "1.000 health $slot console true"
			if [ "$slot" = E ]; then
				echo "use positive-cut at=700 slot=$slot"
				echo "use upgrade slot=$slot"
				continue
			fi
			echo "use positive at=700 slot=$slot"
			echo "use upgrade slot=$slot"
			echo "use activate slot=$slot"
			echo "use watch slot=$slot"
			seconds=${length[$slot]:-20}
			[ "$seconds" = 0 ] || echo "4602 edge $slot pins.sense-$slot 0"
			[ "$slot" = B ] && { echo "9499 level $slot pins.sense-$slot 0"; continue; }
			[ "$seconds" = 0 ] || echo "$((4602 + seconds)) edge $slot pins.sense-$slot 1"
			[ "$slot" = F ] && echo "4603 fault $slot rig outage readback-disagrees \"the relay said something else\""
			[ "$slot" = 9 ] && echo "4787 alert $slot console AD1"
			echo "use confirm slot=$slot"
			echo "use positive at=8300 slot=$slot"
			echo "use negative at=9300 slot=$slot"
			echo "use levels at=9499 slot=$slot"
		done
		echo "use finish at=9500"
	} >"$TMPDIR/batch/night.txt"
	tests/scenarios/seal "$TMPDIR/batch"
}

night two-slots
night crash-supervised
batch
PYTHONPATH=tests/command python3 - "$TMPDIR" <<'PYTHON'
import sys
import report_injection
for number, payloads in enumerate(report_injection.PAYLOADS.values()):
    report_injection.make_night("two-slots", f"{sys.argv[1]}/hostile{number}", payloads, False)
PYTHON
# The same two slots, said to be simulated.
python3 - tests/scenarios/two-slots/journal.jsonl "$TMPDIR/simulated" <<'PYTHON'
import json, os, sys
sys.path.insert(0, "tests/command")
import report_injection
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
for line in lines:
    if line["kind"] == "run":
        line["data"]["environment"] = "simulated"
os.makedirs(sys.argv[2])
report_injection.seal(lines, sys.argv[2] + "/journal.jsonl")
PYTHON

# ---- On the screen ----

for name in two-slots crash-supervised batch simulated; do
	page=$TMPDIR/$name/report.html shot=$TMPDIR/$name/screen
	"$HILRIG" report make "$TMPDIR/$name" --format html >/dev/null
	browse "$page" "$shot" --screenshot="$shot.png" --window-size=1280,1800
	tap "$name: shown without a word on the console" "$([ -s "$shot.png" ] || cat "$shot.stderr"; cat "$shot.console")"
	tap "$name: asks no network for anything" "$(asked "$shot")"
done

for number in 0 1 2 3 4; do
	page=$TMPDIR/hostile$number/report.html shot=$TMPDIR/hostile$number/screen
	"$HILRIG" report make "$TMPDIR/hostile$number" --format html >/dev/null
	browse "$page" "$shot" --dump-dom
	tap "hostile texts $number: the browser makes no script, no image and no handler of them" "$(
		grep -q 'id="slot-1"' "$shot.out" || cat "$shot.stderr"
		grep -ciE '<(script|img|iframe|object|embed|form|input)|<[^>]* on[a-z]+=' "$shot.out" | grep -v '^0$'
		cat "$shot.console"; asked "$shot")"
done

# ---- On paper ----

words() { # NAME PAGE: the text of one page
	pdftotext -f "$2" -l "$2" "$TMPDIR/$1/paper.pdf" -
}

for name in two-slots crash-supervised batch simulated; do
	browse "$TMPDIR/$name/report.html" "$TMPDIR/$name/paper" --no-pdf-header-footer --print-to-pdf="$TMPDIR/$name/paper.pdf"
	pages=$(pdfinfo "$TMPDIR/$name/paper.pdf" | sed -n 's/^Pages: *//p')
	devices=$(grep -c '<section class="sheet device"' "$TMPDIR/$name/report.html")
	tap "$name: printed without a word on the console" "$(cat "$TMPDIR/$name/paper.console")"
	tap "$name: each page says which of how many it is" "$(for ((i = 1; i <= pages; i++)); do
		words "$name" "$i" | grep -qx "page $i of $pages" || echo "page $i does not"
	done)"
	tap "$name: A4" "$(pdfinfo "$TMPDIR/$name/paper.pdf" | grep -q 'Page size:.*A4' || pdfinfo "$TMPDIR/$name/paper.pdf")"
	tap "$name: the first page is one page, from the sentence to the head" "$(
		words "$name" 1 | grep -q "activated" || echo "no sentence"
		words "$name" 1 | grep -q "Head hash" || echo "no head on page 1"
		words "$name" 1 | grep -q "not a certificate of conformity" || echo "it does not say what it is not")"
	tap "$name: a device begins a page and takes two or three" "$(
		starts=$(for ((i = 1; i <= pages; i++)); do words "$name" "$i" | grep -q "· device [0-9]* of $devices\$" && echo "$i"; done)
		[ "$(wc -w <<<"$starts")" = "$devices" ] || echo "$devices devices begin on the pages" $starts
		echo $starts | awk '{ for (i = 2; i <= NF; i++) if ($i - $(i - 1) > 3) print "pages", $(i - 1), "to", $i }')"
	tap "$name: the last page says that it is the last" "$(words "$name" "$pages" | grep -q "end of the report" || words "$name" "$pages")"
done
pages=$(pdfinfo "$TMPDIR/simulated/paper.pdf" | sed -n 's/^Pages: *//p')
tap "a simulated night says so on every page" "$(for ((i = 1; i <= pages; i++)); do words simulated "$i" | grep -q '^SIMULATED' || echo "page $i"; done)"
tap "and no other night does" "$(pdftotext "$TMPDIR/batch/paper.pdf" - | grep SIMULATED)"

if [ -n "${KEEP:-}" ]; then
	for name in two-slots crash-supervised batch simulated; do
		mkdir -p "$KEEP/$name" && cp "$TMPDIR/$name"/{report.html,screen.png,paper.pdf} "$KEEP/$name"
	done
fi
tap_end
