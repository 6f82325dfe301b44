#!/bin/bash
# Prints how much of each source file was executed, worst first: tests/setup/coverage.sh BUILD SOURCE...
set -eu
build=$1
shift
for source; do
	gcov -n -o "$build/${source%.c}.o" "$source" 2>/dev/null | awk -v wanted="$source" '
		/^File / { file = $2; gsub(/\047/, "", file) }
		/^Lines executed:/ && file == wanted && !seen++ { split($0, part, /[:% ]+/); print part[3], part[5], file }'
done | sort -n | awk '
	{ printf "%6.1f %% of %5d  %s\n", $1, $2, $3; reached += $1 * $2 / 100; lines += $2 }
	END { if (lines) printf "%6.1f %% of %5d  lines in all\n", 100 * reached / lines, lines }'
