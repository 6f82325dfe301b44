# Sourced by the first process of a guest and by every case: life and death of the guest, and the furniture of a bench
# (gpio-sim chips, USB gadgets with serial ports). Everything here runs inside the kernel lab; see README.md.
#
# A case has: LAB_DIR its own folder and working directory, LAB_ROOT the source tree, LAB_SEED a number that the driver
# draws and prints, BUILD_DIR the build's folder, HILRIG the program under test. Time is virtual: waiting costs nothing,
# and work takes no time.
# shellcheck shell=bash disable=SC2015,SC2034,SC2164

case ${BUILD:=build} in
/*) BUILD_DIR=$BUILD ;;
*) BUILD_DIR=$LAB_ROOT/$BUILD ;;
esac
HILRIG=$BUILD_DIR/hilrig
GPIO_CONFIG=/sys/kernel/config/gpio-sim
USB_CONFIG=/sys/kernel/config/usb_gadget

# ---- words -----------------------------------------------------------------------------------------------------------

# fail TEXT: ends the case, and says where.
fail() {
    local depth=1
    while [ "${BASH_SOURCE[$depth]:-}" = "${BASH_SOURCE[0]}" ]; do depth=$((depth + 1)); done
    echo "FAILED at ${BASH_SOURCE[$depth]##*/}:${BASH_LINENO[$((depth - 1))]}: $*" >&2
    # In a sub-shell exit alone would only leave that one.
    [ "$BASHPID" = "$$" ] || kill -TERM "$$"
    exit 1
}

