// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of mem/stat tell their units by how they end; what counts parts of a chip does not.
 */
#include <string.h>

#include "ttmem.h"

static const struct {
	const char *end;
	enum unit unit;
} ends[] = {
	{ "_used", UNIT_BYTES },
	{ "_free", UNIT_BYTES },
	{ "_total", UNIT_BYTES },
	{ "_nominal", UNIT_BYTES },
	{ "_allocatable", UNIT_BYTES },
	{ "_reserved", UNIT_BYTES },
	{ "_peak", UNIT_BYTES },
	{ "_high", UNIT_BYTES },
	{ "_oversubscribed", UNIT_BYTES },
	{ "_bytes", UNIT_BYTES },
	{ "_ns", UNIT_NANOSECONDS },
};

static const char *const parts[] = { "tensix_", "dram_banks_" };

size_t before_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len > end && strcmp(name + len - end, ending) == 0 ? len - end : 0;
}

enum unit unit_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return UNIT_NONE;
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (before_ending(name, ends[i].end))
			return ends[i].unit;
	return UNIT_NONE;
}
