#!/bin/bash
# Each #include "..." below rig/ and drivers/ is one that tests/house/layers allows: tests/house/layers.sh [ROOT]
# The second case puts one wrong include into a scratch copy and demands to be told of it.
set -u
here=$(dirname "$(realpath "$0")")

wrong_includes() ( # ROOT
	cd "$1" && find rig drivers -name '*.[ch]' -exec grep -HnE '^[ \t]*#[ \t]*include[ \t]*"' {} + 2>/dev/null | awk -F'[:"]' '
		function layer(path) { while (path != "" && !(path in may)) if (!sub("/[^/]*$", "", path)) path = ""; return path }
		NR == FNR { if (/^[a-z]/) { n = split($0, word, " "); may[word[1]] = " rig/base " word[1]
			for (i = 2; i <= n; i++) may[word[1]] = may[word[1]] " " word[i]; may[word[1]] = may[word[1]] " " } next }
		{ from = layer($1); to = layer($4) }
		from == "" || to == "" || !index(may[from], " " to " ") { print $1 ":" $2 ": " $1 " must not include " $4 }' "$here/layers" -
)

[ $# = 0 ] || { wrong_includes "$1"; exit; }
. tests/tap.sh

found=$(wrong_includes .)
tap "every include points to a layer below" "$found"

cp -r rig "$TMPDIR"
echo '#include "rig/judge/judge.h"' >>"$TMPDIR/rig/base/error.h"
found=$(wrong_includes "$TMPDIR")
case $found in
rig/base/error.h:*rig/judge/judge.h) tap "a wrong include in a scratch copy is found" "" ;;
*) tap "a wrong include in a scratch copy is found" "expected one complaint about rig/base/error.h, got: $found" ;;
esac
tap_end
