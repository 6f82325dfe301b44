# By hand: nothing without the arm, each refusal with its reason, limits and gate obeyed, one activation, off from everywhere.
# time-limit: 120
. "$LAB_ROOT/tests/lab/slot.sh"
hand() { "$HILRIG" hand "$@" --bench lab --operator fitter >hand.out 2>&1; }
refused() {                                # CODE REASON WORDS…
    local code=0 wanted=$1 reason=$2
    shift 2
    hand "$@" || code=$?
    [ "$code" = "$wanted" ] && has_text hand.out "$reason" || { cat hand.out; fail "hand $*: $code, wanted $wanted with '$reason'"; }
}
done_by_hand() { hand "$@" || { cat hand.out; fail "hand $*: refused"; }; }
may() { hand A && grep -q "^  $1 .*$2" hand.out; }
says() { grep -q "$1" "$(slot_evidence "$2")"/journal.jsonl; }
unsupplied() { ! supplied; }

slot_start --dropout 20s
lab_files=(by-hand --bench bench.yaml --load load.yaml --set image=image.ota)
supplied() { line_level 17; [ "$level" = 1 ]; }
gpio_pull rig 1 down                       # not armed
slot_run handed
slot_soon 30 hand A
may 'supply on' 'not now: it waits for the bench to be armed' || { cat hand.out; fail "unarmed, and not said"; }
refused 75 'it waits for the bench to be armed' A supply on
gpio_pull rig 1 up
slot_soon 5 may 'supply on' 'may be done'
done_by_hand A supply on
wait_for 60 supplied
slot_soon 10 may 'supply on' 'not now: it is on'

refused 75 'it is on' A supply on
refused 75 'the scenario allows at most 600.000 s' A cut 11min
refused 75 "no 'feed' with a supply" A set 9V
refused 75 'no image has crossed yet' A activate
refused 64 "'20q'" A cut 20q
refused 64 "'dance' is nothing" A dance
refused 64 "no slot 'B'" B supply on
SSH_CONNECTION='192.0.2.1 22 192.0.2.2 22' refused 75 'comes over SSH' A cut 20s
SSH_CONNECTION='192.0.2.1 22 192.0.2.2 22' refused 75 'comes over SSH' A

done_by_hand A control positive            # what an observer shows counts from then on
refused 75 'it is at control positive' A cut 20s
slot_says 1800 handed 'control: done'
done_by_hand A cut 20s
refused 75 'it is at cut' A transfer
wait_for 60 unsupplied
wait_for 60 supplied
done_by_hand A note the lamp of the hub was red for a while
slot_soon 60 may 'transfer' 'may be done'
done_by_hand A transfer
slot_says 600 handed 'transfer: done'
done_by_hand A activate                    # the gate waits until the hub is ready and recharged
slot_says 900 handed 'activate: done'
refused 75 'never sent twice' A activate
slot_soon 120 may 'confirm' 'may be done'
pause 60
done_by_hand A confirm
slot_says 600 handed 'confirm: done'
done_by_hand end
slot_ends 0
! supplied || { pause 2; ! supplied || fail "on after the end"; }
slot_ledger handed 1
says '"text":"fitter asks for: cut 20s"' handed || fail "who asked for the cut is not in the journal"
says '"text":"fitter notes: the lamp of the hub was red for a while"' handed || fail "the note is not in the journal"
[ "$(grep -c activation-received truth.jsonl)" = 1 ] || fail "activated more than once"

slot_run thrown                            # off for one slot, and for all, over SSH too
slot_soon 30 hand A
done_by_hand A supply on
wait_for 60 supplied
slot_says 60 thrown 'supply: done'
done_by_hand A cut 10min
wait_for 60 unsupplied
done_by_hand A off
slot_soon 5 may 'supply on' 'may be done'
done_by_hand A supply on
wait_for 60 supplied
SSH_CONNECTION='192.0.2.1 22 192.0.2.2 22' expect_status 0 "$HILRIG" off --bench bench.yaml
truth_off mains || fail "on after off"
slot_ends 130
refused 64 'no run' A supply on
expect_status 64 "$HILRIG" resume "$(slot_evidence thrown)"

lab_files=(journey.yaml --bench bench.yaml --load load.yaml --set image=image.ota)
mkdir judged                               # a run that judges is not to be spoilt; its lines, for machines
"$HILRIG" run "${lab_files[@]}" --out judged --json >judged.jsonl 2>judged.out &
supervisor=$!
slot_soon 30 hand note somebody came in
refused 75 'would spoil it' A cut 20s
refused 75 'ends by itself' end
refused 75 'its question does not wait' A answer yes
kill -INT "$(pgrep -P "$supervisor" -x hilrig | head -n 1)"
slot_ends 130
cmp judged.jsonl "$(slot_evidence judged)/journal.jsonl" || fail "run --json is not its journal"
says 'fitter notes: somebody came in' judged || fail "the note is not in the journal"
for night in handed thrown judged; do
    expect_status 0 "$HILRIG" verify "$(slot_evidence $night)"
done
