// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>

#include "geometry.h"

/*
 * Not a table of boards: a board's cores vary with its parts and its firmware, so what is left
 * after harvesting is always declared. The last line stands for every chip that is not listed.
 *
 * An L1 of Wormhole has 1464 KiB. DRAM is counted in the banks that allocators see: Wormhole's 6
 * channels of 2 GiB are 12 banks of 1 GiB.
 */
static const struct ttmem_arch_info architectures[] = {
	{
		.name = "wormhole_b0",
		.id = TTMEM_ARCH_WORMHOLE_B0,
		.pci_device = 0x401e,
		.harvest_units = 10,
		.die = {
			.tensix_enabled = 80,
			.l1_core_bytes = 1499136,
			.dram_banks_enabled = 12,
			.dram_bank_bytes = 1ULL << 30,
		},
	}, {
		.name = "blackhole",
		.id = TTMEM_ARCH_BLACKHOLE,
		.pci_device = 0xb140,
		.harvest_units = 14,
		.die = {
			.tensix_enabled = 140,
			.l1_core_bytes = 1572864,
			.dram_banks_enabled = 8,
			.dram_bank_bytes = 1ULL << 32,
		},
	}, {
		.id = TTMEM_ARCH_UNKNOWN,
	},
};

/**
 * ttmem_arch_find - limits of the architecture of a PCI function
 * @pci_device: its PCI device id
 *
 * Return: the limits, those of no known architecture included; never NULL.
 */
const struct ttmem_arch_info *ttmem_arch_find(u16 pci_device)
{
	const struct ttmem_arch_info *arch = architectures;

	while (arch->name && arch->pci_device != pci_device)
		arch++;
	return arch;
}

/**
 * ttmem_geometry_capacity - bytes of one memory of a chip
 * @geometry: one that passed ttmem_geometry_check(), or a die
 * @memory: which memory
 *
 * Return: bytes over all cores or banks.
 */
u64 ttmem_geometry_capacity(const struct ttmem_geometry *geometry, enum ttmem_memory memory)
{
	if (memory == TTMEM_MEMORY_L1)
		return (u64)geometry->tensix_enabled * geometry->l1_core_bytes;
	return geometry->dram_banks_enabled * geometry->dram_bank_bytes;
}

/* No more than the die has or, if there is none to compare with, no more than sanity? */
static bool within_die(const struct ttmem_arch_info *arch, const struct ttmem_geometry *geometry)
{
	u64 dram = ttmem_geometry_capacity(geometry, TTMEM_MEMORY_DRAM);

	if (!arch->name)
		return ttmem_geometry_capacity(geometry, TTMEM_MEMORY_L1) <= TTMEM_MAX_BYTES &&
		       dram <= TTMEM_MAX_BYTES;

	/* DRAM by its bytes: who counts channels of 2 GiB instead of banks of 1 GiB is right. */
	return geometry->tensix_enabled <= arch->die.tensix_enabled &&
	       geometry->l1_core_bytes <= arch->die.l1_core_bytes &&
	       geometry->dram_banks_enabled <= arch->die.dram_banks_enabled &&
	       dram <= ttmem_geometry_capacity(&arch->die, TTMEM_MEMORY_DRAM);
}

/**
 * ttmem_geometry_check - is a declaration possible at all?
 * @arch: architecture of the chip
 * @geometry: the declaration; mask bits beyond the grid are cleared, for firmware leaves them set
 *
 * Return: 0, -EINVAL if it has no cores, no L1 or no DRAM or if mask and cores contradict each
 * other, -EOVERFLOW if its capacity does not fit into 64 bits, -ERANGE if it is beyond the die.
 */
int ttmem_geometry_check(const struct ttmem_arch_info *arch, struct ttmem_geometry *geometry)
{
	u32 unit_cores, harvested;
	u64 dram;

	if (!geometry->tensix_enabled || !geometry->l1_core_bytes ||
	    !geometry->dram_banks_enabled || !geometry->dram_bank_bytes)
		return -EINVAL;
	if (check_mul_overflow((u64)geometry->dram_banks_enabled, (u64)geometry->dram_bank_bytes,
			       &dram))
		return -EOVERFLOW;
	if (!within_die(arch, geometry))
		return -ERANGE;
	if (!arch->name)
		return 0;

	geometry->tensix_harvest_mask &= BIT(arch->harvest_units) - 1;
	unit_cores = arch->die.tensix_enabled / arch->harvest_units;
	harvested = hweight32(geometry->tensix_harvest_mask) * unit_cores;
	if (geometry->tensix_enabled + harvested != arch->die.tensix_enabled)
		return -EINVAL;
	return 0;
}

/**
 * ttmem_geometry_merge - add one client's declaration to what others said
 * @word: what they said; takes over the unique id if it had none
 * @said: the declaration
 *
 * A client need not know the unique id: zero agrees with every other.
 *
 * Return: true if they agree; otherwise @word is unchanged.
 */
bool ttmem_geometry_merge(struct ttmem_geometry *word, const struct ttmem_geometry *said)
{
	if (word->chip_uid && said->chip_uid && word->chip_uid != said->chip_uid)
		return false;
	if (word->tensix_enabled != said->tensix_enabled ||
	    word->tensix_harvest_mask != said->tensix_harvest_mask ||
	    word->l1_core_bytes != said->l1_core_bytes ||
	    word->dram_banks_enabled != said->dram_banks_enabled ||
	    word->dram_bank_bytes != said->dram_bank_bytes)
		return false;
	if (!word->chip_uid)
		word->chip_uid = said->chip_uid;
	return true;
}
