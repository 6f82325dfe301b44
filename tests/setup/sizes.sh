#!/bin/bash
# Prints the longest files and the longest functions: tests/setup/sizes.sh FILE...
set -eu
echo "Longest files (lines):"
wc -l "$@" | grep -v ' total$' | sort -rn | head -n 15
echo "Longest functions (lines):"
awk '
	FNR == 1 { name = start = 0 }
	/^[a-z].*[a-z_0-9]\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
	/^\{/ { start = FNR }
	/^\}/ && start { printf "%5d %s:%d %s\n", FNR - start + 1, FILENAME, start, name; start = 0 }' "$@" |
	sort -rn | head -n 15
