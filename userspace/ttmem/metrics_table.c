// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metrics of chips and of their pools, in one table. Documentation/metrics.rst tells of each.
 * What is unknown has no sample: it is neither 0 nor NaN.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"
#include "why.h"

/**
 * struct family - samples of one name
 * @metric: what they have in common
 * @attr: the figure in mem/stat that they show; of pools it is behind the name of the pool
 * @get: its value; false if that is unknown. @pool is a pool as told by the name of its usage, or
 *	NULL
 * @label: adds labels to that of the chip, or NULL
 * @of_pools: there is a sample for each pool
 */
struct family {
	struct metric metric;
	const char *attr;
	bool (*get)(struct metrics *metrics, const struct metrics_chip *chip, const char *attr,
		    const char *pool, uint64_t *value);
	void (*label)(struct exposition *exposition, const struct metrics_chip *chip);
	bool of_pools;
};

/* ---- figures ------------------------------------------------------------------------------- */

bool metrics_figure(struct metrics *metrics, const struct metrics_chip *chip,
		    const struct ttmem_stat *stat, const char *name, uint64_t *value)
{
	int ret = ttmem_stat_u64(stat, name, value);

	if (ret && ret != -ENODATA) {
		warnx("%s: %s is not as documented", chip->name, name);
		metrics->code = EX_FAILED;
	}
	return !ret;
}

bool metrics_time(struct metrics *metrics, const struct metrics_chip *chip,
		  const struct ttmem_stat *stat, const char *name, uint64_t *seconds)
{
	uint64_t ns;

	return metrics_figure(metrics, chip, stat, name, &ns) &&
	       !tree_unix_time(&metrics->tree, ns, seconds);
}

bool metrics_pool_figure(struct metrics *metrics, const struct metrics_chip *chip,
			 const struct ttmem_stat *stat, const char *usage, const char *figure,
			 uint64_t *value)
{
	char *pool = pool_of_usage(usage);
	char *name = format("%s_%s", pool, figure);
	bool known = metrics_figure(metrics, chip, stat, name, value);

	free(name);
	free(pool);
	return known;
}

const char *metrics_next_pool(const struct ttmem_stat *stat, const char *usage)
{
	char *pool = NULL;

	while (!pool && (usage = ttmem_stat_next(stat, usage)))
		pool = pool_of_usage(usage);
	free(pool);
	return usage;
}

void metrics_label_pool(struct exposition *exposition, const char *usage)
{
	char *pool = pool_of_usage(usage);

	sample_label(exposition, "pool", pool);
	free(pool);
}

/* ---- values -------------------------------------------------------------------------------- */

static bool get_figure(struct metrics *metrics, const struct metrics_chip *chip, const char *attr,
		       const char *pool, uint64_t *value)
{
	if (pool)
		return metrics_pool_figure(metrics, chip, chip->stat, pool, attr, value);
	return metrics_figure(metrics, chip, chip->stat, attr, value);
}

static bool get_time(struct metrics *metrics, const struct metrics_chip *chip, const char *attr,
		     const char *pool, uint64_t *value)
{
	(void)pool;
	return metrics_time(metrics, chip, chip->stat, attr, value);
}

/* A mark at 0 is none. */
static bool get_mark(struct metrics *metrics, const struct metrics_chip *chip, const char *attr,
		     const char *pool, uint64_t *value)
{
	return get_figure(metrics, chip, attr, pool, value) && *value;
}

static bool get_silent(struct metrics *metrics, const struct metrics_chip *chip, const char *attr,
		       const char *pool, uint64_t *value)
{
	(void)metrics;
	(void)attr;
	(void)pool;
	*value = chip->silent;
	return chip->silent >= 0;
}

static bool get_conflict(struct metrics *metrics, const struct metrics_chip *chip,
			 const char *attr, const char *pool, uint64_t *value)
{
	const char *source = ttmem_stat_str(chip->stat, attr);

	(void)metrics;
	(void)pool;
	*value = source && strcmp(source, "conflict") == 0;
	return source;
}

/* An information has 1 for its value, and tells by labels. */
static bool get_one(struct metrics *metrics, const struct metrics_chip *chip, const char *attr,
		    const char *pool, uint64_t *value)
{
	(void)metrics;
	(void)chip;
	(void)attr;
	(void)pool;
	*value = 1;
	return true;
}

/* ---- labels -------------------------------------------------------------------------------- */

static void label_chip(struct exposition *exposition, const struct metrics_chip *chip)
{
	sample_label(exposition, "arch", ttmem_stat_str(chip->stat, "arch"));
	sample_label(exposition, "chip_uid", ttmem_stat_str(chip->stat, "chip_uid"));
	sample_label(exposition, "pci", chip->address);
	sample_label(exposition, "remote", chip->gateway ? "true" : "false");
	sample_label(exposition, "gateway", chip->gateway);
}

static void label_geometry(struct exposition *exposition, const struct metrics_chip *chip)
{
	sample_label(exposition, "source", ttmem_stat_str(chip->stat, "geometry_source"));
	sample_label(exposition, "tensix_harvest_mask",
		     ttmem_stat_str(chip->stat, "tensix_harvest_mask"));
}

static void label_failure(struct exposition *exposition, const struct metrics_chip *chip)
{
	sample_label(exposition, "pool", ttmem_stat_str(chip->stat, "last_failure_pool"));
}

/* ---- all of them --------------------------------------------------------------------------- */

#define BYTES(name, help)	{ name, METRIC_GAUGE, "bytes", help }
#define TIME(name, help)	{ name, METRIC_GAUGE, "seconds", help }
#define NUMBER(name, help)	{ name, METRIC_GAUGE, NULL, help }
#define COUNTER(name, help)	{ name, METRIC_COUNTER, NULL, help }
#define INFO(name, help)	{ name, METRIC_INFO, NULL, help }

