// SPDX-License-Identifier: GPL-2.0-only
/* Remote chips: how they come into being, what they show, and how they go. */
#include <kselftest_harness.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "ttmem_chips.h"

FIXTURE(remote) {
	int fd;		/* of tt0; no client yet */
};

FIXTURE_SETUP(remote)
{
	ASSERT_EQ(restart_chips(), 0);
	ASSERT_EQ(chips_of(WORMHOLE), 1);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(remote)
{
	close(self->fd);
}

/* ---- declared ------------------------------------------------------------------------------ */

TEST_F(remote, has_a_device_below_its_gateway)
{
	char gateway[512], chip[512];
	struct ttmem_query answer;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_NE(realpath("/sys/class/tenstorrent/tt0", gateway), NULL);
	ASSERT_NE(realpath("/sys/class/tenstorrent/tt0r1", chip), NULL);
	EXPECT_STREQ(chip, strcat(gateway, "/tt0r1"));
	EXPECT_TRUE(chip_uid_is("tt0r1", UID));
	EXPECT_TRUE(chip_says("tt0r1", "mem/arch", "wormhole_b0"));
	EXPECT_TRUE(chip_says("tt0r1", "mem/geometry_source", "declared"));
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_total"), N300_TOTAL);
	EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 1);

	ASSERT_EQ(query_chip(self->fd, 1, &answer), 0);
	EXPECT_EQ(answer.ordinal, WORMHOLE);
	EXPECT_EQ(answer.arch, TTMEM_ARCH_WORMHOLE_B0);
	EXPECT_EQ(answer.declared.chip_uid, UID);
	EXPECT_EQ(answer.geometry_source, TTMEM_GEOMETRY_DECLARED);

	/* Nothing of this is about the gateway, whose node is the only one. */
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	EXPECT_EQ(access("/dev/ttmem/tt0r1", F_OK), -1);
}

/* Whichever process asks, in whatever order, and by whatever file. */
TEST_F(remote, has_one_index)
{
	const unsigned long long last = ~0ULL;
	int other = chip_open(WORMHOLE, O_RDWR);
	pid_t child;

	EXPECT_EQ(declare_remote(self->fd, UID), 1);
	EXPECT_EQ(declare_remote(self->fd, last), 2);
	EXPECT_EQ(declare_remote(self->fd, UID), 1);
	EXPECT_EQ(declare_remote(other, last), 2);
	EXPECT_EQ(declare_chip(other, 2, 0, with_uid(n300_geometry, last)), 2);
	child = spawn();
	if (!child) {
		int fd = chip_open(WORMHOLE, O_RDWR);

		_exit(declare_remote(fd, last) * 10 + declare_remote(fd, UID));
	}
	EXPECT_EQ(verdict(child), 21);
	EXPECT_EQ(chip_number("tt0r2", "mem/clients"), 2);
	EXPECT_EQ(chips_of(WORMHOLE), 3);
	close(other);
}

TEST_F(remote, is_its_unique_id)
{
	struct ttmem_geometry too_large = with_uid(galaxy_geometry, UID);

	too_large.tensix_enabled = 120;
	EXPECT_EQ(declare_remote(self->fd, 0), -EINVAL);
	EXPECT_EQ(declare_chip(self->fd, TTMEM_CHIP_REMOTE, 0, too_large), -ERANGE);
	EXPECT_EQ(declare_chip(self->fd, 1, 0, with_uid(n300_geometry, UID)), -ENODATA);
	EXPECT_EQ(chips_of(WORMHOLE), 1);

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	EXPECT_EQ(declare_chip(self->fd, 1, 0, with_uid(n300_geometry, UID + 1)), -EINVAL);
	EXPECT_EQ(declare_chip(self->fd, 1, 0, n300_geometry), -EINVAL);
	EXPECT_EQ(declare_chip(self->fd, 2, 0, with_uid(n300_geometry, UID)), -ENODATA);
	EXPECT_TRUE(chip_uid_is("tt0r1", UID));
	EXPECT_EQ(chips_of(WORMHOLE), 2);
}

/* Whatever its clients say of it: its id is what they declare it by. */
TEST_F(remote, has_its_id_in_a_conflict)
{
	int other = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(declare_chip(other, 1, 0, with_uid(galaxy_geometry, UID)), 1);
	EXPECT_TRUE(chip_says("tt0r1", "mem/geometry_source", "conflict"));
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_total"), -ENODATA);
	EXPECT_TRUE(chip_uid_is("tt0r1", UID));
	EXPECT_TRUE(chip_says("tt0", "mem/geometry_source", "none"));
	close(other);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_total"), N300_TOTAL);
}

