#!/bin/bash
# hilrig replay and hilrig dashboard, driven on a terminal of tmux with the evidence of the demo. What the screens are is shown by
# tests/unit/dashboard_screens; here, that the program shows them. Every wait is for words on the screen, with a deadline.
set -u
. tests/tap.sh
export TMUX_TMPDIR=$TMPDIR LC_ALL=C.UTF-8 HILRIG_HOME=$PWD
unset NO_COLOR
terminals=0
trap 'tmux -L d$terminals kill-server 2>/dev/null' EXIT

on_terminal() { # COLUMNS ROWS WORDS: what a shell is told, on a terminal that is new
	tmux -L d$terminals kill-server 2>/dev/null
	terminals=$((terminals + 1))
	tmux -L d$terminals -f /dev/null new-session -d -x "$1" -y "$2" "$3; echo ended \$?; cat"
}
screen() { tmux -L d$terminals capture-pane -p "$@"; }
press() { tmux -L d$terminals send-keys "$@"; }
shows() { # WORDS: nothing, or a complaint
	local deadline=$((SECONDS + 20))
	until screen | grep -qF -- "$1"; do
		[ $SECONDS -lt $deadline ] || { printf 'not shown: %s\n' "$1"; screen; return; }
		sleep 0.02
	done
}
same() { # WHAT ARGUMENT...: the terminal's screen is the one that is printed
	local what=$1 wanted deadline=$((SECONDS + 20))
	shift
	wanted=$("$HILRIG" replay "$folder" "$@")
	until [ "$(screen)" = "$wanted" ]; do
		[ $SECONDS -lt $deadline ] || { echo "$what:"; diff <(screen) - <<<"$wanted"; return; }
		sleep 0.02
	done
}

