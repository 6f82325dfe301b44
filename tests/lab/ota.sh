# A meter that gets its firmware by another way than the lab's bench file says, for cases of `hilrig run`:
# `. "$LAB_ROOT/tests/lab/ota.sh"`, which brings slot.sh.
#
#   ota_start WAY PLANT_OPTION ...   as slot_start; WAY is ymodem or smp, on the meter's console, or zigbee, through a dongle that is a
#                                    USB device of its own, where ota_device may hold further words of --device. The image is made by
#                                    `hilrig image make` out of a drawn payload
#   ota_upgrade TEXT                 the bench file's `upgrade` of the slot is TEXT
#   ota_received NAME                fails unless the image of that run's journal, the file and what the meter received are the same,
#                                    the meter was activated once, and the new version was read back
#   ota_starves                      one night of that slot: upgraded as above, its hub starved for longer than the limit, AD1 raised, and
#                                    measured as it truly was

. "$LAB_ROOT/tests/lab/slot.sh"

OTA_VERSION=00020130
OTA_NODE=00DB1234567890A0 # of the load sheet's meter

ota_image() {
    perl -e 'srand $ARGV[0]; print map chr int rand 256, 1 .. 9000' "$LAB_SEED" >meter.bin
    "$HILRIG" image make image.ota --payload meter.bin --manufacturer AB01 --type 010A --version $OTA_VERSION --hardware 0300..030F >/dev/null
    read -r ota_digest _ < <(sha256sum image.ota)
}

ota_upgrade() {
    UPGRADE=$1 perl -0pi -e 's/^    upgrade:.*?isolation:.*?\n/    upgrade: $ENV{UPGRADE}\n/ms' bench.yaml
}

ota_bench() {
    local port='port: {usb_serial: "SLOT-A", usb_port: 4}, baud: 115200'
    local isolation='isolation: {kind: digital, working_v: 300, class: reinforced, source: "simulated"}'
    case $1 in
    ymodem) sed -i 's/protocol: xmodem-1k/protocol: ymodem/' bench.yaml ;;
    smp) ota_upgrade "{driver: loader, protocol: smp, $port, $isolation}" ;;
    zigbee)
        ota_upgrade "{via: dongle}"
        sed -i '/^  pins: /a\  dongle: {driver: zigbee, stack: znp, port: {usb_serial: "DONGLE"}, zigbee_profile: 0x0109}' bench.yaml
        ;;
    esac
}

ota_start() {
    local way=$1 meter_baud=115200 # slot_start's
    shift
    case $way in
    zigbee)
        usb_gadget dongle 10c4:ea60 DONGLE 1 "Zigbee 3.0 USB Dongle"
        # Its time to form a network is a real one's. The meter joins when joining is allowed and it runs.
        set -- --dongle "$(usb_device dongle)@115200" --dongle-set form=3s --device "slot=A,ieee=$OTA_NODE,hardware=030B${ota_device:-}" "$@"
        ;;
    *) set -- --loader "$way" "$@" ;;
    esac
    slot_start "$@"
    ota_image
    ota_bench "$way"
}

ota_received() {
    has_text "$(slot_evidence "$1")/journal.jsonl" "\"sha256\":\"$ota_digest\"" || fail "the journal does not name the image $ota_digest"
    has_text truth.jsonl "$ota_digest\"" || fail "the meter received another image: $(grep -E 'ota-whole|image-digest' truth.jsonl)"
    expect activations "$(grep -c activation-received truth.jsonl)" 1
    grep -q "\"fact\":\"meter-runs\".*\"$OTA_VERSION\"" truth.jsonl || fail "the meter does not run $OTA_VERSION"
    has_text "$1.out" "read back $OTA_VERSION, wanted $OTA_VERSION" || fail "the version was not read back"
}

ota_starves() {
    slot_run night
    slot_ends 1
    expect outage "$(slot_judged night outage)" "more valid device"
    expect ad1 "$(slot_judged night ad1)" "pass valid none"
    expect firmware "$(slot_judged night firmware)" "pass valid none"
    slot_truth night
    ota_received night
}
