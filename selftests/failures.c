// SPDX-License-Identifier: GPL-2.0-only
/* FAILURE: what answers "exhausted or fragmented?" after the fact. */
#include <kselftest_harness.h>
#include <time.h>

#include "ttmem_chips.h"

FIXTURE(failure) {
	int fd;		/* of tt0; no client yet */
};

FIXTURE_SETUP(failure)
{
	ASSERT_EQ(restart_chips(), 0);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(failure)
{
	close(self->fd);
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long last(const char *chip, const char *name)
{
	char stat[4096], line[64];
	int ret = chip_text(chip, "mem/stat", stat, sizeof(stat));

	snprintf(line, sizeof(line), "last_failure_%s", name);
	return ret < 0 ? ret : stat_number(stat, line);
}

static int last_pool_is(const char *chip, const char *pool)
{
	char stat[4096], line[64];

	snprintf(line, sizeof(line), "\nlast_failure_pool %s\n", pool);
	return chip_text(chip, "mem/stat", stat, sizeof(stat)) > 0 && strstr(stat, line);
}

static int never_failed(const char *chip)
{
	char stat[4096];

	return chip_text(chip, "mem/stat", stat, sizeof(stat)) > 0 &&
	       !strstr(stat, "last_failure");
}

TEST_F(failure, is_counted_and_remembered)
{
	long long before = now_ns();

	EXPECT_TRUE(never_failed("tt0"));
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 0);
	ASSERT_EQ(report_all_pools(self->fd, 0, 1000), 0);
	/* 2 MiB are free in each bank, in pieces of at most 1 MiB: fragmented. */
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_DRAM, 2 << 20), 0);
	EXPECT_EQ(mem(WORMHOLE, "dram_alloc_failures"), 1);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 0);
	EXPECT_TRUE(last_pool_is("tt0", "dram"));
	EXPECT_EQ(last("tt0", "bank_bytes"), 2 << 20);
	EXPECT_EQ(last("tt0", "largest_free"), 1 << 20);
	EXPECT_EQ(last("tt0", "pid"), getpid());
	EXPECT_GE(last("tt0", "ns"), before);
	EXPECT_LE(last("tt0", "ns"), now_ns());

	/* The block of then, not of now. */
	ASSERT_EQ(report_all_pools(self->fd, 0, 2000), 0);
	EXPECT_EQ(last("tt0", "largest_free"), 1 << 20);
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 1 << 20), 0);
	EXPECT_TRUE(last_pool_is("tt0", "l1"));
	EXPECT_EQ(last("tt0", "largest_free"), N300_BANK - 2000);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 1);
	EXPECT_EQ(mem(WORMHOLE, "dram_alloc_failures"), 1);
}

/* The last report of the client that failed counts, whatever others have. */
TEST_F(failure, is_seen_from_its_own_client)
{
	int other = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(report_n300_l1(self->fd, 1000000), 0);
	ASSERT_EQ(report_n300_l1(other, 0), 0);
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 500000), 0);
	EXPECT_EQ(last("tt0", "largest_free"), N300_BANK - 1000000);
	ASSERT_EQ(fail(other, 0, TTMEM_POOL_L1, 500000), 0);
	EXPECT_EQ(last("tt0", "largest_free"), N300_BANK);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 2);
	close(other);
}

/* Who has not said what is free is not taken to have nothing. */
TEST_F(failure, without_a_report_leaves_the_block_out)
{
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 4096), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 1);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(client_id(self->fd), 0);
	EXPECT_TRUE(last_pool_is("tt0", "l1"));
	EXPECT_EQ(last("tt0", "bank_bytes"), 4096);
	EXPECT_EQ(last("tt0", "pid"), getpid());
	EXPECT_EQ(last("tt0", "largest_free"), -ENODATA);

	/* Of another pool it has not said so either, nor of one that has no blocks. */
	ASSERT_EQ(report_n300_l1(self->fd, 1000), 0);
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_DRAM, 4096), 0);
	EXPECT_EQ(last("tt0", "largest_free"), -ENODATA);
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_CB, 4096), 0);
	EXPECT_TRUE(last_pool_is("tt0", "cb"));
	EXPECT_EQ(last("tt0", "largest_free"), -ENODATA);
	/* An exhausted pool is something else than an unknown one. */
	ASSERT_EQ(report_n300_l1(self->fd, N300_BANK), 0);
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 4096), 0);
	EXPECT_EQ(last("tt0", "largest_free"), 0);
}

TEST_F(failure, is_its_chips_own)
{
	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(report_chip_l1(self->fd, 1, 1000), 0);
	ASSERT_EQ(fail(self->fd, 1, TTMEM_POOL_L1, 4096), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_alloc_failures"), 1);
	EXPECT_TRUE(last_pool_is("tt0r1", "l1"));
	EXPECT_EQ(last("tt0r1", "largest_free"), N300_BANK - 1000);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 0);
	EXPECT_TRUE(never_failed("tt0"));
}

/* After the fact is after the process, too; but its number is no longer its own. */
TEST_F(failure, outlives_its_process)
{
	pid_t child = spawn();
	int fd;

	if (!child) {
		fd = chip_open(WORMHOLE, O_RDWR);
		_exit(report_n300_l1(fd, 1000) || fail(fd, 0, TTMEM_POOL_L1, 4096) ||
		      last("tt0", "pid") != getpid());
	}
	ASSERT_EQ(verdict(child), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 1);
	EXPECT_EQ(last("tt0", "largest_free"), N300_BANK - 1000);
	EXPECT_EQ(last("tt0", "pid"), 0);
}

TEST_HARNESS_MAIN
