#!/bin/bash
# Runs fuzzers for some seconds each, two at a time.
#
#   BUILD=build/fuzz tests/fuzz.sh SECONDS FUZZER...
#
# A fuzzer starts from tests/fuzz/corpus/NAME and keeps what it finds in BUILD/corpus/NAME; an input that breaks it is
# left as BUILD/found/NAME-... and belongs into the corpus together with the fix. What is fed: files up to 64 KiB.
set -u
export LIMIT=$1 BUILD
shift
mkdir -p "$BUILD/found" "$BUILD/results"
rm -f "$BUILD"/results/*.count

fuzz_one() {
	local name=${1##*/} log
	log=$BUILD/results/$name
	mkdir -p "$BUILD/corpus/$name"
	local given=()
	[ -d "tests/fuzz/corpus/$name" ] && given=("tests/fuzz/corpus/$name")
	if "$1" -max_total_time="$LIMIT" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix="$BUILD/found/$name-" "$BUILD/corpus/$name" "${given[@]}" >"$log.log" 2>&1 </dev/null; then
		echo "1 0" >"$log.count"
		printf 'ok     fuzz/%-29s %s\n' "$name" "$(grep -o '^Done .*' "$log.log")"
	else
		echo "0 1" >"$log.count"
		printf 'FAILED fuzz/%s\n%s\n' "$name" "$(tail -n 60 "$log.log" | sed 's/^/    /')"
	fi
}
export -f fuzz_one

printf '%s\n' "$@" | xargs -r -P2 -I{} bash -c 'fuzz_one {}'
cat "$BUILD"/results/*.count | awk '
	{ passed += $1; failed += $2 }
	END { printf "%d passed, %d failed\n", passed, failed; exit failed || !passed }'
