#!/bin/bash
# Obtains the kernel of the lab: fetches Debian's linux-source package, applies the patches beside this file, builds it as a
# user-mode kernel with lab.config, and keeps the result. The path of the kernel is the only thing on standard output.
#
#   tests/lab/kernel.sh               the lab's kernel
#   tests/lab/kernel.sh --unpatched   the same without uml-irq-work.patch: what the stamp test must fail on
#   tests/lab/kernel.sh --refresh     asks the archive again, and builds if it has a newer version
#
# One build makes both kernels, since that patch touches one file and the second costs a few seconds. They are kept in
# ${XDG_CACHE_HOME:-~/.cache}/hilrig/kernel-VERSION-CONFIG-PATCH/linux; VERSION is the package's, CONFIG and PATCH are the
# first digits of the SHA-256 of the files here. While a kernel for these files is there, no network is used.
# The machine's apt sources are read, never changed; nothing is installed. What the build needs, tests/setup/packages.sh lab brings.
set -euo pipefail

SUITE=trixie-backports
WANTED=linux-source-7.3       # 6.1 and 6.12 do not boot on processors with AMX
SPACE_MB=1500                 # archive, source as far as it is unpacked 0.5 GB, objects
# Two thirds of the source. Nothing in them is compiled, and of these folders only what configures them is unpacked.
UNREAD=(drivers/{accel,clk,gpu,iio,infiniband,media,pinctrl,scsi,staging,video} 'drivers/net/*' sound 'arch/[a-t]*')

here=$(cd "$(dirname "$0")" && pwd)
store=${XDG_CACHE_HOME:-$HOME/.cache}/hilrig
variant=patched
refresh=no
for argument; do
    case $argument in
    --unpatched) variant=unpatched ;;
    --refresh) refresh=yes ;;
    *) echo "usage: tests/lab/kernel.sh [--unpatched] [--refresh]" >&2; exit 64 ;;
    esac
done

say() { printf 'lab kernel: %3d s: %s\n' "$SECONDS" "$*" >&2; }
give_up() { printf 'lab kernel: %s\n' "$*" >&2; exit 1; }
digits() { cat "$@" | sha256sum | cut -c1-12; }

config=$(digits "$here/lab.config")
patch=$(digits "$here"/*.patch)
declare -A ending=([patched]="$config-$patch" [unpatched]="$config-$patch-unpatched")

# Runs what takes long in the background and in a process group of its own, so that a signal to us ends both at once.
child=''
interruptible() {
    local status=0
    set -m
    "$@" &
    child=$!
    set +m
    wait $child || status=$?
    child=''
    return $status
}

# The newest kept kernel of a variant, or nothing.
kept() {
    find "$store" -mindepth 2 -maxdepth 2 -path "$store/kernel-*-${ending[$1]}/linux" -type f -perm -u+x 2>/dev/null |
        sort -V | tail -n 1
}

require_tools() {
    local missing=() tool
    [ "$(uname -m)" = x86_64 ] || give_up "needs an x86-64 machine, this one is $(uname -m)"
    for tool in gcc make flex bison bc xz patch apt-get dpkg-deb flock; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    echo '#include <libelf.h>' | gcc -E -x c - >/dev/null 2>&1 || missing+=(libelf-dev)
    [ ${#missing[@]} = 0 ] || give_up "missing on this machine: ${missing[*]} (tests/setup/packages.sh lab brings them)"
}

# apt on a directory of its own: reads one suite, knows no installed package.
private_apt() {
    local program=$1
    shift
    "$program" -qq -o Dir::Etc::SourceList="$work/apt/entry.sources" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State="$work/apt" -o Dir::State::Lists="$work/apt/lists" -o Dir::State::status="$work/apt/status" \
        -o Dir::Cache="$work/apt/cache" -o Acquire::Languages=none -o Acquire::Retries=3 \
        -o APT::Architecture=amd64 -o APT::Sandbox::User="$(id -un)" "$@"
}

read_suite() {
    mkdir -p "$work"/apt/{lists,cache/archives}/partial
    : >"$work/apt/status"
    "$here/../setup/other-suite.sh" --source $SUITE >"$work/apt/entry.sources"
    say "reading $SUITE at $(sed -n 's/^URIs: //p' "$work/apt/entry.sources")"
    private_apt apt-get update >&2 || give_up "cannot read $SUITE"
    package=$(private_apt apt-cache pkgnames linux-source- | grep -xE 'linux-source-[0-9.]+' | sort -V |
        awk -v wanted=$WANTED '{ last = $0 } $0 == wanted { found = 1 } END { print found ? wanted : last }')
    [ -n "$package" ] || give_up "$SUITE has no linux-source package"
    version=$(private_apt apt-cache show "$package" | awk '$1 == "Version:" { print $2; exit }')
    [ "$package" = $WANTED ] || say "$WANTED is gone; the stamp test decides whether $package will do"
}

download() { cd "$work" && private_apt apt-get download "$package" >&2; }

# The inner archive has many blocks, which xz reads with all processors.
unpack() {
    local folder
    local -a without=(--exclude="$package/arch/*.dts*" --exclude="$package/Documentation/*/*"
        --exclude="$package/tools/perf" --exclude="$package/tools/testing")
    for folder in "${UNREAD[@]}"; do without+=(--exclude="$package/$folder/*.[chS]"); done
    dpkg-deb --fsys-tarfile "$work"/linux-source-*.deb | tar -xO "./usr/src/$package.tar.xz" | xz -dcT0 |
        LC_ALL=C tar -C "$work" -x "${without[@]}"
}

