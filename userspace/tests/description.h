/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cluster descriptors that are written in a test.
 */
#ifndef TTMEM_TESTS_DESCRIPTION_H
#define TTMEM_TESTS_DESCRIPTION_H

#include "descriptor.h"

/* Two boards in block style: two chips on PCI with one behind each, and another one far away. */
extern const char block[];

/* Of the last text that was read. */
extern struct descriptor descriptor;
extern struct problem problem;

bool read_bytes(const char *text, size_t length);
/* A text that has to be taken: sets @descriptor, to be freed. */
void read_text(const char *text);
/* One that has to be refused, with "LINE:COLUMN: TEXT". */
void refuse(const char *text, const char *expected);
/* The same of @block, with a part of it replaced by another one. */
void refuse_with(const char *part, const char *by, const char *expected);

#endif /* TTMEM_TESTS_DESCRIPTION_H */
