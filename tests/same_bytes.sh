#!/bin/bash
# One night, several programs of the same source: the first one's journal and data are everybody's. PROGRAMS="build/hilrig build/o0/hilrig".
set -u
. tests/tap.sh
read -ra programs <<<"$PROGRAMS"
set -- "${programs[@]}"
dir=$(mktemp -d "${TMPDIR:-/tmp}/hilrig-same.XXXXXX")
trap 'rm -rf "$dir"' EXIT

night() { # PROGRAM NAME
	"$1" demo --quiet --seed 7 --out "$dir/$2" >"$dir/$2.said" 2>&1 || cat "$dir/$2.said"
	mv "$dir/$2"/*/ "$dir/$2/night"
	sed -i 's/[0-9TZ]*-ota-journey-[0-9a-f]*/NIGHT/g' "$dir/$2"/night/report.* # the folder's own name, which says when it was made
}

complaint=$(night "$1" first)
tap "$1: the night is what happened" "$complaint"
number=0
for program in "${@:2}"; do
	number=$((number + 1))
	complaint=$(night "$program" $number
		for file in journal.jsonl report.json report.html devices.csv junit.xml; do
			cmp "$dir/first/night/$file" "$dir/$number/night/$file" 2>&1
		done | sed "s|$dir/||g"
		diff -rq "$dir/first/night/raw" "$dir/$number/night/raw" | sed "s|$dir/||g")
	tap "$program: the same bytes as $1" "$complaint"
done
tap_end
