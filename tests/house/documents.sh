#!/bin/bash
# Documents tell the truth about the tree: what they link to is there, so is every make target that they name, and each
# folder has its line.
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

# The first column of the tables in rig/, drivers/ and tests/README.md names the folders beside it, all of them.
folders() { # FOLDER
	local named there
	named=$(sed -n 's/^| \([a-z]*\)\/.*/\1/p' "$1/README.md" | sort -u)
	there=$(find "$1" -mindepth 2 -name '*.*' -not -path "$1/.*" -printf '%P\n' | cut -d/ -f1 | sort -u)
	comm -23 <(echo "$named") <(echo "$there") | sed "s|^|$1/README.md names what is not there: |"
	comm -13 <(echo "$named") <(echo "$there") | sed "s|^|$1/README.md has no line for |"
}

tap "every relative link leads to a file" "$(dead_links "${documents[@]}")"
tap "every make target that is named exists" "$(lost_targets "${documents[@]}")"
printf '[gone](gone.md)\n    make coffee\n' >"$TMPDIR/wrong.md"
tap "folders and their README agree" "$(folders rig; folders drivers; folders tests)"
tap "a dead link and a lost target are found" \
	"$([ "$(dead_links "$TMPDIR/wrong.md" | wc -l) $(lost_targets "$TMPDIR/wrong.md" | wc -l)" = "1 1" ] || echo "no complaint")"
tap_end
