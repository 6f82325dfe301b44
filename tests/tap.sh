# For scripts that are tests: `. tap.sh`, then `tap SENTENCE COMPLAINT` for each case (an empty complaint is a pass) and
# `tap_end` last. `tap_skip SENTENCE WHY` counts a case that cannot run here. For the program itself: `try ARGUMENT ...`, then
# `wrong_unless CODE TEXT ...` gives the complaint.
tap_cases=0 tap_failed=0

tap() {
	tap_cases=$((tap_cases + 1))
	if [ -z "$2" ]; then
		echo "ok $tap_cases - $1"
	else
		echo "not ok $tap_cases - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
		tap_failed=1
	fi
}

tap_skip() {
	tap_cases=$((tap_cases + 1))
	echo "ok $tap_cases - $1 # SKIP $2"
}

tap_end() {
	echo "1..$tap_cases"
	exit $tap_failed
}

try() { # ARGUMENT...: the program's, into $out, $err and $code
	out=$("$HILRIG" "$@" 2>"$TMPDIR/err" </dev/null)
	code=$?
	err=$(<"$TMPDIR/err")
}

wrong_unless() { # CODE TEXT...: of $code, and of $out$err together
	local text
	[ "$code" = "$1" ] || echo "exit $code, expected $1: $out$err"
	shift
	for text; do [[ $out$err = *"$text"* ]] || printf 'not there: %s\nin: %s\n' "$text" "$out$err"; done
}
