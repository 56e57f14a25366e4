// SPDX-License-Identifier: GPL-2.0-only
/* The library against the real driver. Built for 64 and for 32 bits: both get the same answers. */
#include <kselftest_harness.h>
#include <libttmem.h>

#include "ttmem_test.h"

#define REMOTE_UID	0x1122334455667788ULL

FIXTURE(library) {
	struct ttmem *handle;
	struct ttmem_sysfs *sysfs;
};

FIXTURE_SETUP(library)
{
	ASSERT_EQ(ttmem_open(&self->handle, WORMHOLE), 0);
	ASSERT_EQ(ttmem_sysfs_open(&self->sysfs, NULL), 0);
}

FIXTURE_TEARDOWN(library)
{
	ttmem_close(self->handle);
	ttmem_sysfs_close(self->sysfs);
}

/* A figure as the library reads it, or a negative errno. */
static long long read_figure(struct ttmem_sysfs *sysfs, const char *chip, const char *name)
{
	struct ttmem_stat *stat;
	uint64_t value;
	int ret;

	ret = ttmem_stat_read(sysfs, chip, &stat);
	if (ret)
		return ret;
	ret = ttmem_stat_u64(stat, name, &value);
	ttmem_stat_free(stat);
	return ret ? ret : (long long)value;
}

TEST_F(library, what_is_reported_is_read)
{
	struct ttmem_report_entry entries[] = {
		n300_l1(740544),
		/* More than 32 bits can count. */
		{ .pool = TTMEM_POOL_DRAM, .banks = 12, .bank_bytes = 1ULL << 30,
		  .allocated_bytes = 1000ULL << 20, .largest_free_bytes = 24ULL << 20 },
	};
	struct ttmem_geometry geometry = n300_geometry;
	struct ttmem_query query;

	geometry.chip_uid = 0xfedcba9876543210ULL;
	ASSERT_EQ(ttmem_declare(self->handle, TTMEM_CHIP_LOCAL, &geometry), 0);
	ASSERT_EQ(ttmem_report(self->handle, entries, 2, sizeof(entries[0])), 0);
	ASSERT_EQ(ttmem_query(self->handle, TTMEM_CHIP_LOCAL, &query, sizeof(query)), 0);
	EXPECT_EQ(query.declared.chip_uid, geometry.chip_uid);
	EXPECT_EQ(query.declared.dram_bank_bytes, 1ULL << 30);
	EXPECT_EQ(query.nominal.tensix_enabled, 80);

	EXPECT_EQ(read_figure(self->sysfs, "tt0", "l1_used"), 47394816);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "l1_total"), N300_TOTAL);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "dram_used"), 12000LL << 20);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "dram_total"), 12LL << 30);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "chip_uid"), (long long)geometry.chip_uid);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "trace_total"), -ENODATA);
	EXPECT_EQ(read_figure(self->sysfs, "tt1", "clients"), 0);
	EXPECT_EQ(read_figure(self->sysfs, "tt2", "clients"), -ENOENT);
}

TEST_F(library, remote_chips)
{
	struct ttmem_geometry geometry = n300_geometry;
	struct ttmem_report_entry entry = n300_l1(1000);
	unsigned int chip;
	uint64_t *ids;

	geometry.chip_uid = REMOTE_UID;
	ASSERT_EQ(ttmem_declare_remote(self->handle, &geometry, &chip), 0);
	ASSERT_EQ(chip, 1);
	entry.chip = chip;
	ASSERT_EQ(ttmem_report(self->handle, &entry, 1, sizeof(entry)), 0);
	EXPECT_EQ(read_figure(self->sysfs, "tt0r1", "l1_used"), 64000);
	EXPECT_EQ(read_figure(self->sysfs, "tt0r1", "chip_uid"), REMOTE_UID);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "l1_used"), 0);
	ASSERT_EQ(ttmem_sysfs_clients(self->sysfs, "tt0r1", &ids), 1);
	free(ids);
	EXPECT_EQ(ttmem_sysfs_clients(self->sysfs, "tt0", &ids), 0);
	free(ids);
}

TEST_F(library, failures)
{
	struct ttmem_report_entry entry = n300_l1(1000);

	ASSERT_EQ(ttmem_report(self->handle, &entry, 1, sizeof(entry)), 0);
	ASSERT_EQ(ttmem_failure(self->handle, TTMEM_CHIP_LOCAL, TTMEM_POOL_L1, 5ULL << 32), 0);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "l1_alloc_failures"), 1);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "last_failure_bank_bytes"), 5LL << 32);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "last_failure_largest_free"), N300_BANK - 1000);
}

TEST_F(library, pins)
{
	struct ttmem_geometry geometry = n300_geometry;

	ASSERT_EQ(ttmem_pin(self->handle, TTMEM_CHIP_LOCAL, &geometry), 0);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "l1_total"), N300_TOTAL);
	EXPECT_EQ(read_figure(self->sysfs, "tt0", "clients"), 0);
	ASSERT_EQ(ttmem_unpin(self->handle, TTMEM_CHIP_LOCAL, 0), 0);
}

TEST_F(library, errors)
{
	struct ttmem_geometry geometry = n300_geometry;
	struct ttmem_report_entry entry = n300_l1(1000);
	struct ttmem *handle;

	geometry.tensix_enabled = 120;
	EXPECT_EQ(ttmem_declare(self->handle, TTMEM_CHIP_LOCAL, &geometry), -ERANGE);
	entry.bank_bytes = 1ULL << 58;
	EXPECT_EQ(ttmem_report(self->handle, &entry, 1, sizeof(entry)), -EOVERFLOW);
	EXPECT_EQ(ttmem_open(&handle, 99), -ENOENT);
}

TEST_HARNESS_MAIN
