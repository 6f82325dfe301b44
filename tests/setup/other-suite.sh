#!/bin/bash
# Reads one more Debian suite without touching the machine's list of sources.
#
#   tests/setup/other-suite.sh SUITE APT-GET-ARGUMENTS...   for example: trixie-backports download linux-source-7.3
#   tests/setup/other-suite.sh --backports                  prints the name of this machine's backports suite
#   tests/setup/other-suite.sh --source SUITE               prints the source entry that is used
#
# The address, the keyring and the options of the machine's own Debian entry are kept and its suite is replaced, so a
# local mirror stays a local mirror. apt gets a directory of its own for lists and packages, below
# ${XDG_CACHE_HOME:-~/.cache}/hilrig/apt; lists are fetched again when they are older than a day. Ask for exact package
# names: apt takes a name with `*` or `+` in it as a pattern.
set -eu
etc=${OTHER_SUITE_ETC:-/etc} # tests put made-up machines here

codename() {
	(. "$etc/os-release" && echo "$VERSION_CODENAME")
}

# Both formats of apt's sources become stanzas "uri|suites|components|option|option..." of enabled binary entries.
machine_sources() {
	local file
	for file in "$etc"/apt/sources.list "$etc"/apt/sources.list.d/*.list; do
		[ -f "$file" ] || continue
		sed -n 's/#.*//; s/^[ \t]*deb[ \t]\{1,\}//p' "$file" | awk '
		BEGIN { long["signed-by"] = "Signed-By"; long["arch"] = "Architectures"; long["trusted"] = "Trusted" }
		{
			options = ""
			if (substr($0, 1, 1) == "[") {
				end = index($0, "]")
				options = substr($0, 2, end - 2)
				$0 = substr($0, end + 1)
			}
			components = ""
			for (i = 3; i <= NF; i++) components = components " " $i
			printf "%s|%s|%s", $1, $2, components
			n = split(options, option, " ")
			for (i = 1; i <= n; i++) {
				name = option[i]; sub(/[+-]?=.*/, "", name)
				value = option[i]; sub(/^[^=]*=/, "", value); gsub(/,/, " ", value)
				if (!(name in long)) continue
				printf "|%s: %s", long[name], value
			}
			print ""
		}'
	done
	for file in "$etc"/apt/sources.list.d/*.sources; do
		[ -f "$file" ] || continue
		sed '/^#/d' "$file" | awk '
			function flush(  i) {
				if (types ~ /(^| )deb( |$)/ && enabled !~ /^(no|false|0)$/) {
					split(uris, uri, " ")
					print uri[1] "|" suites "|" components options
				}
				types = uris = suites = components = options = enabled = ""
			}
			/^[ \t]*$/ { flush(); next }
			/^[ \t]/ { if (signed) options = options "\\n" $0; next }   # an inline key goes on over lines
			{
				name = tolower($1); sub(/:$/, "", name)
				value = $0; sub(/^[^:]*:[ \t]*/, "", value)
				signed = 0
				if (name == "types") types = value
				else if (name == "uris") uris = value
				else if (name == "suites") suites = value
				else if (name == "components") components = " " value
				else if (name == "enabled") enabled = value
				else if (name == "signed-by") { options = options "|Signed-By: " value; signed = 1 }
				else if (name == "trusted") options = options "|Trusted: " value
			}
			END { flush() }'
	done
}

source_entry() { # SUITE: a deb822 stanza
	local code uri suites components options
	code=$(codename)
	while IFS='|' read -r uri suites components options; do
		case " $suites " in *" $code "* | *" $code-updates "*) ;; *) continue ;; esac
		case " $components " in *" main "*) ;; *) continue ;; esac
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$uri" "$1"
		[ -z "$options" ] || printf '%b\n' "${options//|/\\n}"
		return 0
	done < <(machine_sources)
	echo "other-suite.sh: no source entry for Debian $code main found below $etc/apt" >&2
	return 1
}

apt() { # SUITE ARGUMENTS...
	local suite=$1 entry place
	shift
	entry=$(source_entry "$suite")
	place=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/hilrig/apt/$suite
	mkdir -p "$place/lists/partial" "$place/cache/archives/partial"
	if [ "$entry" != "$(cat "$place/entry.sources" 2>/dev/null)" ]; then
		printf '%s\n' "$entry" >"$place/entry.sources"
		rm -f "$place/read"
	fi
	local options=(-q -o Dir::Etc::SourceList="$place/entry.sources" -o Dir::Etc::SourceParts=/dev/null
		-o Dir::State::Lists="$place/lists" -o Dir::Cache="$place/cache" -o APT::Sandbox::User="")
	if [ -z "$(find "$place/read" -mtime -1 2>/dev/null)" ]; then
		apt-get "${options[@]}" update >&2
		touch "$place/read"
	fi
	apt-get "${options[@]}" "$@"
}

case ${1-} in
--backports) echo "$(codename)-backports" ;;
--source) source_entry "$2" ;;
[a-z]*) apt "$@" ;;
*)
	sed -n 's/^# \{0,1\}//p' "$0" | sed -n '2,12p' >&2
	exit 64
	;;
esac
