# By hand in the dashboard: what is not allowed is greyed with its reason, nothing is switched by one key, X twice switches everything off.
# time-limit: 240
. "$LAB_ROOT/tests/lab/slot.sh"
export TMUX_TMPDIR=$LAB_DIR LC_ALL=C.UTF-8 TERM=linux
screen() { tmux -L lab capture-pane -p; }
shows() { screen >screen.txt && has_text screen.txt "$1"; }
press() { tmux -L lab send-keys "$@"; }
see() { slot_soon "$1" shows "$2" || { cat screen.txt; fail "never shown: $2"; }; }
gone() { ! shows "$1"; }
far_gone() { ! far "$1"; }
is_on() { line_level 17; [ "$level" = 1 ]; }
is_off() { ! is_on; }
stays() { pause 3; "$1" || fail "one key has switched it"; }

slot_start --dropout 20s
lab_files=(by-hand --bench bench.yaml --load load.yaml)
gpio_pull rig 1 down                       # not armed
slot_run shown
slot_soon 30 "$HILRIG" hand A --bench lab
tmux -L lab -f /dev/null new-session -d -x 100 -y 30 "'$HILRIG' dashboard --bench lab --operator fitter; cat"
see 10 'lab: bench'
press a
see 10 'not now: it waits for the bench to be armed'
press Enter
stays is_off
gpio_pull rig 1 up
slot_soon 10 gone 'not now: it waits'
press Enter                                # supply on is the first
see 10 'hilrig hand A supply on'
see 10 'y does it'
stays is_off
press n
see 10 'not done'
stays is_off
press Enter
see 10 'y does it'
press y
wait_for 60 is_on
press Down Down Enter                      # a cut, and for how long
see 10 'cut, at most 10min'
press 20s Enter
see 10 'hilrig hand A cut 20s'
stays is_on
press y
wait_for 30 is_off
wait_for 60 is_on
press Escape
SSH_TTY=/dev/pts/1 tmux -L far -f /dev/null new-session -d -x 100 -y 30 "'$HILRIG' dashboard --bench lab; cat"
far() { tmux -L far capture-pane -p >screen.txt && has_text screen.txt "$1"; }
slot_soon 10 far 'lab: bench'
tmux -L far send-keys a
slot_soon 10 far 'comes over SSH'           # nothing can be asked for, and why
tmux -L far send-keys Escape
slot_soon 10 far_gone 'By hand'
tmux -L far send-keys X
slot_soon 10 far 'X again: ALL OFF'
stays is_on
press X
see 10 'X again: ALL OFF'
stays is_on
tmux -L far send-keys X
press X                                    # two people at once: both are told how it ends
wait_for 10 is_off
see 60 'everything has confirmed that it is off'
slot_soon 60 far 'everything has confirmed that it is off'
truth_off mains || fail "on after ALL OFF"
slot_ends 130
grep -q 'fitter asks for: cut 20s' "$(slot_evidence shown)"/journal.jsonl || fail "who asked for it is not in the journal"
tmux -L far kill-server
tmux -L lab kill-server
