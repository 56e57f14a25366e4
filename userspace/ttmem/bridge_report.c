// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver is told: for each process and gateway a file of its own speaks for the process.
 *
 * It is told when something changes, and again once in a while: the driver drops what is said of a
 * process when that one speaks itself, and does not tell.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"

static const char speaks_itself[] = "the process reports itself";
static const char beyond_chip[] = "it is more than the chip has";

/* Closed, the file's figures are gone. */
static void report_close(struct report *report)
{
	size_t i;

	ttmem_close(report->handle);
	report->handle = NULL;
	report->closed = true;
	for (i = 0; i < TTMEM_MAX_CHIPS; i++) {
		report->chips[i].declared = false;
		report->chips[i].sent = false;
	}
}

static void report_drop(struct bridge *bridge, struct report *report)
{
	report_close(report);
	TAILQ_REMOVE(&bridge->reports, report, list);
	free(report);
}

void reports_forget(struct bridge *bridge, const struct holder *holder)
{
	struct report *report, *next;

	for (report = TAILQ_FIRST(&bridge->reports); report; report = next) {
		next = TAILQ_NEXT(report, list);
		if (report->holder == holder)
			report_drop(bridge, report);
	}
}

/* ---- what is wanted ------------------------------------------------------------------------ */

void reports_begin(struct bridge *bridge)
{
	struct report *report;
	size_t i;

	TAILQ_FOREACH(report, &bridge->reports, list)
		for (i = 0; i < TTMEM_MAX_CHIPS; i++)
			report->chips[i].claim = NULL;
}

static struct report *report_of(struct bridge *bridge, struct holder *holder, unsigned int gateway)
{
	struct report *report;

	TAILQ_FOREACH(report, &bridge->reports, list)
		if (report->holder == holder && report->gateway == gateway)
			return report;
	report = calloc(1, sizeof(*report));
	if (!report)
		err(EX_FAILED, NULL);
	report->holder = holder;
	report->gateway = gateway;
	TAILQ_INSERT_TAIL(&bridge->reports, report, list);
	return report;
}

/* A claim whose process is known. */
void report_want(struct bridge *bridge, const struct source *source, struct claim *claim)
{
	struct report *report = report_of(bridge, claim->holder, source->chip.gateway);
	struct told *told = &report->chips[source->chip.index];

	if (told->claim) {
		claim->reason = "another file says something of this process";
		return;
	}
	told->claim = claim;
	told->uid = source->chip.uid;
	told->by = source->chip.by;
}

/* ---- telling ------------------------------------------------------------------------------- */

static const char *explain(int error)
{
	switch (-error) {
	case EEXIST:
		return speaks_itself;
	case ERANGE:
	case EOVERFLOW:
		return beyond_chip;
	case ENOENT:
	case ENXIO:
		return "the chip has no node";
	case ENODEV:
		return "the chip has gone";
	case EPERM:
		return "it takes CAP_SYS_ADMIN in the initial user namespace";
	case ESRCH:
		return "the process has ended";
	case ENOTTY:
		return "the module is older than this command";
	default:
		return strerror(-error);
	}
}

static int report_open(struct report *report)
{
	const struct holder *holder = report->holder;
	int ret;

	ret = ttmem_open_for(&report->handle, report->gateway, holder->pid, holder->started);
	/* Only then was it this process all the time. */
	if (!ret && !holder_is_alive(holder))
		ret = -ESRCH;
	if (ret)
		report_close(report);
	return ret;
}

/*
 * A remote chip takes a word on what it is. The bridge has none of its own: it repeats what is
 * pinned, or what others agree on, and leaves when they no longer do.
 */
