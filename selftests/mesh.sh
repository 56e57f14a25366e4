#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Machines whose chips are not all on PCI, and processes that say nothing: every chip is shown by
# itself, and silence is told from idleness.
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/both_ways
. vm/check
. vm/drivers
PATH=$PWD/../userspace/ttmem:$PWD/runtime_sim:$PATH
class=/sys/class/tenstorrent
work=$(mktemp -d)

# show CHIP FIGURE...
show()
{
	local chip=$1 figure values=()

	shift
	for figure; do
		values+=("$(cat "$class/$chip/mem/$figure")")
	done
	echo "${values[*]}"
}

# last_failure CHIP: pool, bytes asked for, largest block then, pid
last_failure()
{
	grep -E '^last_failure_(pool|bank_bytes|largest_free|pid) ' "$class/$1/mem/stat" |
		cut -d ' ' -f 2 | xargs
}

# columns NAME[,NAME...]: what ttmem shows, without alignment
columns()
{
	ttmem --raw --noheadings --output "$1"
}

# A column of boards.tsv for all chips of a source.
boards()
{
	awk -F '\t' -v source="$1" -v column="$2" \
		'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
		 $1 == source { print $at }' data/boards.tsv
}

# Numbers of the clients of chips.
clients()
{
	local chip

	for chip; do
		ls "$class/$chip/clients"
	done
}

# Starts a runtime in the background and goes on once its buffers are allocated: sets $runtime. It
# holds the file $held open.
held=/dev/null
play()
{
	local line=''

	rm -f "$work/said"
	mkfifo "$work/said"
	runtime_sim "$@" < /dev/null > "$work/said" 4< "$held" &
	runtime=$!
	while IFS= read -r line && [ "$line" != ready ]; do :; done < "$work/said"
	[ "$line" = ready ] || echo "# runtime_sim $* ended too early"
}

murder()
{
	kill -9 "$@"
	wait "$@" 2> /dev/null
}

echo "TAP version 13"

# ---- n300: one PCI function, two chips -----------------------------------------------------------

reload_with wormhole
n300=95944704
play --machine wormhole_N300.yaml runtime_sim/scripts/n300_pair.txt
first=$runtime
shared=$((64 * 4 * 32 * (1088 + 2048)))
l1=$((shared + 64 * 900 * 1024))
remote_l1=$((shared + 64 * 64 * 2048))
dram=$((12 * 2 * 683 * 1088 + 12 * 2667 * 2048))
remote_dram=$((12 * 2 * 683 * 1088 + 12 * 5334 * 1088))

same "n300: ttmem shows both chips, each by itself" \
	"tt0 $l1 $n300 $dram 1
tt0r1 $remote_l1 $n300 $remote_dram 1" \
	"$(columns chip,l1_used,l1_total,dram_used,clients)"
same "n300: so does sysfs, for the chip on PCI" \
	"$l1 $n300 64 0x41 0x5454000000000000" \
	"$(show tt0 l1_used l1_total tensix_enabled tensix_harvest_mask chip_uid)"
same "n300: and for the one behind it" \
	"$remote_l1 $n300 64 0x5 0x5454000000000001" \
	"$(show tt0r1 l1_used l1_total tensix_enabled tensix_harvest_mask chip_uid)"
same "n300: an allocation has failed on the remote chip alone" \
	"0 1" "$(show tt0 l1_alloc_failures) $(show tt0r1 l1_alloc_failures)"
same "n300: for it was too large for the largest block" \
	"l1 921600 862944 $first" "$(last_failure tt0r1)"
same "n300: one file is one client of both chips" \
	"$(clients tt0)" "$(clients tt0r1)"

# Another process knows the remote chip by its unique id, and so comes to the same one.
play --machine wormhole_N300.yaml <(printf '%s\n' 'alloc a l1 64*3*2048 on 1' wait)
same "n300: a second process adds to the chip that it uses, and to no other" \
	"tt0 $l1 $dram 2
tt0r1 $((remote_l1 + 64 * 3 * 2048)) $remote_dram 2" \
	"$(columns chip,l1_used,dram_used,clients)"
murder "$runtime"
same "n300: what it held is gone with it" \
	"tt0 $l1 1
