#!/bin/bash
# Every header compiles when it is the only one included, and twice, so no file depends on the order of its includes.
set -u
. tests/tap.sh
flags=$(tests/setup/packages.sh --cflags build)
export flags CC=${CC:-gcc}

alone() {
	printf '#include "%s"\n#include "%s"\n' "$1" "$1" |
		$CC -I. -D_GNU_SOURCE $flags -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c - 2>&1
}
export -f alone

headers=$(find rig drivers -name '*.h' 2>/dev/null | sort)
tap "every header compiles alone" "$(xargs -r -P2 -I{} bash -c 'alone {}' <<<"$headers")"
echo '#include <nowhere.h>' >"$TMPDIR/wrong.h"
tap "a header that does not compile is found" "$([ -n "$(alone "$TMPDIR/wrong.h")" ] || echo "no complaint")"
tap_end
