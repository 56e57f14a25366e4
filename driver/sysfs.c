// SPDX-License-Identifier: GPL-2.0-only
/*
 * mem/: what a chip shows.
 *
 * Every attribute is a figure of a pool, generated from the table in pools.h, or a fact about the
 * chip, a line of the table below. mem/stat walks the same tables, so that one value read alone and
 * the same value in a snapshot cannot disagree in name or in unit. What is not known reads -ENODATA
 * alone and is left out of the snapshot.
 *
 * A read takes the books' lock and nothing else: it never waits for a call, and device_del() waits
 * for it.
 */
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sysfs.h>

#include "client.h"
#include "emit.h"
#include "gateway.h"
#include "page.h"

/* ---- facts about the chip ------------------------------------------------------------------ */

static bool tensix_nominal(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.arch->die.tensix_enabled;
	return chip->ledger.arch->name;
}

static bool tensix_enabled(const struct ttmem_chip *chip, u64 *value)
{
	const struct ttmem_geometry *geometry = ttmem_ledger_geometry(&chip->ledger);

	if (geometry)
		*value = geometry->tensix_enabled;
	return geometry;
}

static bool tensix_harvest_mask(const struct ttmem_chip *chip, u64 *value)
{
	const struct ttmem_geometry *geometry = ttmem_ledger_geometry(&chip->ledger);

	if (geometry)
		*value = geometry->tensix_harvest_mask;
	return geometry;
}

static bool dram_banks_nominal(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.arch->die.dram_banks_enabled;
	return chip->ledger.arch->name;
}

static bool dram_banks_enabled(const struct ttmem_chip *chip, u64 *value)
{
	const struct ttmem_geometry *geometry = ttmem_ledger_geometry(&chip->ledger);

	if (geometry)
		*value = geometry->dram_banks_enabled;
	return geometry;
}

static bool geometry_source(const struct ttmem_chip *chip, u64 *value)
{
	*value = ttmem_ledger_source(&chip->ledger);
	return true;
}

static bool geometry_mismatches(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.mismatches;
	return true;
}

static bool arch(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.arch->id;
	return chip->ledger.arch->name;
}

static bool chip_uid(const struct ttmem_chip *chip, u64 *value)
{
	const struct ttmem_geometry *geometry = ttmem_ledger_geometry(&chip->ledger);

	*value = chip->remote_uid;
	if (!*value && geometry)
		*value = geometry->chip_uid;
	return *value;
}

static bool clients(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.clients;
	return true;
}

static bool updated_ns(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.updated_ns;
	return *value;
}

/* Calls are made on a node, which a remote chip does not have. */
static bool rejected(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.rejected;
	return chip->index == TTMEM_CHIP_LOCAL;
}

static bool last_rejected_ns(const struct ttmem_chip *chip, u64 *value)
{
	*value = chip->ledger.last_rejected_ns;
	return *value;
}

enum ttmem_format {
	FORMAT_NUMBER,
	FORMAT_MASK,
	FORMAT_UID,
	FORMAT_ARCH,
	FORMAT_SOURCE,
};

struct ttmem_fact {
	struct device_attribute attr;
	size_t length;
	bool (*get)(const struct ttmem_chip *chip, u64 *value);
	enum ttmem_format format;
};

static ssize_t fact_show(struct device *dev, struct device_attribute *attr, char *buf);