static const char *declare_remote(struct report *report, unsigned int index, struct told *told)
{
	struct ttmem_query query;
	int ret;

	ret = ttmem_query(report->handle, index, &query, sizeof(query));
	if (ret)
		return explain(ret);
	if (query.geometry_source == TTMEM_GEOMETRY_NONE ||
	    query.geometry_source == TTMEM_GEOMETRY_CONFLICT) {
		if (told->declared)
			report_close(report);
		return "what is left of the chip is not known; 'ttmem declare' pins it";
	}
	if (told->by == BY_TTMEM && query.declared.chip_uid != told->uid)
		return "the chip is another one now";
	if (told->declared)
		return NULL;
	ret = ttmem_declare(report->handle, index, &query.declared);
	told->declared = !ret;
	return ret ? explain(ret) : NULL;
}

static int report_figures(const struct report *report, unsigned int index, const struct told *told)
{
	struct ttmem_report_entry entries[REGION_POOLS] = {};
	unsigned int i;

	for (i = 0; i < REGION_POOLS; i++) {
		entries[i].chip = index;
		entries[i].pool = i;
		entries[i].flags = TTMEM_REPORT_WHOLE_POOL;
		entries[i].allocated_bytes = told->used[i];
	}
	return ttmem_report(report->handle, entries, REGION_POOLS, sizeof(entries[0]));
}

static const char *tell_driver(struct report *report, unsigned int index, struct told *told)
{
	const char *reason;
	int ret = 0;

	if (!report->handle)
		ret = report_open(report);
	if (ret)
		return explain(ret);
	if (index != TTMEM_CHIP_LOCAL) {
		reason = declare_remote(report, index, told);
		if (reason)
			return reason;
	}
	ret = report_figures(report, index, told);
	if (!ret) {
		told->sent = true;
		return NULL;
	}
	/* What was said before is no longer true. In the other cases the driver has dropped it. */
	if (ret != -EEXIST && (told->sent || ret == -ESRCH || ret == -ENODEV))
		report_close(report);
	told->declared = false;
	told->sent = false;
	return explain(ret);
}

/* Nothing has changed, and it is not time to say it again. */
static bool is_settled(const struct bridge *bridge, const struct told *told)
{
	if (bridge->now_ms - told->tried_ms >= AGAIN_MS)
		return false;
	if (told->reason == speaks_itself)
		return true;
	return (told->sent || told->reason == beyond_chip) &&
	       !memcmp(told->used, told->claim->slot.used, sizeof(told->used));
}

static void tell_chip(struct bridge *bridge, struct report *report, unsigned int index)
{
	struct told *told = &report->chips[index];
	const char *reason = NULL;

	if (told->sent && index != TTMEM_CHIP_LOCAL)
		reason = declare_remote(report, index, told);
	if (reason) {
		told->reason = reason;
	} else if (!is_settled(bridge, told)) {
		memcpy(told->used, told->claim->slot.used, sizeof(told->used));
		told->tried_ms = bridge->now_ms;
		told->reason = tell_driver(report, index, told);
	}
	told->claim->reason = told->reason;
}

/* Returns whether there is anything to tell. What is not to be told any more has to go. */
static bool report_prepare(struct report *report)
{
	bool wanted = false, stale = false;
	size_t i;

	for (i = 0; i < TTMEM_MAX_CHIPS; i++) {
		wanted |= !!report->chips[i].claim;
		stale |= report->chips[i].sent && !report->chips[i].claim;
		if (!report->chips[i].claim)
			report->chips[i] = (struct told) { .sent = report->chips[i].sent };
	}
	if (stale)
		report_close(report);
	return wanted;
}

/* If one chip made it close the file, the others are told again. */
static void report_send(struct bridge *bridge, struct report *report)
{
	unsigned int i, try;

	for (try = 0; try < 2; try++) {
		report->closed = false;
		for (i = 0; i < TTMEM_MAX_CHIPS; i++)
			if (report->chips[i].claim)
				tell_chip(bridge, report, i);
		if (!report->closed)
			break;
	}
}

void reports_send(struct bridge *bridge)
{
	struct report *report, *next;

	for (report = TAILQ_FIRST(&bridge->reports); report; report = next) {
		next = TAILQ_NEXT(report, list);
		if (report_prepare(report))
			report_send(bridge, report);
		else
			report_drop(bridge, report);
	}
}
