// SPDX-License-Identifier: GPL-2.0-only
/* Boards, pools, buffers and programs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

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
	assert_false(board.remote);
	assert_int_equal(find_board("wormhole_N300.yaml:1", &board), 0);
	assert_int_equal(board.tensix_harvest_mask, 5);
	assert_true(board.remote);
	assert_int_equal(find_board("wormhole_N300.yaml", &board), 0);
	assert_int_equal(board.chip, 0);
	assert_int_equal(find_board("wormhole_N300.yaml:2", &board), -ENOENT);
	assert_int_equal(find_board("wormhole_N300", &board), -ENOENT);
	assert_int_equal(find_board("", &board), -ENOENT);
}

static int find_in(const char *text)
{
	FILE *table = fmemopen((void *)text, strlen(text), "r");
	struct board board;
	const char *why;
	int err;

	assert_non_null(table);
	err = board_next(table, "a:0", &board, &why);
	fclose(table);
	return err;
}

static void bad_boards(void **state)
{
	(void)state;
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t120\t188743680\t32\n"), 0);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t120\t188743680\n"), -EINVAL);
	assert_int_equal(find_in("a\t0\tquasar\tp150\tpci\t192\t0\t120\t188743680\t32\n"), -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tusb\t192\t0\t120\t188743680\t32\n"),
			 -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t-1\t188743680\t32\n"),
			 -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t204\t320864256\t32\n"),
			 -EINVAL);
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t0\t120\t188743681\t32\n"),
			 -EINVAL);
	/* Bits beyond the banks, such that 64 bits of bytes are right again. */
	assert_int_equal(find_in("a\t0\tblackhole\tp150\tpci\t192\t18446744073709551615\t120\t"
				 "188743680\t17179868960\n"), -EINVAL);
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
	const struct arch *arch = machine.chips[0].board.arch;

	(void)state;
	assert_int_equal(run("alloc a l1 64*2048\nalloc b l1 64*2048 from=bottom\n"), 0);
	assert_int_equal(LIST_FIRST(&machine.chips[0].buffers)->address, arch->l1_base);
	assert_int_equal(LIST_NEXT(LIST_FIRST(&machine.chips[0].buffers), link)->address,
			 arch->l1_core_bytes - 2048);
	assert_int_equal(run("alloc c dram 1\n"), 0);
	assert_int_equal(LIST_FIRST(&machine.chips[0].buffers)->address, arch->dram_reserved);
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
	assert_int_equal(old_books_capacity(machine.chips[0].board.arch), 120 * 1499136);
	assert_int_equal(old_books_capacity(machine.chips[1].board.arch), 204 * 1572864);
	/* What was refused was never compiled. */
	assert_int_equal(run("compile c cb=2M\n"), -1);
	assert_int_equal(run("expect oom compile c cb=0 l1=64*2M\n"
			     "expect old_books used=64*300K+64*2048+8*100K\n"), 0);
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
	};

	return cmocka_run_group_tests_name("chip", tests, NULL, NULL);
}