static const struct family of_chips[] = {
	{ INFO("ttmem_chip_info", "What the chip is."),
		.get = get_one, .label = label_chip },
	{ INFO("ttmem_geometry_info", "Who says what harvesting has left, and what it has taken."),
		.get = get_one, .label = label_geometry },
	{ NUMBER("ttmem_geometry_conflict",
		 "Whether clients contradict each other on what harvesting has left: 1 or 0."),
		.attr = "geometry_source", .get = get_conflict },
	{ COUNTER("ttmem_geometry_mismatches_total",
		  "Declarations of clients that differed from the pinned geometry."),
		.attr = "geometry_mismatches", .get = get_figure },
	{ NUMBER("ttmem_tensix_enabled", "Tensix cores that harvesting has left."),
		.attr = "tensix_enabled", .get = get_figure },
	{ NUMBER("ttmem_tensix_nominal", "Tensix cores of the whole die."),
		.attr = "tensix_nominal", .get = get_figure },
	{ NUMBER("ttmem_dram_banks_enabled", "DRAM banks that harvesting has left."),
		.attr = "dram_banks_enabled", .get = get_figure },
	{ NUMBER("ttmem_dram_banks_nominal", "DRAM banks of the whole die."),
		.attr = "dram_banks_nominal", .get = get_figure },

	{ BYTES("ttmem_used_bytes", "What buffers of the pool take."),
		.attr = "used", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_free_bytes", "What the allocator of the pool can still give."),
		.attr = "free", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_largest_free_bytes", "The largest free block of a bank, times the banks."),
		.attr = "largest_free", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_peak_bytes", "The most that was used since the chip was idle."),
		.attr = "peak", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_allocatable_bytes", "What the allocator of the pool manages."),
		.attr = "allocatable", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_reserved_bytes", "What is in no allocator's hands."),
		.attr = "reserved", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_total_bytes", "What harvesting has left, or the size of a region."),
		.attr = "total", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_nominal_bytes", "What the whole die has."),
		.attr = "nominal", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_oversubscribed_bytes", "What clients report beyond what there can be."),
		.attr = "oversubscribed", .get = get_figure, .of_pools = true },
	{ BYTES("ttmem_high_bytes", "The mark of usage at which the driver sends an event."),
		.attr = "high", .get = get_mark, .of_pools = true },
	{ NUMBER("ttmem_banks", "Banks that the pool is cut into."),
		.attr = "banks", .get = get_figure, .of_pools = true },
	{ COUNTER("ttmem_alloc_failures_total", "Allocations that runtimes said had failed."),
		.attr = "alloc_failures", .get = get_figure, .of_pools = true },

	{ BYTES("ttmem_last_failure_bank_bytes",
		"What the last allocation that failed asked for in each bank."),
		.attr = "last_failure_bank_bytes", .get = get_figure, .label = label_failure },
	{ BYTES("ttmem_last_failure_largest_free_bank_bytes",
		"The largest free block of a bank when that allocation failed."),
		.attr = "last_failure_largest_free", .get = get_figure, .label = label_failure },
	{ TIME("ttmem_last_failure_timestamp_seconds", "When that allocation failed."),
		.attr = "last_failure_ns", .get = get_time, .label = label_failure },

	{ NUMBER("ttmem_clients", "Open files that have declared or reported something."),
		.attr = "clients", .get = get_figure },
	{ NUMBER("ttmem_silent_processes", "Processes that hold the chip and have not reported."),
		.get = get_silent },
	{ TIME("ttmem_updated_timestamp_seconds", "When the last report was accepted."),
		.attr = "updated_ns", .get = get_time },
	{ COUNTER("ttmem_rejected_total", "Calls of clients that the driver has refused."),
		.attr = "rejected", .get = get_figure },
	{ TIME("ttmem_last_rejected_timestamp_seconds", "When that was, the last time."),
		.attr = "last_rejected_ns", .get = get_time },
};

/* Of all others that have been written it tells whether they are all that there is. */
static const struct metric up = NUMBER("ttmem_up",
	"Whether the driver is loaded and all that was asked for could be read: 1 or 0.");

/* One sample, if it is known. */
static void put(struct metrics *metrics, struct exposition *exposition,
		const struct family *family, const struct metrics_chip *chip, const char *pool)
{
	uint64_t value;

	if (!family->get(metrics, chip, family->attr, pool, &value))
		return;
	sample_begin(exposition, &family->metric);
	sample_label(exposition, "chip", chip->name);
	if (pool)
		metrics_label_pool(exposition, pool);
	if (family->label)
		family->label(exposition, chip);
	sample_end(exposition, value);
}

static void put_all(struct metrics *metrics, struct exposition *exposition,
		    const struct family *family)
{
	const struct metrics_chip *chip;
	const char *pool;

	for_each_chip(chip, metrics) {
		if (!family->of_pools)
			put(metrics, exposition, family, chip, NULL);
		for (pool = NULL; family->of_pools && (pool = metrics_next_pool(chip->stat, pool));)
			put(metrics, exposition, family, chip, pool);
	}
}

void metrics_write(struct metrics *metrics, struct exposition *exposition)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_chips); i++)
		put_all(metrics, exposition, &of_chips[i]);
	if (metrics->with_clients)
		metrics_write_clients(metrics, exposition);
	if (metrics->with_cgroups)
		metrics_write_cgroups(metrics, exposition);
	sample_begin(exposition, &up);
	sample_end(exposition, !metrics->code);
	exposition_end(exposition);
}
