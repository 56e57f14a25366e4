#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The examples of libttmem: what sysfs shows while they run, and after their end.
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check
. vm/drivers
PATH=$PWD/../userspace/ttmem:$PWD/../userspace/examples:$PATH
class=/sys/class/tenstorrent

# show CHIP FIGURE...: from one snapshot, "-" for what is unknown
show()
{
	local stat name values=()

	stat=$(cat "$class/$1/mem/stat")
	for name in "${@:2}"; do
		values+=("$(sed -n "s/^$name //p" <<< "$stat" | grep . || echo -)")
	done
	echo "${values[*]}"
}

# start PROGRAM [ARGUMENT]...: goes on once its buffers are allocated. finish lets it end, and sets
# $ended to its exit code.
start()
{
	local line=''

	coproc "$@"
	while IFS= read -r line <&"${COPROC[0]}" && [ "$line" != ready ]; do :; done
	[ "$line" = ready ] || echo "# $* ended too early"
}

finish()
{
	local program=$COPROC_PID input=${COPROC[1]}

	exec {input}>&-
	wait "$program"
	ended=$?
}

echo "TAP version 13"
n300=95944704
mib=$((1 << 20))

# ---- a runtime in C ------------------------------------------------------------------------------

reload_with wormhole,wormhole,wormhole,wormhole
start runtime 2
l1_bank=1395424
l1_left=$((l1_bank - 40 * mib / 64))
dram_bank=1071181792

same "runtime: L1, and what is free of it in one piece" \
	"$((40 * mib)) $n300 $((64 * l1_bank)) $((64 * l1_left)) $((64 * l1_left)) $((64 * mib))" \
	"$(show tt2 l1_used l1_total l1_allocatable l1_free l1_largest_free l1_peak)"
same "runtime: regions that are not set up have a known size" \
	"0 0 $((n300 - 64 * l1_bank)) $(((12 << 30) - 12 * dram_bank))" \
	"$(show tt2 l1_small_total trace_total l1_reserved dram_reserved)"
same "runtime: circular buffers" "$((64 * 147456))" "$(show tt2 cb_used)"
same "runtime: DRAM" "$((3072 * mib)) $((12 << 30))" "$(show tt2 dram_used dram_total)"
same "runtime: an allocation has failed" "l1 $mib $l1_left $COPROC_PID" \
	"$(show tt2 last_failure_{pool,bank_bytes,largest_free,pid})"
same "runtime: nothing was refused" 0 "$(show tt2 rejected)"
finish
same "runtime: it ends well" 0 $ended
same "runtime: nothing is left of it" "0 0 0 0" "$(show tt2 clients l1_used dram_used cb_used)"

# ---- a mesh in C++ -------------------------------------------------------------------------------

# Device number i has i + 1 shards, and a gap of 32 MiB at the start of L1.
start mesh 4
expected=''
for i in {0..7}; do
	shards=$((i + 1))
	expected+="$((shards * mib)) $((64 * 1362656 - shards * mib)) "
	expected+="$((64 * (1362656 - (32 + shards) * mib / 64))) "
	expected+="$((shards * 96 * mib)) 65536 $((64 * 32768)) $((64 * 65536)) 0"$'\n'
done
chips=(tt0 tt0r1 tt1 tt1r1 tt2 tt2r1 tt3 tt3r1)

same "mesh: each type of buffer of each device" "$expected" \
	"$(for chip in "${chips[@]}"; do
		show "$chip" l1_used l1_free l1_largest_free dram_used l1_small_used \
			l1_small_total cb_used trace_total
	done)"$'\n'
same "mesh: what each chip is" \
	"$(for i in {0..7}; do echo "$n300 0x6d6573680000000$i"; done)" \
	"$(for chip in "${chips[@]}"; do show "$chip" l1_total chip_uid; done)"
same "mesh: a buffer did not fit into what was fragmented" \
	"l1 $((56 * mib / 64)) $((1362656 - 40 * mib / 64))" \
	"$(show tt3r1 last_failure_{pool,bank_bytes,largest_free})"
same "mesh: one file for each gateway" 4 \
	"$(basename -a "$class"/tt*/clients/* | sort -u | wc -l)"
same "mesh: nothing was refused" "0 0 0 0" \
	"$(for n in {0..3}; do show "tt$n" rejected; done | xargs)"
finish
same "mesh: it ends well" 0 $ended
same "mesh: nothing is left of it" "$(for chip in "${chips[@]}"; do echo 0 0; done)" \
	"$(for chip in "${chips[@]}"; do show "$chip" clients l1_used; done)"

# ---- each hook of a runtime ----------------------------------------------------------------------

# One allocator for all devices, a trace region that is set up later, and ledger pages. The chips of
# the mesh would keep their places.
reload_with wormhole,wormhole,wormhole,wormhole
start hooks 4
l1_bank=1362656
dram_bank=$((1071181792 - 16 * mib))
expected="$((40 * mib)) $((64 * l1_bank - 40 * mib)) $((64 * l1_bank - 40 * mib)) "
expected+="$((3072 * mib)) $((12 * dram_bank - 3072 * mib)) $((12 * mib)) $((12 * 16 * mib)) "
expected+="$mib $((64 * 32768)) $((64 * 65536)) $((64 * 147456)) $n300"

same "hooks: all pools of each device, by ledger pages" \
	"$(for chip in "${chips[@]}"; do echo "$expected"; done)" \
	"$(for chip in "${chips[@]}"; do
		show "$chip" l1_used l1_free l1_largest_free dram_used dram_free trace_used \
			trace_total l1_small_used l1_small_total cb_used cb_peak l1_total
	done)"
same "hooks: what is reserved of DRAM does not count the trace region" \
	"$(((12 << 30) - 12 * 1071181792))" "$(show tt0r1 dram_reserved)"
same "hooks: a buffer did not fit, on any device" \
	"$(for chip in "${chips[@]}"; do echo "l1 $mib $((l1_bank - 40 * mib / 64)) 1"; done)" \
	"$(for chip in "${chips[@]}"; do
		show "$chip" last_failure_{pool,bank_bytes,largest_free} l1_alloc_failures
	done)"
same "hooks: nothing was refused" "0 0 0 0" \
	"$(for n in {0..3}; do show "tt$n" rejected; done | xargs)"
finish
same "hooks: it ends well" 0 $ended
same "hooks: nothing is left of it" "$(for chip in "${chips[@]}"; do echo 0 0; done)" \
	"$(for chip in "${chips[@]}"; do show "$chip" clients l1_used; done)"

# A board too many: the driver has no such chip, and the others are reported as ever.
start mesh 5
same "a mesh with a chip that the driver does not have" \
	"$((7 * mib)) 1" "$(show tt3 l1_used clients)"
finish
same "it ends well" 0 $ended

echo "1..$tests"
exit $failed
