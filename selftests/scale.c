// SPDX-License-Identifier: GPL-2.0-only
/* Many clients, many chips; and more than there may be. */
#include <kselftest_harness.h>
#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "ttmem_actors.h"

#define CLIENTS		1000
#define FUNCTIONS	32
#define REMOTES		15
#define NOBODY		65534
#define MAX_OF_A_USER	64
#define MAX_OVER_ALL	4096

/* Numbers below clients/. */
static int directories(const char *chip)
{
	char path[64];
	struct dirent *entry;
	int number = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/clients", chip);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		number += entry->d_name[0] != '.';
	closedir(dir);
	return number;
}

static void allow_many_files(void)
{
	struct rlimit limit = { 8192, 8192 };

	setrlimit(RLIMIT_NOFILE, &limit);
}

static void shuffle(int *numbers, int count)
{
	int i, other, number;

	for (i = count - 1; i > 0; i--) {
		other = rand() % (i + 1);
		number = numbers[i];
		numbers[i] = numbers[other];
		numbers[other] = number;
	}
}

TEST(a_thousand_clients)
{
	static int fds[CLIENTS], order[CLIENTS];
	long long sum = 0;
	int i, left;

	allow_many_files();
	for (i = 0; i < CLIENTS; i++) {
		order[i] = i;
		fds[i] = chip_open(WORMHOLE, O_RDWR);
		ASSERT_GE(fds[i], 0);
		ASSERT_EQ(report_n300_l1(fds[i], i), 0);
		sum += 64 * i;
		if (i % 100 == 0)
			EXPECT_EQ(mem(WORMHOLE, "l1_used"), sum);
	}
	EXPECT_EQ(mem(WORMHOLE, "clients"), CLIENTS);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), sum);
	EXPECT_EQ(directories("tt0"), CLIENTS);

	/* A figure of each is still its own to change. */
	ASSERT_EQ(report_n300_l1(fds[500], 0), 0);
	sum -= 64 * 500;
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), sum);

	shuffle(order, CLIENTS);
	for (left = CLIENTS; left > 0; left--) {
		i = order[left - 1];
		close(fds[i]);
		sum -= i == 500 ? 0 : 64 * i;
		EXPECT_EQ(mem(WORMHOLE, "l1_used"), sum);
		if (left % 100 == 0)
			EXPECT_EQ(directories("tt0"), left - 1);
	}
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(directories("tt0"), 0);
}

/* Nobody can lock out anybody else. */
TEST(a_user_has_a_limit)
{
	int fds[MAX_OF_A_USER + 1], root, i;

	/* As udev does. */
	ASSERT_EQ(chmod("/dev/ttmem/tt0", 0666), 0);
	ASSERT_EQ(chmod("/dev/ttmem/tt1", 0666), 0);
	ASSERT_EQ(seteuid(NOBODY), 0);
	for (i = 0; i <= MAX_OF_A_USER; i++) {
		/* To have it open is no client yet. */
		fds[i] = chip_open(WORMHOLE, O_RDWR);
		ASSERT_GE(fds[i], 0);
	}
	for (i = 0; i < MAX_OF_A_USER; i++)
		ASSERT_EQ(report_n300_l1(fds[i], 1), 0);
	EXPECT_EQ(report_n300_l1(fds[MAX_OF_A_USER], 1), -ENOSPC);
	EXPECT_EQ(declare(fds[MAX_OF_A_USER], &n300_geometry), -ENOSPC);
	EXPECT_EQ(declare_remote(fds[MAX_OF_A_USER], 0x99), -ENOSPC);
	EXPECT_EQ(mem(WORMHOLE, "clients"), MAX_OF_A_USER);
	EXPECT_EQ(directories("tt0"), MAX_OF_A_USER);

	ASSERT_EQ(seteuid(0), 0);
	root = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(report_n300_l1(root, 1), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * (MAX_OF_A_USER + 1));
	close(root);

	/* One leaves, and there is room. */
	close(fds[0]);
	EXPECT_EQ(report_n300_l1(fds[MAX_OF_A_USER], 1), 0);
	for (i = 1; i <= MAX_OF_A_USER; i++)
		close(fds[i]);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
}

/* Opens as many clients of a chip as a user may have there. */
static int fill(int *fds)
{
	int i, ret = 0;

	if (chmod("/dev/ttmem/tt0", 0666) || seteuid(NOBODY))
		return -errno;
	for (i = 0; i < MAX_OF_A_USER && !ret; i++) {
		fds[i] = chip_open(WORMHOLE, O_RDWR);
		ret = report_n300_l1(fds[i], 1);
	}
	return seteuid(0) ? -errno : ret;
}