# expect WHAT GOT WANTED
expect() {
    [ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"
}

# expect_status WANTED COMMAND [ARGUMENT ...]: the command's exit status is the one wanted.
expect_status() {
    local wanted=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" = "$wanted" ] || fail "exit status $got, wanted $wanted: $*"
}

# expect_within LOW VALUE HIGH WHAT: all three integers.
expect_within() {
    [ "$2" -ge "$1" ] && [ "$2" -le "$3" ] || fail "$4: $2 is not in $1..$3"
}

# ---- time ------------------------------------------------------------------------------------------------------------

# now_us: the guest's wall clock in microseconds.
now_us() { echo "${EPOCHREALTIME/[.,]/}"; }

# pause SECONDS: sleep without a process of its own, which costs 5 ms of wall time in a guest and this 0.1 ms. Nothing
# ever arrives in the pipe.
pause() {
    [ -n "${guest_silence:-}" ] || exec {guest_silence}<> <(:)
    read -r -t "$1" -u "$guest_silence" || true
}

# wait_for SECONDS COMMAND [ARGUMENT ...]: until the command succeeds, looked at every 10 ms; fails at the deadline.
wait_for() {
    local seconds=$1 deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
    shift
    until "$@"; do
        [ "${EPOCHREALTIME/[.,]/}" -lt $deadline ] || fail "not within $seconds s: $*"
        pause 0.01
    done
}

# What is asked again and again starts no process, because one costs 5 ms of wall time in a guest.

# ended PID: true once a process is gone (or a zombie). For wait_for.
ended() {
    local stat=''
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || true # there is none once it is gone: that is the answer
    case ${stat##*) } in '' | [ZX]*) return 0 ;; esac
    return 1
}

# has_text FILE TEXT: the file is there and has the text in it. For wait_for.
has_text() {
    local whole=''
    { IFS= read -r -d '' whole <"$1"; } 2>/dev/null || true # reads to the end, which is no delimiter; no file has no text
    [[ $whole = *"$2"* ]]
}

# absent PATH: for wait_for.
absent() { [ ! -e "$1" ]; }

# ---- lines -----------------------------------------------------------------------------------------------------------

# gpio_chip NAME LABEL LINES [OFFSET=LINE_NAME ...]: makes a chip, all lines pulled down.
gpio_chip() {
    local bank=$GPIO_CONFIG/$1/bank0 label=$2 lines=$3 pair
    local -a folders=()
    for pair in "${@:4}"; do folders+=("$bank/line${pair%%=*}"); done
    mkdir -p "$bank" "${folders[@]}"
    echo "$lines" >"$bank/num_lines"
    echo "$label" >"$bank/label"
    for pair in "${@:4}"; do echo "${pair#*=}" >"$bank/line${pair%%=*}/name"; done
    echo 1 >"$GPIO_CONFIG/$1/live"
}

# Leaves in gpio_folder what gpio_lines prints.
gpio_find() {
    local device chip
    read -r device <"$GPIO_CONFIG/$1/dev_name"
    read -r chip <"$GPIO_CONFIG/$1/bank0/chip_name"
    gpio_folder=/sys/devices/platform/$device/$chip
}

# gpio_device NAME: its /dev/gpiochipN. gpio_lines NAME: the sysfs folder with sim_gpioL/pull and sim_gpioL/value.
gpio_device() { gpio_find "$1" && echo "/dev/${gpio_folder##*/}"; }
gpio_lines() { gpio_find "$1" && echo "$gpio_folder"; }

# gpio_pull NAME OFFSET up|down: drives an input. An output's line returns to its pull when its holder dies, so a test of
# a safe state sets the pull against the value wanted first.
gpio_pull() {
    gpio_find "$1"
    echo "pull-$3" >"$gpio_folder/sim_gpio$2/pull"
}

# gpio_value NAME OFFSET: the line's level, 0 or 1, whoever drives it.
gpio_value() {
    local level
    gpio_find "$1"
    read -r level <"$gpio_folder/sim_gpio$2/value"
    echo "$level"
}

# gpio_is NAME OFFSET LEVEL: for wait_for.
gpio_is() {
    local level
    gpio_find "$1"
    read -r level <"$gpio_folder/sim_gpio$2/value"
    [ "$level" = "$3" ]
}

# gpio_remove NAME: the chip is gone, as when its USB bridge is pulled out.
gpio_remove() {
    local line
    echo 0 >"$GPIO_CONFIG/$1/live"
    for line in "$GPIO_CONFIG/$1"/bank0/line*; do [ ! -d "$line" ] || rmdir "$line"; done
    rmdir "$GPIO_CONFIG/$1/bank0" "$GPIO_CONFIG/$1"
}

# ---- USB serial ports ------------------------------------------------------------------------------------------------
# A gadget is one USB device with one or more serial ports (CDC ACM). The rig's side of port K is a /dev/ttyACMn, the
# device's side a /dev/ttyGSn. All gadgets together have at most 8 ports; dummy_hcd has end points for USB_PORTS_MAX in one.

USB_PORTS_MAX=3

# usb_gadget NAME VENDOR:PRODUCT SERIAL [PORTS [PRODUCT_TEXT]]: makes a device and plugs it in; ids in hex, 1 port.
usb_gadget() {
    local gadget=$USB_CONFIG/$1 ids=$2 serial=$3 ports=${4:-1} text=${5:-$1} port
    local -a functions=()
    for ((port = 0; port < ports; port++)); do functions+=("$gadget/functions/acm.$port"); done
    mkdir -p "$gadget/strings/0x409" "$gadget/configs/c.1" "${functions[@]}"
    echo "0x${ids%%:*}" >"$gadget/idVendor"
    echo "0x${ids##*:}" >"$gadget/idProduct"
    # Class "miscellaneous" with interface association: the host groups each port's two interfaces by itself.
    echo 0xef >"$gadget/bDeviceClass"
    echo 0x02 >"$gadget/bDeviceSubClass"
    echo 0x01 >"$gadget/bDeviceProtocol"
    echo "$serial" >"$gadget/strings/0x409/serialnumber"
    echo lab >"$gadget/strings/0x409/manufacturer"
    echo "$text" >"$gadget/strings/0x409/product"
    ln -s "${functions[@]}" "$gadget/configs/c.1/"
    usb_plug "$1"
}

# usb_plug NAME: into the first free bus; returns when the rig's ttys are there.
usb_plug() {
    local udc gadget used=' ' function
    for gadget in "$USB_CONFIG"/*/UDC; do
        read -r udc <"$gadget" || true # a gadget that is not plugged in has an empty file
        used+="$udc "
    done
    for udc in /sys/class/udc/*; do
        udc=${udc##*/}
        [[ $used != *" $udc "* ]] || continue
        echo "$udc" >"$USB_CONFIG/$1/UDC"
        for function in "$USB_CONFIG/$1"/functions/acm.*; do wait_for 5 usb_has_host "$1" "${function##*.}"; done
        return 0
    done
    fail "no USB bus is free for $1"
}

# usb_unplug NAME: returns when the rig's ttys are gone. The device's side keeps its names.
usb_unplug() {
    local port function
    local -a hosts=()
    for function in "$USB_CONFIG/$1"/functions/acm.*; do
        usb_has_host "$1" "${function##*.}" || fail "$1 is not plugged in"
        hosts+=("$host_found")
    done
    echo "" >"$USB_CONFIG/$1/UDC"
    for port in "${hosts[@]}"; do wait_for 5 absent "$port"; done
}

# usb_remove NAME: unplugs the device for good and gives its ports back.
usb_remove() {
    local gadget=$USB_CONFIG/$1
    [ -z "$(<"$gadget/UDC")" ] || usb_unplug "$1"
    rm "$gadget"/configs/c.1/acm.*
    rmdir "$gadget"/functions/acm.* "$gadget/configs/c.1" "$gadget/strings/0x409" "$gadget"
}

# usb_device NAME [PORT]: the device's side, /dev/ttyGSn. usb_host NAME [PORT]: the rig's side, /dev/ttyACMn, or nothing
# if it is not there.
usb_device() { echo "/dev/ttyGS$(<"$USB_CONFIG/$1/functions/acm.${2:-0}/port_num")"; }
usb_host() {
    usb_has_host "$@" && echo "$host_found"
}

# For wait_for; leaves the name in host_found. Asked often, and a process of its own is dear in a guest: it starts none.
usb_has_host() {
    local serial tty found
    host_found=''
    read -r serial <"$USB_CONFIG/$1/strings/0x409/serialnumber" || true
    for tty in /sys/class/tty/ttyACM*; do
        { read -r found <"$tty/device/bInterfaceNumber"; } 2>/dev/null && [ $((16#$found)) = $((2 * ${2:-0})) ] || continue
        # A device may have no serial number, and then there is no file.
        found=''
        { read -r found <"$tty/device/../serial" || true; } 2>/dev/null
        [ "$found" = "$serial" ] || continue
        host_found=/dev/${tty##*/}
    done
    [ -c "$host_found" ]
}

# usb_path NAME: its place as the kernel names it, for a bench file's usb_path (1-1, 2-1 …).
usb_path() { basename "$(realpath "/sys/class/tty/$(basename "$(usb_host "$1")")/device/..")"; }

# tty_raw DEVICE ...: bytes pass as they are. Two ttys that both echo would answer each other for ever.
tty_raw() {
    local device
    for device; do stty -F "$device" raw -echo; done
}

# ---- the rest of the furniture ---------------------------------------------------------------------------------------

# small_disk FOLDER KIB: a file system of its own, to be filled up.
small_disk() {
    mkdir -p "$1"
    mount -t tmpfs -o "size=$2k" small "$1"
}

# ---- life of the guest -----------------------------------------------------------------------------------------------

# A fresh, private tmpfs over a folder of the machine. LAB_DIR and LAB_ROOT stay where they are, even inside it.
guest_private() {
    local folder=$1 inside
    local -a kept=()
    for inside in "$LAB_DIR" "$LAB_ROOT"; do
        case $inside/ in "$folder"/*) kept+=("$inside") ;; esac
    done
    case ${#kept[@]} in
    0) mount -t tmpfs private "$folder" ;;
    *) guest_private_around "$folder" "${kept[@]}" ;;
    esac
}

# The old folder is held open as working directory while the new one is put over it, and bound into it from there.
guest_private_around() {
    local folder=$1 inside=$2
    (
        cd "$inside"
        if [ $# -gt 2 ]; then guest_private_around "$folder" "${@:3}"; else mount -t tmpfs private "$folder"; fi
        mkdir -p "$inside"
        mount --no-canonicalize --bind . "$inside"
    )
}

guest_mounts() {
    mount -t proc proc /proc
    mount -t sysfs sysfs /sys
    mount -t devtmpfs devtmpfs /dev
    mkdir -p /dev/pts /dev/shm
    ln -s /proc/self/fd /dev/fd
    ln -s fd/0 /dev/stdin
    ln -s fd/1 /dev/stdout
    ln -s fd/2 /dev/stderr
    mount -t devpts -o ptmxmode=666 devpts /dev/pts
    mount -t configfs configfs /sys/kernel/config
    guest_private /dev/shm
    guest_private /run
    guest_private /tmp
    mkdir -p /run/lock /run/lab "$LAB_DIR/home"
}

# Brings up lo, and the kernel gives it 127.0.0.1. perl is in every Debian, ip is not.
guest_loopback() {
    perl -MSocket -e 'socket my $any, PF_INET, SOCK_DGRAM, 0;
        my $up = pack "a16 s x22", "lo", 0x41; ioctl $any, 0x8914, $up or die "lo: $!"'
}

guest_power_off() {
    cut -d' ' -f1 /proc/uptime >"$LAB_DIR/virtual_s"
    sync
    # reboot(2) by number, since a small root has no poweroff.
    perl -e 'syscall(169, 0xfee1dead, 672274793, 0x4321fedc, 0)'
}

# guest_life INIT [ARGUMENT ...]: what the first process does. A case is a child, so that its end is not a panic; that the
# set-up fails is one.
guest_life() {
    local status=0
    set -euo pipefail
    guest_mounts
    guest_loopback
    stty -opost
    cd "$LAB_DIR"
    export HOME=$LAB_DIR/home TMPDIR=/tmp XDG_RUNTIME_DIR=/run/lab
    bash -euo pipefail -c '. "$LAB_ROOT/tests/lab/guest.sh"; case=$1; shift; . "$case"' lab "$@" || status=$?
    echo $status >status
    guest_power_off
}
