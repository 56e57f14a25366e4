// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reporter.h"

static void give_up(struct gateway *gateway, const char *what, int err)
{
	fprintf(stderr, "runtime_sim: tt%u: %s: %s; going on without the driver\n",
		gateway->ordinal, what, strerror(-err));
	reporter_detach(gateway);
}

/* A refusal is no reason to stop reporting, unless there is nobody to report to any more. */
static void complain(struct gateway *gateway, const char *what, int err)
{
	if (err == -ENODEV)
		give_up(gateway, "the chip is gone", err);
	else
		fprintf(stderr, "runtime_sim: tt%u: a %s was refused: %s\n", gateway->ordinal,
			what, strerror(-err));
}

static int declare(struct gateway *gateway, struct chip *chip)
{
	struct ttmem_geometry geometry;

	chip_geometry(chip, &geometry);
	if (chip->board.remote)
		return ttmem_declare_remote(gateway->handle, &geometry, &chip->index);
	return ttmem_declare(gateway->handle, TTMEM_CHIP_LOCAL, &geometry);
}

/* Become a client of the gateway and say what its chips are and that they are idle. */
void reporter_attach(struct gateway *gateway)
{
	unsigned int i;
	int err;

	err = ttmem_open(&gateway->handle, gateway->ordinal);
	if (err) {
		give_up(gateway, "cannot be opened", err);
		return;
	}
	for (i = 0; i < gateway->nr_chips; i++) {
		err = declare(gateway, gateway->chips[i]);
		if (err) {
			give_up(gateway, "a geometry was refused", err);
			return;
		}
		gateway->chips[i]->changed = true;
	}
	reporter_report(gateway);
}

/* Does the driver know all but what is allocated? */
static bool fits_page(const struct told *told, const struct ttmem_report_entry *entries)
{
	unsigned int i;

	for (i = 0; i < NR_POOLS; i++)
		if (entries[i].flags != told->entries[i].flags ||
		    entries[i].banks != told->entries[i].banks ||
		    entries[i].bank_bytes != told->entries[i].bank_bytes)
			return false;
	return told->page.base;
}

static void update_page(struct gateway *gateway, const struct ttmem_report_entry *entries)
{
	struct told *told = &gateway->told[entries->chip];
	unsigned int i;

	for (i = 0; i < NR_POOLS; i++) {
		if (entries[i].allocated_bytes == told->entries[i].allocated_bytes &&
		    entries[i].largest_free_bytes == told->entries[i].largest_free_bytes)
			continue;
		ttmem_page_update(ttmem_page_pool(&told->page, i), entries[i].allocated_bytes,
				  entries[i].largest_free_bytes);
		told->entries[i] = entries[i];
		gateway->unseen = true;
	}
}

/* From now on there is a page for what the entries of a chip say. */
static void begin_page(struct gateway *gateway, const struct ttmem_report_entry *entries)
{
	struct told *told = &gateway->told[entries->chip];
	int err = 0;

	memcpy(told->entries, entries, sizeof(told->entries));
	if (!told->page.base)
		err = ttmem_page_map(gateway->handle, entries->chip, &told->page);
	if (!err)
		return;
	fprintf(stderr, "runtime_sim: tt%u: there is no ledger page: %s; going on with reports\n",
		gateway->ordinal, strerror(-err));
	gateway->by_page = false;
}

static void report(struct gateway *gateway, const struct ttmem_report_entry *entries,
		   unsigned int nr)
{
	unsigned int i;
	int err;

	err = ttmem_report(gateway->handle, entries, nr, sizeof(entries[0]));
	if (err) {
		complain(gateway, "report", err);
		return;
	}
	for (i = 0; i < nr && gateway->by_page; i += NR_POOLS)
		begin_page(gateway, &entries[i]);
}

/*
 * Say what all pools of the chips that changed hold: in one call, so that nobody sees half of a
 * change, or in the pages of the chips.
 */
void reporter_report(struct gateway *gateway)
{
	struct ttmem_report_entry entries[TTMEM_MAX_CHIPS * NR_POOLS];
	unsigned int i, nr = 0;
	struct chip *chip;

	for (i = 0; i < gateway->nr_chips; i++) {
		chip = gateway->chips[i];
		if (!chip->changed)
			continue;
		chip->changed = false;
		chip_report(chip, &entries[nr]);
		if (fits_page(&gateway->told[chip->index], &entries[nr]))
			update_page(gateway, &entries[nr]);
		else
			nr += NR_POOLS;
	}
	if (nr && gateway->handle)
		report(gateway, entries, nr);
}

/* Let those who sleep until something changes know what pages say. */
void reporter_look(struct gateway *gateway)
{
	int err;

	if (!gateway->handle || !gateway->unseen)
		return;
	gateway->unseen = false;
	err = ttmem_look(gateway->handle);
	if (err)
		complain(gateway, "look", err);
}

/* Say that an allocation has failed. */
void reporter_failure(const struct chip *chip, enum ttmem_pool pool, __u64 bank_bytes)
{
	struct gateway *gateway = chip->gateway;
	int err;

	if (!gateway->handle)
		return;
	err = ttmem_failure(gateway->handle, chip->index, pool, bank_bytes);
	if (err)
		complain(gateway, "failure", err);
}

void reporter_detach(struct gateway *gateway)
{
	unsigned int i;

	for (i = 0; i < TTMEM_MAX_CHIPS; i++)
		ttmem_page_unmap(&gateway->told[i].page);
	gateway->unseen = false;
	ttmem_close(gateway->handle);
	gateway->handle = NULL;
}
