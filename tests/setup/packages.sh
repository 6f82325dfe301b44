#!/bin/bash
# Brings in the Debian packages that a target needs.
#
#   tests/setup/packages.sh GROUP...         names what is missing and installs it when the user may, else stops
#   tests/setup/packages.sh --cflags GROUP   flags for the compiler, from pkg-config
#   tests/setup/packages.sh --libs GROUP     flags for the linker
#
# packages.list says what belongs to a group. Nothing is looked at again while the list and the tree's includes stay the
# same: build/packages-GROUP remembers them. Root installs through apt, any other user through sudo when it asks no
# password or when there is a terminal to ask on; otherwise the line to type is printed and the exit code is 1. A version
# that the machine's own suite does not offer is taken from its backports (other-suite.sh), and the machine's list of
# sources stays as it was.
set -eu
cd "$(dirname "$0")/../.."
setup=tests/setup

includes() {
	find rig drivers tests -name '*.[ch]' -exec cat {} + 2>/dev/null |
		sed -n 's/^[ \t]*#[ \t]*include[ \t]*<\([^>]*\)>.*/\1/p' | sort -u
}

wanted() { # GROUP: "package module" a line, of what the tree wants
	includes | awk -v group="$1" '
		NR == FNR { included[$1]; next }
		/^#/ || NF != 4 || $1 != group { next }
		$4 == "-" { print $2, $3; next }
		{ for (header in included) if (header ~ "^" $4) { print $2, $3; next } }' - $setup/packages.list
}

is_there() { # PACKAGE MODULE
	if [[ $2 = /* ]]; then
		[ -e "$2" ]
	elif [ "$2" != - ] && command -v pkg-config >/dev/null; then
		pkg-config --exists "${2/>=/ >= }"
	else
		dpkg-query -W -f '${db:Status-Status}\n' "${1%%>=*}" 2>/dev/null | grep -qx installed
	fi
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	else
		sudo $sudo_option env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

may_install() {
	sudo_option=-n
	[ "$(id -u)" = 0 ] && return 0
	command -v sudo >/dev/null || return 1
	sudo -n true 2>/dev/null && return 0
	sudo_option=
	[ -t 0 ] && [ -t 2 ]
}

offered() { # PACKAGE[>=VERSION]: does the machine's own suite have it?
	local candidate
	candidate=$(LC_ALL=C apt-cache policy "${1%%>=*}" 2>/dev/null | sed -n 's/^  Candidate: //p')
	[ -n "$candidate" ] && [ "$candidate" != "(none)" ] || return 1
	case $1 in *'>='*) dpkg --compare-versions "$candidate" ge "${1#*>=}" ;; esac
}

install_missing() { # PACKAGE...
	local package own=() elsewhere=() backports
	echo "hilrig needs these Debian packages: ${*%%>=*}" >&2
	if ! command -v apt-get >/dev/null; then
		echo "This machine has no apt. Install them, or what they are called here, and run make again." >&2
		return 1
	fi
	if ! may_install; then
		offer_line "$@" >&2
		return 1
	fi
	as_root apt-get -q update >&2 || echo "(apt-get update had errors; going on with the lists there are)" >&2
	for package in "$@"; do
		if offered "$package"; then own+=("${package%%>=*}"); else elsewhere+=("${package%%>=*}"); fi
	done
	if [ ${#own[@]} -gt 0 ]; then
		as_root apt-get -q install -y --no-install-recommends "${own[@]}" >&2 || return 1
	fi
	if [ ${#elsewhere[@]} -gt 0 ]; then
		backports=$($setup/other-suite.sh --backports)
		echo "Not in this suite, taken from $backports: ${elsewhere[*]}" >&2
		as_root $setup/other-suite.sh "$backports" install -y --no-install-recommends "${elsewhere[@]}" >&2 || return 1
	fi
}

offer_line() { # PACKAGE...: what to type when we may not install
	local package own=() elsewhere=()
	for package in "$@"; do
		# Without fresh lists a suite may look emptier than it is: only a version asked for sends us elsewhere.
		case $package in
		*'>='*) if offered "$package"; then own+=("${package%%>=*}"); else elsewhere+=("${package%%>=*}"); fi ;;
		*) own+=("$package") ;;
		esac
	done
	echo "They can be installed only by root. Please run"
	[ ${#own[@]} = 0 ] ||
		echo "    sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${own[*]}'"
	[ ${#elsewhere[@]} = 0 ] ||
		echo "    sudo $setup/other-suite.sh $($setup/other-suite.sh --backports) install -y --no-install-recommends ${elsewhere[*]}"
	echo "and then make again."
}

modules() {
	wanted "$1" | awk '$2 !~ "^[-/]" { sub(/>=.*/, "", $2); print $2 }'
}

missing() { # GROUP...
	local group package module
	for group; do
		while read -r package module; do
			is_there "$package" "$module" || echo "$package"
		done < <(wanted "$group")
	done
}

need() { # GROUP...
	local key group news=() packages
	key=$(
		cat $setup/packages.list $setup/packages.sh | cksum
		includes
	)
	for group; do
		[ -f "build/packages-$group" ] && [ "$(<"build/packages-$group")" = "$key" ] || news+=("$group")
	done
	[ ${#news[@]} -gt 0 ] || return 0
	packages=$(missing "${news[@]}")
	if [ -n "$packages" ]; then
		install_missing $packages
		packages=$(missing "${news[@]}")
		if [ -n "$packages" ]; then
			echo "Still missing:" $packages >&2
			return 1
		fi
	fi
	mkdir -p build
	for group in "${news[@]}"; do
		printf '%s\n' "$key" >"build/packages-$group"
	done
}

case ${1-} in
--cflags | --libs)
	modules=$(modules "$2")
	[ -z "$modules" ] || pkg-config "$1" $modules
	;;
[a-z]*) need "$@" ;;
*)
	sed -n 's/^# \{0,1\}//p' "$0" | sed -n '2,13p' >&2
	exit 64
	;;
esac