fetch_source() {
    say "fetching $package $version"
    interruptible download
    say "unpacking"
    interruptible unpack
    rm -f "$work"/linux-source-*.deb
    source=$work/$package
}

# Shows that the build lives, every ten seconds, and keeps its words for the case that it fails.
follow() {
    local line files=0 next=$((SECONDS + 10))
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in '  CC '*) files=$((files + 1)) ;; esac
        if [ $SECONDS -ge $next ]; then
            say "$files files compiled"
            next=$((SECONDS + 10))
        fi
    done >>"$work/log"
}

compile() {
    interruptible make_and_follow "$@" ||
        { tail -n 30 "$work/log" >&2; give_up "the build of $package failed (make $*)"; }
}
make_and_follow() { nice make -C "$source" ARCH=um O="$work/objects" "$@" 2>&1 | follow; }

configure() {
    local line
    mkdir -p "$work/objects"
    compile KCONFIG_ALLCONFIG="$here/lab.config" allnoconfig
    while IFS= read -r line; do
        grep -qxF "$line" "$work/objects/.config" || give_up "$package does not take $line of lab.config"
    done <"$here/lab.config"
}

keep() {
    local place="$store/kernel-$version-${ending[$1]}"
    mkdir -p "$work/kept"
    cp "$work/objects/linux" "$work/kept/linux"
    rm -rf "$place"
    mv -T "$work/kept" "$place"
    say "kept $place/linux"
}

build() {
    local file
    fetch_source
    for file in "$here"/*.patch; do
        patch -s -d "$source" -p1 <"$file" >&2 || give_up "${file##*/} does not fit $package $version"
    done
    configure
    say "building with $(nproc) processors, some minutes, once"
    compile "-j$(nproc)" linux
    keep patched
    patch -s -R -d "$source" -p1 <"$here/uml-irq-work.patch" >&2
    compile "-j$(nproc)" linux
    keep unpatched
}

tidy_up() {
    if [ -n "$child" ]; then
        kill -TERM -- "-$child" 2>/dev/null || true
        wait "$child" || true
    fi
    rm -rf "$work"
}

# Called with the lock held. What an earlier build left when it was killed goes first.
obtain() {
    local free_mb
    require_tools
    rm -rf "$store"/building.*
    free_mb=$(df -Pm "$store" | awk 'NR == 2 { print $4 }')
    [ "$free_mb" -ge $SPACE_MB ] || give_up "$store has $free_mb MB free, the build needs $SPACE_MB MB"
    work=$(mktemp -d "$store/building.XXXXXX")
    trap tidy_up EXIT
    trap 'exit 130' INT TERM HUP
    read_suite
    if [ -x "$store/kernel-$version-${ending[patched]}/linux" ] && [ -x "$store/kernel-$version-${ending[unpatched]}/linux" ]
    then
        say "$version is the newest, and kept"
    else
        build
    fi
}

if [ $refresh = yes ] || [ -z "$(kept "$variant")" ]; then
    mkdir -p "$store"
    exec 9>"$store/kernel.lock"
    flock -n 9 || { say "another build is under way, waiting for it"; interruptible flock 9; }
    if [ $refresh = yes ] || [ -z "$(kept "$variant")" ]; then
        obtain
    fi
    exec 9>&-
fi
kept "$variant"
