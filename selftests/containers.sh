#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A runtime in one container and whoever looks in another, each with namespaces of its own and without
# any privilege: figures, pids and users; how containers get nodes; and what happens to them when chips and
# drivers go and come.
#
# shellcheck disable=SC2046,SC2317 # words of options; functions are called by their names
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check
. vm/drivers
. vm/live
. vm/containers
PATH=$project/userspace/ttmem:$project/selftests/runtime_sim:$PATH
specification=/run/cdi/tenstorrent.com-ttmem.json

# What a chip and its clients show, but for the lines that are the reader's own.
figures()
{
	local chip

	for chip in tt0 tt0r1 tt1; do
		(cd /sys/class/tenstorrent/$chip && cat mem/stat clients/*/stat 2> /dev/null)
	done | grep -vE '^(last_failure_)?(pid|uid) '
}

# The same, in a container.
figures_inside()
{
	inside "$1" bash -c "$(declare -f figures); figures"
}

# capabilities CONTAINER PROCESS
capabilities()
{
	inside "$1" grep CapEff: "/proc/$2/status"
}

# Who holds tt0: process and user, as seen from here or from a container.
holder()
{
	"$@" ttmem ps --raw --noheadings --output pid,uid tt0
}

# fails_with MESSAGE COMMAND...
fails_with()
{
	local said

	if said=$("${@:2}" 2>&1) || [[ $said != *"$1"* ]]; then
		echo "# ${said:-it works}"
		return 1
	fi
}

not()
{
	! "$@"
}

# opens CONTAINER NODE
opens()
{
	inside "$1" bash -c ": <> $2"
}

# makes_and_opens CONTAINER NODE: a node of its own making, with the numbers of this one
makes_and_opens()
{
	inside "$1" bash -c "mknod /tmp/node c $(stat -c '0x%t 0x%T' "$2") && : <> /tmp/node"
}

# nodes CONTAINER DIRECTORY
nodes()
{
	inside "$1" sh -c "cd $2 && echo *"
}

in_use()
{
	[ "$(cat "/sys/class/tenstorrent/$1/mem/l1_used")" = "$2" ]
}

has()
{
	soon grep -qE "$1" "$2"
}

is_known()
{
	crun state "${ids[$1]}" > /dev/null 2>&1
}

# A chip without udevd: what its rule says.
everybody_may_report()
{
	chmod 666 /dev/ttmem/tt*
	ttmem cdi --output $specification
}

echo "TAP version 13"
prepare_containers
mkdir -p /run/cdi
everybody_may_report
cat > "$root/script" <<-END
	alloc a l1 64*2048
	alloc b dram 12*1M on 1
	expect oom alloc c l1 64*2M
	wait
END
printf '%s\n' "alloc a l1 110*2048" wait > "$root/other"

# ---- one reports, another one looks -----------------------------------------------------------

unprivileged=(--cap-drop=all --security-opt=no-new-privileges)
start runtime $(user_namespace 100000) --user=1000 "${unprivileged[@]}" \
	--device=tenstorrent.com/ttmem=tt0 -- \
	bash -c "sleep infinity | runtime_sim --machine wormhole_N300.yaml /script"
start reader $(user_namespace 300000) --user=65534 "${unprivileged[@]}" -- sleep infinity

check "a runtime without any capability reports" soon in_use tt0 131072
same "it has none" $'CapEff:\t0000000000000000' "$(capabilities runtime 1)"
same "who looks has none" $'CapEff:\t0000000000000000' "$(capabilities reader self)"
same "and has no node" "ls: cannot access '/dev/ttmem': No such file or directory" \
	"$(inside reader ls /dev/ttmem 2>&1)"
figures > $place/figures
check "there is much to see" [ "$(wc -l < $place/figures)" -gt 100 ]
same "who looks sees all of it" "$(< $place/figures)" "$(figures_inside reader)"
same "so does the runtime" "$(< $place/figures)" "$(figures_inside runtime)"
same "ttmem shows the same" "$(ttmem -o chip,l1_used,dram_used,clients)" \
	"$(inside reader ttmem -o chip,l1_used,dram_used,clients)"
check "sysfs is read-only there" fails_with 'Read-only file system' \
	inside reader bash -c 'echo 1 > /sys/class/tenstorrent/tt0/mem/l1_high'

read -r outer uid < <(holder)
read -r inner _ < <(holder inside runtime)
same "out here it has a number of this pid namespace" runtime_sim "$(< "/proc/$outer/comm")"
same "its own number is that of its own" "$inner" "$(awk '/^NSpid:/ { print $NF }' "/proc/$outer/status")"
same "who looks does not see the process, nor its user" "- 65534" "$(holder inside reader)"
same "out here it has the user of this user namespace" 101000 "$uid"
same "in its own one it has its own" "$inner 1000" "$(holder inside runtime)"
# ---- nodes ------------------------------------------------------------------------------------

start all --device=tenstorrent.com/ttmem=all --cap-add=MKNOD --tmpfs=/tmp:dev -- sleep infinity
start one --device=/dev/ttmem/tt1 --volume=/dev/ttmem:/mnt --cap-add=MKNOD --tmpfs=/tmp:dev -- \
	sleep infinity

same "CDI: a chip's node" tt0 "$(nodes runtime /dev/ttmem)"
same "CDI: the nodes of all chips" "tt0 tt1" "$(nodes all /dev/ttmem)"
check "CDI: it opens" opens all /dev/ttmem/tt0
check "CDI: so does the other one" opens all /dev/ttmem/tt1
check "CDI: no chip, no container" fails_with 'tenstorrent.com/ttmem=tt7' \
	start none --device=tenstorrent.com/ttmem=tt7 -- true
same "by its path: that node alone" tt1 "$(nodes one /dev/ttmem)"
check "by its path: it opens" opens one /dev/ttmem/tt1
check "a node that it was not given does not, whoever makes it" \
	fails_with 'Operation not permitted' makes_and_opens one /dev/ttmem/tt0
check "one that it was given does" makes_and_opens all /dev/ttmem/tt0
same "a directory that is mounted shows nodes" "tt0 tt1" "$(nodes one /mnt)"
check "but opens none of them" fails_with 'Operation not permitted' opens one /mnt/tt0
inside all bash -c "sleep infinity | runtime_sim --device 1 --board blackhole_P150.yaml:0 /other" &
check "a runtime reports through one of all" soon in_use tt1 225280

# ---- chips go and come ------------------------------------------------------------------------

inside all ttmem watch > $place/all 2>&1 &
inside reader ttmem watch > $place/reader 2>&1 &
has ' tt1 ' $place/all && has ' tt1 ' $place/reader
echo $wormhole > $driver/unbind
ttmem cdi --output $specification
check "a chip that goes is in no specification" not grep -q tt0 $specification
check "who looks sees it go" has ' tt0 removed$' $place/reader
check "nor is it there any more" fails_with 'No such file' inside reader ls /sys/class/tenstorrent/tt0
check "in other containers, too" has ' tt0 removed$' $place/all
check "the runtime lives on" inside runtime true
echo $wormhole > $driver/bind
everybody_may_report
check "what comes again is told to containers of the first user namespace" \
	has ' tt0 added: ' $place/all
check "it is there for all of them" soon inside reader test -d /sys/class/tenstorrent/tt0/mem
same "with nobody in it" 0 "$(inside reader cat /sys/class/tenstorrent/tt0/mem/clients)"
check "no event reaches another user namespace" not grep -q ' tt0 added' $place/reader
check "the old node opens the new chip" opens all /dev/ttmem/tt0

# ---- drivers are loaded anew ------------------------------------------------------------------

# The one with a user namespace, and the one without.
crun kill "${ids[runtime]}" KILL
crun kill "${ids[all]}" KILL
check "a container that is killed holds nothing" soon in_use tt1 0
# podman tidies up after it.
check "it is gone" soon not is_known runtime
old=$(stat -c %t /dev/ttmem/tt1)
rmmod ttmem tenstorrent
check "without a driver there is no specification" fails_with 'not loaded' \
	ttmem cdi --output $specification
check "not even a file" [ ! -e $specification ]
# The other way round, so that each driver gets the other one's number.
insmod "$TTMEM_MODULES/ttmem.ko"
insmod "$TTMEM_MODULES/tenstorrent.ko"
everybody_may_report
check "nodes have other numbers now" [ "$(stat -c %t /dev/ttmem/tt1)" != "$old" ]
podman start runtime > /dev/null
check "CDI: a container that is started again has the right ones" soon in_use tt0 131072
check "who looked all the time sees everything" \
	[ "$(inside reader cat /sys/class/tenstorrent/tt0/mem/l1_used)" = 131072 ]

# Their runtimes hold the module. All else goes with the machine.
for id in "${ids[@]}"; do
	crun kill "$id" KILL 2> /dev/null
done
soon in_use tt0 0
echo "1..$tests"
exit "$failed"
