#!/bin/bash
# hilrig key, sign, and verify of what is signed: whose keys may sign, what is never written over, what each signature proves.
set -u
. tests/tap.sh

keys=$XDG_CONFIG_HOME/hilrig/keys night=$TMPDIR/night
tests/support/sealed tests/scenarios/reboot-240s "$night"
copy() { # a fresh $copy of the night as it is now
	copy=$TMPDIR/copy
	rm -rf "$copy" && cp -r "$night" "$copy"
}
state() { python3 -c 'import json, sys; print(json.load(sys.stdin)["signature"]["state"])' <<<"$out"; }
is_state() { [ "$(state)" = "$1" ] || echo "state $(state), expected $1"; }

try key list
tap "without keys key list says how one is made" "$(wrong_unless 0 "no keys; hilrig key make")"
try sign "$night"
tap "without a key nothing is signed" "$(wrong_unless 64 "default.key: there is no such key" "hilrig key make")"
try verify "$night"
tap "verify says that a folder is not signed" "$(wrong_unless 0 "whole" "not signed")"

try key make
tap "key make makes the key named default" "$(wrong_unless 0 "key default, id " "minisign -V -P RW")"
tap "the secret key is its owner's only" "$([ "$(stat -c %a "$keys/default.key")" = 600 ] || stat "$keys/default.key")"
tap "so is the folder" "$([ "$(stat -c %a "$keys")" = 700 ] || stat "$keys")"
before=$(cat "$keys"/default.*)
try key make
tap "a key is never written over" "$(wrong_unless 64 "$keys/default.key is there already" "another --name")$([ "$before" = "$(cat "$keys"/default.*)" ] || echo changed)"
rm "$keys/default.key"
try key make
tap "nor is a public key whose secret one is gone" "$(wrong_unless 64 "$keys/default.pub is there already")$([ ! -e "$keys/default.key" ] || echo "a secret key was left")"
rm "$keys/default.pub"
try key make --json
id=$(sed 's/.*"id": "\([0-9A-F]*\)".*/\1/' <<<"$out")
tap "--json names id, files and the public key" "$(wrong_unless 0 '"name": "default"' '"secret": "private"' "\"$keys/default.pub\"")"
(umask 0; "$HILRIG" key make --name open >"$TMPDIR/said")
tap "whatever the umask, a secret key is its owner's only" "$([ "$(stat -c %a "$keys/open.key")" = 600 ] || stat "$keys/open.key")"
for name in ../x .x "a b" "" "$(printf 'x%.0s' {1..64})"; do
	try key make --name "$name"
	tap "'${name:0:8}' is not the name of a key" "$(wrong_unless 64 "not the name of a key")"
done
try key make --name stick --out "$TMPDIR/stick"
tap "--out puts both files elsewhere" "$(wrong_unless 0 "$TMPDIR/stick/stick.key")$(ls "$TMPDIR/stick/stick.pub" 2>&1 >"$TMPDIR/said")"
try key show
tap "key show shows the public half" "$(wrong_unless 0 "key default, id $id" "$(sed -n 2p "$keys/default.pub")")"
tap "and nothing of the secret one" "$(grep -F "$(sed -n 2p "$keys/default.key" | cut -c100-140)" <<<"$out")"
try key show "$TMPDIR/stick/stick.pub"
tap "key show takes a file" "$(wrong_unless 0 "key stick, id ")"
try key show nobody
tap "a key that is not there is told" "$(wrong_unless 64 "nobody.pub: there is no such key")"

cp "$keys/default.pub" "$TMPDIR/kept.pub" && cp "$TMPDIR/stick/stick.pub" "$keys/default.pub"
try key show
tap "a public key that is another's is found out, so that nobody hands it out" "$(wrong_unless 64 "is not the public half of")"
mv "$TMPDIR/kept.pub" "$keys/default.pub"

