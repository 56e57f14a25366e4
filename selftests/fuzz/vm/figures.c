// SPDX-License-Identifier: GPL-2.0-only
/*
 * What chips show, whatever has been done to them.
 */
#include "../../ttmem_chips.h"
#include "calls.h"

const char *const pool_names[NR_POOLS] = { "l1", "l1_small", "cb", "dram", "trace" };

static long long pool_figure(const char *stat, const char *pool, const char *figure)
{
	char name[48];

	snprintf(name, sizeof(name), "%s_%s", pool, figure);
	return stat_number(stat, name);
}

/* Of two figures that are both known, the first is at most the second. */
static bool exceeds(const char *stat, const char *pool, const char *part, const char *whole)
{
	long long a = pool_figure(stat, pool, part), b = pool_figure(stat, pool, whole);

	return a >= 0 && b >= 0 && a > b;
}

static const char *pool_wrong(const char *stat, const char *pool)
{
	if (pool_figure(stat, pool, "used") < 0)
		return "used is unknown";
	if (exceeds(stat, pool, "used", "total") || exceeds(stat, pool, "used", "nominal"))
		return "used exceeds capacity";
	if (exceeds(stat, pool, "used", "peak"))
		return "peak is below used";
	if (exceeds(stat, pool, "free", "allocatable") ||
	    exceeds(stat, pool, "allocatable", "total"))
		return "free or allocatable exceeds what there is";
	if (exceeds(stat, pool, "largest_free", "free"))
		return "largest_free exceeds free";
	return NULL;
}

static const char *chip_wrong(const char *chip, bool idle)
{
	const char *wrong = NULL;
	char stat[8192];
	int i, ret;

	ret = chip_text(chip, "mem/stat", stat, sizeof(stat));
	/* A remote chip may make room for another one. */
	if (ret == -ENOENT || ret == -ENODEV)
		return NULL;
	if (ret <= 0)
		return "mem/stat cannot be read";
	for (i = 0; i < NR_POOLS && !wrong; i++) {
		wrong = pool_wrong(stat, pool_names[i]);
		if (idle && pool_figure(stat, pool_names[i], "used"))
			wrong = "something is in use although nobody is there";
	}
	if (idle && stat_number(stat, "clients"))
		wrong = "there are clients although nobody is there";
	if (idle && chip_entries(chip, "clients"))
		wrong = "a client's directory has stayed";
	return wrong;
}

/**
 * figures_wrong - check what the two gateways show
 * @idle: no file is open
 *
 * Return: what is wrong, NULL if nothing is.
 */
const char *figures_wrong(bool idle)
{
	const char *wrong = chip_wrong("tt0", idle);

	return wrong ? wrong : chip_wrong("tt1", idle);
}

/* The same of all chips, remote ones included, when no file is open. */
const char *all_figures_wrong(void)
{
	DIR *directory = opendir("/sys/class/tenstorrent");
	const char *wrong = NULL;
	struct dirent *entry;

	CHECK(directory);
	while (!wrong && (entry = readdir(directory)))
		if (!strncmp(entry->d_name, "tt", 2))
			wrong = chip_wrong(entry->d_name, true);
	closedir(directory);
	return wrong;
}
