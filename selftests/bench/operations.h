/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations that are measured on one chip, tt0, by a client of it. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include <stdint.h>
#include <linux/ttmem.h>

#include "measure.h"

enum needs {
	NEEDS_NOTHING,
	NEEDS_CLIENT,
	NEEDS_PAGE,	/* and the client has its ledger page mapped */
	NEEDS_REMOTES,	/* and all remote chips that there can be, which stay */
};

#define GROWS		0x1	/* measured beside many clients and chips, too */
#define DEFERS		0x2	/* leaves something to be done later */

/**
 * struct row - an operation
 * @name: its name
 * @operation: does it
 * @needs: what has to be there
 * @each: how many a call does
 * @flags: GROWS, DEFERS
 */
struct row {
	const char *name;
	operation_fn operation;
	enum needs needs;
	unsigned int each;
	unsigned int flags;
};

extern const struct row rows[];
const struct row *row_find(const char *name);

/* The client. */
void subject_open(void);
void subject_close(void);

/* Measures what leaves no chips behind, or of that what grows; names are in this format. */
void measure_rows(const char *format, int only_growing);
double measure_row(const struct row *row);

/* Makes ready for one operation. Returns 0 if the driver does not have what it needs. */
int row_prepare(const struct row *row);

/* Updates a pool of a ledger page; the figures follow from a number. */
void page_put(struct ttmem_page_pool *pool, unsigned int number);

#endif /* OPERATIONS_H */