chmod 640 "$keys/open.key"
try sign "$night" --key open
tap "a secret key that the group can read is refused with the way out" "$(wrong_unless 64 "$keys/open.key: group or others can get at this secret key (mode 640)" "chmod 600 $keys/open.key")"
try key list
tap "key list shows it as open" "$(wrong_unless 0 "default " "$id")$(grep -q '^open .* open ' <<<"$out" || echo "$out")"
chmod 604 "$keys/open.key"
try sign "$night" --key open
tap "so is one that others can read" "$(wrong_unless 64 "(mode 604)")"
rm "$keys"/open.*
echo rubbish >"$keys/broken.key"
chmod 600 "$keys/broken.key"
try sign "$night" --key broken
tap "a file that is no key is told with its name" "$(wrong_unless 64 "$keys/broken.key: not a secret key of minisign")"
rm "$keys/broken.key"
try run no-such-scenario --bench no-such-bench --sign nobody
tap "run refuses a key that is not there before it reads anything else" "$(wrong_unless 64 "nobody.key: there is no such key")"
chmod 644 "$keys/default.key"
try run no-such-scenario --bench no-such-bench
tap "and one that is named default but open to others" "$(wrong_unless 64 "default.key: group or others can get at this secret key")"
chmod 600 "$keys/default.key"
try run no-such-scenario --bench no-such-bench
tap "with a good one it goes on" "$(wrong_unless 64 "no-such-")$(grep "default.key" <<<"$err")"
tap "nothing was signed so far" "$(ls "$night/manifest.minisig" 2>"$TMPDIR/said")"

head=$(tail -n 1 "$night/journal.jsonl" | sed 's/.*"hash":"\([0-9a-f]*\)"}$/\1/')
try sign "$night"
tap "sign signs with the key named default" "$(wrong_unless 0 "signed by key default ($id)")"
tap "the public key lies in the folder" "$(cmp "$night/default.pub" "$keys/default.pub" 2>&1)"
try verify "$night"
tap "a trusted key is named, and what was signed" "$(wrong_unless 0 "whole" "signed by default (key $id), which is trusted" "signed for: hilrig run 2026-11-23-A bench left-desk head $head")"
try verify "$night" --json
tap "also in JSON" "$(wrong_unless 0)$(is_state trusted)"
printf '%s\n' "$out" >"$TMPDIR/trusted.json"
try verify "$night" --key "$night/default.pub"
tap "--key FILE.pub is the key asked for" "$(wrong_unless 0 "which is trusted")"
try verify "$night" --key "$TMPDIR/stick/stick.pub"
tap "signed by another key than asked for is damage" "$(wrong_unless 65 "signed by key $id, which is not stick")"
try sign "$night"
tap "what is signed is not signed again" "$(wrong_unless 64 "signed already, by key $id")"
try sign "$TMPDIR"
tap "a folder without evidence is not signed" "$(wrong_unless 64 "no evidence here")"

mv "$keys" "$keys.away"
try verify "$night" --json
tap "a key that is known from the folder only is unknown" "$(wrong_unless 0 "\"id\": \"$id\"" '"key": "default.pub"')$(is_state unknown-key)"
try verify "$night"
tap "and that is said in words" "$(wrong_unless 0 "signed by an unknown key $id" "default.pub")"
copy
rm "$copy/default.pub"
try verify "$copy" --json
tap "a signature whose key is nowhere is not checked" "$(wrong_unless 0)$(is_state unchecked)"
try verify "$copy"
tap "and its comment is not shown, since nothing proves it" "$(wrong_unless 0 "NOT CHECKED: by key $id")$(grep "signed for" <<<"$out")"
mv "$keys.away" "$keys"

copy
rm "$copy/manifest.minisig"
try verify "$copy"
tap "a signature that was taken away is no flaw by itself" "$(wrong_unless 0 "not signed")"
try verify "$copy" --key default
tap "but it is when one is asked for" "$(wrong_unless 65 "manifest.minisig: missing, and a signature by default was asked for")"

