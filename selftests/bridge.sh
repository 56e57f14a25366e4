#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ttmem bridge: what tt-metal counts in shared memory is reported, of those that it is about, and of
# nobody else.
#
# shellcheck disable=SC2154,SC2317 # variables of vm/bridging; functions are called by their names
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check
. vm/live
PATH=$PWD/../userspace/ttmem:$PATH
. vm/bridging

echo "TAP version 13"
check "it says which chip is which" says "^tt0 +$(printf 0x%016x "$uid") +tt_asic_id +-$"
check "of all of them" says ' tt_asic_id ' 2
same "there is one of it" "ttmem: another bridge is running" "$(ttmem bridge -c "$work/conf" 2>&1)"

# ---- a process ----------------------------------------------------------------------------------

for layout in 2 3 4; do
	start "$writer"
	say "$to" hold 0
	say "$to" attach "$uid" $layout
	say "$to" use 4000 3000 200 500 1000
	check "layout $layout" shows tt0 "3000 200 1000 4000 500 1"
	check "layout $layout is told" says "^$region +tt0 +$layout +ready$"
	same "layout $layout: the client is the process" "$started 0 bridge" "$(clients tt0)"
	say "$to" use 0 0 0 0 0
	check "layout $layout: it frees all" shows tt0 "0 0 0 0 0 1"
	say "$to" detach
	check "layout $layout: it leaves" shows tt0 "$nothing"
	ends "$to" "$started"
	rm "$region"
done

run "$uid" "use 4000 3000 200 500 1000"
first=$started to_first=$to
check "what is not said is not known" [ "$(cat "$class/tt0/mem/l1_free" 2> /dev/null)" = "" ]
run "$uid" "use 40 30 20 50 10" "totals 12345678"
check "a second process adds to it, and totals are nobody's" shows tt0 "3030 220 1010 4040 550 2"
same "both are clients" "$(printf '%s 0 bridge\n' "$first" "$started" | sort -n)" "$(clients tt0)"
start "$writer"
say "$to" hold 1
say "$to" attach "$other"
say "$to" use 7 8 9 10 11
check "of another chip" shows tt1 "8 9 11 7 10 1"
ends "$to" "$started"
check "which is killed" shows tt1 "$nothing"

# ---- who is not there ---------------------------------------------------------------------------

say "$to_first" slot 60 4194303 1000000
check "a slot of nobody is not reported" \
	says "^tt0 +- +60 +4194303 +x+ +no process of this pid holds a chip$"
say "$to_first" slot 61 $$ 1000000
check "nor that of a process that holds no chip" \
	says "^tt0 +- +61 +$$ +x+ +no process of this pid holds a chip$"
check "a name without end does no harm" says " x{64} "
exec {held}< <(exec 4< /dev/tenstorrent/0; exec sleep 1000)
holder=$!
say "$to_first" slot 62 "$holder" 1000000
check "nor that of one that holds it, and has not mapped the region" \
	says " $holder +x+ +the process of this pid has not mapped the file$"
say "$to_first" slot 63 -1 1000000
check "nor that of no pid at all" says "^tt0 +- +63 +- +x+ +it has no pid$"
say "$to_first" slot 59 "$first" 1000000
check "nor two of one process" says "two slots have this pid$" 2
say "$to_first" slot 59 0 0
check "until there is one again" says "two slots have this pid$" 0
kill "$holder"
exec {held}<&-
kill -9 $(pgrep -x region_writer) # All of them.
check "of who was killed nothing is left, at once" shows tt0 "$nothing"
check "although its slot is" says "^tt0 +- +0 +$first +.* no process of this pid holds a chip$"
rm "/dev/shm/tt_device_${other}_memory"

# The same number again, for a process that has not written to the slot.
echo $((first - 1)) > /proc/sys/kernel/ns_last_pid
start "$writer"
if [ "$started" = "$first" ]; then
	say "$to" hold 0
	check "who has the number of one that was killed is not it" \
		says " $first +[a-z_]+ +the process of this pid has not mapped the file$"
	say "$to" attach "$uid"
	say "$to" use 1 2 3 4 5
	check "until it says something itself" shows tt0 "2 3 5 1 4 1"
else
	echo "# pid $first was not to be had again"
	check "who has the number of one that was killed is not it" false
fi
say "$to" slot 0 "$first" 77 100000
check "what is older than a process is not about it" \
	says "it is older than the process of this pid$"
check "and not shown" shows tt0 "$nothing"
say "$to" detach
ends "$to" "$started"
rm "$region"

run "$uid" "use 1 2 3 4 5"
for ((i = 1; i < 64; i++)); do
	say "$to" slot $i $((4000000 + i)) 1024
done
check "one of 64 slots is of a process" says "^tt0 +$started +0 +$started +region_writer +-$"
check "and 63 are of nobody" says " no process of this pid holds a chip$" 63
check "the others are in no figure" shows tt0 "2 3 5 1 4 1"
ends "$to" "$started"
rm "$region"

# ---- regions that are none ----------------------------------------------------------------------

run "$uid" "use 1 2 3 4 5"
check "a good one" shows tt0 "2 3 5 1 4 1"
trouble()
{
	say "$to" "$2"
	check "$1" shows tt0 "$nothing"
	check "$1: it says why" says "^$region +tt0 +[-0-9]+ +$3$"
	say "$to" "$4"
	check "$1: it is good again" shows tt0 "2 3 5 1 4 1"
}
trouble "one that is being set up" "init 1" "it is not set up yet" "init 0x52454459"
trouble "one of layout 1" "version 1" "its layout is not known" "version 4"
check "one of layout 1 is logged" logged "tt_device_${uid}_memory: layout 1 is not known"
trouble "one that grows" "size 1000000" "it is too long" "size 8576"
trouble "one that others may write to" "mode 0666" "others than its owner may write to it" "mode 0600"
say "$to" size 4000
check "one that is cut off" says "^$region +tt0 +- +it is cut off$"
rm "$region"
check "one that is removed" shows tt0 "$nothing"
ends "$to" "$started"
ln -s /etc/passwd "$region"
check "a link is not followed" says "^$region +tt0 +- +it is not a regular file$"
rm "$region"
mkfifo "$region"
check "nobody waits for a pipe" says "^$region +tt0 +- +it is not a regular file$"
rm "$region"
touch /dev/shm/tt_device_123_memory
check "an id that no chip has" logged 'tt_device_123_memory: no chip is known by this id'
check "it is shown" says '^/dev/shm/tt_device_123_memory +- +- +no chip is known by this id$'
rm /dev/shm/tt_device_123_memory

is_busy()
{
	local used

	used=$(cat "$class/tt0/mem/l1_used")
	[ "$used" -gt 5 ] && [ $((used % 1024)) = 0 ]
}
run "$uid" busy
check "one that never holds still is read" soon is_busy
say "$to" use 1 2 3 4 5
check "until it does" shows tt0 "2 3 5 1 4 1"

# Far more than the chip has, of one of two.
run "$uid" "use 100 200 300 400 500"
check "two" shows tt0 "202 303 505 101 404 2"
say "$to" use 0 1000000000000 0 0 0
check "who says more than there is is in no figure" shows tt0 "2 3 5 1 4 1"
check "it is told" logged 'is not reported: it is more than the chip has'
say "$to" use 100 200 300 400 500
check "until it says what can be" shows tt0 "202 303 505 101 404 2"
kill -9 $(pgrep -x region_writer)
rm "$region"

kill "$bridge"
wait "$bridge"
rm -r "$work"
echo "1..$tests"
exit $failed
