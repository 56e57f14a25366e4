// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader's side of the library: which chips it finds, and which clients.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tree.h"

static void test_no_class(void **state)
{
	struct ttmem_sysfs *sysfs = NULL;

	(void)state;
	assert_int_equal(ttmem_sysfs_open(&sysfs, root), -ENOENT);
	assert_int_equal(ttmem_sysfs_open(&sysfs, "/dev/null"), -ENOTDIR);
	put(CLASS, "", 0);
	assert_int_equal(ttmem_sysfs_open(&sysfs, root), -ENOTDIR);
	assert_null(sysfs);
}

static void test_running_system(void **state)
{
	struct ttmem_sysfs *sysfs;
	int ret;

	(void)state;
	ret = ttmem_sysfs_open(&sysfs, NULL);
	assert_int_equal(ret, access(CLASS, F_OK) ? -ENOENT : 0);
	if (!ret)
		ttmem_sysfs_close(sysfs);
}

static void test_no_chip(void **state)
{
	struct ttmem_sysfs *sysfs = open_root();
	char **names;

	(void)state;
	in_root(CLASS "/tenstorrent!0/");
	assert_int_equal(ttmem_sysfs_chips(sysfs, &names), 0);
	assert_null(names[0]);
	ttmem_sysfs_free_chips(names);
	ttmem_sysfs_free_chips(NULL);
	ttmem_sysfs_close(sysfs);
	ttmem_sysfs_close(NULL);
}

static void test_chips_in_order(void **state)
{
	static const char *const made[] = {
		"tt10", "tt2", "tt0r10", "tenstorrent!0", "tt0r1", "tt1", "tt0", "tt2r1", "tt0r2",
		"tt4294967296", "tt10r1", "tt9",
		"tt", "tt0r", "tt0r0", "tt0r01", "ttr1", "tt-1", "tt 1", "tt1 ", "TT1", "xtt1",
		"tt1x", "tt1r1x", "tt1r1r1", "tt1.0", "t1", "power",
	};
	static const char *const listed[] = {
		"tt0", "tt0r1", "tt0r2", "tt0r10", "tt1", "tt2", "tt2r1", "tt9", "tt10", "tt10r1",
		"tt4294967296",
	};
	struct ttmem_sysfs *sysfs;
	char path[64], **names;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		snprintf(path, sizeof(path), CLASS "/%s/", made[i]);
		in_root(path);
	}
	sysfs = open_root();
	assert_int_equal(ttmem_sysfs_chips(sysfs, &names), ARRAY_SIZE(listed));
	for (i = 0; i < ARRAY_SIZE(listed); i++)
		assert_string_equal(names[i], listed[i]);
	assert_null(names[i]);
	ttmem_sysfs_free_chips(names);
	ttmem_sysfs_close(sysfs);
}

/* A reader sees chips come and go, and stays with the tree that it was opened on. */
static void test_chips_come_and_go(void **state)
{
	struct ttmem_sysfs *sysfs = open_root();
	struct ttmem_stat *stat = NULL;
	char elsewhere[80], **names;

	(void)state;
	put(CLASS "/tt0/mem/stat", "clients 0\n", 10);
	snprintf(elsewhere, sizeof(elsewhere), "%s-moved", root);
	assert_int_equal(rename(root, elsewhere), 0);
	strcpy(root, elsewhere);

	assert_int_equal(ttmem_sysfs_chips(sysfs, &names), 1);
	assert_int_equal(ttmem_stat_read(sysfs, "tt0", &stat), 0);
	ttmem_stat_free(stat);
	stat = NULL;

	assert_int_equal(unlink(in_root(CLASS "/tt0/mem/stat")), 0);
	assert_int_equal(ttmem_stat_read(sysfs, names[0], &stat), -ENOENT);
	assert_int_equal(ttmem_stat_read(sysfs, "tt1", &stat), -ENOENT);
	assert_null(stat);
	ttmem_sysfs_free_chips(names);
	ttmem_sysfs_close(sysfs);
}

/* ---- clients ------------------------------------------------------------------------------- */

static void test_no_client(void **state)
{
	struct ttmem_sysfs *sysfs = open_root();
	uint64_t *ids = NULL;

	(void)state;
	assert_int_equal(ttmem_sysfs_clients(sysfs, "tt0", &ids), -ENOENT);
	assert_int_equal(ttmem_sysfs_clients(sysfs, "tt0/../tt0", &ids), -EINVAL);
	assert_int_equal(ttmem_sysfs_clients(sysfs, "tenstorrent!0", &ids), -EINVAL);
	put(CLASS "/tt1/clients", "", 0);
	assert_int_equal(ttmem_sysfs_clients(sysfs, "tt1", &ids), -ENOTDIR);
	assert_null(ids);

	in_root(CLASS "/tt0/clients/");
	assert_int_equal(ttmem_sysfs_clients(sysfs, "tt0", &ids), 0);
	assert_non_null(ids);
	free(ids);
	ttmem_sysfs_close(sysfs);
}

