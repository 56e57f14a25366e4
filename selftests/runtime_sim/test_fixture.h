/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runtimes, and a stand-in for libttmem that remembers what it was told. Tests run in their source
 * directory, beside the table of boards.
 */
#ifndef TEST_FIXTURE_H
#define TEST_FIXTURE_H

#include "libttmem.h"
#include "script.h"

#define NR_DRIVERS	4

/**
 * struct ttmem - the stand-in for a handle
 * @geometry: what was declared, by index of the chip; remote ones get 15, 14, ...
 * @nr_remote: number of remote chips
 * @entries: what was reported last, by index of the chip
 * @reports: how many reports there were
 * @failures: how many failures there were
 * @failure: the last one
 * @error: what the driver answers
 * @remote_error: what it answers to the declaration of a remote chip
 * @pages: ledger pages, by index of the chip
 * @nr_mapped: how many of them are mapped
 * @looks: how often it was asked to look at them
 * @page_error: what it answers to the mapping of one
 */
struct ttmem {
	struct ttmem_geometry geometry[TTMEM_MAX_CHIPS];
	unsigned int nr_remote;
	struct ttmem_report_entry entries[TTMEM_MAX_CHIPS][NR_POOLS];
	unsigned int reports;
	unsigned int failures;
	struct ttmem_failure failure;
	int error;
	int remote_error;
	struct ttmem_page_pool pages[TTMEM_MAX_CHIPS][NR_POOLS];
	unsigned int nr_mapped;
	unsigned int looks;
	int page_error;
};

/* By ordinal; there are no others. */
extern struct ttmem drivers[NR_DRIVERS];

extern struct machine machine;
extern struct sim sim;
/* What the last scripts wrote to sim.out and sim.err. */
extern char *said, *complained;

/* Reads the first row that is wanted. */
int find_board(const char *wanted, struct board *board);
/* Adds all rows that are wanted, on devices from 0 on. */
void add_boards(const char *wanted, const struct chip_config *config);
void attach_all(void);
/* To keep their figures in ledger pages. */
void attach_all_by_page(void);

/* Setup and teardown of a test. */
int set_up_small_and_trace(void **state);
int set_up(void **state);
int set_up_n300(void **state);
int set_up_t3000(void **state);
int tear_down(void **state);

/* Run a script that is called "test". */
int run(const char *text);

/* An n300's local chip, and a p150's. */
#define on_chips(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define on_n300(test) cmocka_unit_test_setup_teardown(test, set_up_n300, tear_down)
#define on_t3000(test) cmocka_unit_test_setup_teardown(test, set_up_t3000, tear_down)

#endif /* TEST_FIXTURE_H */
