/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A captured tree in memory, for what reads files.
 */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include <stddef.h>

#define CLASS	"/sys/class/tenstorrent"

const char *tree_root(void);
void tree_put(const char *path, const void *bytes, size_t size);
void tree_remove(const char *path);

#endif /* FUZZ_TREE_H */
