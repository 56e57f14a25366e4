// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libttmem.h"
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
		gateway->handle = NULL;
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

/*
 * Say what all pools of the chips that changed hold, in one call, so that nobody sees half of a
 * change.
 */
void reporter_report(struct gateway *gateway)
{
	struct ttmem_report_entry entries[TTMEM_MAX_CHIPS * NR_POOLS];
	unsigned int i, nr = 0;
	int err;

	for (i = 0; i < gateway->nr_chips; i++) {
		if (!gateway->chips[i]->changed)
			continue;
		gateway->chips[i]->changed = false;
		chip_report(gateway->chips[i], &entries[nr]);
		nr += NR_POOLS;
	}
	if (!nr || !gateway->handle)
		return;
	err = ttmem_report(gateway->handle, entries, nr);
	if (err)
		complain(gateway, "report", err);
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
	ttmem_close(gateway->handle);
	gateway->handle = NULL;
}
