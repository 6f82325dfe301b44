#!/bin/bash
# What is in the tree is finished and belongs to no one machine: no words of unfinished work, and no address of a package
# archive (the archives are those that this machine uses).
set -u
. tests/tap.sh

search() { # PATTERN PLACE
	grep -rnIE --exclude-dir=build --exclude-dir=.git --exclude-dir='[0-9]*Z-*' --exclude=words.sh "$1" "$2" | cut -c1-160
}

hosts=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE 'https?://[^/ ]+' | sed 's|.*/||; s/\./\\./g' | sort -u | paste -sd '|')
unfinished='\b(TODO|FIXME|XXX|HACK)\b'

tap "no word of unfinished work" "$(search "$unfinished" .)"
if [ -n "$hosts" ]; then
	tap "no address of a package archive" "$(search "$hosts" .)"
fi
echo "/* TODO */" >"$TMPDIR/wrong.c"
tap "a word of unfinished work is found" "$([ -n "$(search "$unfinished" "$TMPDIR")" ] || echo "no complaint")"
tap_end
