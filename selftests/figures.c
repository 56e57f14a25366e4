// SPDX-License-Identifier: GPL-2.0-only
/* What a chip shows of what its clients say, and that it ends with them. */
#include <kselftest_harness.h>
#include <dirent.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ttmem_test.h"

#define MEM	"/sys/class/tenstorrent/tt0/mem"

static int client(unsigned int chip)
{
	int fd = chip_open(chip, O_RDWR);

	return fd < 0 ? fd : declare(fd, &n300_geometry) ? -1 : fd;
}

TEST(nobody_reports)
{
	struct ttmem_query answer;
	char text[32];
	int fd;

	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_nominal"), 119930880);
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "updated_ns"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "chip_uid"), -ENODATA);
	ASSERT_GT(mem_text(WORMHOLE, "geometry_source", text, sizeof(text)), 0);
	EXPECT_STREQ(text, "none\n");
	ASSERT_GT(mem_text(WORMHOLE, "arch", text, sizeof(text)), 0);
	EXPECT_STREQ(text, "wormhole_b0\n");

	/* A reader of the node is not a client. */
	fd = chip_open(WORMHOLE, O_RDONLY);
	ASSERT_EQ(query(fd, &answer), 0);
	EXPECT_EQ(answer.api_version, TTMEM_API_VERSION);
	EXPECT_EQ(answer.ordinal, 0);
	EXPECT_EQ(answer.arch, TTMEM_ARCH_WORMHOLE_B0);
	EXPECT_EQ(answer.pci_vendor, 0x1e52);
	EXPECT_EQ(answer.pci_device, 0x401e);
	EXPECT_EQ(answer.geometry_source, TTMEM_GEOMETRY_NONE);
	EXPECT_EQ(answer.client_id, 0);
	EXPECT_EQ(answer.nominal.tensix_enabled, 80);
	EXPECT_EQ(answer.declared.tensix_enabled, 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	close(fd);
}

/* 723.2 KiB in each of 64 banks are 45.2 MiB, on an n300 whose L1 has 91.5 MiB. */
TEST(figures_of_a_bank_are_not_those_of_the_chip)
{
	struct ttmem_query answer;
	int fd = client(WORMHOLE);

	ASSERT_GE(fd, 0);
	EXPECT_EQ(report_n300_l1(fd, 740544), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 47394816);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_allocatable"), 64 * N300_BANK);
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), 64 * N300_BANK - 47394816);
	EXPECT_EQ(mem(WORMHOLE, "l1_largest_free"), 64 * N300_BANK - 47394816);
	EXPECT_EQ(mem(WORMHOLE, "l1_banks"), 64);
	EXPECT_EQ(mem(WORMHOLE, "l1_reserved"), -ENODATA);
	EXPECT_GT(mem(WORMHOLE, "updated_ns"), 0);
	ASSERT_EQ(query(fd, &answer), 0);
	EXPECT_GT(answer.client_id, 0);
	EXPECT_EQ(answer.declared.tensix_enabled, 64);
	close(fd);
}

TEST(a_report_replaces_the_one_before)
{
	int fd = client(WORMHOLE);
	int i;

	ASSERT_GE(fd, 0);
	for (i = 0; i < 1000; i++)
		ASSERT_EQ(report_n300_l1(fd, 100000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 6400000);
	EXPECT_EQ(report_n300_l1(fd, 0), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 6400000);
	close(fd);
}

TEST(all_pools_in_one_report)
{
	struct ttmem_report_entry entries[] = {
		n300_l1(1024),
		{ .pool = TTMEM_POOL_L1_SMALL },
		{ .pool = TTMEM_POOL_CB, .flags = TTMEM_REPORT_WHOLE_POOL,
		  .allocated_bytes = 123456 },
		{ .pool = TTMEM_POOL_DRAM, .banks = 12, .bank_bytes = 1000 << 20,
		  .allocated_bytes = 1 << 20, .largest_free_bytes = 500 << 20 },
		{ .pool = TTMEM_POOL_TRACE, .banks = 12, .bank_bytes = 24 << 20,
		  .largest_free_bytes = 24 << 20 },
	};
	int fd = client(WORMHOLE);

	ASSERT_GE(fd, 0);
	EXPECT_EQ(report(fd, entries, 5), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 65536);
	EXPECT_EQ(mem(WORMHOLE, "l1_reserved"), N300_TOTAL - 64 * N300_BANK);
	EXPECT_EQ(mem(WORMHOLE, "l1_small_total"), 0);
	EXPECT_EQ(mem(WORMHOLE, "cb_used"), 123456);
	EXPECT_EQ(mem(WORMHOLE, "dram_used"), 12 << 20);
	EXPECT_EQ(mem(WORMHOLE, "dram_free"), 12LL * 999 << 20);
	EXPECT_EQ(mem(WORMHOLE, "dram_largest_free"), 12LL * 500 << 20);
	EXPECT_EQ(mem(WORMHOLE, "dram_reserved"), (12LL << 30) - (12LL * 1024 << 20));
	EXPECT_EQ(mem(WORMHOLE, "trace_total"), 12LL * 24 << 20);
	EXPECT_EQ(mem(WORMHOLE, "trace_used"), 0);
	close(fd);
	EXPECT_EQ(mem(WORMHOLE, "dram_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "cb_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "trace_total"), -ENODATA);
}

/* One value read alone and the same in mem/stat: same name, same value, or unknown in both. */
TEST(attributes_agree_with_stat)
{
	char text[64], line[96], stat[4096], expected[160];
	int fd = client(WORMHOLE);
	struct dirent *entry;
	int ret, is_high, files = 0;
	size_t length;
	struct stat info;
	char *found;
	DIR *dir;

	ASSERT_GE(fd, 0);
	ASSERT_EQ(report_n300_l1(fd, 740544), 0);
	ASSERT_EQ(call(fd, 1, NULL), -ENOTTY);
	stat[0] = '\n';
	ASSERT_GT(mem_text(WORMHOLE, "stat", stat + 1, sizeof(stat) - 1), 0);
	dir = opendir(MEM);
	ASSERT_NE(dir, NULL);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "stat"))
			continue;
		files++;
		ASSERT_EQ(fstatat(dirfd(dir), entry->d_name, &info, 0), 0);
		length = strlen(entry->d_name);
		is_high = length > 5 && !strcmp(entry->d_name + length - 5, "_high");
		EXPECT_EQ(info.st_mode, S_IFREG | (is_high ? 0644 : 0444));
		ret = mem_text(WORMHOLE, entry->d_name, text, sizeof(text));
		snprintf(line, sizeof(line), "\n%.80s ", entry->d_name);
		found = strstr(stat, line);
		if (ret == -ENODATA) {
			EXPECT_EQ(found, NULL) TH_LOG("%s", entry->d_name);
			continue;
		}
		ASSERT_GT(ret, 0) TH_LOG("%s", entry->d_name);
		ASSERT_NE(found, NULL) TH_LOG("%s", entry->d_name);
		snprintf(expected, sizeof(expected), "%s%s", line, text);
		EXPECT_EQ(strncmp(found, expected, strlen(expected)), 0) TH_LOG("%s", expected);
	}
	closedir(dir);
	EXPECT_EQ(files, 55);
	close(fd);
}

