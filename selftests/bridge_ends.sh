#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ttmem bridge among users, containers, chips and drivers, and how it ends.
#
# shellcheck disable=SC2154,SC2317 # variables of vm/bridging; functions are called by their names
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check
. vm/drivers
. vm/live
PATH=$PWD/../userspace/ttmem:$PATH
. vm/bridging

echo "TAP version 13"

# ---- users --------------------------------------------------------------------------------------

start setpriv --reuid=1234 --clear-groups "$writer"
say "$to" hold 0
say "$to" attach "$uid"
say "$to" use 1 2 3 4 5
check "a user's process" shows tt0 "2 3 5 1 4 1"
same "is that user's" "1234 bridge" "$(clients tt0 | cut -d ' ' -f 2-)"
run "$uid" "use 100 200 300 400 500"
check "nobody speaks for another user's process, root's included" \
	says "the file is another user's$"
check "the user's is still there" shows tt0 "2 3 5 1 4 1"
kill -9 $(pgrep -x region_writer)
rm "$region"

# ---- namespaces ---------------------------------------------------------------------------------

# A container with a /dev/shm of its own, in which the runtime is process 1.
contain()
{
	# It says something about signals when its child is killed.
	start sh -c "exec unshare --pid --mount --fork --kill-child sh -c \
		'mount -t proc proc /proc; $1 exec $writer' 2> /dev/null"
	say "$to" hold 0
	say "$to" attach "$uid"
	say "$to" use "${@:2}"
}

contain "mount -t tmpfs shm /dev/shm;" 1000 2000 3000 4000 5000
one=$started
contain "mount -t tmpfs shm /dev/shm;" 10 20 30 40 50
check "two containers, in both of which the process is number 1" \
	shows tt0 "2020 3030 5050 1010 4040 2"
check "its number here is another one" says '^tt0 +[0-9]{2,} +0 +1 +region_writer +-$' 2
same "which clients have" "$(pgrep -x region_writer | sort -n)" \
	"$(clients tt0 | cut -d ' ' -f 1)"
run "$uid" "use 1 2 3 4 5"
check "and one outside" shows tt0 "2022 3033 5055 1011 4044 3"
kill -9 "$one"
check "a container that is stopped" shows tt0 "22 33 55 11 44 2"
check "is forgotten" says '^/[a-z0-9/]+ +[0-9]+ -$' 2
reload "containers = no"
check "containers are not looked into" shows tt0 "2 3 5 1 4 1"
reload
check "and again" shows tt0 "22 33 55 11 44 2"
kill -9 $(pgrep -x region_writer)
check "nothing is left" shows tt0 "$nothing"
check "nor a directory" says '^/[a-z0-9/]+ +[0-9]+ -$' 1
rm "$region"

contain "" 1 2 3 4 5
check "a container with the /dev/shm of the host" shows tt0 "2 3 5 1 4 1"
contain "" 10 20 30 40 50
check "two of them, whose processes take each other's slot" \
	says "several processes have this pid and share the file$"
check "are in no figure" shows tt0 "$nothing"
kill -9 $(pgrep -x region_writer)
rm "$region"

# ---- chips that are not on PCI ------------------------------------------------------------------

remote=$((0x5454000000000001))
run "$remote" "use 1 2 3 4 5"
check "a chip that nobody has declared" \
	logged "tt_device_${remote}_memory: no chip is known by this id"
cat > "$work/machine.yaml" <<END
arch: {0: wormhole_b0, 1: wormhole_b0}
chip_unique_ids: {0: $uid, 1: $remote}
ethernet_connections: [[{chip: 0}, {chip: 1}]]
chips_with_mmio: [0: 0]
harvesting: {0: {harvest_mask: 65}, 1: {harvest_mask: 5}}
END
ttmem declare "$work/machine.yaml"
check "once it is pinned, it is found" shows tt0r1 "2 3 5 1 4 1"
check "its gateway shows none of it" shows tt0 "$nothing"
check "its capacity is not in doubt" [ "$(cat "$class/tt0r1/mem/geometry_source")" = pinned ]
say "$to" attach "$uid"
say "$to" use 100 200 300 400 500
check "the same process on the chip in front of it" shows tt0 "200 300 500 100 400 1"
same "is the same client" "$(ls "$class/tt0/clients")" "$(ls "$class/tt0r1/clients")"
rm "$region"
check "one of its regions goes" shows tt0 "$nothing"
check "the other one stays" shows tt0r1 "2 3 5 1 4 1"
ends "$to" "$started"
check "both are gone with it" shows tt0r1 "$nothing"
ttmem declare --undo
rm /dev/shm/tt_device_*_memory

