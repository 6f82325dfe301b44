#!/bin/bash
# No two .c files call each other, not even through others: what a file needs is below it. Read from the symbols of the
# object files; calls through tables of functions, where they are how a lower layer answers a higher one, do not count.
set -u
. tests/tap.sh

circles() { # OBJECT...
	nm -A --format=posix "$@" | awk '
		{ file = $1; sub(/:$/, "", file); sub(/\[.*/, "", file) }
		$3 ~ /^[TDBRCVW]$/ { home[$2] = file }
		$3 == "U" { needs[++n] = file; needed[n] = $2 }
		END { for (i = 1; i <= n; i++) if (needed[i] in home && home[needed[i]] != needs[i]) print needs[i], home[needed[i]] }' |
		sort -u | tsort 2>&1 >/dev/null
}

mapfile -t objects < <(find rig drivers -name '*.c' ! -name main.c 2>/dev/null | sed "s|^|$BUILD/|; s|c\$|o|")
tap "no call cycle between .c files" "$(circles "${objects[@]}")"

echo 'int left(void); int right(void); int left(void) { return right(); }' >"$TMPDIR/left.c"
echo 'int left(void); int right(void); int right(void) { return left(); }' >"$TMPDIR/right.c"
(cd "$TMPDIR" && ${CC:-gcc} -c left.c right.c)
tap "a call cycle is found" "$([ -n "$(circles "$TMPDIR/left.o" "$TMPDIR/right.o")" ] || echo "no complaint")"
tap_end
