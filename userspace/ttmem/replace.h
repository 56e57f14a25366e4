/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TTMEM_REPLACE_H
#define TTMEM_REPLACE_H

#include <stddef.h>

/*
 * Puts a text into a file that everybody may read, all at once: who reads it meanwhile has the old
 * one or the new one. Says on stderr what is wrong, and leaves the old file as it was. Returns an
 * exit code.
 */
int replace_file(const char *path, const char *text, size_t len);

#endif /* TTMEM_REPLACE_H */