# ---- who reports itself -------------------------------------------------------------------------

run "$uid" "use 1 2 3 4 5"
check "a process" shows tt0 "2 3 5 1 4 1"
say "$to" speak 0 4096
check "that reports itself is believed" shows tt0 "4096 0 0 0 0 1"
same "as itself" "$started 0 self" "$(clients tt0)"
say "$to" use 10 20 30 40 50
check "the bridge is quiet then" says "the process reports itself$"
check "and changes nothing" shows tt0 "4096 0 0 0 0 1"
say "$to" silent
check "until it no longer does" shows tt0 "20 30 50 10 40 1"
ends "$to" "$started"
rm "$region"

# ---- configuration ------------------------------------------------------------------------------

run 77 "use 1 2 3 4 5"
reload "chip = 77 tt0" "chip = 77 tt1"
check "a configuration that contradicts itself is not taken" \
	logged "$work/conf:3: line 2 is about this chip already; the configuration stays as it was"
check "it is shown" says "^not in use, .*:3: line 2 is about this chip already$"
same "it can be seen before" "ttmem: $work/conf:3: line 2 is about this chip already" \
	"$(ttmem bridge -t -c "$work/conf" 2>&1)"
reload "chip = 77 tt0"
check "the administrator's word on a chip" shows tt0 "2 3 5 1 4 1"
check "is shown" says '^tt0 +0x000000000000004d configuration '
check "nothing is wrong any more" says "^not in use" 0
reload
check "it is taken back" shows tt0 "$nothing"
ends "$to" "$started"
rm /dev/shm/tt_device_77_memory

# ---- the bridge goes ----------------------------------------------------------------------------

run "$uid" "use 1 2 3 4 5"
check "a process" shows tt0 "2 3 5 1 4 1"
kill -9 "$bridge"
wait "$bridge" 2> /dev/null
check "what a bridge said is gone with it" shows tt0 "$nothing"
same "that it is gone can be seen" "ttmem: the bridge is not running" "$(ttmem bridge -S 2>&1)"
start_bridge
check "the next one says it again" shows tt0 "2 3 5 1 4 1"

# ---- chips and drivers --------------------------------------------------------------------------

echo $wormhole > $driver/unbind
check "a chip goes" says "tt_asic_id" 1
echo $wormhole > $driver/bind
check "and comes" says "tt_asic_id" 2
check "who has held the old one does not hold the new one" shows tt0 "$nothing"
ends "$to" "$started"
rm "$region"
soon rmmod ttmem
soon rmmod tenstorrent
check "without drivers there is no chip" says "tt_asic_id" 0
load_drivers
chmod 666 /dev/tenstorrent/*
run "$uid" "use 1 2 3 4 5"
check "with new ones it goes on" shows tt0 "2 3 5 1 4 1"

kill "$bridge"
wait "$bridge"
check "it ends as it should" [ $? = 0 ]
check "what it said is gone" shows tt0 "$nothing"
check "its status, too" [ ! -e /run/ttmem/bridge.json ]
kill -9 $(pgrep -x region_writer)
same "nothing else was logged" "" "$(grep -vE -e 'is not reported: the file is another user' \
	-e 'is not reported: several processes have this pid' -e 'is not reported: the process reports itself' \
	-e 'no chip is known by this id$' -e '/conf was read$' -e 'the configuration stays as it was$' \
	"$work/log")"

rm -r "$work"
echo "1..$tests"
exit $failed