"$HILRIG" demo --out "$TMPDIR/out" --quiet >/dev/null
folder=$(ls -d "$TMPDIR"/out/*/)

on_terminal 80 24 "'$HILRIG' replay '$folder' --at 300h"
tap "every screen has its key, and is the one that is printed" "$(
	for screen in bench:1 slot:2 instruments:3 journal:4 night:5 help:?; do
		press "${screen#*:}"
		same "${screen%:*}" --at 300h --print "${screen%:*}"
	done)"
tap "it goes back, and is paused, faster and slower there" "$(
	press 1 0; shows "0:00:0"
	press Space; shows PAUSED
	press '>' '>' '>'; shows "speed 8, PAUSED"
	press '<'; shows "speed 4, PAUSED"
	press '.'; shows ", PAUSED"
	press 9; shows "at its end"; same "at its end again" --at 300h --print bench --speed 4)"
tap "it goes on from where it is, by itself" "$(press 0 ')'; shows "0:05:00"; press '>' '>' '>' '>' '>' '>' '>'; shows "speed 512"; press Space; shows "at its end")"
tap "whatever its size, its screens fit" "$(press 1
	for size in 200x60 40x12 97x31 20x5 132x43 61x17 10x3 80x24 41x13 250x50 30x40 80x24; do
		tmux -L d$terminals resize-window -x "${size%x*}" -y "${size#*x}"
	done
	same "behind a storm of sizes" --at 300h --print bench --speed 512
	for size in 120x40 40x12; do
		tmux -L d$terminals resize-window -x "${size%x*}" -y "${size#*x}"
		same "$size" --at 300h --print bench --size "$size" --speed 512
	done)"
tap "q leaves it, with 0, and the terminal as it was" "$(press q; shows "ended 0"; screen | grep -F "Bench")"

on_terminal 80 24 "'$HILRIG' replay '$folder' --at 300h"
shows "at its end" >"$TMPDIR/said"
tap "where there are 256 colours it has them" "$(cat "$TMPDIR/said"; screen -e | grep -q '\[38;5;' || echo "none")"
on_terminal 80 24 "'$HILRIG' replay '$folder' --at 300h --colours 16"
shows "at its end" >"$TMPDIR/said"
tap "it does with 16" "$(cat "$TMPDIR/said"; screen -e | grep -q '\[3[1-6]m' || echo "none"; screen -e | grep -F '[38;5;')"
for without in "NO_COLOR=1" "--colours none"; do
	[ "$without" = NO_COLOR=1 ] && before=$without after= || before='' after=$without
	on_terminal 80 24 "$before '$HILRIG' replay '$folder' --at 300h $after"
	shows "at its end" >"$TMPDIR/said"
	tap "and without any: $without" "$(cat "$TMPDIR/said"; screen -e | grep -E '\[(3[0-7]|38;5|4[0-7])'; screen -e | grep -q '\[7m\|;7m' || echo "nothing is marked")"
done
on_terminal 80 24 "LC_ALL=C '$HILRIG' replay '$folder' --at 300h"
tap "where the locale is not UTF-8 it is all ASCII" "$(same "C" --at 300h --print bench --ascii; LC_ALL=C; screen | grep -P '[^\x20-\x7e]')"

tap "nothing that devices said reaches the terminal as it is" "$(
	PYTHONPATH=tests/command python3 tests/command/dashboard_hostile.py make two-observers-one-misses "$TMPDIR/hostile"
	on_terminal 120 40 "sleep 0; '$HILRIG' replay '$TMPDIR/hostile' --at 300h"
	tmux -L d$terminals pipe-pane "cat >'$TMPDIR/raw'"
	for screen in slot:2 instruments:3 journal:4 night:5 help:? bench:1 journal:4; do
		press "${screen#*:}"
		shows ": ${screen%:*} "
	done
	press v; shows "following "
	press q; shows "ended 0"
	tmux -L d$terminals pipe-pane
	for screen in bench slot instruments journal night; do "$HILRIG" replay "$TMPDIR/hostile" --at 300h --print $screen --size 300x60; done >"$TMPDIR/printed"
	python3 tests/command/dashboard_hostile.py look "$TMPDIR/raw" "$TMPDIR/printed" 2>&1)"

on_terminal 80 24 "'$HILRIG' demo --slow --dashboard --out '$TMPDIR/shown'"
tap "the demo has its screens too, and left, says what came of it" "$(shows "live; a simulated night"; press 2; shows "sim: slot"; press q; shows "20 of 20 rows"; shows "ended 0")"
tap "and is the same night as without them" "$(cmp "$TMPDIR"/out/*/journal.jsonl "$TMPDIR"/shown/*/journal.jsonl 2>&1)"
try demo --dashboard --out "$TMPDIR/none"
tap "without a terminal they are refused, before anything is written" "$(wrong_unless 64 "must be a terminal"; ls "$TMPDIR/none" 2>/dev/null)"
try run ota-journey --bench sim --dashboard --out "$TMPDIR/none"
tap "so are a run's" "$(wrong_unless 64 "--dashboard: standard input and output must be a terminal" "hilrig dashboard shows it on another terminal")"
try run ota-journey --bench one-slot --rehearse well --dashboard --out "$TMPDIR/none"
tap "a night that is over in seconds has none" "$(wrong_unless 64 "hilrig replay DIR shows it" "hilrig demo --slow --dashboard")"
on_terminal 80 24 "'$HILRIG' run controls --bench sim --dashboard --out '$TMPDIR/none'"
tap "nor has one whose bench says that it is simulated" "$(shows "hilrig replay DIR"; shows "ended 64")"
on_terminal 80 24 "TERM=nowhere '$HILRIG' run controls --bench sim --dashboard --out '$TMPDIR/none'"
tap "nor one on a terminal that nobody knows" "$(shows "--dashboard: nobody knows such a terminal"; shows "ended 64")"
on_terminal 80 24 "bash -c 'set -m; \"$HILRIG\" run ota-journey --bench sim --dashboard --out $TMPDIR/none & wait \$!'"
tap "nor one in the background" "$(shows "--dashboard: this is not in the foreground"; shows "ended 64")"
tap "and nothing of them was written" "$(ls "$TMPDIR/none" 2>/dev/null)"
# shellcheck disable=SC2046
tap "the picture in the README is what the program draws" "$(
	sed -n 's/^    \([┌│└?].*\)/\1/p' README.md >"$TMPDIR/picture"
	[ "$(wc -l <"$TMPDIR/picture")" = 20 ] || echo "it has $(wc -l <"$TMPDIR/picture") lines"
	"$HILRIG" replay "$folder" $(sed -n 's/^    build.hilrig replay [^ ]* //p' README.md) 2>&1 | diff "$TMPDIR/picture" -)"
try replay "$folder"
tap "without a terminal it is refused, and says what else there is" "$(wrong_unless 64 "must be a terminal" "--print")"
tap "the night stands beside its plan, where the folder has its files" "$(
	"$HILRIG" replay "$folder" --at 4000s --print night --slot S11 >"$TMPDIR/night"
	grep -q '^│ soon  c' "$TMPDIR/night" && grep -q '^│ late  w' "$TMPDIR/night" || cat "$TMPDIR/night"
	grep -qF "S11: in time, step 7/10 judge, begun 18:55" "$TMPDIR/night" || cat "$TMPDIR/night"
	cp -r "$folder" "$TMPDIR/planless"; rm "$TMPDIR/planless/scenario.yaml"
	"$HILRIG" replay "$TMPDIR/planless" --at 4000s --print night 2>&1 | grep -E "soon|late|yaml")"
try dashboard
tap "so is the dashboard where no run goes on" "$(wrong_unless 64 "no run of this user goes on")"
try dashboard --bench nowhere --attach "$folder"
tap "and one of two runs" "$(wrong_unless 64 "give it or --bench")"
try replay "$folder" --print nothing
tap "a screen that is none is refused" "$(wrong_unless 64 "--print nothing" "bench, slot")"
for wrong in "--at 57" "--speed 0" "--size 80" "--size 0x5" "--slot S99" "--colours 7"; do
	# shellcheck disable=SC2086
	try replay "$folder" --print bench $wrong
	tap "so is $wrong" "$(wrong_unless 64 "$wrong")"
done
on_terminal 80 24 "TERM=nowhere '$HILRIG' replay '$folder'"
tap "a terminal that nobody knows is refused" "$(shows "TERM=nowhere"; shows "ended 64")"
cp -r "$folder" "$TMPDIR/damaged"
sed -i '100s/"seq":99/"seq":98/' "$TMPDIR/damaged/journal.jsonl"
try replay "$TMPDIR/damaged" --print bench
tap "damaged evidence is not shown" "$(wrong_unless 65 "line 100")"
tap "--ascii prints ASCII only" "$(for screen in bench slot instruments journal night help; do
	"$HILRIG" replay "$folder" --at 57min --print $screen --ascii --size 132x50; done | LC_ALL=C grep -P '[^\x20-\x7e]' | head -3)"
tap_end