bad() { # SENTENCE TEXT: of $copy as it is now
	try verify "$copy"
	tap "$1" "$(wrong_unless 65 "$2" DAMAGED)"
}
copy
tests/support/sealed tests/scenarios/reboot-20s "$TMPDIR/swapped"
cp "$TMPDIR/swapped"/* "$copy"
bad "another night under the signature, manifest and all, is found" "the file is not what was signed"
try verify "$copy" --json
tap "and is bad in JSON" "$(wrong_unless 65 '"kind": "signature"')$(is_state bad)"
printf '%s\n' "$out" >"$TMPDIR/bad.json"
copy
"$HILRIG" key make --name forger --out "$TMPDIR/forger" >"$TMPDIR/said"
(umask 077; { sed -n 1p "$keys/default.key"; base64 -d <<<"$(sed -n 2p "$TMPDIR/forger/forger.key")" >"$TMPDIR/raw"
	base64 -d <<<"$(sed -n 2p "$keys/default.key")" | dd of="$TMPDIR/raw" bs=1 skip=54 seek=54 count=8 conv=notrunc 2>"$TMPDIR/said"
	base64 -w0 <"$TMPDIR/raw"; echo; } >"$TMPDIR/forger/same-id.key")
rm "$copy/manifest.minisig"
try sign "$copy" --key "$TMPDIR/forger/same-id.key"
tap "a key with the id of another can be made" "$(wrong_unless 0 "signed by key same-id ($id)")"
bad "it does not pass for the trusted one" "the file is not what was signed"
copy
sed -i 's/^trusted comment: .*/trusted comment: hilrig run 1 bench 2 head 3/' "$copy/manifest.minisig"
bad "a changed trusted comment is found" "the trusted comment is not what was signed"
copy
rm "$copy/manifest.json"
bad "a signature without a manifest is found" "there is no manifest.json that it could be of"
copy
head -c 200 "$night/manifest.minisig" >"$copy/manifest.minisig"
bad "a signature that was cut is found" "not a signature of minisign"
copy
head -c 5000 /dev/zero >"$copy/manifest.minisig"
bad "rubbish for a signature is found" "manifest.minisig: 5000 bytes, at most 4096 are read"
copy
echo rubbish >"$copy/other.pub"
bad "rubbish for a public key is found" "other.pub: not a public key of minisign"
copy
cp "$TMPDIR/stick/stick.pub" "$copy"
try verify "$copy"
tap "a further key in the folder is none of the signature's business" "$(wrong_unless 0 "signed by default")"
copy
echo >>"$copy/journal.jsonl"
rm "$copy/manifest.minisig"
try sign "$copy"
tap "what is damaged is not signed" "$(wrong_unless 65 "not signed: journal.jsonl")$(ls "$copy/manifest.minisig" 2>"$TMPDIR/said")"
copy
rm "$copy"/manifest.*
try sign "$copy"
tap "what is not sealed is not signed" "$(wrong_unless 65 "not sealed" "hilrig resume")"

cp "$TMPDIR/stick/stick.pub" "$keys"
try key list --json
printf '%s\n' "$out" >"$TMPDIR/keys.json"
tap "somebody else's key is trusted once it lies among one's own" "$(wrong_unless 0 '"name": "stick"' '"secret": "none"')"
copy
rm "$copy/manifest.minisig"
try sign "$copy" --key "$TMPDIR/stick/stick.key"
try verify "$copy"
tap "and then verify names it" "$(wrong_unless 0 "signed by stick (key ")"
echo rubbish >"$keys/junk.pub"
try verify "$copy"
tap "rubbish among the trusted keys is told with its file, and the others still count" \
	"$(wrong_unless 0 "$keys/junk.pub: not a public key of minisign" "which is trusted")"
rm "$keys/junk.pub"

try verify "$night" --json
printf '%s\n' "$out" >"$TMPDIR/one.json"
mkdir "$TMPDIR/many" && cp -r "$night" "$TMPDIR/many/a" && cp -r "$TMPDIR/swapped" "$TMPDIR/many/b"
try verify "$TMPDIR/many" --json
printf '%s\n' "$out" >"$TMPDIR/many.json"
tap "what is printed as JSON is of its schema" "$(python3 - "$TMPDIR" <<'PYTHON'
import json, sys
import jsonschema

for schema, names in (("verify", ("trusted", "bad", "one", "many")), ("key", ("keys",))):
    with open(f"reports/{schema}.schema.json", encoding="utf-8") as file:
        check = jsonschema.Draft202012Validator(json.load(file))
    check.check_schema(check.schema)
    for name in names:
        with open(f"{sys.argv[1]}/{name}.json", encoding="utf-8") as file:
            for error in check.iter_errors(json.load(file)):
                print(f"{name}.json: {error.message[:300]}")
    if not list(check.iter_errors([{"whole": True}])):
        print(f"{schema}.schema.json takes anything")
PYTHON
)"
tap_end
