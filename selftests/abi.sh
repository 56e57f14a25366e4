#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is documented and what is there: each attribute, each line of a stat, each key of fdinfo and
# each field of a tracepoint, in a tree that has one of everything. Every check of a document is
# made again on a copy with a fault that it has to find.
#
# shellcheck disable=SC2317,SC2016 # functions are called by their names; `` is what rst has
set -u

cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
get_abi=${TTMEM_SOURCE:-$(selftests/source)}/scripts/get_abi.pl
class=/sys/class/tenstorrent
api=Documentation/userspace-api.rst
copy=$(mktemp -d)
tests=0 failed=0

# Clients of all chips; prints the fd of one that speaks of two.
clients()
{
	exec python3 -u - <<-'PYTHON'
	import fcntl, os, signal, struct

	LOCAL, REMOTE = 0, 0xffffffff
	N300 = (0xc0ffee, 64, 65, 1499136, 12, 1 << 30)
	N150 = (0, 72, 1, 1499136, 12, 1 << 30)
	P150 = (0, 140, 0, 1572864, 8, 1 << 32)

	def call(node, number, layout, *words):
	    fcntl.ioctl(node, 0xbe00 + number, struct.pack(layout, *words))

	def declare(node, chip, geometry):
	    call(node, 1, '<IIIIQIIIIQ', 48, chip, 0, 0, *geometry)

	def report(node, chip, l1):
	    pools = [(0, 0, 64, 1395424, l1, 64), (1, 0, 64, 32768, 64, 64), (2, 1, 0, 0, 4096, 0),
	             (3, 0, 8, 1 << 29, 64, 64), (4, 0, 8, 1 << 20, 64, 64)]
	    words = [word for pool in pools for word in (chip, *pool)]
	    call(node, 2, '<IIII' + 'IIIIQQQ' * 5, 16 + 5 * 40, 40, 5, 0, *words)

	# Two that contradict each other and hold more than there is; the first knows a remote chip.
	tt0 = [os.open('/dev/ttmem/tt0', os.O_RDWR) for _ in range(2)]
	for node, geometry in zip(tt0, (N300, N150)):
	    declare(node, LOCAL, geometry)
	    report(node, LOCAL, 1000000)
	declare(tt0[0], REMOTE, N300)
	report(tt0[0], 1, 64)
	call(tt0[0], 3, '<IIIIQ', 24, LOCAL, 0, 0, 1 << 20)
	tt1 = os.open('/dev/ttmem/tt1', os.O_RDWR)
	declare(tt1, LOCAL, P150)
	report(tt1, LOCAL, 64)
	print(tt0[0])
	signal.pause()
	PYTHON
}

# All checks say on stdout what is wrong, and nothing else.
check()
{
	local what=$1 said

	shift
	tests=$((tests + 1))
	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		echo "ok $tests - $what"
	else
		echo "not ok $tests - $what"
		# shellcheck disable=SC2001 # of several lines
		sed 's/^/# /' <<< "$said"
		failed=1
	fi
}

# A check of a copy with a fault finds it, and only it.
finds()
{
	local wanted=$1 said

	shift
	said=$("$@" 2>&1)
	grep -q -- "$wanted" <<< "$said" && ! grep -v -- "$wanted" <<< "$said"
}

everything()
{
	local line

	for line in l1_oversubscribed geometry_conflict last_failure_largest_free; do
		grep -q "^$line " "$class/tt0/mem/stat" || echo "no $line"
	done
	ls "$class"/tt{0,1,0r1}/clients/*/stat "$fdinfo" > /dev/null
}

validate()
{
	"$get_abi" validate --dir "$1"
}

# It reads all of /sys, which takes its time.
undefined()
{
	"$get_abi" undefined --dir "$1" --search-string '/tt[0-9]+(r[0-9]+)?/' 2> /dev/null
}

# Every chip has each of the attributes that are documented for its kind.
missing()
{
	local abi=$1 chip kind file

	for chip in "$class"/tt[0-9]*; do
		kind='tt<N>'
		[[ $chip != *r* ]] || kind='tt<N>r<M>'
		sed -n "s|^What:[[:space:]]*$class/$kind/||p" "$abi"/testing/* | while read -r file; do
			compgen -G "$chip/${file/<id>/[0-9]*}" > /dev/null || echo "${chip##*/} has no $file"
		done
	done
}

