// SPDX-License-Identifier: GPL-2.0-only
/* Boards, pools, buffers, programs and reports. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reporter.h"
#include "test_fixture.h"

static void boards(void **state)
{
	struct board board;

	(void)state;
	assert_int_equal(find_board("blackhole_P100.yaml:0", &board), 0);
	assert_int_equal(board.tensix_enabled, 120);
	assert_int_equal(board.tensix_harvest_mask, 192);
	assert_int_equal(board.dram_banks, 7);
	assert_int_equal(find_board("wormhole_N150.yaml:0", &board), 0);
	assert_int_equal(board.tensix_enabled, 72);
	assert_int_equal(find_board("wormhole_N300.yaml:1", &board), -EINVAL);
	assert_int_equal(find_board("wormhole_N300.yaml:2", &board), -ENOENT);
}

static int find_in(const char *text)
{
	FILE *table = fmemopen((void *)text, strlen(text), "r");
	struct board board;
	const char *why;
	int err;

	assert_non_null(table);
	err = board_find(table, "a:0", &board, &why);
	fclose(table);
	return err;
}

static void bad_boards(void **state)
{
	(void)state;
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t120\t188743680\t32\n"), 0);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t120\t188743680\n"), -EINVAL);
	assert_int_equal(find_in("a\t0\tquasar\tp150\tpci\t192\t0\t120\t188743680\t32\n"), -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t-1\t188743680\t32\n"),
			 -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t204\t320864256\t32\n"),
			 -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t120\t188743681\t32\n"),
			 -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t1\t120\t188743680\t32\n"),
			 -EINVAL);
}

/* The figures that tt-metal has on these boards. */
static void pools_of_boards(void **state)
{
	(void)state;
	assert_int_equal(run("expect l1 allocatable=64*1395424 free=64*1395424\n"
			     "expect l1 allocatable=110*1461504 used=0 on 1\n"
			     "expect dram allocatable=12*1071181792\n"
			     "expect dram allocatable=8*4278190080 on 1\n"
			     "expect l1_small allocatable=0\n"
			     "expect trace allocatable=0 on 1\n"
			     "expect cb used=0\n"), 0);
	assert_int_equal(run("alloc a l1_small 32\n"), -1);
	assert_string_equal(complained, "test:1: l1_small is not set up\n");
}

static int set_up_small_and_trace(void **state)
{
	static const struct chip_config config = {
		.l1_small_bytes = 32 << 10,
		.trace_bytes = 64 << 20,
	};

	(void)state;
	set_up_chips(&config);
	return 0;
}

static void small_and_trace(void **state)
{
	(void)state;
	assert_int_equal(run("expect l1 allocatable=64*1362656\n"
			     "expect l1_small allocatable=64*32K\n"
			     "expect dram allocatable=8*4211081216 on 1\n"
			     "expect trace allocatable=8*64M on 1\n"
			     "alloc a l1_small 64*1K page=1K\n"
			     "alloc b trace 9*1M page=1M on 1\n"
			     "expect l1_small used=64*1K free=64*31K\n"
			     "expect trace used=8*2M on 1\n"
			     "expect l1 used=0\n"), 0);
}

/* ---- buffers ------------------------------------------------------------------------------- */

/* Pages are aligned and dealt out; every bank reserves what the fullest one needs. */
static void pages_and_banks(void **state)
{
	(void)state;
	assert_int_equal(run("alloc one l1 1\n"
			     "expect l1 used=64*2048\n"
			     "alloc full l1 64*2048\n"
			     "expect l1 used=64*2*2048\n"
			     "alloc over l1 65*2048\n"
			     "expect l1 used=64*4*2048\n"
			     "alloc odd l1 64*33 page=33\n"
			     "expect l1 used=64*4*2048+64*64\n"
			     "free over\n"
			     "expect l1 used=64*2*2048+64*64 largest_free=64*1387168\n"), 0);
}

static void directions(void **state)
{
	const struct arch *arch = chips[0].board.arch;

	(void)state;
	assert_int_equal(run("alloc a l1 64*2048\nalloc b l1 64*2048 from=bottom\n"), 0);
	assert_int_equal(LIST_FIRST(&chips[0].buffers)->address, arch->l1_base);
	assert_int_equal(LIST_NEXT(LIST_FIRST(&chips[0].buffers), link)->address,
			 arch->l1_core_bytes - 2048);
	assert_int_equal(run("alloc c dram 1\n"), 0);
	assert_int_equal(LIST_FIRST(&chips[0].buffers)->address, arch->dram_reserved);
}

static void out_of_memory(void **state)
{
	(void)state;
	assert_int_equal(run("alloc a l1 64*1000K\nalloc b l1 64*500K\n"), -1);
	assert_string_equal(complained,
			    "test:2: out of memory: b needs 512000 B in each of 64 banks of l1; bank size 1395424 B, allocated 1024000 B, free 371424 B, largest free block 371424 B\n");
	assert_int_equal(run("expect oom alloc b l1 64*500K\n"
			     "expect oom compile b cb=0 l1=64*500K\n"
			     "alloc b l1 1\ncompile c cb=0\n"), 0);
	assert_int_equal(run("expect oom alloc c l1 1\n"), -1);
	assert_int_equal(run("expect oom alloc b l1 1\n"), -1);
	assert_int_equal(run("alloc huge dram 256*1024G page=1\n"), -1);
}

/* ---- programs and books -------------------------------------------------------------------- */

static void circular_buffers(void **state)
{
	(void)state;
	assert_int_equal(run("compile large cb=300K\n"
			     "compile small cb=100K\n"
			     "compile few cb=200K cores=8\n"
			     "expect cb used=0\n"
			     "run large\n"
			     "expect cb used=64*300K\n"
			     "run small\n"
			     "expect cb used=64*100K\n"
			     "run few\n"
			     "expect cb used=8*200K+56*100K\n"
			     "run small\n"
			     "expect cb used=64*100K\n"
			     "expect l1 used=0\n"), 0);
}

