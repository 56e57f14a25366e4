/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a chip can have: the limits of each architecture, and from harvesting to capacity.
 *
 * Pure code: no devices, no files, no locks. It is tested in the kernel and in userspace.
 */
#ifndef TTMEM_GEOMETRY_H
#define TTMEM_GEOMETRY_H

#include <linux/bits.h>
#include <linux/types.h>
#include <linux/ttmem.h>

#include "pools.h"

#define TTMEM_PCI_VENDOR	0x1e52

/*
 * No figure of a chip is larger than this, whatever the architecture: it keeps the sum over all
 * clients of an unknown one within 64 bits (see TTMEM_MAX_CLIENTS).
 */
#define TTMEM_MAX_BYTES		BIT_ULL(44)

/**
 * struct ttmem_arch_info - limits of an architecture
 * @name: its name, spelled as the user-mode driver spells it; NULL if it is not known
 * @id: the same for callers of the ioctl
 * @pci_device: PCI device id
 * @harvest_units: rows or columns of Tensix cores that can be fused off
 * @die: the chip as it would be without harvesting; zero if the architecture is not known
 */
struct ttmem_arch_info {
	const char *name;
	enum ttmem_arch id;
	u16 pci_device;
	u32 harvest_units;
	struct ttmem_geometry die;
};

const struct ttmem_arch_info *ttmem_arch_find(u16 pci_device);
int ttmem_geometry_check(const struct ttmem_arch_info *arch, struct ttmem_geometry *geometry);
u64 ttmem_geometry_capacity(const struct ttmem_geometry *geometry, enum ttmem_memory memory);
bool ttmem_geometry_merge(struct ttmem_geometry *word, const struct ttmem_geometry *said);

#endif /* TTMEM_GEOMETRY_H */
