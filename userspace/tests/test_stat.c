// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader's side of the library: snapshots of a chip's figures.
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

#include "seam.h"
#include "tree.h"

static int opens, reads;

int __wrap_openat(int dir, const char *path, int flags, ...)
{
	opens++;
	return __real_openat(dir, path, flags);
}

ssize_t __wrap_pread(int fd, void *buf, size_t size, off_t offset)
{
	reads++;
	return __real_pread(fd, buf, size, offset);
}

/* Writes and reads mem/stat of tt0. */
static int read_stat(const char *text, size_t len, struct ttmem_stat **stat)
{
	struct ttmem_sysfs *sysfs = open_root();
	int ret;

	put(CLASS "/tt0/mem/stat", text, len);
	ret = ttmem_stat_read(sysfs, "tt0", stat);
	ttmem_sysfs_close(sysfs);
	return ret;
}

static void test_stat(void **state)
{
	static const char text[] = "l1_used 47448064\narch wormhole_b0\ntensix_harvest_mask 0x201\n"
				   "from_the_future two words, and more\n";
	static const char *const order[] = {
		"l1_used", "arch", "tensix_harvest_mask", "from_the_future",
	};
	struct ttmem_stat *stat;
	const char *name = NULL;
	uint64_t value;
	size_t i;

	(void)state;
	assert_int_equal(read_stat(text, strlen(text), &stat), 0);
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		name = ttmem_stat_next(stat, name);
		assert_string_equal(name, order[i]);
	}
	assert_null(ttmem_stat_next(stat, name));
	assert_null(ttmem_stat_next(stat, "l1_total"));

	assert_int_equal(ttmem_stat_u64(stat, "l1_used", &value), 0);
	assert_int_equal(value, 47448064);
	assert_int_equal(ttmem_stat_u64(stat, "tensix_harvest_mask", &value), 0);
	assert_int_equal(value, 0x201);
	assert_string_equal(ttmem_stat_str(stat, "arch"), "wormhole_b0");
	assert_string_equal(ttmem_stat_str(stat, "from_the_future"), "two words, and more");

	/* Not known, or not a number: no value. */
	value = 7;
	assert_int_equal(ttmem_stat_u64(stat, "l1", &value), -ENODATA);
	assert_int_equal(ttmem_stat_u64(stat, "arch", &value), -EPROTO);
	assert_int_equal(value, 7);
	assert_null(ttmem_stat_str(stat, "l1_total"));
	ttmem_stat_free(stat);
	ttmem_stat_free(NULL);
}

/* Names are compared by a hash first, of which these two have the same. */
static void test_same_hash(void **state)
{
	static const char text[] = "l1_Aa 1\nl1_BB 2\n";
	struct ttmem_stat *stat;

	(void)state;
	assert_int_equal(read_stat(text, strlen(text), &stat), 0);
	assert_string_equal(ttmem_stat_str(stat, "l1_Aa"), "1");
	assert_string_equal(ttmem_stat_str(stat, "l1_BB"), "2");
	assert_null(ttmem_stat_str(stat, "l1_C#"));
	ttmem_stat_free(stat);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "0x0", 0, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -EPROTO, 0 },
		{ "99999999999999999999999999", -EPROTO, 0 },
		{ "0xffffffffffffffff", 0, UINT64_MAX },
		{ "0x10000000000000000", -EPROTO, 0 },
		{ "0xDEADbeef", 0, 0xdeadbeef },
		{ "0x", -EPROTO, 0 },
		{ "0x-1", -EPROTO, 0 },
		{ "0x 1", -EPROTO, 0 },
		{ "0xg", -EPROTO, 0 },
		{ "ff", -EPROTO, 0 },
		{ "-1", -EPROTO, 0 },
		{ "+1", -EPROTO, 0 },
		{ " 1", -EPROTO, 0 },
		{ "1 ", -EPROTO, 0 },
		{ "1 2", -EPROTO, 0 },
		{ "1.5", -EPROTO, 0 },
		{ "1K", -EPROTO, 0 },
		{ "1e3", -EPROTO, 0 },
	};
	struct ttmem_stat *stat;
	uint64_t value;
	char text[64];
	size_t i;
	int len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		len = snprintf(text, sizeof(text), "n %s\n", cases[i].text);
		assert_int_equal(read_stat(text, len, &stat), 0);
		value = 7;
		assert_int_equal(ttmem_stat_u64(stat, "n", &value), cases[i].ret);
		if (cases[i].ret)
			assert_int_equal(value, 7);
		else
			assert_int_equal(value, cases[i].value);
		ttmem_stat_free(stat);
	}
}

static void test_malformed(void **state)
{
	/* Some have a NUL in them; the one that ends each literal is not part of the file. */
#define TEXT(literal)	{ literal, sizeof(literal) - 1 }
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		TEXT(""),
		TEXT("\n"),
		TEXT("l1_used"),
		TEXT("l1_used\n"),
		TEXT("l1_used\x20\n"),
		TEXT(" 5\n"),
		TEXT("l1_used 5"),
		TEXT("l1_used 5\nl1_fr"),
		TEXT("l1_used 5\nl1_free "),
		TEXT("l1_used 5\nl1_free 6"),
		TEXT("l1_used 5\n\nl1_free 6\n"),
		TEXT("l1_used 5\nl1_free 6\nl1_used 5\n"),
		TEXT("l1_used\t5\n"),
		TEXT("l1_used 5\r\n"),
		TEXT("l1_used 5\n\0l1_free 6\n"),
		TEXT("l1_used 5\0\n"),
		TEXT("l1_used\0 5\n"),
		TEXT("\0"),
		TEXT("l1_used \x80\n"),
		TEXT("\xc3\xa4 5\n"),
		TEXT("l1_used \x1b[2J\n"),
	};
