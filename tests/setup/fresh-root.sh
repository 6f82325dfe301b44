#!/bin/bash
# Proves that a machine without hilrig's packages can build and test it: makes a fresh Debian root, clones this checkout
# into it and runs a command there as root, or as a user of its own.
#
#   tests/setup/fresh-root.sh [--user] SUITE [COMMAND...]      for example: trixie make test
#
# Needs root and debootstrap. The root has nothing but git, make and CA certificates (with --user, sudo without a
# password too); mirror, proxies and apt's settings are this machine's own. What was committed is cloned, nothing else.
# Roots live below ${ROOTS:-build/roots}/SUITE. The first use of a suite makes a base that later uses copy, so that each
# starts fresh; the last copy stays for looking at. COMMAND defaults to `make test`. With KERNELS=DIR what lies in DIR is
# put where the lab keeps its kernels, which spares minutes of building when that is not what is to be proved.
set -eu
# Mounts and processes are the root's own, and all go when this ends or is killed.
[ -n "${FRESH_ROOT-}" ] || FRESH_ROOT=inside exec unshare --mount --pid --fork --kill-child "$0" "$@"
cd "$(dirname "$0")/../.."
as_user=
if [ "${1-}" = --user ]; then
	as_user=yes
	shift
fi
suite=${1:?a suite, such as bookworm}
shift
[ $# -gt 0 ] || set -- make test
roots=$(realpath -m "${ROOTS:-build/roots}")
base=$roots/$suite.base
root=$roots/$suite
mkdir -p "$roots"

if [ ! -e "$base.made" ]; then
	rm -rf "$base"
	mirror=$(tests/setup/other-suite.sh --source "$suite" | sed -n 's/^URIs: //p')
	debootstrap --variant=minbase --include=git,make,ca-certificates,sudo "$suite" "$base" "$mirror"
	touch "$base.made"
fi

rm -rf --one-file-system "$root"
cp -a "$base" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t devpts -o mode=620,gid=5,ptmxmode=666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
if [ -d /usr/local/share/ca-certificates ]; then
	cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
	chroot "$root" update-ca-certificates >/dev/null 2>&1
fi
git clone -q --no-hardlinks . "$root/hilrig"

environment=(-i "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "HOME=/root" "LC_ALL=C.UTF-8")
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
	[ -z "${!name-}" ] || environment+=("$name=${!name}")
done
if [ -n "${KERNELS-}" ]; then
	mkdir -p "$root/kernels/hilrig"
	cp -r "$KERNELS"/. "$root/kernels/hilrig"
	chmod -R a+rwX "$root/kernels"
	environment+=("XDG_CACHE_HOME=/kernels")
fi
if [ -n "$as_user" ]; then
	chroot "$root" useradd -m rig
	echo 'rig ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/rig"
	chroot "$root" chown -R rig /hilrig
	environment+=("HOME=/home/rig")
	set -- setpriv --reuid=rig --regid=rig --init-groups "$@"
else
	chroot "$root" git config --global --add safe.directory /hilrig
fi
env "${environment[@]}" chroot "$root" sh -c 'cd /hilrig && exec "$@"' sh "$@"
