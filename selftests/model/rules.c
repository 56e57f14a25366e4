// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rules.h"

/* A set has a bit for each. */
static const int numbers[] = {
	EPERM, ENOENT, E2BIG, EAGAIN, EACCES, EFAULT, EEXIST, ENODEV, EINVAL, ENOTTY, ENOSPC,
	ERANGE, ENODATA, EOVERFLOW, EOPNOTSUPP,
};

__u32 fault(int number)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i] == number)
			return 1U << i;
	return 0;
}

void faults_print(__u32 faults, char *text, size_t size)
{
	unsigned int i;
	size_t length = 0;

	text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (faults & 1U << i)
			length += snprintf(text + length, size - length, " %s",
					   strerrorname_np(numbers[i]));
}

#define MOST	(16ULL << 40)	/* of a memory of a chip that nobody knows */

const struct arch arches[FUNCTIONS] = {
	{ "wormhole_b0", TTMEM_ARCH_WORMHOLE_B0, 0x401e, 10,
	  { 0, 80, 0, 1499136, 12, 1ULL << 30 } },
	{ "blackhole", TTMEM_ARCH_BLACKHOLE, 0xb140, 14, { 0, 140, 0, 1572864, 8, 1ULL << 32 } },
	{ "wormhole_b0", TTMEM_ARCH_WORMHOLE_B0, 0x401e, 10,
	  { 0, 80, 0, 1499136, 12, 1ULL << 30 } },
	{ .id = TTMEM_ARCH_UNKNOWN, .device = 0xf00d },
};

__u64 l1_bytes(const struct ttmem_geometry *geometry)
{
	return (__u64)geometry->tensix_enabled * geometry->l1_core_bytes;
}

__u64 dram_bytes(const struct ttmem_geometry *geometry)
{
	return geometry->dram_banks_enabled * geometry->dram_bank_bytes;
}

int geometries_agree(const struct ttmem_geometry *a, const struct ttmem_geometry *b)
{
	return a->tensix_enabled == b->tensix_enabled &&
	       a->tensix_harvest_mask == b->tensix_harvest_mask &&
	       a->l1_core_bytes == b->l1_core_bytes &&
	       a->dram_banks_enabled == b->dram_banks_enabled &&
	       a->dram_bank_bytes == b->dram_bank_bytes &&
	       (!a->chip_uid || !b->chip_uid || a->chip_uid == b->chip_uid);
}

/* ---- a declaration -------------------------------------------------------------------------- */

static int beyond(const struct arch *arch, const struct ttmem_geometry *geometry)
{
	__int128 dram = (__int128)geometry->dram_banks_enabled * geometry->dram_bank_bytes;

	if (!arch->name)
		return l1_bytes(geometry) > MOST || dram > MOST;
	return geometry->tensix_enabled > arch->die.tensix_enabled ||
	       geometry->l1_core_bytes > arch->die.l1_core_bytes ||
	       geometry->dram_banks_enabled > arch->die.dram_banks_enabled ||
	       dram > dram_bytes(&arch->die);
}

__u32 geometry_faults(const struct arch *arch, struct ttmem_geometry *geometry)
{
	__int128 dram = (__int128)geometry->dram_banks_enabled * geometry->dram_bank_bytes;
	__u64 harvested;
	__u32 faults = 0;

	if (!geometry->tensix_enabled || !geometry->l1_core_bytes ||
	    !geometry->dram_banks_enabled || !geometry->dram_bank_bytes)
		faults |= fault(EINVAL);
	if (dram >> 64)
		faults |= fault(EOVERFLOW);
	if (beyond(arch, geometry))
		faults |= fault(ERANGE);
	if (!arch->name)
		return faults;
	geometry->tensix_harvest_mask &= (1U << arch->units) - 1;
	harvested = __builtin_popcount(geometry->tensix_harvest_mask) *
		    (__u64)(arch->die.tensix_enabled / arch->units);
	if (geometry->tensix_enabled + harvested != arch->die.tensix_enabled)
		faults |= fault(EINVAL);
	return faults;
}

/* ---- a report ------------------------------------------------------------------------------- */

/* By the client's own word or, before that, by the whole die. */
struct limits limits_of(const struct client *client, __u32 chip, int pool)
{
	const struct arch *arch = arch_of(client->gateway);
	const struct ttmem_geometry *geometry = &arch->die;
	struct limits none = { .bytes = MOST, .banks = ~0U };
	struct limits l1, dram;

	if (client->seats[chip].declared)
		geometry = &client->seats[chip].geometry;
	else if (!arch->name)
		return none;
	l1 = (struct limits) { l1_bytes(geometry), geometry->tensix_enabled };
	dram = (struct limits) { dram_bytes(geometry), geometry->dram_banks_enabled };
	return pool < TTMEM_POOL_DRAM ? l1 : dram;
}

__u32 shape_faults(struct shape *shape, const struct ttmem_report_entry *entry,
		   struct limits limits)
{
	int whole = !!(entry->flags & TTMEM_REPORT_WHOLE_POOL);
	__int128 region = (__int128)entry->banks * entry->bank_bytes;
	__u32 faults = 0;

