// SPDX-License-Identifier: GPL-2.0-only
/* What is refused, with which errno, and that it changes nothing but the count of refused calls. */
#include <kselftest_harness.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "ttmem_test.h"

#define U64_MAX	(~0ULL)

/* A client that declared an n300 and reported something, so that there is something to spoil. */
FIXTURE(contract) {
	int fd;
	char before[4096];
	long long rejected;
};

FIXTURE_SETUP(contract)
{
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(report_n300_l1(self->fd, 740544), 0);
	ASSERT_EQ(mem_figures(WORMHOLE, self->before, sizeof(self->before)), 0);
	self->rejected = mem(WORMHOLE, "rejected");
}

/* Every test of this fixture makes refused calls, and only those. */
FIXTURE_TEARDOWN(contract)
{
	char after[4096];

	ASSERT_EQ(mem_figures(WORMHOLE, after, sizeof(after)), 0);
	EXPECT_STREQ(after, self->before);
	EXPECT_GT(mem(WORMHOLE, "rejected"), self->rejected);
	EXPECT_GT(mem(WORMHOLE, "last_rejected_ns"), 0);
	close(self->fd);
}

TEST_F(contract, each_refusal_counts_once)
{
	EXPECT_EQ(call(self->fd, 1, NULL), -ENOTTY);
	EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected + 1);
	EXPECT_EQ(report_n300_l1(self->fd, N300_BANK + 1), -EINVAL);
	EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected + 2);
}

TEST_F(contract, unknown_commands)
{
	EXPECT_EQ(call(self->fd, _IO(TTMEM_IOCTL_MAGIC, 6), self->before), -ENOTTY);
	EXPECT_EQ(call(self->fd, _IO(TTMEM_IOCTL_MAGIC, 255), self->before), -ENOTTY);
	EXPECT_EQ(call(self->fd, _IO(0xFA, 0), self->before), -ENOTTY);
	EXPECT_EQ(call(self->fd, _IOW(TTMEM_IOCTL_MAGIC, 0, int), self->before), -ENOTTY);
}

TEST_F(contract, bad_pointers)
{
	void *hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ttmem_report *torn = hole + 4096 - sizeof(*torn);
	unsigned int command;

	ASSERT_NE(hole, MAP_FAILED);
	ASSERT_EQ(munmap(hole + 4096, 4096), 0);
	for (command = 0; command < 4; command++) {
		EXPECT_EQ(call(self->fd, _IO(TTMEM_IOCTL_MAGIC, command), NULL), -EFAULT);
		EXPECT_EQ(call(self->fd, _IO(TTMEM_IOCTL_MAGIC, command), (void *)-8L), -EFAULT);
		EXPECT_EQ(call(self->fd, _IO(TTMEM_IOCTL_MAGIC, command), hole + 4096), -EFAULT);
	}
	/* The header is there, the entries are not. */
	*torn = (struct ttmem_report) { sizeof(*torn) + 40, 40, 1, 0 };
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, torn), -EFAULT);
	/* An answer that cannot be written. */
	memset(hole, 0, 4096);
	*(__u32 *)hole = sizeof(struct ttmem_query);
	ASSERT_EQ(mprotect(hole, 4096, PROT_READ), 0);
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, hole), -EFAULT);
	munmap(hole, 4096);
}

TEST_F(contract, read_only_file)
{
	int fd = chip_open(WORMHOLE, O_RDONLY);
	struct ttmem_query answer;

	ASSERT_GE(fd, 0);
	EXPECT_EQ(declare(fd, &n300_geometry), -EACCES);
	EXPECT_EQ(report_n300_l1(fd, 0), -EACCES);
	EXPECT_EQ(query(fd, &answer), 0);
	close(fd);
}

/* An argument with room behind it, as a caller from the future has. */
union argument {
	__u32 size;
	struct ttmem_query query;
	struct ttmem_declare declare;
	char bytes[32768];
};

TEST_F(contract, short_and_long_queries)
{
	union argument *long_one = calloc(1, sizeof(*long_one));

	long_one->size = 0;
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, long_one), -EINVAL);
	long_one->size = TTMEM_QUERY_SIZE_VER0 - 1;
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, long_one), -EINVAL);
	long_one->bytes[4095] = 1;
	long_one->size = 4096;
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, long_one), -E2BIG);
	long_one->size = sizeof(*long_one);
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, long_one), -E2BIG);
	long_one->size = 0xffffffff;
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, long_one), -E2BIG);
	/* What only the caller knows comes back as zero. */
	long_one->size = 4096;
	long_one->bytes[4095] = 0;
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, long_one), 0);
	EXPECT_EQ(long_one->size, 4096);
	EXPECT_EQ(long_one->query.declared.tensix_enabled, 64);
	EXPECT_EQ(long_one->bytes[sizeof(struct ttmem_query)], 0);
	long_one->query.reserved = 1;
	EXPECT_EQ(call(self->fd, TTMEM_QUERY, long_one), -EINVAL);
	free(long_one);
}

