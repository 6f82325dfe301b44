#!/bin/bash
# Every header compiles when it is the only one included, and twice, so no file depends on the order of its includes.
#
# A compiler takes its time to start, and there are many headers. The build has compiled most of them alone already: that an
# object is newer than its source, and the source's first include is the header, says so. The others are compiled here, and the
# headers of each folder in one go, for their second inclusion and for warnings.
set -u
. tests/tap.sh
flags=$(tests/setup/packages.sh --cflags build)
export flags CC=${CC:-gcc}

check() { # of standard input
	$CC -I. -D_GNU_SOURCE $flags -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c - 2>&1
}
twice() { printf '#include "%s"\n' "$@" "$@" | check; } # HEADER...
folder() { twice "$1"/*.h; }
export -f check twice folder

# "header source" a line: the first include of each source. Private headers may be first in several.
firsts() {
	find rig drivers -name '*.c' -exec grep -Hm1 '^[ \t]*#[ \t]*include' {} + | sed -n 's/^\([^:]*\):.*"\(.*\)".*/\2 \1/p'
}

unbuilt() { # FILE OF FIRSTS HEADER...: those that no object of the build proves
	local header source
	local -A proved=()
	while read -r header source; do
		[ "${BUILD:-build}/${source%.c}.o" -nt "$source" ] && [ "${BUILD:-build}/${source%.c}.o" -nt "$header" ] && proved[$header]=yes
	done <"$1"
	shift
	for header; do [ "${proved[$header]-}" ] || echo "$header"; done
}

mapfile -t headers < <(find rig drivers -name '*.h' | sort)
firsts >"$TMPDIR/firsts"
unbuilt "$TMPDIR/firsts" "${headers[@]}" >"$TMPDIR/unbuilt"
tap "every header compiles alone" "$(xargs -r -P2 -I{} bash -c 'twice {}' <"$TMPDIR/unbuilt")"
tap "those of a folder compile together, twice, without a warning" "$(find rig drivers -name '*.h' -printf '%h\n' | sort -u | xargs -P2 -I{} bash -c 'folder {}')"

echo '#include <nowhere.h>' >"$TMPDIR/wrong.h"
tap "a header that does not compile is found" "$([ -n "$(twice "$TMPDIR/wrong.h")" ] || echo "no complaint")"
printf 'int one;\nstruct twice { int a; };\n' >"$TMPDIR/wrong.h"
tap "so is one that cannot be included twice" "$([ -n "$(twice "$TMPDIR/wrong.h")" ] || echo "no complaint")"
touch -d '1 hour' "$TMPDIR/new.h"
echo "$TMPDIR/new.h rig/main.c" >"$TMPDIR/firsts"
tap "an object that is older than the header proves nothing" \
	"$([ "$(unbuilt "$TMPDIR/firsts" "$TMPDIR/new.h")" = "$TMPDIR/new.h" ] || echo "it was taken for a proof")"
tap_end
