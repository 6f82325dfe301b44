#!/bin/bash
# hilrig without a command, with a wrong one, and its help: all of it comes from one table.
set -u
. tests/tap.sh

try --help
tap "--help lists the commands and exit codes" "$(wrong_unless 0 "verdicts again, from evidence"; wrong_unless 0 "65 evidence damaged")"
mapfile -t names < <(sed -n '/^usage/,/^hilrig COMMAND/s/^  \([a-z]*\( [a-z][a-z]*\)\?\)  .*/\1/p' <<<"$out")
tap "it lists some" "$([ ${#names[@]} -ge 4 ] || echo "only: ${names[*]}")"
for name in "${names[@]}"; do
	# shellcheck disable=SC2086
	try $name --help
	tap "$name has help of its own" "$(wrong_unless 0 "usage: hilrig $name"; wrong_unless 0 "--help")"
done
try help judge
tap "help COMMAND is COMMAND --help" "$(wrong_unless 0 "usage: hilrig judge DIR")"
try
tap "no command at all is a mistake" "$(wrong_unless 64 "usage: hilrig COMMAND")"
try jugde x
tap "a misspelt command is refused with the nearest" "$(wrong_unless 64 "did you mean judge?")"
try report mak x
tap "also one of two words" "$(wrong_unless 64 "did you mean report make?")"
try judge
tap "a missing operand is refused" "$(wrong_unless 64 "DIR is missing")"
try judge x --jsn
tap "a misspelt option is refused with the nearest" "$(wrong_unless 64 "did you mean --json?")"
"$HILRIG" --help >/dev/full 2>"$TMPDIR/err"
code=$? out= err=$(cat "$TMPDIR/err")
tap "a full disk behind standard output is no success" "$(wrong_unless 70 "standard output")"

"$HILRIG" help --man >"$TMPDIR/hilrig.1"
# It has no date: it is as old as the revision that it names.
tap "the manual page is in order" "$(mandoc -T lint -W warning "$TMPDIR/hilrig.1" | grep -v 'WARNING: missing date, using "": TH')"
tap "groff thinks so too" "$(groff -man -ww -z -Tutf8 "$TMPDIR/hilrig.1" 2>&1)"
mandoc -T utf8 -O width=200 "$TMPDIR/hilrig.1" | sed 's/.\x08//g' >"$TMPDIR/page"
tap "it has every command, with all of its options" "$(for name in "${names[@]}"; do
	# shellcheck disable=SC2086
	grep -qE "^   $name\$" "$TMPDIR/page" || echo "not there: $name"
	# shellcheck disable=SC2086
	"$HILRIG" $name --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | grep -v -e '^--help$' | while read -r option; do
		sed -n "/^   $name\$/,/^   [a-zA-Z]/p" "$TMPDIR/page" | grep -qE "^ +$option( |\$)" || echo "not there: $name $option"
	done
done)"
"$HILRIG" demo --quiet --out "$TMPDIR/demo" >/dev/null
tap "and every key of the dashboard's help" "$(
	"$HILRIG" replay "$TMPDIR"/demo/*/ --print help --size 120x60 | sed -n '/│ *AD1/q; s/^│  [^ ].\{9\}\([^ ].*[^ ]\) *│$/\1/p' >"$TMPDIR/keys"
	[ "$(wc -l <"$TMPDIR/keys")" -gt 30 ] || cat "$TMPDIR/keys"
	sed -n '/^KEYS OF/,/^EXIT/p' "$TMPDIR/page" >"$TMPDIR/page-keys"
	while read -r about; do grep -qF -- "$about" "$TMPDIR/page-keys" || echo "not there: $about"; done <"$TMPDIR/keys")"
tap_end
