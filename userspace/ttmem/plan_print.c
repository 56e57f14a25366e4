// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would be pinned, as a table.
 */
#include <err.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdlib.h>

#include "plan.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static char *cell_chip(const struct target *target)
{
	return format("%" PRIu32, target->chip->logical);
}

static char *cell_gateway(const struct target *target)
{
	return format("tt%u", (unsigned int)target->chip->gateway->device.value);
}

static char *cell_access(const struct target *target)
{
	return copy_text(is_local(target->chip) ? "pci" : "remote");
}

static char *cell_arch(const struct target *target)
{
	return copy_text(target->chip->arch->name);
}

static char *cell_cores(const struct target *target)
{
	return format("%u/%u", target->geometry.tensix_enabled, target->die.tensix_enabled);
}

static char *cell_mask(const struct target *target)
{
	return format("0x%x", target->geometry.tensix_harvest_mask);
}

static char *cell_l1(const struct target *target)
{
	return format_bytes((uint64_t)target->geometry.tensix_enabled *
			    target->geometry.l1_core_bytes);
}

static char *cell_dram(const struct target *target)
{
	return format_bytes(target->geometry.dram_banks_enabled *
			    target->geometry.dram_bank_bytes);
}

static char *cell_uid(const struct target *target)
{
	if (!is_said(&target->chip->uid))
		return copy_text("-");
	return format("0x%016" PRIx64, target->chip->uid.value);
}

static const struct {
	const char *name;
	int flags;
	char *(*cell)(const struct target *target);
} columns[] = {
	{ "LOGICAL", SCOLS_FL_RIGHT, cell_chip },
	{ "GATEWAY", 0, cell_gateway },
	{ "ACCESS", 0, cell_access },
	{ "ARCH", 0, cell_arch },
	{ "CORES", SCOLS_FL_RIGHT, cell_cores },
	{ "MASK", SCOLS_FL_RIGHT, cell_mask },
	{ "L1_TOTAL", SCOLS_FL_RIGHT, cell_l1 },
	{ "DRAM_TOTAL", SCOLS_FL_RIGHT, cell_dram },
	{ "CHIP_UID", 0, cell_uid },
};

/**
 * plan_print - show what would be pinned
 * @plan: the plan
 *
 * Return: 0.
 */
int plan_print(const struct plan *plan)
{
	struct libscols_table *table = scols_new_table();
	struct libscols_line *line;
	size_t i, column;

	if (!table)
		err(EX_FAILED, NULL);
	/* An absolute width, as in list: libsmartcols cuts relative ones. */
	for (column = 0; column < ARRAY_SIZE(columns); column++)
		if (!scols_table_new_column(table, columns[column].name, 1, columns[column].flags))
			err(EX_FAILED, NULL);
	for (i = 0; i < plan->nr_targets; i++) {
		line = scols_table_new_line(table, NULL);
		if (!line)
			err(EX_FAILED, NULL);
		for (column = 0; column < ARRAY_SIZE(columns); column++)
			if (scols_line_refer_data(line, column,
						  columns[column].cell(&plan->targets[i])))
				err(EX_FAILED, NULL);
	}
	scols_print_table(table);
	scols_unref_table(table);
	return 0;
}
