// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libttmem.h"
#include "reporter.h"

static void give_up(struct chip *chip, const char *what, int err)
{
	fprintf(stderr, "runtime_sim: tt%u: %s: %s; going on without the driver\n", chip->ordinal,
		what, strerror(-err));
	reporter_detach(chip);
}

/* Become a client of the chip and say what the chip is and that it is idle. */
void reporter_attach(struct chip *chip)
{
	struct ttmem_geometry geometry;
	int err;

	err = ttmem_open(&chip->handle, chip->ordinal);
	if (err) {
		chip->handle = NULL;
		give_up(chip, "cannot be opened", err);
		return;
	}
	chip_geometry(chip, &geometry);
	err = ttmem_declare(chip->handle, chip->index, &geometry);
	if (err) {
		give_up(chip, "the geometry was refused", err);
		return;
	}
	reporter_report(chip);
}

/* Say what all pools of the chip hold, in one call, so that nobody sees half of a change. */
void reporter_report(struct chip *chip)
{
	struct ttmem_report_entry entries[NR_POOLS];
	int err;

	if (!chip->handle)
		return;
	chip_report(chip, entries);
	err = ttmem_report(chip->handle, entries, NR_POOLS);
	if (err == -ENODEV)
		give_up(chip, "the chip is gone", err);
	else if (err)
		fprintf(stderr, "runtime_sim: tt%u: a report was refused: %s\n", chip->ordinal,
			strerror(-err));
}

void reporter_detach(struct chip *chip)
{
	ttmem_close(chip->handle);
	chip->handle = NULL;
}
