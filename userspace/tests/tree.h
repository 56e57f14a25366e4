/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trees that look like sysfs, each in a temporary directory of its own.
 */
#ifndef TTMEM_TESTS_TREE_H
#define TTMEM_TESTS_TREE_H

#include <stddef.h>
#include "libttmem.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define CLASS		"/sys/class/tenstorrent"

/* The directory. */
extern char root[64];

/* Setup and teardown of a test. */
int make_root(void **state);
int remove_root(void **state);

#define TEST(name)	cmocka_unit_test_setup_teardown(name, make_root, remove_root)

/* Makes all directories of a path below the root but its last part, and returns the whole path. */
const char *in_root(const char *path);
/* Writes a file below the root. */
void put(const char *path, const char *text, size_t len);
/* Makes the class and opens it. */
struct ttmem_sysfs *open_root(void);

#endif /* TTMEM_TESTS_TREE_H */
