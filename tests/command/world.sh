#!/bin/bash
# World files that are broken: a rehearsal ends with 64, says exactly what stands beside each, and leaves nothing behind.
set -u
. tests/tap.sh

rehearse() { # WORLD: on a bench whose night needs no image
	"$HILRIG" run hub-threshold --bench sim-hubs --load sim-hubs --out "$TMPDIR/evidence" --rehearse "$1"
}

broken() {
	local file count=0
	for file in tests/broken/world/*.yaml; do
		rehearse "$file" >"$TMPDIR/out" 2>"$TMPDIR/err" </dev/null
		[ $? = 64 ] || echo "$file: does not end with 64"
		[ -s "$TMPDIR/out" ] && echo "$file: something on standard output"
		sed '$d' "$TMPDIR/err" | sed "s|^$file:||" | diff "${file%.yaml}.expect" - >"$TMPDIR/diff" || { echo "$file:"; cat "$TMPDIR/diff"; }
		count=$((count + 1))
	done
	[ $count -ge 20 ] || echo "only $count files"
}

tap "every broken world file is refused with its places" "$(broken)"
tap "and no evidence of it is made" "$(ls "$TMPDIR/evidence" 2>/dev/null)"

rehearse tests/broken/world/many-problems-in-one-go.yaml >"$TMPDIR/out" 2>"$TMPDIR/err" </dev/null
code=$? out=$(cat "$TMPDIR/out") err=$(cat "$TMPDIR/err")
tap "all that is wrong with one file is said in one go" \
	"$(wrong_unless 64 "9 problems in the files above; nothing was opened or energised")"

try run hub-threshold --bench sim-hubs --load sim-hubs --out "$TMPDIR/evidence" --rehearse wel
tap "a world that is not there is looked for where worlds are" "$(wrong_unless 64 "there is no wel.yaml in scenarios/worlds")"
tap_end
