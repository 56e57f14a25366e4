// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's memory that a client can take has a bound, however much it says, and what the driver
 * itself allocates for a client is charged to the cgroup of who opened the file.
 */
#include <kselftest_harness.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "ttmem_chips.h"
#include "ttmem_memory.h"
#include "ttmem_page.h"

#define GROUP	"/sys/fs/cgroup/ttmem_memory"

/* A client of all chips of a gateway, with all pages; sysfs's files are the greater part. */
#define CLIENT_BOUND	(160 << 10)
#define CLIENTS		16

/* A chip that nobody reports: its device and the files of mem/. */
#define CHIP_BOUND	(16 << 10)

#define CALLS		5000
#define CALLS_BOUND	(64 << 10)	/* less than 16 bytes a call: nothing is kept */

#define CHIPS		2500
#define CHIPS_BOUND	(CHIPS * 64)	/* half an object each time; others' come and go, too */

/* What a client that reports and has a page is charged for at least: its account, and the page. */
#define CHARGED		1024
#define CHARGED_PAGE	4096
#define CHARGED_CLIENTS	1000

/* All that one client can have at a time. Mappings stay until the process ends. */
static int take_all(int fd)
{
	struct ttmem_page_pool *page;
	unsigned int chip;

	if (declare(fd, &n300_geometry))
		return -1;
	for (chip = 0; chip < TTMEM_MAX_CHIPS; chip++) {
		if (chip && declare_remote(fd, UID + chip) != chip)
			return -1;
		if (report_all_pools(fd, chip, 1000))
			return -1;
		page = page_map(fd, chip);
		if (!page)
			return -1;
		page_put_l1(page, 0);
	}
	return 0;
}

FIXTURE(memory)
{
	int fds[CLIENTS];
};

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(restart_chips(), 0);
}

/* Files and mappings end with the process of the test. */
FIXTURE_TEARDOWN(memory)
{
}

TEST_F_TIMEOUT(memory, of_a_client_is_bounded, 120)
{
	long long before, after, each;
	int i;

	/* What is there once for all, remote chips among it. */
	self->fds[0] = chip_open(WORMHOLE, O_RDWR);
	ASSERT_EQ(take_all(self->fds[0]), 0);

	before = slab_bytes();
	ASSERT_GT(before, 0);
	for (i = 1; i < CLIENTS; i++) {
		self->fds[i] = chip_open(WORMHOLE, O_RDWR);
		ASSERT_EQ(take_all(self->fds[i]), 0);
	}
	after = slab_bytes();
	each = (after - before) / (CLIENTS - 1) + TTMEM_MAX_CHIPS * getpagesize();
	TH_LOG("figure: %lld bytes for a client of 16 chips with 16 pages", each);
	EXPECT_LT(each, CLIENT_BOUND);
	/* Pages alone are this much: something was measured. */
	EXPECT_GT(each, TTMEM_MAX_CHIPS * getpagesize());

	for (i = 0; i < CLIENTS; i++)
		close(self->fds[i]);
}

TEST_F_TIMEOUT(memory, of_a_chip_is_bounded, 120)
{
	int fd = chip_open(WORMHOLE, O_RDWR), chip;
	long long before, each;

	before = slab_bytes();
	ASSERT_GT(before, 0);
	for (chip = 1; chip < TTMEM_MAX_CHIPS; chip++)
		ASSERT_EQ(pin_remote(fd, UID + chip), chip);
	each = (slab_bytes() - before) / (TTMEM_MAX_CHIPS - 1);
	TH_LOG("figure: %lld bytes for a chip", each);
	EXPECT_LT(each, CHIP_BOUND);
	/* A file of mem/ takes more than its name. */
	EXPECT_GT(each, 64 * chip_entries("tt0", "mem"));
	close(fd);
}

/* Everything that can be said again, and what is refused. */
static int say_again(int fd, unsigned int round)
{
	struct ttmem_report_entry absurd = { .pool = TTMEM_POOL_L1, .banks = 1000 };
	unsigned int chip = round % TTMEM_MAX_CHIPS;

	return declare(fd, &n300_geometry) || report_all_pools(fd, chip, round) ||
	       fail(fd, chip, TTMEM_POOL_L1, 4096) || report(fd, &absurd, 1) != -ERANGE ||
	       declare_remote(fd, UID + 1) != 1;
}

