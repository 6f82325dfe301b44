#!/bin/bash
# The mutants are fit for use: each applies to this tree, says what is wrong with it and who must find it, and these tests are
# there. Whether they do find it is shown by `make mutants`.
set -u
. tests/tap.sh
MUTANTS_LEAST=30

unfit() { # PATCH...
	local patch test
	awk '
		function end_head() { if (head && !words) print name ": no words that say what is wrong with it"
			if (head && !tests) print name ": no line \"Caught-by: TEST ...\""; head = 0 }
		FNR == 1 { end_head(); name = FILENAME; sub(".*/", "", name); head = 1; words = tests = 0 }
		/^diff / { end_head() }
		head && /^Caught-by: / { tests = NF - 1; for (i = 2; i <= NF; i++) print "test", name, $i; next }
		head { words += NF }
		/^\+\+\+ / && !/^\+\+\+ b\/(rig|drivers)\// { print name ": is no defect of the program: " $2 }
		END { end_head() }' "$@" | while read -r word patch test; do
		if [ "$word" != test ]; then
			echo "$word $patch $test"
		elif [[ $test != campaign:* ]] && [ ! -e "$test" ] && [ ! -e "$test.c" ]; then
			echo "$patch: there is no $test"
		fi
	done
	git apply --check "$@" 2>/dev/null && return # each by itself, and all in one process
	for patch; do
		git apply --check "$patch" 2>&1 | sed "s|^|${patch##*/}: does not apply any more: |"
	done
}

patches=(tests/mutants/*.patch)
tap "every mutant applies, has its words, and names tests that are there" "$(unfit "${patches[@]}")"
tap "there are $MUTANTS_LEAST at least" "$([ ${#patches[@]} -ge $MUTANTS_LEAST ] || echo "${#patches[@]} only")"
printf 'Caught-by: tests/unit/nobody\ndiff --git a/tests/tap.sh b/tests/tap.sh\n--- a/tests/tap.sh\n+++ b/tests/tap.sh\n@@ -1 +1 @@\n-not there\n+gone\n' \
	>"$TMPDIR/wrong.patch"
complaints=$(unfit "$TMPDIR/wrong.patch")
tap "one that is unfit is told in all that it lacks" \
	"$([ "$(grep -cE 'no words|there is no tests/unit/nobody|no defect of the program|any more: error: patch failed' <<<"$complaints")" = 4 ] ||
		echo "$complaints")"
tap_end
