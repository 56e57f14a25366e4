// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mem/stat says of a pool, and whether an allocation would fit into it.
 *
 * Banks move in lockstep, so a buffer takes the same place in each bank: what counts is whether its
 * share fits into the largest free block of one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "why.h"

/* Circular buffers have no region of their own, and share that of L1. */
#define CIRCULAR	"cb"
#define SHARED		"l1"

const char *const verdicts[NR_VERDICTS] = {
	[VERDICT_NONE] = "",
	[VERDICT_FITS] = "fits",
	[VERDICT_EXHAUSTED] = "exhausted",
	[VERDICT_FRAGMENTED] = "fragmented",
	[VERDICT_UNKNOWN] = "unknown",
};

char *pool_of_usage(const char *name)
{
	static const char end[] = "_used";
	size_t len = strlen(name);

	if (len < sizeof(end) || strcmp(name + len - strlen(end), end) != 0)
		return NULL;
	return format("%.*s", (int)(len - strlen(end)), name);
}

static int read_figure(const struct ttmem_stat *stat, const char *name, struct figure *figure)
{
	int ret = ttmem_stat_u64(stat, name, &figure->value);

	figure->known = !ret;
	return ret == -ENODATA ? 0 : ret;
}

static int read_pool(const struct ttmem_stat *stat, const char *pool, const char *what,
		     struct figure *figure)
{
	char *name = format("%s_%s", pool, what);
	int ret = read_figure(stat, name, figure);

	free(name);
	return ret;
}

int failure_read(const struct tree *tree, const struct ttmem_stat *stat, struct failure *failure)
{
	static const struct column then = { .attr = "last_failure_ns" };
	const struct row row = { .tree = tree, .stat = stat };
	struct figure bank_bytes, pid;
	struct cell age;
	int ret;

	*failure = (struct failure) { .pool = ttmem_stat_str(stat, "last_failure_pool") };
	if (!failure->pool)
		return 0;
	ret = read_figure(stat, "last_failure_bank_bytes", &bank_bytes);
	if (!ret)
		ret = read_figure(stat, "last_failure_largest_free", &failure->largest_free);
	if (!ret)
		ret = read_figure(stat, "last_failure_pid", &pid);
	if (!ret)
		ret = cell_age(&row, &then, &age);
	if (ret && ret != -ENODATA)
		return ret;
	if (!bank_bytes.known)
		return -EPROTO;
	failure->bank_bytes = bank_bytes.value;
	failure->pid = pid.known ? pid.value : 0;
	failure->age = (struct figure) { .known = !ret, .value = ret ? 0 : age.number };
	return 0;
}

int finding_read(const struct ttmem_stat *stat, const char *pool, const struct failure *failure,
		 struct finding *finding)
{
	int ret;

	*finding = (struct finding) {};
	ret = read_pool(stat, pool, "banks", &finding->banks);
	if (!ret)
		ret = read_pool(stat, pool, "used", &finding->used);
	if (!ret)
		ret = read_pool(stat, pool, "free", &finding->free);
	if (!ret)
		ret = read_pool(stat, pool, "largest_free", &finding->largest_free);
	if (!ret)
		ret = read_pool(stat, pool, "alloc_failures", &finding->failures);
	if (!ret && strcmp(pool, SHARED) == 0)
		ret = read_pool(stat, CIRCULAR, "used", &finding->circular);
	if (ret)
		return ret;
	finding->pool = copy_text(pool);
	if (failure && strcmp(failure->pool, pool) == 0)
		finding->failure = failure;
	return 0;
}

/* What a buffer takes in each bank, and back: what its share is worth in all. */
static void spread(struct finding *finding, uint64_t bytes)
{
	const struct failure *failure = finding->failure;
	uint64_t banks = finding->banks.known ? finding->banks.value : 0;
	uint64_t all;

	if (bytes) {
		finding->bytes = (struct figure) { true, bytes };
		if (banks)
			finding->bank_bytes = (struct figure) {
				true, bytes / banks + !!(bytes % banks),
			};
	} else if (failure) {
		finding->bank_bytes = (struct figure) { true, failure->bank_bytes };
		if (banks && !__builtin_mul_overflow(failure->bank_bytes, banks, &all))
			finding->bytes = (struct figure) { true, all };
	}
}

static void conclude(struct finding *finding, enum verdict verdict, const char *reason)
{
	finding->verdict = verdict;
	finding->reason = reason;
}

static const char *why_unknown(const struct ttmem_stat *stat, const struct finding *finding)
{
	uint64_t clients;

	if (strcmp(finding->pool, CIRCULAR) == 0)
		return "Circular buffers have no region of their own: they share that of "
		       SHARED ".";
	if (!ttmem_stat_u64(stat, "clients", &clients) && !clients)
		return "Nobody reports what is in use, and so nobody knows what is free.";
	return "No client says how large this pool is.";
}

void finding_judge(const struct ttmem_stat *stat, struct finding *finding, uint64_t bytes)
{
	uint64_t banks = finding->banks.value;

	spread(finding, bytes);
	if (!bytes && !finding->failure)
		return;
	if (!finding->banks.known || !finding->free.known || !finding->largest_free.known)
		conclude(finding, VERDICT_UNKNOWN, why_unknown(stat, finding));
	else if (!banks)
		conclude(finding, VERDICT_EXHAUSTED, "This region is not set up: it has no bytes.");
	else if (finding->bank_bytes.value <= finding->largest_free.value / banks)
		conclude(finding, VERDICT_FITS, "A free block is large enough.");
	else if (finding->bank_bytes.value <= finding->free.value / banks)
		conclude(finding, VERDICT_FRAGMENTED,
			 "As much is free, but in pieces, and none is large enough.");
	else
		conclude(finding, VERDICT_EXHAUSTED, "Less than that is free.");
}
