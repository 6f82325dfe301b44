# A program of somebody else's loads the meter over a real port, with lrzsz; the outage behind its activation is measured as any other.
# time-limit: 180
. "$LAB_ROOT/tests/lab/ota.sh"
# As a maker's: it opens the port that it is given, talks to the meter's console, prints how far it is, and ends with 0 or not.
cat >maker <<'BASH'
#!/bin/bash
set -euo pipefail
phase=$1 port=$2 image=${3-}
exec 3<>"$port"
stty 115200 raw -echo <&3
printf '\r' >&3 # until then the port has echoed, and what the meter said stands in its own line

ask() { # TEXT WANTED: says it, and prints the first line that has what is wanted
    printf '%s\r' "$1" >&3
    hear "$2"
}

hear() {
    local line
    while IFS= read -r -t 20 -u 3 line; do
        [[ $line != *$1* ]] || { echo "${line%$'\r'}"; return 0; }
    done
    echo "the meter does not say $1" >&2
    return 1
}

case $phase in
transfer)
    ask upgrade "ready for an image"
    sb -q "$image" <&3 >&3
    hear "image ok"
    echo "progress: 100 %"
    ;;
activate) ask activate activating ;;
version) ask version "fw " ;;
esac
BASH
chmod +x maker
ota_start ymodem --dropout 200s
ota_upgrade "$(cat <<YAML
{driver: loader, protocol: tool, port: {usb_serial: "SLOT-A", usb_port: 4},
              transfer: {run: ["$PWD/maker", "{phase}", "{port}", "{image}"], within_s: 600},
              activate: {run: ["$PWD/maker", "{phase}", "{port}"], within_s: 30},
              version: {run: ["$PWD/maker", "{phase}", "{port}"], within_s: 30, expect: "fw ([0-9A-F]{8})"},
              isolation: {kind: digital, working_v: 300, class: reinforced, source: "simulated"}}
YAML
)"
ota_starves
# What was run, and what it said, is evidence: "activating" in hexadecimal.
has_text "$(slot_evidence night)/journal.jsonl" "run: $PWD/maker activate /dev/ttyACM" || fail "the journal does not say what was run"
grep -q ' < .*61637469766174696e67' "$(slot_evidence night)/raw/A.upgrade.log" || fail "what the program printed is not kept"
