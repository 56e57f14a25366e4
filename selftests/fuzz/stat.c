// SPDX-License-Identifier: GPL-2.0-only
/*
 * mem/stat of a chip, read by libttmem: an input is the file. Either it is refused, or its lines
 * can be had back one by one, and numbers are numbers.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <libttmem.h>

#include "input.h"
#include "tree.h"

/* What strtoull() takes for a number although nobody writes one so is refused. */
static bool is_number(const char *text, uint64_t *value)
{
	static const char digits[] = "0123456789abcdef";
	int base = !strncmp(text, "0x", 2) ? 16 : 10;
	const char *at = base == 16 ? text + 2 : text;
	const char *digit;

	*value = 0;
	if (!*at)
		return false;
	for (; *at; at++) {
		digit = strchr(digits, *at | ('A' <= *at && *at <= 'Z' ? 0x20 : 0));
		if (!digit || digit - digits >= base ||
		    __builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(digit - digits), value))
			return false;
	}
	return true;
}

static void check_value(const struct ttmem_stat *stat, const char *name)
{
	uint64_t number, expected;
	int ret = ttmem_stat_u64(stat, name, &number);

	if (is_number(ttmem_stat_str(stat, name), &expected))
		CHECK(!ret && number == expected);
	else
		CHECK(ret == -EPROTO);
}

/* Put together again, the lines are the file. */
static void check_lines(const struct ttmem_stat *stat, const uint8_t *data, size_t size)
{
	const char *name = NULL, *value;
	size_t at = 0, length;

	while ((name = ttmem_stat_next(stat, name))) {
		value = ttmem_stat_str(stat, name);
		CHECK(value);
		length = strlen(name) + 1 + strlen(value) + 1;
		CHECK(at + length <= size);
		CHECK(!memcmp(data + at, name, strlen(name)));
		CHECK(data[at + strlen(name)] == ' ');
		CHECK(!memcmp(data + at + strlen(name) + 1, value, strlen(value)));
		CHECK(data[at + length - 1] == '\n');
		at += length;
		check_value(stat, name);
	}
	CHECK(at == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ttmem_sysfs *sysfs;
	struct ttmem_stat *stat;
	int ret;

	if (!sysfs)
		CHECK(!ttmem_sysfs_open(&sysfs, tree_root()));
	tree_put(CLASS "/tt0/mem/stat", data, size);
	ret = ttmem_stat_read(sysfs, "tt0", &stat);
	CHECK(!ret || ret == -EPROTO);
	if (ret)
		return 0;
	check_lines(stat, data, size);
	ttmem_stat_free(stat);
	return 0;
}