	if (entry->pool == TTMEM_POOL_CB && (!whole || entry->banks))
		faults |= fault(EINVAL);
	if (entry->bank_bytes && !entry->banks)
		faults |= fault(EINVAL);
	if (region >> 64)
		faults |= fault(EOVERFLOW);
	if (entry->banks > limits.banks || region > limits.bytes)
		faults |= fault(ERANGE);
	*shape = (struct shape) {
		.reported = 1,
		.whole = whole,
		.sized = entry->bank_bytes || (!whole && !entry->banks),
		.banks = entry->banks,
		.bank_bytes = entry->bank_bytes,
		.region = region,
		.limit = limits.bytes,
	};
	return faults;
}

/* Also of a peak. */
static __u32 allocated_faults(const struct shape *shape, __u64 allocated)
{
	__int128 bytes = (__int128)allocated * (shape->whole ? 1 : shape->banks);

	if (shape->sized)
		return allocated > (shape->whole ? shape->region : shape->bank_bytes) ?
		       fault(EINVAL) : 0;
	if (bytes >> 64)
		return fault(EOVERFLOW);
	return bytes > shape->limit ? fault(ERANGE) : 0;
}

__u32 figures_faults(const struct shape *shape, __u64 allocated, __u64 largest_free)
{
	__u32 faults = allocated_faults(shape, allocated);
	__int128 used = (__int128)allocated * (shape->whole ? 1 : shape->banks);
	__int128 free = (__int128)shape->region - used;

	if (largest_free && !shape->sized)
		faults |= fault(EINVAL);
	if (largest_free > shape->bank_bytes || (__int128)largest_free * shape->banks > free)
		faults |= largest_free ? fault(EINVAL) : 0;
	return faults;
}

static __u32 entry_faults(const struct client *client, const struct ttmem_report_entry *entry,
			  struct shape *shape)
{
	struct limits limits;
	__u32 faults;

	if (entry->pool >= POOLS ||
	    entry->flags & ~(TTMEM_REPORT_WHOLE_POOL | TTMEM_REPORT_RESET_PEAK))
		return fault(EOPNOTSUPP);
	limits = limits_of(client, entry->chip, entry->pool);
	faults = shape_faults(shape, entry, limits);
	return faults | figures_faults(shape, entry->allocated_bytes, entry->largest_free_bytes);
}

/* Pools that share a memory, by one report: do they fit it together? */
static __u32 sum_faults(const struct client *client, const struct ttmem_report_entry *entries,
			const struct shape *shapes, unsigned int nr, __u32 chip, int main,
			int part)
{
	__int128 sum = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (entries[i].chip != chip ||
		    (entries[i].pool != main && entries[i].pool != part))
			continue;
		if (shapes[i].sized)
			sum += shapes[i].region;
		else
			sum += (__int128)entries[i].allocated_bytes *
			       (shapes[i].whole ? 1 : shapes[i].banks);
	}
	return sum > limits_of(client, chip, main).bytes ? fault(ERANGE) : 0;
}

__u32 report_faults(const struct client *client, const struct ttmem_report_entry *entries,
		    unsigned int nr)
{
	struct shape shapes[8];
	unsigned int i, j;
	__u32 faults = 0;

	for (i = 0; i < nr; i++) {
		if (entries[i].chip >= TTMEM_MAX_CHIPS ||
		    (entries[i].chip && !client->seats[entries[i].chip].there))
			return faults | fault(ENODATA) | fault(EOPNOTSUPP) | fault(EINVAL) |
			       fault(ERANGE) | fault(EOVERFLOW);
		for (j = 0; j < i; j++)
			if (entries[j].chip == entries[i].chip &&
			    entries[j].pool == entries[i].pool)
				faults |= fault(EINVAL);
		faults |= entry_faults(client, &entries[i], &shapes[i]);
	}
	for (i = 0; i < nr && !(faults & fault(EOPNOTSUPP)); i++) {
		faults |= sum_faults(client, entries, shapes, nr, entries[i].chip, TTMEM_POOL_L1,
				     TTMEM_POOL_L1_SMALL);
		faults |= sum_faults(client, entries, shapes, nr, entries[i].chip, TTMEM_POOL_DRAM,
				     TTMEM_POOL_TRACE);
	}
	return faults;
}

/* ---- a ledger page -------------------------------------------------------------------------- */

/* The checks of a report, for what was reported of the pool. */
__u32 page_faults(const struct shape *shape, const struct ttmem_page_figures *figures)
{
	__u32 faults;

	if (!shape->reported)
		return figures->allocated_bytes || figures->largest_free_bytes ||
		       figures->peak_bytes ? fault(EINVAL) : 0;
	faults = figures_faults(shape, figures->allocated_bytes, figures->largest_free_bytes) |
		 allocated_faults(shape, figures->peak_bytes);
	if (figures->peak_bytes < figures->allocated_bytes)
		faults |= fault(EINVAL);
	return faults;
}