TEST_F(contract, short_and_long_declarations)
{
	union argument *long_one = calloc(1, sizeof(*long_one));

	long_one->declare.geometry = n300_geometry;
	long_one->size = TTMEM_DECLARE_SIZE_VER0 - 1;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, long_one), -EINVAL);
	long_one->size = sizeof(struct ttmem_declare) + 8;
	long_one->bytes[sizeof(struct ttmem_declare)] = 1;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, long_one), -E2BIG);
	long_one->bytes[sizeof(struct ttmem_declare)] = 0;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, long_one), 0);
	free(long_one);
}

TEST_F(contract, declarations)
{
	struct ttmem_declare argument = { .size = sizeof(argument), .geometry = n300_geometry };
	struct ttmem_geometry geometry = n300_geometry;

	argument.reserved = 1;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, &argument), -EINVAL);
	argument.reserved = 0;
	argument.flags = 4;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, &argument), -EOPNOTSUPP);
	argument.flags = TTMEM_DECLARE_PIN | TTMEM_DECLARE_UNPIN;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, &argument), -EINVAL);
	argument.flags = 0;
	argument.chip = 1;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, &argument), -ENODATA);
	argument.chip = TTMEM_MAX_CHIPS;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, &argument), -ENODATA);
	/* A remote chip is known by its unique id, so it needs one. */
	argument.chip = TTMEM_CHIP_REMOTE;
	EXPECT_EQ(call(self->fd, TTMEM_DECLARE, &argument), -EINVAL);

	/* The bug that started it all: the nodes of Wormhole's NoC grid taken for cores. */
	geometry.tensix_enabled = 120;
	geometry.tensix_harvest_mask = 0;
	EXPECT_EQ(declare(self->fd, &geometry), -ERANGE);
	geometry = n300_geometry;
	geometry.tensix_harvest_mask = 1;
	EXPECT_EQ(declare(self->fd, &geometry), -EINVAL);
	geometry = n300_geometry;
	geometry.dram_bank_bytes = 1ULL << 62;
	EXPECT_EQ(declare(self->fd, &geometry), -EOVERFLOW);
	memset(&geometry, 0, sizeof(geometry));
	EXPECT_EQ(declare(self->fd, &geometry), -EINVAL);
}

TEST_F(contract, failures)
{
	struct ttmem_failure good = {
		.size = sizeof(good), .pool = TTMEM_POOL_L1, .bank_bytes = 4096,
	};
	struct ttmem_failure failure = good;
	int fd = chip_open(WORMHOLE, O_RDONLY);

	EXPECT_EQ(call(fd, TTMEM_FAILURE, &failure), -EACCES);
	close(fd);
	failure.size--;
	EXPECT_EQ(call(self->fd, TTMEM_FAILURE, &failure), -EINVAL);
	failure = good;
	failure.pool = 5;
	EXPECT_EQ(call(self->fd, TTMEM_FAILURE, &failure), -EOPNOTSUPP);
	failure = good;
	failure.flags = 1;
	EXPECT_EQ(call(self->fd, TTMEM_FAILURE, &failure), -EOPNOTSUPP);
	failure = good;
	failure.bank_bytes = 0;
	EXPECT_EQ(call(self->fd, TTMEM_FAILURE, &failure), -EINVAL);
	failure = good;
	failure.chip = 1;
	EXPECT_EQ(call(self->fd, TTMEM_FAILURE, &failure), -ENODATA);
}

/* A report with one member of its only entry spoilt. */
#define EXPECT_REFUSED(error, member, value)				\
	do {								\
		struct ttmem_report_entry entry = n300_l1(740544);	\
									\
		entry.member = value;					\
		EXPECT_EQ(report(self->fd, &entry, 1), -(error));	\
	} while (0)

TEST_F(contract, entries)
{
	EXPECT_REFUSED(EOPNOTSUPP, pool, 5);
	EXPECT_REFUSED(EOPNOTSUPP, flags, 1 << 31);
	EXPECT_REFUSED(EOPNOTSUPP, flags, ~0U);
	EXPECT_REFUSED(ENODATA, chip, 1);
	EXPECT_REFUSED(ENODATA, chip, 16);
	EXPECT_REFUSED(ENODATA, chip, 0xffffffff);
	EXPECT_REFUSED(EINVAL, allocated_bytes, N300_BANK + 1);
	EXPECT_REFUSED(EINVAL, largest_free_bytes, N300_BANK - 740544 + 1);
	EXPECT_REFUSED(EOVERFLOW, bank_bytes, 1ULL << 58);
	EXPECT_REFUSED(EOVERFLOW, bank_bytes, U64_MAX);
	EXPECT_REFUSED(ERANGE, bank_bytes, N300_TOTAL / 64 + 1);
	EXPECT_REFUSED(ERANGE, banks, 65);
}

