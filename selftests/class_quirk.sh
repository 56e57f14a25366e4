#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A tt-kmd whose class would treat our devices as its own: ttmem does not join, and says so once.
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check

quirks=(dev_groups dev_uevent ns_type get_ownership shutdown_pre)

complaints()
{
	dmesg | grep -c "ttmem: not joining class tenstorrent: its $1 would "
}

chips()
{
	find /sys/class/tenstorrent/ -name 'tt[0-9]*' | wc -l
}

load()
{
	insmod "$TTMEM_MODULES/$1.ko" "${@:2}"
}

echo "TAP version 13"
echo "1..$((3 * ${#quirks[@]} + 2))"
check "two chips in a class as it should be" [ "$(chips)" = 2 ]
for quirk in "${quirks[@]}"; do
	rmmod ttmem tenstorrent
	load ttmem
	load tenstorrent class_quirk="$quirk"
	check "no chip in a class with $quirk" [ "$(chips)" = 0 ]
	check "tt-kmd has both of its own" [ "$(find /sys/class/tenstorrent/ -name 'tenstorrent!*' | wc -l)" = 2 ]
	check "one line says why" [ "$(complaints "$quirk")" = 1 ]
done
rmmod tenstorrent
load tenstorrent
check "two chips in the next class" [ "$(chips)" = 2 ]
exit "$failed"