#define FACT(_get, _format) \
	{ __ATTR(_get, 0444, fact_show, NULL), sizeof(#_get) - 1, _get, FORMAT_##_format }

static struct ttmem_fact facts[] = {
	FACT(tensix_nominal, NUMBER),
	FACT(tensix_enabled, NUMBER),
	FACT(tensix_harvest_mask, MASK),
	FACT(dram_banks_nominal, NUMBER),
	FACT(dram_banks_enabled, NUMBER),
	FACT(geometry_source, SOURCE),
	FACT(geometry_mismatches, NUMBER),
	FACT(arch, ARCH),
	FACT(chip_uid, UID),
	FACT(clients, NUMBER),
	FACT(updated_ns, NUMBER),
	FACT(rejected, NUMBER),
	FACT(last_rejected_ns, NUMBER),
};

/* What is not a plain number. */
static int format_value(char *buf, int at, const struct ttmem_chip *chip,
			enum ttmem_format format, u64 value)
{
	static const char * const sources[] = {
		[TTMEM_GEOMETRY_NONE] = "none",
		[TTMEM_GEOMETRY_DECLARED] = "declared",
		[TTMEM_GEOMETRY_CONFLICT] = "conflict",
		[TTMEM_GEOMETRY_PINNED] = "pinned",
	};

	switch (format) {
	case FORMAT_MASK:
		return sysfs_emit_at(buf, at, "0x%llx\n", value);
	case FORMAT_UID:
		return sysfs_emit_at(buf, at, "0x%016llx\n", value);
	case FORMAT_ARCH:
		return sysfs_emit_at(buf, at, "%s\n", chip->ledger.arch->name);
	default:
		return sysfs_emit_at(buf, at, "%s\n", sources[value]);
	}
}

static ssize_t fact_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct ttmem_fact *fact = container_of(attr, struct ttmem_fact, attr);
	struct ttmem_chip *chip = to_ttmem_chip(dev);
	bool known, gone;
	u64 value;

	gone = !ttmem_chip_begin_look(chip);
	known = fact->get(chip, &value);
	ttmem_chip_end_look(chip);
	if (gone)
		return -ENODEV;
	if (!known)
		return -ENODATA;
	if (fact->format == FORMAT_NUMBER)
		return ttmem_emit_number(buf, value);
	return format_value(buf, 0, chip, fact->format, value);
}

/* ---- figures of the pools ------------------------------------------------------------------ */

static const char * const figure_names[TTMEM_NR_FIGURES] = {
	[TTMEM_USED] = "used",
	[TTMEM_FREE] = "free",
	[TTMEM_TOTAL] = "total",
	[TTMEM_NOMINAL] = "nominal",
	[TTMEM_ALLOCATABLE] = "allocatable",
	[TTMEM_RESERVED] = "reserved",
	[TTMEM_LARGEST_FREE] = "largest_free",
	[TTMEM_PEAK] = "peak",
	[TTMEM_BANKS] = "banks",
	[TTMEM_ALLOC_FAILURES] = "alloc_failures",
	[TTMEM_HIGH] = "high",
};

struct ttmem_figure_attr {
	struct device_attribute attr;
	char name[32];
	size_t length;
	enum ttmem_pool pool;
	enum ttmem_figure figure;
};

static struct ttmem_figure_attr figures[TTMEM_NR_POOLS * TTMEM_NR_FIGURES];
static unsigned int nr_figures;

static ssize_t figure_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct ttmem_figure_attr *figure = container_of(attr, struct ttmem_figure_attr, attr);
	struct ttmem_chip *chip = to_ttmem_chip(dev);
	bool known, gone;
	u64 value;

	gone = !ttmem_chip_begin_look(chip);
	known = ttmem_ledger_figure(&chip->ledger, figure->pool, figure->figure, &value);
	ttmem_chip_end_look(chip);
	if (gone)
		return -ENODEV;
	return known ? ttmem_emit_number(buf, value) : -ENODATA;
}

static ssize_t high_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t size)
{
	const struct ttmem_figure_attr *figure = container_of(attr, struct ttmem_figure_attr, attr);
	struct ttmem_chip *chip = to_ttmem_chip(dev);
	u64 bytes;
	int ret;

	ret = kstrtou64(buf, 10, &bytes);
	if (ret)
		return ret;
	ttmem_chip_begin_look(chip);
	ttmem_ledger_set_high(&chip->ledger, figure->pool, bytes);
	ttmem_chip_end_look(chip);
	ttmem_notify(chip);
	return size;
}

/* ---- the snapshot -------------------------------------------------------------------------- */

/* Values by their place in figures[] and facts[], and in pools[] for what was cut off a sum. */
struct ttmem_snapshot {
	u64 figures[ARRAY_SIZE(figures)];
	u64 facts[ARRAY_SIZE(facts)];
	u64 oversubscribed[TTMEM_NR_POOLS];
	DECLARE_BITMAP(figures_known, ARRAY_SIZE(figures));
	DECLARE_BITMAP(facts_known, ARRAY_SIZE(facts));
	struct ttmem_last_failure last_failure;
	struct pid *failure_pid;
	bool conflict;
};

/* Returns false if the chip is gone; otherwise the caller puts the pid. */
static bool take_snapshot(struct ttmem_chip *chip, struct ttmem_snapshot *snapshot)
{
	struct ttmem_ledger *ledger = &chip->ledger;
	unsigned int i;
	bool there;

	bitmap_zero(snapshot->figures_known, ARRAY_SIZE(figures));
	bitmap_zero(snapshot->facts_known, ARRAY_SIZE(facts));
	there = ttmem_chip_begin_look(chip);
	for (i = 0; i < nr_figures; i++)
		if (ttmem_ledger_figure(ledger, figures[i].pool, figures[i].figure,
					&snapshot->figures[i]))
			__set_bit(i, snapshot->figures_known);
	for (i = 0; i < ARRAY_SIZE(facts); i++)
		if (facts[i].get(chip, &snapshot->facts[i]))
			__set_bit(i, snapshot->facts_known);
	for (i = 0; i < TTMEM_NR_POOLS; i++)
		snapshot->oversubscribed[i] = ttmem_ledger_oversubscribed(ledger, i);
	snapshot->conflict = ttmem_ledger_source(ledger) == TTMEM_GEOMETRY_CONFLICT;
	snapshot->last_failure = ledger->last_failure;
	snapshot->failure_pid = there ? get_pid(chip->failure_pid) : NULL;
	ttmem_chip_end_look(chip);
	return there;
}

