#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What `make demo` shows, in a guest with two simulated chips and the modules loaded.
set -eu

mem=/sys/class/tenstorrent/tt0/mem

say()
{
	[ "$TERM" = dumb ] && printf '\n%s\n' "$*" || printf '\n\e[1m%s\e[m\n' "$*"
}

show()
{
	echo "\$ $*"
	"$@"
}

# Starts a runtime and goes on once its buffers are allocated: what it had to say is in $said.
runtime='' said=''
play()
{
	local line=''

	echo "\$ runtime_sim $* &"
	said=''
	exec 3< <(exec runtime_sim "$@" < /dev/null)
	runtime=$!
	while IFS= read -r line <&3 && [ "$line" != ready ]; do
		said+=$line$'\n'
	done
	[ "$line" = ready ]
}

cd "$(dirname "$(readlink -f "$0")")/runtime_sim/scripts"
say 'A model runs on one chip of an n300. What its runtime counts until now, and what is true:'
play n300_story.txt
grep -E ' books | of the L1 ' <<< "$said"

say 'What everybody can see now, without opening the device:'
show cat $mem/l1_used $mem/l1_total
show ttmem

say 'The runtime is killed, and what it held is gone with it:'
show kill -9 $runtime
wait $runtime 2> /dev/null || :
show cat $mem/l1_used

say 'Another one, on a mesh of two unlike chips:'
play --device 0 --board wormhole_N300.yaml:0 --device 1 --board blackhole_P150.yaml:0 \
	mesh_story.txt
show ttmem
kill $runtime
wait $runtime 2> /dev/null || :