pools='(l1|l1_small|cb|dram|trace)'

# Names of lines that all pools have are documented once for all of them.
general()
{
	sed -E "s/^${pools}_(oversubscribed|peak|allocatable|largest_free|banks)\$/<pool>_\2/" | sort -u
}

# Prints the terms that the entry of a file defines.
terms()
{
	awk -v what="$class/tt<N>/$2" '
		/^What:/ { in_it = in_it && last == "What:" || $2 == what }
		NF { last = $1 }
		in_it && /^\t\t[^ ]+$/ { print $1 }
	' "$1"/testing/*
}

# A line of a stat is an attribute beside it, or a term of its entry.
unexplained()
{
	local abi=$1 stat=$2 file=$3

	comm -23 <(cut -d ' ' -f 1 "$stat" | general) \
		<({ ls "${stat%/*}"; terms "$abi" "$file"; } | general) | sed "s|^|$file: |"
}

stat_lines()
{
	local stat

	for stat in "$class"/tt*/mem/stat; do
		unexplained "$1" "$stat" mem/stat
	done
	for stat in "$class"/tt*/clients/*/stat; do
		unexplained "$1" "$stat" 'clients/<id>/stat'
	done
}

fdinfo_keys()
{
	comm -23 <(sed -nE 's/^((drm|ttmem)-[^:]*):.*/\1/p' "$fdinfo" |
			sed -E "s/-r1-/-r<M>-/; s/-$pools\$/-<pool>/" | sort -u) \
		<(grep -oE '``(drm|ttmem)-[^`]+``' "$1" | tr -d '`' | sort -u)
}

# Each event has a paragraph of the page, and each of its fields is in that.
tracepoints()
{
	local format event

	for format in /sys/kernel/tracing/events/ttmem/*/format; do
		event=${format%/format}
		event=${event##*/}
		comm -23 <(sed -nE 's/.*field:[^;]* ([a-z0-9_]+)(\[[0-9]+\])?;.*/\1/p' "$format" |
				grep -v ^common_ | sort) \
			<(awk -v term="\`\`$event\`\`" '/^[^ ]/ { in_it = $0 == term } in_it' "$1" |
				grep -oE '``[a-z0-9_]+``' | tr -d '`' | sort -u) |
			sed "s/^/$event: /"
	done
}

# Copies the documents, with a sed script applied to them.
faulty()
{
	rm -rf "$copy/abi"
	cp -r Documentation/ABI "$copy/abi"
	sed -i -E "$1" "$copy/abi/testing/"*
	sed -E "$1" "$api" > "$copy/api.rst"
}

exec 3< <(clients 3<&-)
holder=$!
trap 'kill $holder; rm -rf "$copy"' EXIT
read -r fd <&3 || exit 1
fdinfo=/proc/$holder/fdinfo/$fd

echo "TAP version 13"
echo "1..12"
check "a tree with everything in it" everything

check "get_abi.pl finds the file valid" validate Documentation/ABI
faulty '/^Description:.*Bytes of L1 that the whole die/,/^$/d'
check "it notices an entry without a description" \
	finds 'l1_nominal.*description\|^Warning: file' validate "$copy/abi"

faulty '/^What:.*l1_peak$/s/peak/peek/'
check "no attribute is undocumented but one that was taken out" \
	finds '/mem/l1_peak not found' undefined "$copy/abi"

check "every documented attribute is there" missing Documentation/ABI
check "one that is not, is noticed" finds 'has no mem/l1_peek$' missing "$copy/abi"

check "every line of a stat is documented" stat_lines Documentation/ABI
faulty '/^[[:space:]]*geometry_conflict$/d'
check "one that is not, is noticed" finds '^mem/stat: geometry_conflict' stat_lines "$copy/abi"

check "every key of fdinfo is documented" fdinfo_keys "$api"
faulty 's/ttmem-r<M>-total/ttmem-rM-total/; s/^``ttmem_usage/&s/'
check "one that is not, is noticed" finds 'ttmem-r<M>-total-<pool>' fdinfo_keys "$copy/api.rst"

check "every field of a tracepoint is documented" tracepoints "$api"
check "one that is not, is noticed" finds '^ttmem_usage: ' tracepoints "$copy/api.rst"
exit "$failed"