#undef TEXT
	struct ttmem_stat *stat = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(read_stat(cases[i].text, cases[i].len, &stat), -EPROTO);
		assert_null(stat);
	}
}

/* Around the sizes at which the reader has to get more room, up to where it gives up. */
static void test_huge(void **state)
{
	static const struct {
		size_t len;
		int ret;
	} cases[] = {
		{ 4095, 0 }, { 4096, 0 }, { 8191, 0 }, { 8192, 0 }, { 8193, 0 }, { 65535, 0 },
		{ 65536, -EPROTO }, { 1 << 20, -EPROTO },
	};
	char *text = malloc(1 << 20);
	struct ttmem_stat *stat;
	uint64_t value;
	size_t i;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(text, 'x', cases[i].len);
		memcpy(text, "padding ", 8);
		memcpy(text + cases[i].len - 8, "\nlast 9\n", 8);
		assert_int_equal(read_stat(text, cases[i].len, &stat), cases[i].ret);
		if (cases[i].ret)
			continue;
		assert_int_equal(strlen(ttmem_stat_str(stat, "padding")), cases[i].len - 16);
		assert_int_equal(ttmem_stat_u64(stat, "last", &value), 0);
		assert_int_equal(value, 9);
		ttmem_stat_free(stat);
	}
	free(text);
}

static void test_not_a_file(void **state)
{
	struct ttmem_sysfs *sysfs = open_root();
	struct ttmem_stat *stat = NULL;

	(void)state;
	in_root(CLASS "/tt0/mem/stat/");
	assert_int_equal(ttmem_stat_read(sysfs, "tt0", &stat), -EISDIR);
	assert_int_equal(symlink("stat", in_root(CLASS "/tt1/mem/stat")), 0);
	assert_int_equal(ttmem_stat_read(sysfs, "tt1", &stat), -ELOOP);
	assert_null(stat);
	ttmem_sysfs_close(sysfs);
}

/* What is no name of a chip is not looked up: it could lead anywhere. */
static void test_not_a_chip(void **state)
{
	static const char *const names[] = {
		"", ".", "..", "/", "tt", "tt0/", "tt0r0", "tt0/../tt0", "../tenstorrent/tt0",
		"tenstorrent!0",
	};
	struct ttmem_sysfs *sysfs = open_root();
	struct ttmem_stat *stat = NULL;
	size_t i;

	(void)state;
	put(CLASS "/tt0/mem/stat", "clients 0\n", 10);
	put(CLASS "/tenstorrent!0/mem/stat", "clients 0\n", 10);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(ttmem_stat_read(sysfs, names[i], &stat), -EINVAL);
	assert_null(stat);
	ttmem_sysfs_close(sysfs);
}

/* A monitor does this for each chip all the time. */
static void test_one_read(void **state)
{
	struct ttmem_sysfs *sysfs = open_root();
	struct ttmem_stat *stat;

	(void)state;
	put(CLASS "/tt0/mem/stat", "clients 0\n", 10);
	opens = 0;
	reads = 0;
	assert_int_equal(ttmem_stat_read(sysfs, "tt0", &stat), 0);
	assert_int_equal(opens, 1);
	assert_int_equal(reads, 1);
	ttmem_stat_free(stat);
	ttmem_sysfs_close(sysfs);
}

/* A file that is kept open has what is new with each read, and none is opened for it. */
static void test_kept_open(void **state)
{
	struct ttmem_sysfs *sysfs = open_root();
	struct ttmem_stat *stat;
	int fd;

	(void)state;
	assert_int_equal(ttmem_stat_open(sysfs, "tt0"), -ENOENT);
	assert_int_equal(ttmem_stat_open(sysfs, "tenstorrent!0"), -EINVAL);
	put(CLASS "/tt0/mem/stat", "clients 0\n", 10);
	fd = ttmem_stat_open(sysfs, "tt0");
	assert_true(fd >= 0);
	assert_int_equal(ttmem_stat_read_fd(fd, &stat), 0);
	assert_string_equal(ttmem_stat_str(stat, "clients"), "0");
	ttmem_stat_free(stat);

	put(CLASS "/tt0/mem/stat", "clients 17\n", 11);
	opens = 0;
	reads = 0;
	assert_int_equal(ttmem_stat_read_fd(fd, &stat), 0);
	assert_string_equal(ttmem_stat_str(stat, "clients"), "17");
	assert_int_equal(opens, 0);
	assert_int_equal(reads, 1);
	ttmem_stat_free(stat);
	assert_int_equal(close(fd), 0);
	assert_int_equal(ttmem_stat_read_fd(fd, &stat), -EBADF);
	ttmem_sysfs_close(sysfs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_stat),
		TEST(test_kept_open),
		TEST(test_one_read),
		TEST(test_same_hash),
		TEST(test_numbers),
		TEST(test_malformed),
		TEST(test_huge),
		TEST(test_not_a_file),
		TEST(test_not_a_chip),
	};

	return cmocka_run_group_tests_name("libttmem snapshots", tests, NULL, NULL);
}