TEST(clients_add_up_and_leave)
{
	int a = client(WORMHOLE), b = client(WORMHOLE), other = client(BLACKHOLE);

	ASSERT_GE(a, 0);
	ASSERT_GE(b, 0);
	EXPECT_LT(other, 0);	/* an n300's geometry is no Blackhole's */
	EXPECT_EQ(report_n300_l1(a, 1000), 0);
	EXPECT_EQ(report_n300_l1(b, 500), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 2);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 1500);
	EXPECT_EQ(mem(BLACKHOLE, "l1_used"), 0);
	close(a);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 500);
	close(b);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
}

/* The sum of what clients claim is cut at what there is, and the rest is not hidden. */
TEST(more_than_there_is)
{
	int a = client(WORMHOLE), b = client(WORMHOLE);
	char stat[4096];

	ASSERT_EQ(report_n300_l1(a, 1000000), 0);
	ASSERT_EQ(report_n300_l1(b, 1000000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), 0);
	ASSERT_GT(mem_text(WORMHOLE, "stat", stat, sizeof(stat)), 0);
	EXPECT_NE(strstr(stat, "\nl1_oversubscribed 32055296\n"), NULL);
	close(b);
	ASSERT_GT(mem_text(WORMHOLE, "stat", stat, sizeof(stat)), 0);
	EXPECT_EQ(strstr(stat, "oversubscribed"), NULL);
	close(a);
}

TEST(clients_that_disagree)
{
	struct ttmem_geometry galaxy = n300_geometry;
	int a = client(WORMHOLE), b = chip_open(WORMHOLE, O_RDWR);
	char text[4096];

	galaxy.tensix_enabled = 80;
	galaxy.tensix_harvest_mask = 0;
	ASSERT_EQ(declare(b, &galaxy), 0);
	ASSERT_EQ(report_n300_l1(a, 1000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "tensix_enabled"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	ASSERT_GT(mem_text(WORMHOLE, "geometry_source", text, sizeof(text)), 0);
	EXPECT_STREQ(text, "conflict\n");
	ASSERT_GT(mem_text(WORMHOLE, "stat", text, sizeof(text)), 0);
	EXPECT_NE(strstr(text, "\ngeometry_conflict 1\n"), NULL);
	close(b);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	close(a);
}

TEST(copies_of_a_file_are_one_client)
{
	int fd = client(WORMHOLE);
	int copy = dup(fd);
	pid_t child;

	ASSERT_EQ(report_n300_l1(fd, 1000), 0);
	close(fd);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	close(copy);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
}

/* Whatever ends a process ends what it reported, before anybody hears that it has ended. */
TEST(killed_clients_leave_nothing)
{
	int ready[2], i, status;
	pid_t child;
	char byte;

	ASSERT_EQ(pipe(ready), 0);
	for (i = 0; i < 50; i++) {
		child = fork();
		if (!child) {
			int fd = client(WORMHOLE);

			if (report_n300_l1(fd, 1000) || write(ready[1], "", 1) != 1)
				_exit(1);
			for (;;)
				report_n300_l1(fd, 2000);
		}
		ASSERT_EQ(read(ready[0], &byte, 1), 1);
		EXPECT_GE(mem(WORMHOLE, "l1_used"), 64000);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		EXPECT_EQ(WTERMSIG(status), SIGKILL);
		EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
		EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	}
}

/* Everybody may look, without the device being opened. */
TEST(readable_by_nobody)
{
	char text[4096];
	int fd = client(WORMHOLE);

	ASSERT_EQ(report_n300_l1(fd, 1000), 0);
	ASSERT_EQ(setgid(65534), 0);
	ASSERT_EQ(setuid(65534), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_GT(mem_text(WORMHOLE, "stat", text, sizeof(text)), 0);
	EXPECT_EQ(file_write(MEM "/l1_used", "0"), -EACCES);
	close(fd);
}

TEST_HARNESS_MAIN
