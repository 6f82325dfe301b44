# A terminal that takes no more lines (Ctrl-S, a pager, a connection that hangs) holds up nothing: the night is as any other.
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 200s
mkdir night
mkfifo lines
exec 8<>lines
perl -MFcntl -e 'open(my $lines, ">&=8") or die;  # full from the first line on
    fcntl($lines, F_SETFL, O_NONBLOCK); 1 while syswrite($lines, "." x 512); fcntl($lines, F_SETFL, 0)'
"$HILRIG" run "${lab_files[@]}" --out night >&8 2>night.out 8>&- &
supervisor=$!
ended_well() { grep -qs '"kind":"end"' night/*Z-*/journal.jsonl; }
slot_waits_for 36000 ended_well
truth_off mains || fail "on at the end"
cat <&8 >read.out &
reader=$!
slot_ends 1                                # its findings wait for a reader, and nothing else does
kill $reader
expect "verdict on the outage" "$(slot_judged night outage)" "more valid device"
slot_truth night