TEST_F(contract, headers)
{
	struct ttmem_report_entry entry = n300_l1(740544);
	struct report argument = {
		.head = { sizeof(argument.head) + 40, 40, 1, 0 },
		.entries = { entry, entry },
	};
	struct ttmem_report good = argument.head;

	argument.head.flags = 1;
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, &argument), -EOPNOTSUPP);
	argument.head = good;
	argument.head.size--;
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, &argument), -EINVAL);
	argument.head = good;
	argument.head.nr_entries = 0;
	argument.head.size = sizeof(argument.head);
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, &argument), -EINVAL);
	argument.head = good;
	argument.head.entry_size = 32;
	argument.head.size = sizeof(argument.head) + 32;
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, &argument), -EINVAL);
	/* nr_entries * entry_size is 40 modulo 2^32. */
	argument.head = good;
	argument.head.nr_entries = 0x20000001;
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, &argument), -EINVAL);
	/* A pool twice contradicts itself. */
	argument.head = (struct ttmem_report) { sizeof(argument.head) + 80, 40, 2, 0 };
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, &argument), -EINVAL);
	/* A newer entry, with something in it that this driver does not know. */
	argument.head = (struct ttmem_report) { sizeof(argument.head) + 80, 80, 1, 0 };
	EXPECT_EQ(call(self->fd, TTMEM_REPORT, &argument), -E2BIG);
}

/* The same without: whoever was compiled with a newer header is welcome. */
TEST(newer_callers)
{
	struct report argument = {
		.head = { sizeof(argument.head) + 80, 80, 1, 0 },
		.entries = { n300_l1(1000) },
	};
	int fd = chip_open(WORMHOLE, O_RDWR);

	ASSERT_GE(fd, 0);
	EXPECT_EQ(call(fd, TTMEM_REPORT, &argument), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	close(fd);
}

/* All of a report or none of it: the last entry spoils the first ones. */
TEST_F(contract, all_or_nothing)
{
	struct ttmem_report_entry entries[] = {
		n300_l1(16),
		{ .pool = TTMEM_POOL_DRAM, .banks = 12, .bank_bytes = 4096 },
		{ .pool = TTMEM_POOL_TRACE, .banks = 12, .bank_bytes = 4096,
		  .allocated_bytes = 4097 },
	};

	EXPECT_EQ(report(self->fd, entries, 3), -EINVAL);
	entries[2].allocated_bytes = 0;
	entries[2].bank_bytes = 1ULL << 30;
	EXPECT_EQ(report(self->fd, entries, 3), -ERANGE);
}

/* A client whose first words are refused is none. */
TEST_F(contract, refused_first_words)
{
	struct ttmem_geometry geometry = n300_geometry;
	int fd = chip_open(WORMHOLE, O_RDWR);
	struct ttmem_query answer;

	ASSERT_GE(fd, 0);
	geometry.tensix_enabled = 120;
	EXPECT_EQ(declare(fd, &geometry), -ERANGE);
	EXPECT_EQ(report_n300_l1(fd, N300_BANK + 1), -EINVAL);
	EXPECT_EQ(query(fd, &answer), 0);
	EXPECT_EQ(answer.client_id, 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
	close(fd);
}

/* No user can have so many clients that none are left for others; root can have them all. */
TEST_F(contract, too_many_clients)
{
	const int limit = 64;
	int fds[limit + 1];
	int root, i;

	ASSERT_EQ(chmod("/dev/ttmem/tt1", 0666), 0);
	ASSERT_EQ(seteuid(65534), 0);
	for (i = 0; i <= limit; i++) {
		fds[i] = chip_open(BLACKHOLE, O_RDWR);
		ASSERT_GE(fds[i], 0);
		EXPECT_EQ(report_n300_l1(fds[i], 16), i < limit ? 0 : -ENOSPC);
	}
	EXPECT_EQ(mem(BLACKHOLE, "clients"), limit);
	EXPECT_EQ(mem(BLACKHOLE, "l1_used"), limit * 64 * 16);

	ASSERT_EQ(seteuid(0), 0);
	root = chip_open(BLACKHOLE, O_RDWR);
	EXPECT_EQ(report_n300_l1(root, 16), 0);
	EXPECT_EQ(mem(BLACKHOLE, "clients"), limit + 1);

	/* One leaves: there is room for one. */
	close(fds[0]);
	EXPECT_EQ(report_n300_l1(fds[limit], 16), 0);
	for (i = 1; i <= limit; i++)
		close(fds[i]);
	EXPECT_EQ(mem(BLACKHOLE, "l1_used"), 64 * 16);
	close(root);
	EXPECT_EQ(call(self->fd, 1, NULL), -ENOTTY);
}

TEST_HARNESS_MAIN
