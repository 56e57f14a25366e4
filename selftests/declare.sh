#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ttmem declare with the real driver: capacity is known before any runtime starts, all chips of a
# descriptor are pinned or none, and pins are taken back.
set -u

cd "$(dirname "$(readlink -f "$0")")" || exit 1
. vm/check
. vm/drivers
PATH=$PWD/../userspace/ttmem:$PATH
class=/sys/class/tenstorrent
work=$(mktemp -d)
chmod 755 "$work"
n300=95944704
p150=188743680
privilege="it takes the capability CAP_SYS_ADMIN; run it as root"

# What a command says, and its exit code.
outcome()
{
	"$@" 2>&1 | sed "s|$work/||"
	echo "=> ${PIPESTATUS[0]}"
}

# Each chip with the source of its geometry, its cores, mask, totals and clients; '-' is unknown.
chips()
{
	local chip figure line

	for chip in "$class"/tt[0-9]*; do
		line=${chip##*/}
		for figure in geometry_source tensix_enabled tensix_harvest_mask l1_total dram_total \
			clients; do
			line+=" $(cat "$chip/mem/$figure" 2> /dev/null || echo -)"
		done
		echo "$line"
	done
}

# shellcheck disable=SC2317 # called by outcome
as_nobody()
{
	setpriv --reuid=nobody --clear-groups "$@"
}

# with SED_SCRIPT: the descriptor of the machine, but for a mistake
with()
{
	sed "$1" "$work/machine.yaml" > "$work/other.yaml"
	echo "$work/other.yaml"
}

# An n300 and a p150, as the virtual machine has them.
cat > "$work/machine.yaml" <<'END'
arch:
  0: wormhole_b0
  1: wormhole_b0
  2: blackhole
chip_unique_ids:
  0: 0x5454000000000000
  1: 0x5454000000000001
ethernet_connections:
  -
    - chip: 0
      chan: 8
    - chip: 1
      chan: 0
chips_with_mmio:
  - 0: 0
  - 2: 1
harvesting:
  0:
    harvest_mask: 65
    dram_harvesting_mask: 0
  1:
    harvest_mask: 5
    dram_harvesting_mask: 0
  2:
    harvest_mask: 192
    dram_harvesting_mask: 0
chip_pci_bdfs:
  0: 1e52:00:00.0
  2: 1e52:00:01.0
END
nothing="tt0 none - - - - 0
tt1 none - - - - 0"
everything="tt0 pinned 64 0x41 $n300 $((12 << 30)) 0
tt0r1 pinned 64 0x5 $n300 $((12 << 30)) 0
tt1 pinned 120 0xc0 $p150 $((32 << 30)) 0"
given_back="tt0 none - - - - 0
tt0r1 none - - - - 0
tt1 none - - - - 0"

echo "TAP version 13"

# ---- nothing is declared by what is wrong ------------------------------------------------------

same "capacity is unknown" "$nothing" "$(chips)"
same "an impossible mask" \
	"ttmem: other.yaml:25:19: no Tensix core is left of chip 2
=> 1" "$(outcome ttmem declare "$(with 's/harvest_mask: 192/harvest_mask: 0x3fff/')")"
same "bad YAML" \
	"ttmem: other.yaml:2:17: did not find expected ',' or ']' while parsing a flow sequence
=> 1" "$(outcome ttmem declare "$(with 's/0: wormhole_b0/0: [worm: hole: b0/')")"
same "a chip that is not there" \
	"ttmem: other.yaml:16:8: there is no tt7
=> 1" "$(outcome ttmem declare "$(with 's/- 2: 1/- 2: 7/')")"
same "a chip of another kind" \
	"ttmem: other.yaml:2:3: chip 0 is a wormhole_b0, but tt1 is blackhole
=> 1" "$(outcome ttmem declare "$(with 's/- 2: 1/- 2: 0/; s/- 0: 0/- 0: 1/')")"
same "a chip in another place" \
	"ttmem: other.yaml:29:6: chip 2 is tt1, and that is at 1e52:00:01.0
=> 1" "$(outcome ttmem declare "$(with 's/00:01.0/00:02.0/')")"
same "a user who may not open the node" \
	"ttmem: /dev/ttmem/tt0: Permission denied
=> 1" "$(outcome as_nobody ttmem declare "$work/machine.yaml")"
chmod 666 /dev/ttmem/tt*
same "a user who may report, but not pin" \
	"ttmem: machine.yaml:2:3: chip 0 cannot be pinned: $privilege
=> 1" "$(outcome as_nobody ttmem declare "$work/machine.yaml")"
same "a dry run without privilege" \
	"LOGICAL GATEWAY ACCESS ARCH          CORES MASK  L1_TOTAL DRAM_TOTAL CHIP_UID
      0 tt0     pci    wormhole_b0   64/80 0x41  91.5 MiB   12.0 GiB 0x5454000000000000
      1 tt0     remote wormhole_b0   64/80  0x5  91.5 MiB   12.0 GiB 0x5454000000000001
      2 tt1     pci    blackhole   120/140 0xc0 180.0 MiB   32.0 GiB -
=> 0" "$(outcome as_nobody ttmem declare -n "$work/machine.yaml")"
same "nothing is declared by any of these" "$nothing" "$(chips)"

# ---- pinned, and taken back ---------------------------------------------------------------------

# As the unit runs it.
same "the one capability is enough, and success says nothing" "=> 0" \
	"$(outcome setpriv --bounding-set=-all,+sys_admin ttmem declare "$work/machine.yaml")"
same "capacity is known, of the remote chip, too, and there is no client" "$everything" "$(chips)"
same "ttmem shows it" \
	"tt0 64 $n300
tt0r1 64 $n300
tt1 120 $p150" "$(ttmem -rno chip,tensix_enabled,l1_total)"
same "the remote chip has its id" 0x5454000000000001 "$(cat "$class/tt0r1/mem/chip_uid")"
same "once more" "=> 0" "$(outcome ttmem declare "$work/machine.yaml")"
same "is the same" "$everything" "$(chips)"
same "a user cannot take it back" \
	"ttmem: the pin of chip 0 cannot be taken back: $privilege
ttmem: the pin of chip 1 cannot be taken back: $privilege
ttmem: the pin of chip 2 cannot be taken back: $privilege
=> 1" "$(outcome as_nobody ttmem declare --undo "$work/machine.yaml")"
same "and it stays" "$everything" "$(chips)"
same "the chips on PCI are taken back" "=> 0" \
	"$(outcome ttmem declare --undo --local "$work/machine.yaml")"
same "and no other" \
	"tt0 none - - - - 0
tt0r1 pinned 64 0x5 $n300 $((12 << 30)) 0
tt1 none - - - - 0" "$(chips)"
same "all that is left is taken back" "=> 0" "$(outcome ttmem declare --undo)"
same "all are as before, but the remote chip is there" "$given_back" "$(chips)"
same "what is not pinned cannot be missed" "=> 0" \
	"$(outcome ttmem declare --undo "$work/machine.yaml")"
same "nor can a chip that is not there" "=> 0" \
	"$(outcome ttmem declare --undo "$(with 's/- 2: 1/- 2: 7/')")"
ttmem declare "$work/machine.yaml"
same "all of a descriptor are taken back" "=> 0
$given_back" "$(outcome ttmem declare -u "$work/machine.yaml"; chips)"

# ---- half of it ---------------------------------------------------------------------------------

reload_with wormhole,wormhole
cat > "$work/right.yaml" <<'END'
arch: {1: wormhole_b0, 2: wormhole_b0}
chip_unique_ids: {2: 77}
ethernet_connections: [[{chip: 1}, {chip: 2}]]
chips_with_mmio: [1: 1]
harvesting: {1: {harvest_mask: 1}, 2: {harvest_mask: 2}}
END
cat > "$work/wrong.yaml" <<'END'
arch: {0: wormhole_b0, 1: wormhole_b0, 2: wormhole_b0, 3: wormhole_b0}
chip_unique_ids: {2: 77, 3: 78}
ethernet_connections: [[{chip: 0}, {chip: 2}], [{chip: 1}, {chip: 3}], [{chip: 2}, {chip: 3}]]
chips_with_mmio: [0: 0, 1: 1]
harvesting:
  {0: {harvest_mask: 16}, 1: {harvest_mask: 32}, 2: {harvest_mask: 0}, 3: {harvest_mask: 0}}
END
ttmem declare "$work/right.yaml"
half="tt0 none - - - - 0
tt1 pinned 72 0x1 107937792 $((12 << 30)) 0
tt1r1 pinned 72 0x2 107937792 $((12 << 30)) 0"
same "one of two boards is pinned" "$half" "$(chips)"
elsewhere="it is behind another gateway, where a runtime or a pin holds it"
same "a remote chip that is pinned behind another gateway" \
	"ttmem: wrong.yaml:1:40: chip 2 cannot be pinned: $elsewhere
=> 1" "$(outcome ttmem declare "$work/wrong.yaml")"
same "all pins are as they were, also one that was another" "$half" "$(chips)"

# ---- no driver ----------------------------------------------------------------------------------

rmmod ttmem
same "without the module" \
	"ttmem: the module ttmem is not loaded; run 'modprobe ttmem'
=> 3" "$(outcome ttmem declare "$work/machine.yaml")"

rm -r "$work"
echo "1..$tests"
exit $failed
