# A run with --dashboard on a terminal: its screens are left with Ctrl-C and nothing ends; its evidence is as good as without.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 20s

# Runs hilrig on a terminal of its own, whose bytes go to FILE and whose keys come from the FIFO keys; ends with its exit code.
cat >terminal.py <<'PYTHON'
import os, pty, sys
out = open(sys.argv[1], "wb", buffering=0)
keys = os.open("keys", os.O_RDWR)
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
import select
while True:
    for ready in select.select([terminal, keys], [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b""
        if ready == terminal and not data:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        out.write(data) if ready == terminal else os.write(terminal, data)
PYTHON
mkfifo keys
exec 9<>keys
mkdir night
TERM=xterm LC_ALL=C.UTF-8 python3 terminal.py night.out "$HILRIG" run "${lab_files[@]}" --out night --dashboard &
terminal=$!
wait_for 60 has_text night.out "lab: bench"
# grep ends with 1 where it finds none, which here and below is a result that is looked at.
expect "lines of the run on its screens" "$(grep -c "step 1 supply" night.out || true)" 0

# Run, rig, keeper, viewer: the viewer is executed, and holds nothing that drives or locks.
run=$(pgrep -P $terminal)
viewer=$(pgrep -f 'dashboard --bench lab')
[ "$(ps -o ppid= -p "$viewer" | tr -d ' ')" != "$run" ] || fail "the viewer has no keeper"
held=$(find "/proc/$viewer/fd" -type l -printf '%l\n' | grep -E 'gpio|ttyACM|\.lock|memfd|raw/' || true)
expect "what the viewer holds" "$held" ""
found=$(find "/proc/$(pgrep -P "$run" | head -n 2 | tail -n 1)/fd" -type l -printf '%l\n' | grep -cE 'gpio|ttyACM|\.lock' || true)
[ "$found" -ge 3 ] || fail "a rig was looked at that holds nothing: the look is wrong"

printf 5 >&9
wait_for 10 has_text night.out "A: in time, step " # of its plan, from the files in its folder
printf '\003' >&9
wait_for 10 has_text night.out "the screens are left, the run goes on"
wait_for 10 has_text night.out "step 1 supply"
code=0
wait $terminal || code=$?
expect "exit code" "$code" 0
expect outage "$(slot_judged night outage)" "not-more valid none"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
slot_truth night
grep -q "evidence: night/" night.out || fail "its last lines are not there"
