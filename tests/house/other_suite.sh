#!/bin/bash
# tests/setup/other-suite.sh finds address, keyring and options in every form that apt's sources take.
set -u
. tests/tap.sh
export OTHER_SUITE_ETC=$TMPDIR/etc

machine() { # CODENAME FILE: a made-up machine whose FILE below etc/apt is standard input
	rm -rf "$OTHER_SUITE_ETC"
	mkdir -p "$OTHER_SUITE_ETC/apt/sources.list.d"
	echo "VERSION_CODENAME=$1" >"$OTHER_SUITE_ETC/os-release"
	cat >"$OTHER_SUITE_ETC/apt/$2"
}

entry() { # SENTENCE SUITE EXPECTED
	local got
	got=$(tests/setup/other-suite.sh --source "$2" 2>&1)
	tap "$1" "$([ "$got" = "$3" ] || printf 'expected:\n%s\ngot:\n%s\n' "$3" "$got")"
}

machine bookworm sources.list <<'END'
# deb http://wrong.example/debian bookworm main
deb-src http://wrong.example/debian bookworm main
deb http://security.example/debian-security bookworm-security main
deb http://mirror.example/debian bookworm contrib main # a remark
END
entry "a plain line" bookworm-backports 'Types: deb
URIs: http://mirror.example/debian
Suites: bookworm-backports
Components: main'

machine trixie sources.list.d/own.list <<'END'
deb [arch=amd64 signed-by=/usr/share/keyrings/own.gpg trusted=yes] https://mirror.example/debian/ trixie main
END
entry "a line with options keeps keyring and architecture" trixie-backports 'Types: deb
URIs: https://mirror.example/debian/
Suites: trixie-backports
Components: main
Architectures: amd64
Signed-By: /usr/share/keyrings/own.gpg
Trusted: yes'

machine bookworm sources.list.d/debian.sources <<'END'
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main

Types: deb deb-src
# a remark
URIs: http://mirror.example/debian http://second.example/debian
Suites: bookworm bookworm-updates
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
entry "a stanza, after one that is off and one of sources" trixie-backports 'Types: deb
URIs: http://mirror.example/debian
Suites: trixie-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg'

machine trixie sources.list.d/debian.sources <<'END'
Types: deb
URIs: http://mirror.example/debian
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEY
 -----END PGP PUBLIC KEY BLOCK-----
END
entry "a stanza with the key inside" trixie-backports 'Types: deb
URIs: http://mirror.example/debian
Suites: trixie-backports
Components: main
Signed-By: 
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEY
 -----END PGP PUBLIC KEY BLOCK-----'

machine sid sources.list </dev/null
entry "no entry is an error that says so" sid "other-suite.sh: no source entry for Debian sid main found below $OTHER_SUITE_ETC/apt"
tap_end