TEST_F_TIMEOUT(memory, does_not_grow_with_calls, 120)
{
	int fd = chip_open(WORMHOLE, O_RDWR), round;
	long long before;

	ASSERT_EQ(take_all(fd), 0);
	for (round = 0; round < CALLS / 10; round++)
		ASSERT_EQ(say_again(fd, round), 0);
	before = slab_least();
	for (round = 0; round < CALLS; round++)
		ASSERT_EQ(say_again(fd, round), 0);
	EXPECT_LT(slab_least() - before, CALLS_BOUND);
	close(fd);
}

static long long charged(void)
{
	char text[64];
	int ret = file_read(GROUP "/memory.current", text, sizeof(text));

	return ret < 0 ? ret : strtoll(text, NULL, 10);
}

/* Before 5.11 a page that is charged for cannot be mapped. */
static bool pages_are_charged(void)
{
	struct utsname kernel;
	int major, minor;

	return !uname(&kernel) && sscanf(kernel.release, "%d.%d", &major, &minor) == 2 &&
	       (major > 5 || (major == 5 && minor >= 11));
}

/* In a child, which the group is charged for. Says what it took by writing a byte, and waits. */
static int clients_with_pages(int said, int end)
{
	struct rlimit limit = { 4096, 4096 };
	struct ttmem_page_pool *page;
	char byte;
	int i, fd;

	if (setrlimit(RLIMIT_NOFILE, &limit) || write(said, "", 1) != 1 || read(end, &byte, 1) != 1)
		return 1;
	for (i = 0; i < CHARGED_CLIENTS; i++) {
		fd = chip_open(WORMHOLE, O_RDWR);
		if (fd < 0 || report_n300_l1(fd, 1))
			return 2;
		page = page_map(fd, TTMEM_CHIP_LOCAL);
		if (!page)
			return 3;
		page_put_l1(page, 0);
	}
	return write(said, "", 1) != 1 || read(end, &byte, 1) != 1;
}

/* Chips come and go: with a client, a remote chip and somebody who looks. */
static int come_and_go(void)
{
	int fd = chip_open(WORMHOLE, O_RDWR);

	if (declare_remote(fd, UID) != 1 || report_n300_l1(fd, 1) || mem(WORMHOLE, "l1_used") != 64)
		return -1;
	close(fd);
	return kmd_unbind(WORMHOLE_BDF) || kmd_bind(WORMHOLE_BDF);
}

TEST_F_TIMEOUT(memory, does_not_grow_with_chips, 120)
{
	long long before;
	int round;

	for (round = 0; round < CHIPS / 10; round++)
		ASSERT_EQ(come_and_go(), 0);
	before = slab_least();
	for (round = 0; round < CHIPS; round++)
		ASSERT_EQ(come_and_go(), 0);
	EXPECT_LT(slab_least() - before, CHIPS_BOUND);
}

TEST_F_TIMEOUT(memory, is_charged_to_who_opened, 120)
{
	int said[2], end[2];
	long long before, each;
	char byte, number[16];
	pid_t child;

	ASSERT_EQ(file_write("/sys/fs/cgroup/cgroup.subtree_control", "+memory"), 0);
	ASSERT_EQ(mkdir(GROUP, 0755), 0);
	ASSERT_EQ(pipe(said) | pipe(end), 0);
	child = spawn();
	if (!child)
		_exit(clients_with_pages(said[1], end[0]));
	snprintf(number, sizeof(number), "%d", child);
	EXPECT_EQ(read(said[0], &byte, 1), 1);
	EXPECT_EQ(file_write(GROUP "/cgroup.procs", number), 0);
	before = charged();
	EXPECT_EQ(write(end[1], "", 1), 1);
	EXPECT_EQ(read(said[0], &byte, 1), 1);
	each = (charged() - before) / CHARGED_CLIENTS;
	TH_LOG("figure: %lld bytes are charged for a client with a page", each);
	EXPECT_GT(each, CHARGED + (pages_are_charged() ? CHARGED_PAGE : 0));
	EXPECT_EQ(write(end[1], "", 1), 1);
	EXPECT_EQ(verdict(child), 0);
	EXPECT_EQ(rmdir(GROUP), 0);
}

TEST_HARNESS_MAIN
