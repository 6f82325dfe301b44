#!/bin/bash
# The signature of evidence against stock minisign: each takes what the other signed, and neither what was changed afterwards.
set -u
. tests/tap.sh

keys=$XDG_CONFIG_HOME/hilrig/keys night=$TMPDIR/night theirs=$TMPDIR/theirs
mkdir "$theirs"
tests/support/sealed tests/scenarios/reboot-240s "$night"
cp -r "$night" "$TMPDIR/other"

stock() { # ARGUMENT...: minisign's, into $out, $err and $code
	out=$(minisign "$@" 2>"$TMPDIR/err" </dev/null)
	code=$?
	err=$(cat "$TMPDIR/err")
}
accepts() { stock -V -p "$1" -m "$2/manifest.json" -x "$2/manifest.minisig"; } # PUBLIC FOLDER
changed() { sed "s/\"size_bytes\":\([0-9]\)/\"size_bytes\":9/" "$1/manifest.json" >"$TMPDIR/new" && cat "$TMPDIR/new" >"$1/manifest.json"; } # FOLDER

"$HILRIG" key make >"$TMPDIR/made"
head=$(tail -n 1 "$night/journal.jsonl" | sed 's/.*"hash":"\([0-9a-f]*\)"}$/\1/')
try sign "$night"
tap "hilrig signs" "$(wrong_unless 0 "signed by key default")"
accepts "$keys/default.pub" "$night"
tap "minisign takes our signature and shows what is signed" "$(wrong_unless 0 "Signature and comment signature verified" "Trusted comment: hilrig run " "head $head")"
accepts "$night/default.pub" "$night"
tap "minisign takes the key in the folder" "$(wrong_unless 0 "Signature and comment signature verified")"
stock -V -P "$("$HILRIG" key show --json | sed 's/.*"public_key": "\([^"]*\)".*/\1/')" -m "$night/manifest.json" -x "$night/manifest.minisig"
tap "minisign takes the key as hilrig key show prints it" "$(wrong_unless 0 "Signature and comment signature verified")"
stock -V -H -p "$keys/default.pub" -m "$night/manifest.json" -x "$night/manifest.minisig"
tap "our form is minisign's prehashed one" "$(wrong_unless 0 "Signature and comment signature verified")"

cp -r "$night" "$TMPDIR/comment"
sed -i 's/^trusted comment: hilrig run /trusted comment: hilrig ran /' "$TMPDIR/comment/manifest.minisig"
accepts "$keys/default.pub" "$TMPDIR/comment"
tap "minisign refuses a changed comment" "$(wrong_unless 1 "Comment signature verification failed")"
try verify "$TMPDIR/comment"
tap "so does hilrig" "$(wrong_unless 65 "the trusted comment is not what was signed")"
changed "$night"
accepts "$keys/default.pub" "$night"
tap "minisign refuses a changed manifest" "$(wrong_unless 1 "Signature verification failed")"
try verify "$night"
tap "so does hilrig" "$(wrong_unless 65 "the file is not what was signed")"

stock -S -s "$keys/default.key" -m "$TMPDIR/other/manifest.json" -x "$TMPDIR/other/manifest.minisig" -t "signed by hand"
tap "minisign signs with our secret key" "$(wrong_unless 0)"
try verify "$TMPDIR/other"
tap "hilrig takes that" "$(wrong_unless 0 "signed by default" "signed for: signed by hand")"
stock -R -s "$keys/default.key" -p "$TMPDIR/again.pub"
tap "minisign makes our public key from our secret one" "$(cmp <(sed -n 2p "$TMPDIR/again.pub") <(sed -n 2p "$keys/default.pub") 2>&1)"

stock -G -W -p "$theirs/lab.pub" -s "$theirs/lab.key"
tap "minisign makes a key" "$(wrong_unless 0)"
rm "$TMPDIR/other/manifest.minisig"
stock -S -s "$theirs/lab.key" -m "$TMPDIR/other/manifest.json" -x "$TMPDIR/other/manifest.minisig"
tap "and signs with it" "$(wrong_unless 0)"
try verify "$TMPDIR/other" --key "$theirs/lab.pub"
id=$(printf %016X "0x$(sed -n '1s/.* //p' "$theirs/lab.pub")") # minisign leaves zeros in front away
tap "hilrig takes what minisign signed" "$(wrong_unless 0 "signed by lab (key $id), which is trusted")"
try verify "$TMPDIR/other"
tap "without the key it says that it did not check" "$(wrong_unless 0 "SIGNATURE NOT CHECKED")"
rm "$TMPDIR/other/manifest.minisig"
try sign "$TMPDIR/other" --key "$theirs/lab.key"
tap "hilrig signs with a key that minisign made" "$(wrong_unless 0 "signed by key lab")"
accepts "$theirs/lab.pub" "$TMPDIR/other"
tap "and minisign takes that" "$(wrong_unless 0 "Signature and comment signature verified")"
changed "$TMPDIR/other"
accepts "$theirs/lab.pub" "$TMPDIR/other"
tap "changed, minisign refuses it" "$(wrong_unless 1 "Signature verification failed")"
try verify "$TMPDIR/other" --key "$theirs/lab.pub"
tap "so does hilrig with that key" "$(wrong_unless 65 "the file is not what was signed")"

cp -r "$TMPDIR/comment" "$TMPDIR/old"
rm "$TMPDIR/old/manifest.minisig"
stock -S -l -s "$theirs/lab.key" -m "$TMPDIR/old/manifest.json" -x "$TMPDIR/old/manifest.minisig"
try verify "$TMPDIR/old" --key "$theirs/lab.pub"
tap "minisign's old form is refused with what to do" "$(wrong_unless 65 "sign without -l")"
tap_end
