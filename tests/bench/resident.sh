#!/bin/bash
# The rig's and the supervisor's resident size, every hour of HOURS=24 virtual ones in the kernel lab: a hub that is fed, with
# two buses and its console, its inputs polled ten times a second. Nothing may grow; an hour costs about half a minute.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
hours=${HOURS:-24}
dir=$(mktemp -d "${TMPDIR:-/tmp}/hilrig-resident.XXXXXX")
trap 'rm -rf "$dir"' EXIT
export LAB_RESIDENT_HOURS=$hours
begin=$EPOCHREALTIME
"$root/tests/lab/boot" --keep --time-limit $((120 + hours * 120)) "$dir/guest" "$root/tests/lab/resident.sh" >/dev/null 2>&1 || {
    tail -n 20 "$dir/guest/console.txt"
    exit 1
}
grep '^hour' "$dir/guest/console.txt"
awk -v begin="$begin" -v end="$EPOCHREALTIME" -v hours="$hours" '
    /^hour/ && $2 == 1 { rig = $4; supervisor = $7 }
    /^hour/ { last_rig = $4; last_supervisor = $7 }
    END {
        printf "resident after the first hour: rig %d kB, supervisor %d kB; growth until hour %d: %d kB and %d kB (%.0f s of wall time)\n",
            rig, supervisor, hours, last_rig - rig, last_supervisor - supervisor, end - begin
        exit last_rig > rig + 64 || last_supervisor > supervisor + 64
    }' "$dir/guest/console.txt"
