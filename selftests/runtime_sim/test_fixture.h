/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A runtime with two chips, an n300's and a p150's, and a stand-in for libttmem that remembers what
 * it was told. Tests run in their source directory, beside the table of boards.
 */
#ifndef TEST_FIXTURE_H
#define TEST_FIXTURE_H

#include "libttmem.h"
#include "script.h"

/**
 * struct ttmem - the stand-in for a handle
 * @geometry: what was declared
 * @entries: what was reported last
 * @reports: how many reports there were
 * @error: what the driver answers
 */
struct ttmem {
	struct ttmem_geometry geometry;
	struct ttmem_report_entry entries[NR_POOLS];
	unsigned int reports;
	int error;
};

/* By ordinal; there are no others. */
extern struct ttmem drivers[2];

extern struct chip chips[2];
extern struct sim sim;
/* What the last scripts wrote to sim.out and sim.err. */
extern char *said, *complained;

int find_board(const char *wanted, struct board *board);
void set_up_chips(const struct chip_config *config);

/* Setup and teardown of a test. */
int set_up(void **state);
int tear_down(void **state);

/* Run a script that is called "test". */
int run(const char *text);

#define on_chips(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif /* TEST_FIXTURE_H */
