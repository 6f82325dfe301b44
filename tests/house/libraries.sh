#!/bin/bash
# Each foreign library is behind one .c file, and no header of ours shows it. libuv is for the few of rig/run/real*; the
# wire faces (drivers/sim/wire) may use what they like. OpenSSL has three: SHA-256 asks for its older interface, which takes no
# memory, and a file can ask for one interface only; signing and the hash of ZigBee have nothing else in common. What counts as foreign stands in tests/setup/packages.list.
set -u
. tests/tap.sh

includes=$(find rig drivers -path drivers/sim/wire -prune -o -name '*.[ch]' -exec grep -HoE '^[ \t]*#[ \t]*include[ \t]*<[^>]+>' {} + 2>/dev/null |
	sed 's/:.*</ /; s/>$//' | sort -u) # "file header" a line

standard='^(aio|assert|complex|ctype|dirent|dlfcn|endian|errno|fcntl|fenv|float|fnmatch|ftw|getopt|glob|grp|inttypes|iso646'
standard+='|langinfo|libgen|limits|locale|malloc|math|mqueue|netdb|poll|pthread|pty|pwd|regex|sched|semaphore|setjmp|signal|spawn'
standard+='|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|syslog|termios|tgmath'
standard+='|threads|time|uchar|unistd|utime|wchar|wctype|cpuid|immintrin|arm_acle|arm_neon)\.h$|^(sys|linux|net|netinet|arpa|asm)/'

while read -r package pattern; do
	files=$(awk -v pattern="^$pattern" '$2 ~ pattern { print $1 }' <<<"$includes" | sort -u)
	case $package in
	libuv1-dev) wrong=$(grep -vE '^rig/run/real/[^/]*\.c$' <<<"$files") ;;
	libssl-dev) wrong=$(grep -vxE 'rig/base/(sha256|ed25519|aes_mmo)\.c' <<<"$files") ;;
	*) wrong=$(grep '\.h$' <<<"$files"; [ "$(grep -c '\.c$' <<<"$files")" -le 1 ] || echo "$files") ;;
	esac
	[ -z "$files" ] || tap "$package is behind one file" "$wrong"
done < <(awk '!/^#/ && $1 == "build" && $4 != "-" { sub(/>=.*/, "", $2); print $2, $4 }' tests/setup/packages.list)

patterns=$(awk '!/^#/ && NF == 4 && $4 != "-" { printf "%s^%s", bar, $4; bar = "|" }' tests/setup/packages.list)
tap "every library that is included stands in packages.list" \
	"$(awk -v standard="$standard" -v listed="$patterns" '$2 !~ standard && $2 !~ listed { print $1 " includes <" $2 ">" }' <<<"$includes")"
tap_end
