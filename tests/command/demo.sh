#!/bin/bash
# hilrig demo: the main job for somebody who has no bench, and what it leaves behind.
set -u
. tests/tap.sh
out_dir=$TMPDIR/out

try demo --out "$out_dir"
tap "every row is what really happened, and it ends with 0" "$(wrong_unless 0 "20 of 20 rows are what really happened" "report:" "hilrig verify")"
tap "a row a meter, in words" "$(wrong_unless 0 "S04   00-DB-12-34-56-78-90-13 00010001      250.000 s  more" "S12   00-DB-12-34-56-78-90-1B 00010003              -  missing")"
tap "it tells over what the images go, and how far each is" "$(wrong_unless 0 "14 over ZigBee and the others over their serial loaders")$(
	grep -q '^  18:[0-9:]*  S[0-9]* [0-9]* %, S[0-9]* [0-9]* %.*; [0-9.]* kB/s, [0-9]* s left$' <<<"$out" || echo "no line of transfers")"
folder=$(sed -n 's/^evidence: //p' <<<"$out")
journal=$folder/journal.jsonl

tap "all forms of the report are there" "$(for file in report.html report.json devices.csv junit.xml manifest.json manifest.minisig throw-away.pub; do
	[ -s "$folder/$file" ] || echo "no $file"; done)"
try verify "$folder"
tap "the evidence verifies, and is signed by a key that nobody knows" "$(wrong_unless 0 "whole:" "signed by an unknown key")"
try judge "$folder"
tap "judged again from the evidence it is the same: some are above the limit" "$(wrong_unless 1 "slot S13")"
tap "the live judge and the offline judge say the same" "$("$HILRIG" judge --json "$folder" | python3 -c '
import json, sys
live = json.load(sys.stdin)["live"]
assert live["verdicts"] > 60 and live["mismatches"] == 0, live' 2>&1)"
tap "its journal says that it was simulated" "$(grep -q '"environment":"simulated"' "$journal" || echo "it does not")"
tap "no meter is activated twice" "$(grep '"kind":"activation"' "$journal" | grep '"state":"sent"' | sed 's/.*"slot":"\([^"]*\)".*/\1/' | sort | uniq -d)"
tap "a relay that sticks, a failed control and a deaf console are never the device's fault" "$(
	grep '"kind":"fault"' "$journal" | grep -E '"slot":"(S12|S13|S16)"' | grep '"domain":"device"')"
tap "the meter whose control failed is not spent" "$(grep '"kind":"activation","slot":"S12"' "$journal")"

try demo --out "$out_dir" --quiet
again=$(sed -n 's/^evidence: //p' <<<"$out")
tap "the same night again is the same journal, byte by byte" "$(cmp "$journal" "$again/journal.jsonl" 2>&1)"
tap "and the same bytes on its lines" "$(diff -r "$folder/raw" "$again/raw" 2>&1 | head -5)"
without_fma=$(GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F,-AVX "$HILRIG" demo --quiet --out "$out_dir" | sed -n 's/^evidence: //p')
tap "so it is on a processor without FMA" "$(cmp "$journal" "$without_fma/journal.jsonl" 2>&1)"
other=$("$HILRIG" demo --seed 99 --quiet --out "$out_dir" | sed -n 's/^evidence: //p')
tap "another seed is another night" "$(cmp -s "$journal" "$other/journal.jsonl" && echo "the same")"
tap "whatever the seed, the rows are what happened" "$(for seed in 1 2 3; do
	"$HILRIG" demo --seed $seed --quiet --out "$out_dir/seeds" >"$TMPDIR/said" 2>&1 || { echo "seed $seed:"; cat "$TMPDIR/said"; }; done)"

try demo --seed ten
tap "a seed that is no number is refused" "$(wrong_unless 64 "--seed" "ten")"

# A person presses Ctrl-C in a slow one. (A shell's background job ignores it: python does not.)
tap "Ctrl-C ends a slow one, in order, with 130" "$(python3 - "$HILRIG" "$out_dir/stopped" <<'P'
import os, signal, subprocess, sys
demo = subprocess.Popen([sys.argv[1], "demo", "--slow", "--out", sys.argv[2]], stdout=subprocess.PIPE, text=True)
while "18:" not in demo.stdout.readline():
    pass
demo.send_signal(signal.SIGINT)
said = demo.stdout.read()
if demo.wait(30) != 130:
    print("ended with", demo.returncode, said)
P
)"
stopped=$(ls -d "$out_dir"/stopped/*/ 2>/dev/null)
tap "and its journal is whole, and says that it was stopped" "$(tail -n 1 "$stopped/journal.jsonl" | grep -q '"reason":"stopped"' || echo "it does not")"
tap_end
