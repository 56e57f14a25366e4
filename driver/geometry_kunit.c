// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "geometry.h"

#define WORMHOLE	0x401e
#define BLACKHOLE	0xb140
#define FUTURE		0xf00d

/* Boards as they are: what the user-mode driver read off real ones. */
static const struct {
	const char *board;
	u16 pci_device;
	struct ttmem_geometry geometry;
	u64 l1, dram;
} boards[] = {
	{ "galaxy", WORMHOLE, { 0, 80, 0, 1499136, 12, 1ULL << 30 }, 119930880, 12ULL << 30 },
	{ "n150", WORMHOLE, { 0, 72, 64, 1499136, 12, 1ULL << 30 }, 107937792, 12ULL << 30 },
	{ "n300", WORMHOLE, { 0, 64, 65, 1499136, 12, 1ULL << 30 }, 95944704, 12ULL << 30 },
	{ "p100", BLACKHOLE, { 0, 120, 192, 1572864, 7, 1ULL << 32 }, 188743680, 28ULL << 30 },
	{ "p150", BLACKHOLE, { 0, 120, 192, 1572864, 8, 1ULL << 32 }, 188743680, 32ULL << 30 },
	{ "p150, one column", BLACKHOLE, { 0, 130, 1, 1572864, 8, 1ULL << 32 },
	  204472320, 32ULL << 30 },
	{ "p150, whole", BLACKHOLE, { 0, 140, 0, 1572864, 8, 1ULL << 32 },
	  220200960, 32ULL << 30 },
	{ "p300", BLACKHOLE, { 0, 120, 8320, 1572864, 8, 1ULL << 32 }, 188743680, 32ULL << 30 },
};

static const struct ttmem_geometry n300 = { 0, 64, 65, 1499136, 12, 1ULL << 30 };

static int check(u16 pci_device, const struct ttmem_geometry *geometry)
{
	struct ttmem_geometry copy = *geometry;

	return ttmem_geometry_check(ttmem_arch_find(pci_device), &copy);
}

static void arch_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, ttmem_arch_find(WORMHOLE)->name, "wormhole_b0");
	KUNIT_EXPECT_STREQ(test, ttmem_arch_find(BLACKHOLE)->name, "blackhole");
	KUNIT_EXPECT_TRUE(test, !ttmem_arch_find(FUTURE)->name);
	KUNIT_EXPECT_EQ(test, ttmem_arch_find(WORMHOLE)->id, TTMEM_ARCH_WORMHOLE_B0);
	KUNIT_EXPECT_EQ(test, ttmem_arch_find(BLACKHOLE)->id, TTMEM_ARCH_BLACKHOLE);
	KUNIT_EXPECT_EQ(test, ttmem_arch_find(FUTURE)->id, TTMEM_ARCH_UNKNOWN);
}

static void boards_fit(struct kunit *test)
{
	const struct ttmem_geometry *geometry;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boards); i++) {
		geometry = &boards[i].geometry;
		KUNIT_EXPECT_EQ_MSG(test, check(boards[i].pci_device, geometry), 0, "%s",
				    boards[i].board);
		KUNIT_EXPECT_EQ(test, ttmem_geometry_capacity(geometry, TTMEM_MEMORY_L1),
				boards[i].l1);
		KUNIT_EXPECT_EQ(test, ttmem_geometry_capacity(geometry, TTMEM_MEMORY_DRAM),
				boards[i].dram);
	}
}

/* 120 is the number of nodes of Wormhole's NoC grid, and was taken for the number of its cores. */
static void noc_grid_is_not_cores(struct kunit *test)
{
	struct ttmem_geometry geometry = n300;

	geometry.tensix_enabled = 120;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -ERANGE);
	geometry.tensix_harvest_mask = 0;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -ERANGE);
	KUNIT_EXPECT_EQ(test, check(BLACKHOLE, &geometry), -ERANGE);	/* 12 banks */
	geometry.dram_banks_enabled = 8;
	KUNIT_EXPECT_EQ(test, check(BLACKHOLE, &geometry), -EINVAL);	/* no mask */
	geometry.tensix_harvest_mask = 3;
	KUNIT_EXPECT_EQ(test, check(BLACKHOLE, &geometry), 0);
}

static void beyond_the_die(struct kunit *test)
{
	struct ttmem_geometry geometry = n300;

	geometry.tensix_enabled = 81;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -ERANGE);
	geometry = n300;
	geometry.l1_core_bytes++;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -ERANGE);
	geometry = n300;
	geometry.dram_banks_enabled = 13;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -ERANGE);
	geometry = n300;
	geometry.dram_bank_bytes++;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -ERANGE);
	/* The same bytes in other units are the same bytes. */
	geometry.dram_banks_enabled = 6;
	geometry.dram_bank_bytes = 2ULL << 30;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), 0);
	geometry.dram_bank_bytes++;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -ERANGE);
}

static void mask_against_cores(struct kunit *test)
{
	struct ttmem_geometry geometry = n300;

	geometry.tensix_harvest_mask = 1;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -EINVAL);
	geometry.tensix_harvest_mask = 7;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -EINVAL);
	geometry = n300;
	geometry.tensix_enabled = 63;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -EINVAL);
	/* No core left to harvest. */
	geometry.tensix_enabled = 0;
	geometry.tensix_harvest_mask = 0x3ff;
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -EINVAL);
}