/* A caller that cannot be told the index has declared nothing. */
TEST_F(remote, whose_index_cannot_be_written_is_not_declared)
{
	struct ttmem_declare *argument = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(argument, MAP_FAILED);
	argument->size = sizeof(*argument);
	argument->chip = TTMEM_CHIP_REMOTE;
	argument->geometry = with_uid(n300_geometry, UID);
	ASSERT_EQ(mprotect(argument, 4096, PROT_READ), 0);
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, argument), -EFAULT);
	EXPECT_EQ(client_id(self->fd), 0);
	EXPECT_FALSE(chip_there("tt0r1"));
}

/* Who has no room for another client makes no chip either. */
TEST_F(remote, of_a_user_with_too_many_clients)
{
	int fds[65], i;

	ASSERT_EQ(chmod("/dev/ttmem/tt0", 0666), 0);
	ASSERT_EQ(seteuid(NOBODY), 0);
	for (i = 0; i < 65; i++) {
		fds[i] = chip_open(WORMHOLE, O_RDWR);
		ASSERT_GE(fds[i], 0);
		if (i < 64)
			ASSERT_EQ(report_n300_l1(fds[i], 16), 0);
	}
	EXPECT_EQ(declare_remote(fds[64], UID), -ENOSPC);
	EXPECT_FALSE(chip_there("tt0r1"));
	/* For who has room it is there as ever. */
	EXPECT_EQ(declare_remote(fds[0], UID), 1);
	for (i = 0; i < 65; i++)
		close(fds[i]);
}

/* ---- reported ------------------------------------------------------------------------------ */

TEST_F(remote, usage_is_never_the_gateways)
{
	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(declare_remote(self->fd, UID + 1), 2);
	EXPECT_EQ(report_chip_l1(self->fd, 1, 1000), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 64000);
	EXPECT_EQ(chip_number("tt0r2", "mem/l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "updated_ns"), -ENODATA);

	EXPECT_EQ(report_n300_l1(self->fd, 10), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 640);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 64000);

	/* The usage goes with its client; the device and the last word on it stay. */
	close(self->fd);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_total"), N300_TOTAL);
	EXPECT_TRUE(chip_there("tt0r2"));
}

TEST_F(remote, usage_goes_with_a_killed_client)
{
	int ready[2], i, fd;
	pid_t child;
	char byte;

	ASSERT_EQ(pipe(ready), 0);
	for (i = 0; i < 20; i++) {
		child = spawn();
		if (!child) {
			fd = chip_open(WORMHOLE, O_RDWR);
			if (declare_remote(fd, UID) != 1 || declare_remote(fd, UID + 1) != 2 ||
			    report_chip_l1(fd, 2, 1000) || write(ready[1], "", 1) != 1)
				_exit(1);
			for (;;)
				report_chip_l1(fd, 1, 1000);
		}
		ASSERT_EQ(read(ready[0], &byte, 1), 1);
		EXPECT_EQ(chip_number("tt0r2", "mem/l1_used"), 64000);
		reap_killed(child);
		EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 0);
		EXPECT_EQ(chip_number("tt0r2", "mem/l1_used"), 0);
		EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 0);
		EXPECT_EQ(chip_entries("tt0r1", "clients"), 0);
	}
	EXPECT_EQ(chips_of(WORMHOLE), 3);
}

/* Another client's declaration says nothing about what this one found. */
TEST_F(remote, reports_need_a_declaration_of_their_own)
{
	int other = chip_open(WORMHOLE, O_RDWR);
	struct ttmem_query answer;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	EXPECT_EQ(report_chip_l1(other, 1, 1000), -ENODATA);
	EXPECT_EQ(fail(other, 1, TTMEM_POOL_L1, 4096), -ENODATA);
	EXPECT_EQ(report_chip_l1(other, SLOTS, 1000), -ENODATA);
	EXPECT_EQ(report_chip_l1(other, TTMEM_MAX_CHIPS, 1000), -ENODATA);
	EXPECT_EQ(report_chip_l1(other, TTMEM_CHIP_REMOTE, 1000), -ENODATA);
	EXPECT_EQ(client_id(other), 0);
	/* Refused calls are counted where they are made. */
	EXPECT_EQ(mem(WORMHOLE, "rejected"), 5);
	EXPECT_EQ(chip_number("tt0r1", "mem/rejected"), -ENODATA);
	EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 1);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_alloc_failures"), 0);
	/* But everybody may ask what the chip is. */
	EXPECT_EQ(query_chip(other, 1, &answer), 0);
	EXPECT_EQ(query_chip(other, 2, &answer), -ENODATA);
	EXPECT_EQ(query_chip(other, TTMEM_CHIP_REMOTE, &answer), -ENODATA);

	EXPECT_EQ(declare_remote(other, UID), 1);
	EXPECT_EQ(report_chip_l1(other, 1, 1000), 0);
	close(other);
}

