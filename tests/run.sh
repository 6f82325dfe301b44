#!/bin/bash
# Runs test programs, two at a time, and counts their cases.
#
#   BUILD=build tests/run.sh PROGRAM...
#
# A test program is a cmocka program or a script. It prints its cases as TAP (`ok 1 - sentence`, `not ok 2 - sentence`,
# `ok 3 - sentence # SKIP why`); cmocka does that by itself. Each runs in the root of the tree with BUILD, HILRIG (the
# program under test) and TMPDIR (a fresh directory of its own, removed afterwards) set, and TEST_SECONDS to finish.
# XDG_STATE_HOME, XDG_CONFIG_HOME and XDG_RUNTIME_DIR lie in TMPDIR: what this user's benches remember of their slots, the user's
# keys and runs that go on, those of another test run on this machine too, are neither asked nor touched.
# A program that succeeds costs one line; one that fails is shown in full. The last line sums all cases, and the exit
# code is 0 only if some passed and none failed.
set -u
export BUILD=${BUILD:-build} TEST_SECONDS=${TEST_SECONDS:-180} CMOCKA_MESSAGE_OUTPUT=TAP
export HILRIG=${HILRIG:-$PWD/$BUILD/hilrig}
results=$BUILD/results
rm -rf "$results" && mkdir -p "$results"
export results

run_one() {
	local program=$1 name log code passed failed skipped planned started=$EPOCHREALTIME tenths TMPDIR
	name=${program#"$BUILD"/} name=${name#tests/}
	log=$results/${name//\//_}
	TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/hilrig-test.XXXXXX")
	mkdir -m 700 "$TMPDIR/runtime"
	export TMPDIR XDG_STATE_HOME=$TMPDIR/state XDG_CONFIG_HOME=$TMPDIR/config XDG_RUNTIME_DIR=$TMPDIR/runtime
	timeout --kill-after=5 "$TEST_SECONDS" "$program" >"$log.log" 2>&1 </dev/null
	code=$?
	rm -rf "$TMPDIR"
	# cmocka 1.1.5 writes a skipped case as `not ok N # SKIP`, later ones as `ok N # SKIP`.
	read -r passed failed skipped planned < <(awk '
		/^(not )?ok .*# SKIP/ { skipped++; next }
		/^ok [0-9-]/ { passed++ }
		/^not ok [0-9-]/ { failed++ }
		/^1\.\.[0-9]+$/ { planned += substr($0, 4) }
		END { print passed + 0, failed + 0, skipped + 0, planned + 0 }' "$log.log")
	if [ $((passed + failed + skipped)) -lt "$planned" ]; then
		echo "(planned $planned cases, ran $((passed + failed + skipped)))" >>"$log.log"
		failed=$((planned - passed - skipped))
	elif [ $((passed + failed + skipped)) = 0 ]; then
		echo "(no case was reported)" >>"$log.log"
		failed=1
	fi
	[ $code = 124 ] && echo "(not finished within $TEST_SECONDS s)" >>"$log.log"
	if [ $code != 0 ]; then
		echo "(exit code $code)" >>"$log.log"
		[ "$failed" = 0 ] && failed=1
	fi
	echo "$passed $failed $skipped" >"$log.count"
	local line
	line=$(printf '%-6s %-34s %4d passed' "$([ "$failed" = 0 ] && echo ok || echo FAILED)" "$name" "$passed")
	[ "$failed" = 0 ] || line+=", $failed failed"
	[ "$skipped" = 0 ] || line+=", $skipped skipped"
	tenths=$(((${EPOCHREALTIME/[.,]/} - ${started/[.,]/}) / 100000))
	[ $tenths -lt 10 ] || line+="  ($((tenths / 10)).$((tenths % 10)) s)"
	# One write, so that two programs that end together do not mix their lines.
	if [ "$failed" != 0 ]; then
		line+=$'\n'$(sed 's/^/    /' "$log.log")
	elif [ "$skipped" != 0 ]; then
		line+=$'\n'$(grep '# SKIP' "$log.log" | sed 's/^/    /')
	fi
	printf '%s\n' "$line"
}
export -f run_one

printf '%s\n' "$@" | xargs -r -P2 -I{} bash -c 'run_one {}'
cat "$results"/*.count 2>/dev/null | awk '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		printf "%d passed, %d failed", passed, failed
		if (skipped) printf ", %d skipped", skipped
		print ""
		exit failed || !passed
	}'
