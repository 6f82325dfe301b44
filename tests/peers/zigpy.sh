#!/bin/bash
# Images that we make, as zigpy's parser reads them: every field, every element, and the same bytes when it writes them again.
# Those that GBCS builds have no elements; it reads their header, and says that it finds none.
set -u
. tests/tap.sh
if ! /usr/bin/python3 -c 'import zigpy.ota.image' 2>/dev/null; then
	tap_skip "images in zigpy" "python3-zigpy is not installed"
	tap_end
fi

theirs() { # FILE WHAT: prints what is not as hilrig image show --json says of it
	"$HILRIG" image show "$1" --json | /usr/bin/python3 -c '
import json, sys
import zigpy.ota.image as zigpy
ours = json.load(sys.stdin)
data = open(sys.argv[1], "rb").read()
header, _ = zigpy.OTAImageHeader.deserialize(data)
def same(what, theirs, mine):
    if theirs != mine:
        print(f"{what}: {theirs} there, {mine} here")
same("manufacturer", f"{header.manufacturer_id:04X}", ours["manufacturer"])
same("type", f"{header.image_type:04X}", ours["image_type"])
same("version", f"{header.file_version:08X}", ours["version"])
same("size", header.image_size, ours["size"])
same("name", header.header_string, ours["name"])
same("header", header.header_length, 60 if "hardware" in ours else 56)
if "hardware" in ours:
    low, high = header.minimum_hardware_version, header.maximum_hardware_version
    same("hardware", ["%04X" % int.from_bytes(v.serialize(), "little") for v in (low, high)], ours["hardware"])
if ours["signature"]:
    try:
        zigpy.parse_ota_image(data)
        print("zigpy reads elements where GBCS has none")
    except ValueError:
        pass
else:
    image, rest = zigpy.parse_ota_image(data)
    same("rest", rest, b"")
    same("elements", [(f"{e.tag_id:04X}", len(e.data)) for e in image.subelements], [(e["tag"], e["size"]) for e in ours["elements"]])
    same("bytes written again", image.serialize() == data, True)
' "$1" 2>&1
}

head -c 64 /dev/zero | tr '\0' s >"$TMPDIR/signature"
for size in 1 15 16 17 8191 8192 70000; do # both paddings of the hash, and both sides of a block
	head -c "$size" /dev/zero | tr '\0' m >"$TMPDIR/payload"
	for more in "" "--hardware 0300..030F" "--string 32-bytes-of-the-headers-string--" "--signature $TMPDIR/signature"; do
		# shellcheck disable=SC2086 # words
		"$HILRIG" image make "$TMPDIR/image" --payload "$TMPDIR/payload" --manufacturer AB01 --type 010A --version 00020130 $more >"$TMPDIR/said"
		tap "an image of $size bytes ${more%% *}" "$(theirs "$TMPDIR/image")"
	done
done
tap "the example that ships" "$(theirs firmware-images/example-00020130.ota)"
tap_end
