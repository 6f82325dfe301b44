#!/bin/bash
# How long the program takes to say what it can do: wanted is less than 10 ms. Beside it `true`, which does nothing.
set -eu
cd "$(dirname "$0")/../.."
hilrig=${BUILD:-build}/hilrig

best_us() { # COMMAND...: the best of 30, since other work on the machine is not ours
	local best=1000000 started took
	for _ in {1..30}; do
		started=${EPOCHREALTIME/[.,]/}
		"$@" >/dev/null
		took=$((${EPOCHREALTIME/[.,]/} - started))
		[ "$took" -ge "$best" ] || best=$took
	done
	echo "$best"
}

ours=$(best_us "$hilrig" --help) nothing=$(best_us /bin/true)
echo "hilrig --help: $ours us (bound 10000 us); /bin/true: $nothing us; ratio $((ours * 10 / nothing))/10"
