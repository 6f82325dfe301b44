#!/bin/bash
# No two .c files define a function or object of the same name: a static library would silently take the first of them.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
library=${BUILD:-build}/libhilrig.a
twice=$(nm "$library" 2>/dev/null | awk '$2 ~ /^[TDRBC]$/ {print $3}' | sort | uniq -d)
tap "no name is defined twice" "$twice"
some=$(nm "$library" 2>/dev/null | awk '$2 == "T" {print $3}' | grep -cx 'run_step')
tap "the library was looked at" "$([ "$some" = 1 ] || echo "run_step found $some times in $library")"
tap_end
