// SPDX-License-Identifier: GPL-2.0-only
/* Machines of several chips, and what the driver is told of them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "test_fixture.h"

/* Each remote chip lies behind the local one of its own n300. */
static void mesh(void **state)
{
	struct chip *chip;
	unsigned int i;

	(void)state;
	assert_int_equal(machine.nr_gateways, 4);
	assert_int_equal(machine.nr_chips, 8);
	for (i = 0; i < 8; i++) {
		chip = &machine.chips[i];
		assert_int_equal(chip->board.chip, i);
		assert_int_equal(chip->board.remote, i >= 4);
		assert_ptr_equal(chip->gateway, &machine.gateways[i % 4]);
		assert_ptr_equal(chip->gateway->chips[i / 4], chip);
		assert_int_equal(chip->gateway->ordinal, i % 4);
		assert_int_equal(chip->uid, 0x5454000000000000 | i % 4 << 8 | i / 4);
	}
}

static void no_gateway(void **state)
{
	static const struct chip_config config;
	struct board board = {};
	unsigned int i;

	(void)state;
	assert_int_equal(find_board("wormhole_N300.yaml:1", &board), 0);
	assert_int_equal(machine_add(&machine, &board, &config, 0), -ENXIO);
	assert_int_equal(machine.nr_chips, 2);

	board.remote = false;
	for (i = machine.nr_gateways; i < MAX_GATEWAYS; i++)
		assert_int_equal(machine_add(&machine, &board, &config, i), 0);
	assert_int_equal(machine_add(&machine, &board, &config, i), -ENOSPC);
	board.remote = true;
	while (machine.nr_chips < MAX_CHIPS)
		assert_int_equal(machine_add(&machine, &board, &config, 0), 0);
	for (i = 0; i < MAX_GATEWAYS; i++)
		assert_int_equal(machine.gateways[i].nr_chips, 2);
	assert_int_equal(machine_add(&machine, &board, &config, 0), -ENOSPC);
}

static void on_all(void **state)
{
	(void)state;
	assert_int_equal(run("alloc a l1 64*1000K on 5\n"
			     "alloc b l1 64*2048 on all\n"
			     "expect l1 free=64*1393376 on 4\n"
			     "expect l1 used=64*1026048 on 5\n"
			     "expect trace allocatable=0 on all\n"), 0);
	assert_int_equal(run("alloc c l1 64*500K on all\n"), -1);
	assert_non_null(strstr(complained, "test:1: chip 5: out of memory: c needs 512000 B "));
	/* The chips before it have it. */
	assert_int_equal(run("expect l1 used=64*514048 on 4\nexpect l1 used=64*2048 on 6\n"), 0);
	assert_int_equal(run("expect l1 used=64*514048 on all\n"), -1);
	assert_non_null(strstr(complained, "test:1: chip 5: l1 used is 65667072, not 32899072\n"));
}

/* ---- reports ------------------------------------------------------------------------------- */