tt0r1 $remote_l1 1" "$(columns chip,l1_used,clients)"
murder "$first"
same "n300: nothing is left of a killed runtime" \
	"tt0 0 $n300 0 0
tt0r1 0 $n300 0 0" "$(columns chip,l1_used,l1_total,dram_used,clients)"
same "n300: nor of its clients" "" "$(clients tt0 tt0r1)"

# ---- silence -------------------------------------------------------------------------------------

# A runtime that does not know ttmem.
held=/dev/tenstorrent/0
play --no-driver --machine wormhole_N300.yaml runtime_sim/scripts/n300_pair.txt
silent=$runtime
same "a process that only holds the chip is marked" \
	"1 not reporting" "$(ttmem -n -o silent | head -n 1)"
same "as a number for programs, and unknown for a remote chip" \
	"tt0 1
tt0r1 -" "$(columns chip,silent)"
play --machine wormhole_N300.yaml runtime_sim/scripts/n300_pair.txt
same "one that reports, too, is not" \
	"tt0 1 1
tt0r1 1 -" "$(columns chip,clients,silent)"
same "both hold the chip" "$(printf '%s\n' "$silent" "$runtime" | sort)" \
	"$(sort /proc/driver/tenstorrent/0/pids)"
same "where the client has no pid, the holder that has one is not accused" "-" \
	"$(unshare --pid --fork --mount-proc bash -c \
		'exec 4< /dev/tenstorrent/0; ttmem -r -n -o silent | head -n 1')"
same "a holder that has no pid is not counted" "0" \
	"$(unshare --pid --fork --mount-proc ttmem -r -n -o silent | head -n 1)"
murder "$silent"
same "nobody holds it in silence any more" "0" "$(columns silent | head -n 1)"
murder "$runtime"
held=/dev/null

# ---- T3000: four PCI functions, eight chips ------------------------------------------------------

reload_with wormhole,wormhole,wormhole,wormhole
same "remote chips go with their gateway" "tt0 tt1 tt2 tt3" "$(columns chip | xargs)"
play --machine t3k_cluster_desc.yaml runtime_sim/scripts/t3000_story.txt
on_pci=(tt{0..3})
behind=(tt{0..3}r1)
tile=$((64 * 2048))
dram=$((12 * (4096 + 1366 + 5462 + 5462) * 1088 + 12 * 2731 * 2048))

same "T3000: ttmem shows eight chips, each by itself" \
	"tt0 $((13 * tile)) $n300 $dram 1
tt0r1 $((17 * tile)) $n300 $dram 1
tt1 $((14 * tile)) $n300 $dram 1
tt1r1 $((12 * tile)) $n300 $dram 1
tt2 $((15 * tile)) $n300 $dram 1
tt2r1 $((19 * tile)) $n300 $dram 1
tt3 $((16 * tile)) $n300 $dram 1
tt3r1 $((20 * tile)) $n300 $dram 1" \
	"$(columns chip,l1_used,l1_total,dram_used,clients)"
same "T3000: their sum is what the machine has" \
	"$((8 * n300)) $((8 * 12 << 30))" \
	"$(columns l1_total,dram_total | awk '{ l1 += $1; dram += $2 } END { printf "%.0f %.0f\n", l1, dram }')"
same "T3000: each has the harvest mask of its board" \
	"$(boards t3k_cluster_desc.yaml tensix_harvest_mask | xargs printf '0x%x\n')" \
	"$(for chip in "${on_pci[@]}" "${behind[@]}"; do show "$chip" tensix_harvest_mask; done)"
same "T3000: and an id of its own" 8 \
	"$(for chip in "${on_pci[@]}" "${behind[@]}"; do show "$chip" chip_uid; done | sort -u | wc -l)"
same "T3000: four files are four clients" 4 "$(clients "${on_pci[@]}" | sort -u | wc -l)"
same "T3000: of eight chips" "$(clients "${on_pci[@]}")" "$(clients "${behind[@]}")"
murder "$runtime"
same "T3000: nothing is left of a killed runtime" \
	"$(for n in {0..3}; do echo "tt$n 0 $n300 0 0"; echo "tt${n}r1 0 $n300 0 0"; done)" \
	"$(columns chip,l1_used,l1_total,dram_used,clients)"

rm -r "$work"
echo "1..$tests"
exit $failed