static void mask_bits_beyond_the_grid(struct kunit *test)
{
	struct ttmem_geometry geometry = n300;

	geometry.tensix_harvest_mask |= 0xfffffc00;
	KUNIT_EXPECT_EQ(test, ttmem_geometry_check(ttmem_arch_find(WORMHOLE), &geometry), 0);
	KUNIT_EXPECT_EQ(test, geometry.tensix_harvest_mask, 65u);
	/* Bit 13 is the last column of a Blackhole. */
	geometry = boards[ARRAY_SIZE(boards) - 1].geometry;
	geometry.tensix_harvest_mask |= 1 << 14;
	KUNIT_EXPECT_EQ(test, ttmem_geometry_check(ttmem_arch_find(BLACKHOLE), &geometry), 0);
	KUNIT_EXPECT_EQ(test, geometry.tensix_harvest_mask, 8320u);
}

static void nothing_is_not_a_chip(struct kunit *test)
{
	static const u16 devices[] = { WORMHOLE, BLACKHOLE, FUTURE };
	struct ttmem_geometry geometry;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		memset(&geometry, 0, sizeof(geometry));
		KUNIT_EXPECT_EQ(test, check(devices[i], &geometry), -EINVAL);
		geometry = n300;
		geometry.l1_core_bytes = 0;
		KUNIT_EXPECT_EQ(test, check(devices[i], &geometry), -EINVAL);
		geometry = n300;
		geometry.dram_banks_enabled = 0;
		KUNIT_EXPECT_EQ(test, check(devices[i], &geometry), -EINVAL);
		geometry = n300;
		geometry.dram_bank_bytes = 0;
		KUNIT_EXPECT_EQ(test, check(devices[i], &geometry), -EINVAL);
	}
}

/* A chip of the future has no limits but those of arithmetic and sanity, and keeps its mask. */
static void future_chip(struct kunit *test)
{
	struct ttmem_geometry geometry = { 0, 1000, 0xdeadbeef, 4 << 20, 64, 8ULL << 30 };

	KUNIT_EXPECT_EQ(test, ttmem_geometry_check(ttmem_arch_find(FUTURE), &geometry), 0);
	KUNIT_EXPECT_EQ(test, geometry.tensix_harvest_mask, 0xdeadbeefu);

	geometry.dram_bank_bytes = 1ULL << 58;
	KUNIT_EXPECT_EQ(test, check(FUTURE, &geometry), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, check(WORMHOLE, &geometry), -EOVERFLOW);
	/* What 64 bits have of it is harmless. */
	geometry.dram_bank_bytes++;
	KUNIT_EXPECT_EQ(test, check(FUTURE, &geometry), -EOVERFLOW);
	geometry.dram_bank_bytes = TTMEM_MAX_BYTES / 64;
	KUNIT_EXPECT_EQ(test, check(FUTURE, &geometry), 0);
	geometry.dram_bank_bytes++;
	KUNIT_EXPECT_EQ(test, check(FUTURE, &geometry), -ERANGE);
	geometry.dram_bank_bytes = 1;
	geometry.tensix_enabled = U32_MAX;
	geometry.l1_core_bytes = U32_MAX;
	KUNIT_EXPECT_EQ(test, check(FUTURE, &geometry), -ERANGE);
}

static void merge_declarations(struct kunit *test)
{
	struct ttmem_geometry word = n300, said = n300;

	KUNIT_EXPECT_TRUE(test, ttmem_geometry_merge(&word, &said));
	said.chip_uid = 7;
	KUNIT_EXPECT_TRUE(test, ttmem_geometry_merge(&word, &said));
	KUNIT_EXPECT_EQ(test, word.chip_uid, 7ULL);
	/* Who does not know the id agrees, and takes nothing away. */
	said.chip_uid = 0;
	KUNIT_EXPECT_TRUE(test, ttmem_geometry_merge(&word, &said));
	KUNIT_EXPECT_EQ(test, word.chip_uid, 7ULL);
	said.chip_uid = 8;
	KUNIT_EXPECT_FALSE(test, ttmem_geometry_merge(&word, &said));
	KUNIT_EXPECT_EQ(test, word.chip_uid, 7ULL);
}

/* Spoil one member of a declaration. */
#define EXPECT_CONFLICT(member)							\
	do {									\
		struct ttmem_geometry word = n300, said = n300;			\
										\
		said.member++;							\
		said.chip_uid = 9;						\
		KUNIT_EXPECT_FALSE(test, ttmem_geometry_merge(&word, &said));	\
		KUNIT_EXPECT_EQ(test, memcmp(&word, &n300, sizeof(word)), 0);	\
	} while (0)

static void merge_conflicts(struct kunit *test)
{
	EXPECT_CONFLICT(tensix_enabled);
	EXPECT_CONFLICT(tensix_harvest_mask);
	EXPECT_CONFLICT(l1_core_bytes);
	EXPECT_CONFLICT(dram_banks_enabled);
	EXPECT_CONFLICT(dram_bank_bytes);
}

static struct kunit_case geometry_cases[] = {
	KUNIT_CASE(arch_names),
	KUNIT_CASE(boards_fit),
	KUNIT_CASE(noc_grid_is_not_cores),
	KUNIT_CASE(beyond_the_die),
	KUNIT_CASE(mask_against_cores),
	KUNIT_CASE(mask_bits_beyond_the_grid),
	KUNIT_CASE(nothing_is_not_a_chip),
	KUNIT_CASE(future_chip),
	KUNIT_CASE(merge_declarations),
	KUNIT_CASE(merge_conflicts),
	{}
};

static struct kunit_suite geometry_suite = {
	.name = "ttmem_geometry",
	.test_cases = geometry_cases,
};

kunit_test_suites(&geometry_suite);