static void reports(void **state)
{
	const struct ttmem_report_entry *l1 = &drivers[0].entries[0][TTMEM_POOL_L1];
	const struct ttmem_report_entry *cb = &drivers[0].entries[0][TTMEM_POOL_CB];
	const struct ttmem_report_entry *small = &drivers[0].entries[0][TTMEM_POOL_L1_SMALL];

	(void)state;
	attach_all();
	assert_int_equal(drivers[0].geometry[0].tensix_enabled, 64);
	assert_int_equal(drivers[0].geometry[0].tensix_harvest_mask, 65);
	assert_int_equal(drivers[0].geometry[0].l1_core_bytes, 1499136);
	assert_int_equal(drivers[1].geometry[0].dram_banks_enabled, 8);
	assert_int_equal(drivers[1].geometry[0].dram_bank_bytes, 4ULL << 30);
	assert_int_not_equal(drivers[0].geometry[0].chip_uid, drivers[1].geometry[0].chip_uid);
	assert_int_equal(drivers[0].reports, 1);

	/* One report for each change and none for a failure, to the chip that it was on. */
	assert_int_equal(run("alloc a l1 64*4096\nexpect oom alloc b l1 64*2M\n"
			     "compile c cb=100K\nrun c\nbooks\n"), 0);
	assert_int_equal(drivers[0].reports, 4);
	assert_int_equal(drivers[1].reports, 1);
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

static void failures(void **state)
{
	(void)state;
	attach_all();
	assert_int_equal(run("alloc a l1 1 on 1\nexpect oom alloc b l1 65*1M page=1M on 1\n"), 0);
	assert_int_equal(drivers[0].failures, 1);
	assert_int_equal(drivers[0].failure.chip, 15);
	assert_int_equal(drivers[0].failure.pool, TTMEM_POOL_L1);
	assert_int_equal(drivers[0].failure.bank_bytes, 2 << 20);

	/* A failure is a failure, expected or not, and whatever asked for the memory. */
	assert_int_equal(run("compile c cb=0 l1=64*2M\n"), -1);
	assert_int_equal(drivers[0].failures, 2);
	assert_int_equal(drivers[0].failure.chip, 0);
	assert_int_equal(run("expect oom alloc b dram 13*1G page=1G\n"), 0);
	assert_int_equal(drivers[0].failures, 3);
	assert_int_equal(drivers[0].failure.pool, TTMEM_POOL_DRAM);

	/* These are mistakes. */
	assert_int_equal(run("alloc a l1 1 on 1\n"), -1);
	assert_int_equal(run("alloc b trace 1\n"), -1);
	assert_int_equal(run("free b\n"), -1);
	assert_int_equal(drivers[0].failures, 3);
}

/* Chips of a gateway share a client, and everybody sees all of a change at once. */
static void reports_of_a_mesh(void **state)
{
	struct ttmem *driver;
	unsigned int i;

	(void)state;
	attach_all();
	for (i = 0; i < 4; i++) {
		driver = &drivers[i];
		assert_int_equal(driver->reports, 1);
		assert_int_equal(driver->nr_remote, 1);
		assert_int_equal(driver->geometry[0].chip_uid, machine.chips[i].uid);
		assert_int_equal(driver->geometry[15].chip_uid, machine.chips[i + 4].uid);
		assert_int_equal(driver->geometry[15].tensix_harvest_mask,
				 machine.chips[i + 4].board.tensix_harvest_mask);
		assert_int_equal(driver->entries[15][TTMEM_POOL_DRAM].banks, 12);
	}

	assert_int_equal(run("alloc a l1 64*4096 on all\nalloc b l1 64*2048 on 6\n"), 0);
	for (i = 0; i < 4; i++) {
		driver = &drivers[i];
		assert_int_equal(driver->reports, i == 2 ? 3 : 2);
		assert_int_equal(driver->entries[0][TTMEM_POOL_L1].allocated_bytes, 4096);
		assert_int_equal(driver->entries[15][TTMEM_POOL_L1].allocated_bytes,
				 i == 2 ? 6144 : 4096);
	}

	/* Those that have it before another one fails say so. */
	assert_int_equal(run("alloc c l1 64*1M on 6\nexpect oom alloc d l1 64*1M on all\n"), 0);
	assert_int_equal(drivers[1].entries[15][TTMEM_POOL_L1].allocated_bytes, (1 << 20) + 4096);
	assert_int_equal(drivers[2].entries[0][TTMEM_POOL_L1].allocated_bytes, (1 << 20) + 4096);
	assert_int_equal(drivers[3].entries[15][TTMEM_POOL_L1].allocated_bytes, 4096);
	assert_int_equal(drivers[2].failures, 1);
}

static void goes_on_without_driver(void **state)
{
	struct gateway *gateways = machine.gateways;

	(void)state;
	gateways[1].ordinal = 7;
	reporter_attach(&gateways[1]);
	assert_null(gateways[1].handle);
	assert_int_equal(run("alloc a l1 1 on 1\nexpect l1 used=110*2048 on 1\n"), 0);
	assert_int_equal(run("expect oom alloc b l1 110*2M on 1\n"), 0);

	drivers[0].error = -ERANGE;
	reporter_attach(&gateways[0]);
	assert_null(gateways[0].handle);

	reporter_attach(&gateways[0]);
	assert_non_null(gateways[0].handle);
	drivers[0].error = -EINVAL;
	assert_int_equal(run("alloc a l1 1\nexpect oom alloc b l1 64*2M\n"), 0);
	assert_non_null(gateways[0].handle);
	drivers[0].error = -ENODEV;
	assert_int_equal(run("free a\n"), 0);
	assert_null(gateways[0].handle);
	assert_int_equal(run("alloc a l1 1\nexpect l1 used=64*2048\n"), 0);

	reporter_attach(&gateways[0]);
	drivers[0].error = -ENODEV;
	assert_int_equal(run("expect oom alloc b l1 64*2M\n"), 0);
	assert_null(gateways[0].handle);
}

/* A remote chip that lives elsewhere takes its gateway with it: half a truth is none. */
static void goes_on_without_remote_chip(void **state)
{
	(void)state;
	drivers[0].remote_error = -EEXIST;
	attach_all();
	assert_null(machine.gateways[0].handle);
	assert_int_equal(run("alloc a l1 1 on all\n"
			     "expect l1 used=64*2048 on all\n"
			     "books on 1\n"), 0);
	assert_non_null(strstr(said, "chip 1: behind tt0, n300 (wormhole_N300.yaml:1)"));
}

/* ---- ledger pages -------------------------------------------------------------------------- */

static void assert_page(unsigned int chip, enum ttmem_pool pool, unsigned int updates,
			__u64 allocated, __u64 peak)
{
	const struct ttmem_page_pool *entry = &drivers[0].pages[chip][pool];
	const struct ttmem_page_figures *figures = &entry->figures[updates & 1];

	assert_int_equal(entry->sequence, updates);
	assert_int_equal(figures->allocated_bytes, allocated);
	assert_int_equal(figures->peak_bytes, peak);
}

/* One report of each chip's pools; then an update of each pool that has changed, and no call. */
static void ledger_pages(void **state)
{
	const struct ttmem_page_pool *l1 = &drivers[0].pages[15][TTMEM_POOL_L1];

	(void)state;
	attach_all_by_page();
	assert_int_equal(drivers[0].nr_mapped, 2);
	assert_int_equal(run("alloc a l1 64*4096 on 1\nalloc b l1 64*2048 on all\n"
			     "free a on 1\nexpect oom alloc x l1 64*2M on 1\n"
			     "compile c cb=100K\nrun c\nalloc d dram 1\n"), 0);
	assert_page(15, TTMEM_POOL_L1, 3, 2048, 6144);
	assert_int_equal(l1->figures[1].largest_free_bytes, 1395424 - 6144);
	assert_page(15, TTMEM_POOL_CB, 0, 0, 0);
	assert_page(15, TTMEM_POOL_DRAM, 0, 0, 0);
	assert_page(0, TTMEM_POOL_L1, 1, 2048, 2048);
	assert_page(0, TTMEM_POOL_CB, 1, 64 * 100 << 10, 64 * 100 << 10);
	assert_page(0, TTMEM_POOL_DRAM, 1, 2048, 2048);
	assert_int_equal(drivers[0].reports, 1);
	assert_int_equal(drivers[0].entries[0][TTMEM_POOL_L1].allocated_bytes, 0);
	assert_int_equal(drivers[0].failures, 1);
	assert_int_equal(drivers[0].looks, 0);
}

/* What is not in a page goes the other way, for this chip only, and the page goes on from there. */
static void ledger_page_and_new_shape(void **state)
{
	(void)state;
	attach_all_by_page();
	assert_int_equal(run("alloc a l1 64*4096 on all\n"), 0);
	machine.chips[0].pools[TTMEM_POOL_L1].banks--;
	assert_int_equal(run("alloc b l1 63*2048 on all\n"), 0);
	assert_int_equal(drivers[0].reports, 2);
	assert_int_equal(drivers[0].nr_mapped, 2);
	assert_int_equal(drivers[0].entries[0][TTMEM_POOL_L1].banks, 63);
	assert_int_equal(drivers[0].entries[0][TTMEM_POOL_L1].allocated_bytes, 6144);
	assert_page(0, TTMEM_POOL_L1, 1, 4096, 4096);
	assert_int_equal(drivers[0].entries[15][TTMEM_POOL_L1].allocated_bytes, 0);
	assert_page(15, TTMEM_POOL_L1, 2, 6144, 6144);

	assert_int_equal(run("free a\n"), 0);
	assert_int_equal(drivers[0].reports, 2);
	assert_page(0, TTMEM_POOL_L1, 2, 2048, 4096);
}

/* Once before each pause, if there is something to see. */
static void looks(void **state)
{
	char enter[] = "\n";
	FILE *in = stdin;

	(void)state;
	attach_all_by_page();
	assert_int_equal(run("alloc a l1 1\nalloc b l1 1\nbooks\n"), 0);
	assert_int_equal(drivers[0].looks, 0);
	stdin = fmemopen(enter, 1, "r");
	assert_non_null(stdin);
	assert_int_equal(run("wait\n"), 0);
	fclose(stdin);
	stdin = in;
	assert_int_equal(drivers[0].looks, 1);
	assert_int_equal(drivers[1].looks, 0);

	sim.interactive = true;
	assert_int_equal(run("books\nalloc c l1 1\nbooks\nfree c\n"), 0);
	assert_int_equal(drivers[0].looks, 3);
	assert_int_equal(drivers[0].reports, 1);
}

/* An older driver; or the chip goes, which pages do not tell. */
static void goes_on_without_ledger_page(void **state)
{
	struct gateway *gateways = machine.gateways;

	(void)state;
	drivers[0].page_error = -EOPNOTSUPP;
	attach_all_by_page();
	assert_false(gateways[0].by_page);
	assert_true(gateways[1].by_page);
	assert_int_equal(run("alloc a l1 1 on all\nfree a\n"), 0);
	assert_int_equal(drivers[0].reports, 3);
	assert_int_equal(drivers[0].looks, 0);
	assert_int_equal(drivers[1].reports, 1);

	drivers[1].error = -EINVAL;
	sim.interactive = true;
	assert_int_equal(run("alloc b l1 1 on 1\n"), 0);
	assert_non_null(gateways[1].handle);
	drivers[1].error = -ENODEV;
	assert_int_equal(run("alloc c l1 1 on 1\n"), 0);
	assert_null(gateways[1].handle);
	assert_int_equal(run("free c on 1\nexpect l1 used=110*2*2048 on 1\n"), 0);
	assert_null(strstr(said, "error"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		on_t3000(mesh),
		on_n300(no_gateway),
		on_t3000(on_all),
		on_chips(reports),
		on_n300(failures),
		on_t3000(reports_of_a_mesh),
		on_chips(goes_on_without_driver),
		on_n300(goes_on_without_remote_chip),
		on_n300(ledger_pages),
		on_n300(ledger_page_and_new_shape),
		on_chips(looks),
		on_chips(goes_on_without_ledger_page),
	};

	return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