/* By number, not by the alphabet; what is no number is for readers that are still to come. */
static void test_clients_in_order(void **state)
{
	static const char *const made[] = {
		"10", "9", "2", "18446744073709551615", "100", "1",
		"x", "1x", "-1", " 1", "0x1", "1.0", "..1",
	};
	static const uint64_t listed[] = { 1, 2, 9, 10, 100, UINT64_MAX };
	struct ttmem_sysfs *sysfs = open_root();
	char path[64];
	uint64_t *ids;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		snprintf(path, sizeof(path), CLASS "/tt0r1/clients/%s/", made[i]);
		in_root(path);
	}
	assert_int_equal(ttmem_sysfs_clients(sysfs, "tt0r1", &ids), ARRAY_SIZE(listed));
	assert_memory_equal(ids, listed, sizeof(listed));
	free(ids);
	ttmem_sysfs_close(sysfs);
}

static void test_client_snapshot(void **state)
{
	static const char text[] = "pid 4711\nuid 1000\nsource self\nl1_used 4096\n";
	struct ttmem_sysfs *sysfs = open_root();
	struct ttmem_stat *stat = NULL;
	uint64_t value;

	(void)state;
	put(CLASS "/tt0/clients/12/stat", text, strlen(text));
	put(CLASS "/tt0/clients/18446744073709551615/stat", "pid 0\n", 6);
	put(CLASS "/tt0/clients/13/stat", "pid", 3);
	assert_int_equal(ttmem_stat_read_client(sysfs, "tt0", 1, &stat), -ENOENT);
	assert_int_equal(ttmem_stat_read_client(sysfs, "tt0r1", 12, &stat), -ENOENT);
	assert_int_equal(ttmem_stat_read_client(sysfs, "tt0/", 12, &stat), -EINVAL);
	assert_int_equal(ttmem_stat_read_client(sysfs, "tt0", 13, &stat), -EPROTO);
	assert_null(stat);

	assert_int_equal(ttmem_stat_read_client(sysfs, "tt0", 12, &stat), 0);
	assert_int_equal(ttmem_stat_u64(stat, "pid", &value), 0);
	assert_int_equal(value, 4711);
	assert_string_equal(ttmem_stat_str(stat, "source"), "self");
	ttmem_stat_free(stat);
	assert_int_equal(ttmem_stat_read_client(sysfs, "tt0", UINT64_MAX, &stat), 0);
	ttmem_stat_free(stat);
	ttmem_sysfs_close(sysfs);
}

/* ---- files --------------------------------------------------------------------------------- */

static int count_open_files(void)
{
	int fd, nr = 0;

	for (fd = 0; fd < 256; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

static void test_leaves_no_files_open(void **state)
{
	int before = count_open_files();
	struct ttmem_sysfs *sysfs;
	struct ttmem_stat *stat;
	uint64_t *ids;
	char **names;

	(void)state;
	sysfs = open_root();
	put(CLASS "/tt0/mem/stat", "clients 0\n", 10);
	put(CLASS "/tt1/mem/stat", "clients", 7);
	put(CLASS "/tt0/clients/1/stat", "pid 0\n", 6);
	assert_int_equal(ttmem_sysfs_chips(sysfs, &names), 2);
	ttmem_sysfs_free_chips(names);
	assert_int_equal(ttmem_stat_read(sysfs, "tt0", &stat), 0);
	ttmem_stat_free(stat);
	assert_int_equal(ttmem_stat_read(sysfs, "tt1", &stat), -EPROTO);
	assert_int_equal(ttmem_sysfs_clients(sysfs, "tt0", &ids), 1);
	assert_int_equal(ttmem_stat_read_client(sysfs, "tt0", ids[0], &stat), 0);
	ttmem_stat_free(stat);
	free(ids);
	assert_int_equal(count_open_files(), before + 1);
	ttmem_sysfs_close(sysfs);
	assert_int_equal(count_open_files(), before);
}

/* What a program executes gets no file of the library. */
static void test_closes_on_exec(void **state)
{
	int fd = open("/dev/null", O_RDONLY);
	struct ttmem_sysfs *sysfs;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	sysfs = open_root();	/* takes the lowest number that is free */
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ttmem_sysfs_close(sysfs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_class),
		TEST(test_running_system),
		TEST(test_no_chip),
		TEST(test_chips_in_order),
		TEST(test_chips_come_and_go),
		TEST(test_no_client),
		TEST(test_clients_in_order),
		TEST(test_client_snapshot),
		TEST(test_leaves_no_files_open),
		TEST(test_closes_on_exec),
	};

	return cmocka_run_group_tests_name("libttmem chips", tests, NULL, NULL);
}