/* More entries than a chip has pools, which take another way through the driver. */
struct large_report {
	struct ttmem_report head;
	struct ttmem_report_entry entries[TTMEM_MAX_CHIPS * 5 + 1];
};

/* All pools of so many chips. */
static void fill_report(struct large_report *report, unsigned int chips)
{
	const struct ttmem_report_entry pools[] = {
		n300_l1(1000),
		{ .pool = TTMEM_POOL_L1_SMALL, .banks = 64, .bank_bytes = 32768,
		  .allocated_bytes = 64 },
		{ .pool = TTMEM_POOL_CB, .flags = TTMEM_REPORT_WHOLE_POOL, .allocated_bytes = 99 },
		{ .pool = TTMEM_POOL_DRAM, .banks = 12, .bank_bytes = 1 << 29,
		  .allocated_bytes = 1 << 20 },
		{ .pool = TTMEM_POOL_TRACE, .banks = 12, .bank_bytes = 1 << 20 },
	};
	unsigned int i;

	report->head = (struct ttmem_report) {
		.size = sizeof(report->head) + chips * 5 * sizeof(pools[0]),
		.entry_size = sizeof(pools[0]),
		.nr_entries = chips * 5,
	};
	for (i = 0; i < chips * 5; i++) {
		report->entries[i] = pools[i % 5];
		report->entries[i].chip = i / 5;
	}
}

TEST_F(remote, all_chips_in_one_report)
{
	static const char * const names[] = { "tt0", "tt0r1", "tt0r2" };
	struct large_report *report = calloc(1, sizeof(*report));
	char before[3][4096], after[4096];
	int i;

	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(declare_remote(self->fd, UID + 1), 2);
	fill_report(report, 3);
	report->entries[10] = n300_l1(2000);
	report->entries[10].chip = 2;
	ASSERT_EQ(call(self->fd, TTMEM_REPORT, report), 0);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(chip_number(names[i], "mem/l1_used"), i == 2 ? 128000 : 64000);
		EXPECT_EQ(chip_number(names[i], "mem/cb_used"), 99);
		EXPECT_EQ(chip_number(names[i], "mem/dram_used"), 12 << 20);
		ASSERT_GT(chip_text(names[i], "mem/stat", before[i], sizeof(before[i])), 0);
	}
	/* One moment, so that whoever compares chips does not see a move half done. */
	EXPECT_EQ(chip_number("tt0", "mem/updated_ns"), chip_number("tt0r2", "mem/updated_ns"));

	/* All or nothing: the last chip's last entry spoils the first chip's first. */
	report->entries[0].allocated_bytes = 0;
	report->entries[14].allocated_bytes = (1 << 20) + 1;
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, report), -EINVAL);
	report->entries[14].allocated_bytes = 0;
	report->entries[14].chip = 3;
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, report), -ENODATA);
	report->entries[14].chip = 2;
	report->entries[14].bank_bytes = 1 << 30;
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, report), -ERANGE);
	for (i = 1; i < 3; i++) {
		ASSERT_GT(chip_text(names[i], "mem/stat", after, sizeof(after)), 0);
		EXPECT_STREQ(after, before[i]);
	}
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	free(report);
}

TEST_F(remote, the_largest_report)
{
	struct large_report *report = calloc(1, sizeof(*report));
	int i;

	for (i = 1; i <= SLOTS; i++)
		ASSERT_EQ(declare_remote(self->fd, UID + i), i);
	fill_report(report, TTMEM_MAX_CHIPS);
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, report), 0);
	EXPECT_EQ(chip_number("tt0", "mem/l1_used"), 64000);
	EXPECT_EQ(chip_number("tt0r15", "mem/trace_total"), 12 << 20);
	/* One more could only name a pool twice. */
	report->head.nr_entries++;
	report->head.size += sizeof(report->entries[0]);
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, report), -EINVAL);
	free(report);
}

TEST_HARNESS_MAIN
