#!/bin/bash
# Documents tell the truth about the tree: what they link to is there, and so is every make target that they name.
set -u
. tests/tap.sh
mapfile -t documents < <(find . -name '*.md' -not -path './build/*' -not -path './reports/[0-9]*' | sort)

dead_links() {
	local document target
	for document; do
		grep -oE '\]\([^)#:]+' "$document" | cut -c3- | while read -r target; do
			[ -e "$(dirname "$document")/$target" ] || echo "$document: $target is not there"
		done
	done
}

lost_targets() {
	grep -HoE '(`|^    )make [a-z]+' "$@" | sed 's/:.*make / /' | while read -r document target; do
		grep -qE "^$target:" Makefile || echo "$document: there is no make $target"
	done
}

tap "every relative link leads to a file" "$(dead_links "${documents[@]}")"
tap "every make target that is named exists" "$(lost_targets "${documents[@]}")"
printf '[gone](gone.md)\n    make coffee\n' >"$TMPDIR/wrong.md"
tap "a dead link and a lost target are found" \
	"$([ "$(dead_links "$TMPDIR/wrong.md" | wc -l) $(lost_targets "$TMPDIR/wrong.md" | wc -l)" = "1 1" ] || echo "no complaint")"
tap_end