/* Those of chips that have gone count as long as they are open. */
TEST(a_user_has_a_limit_over_all)
{
	static int fds[MAX_OVER_ALL];
	int other, i;

	allow_many_files();
	for (i = 0; i < MAX_OVER_ALL; i += MAX_OF_A_USER) {
		ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
		ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
		ASSERT_EQ(fill(&fds[i]), 0);
	}
	ASSERT_EQ(chmod("/dev/ttmem/tt1", 0666), 0);
	ASSERT_EQ(seteuid(NOBODY), 0);
	other = chip_open(BLACKHOLE, O_RDWR);
	EXPECT_EQ(report_n300_l1(other, 1), -ENOSPC);
	close(fds[0]);
	EXPECT_EQ(report_n300_l1(other, 1), 0);
	ASSERT_EQ(seteuid(0), 0);

	close(other);
	for (i = 1; i < MAX_OVER_ALL; i++)
		close(fds[i]);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(mem(BLACKHOLE, "clients"), 0);
}

/* ---- chips ---------------------------------------------------------------------------------- */

/* Different on each chip. */
static unsigned int bytes_of(int function, int chip)
{
	return 1 + 16 * function + chip;
}

static long long used_of(int function, int chip)
{
	char path[128], text[64];

	if (chip)
		snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%dr%d/mem/l1_used",
			 function, chip);
	else
		snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%d/mem/l1_used", function);
	return file_read(path, text, sizeof(text)) < 0 ? -1 : atoll(text);
}

/* Declares all chips behind a function and speaks of all of them in one report. */
static int report_all(int fd, int function)
{
	struct {
		struct ttmem_report head;
		struct ttmem_report_entry entries[REMOTES + 1];
	} all = {
		.head = {
			.size = sizeof(all),
			.entry_size = sizeof(all.entries[0]),
			.nr_entries = REMOTES + 1,
		},
	};
	int chip, ret;

	for (chip = 0; chip <= REMOTES; chip++) {
		all.entries[chip] = n300_l1(bytes_of(function, chip));
		if (chip) {
			ret = declare_remote(fd, 0x1000 + 16 * function + chip);
			if (ret != chip)
				return ret < 0 ? ret : -ERANGE;
			all.entries[chip].chip = chip;
		}
	}
	return call(fd, TTMEM_REPORT, &all);
}

TEST(each_function_with_fifteen_remote_chips)
{
	int fds[FUNCTIONS], function, chip;

	ASSERT_EQ(machine_with(wormholes(FUNCTIONS)), 0);
	for (function = 0; function < FUNCTIONS; function++) {
		fds[function] = chip_open(function, O_RDWR);
		ASSERT_GE(fds[function], 0);
		ASSERT_EQ(report_all(fds[function], function), 0);
	}
	for (function = 0; function < FUNCTIONS; function++)
		for (chip = 0; chip <= REMOTES; chip++)
			EXPECT_EQ(used_of(function, chip), 64 * bytes_of(function, chip));

	/* There is no sixteenth, and no room is made for it at the cost of others. */
	EXPECT_EQ(declare_remote(fds[0], 0x9999), -ENOSPC);
	EXPECT_EQ(used_of(0, REMOTES), 64 * bytes_of(0, REMOTES));

	EXPECT_EQ(module_unload("ttmem"), -EAGAIN);
	for (function = 0; function < FUNCTIONS; function++)
		close(fds[function]);
	for (function = 0; function < FUNCTIONS; function++)
		for (chip = 0; chip <= REMOTES; chip++)
			EXPECT_EQ(used_of(function, chip), 0);
	EXPECT_EQ(two_chips(), 0);
}

/* tt-kmd goes first, with all of them in use. */
TEST(all_of_them_go_with_tt_kmd)
{
	int fds[FUNCTIONS], function;

	ASSERT_EQ(machine_with(wormholes(FUNCTIONS)), 0);
	for (function = 0; function < FUNCTIONS; function++) {
		fds[function] = chip_open(function, O_RDWR);
		ASSERT_EQ(report_all(fds[function], function), 0);
	}
	ASSERT_EQ(module_unload("tenstorrent"), 0);
	EXPECT_NE(access("/sys/class/tenstorrent", F_OK), 0);
	for (function = 0; function < FUNCTIONS; function++) {
		EXPECT_EQ(report_n300_l1(fds[function], 1), -ENODEV);
		close(fds[function]);
	}
	ASSERT_EQ(module_load("tenstorrent", ""), 0);
	EXPECT_EQ(two_chips(), 0);
}

TEST_HARNESS_MAIN
