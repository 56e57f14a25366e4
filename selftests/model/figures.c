// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "rules.h"

#define NO_CEILING	(~0ULL)

static const char * const pool_names[POOLS] = { "l1", "l1_small", "cb", "dram", "trace" };

static __u64 less(__u64 a, __u64 b)
{
	return a > b ? a - b : 0;
}

static __u64 least(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static __u64 greatest(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/* ---- lists of figures ----------------------------------------------------------------------- */

static struct figure *put(struct figures *figures, const char *pool, const char *name, int known,
			  __u64 value)
{
	struct figure *figure = &figures->all[figures->nr++];

	memset(figure, 0, sizeof(*figure));
	snprintf(figure->name, sizeof(figure->name), "%s%s%s", pool ?: "", pool ? "_" : "", name);
	figure->known = known;
	figure->low = value;
	figure->high = value;
	return figure;
}

static void put_line(struct figures *figures, const char *pool, const char *name, int known,
		     __u64 value)
{
	put(figures, pool, name, known, value)->only_in_stat = 1;
}

static void put_word(struct figures *figures, const char *name, const char *word)
{
	struct figure *figure = put(figures, NULL, name, !!word, 0);

	snprintf(figure->text, sizeof(figure->text), "%s", word ?: "");
}

static void put_hex(struct figures *figures, const char *name, int known, int digits, __u64 value)
{
	struct figure *figure = put(figures, NULL, name, known, 0);

	snprintf(figure->text, sizeof(figure->text), "0x%0*llx", digits, value);
}

static struct figure *put_moment(struct figures *figures, const char *name, struct moment *moment)
{
	struct figure *figure = put(figures, NULL, name, moment->known, moment->low);

	figure->high = moment->high;
	figure->learn[0] = &moment->low;
	figure->learn[1] = &moment->high;
	return figure;
}

static __u64 pid_of(__u64 process)
{
	unsigned int i;

	for (i = 0; i < ACTORS; i++)
		if (world.actors[i].number == process)
			return world.actors[i].pid;
	return 0;
}

/* ---- a chip --------------------------------------------------------------------------------- */

/* What can be known of a pool from all clients of a chip. */
struct sums {
	__u64 used;
	int sized;
	__u64 widest;			/* the largest region */
	__u64 fewest, most;		/* banks of those that have it */
	__u64 tightest;			/* the smallest of their largest free blocks */
};

static struct sums sum_up(const struct gateway *gateway, __u32 index, int pool)
{
	struct sums sums = { .tightest = ~0ULL };
	const struct holding *held;
	struct client *client;

	for_each_seat(client, gateway, index) {
		held = &client->seats[index].pools[pool];
		sums.used += held->used;
		if (!held->shape.sized)
			continue;
		sums.tightest = least(sums.tightest, held->largest_free);
		if (!sums.sized || held->shape.region > sums.widest) {
			sums.widest = held->shape.region;
			sums.fewest = held->shape.banks;
			sums.most = held->shape.banks;
		} else if (held->shape.region == sums.widest) {
			sums.fewest = least(sums.fewest, held->shape.banks);
			sums.most = greatest(sums.most, held->shape.banks);
		}
		sums.sized = 1;
	}
	return sums;
}

/* The geometry that a chip shows; NULL if it is unknown. */
static const struct ttmem_geometry *shown(const struct chip *chip)
{
	if (chip->pinned)
		return &chip->pin;
	return chip->agreement == TTMEM_GEOMETRY_DECLARED ? &chip->agreed : NULL;
}

static __u64 memory_bytes(const struct ttmem_geometry *geometry, int pool)
{
	return pool < TTMEM_POOL_DRAM ? l1_bytes(geometry) : dram_bytes(geometry);
}

/* More than that, no figure of a memory is. */
static __u64 memory_ceiling(const struct gateway *gateway, __u32 index, int pool)
{
	const struct ttmem_geometry *geometry = shown(&gateway->chips[index]);

	if (geometry)
		return memory_bytes(geometry, pool);
	if (arch_of(gateway)->name)
		return memory_bytes(&arch_of(gateway)->die, pool);
	return NO_CEILING;
}

static int is_main(int pool)
{
	return pool == TTMEM_POOL_L1 || pool == TTMEM_POOL_DRAM;
}

/* Figures that only the pools have that speak for a whole memory. */
static void put_main(struct figures *figures, const struct gateway *gateway, __u32 index, int pool,
		     const struct sums *sums, __u64 allocatable)
{
	const struct ttmem_geometry *geometry = shown(&gateway->chips[index]);
	struct sums part = sum_up(gateway, index, pool + 1);
	__u64 total = geometry ? memory_bytes(geometry, pool) : 0;
	__u64 region;

	if (pool == TTMEM_POOL_L1)
		part = sum_up(gateway, index, TTMEM_POOL_L1_SMALL);
	region = least(part.widest, memory_ceiling(gateway, index, pool));
	put(figures, pool_names[pool], "total", !!geometry, total);
	put(figures, pool_names[pool], "nominal", !!arch_of(gateway)->name,
	    memory_bytes(&arch_of(gateway)->die, pool));
	put(figures, pool_names[pool], "allocatable", sums->sized, allocatable);
	put(figures, pool_names[pool], "reserved", geometry && sums->sized && part.sized,
	    less(less(total, allocatable), region));
}

static void put_region(struct figures *figures, const struct gateway *gateway, __u32 index,
		       int pool, const struct sums *sums, __u64 used)
{
	__u64 allocatable = least(sums->widest, memory_ceiling(gateway, index, pool));
	__u64 free = less(allocatable, used);

	put(figures, pool_names[pool], "free", sums->sized, free);
	put(figures, pool_names[pool], "largest_free", sums->sized, least(sums->tightest, free));
	put(figures, pool_names[pool], "banks", sums->sized, sums->fewest)->high = sums->most;
	if (is_main(pool))
		put_main(figures, gateway, index, pool, sums, allocatable);
	else
		put(figures, pool_names[pool], "total", sums->sized, allocatable);
}

static void put_pool(struct figures *figures, struct gateway *gateway, __u32 index, int pool)
{
	struct chip *chip = &gateway->chips[index];
	struct sums sums = sum_up(gateway, index, pool);
	__u64 ceiling = memory_ceiling(gateway, index, pool);

	if ((pool == TTMEM_POOL_L1_SMALL || pool == TTMEM_POOL_TRACE) && sums.sized)
		ceiling = least(ceiling, sums.widest);
	put(figures, pool_names[pool], "used", 1, least(sums.used, ceiling));
	put(figures, pool_names[pool], "peak", 1, least(chip->peak[pool], ceiling));
	put(figures, pool_names[pool], "alloc_failures", 1, chip->failures[pool]);
	put(figures, pool_names[pool], "high", 1, chip->high[pool]);
	put_line(figures, pool_names[pool], "oversubscribed", sums.used > ceiling,
		 less(sums.used, ceiling));
	if (pool != TTMEM_POOL_CB)
		put_region(figures, gateway, index, pool, &sums, least(sums.used, ceiling));
}

static void put_geometry(struct figures *figures, const struct gateway *gateway, __u32 index)
{
	static const char * const sources[] = { "none", "declared", "conflict", "pinned" };
	const struct chip *chip = &gateway->chips[index];
	const struct ttmem_geometry *geometry = shown(chip);
	const struct arch *arch = arch_of(gateway);
	__u64 uid = chip->uid;

	put(figures, NULL, "tensix_nominal", !!arch->name, arch->die.tensix_enabled);
	put(figures, NULL, "dram_banks_nominal", !!arch->name, arch->die.dram_banks_enabled);
	put_word(figures, "arch", arch->name);
	put(figures, NULL, "tensix_enabled", !!geometry, geometry ? geometry->tensix_enabled : 0);
	put_hex(figures, "tensix_harvest_mask", !!geometry, 0,
		geometry ? geometry->tensix_harvest_mask : 0);
	put(figures, NULL, "dram_banks_enabled", !!geometry,
	    geometry ? geometry->dram_banks_enabled : 0);
	if (!uid && geometry)
		uid = geometry->chip_uid;
	put_hex(figures, "chip_uid", !!uid, 16, uid);
	put_word(figures, "geometry_source",
		 sources[chip->pinned ? TTMEM_GEOMETRY_PINNED : chip->agreement]);
	put_line(figures, NULL, "geometry_conflict",
		 !chip->pinned && chip->agreement == TTMEM_GEOMETRY_CONFLICT, 1);
	put(figures, NULL, "geometry_mismatches", 1, chip->mismatches);
}

static void put_failure(struct figures *figures, struct failure *last)
{
	unsigned int first = figures->nr;

	put_word(figures, "last_failure_pool", last->when.known ? pool_names[last->pool] : NULL);
	put(figures, NULL, "last_failure_bank_bytes", last->when.known, last->bank_bytes);
	put(figures, NULL, "last_failure_largest_free", last->sized, last->largest_free);
	put(figures, NULL, "last_failure_pid", last->when.known, pid_of(last->process));
	put_moment(figures, "last_failure_ns", &last->when);
	while (first < figures->nr)
		figures->all[first++].only_in_stat = 1;
}

void figures_of_chip(struct figures *figures, struct gateway *gateway, __u32 index)
{
	struct chip *chip = &gateway->chips[index];
	struct client *client;
	static struct moment never;
	__u64 clients = 0;
	int pool;

	figures->nr = 0;
	for (pool = 0; pool < POOLS; pool++)
		put_pool(figures, gateway, index, pool);
	put_geometry(figures, gateway, index);
	for_each_seat(client, gateway, index)
		clients++;
	put(figures, NULL, "clients", 1, clients);
	put_moment(figures, "updated_ns", &chip->updated);
	put(figures, NULL, "rejected", index == TTMEM_CHIP_LOCAL, chip->rejected);
	put_moment(figures, "last_rejected_ns",
		   index == TTMEM_CHIP_LOCAL ? &chip->last_rejected : &never);
	put_failure(figures, &chip->last);
}

/* ---- a client ------------------------------------------------------------------------------- */

static void put_word_of_client(struct figures *figures, const struct seat *seat)
{
	const struct ttmem_geometry *geometry = &seat->geometry;
	unsigned int first = figures->nr;

	put(figures, NULL, "l1_total", seat->declared, l1_bytes(geometry));
	put(figures, NULL, "dram_total", seat->declared, dram_bytes(geometry));
	put(figures, NULL, "tensix_enabled", seat->declared, geometry->tensix_enabled);
	put_hex(figures, "tensix_harvest_mask", seat->declared, 0, geometry->tensix_harvest_mask);
	put(figures, NULL, "dram_banks_enabled", seat->declared, geometry->dram_banks_enabled);
	put_hex(figures, "chip_uid", seat->declared && geometry->chip_uid, 16, geometry->chip_uid);
	while (first < figures->nr)
		figures->all[first++].only_in_stat = 1;
}

void figures_of_seat(struct figures *figures, struct client *client, __u32 index)
{
	struct seat *seat = &client->seats[index];
	const struct holding *held;
	int pool;

	figures->nr = 0;
	put(figures, NULL, "pid", 1, pid_of(client->opener));
	put(figures, NULL, "uid", 1, client->uid);
	put_word(figures, "source", "self");
	for (pool = 0; pool < POOLS; pool++) {
		held = &seat->pools[pool];
		put(figures, pool_names[pool], "used", 1, held->used);
		put_line(figures, pool_names[pool], "peak", 1, held->peak);
		put_line(figures, pool_names[pool], "allocatable", held->shape.sized,
			 held->shape.region);
		put_line(figures, pool_names[pool], "largest_free", held->shape.sized,
			 held->largest_free);
		put_line(figures, pool_names[pool], "banks", held->shape.sized, held->shape.banks);
	}
	put_word_of_client(figures, seat);
	put_moment(figures, "updated_ns", &seat->updated)->only_in_stat = 1;
}