/* They may fill what the L1 buffers leave to the last byte, and not one more. */
static void clash(void **state)
{
	(void)state;
	assert_int_equal(run("compile a cb=371424\nalloc b l1 64*1000K\nrun a\nfree b\n"
			     "alloc b l1 64*1001K\n"), 0);
	assert_int_equal(run("run a\n"), -1);
	assert_non_null(strstr(complained, "would reach into an L1 buffer"));
	assert_int_equal(run("expect cb used=64*371424\nfree b\nrun a\ncompile c cb=1395424\n"), 0);
	assert_int_equal(run("compile d cb=1395425\n"), -1);
	assert_int_equal(run("compile d cb=0 cores=65\n"), -1);
	assert_int_equal(run("compile d cb=0 cores=0\n"), -1);
	assert_int_equal(run("compile d cb=1395425 l1=1\n"), -1);
	assert_int_equal(run("expect l1 used=0\n"), 0);
}

static void books_of_old(void **state)
{
	(void)state;
	assert_int_equal(run("compile a cb=300K l1=64*2048\nrun a\nfree a\n"
			     "compile b cb=100K cores=8\nrun b\n"
			     "expect old_books used=64*300K+64*2048+8*100K\n"
			     "expect l1 used=0\n"), 0);
	assert_int_equal(old_books_capacity(chips[0].board.arch), 120 * 1499136);
	assert_int_equal(old_books_capacity(chips[1].board.arch), 204 * 1572864);
	/* What was refused was never compiled. */
	assert_int_equal(run("compile c cb=2M\n"), -1);
	assert_int_equal(run("expect oom compile c cb=0 l1=64*2M\n"
			     "expect old_books used=64*300K+64*2048+8*100K\n"), 0);
}

/* ---- reports ------------------------------------------------------------------------------- */

static void reports(void **state)
{
	const struct ttmem_report_entry *l1 = &drivers[0].entries[TTMEM_POOL_L1];
	const struct ttmem_report_entry *cb = &drivers[0].entries[TTMEM_POOL_CB];
	const struct ttmem_report_entry *small = &drivers[0].entries[TTMEM_POOL_L1_SMALL];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++)
		reporter_attach(&chips[i]);
	assert_int_equal(drivers[0].geometry.tensix_enabled, 64);
	assert_int_equal(drivers[0].geometry.tensix_harvest_mask, 65);
	assert_int_equal(drivers[0].geometry.l1_core_bytes, 1499136);
	assert_int_equal(drivers[1].geometry.dram_banks_enabled, 8);
	assert_int_equal(drivers[1].geometry.dram_bank_bytes, 4ULL << 30);
	assert_int_not_equal(drivers[0].geometry.chip_uid, drivers[1].geometry.chip_uid);
	assert_int_equal(drivers[0].reports, 1);

	/* One report for each change and none for a failure, to the chip that it was on. */
	assert_int_equal(run("alloc a l1 64*4096\nexpect oom alloc b l1 64*2M\n"
			     "compile c cb=100K\nrun c\n"), 0);
	assert_int_equal(drivers[0].reports, 4);
	assert_int_equal(drivers[1].reports, 1);
	for (i = 0; i < NR_POOLS; i++) {
		assert_int_equal(drivers[0].entries[i].pool, i);
		assert_int_equal(drivers[0].entries[i].chip, TTMEM_CHIP_LOCAL);
	}
	assert_int_equal(l1->banks, 64);
	assert_int_equal(l1->bank_bytes, 1395424);
	assert_int_equal(l1->allocated_bytes, 4096);
	assert_int_equal(l1->largest_free_bytes, 1395424 - 4096);
	assert_int_equal(l1->flags, 0);
	assert_int_equal(cb->flags, TTMEM_REPORT_WHOLE_POOL);
	assert_int_equal(cb->banks, 0);
	assert_int_equal(cb->bank_bytes, 0);
	assert_int_equal(cb->largest_free_bytes, 0);
	assert_int_equal(cb->allocated_bytes, 64 * 100 << 10);
	assert_int_equal(small->banks, 0);
	assert_int_equal(small->flags, 0);
}

static void goes_on_without_driver(void **state)
{
	(void)state;
	chips[1].ordinal = 7;
	reporter_attach(&chips[1]);
	assert_null(chips[1].handle);
	assert_int_equal(run("alloc a l1 1 on 1\nexpect l1 used=110*2048 on 1\n"), 0);

	drivers[0].error = -ERANGE;
	reporter_attach(&chips[0]);
	assert_null(chips[0].handle);

	reporter_attach(&chips[0]);
	assert_non_null(chips[0].handle);
	drivers[0].error = -EINVAL;
	assert_int_equal(run("alloc a l1 1\n"), 0);
	assert_non_null(chips[0].handle);
	drivers[0].error = -ENODEV;
	assert_int_equal(run("free a\n"), 0);
	assert_null(chips[0].handle);
	assert_int_equal(run("alloc a l1 1\nexpect l1 used=64*2048\n"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(boards),
		cmocka_unit_test(bad_boards),
		on_chips(pools_of_boards),
		cmocka_unit_test_setup_teardown(small_and_trace, set_up_small_and_trace, tear_down),
		on_chips(pages_and_banks),
		on_chips(directions),
		on_chips(out_of_memory),
		on_chips(circular_buffers),
		on_chips(clash),
		on_chips(books_of_old),
		on_chips(reports),
		on_chips(goes_on_without_driver),
	};

	return cmocka_run_group_tests_name("chip", tests, NULL, NULL);
}