static void put_fact(struct seq_file *m, const struct ttmem_chip *chip,
		     const struct ttmem_fact *fact, u64 value)
{
	const char *name = fact->attr.attr.name;

	if (fact->format == FORMAT_NUMBER) {
		ttmem_emit_counted(m, name, fact->length, value);
	} else {
		seq_write(m, name, fact->length);
		seq_putc(m, ' ');
		m->count += format_value(m->buf, m->count, chip, fact->format, value);
	}
}

/* Exhausted or fragmented? What was asked for, and the largest block that there was. */
static void put_failure(struct seq_file *m, const struct ttmem_snapshot *snapshot)
{
	const struct ttmem_last_failure *last = &snapshot->last_failure;

	if (!last->ns)
		return;
	seq_printf(m, "last_failure_pool %s\n", ttmem_pools[last->pool].name);
	ttmem_emit_line(m, "last_failure_bank_bytes", last->bank_bytes);
	if (last->sized)
		ttmem_emit_line(m, "last_failure_largest_free", last->largest_free);
	ttmem_emit_line(m, "last_failure_pid", ttmem_pid_shown(snapshot->failure_pid));
	ttmem_emit_line(m, "last_failure_ns", last->ns);
}

static ssize_t stat_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ttmem_chip *chip = to_ttmem_chip(dev);
	struct seq_file m = TTMEM_EMIT_TO(buf);
	struct ttmem_snapshot snapshot;
	unsigned int i;

	if (!take_snapshot(chip, &snapshot))
		return -ENODEV;
	for_each_set_bit(i, snapshot.figures_known, ARRAY_SIZE(figures))
		ttmem_emit_counted(&m, figures[i].name, figures[i].length, snapshot.figures[i]);
	for_each_set_bit(i, snapshot.facts_known, ARRAY_SIZE(facts))
		put_fact(&m, chip, &facts[i], snapshot.facts[i]);
	for (i = 0; i < TTMEM_NR_POOLS; i++)
		if (snapshot.oversubscribed[i])
			seq_printf(&m, "%s_oversubscribed %llu\n", ttmem_pools[i].name,
				   snapshot.oversubscribed[i]);
	if (snapshot.conflict)
		ttmem_emit_line(&m, "geometry_conflict", 1);
	put_failure(&m, &snapshot);
	put_pid(snapshot.failure_pid);
	return m.count;
}

static DEVICE_ATTR_RO(stat);

/* ---- the group ----------------------------------------------------------------------------- */

static struct attribute *mem_attrs[ARRAY_SIZE(figures) + ARRAY_SIZE(facts) + 2];

static const struct attribute_group mem_group = {
	.name = "mem",
	.attrs = mem_attrs,
};

const struct attribute_group *ttmem_chip_groups[] = {
	&mem_group,
	NULL,
};

static void add_figure(enum ttmem_pool pool, enum ttmem_figure figure)
{
	struct ttmem_figure_attr *new = &figures[nr_figures++];

	new->length = snprintf(new->name, sizeof(new->name), "%s_%s", ttmem_pools[pool].name,
			       figure_names[figure]);
	new->pool = pool;
	new->figure = figure;
	new->attr.attr.name = new->name;
	new->attr.attr.mode = 0444;
	new->attr.show = figure_show;
	if (figure == TTMEM_HIGH) {
		new->attr.attr.mode = 0644;
		new->attr.store = high_store;
	}
}

/**
 * ttmem_sysfs_init - fill mem/ from the table of pools
 *
 * Context: once, before the first chip.
 */
void __init ttmem_sysfs_init(void)
{
	struct attribute **attrs = mem_attrs;
	unsigned int i, figure;

	for (i = 0; i < TTMEM_NR_POOLS; i++)
		for (figure = 0; figure < TTMEM_NR_FIGURES; figure++)
			if (ttmem_pools[i].figures & BIT(figure))
				add_figure(i, figure);
	for (i = 0; i < nr_figures; i++)
		*attrs++ = &figures[i].attr.attr;
	for (i = 0; i < ARRAY_SIZE(facts); i++)
		*attrs++ = &facts[i].attr.attr;
	*attrs = &dev_attr_stat.attr;
}
