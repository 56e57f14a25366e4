/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether an allocation would fit into a pool of a chip, and why not.
 */
#ifndef TTMEM_WHY_H
#define TTMEM_WHY_H

#include "table.h"

/**
 * struct figure - a figure of a pool, which may be unknown
 */
struct figure {
	bool known;
	uint64_t value;
};

/**
 * struct failure - the last allocation that a client said had failed
 * @pool: where
 * @bank_bytes: what it asked for in each bank
 * @largest_free: the largest free block of a bank that the client had reported by then
 * @pid: its process; 0 if it is not visible here, or has ended
 * @age: seconds since then
 */
struct failure {
	const char *pool;
	uint64_t bank_bytes;
	struct figure largest_free;
	uint64_t pid;
	struct figure age;
};

enum verdict {
	VERDICT_NONE,		/* nothing was asked */
	VERDICT_FITS,
	VERDICT_EXHAUSTED,
	VERDICT_FRAGMENTED,
	VERDICT_UNKNOWN,
	NR_VERDICTS,
};

/**
 * struct finding - what is found out of a pool
 * @pool: its name, to be freed
 * @banks: number of its banks
 * @used: bytes of all banks, as the next two are
 * @free: see mem/stat
 * @largest_free: see mem/stat
 * @circular: bytes of circular buffers, which share the memory of this pool
 * @failures: allocations that are known to have failed
 * @failure: the last failure of the chip if it was in this pool, or NULL
 * @verdict: on what was asked
 * @reason: of it, in a sentence
 * @bytes: what was asked for, in all banks
 * @bank_bytes: the same in each bank
 */
struct finding {
	char *pool;
	struct figure banks;
	struct figure used;
	struct figure free;
	struct figure largest_free;
	struct figure circular;
	struct figure failures;
	const struct failure *failure;
	enum verdict verdict;
	const char *reason;
	struct figure bytes;
	struct figure bank_bytes;
};

extern const char *const verdicts[NR_VERDICTS];

/* verdict.c: these return 0 or -EPROTO */
int failure_read(const struct tree *tree, const struct ttmem_stat *stat, struct failure *failure);
int finding_read(const struct ttmem_stat *stat, const char *pool, const struct failure *failure,
		 struct finding *finding);
/* Would so many bytes fit, now? 0 is what has failed last, if it was here. */
void finding_judge(const struct ttmem_stat *stat, struct finding *finding, uint64_t bytes);
/* The name of the pool of which a figure of mem/stat is the usage, to be freed; or NULL. */
char *pool_of_usage(const char *name);

/**
 * struct report - an answer on its way out
 * @options: how it is shown
 * @row: the chip
 * @failure: its last failure, or NULL
 * @nr_findings: how many it has
 * @json: the answer as JSON, or NULL
 */
struct report {
	const struct options *options;
	struct row row;
	const struct failure *failure;
	unsigned int nr_findings;
	struct json_object *json;
};

/* why_print.c: each finding, then the end; without @whole it is not an answer */
void report_begin(struct report *report);
void report_finding(struct report *report, const struct finding *finding);
void report_end(struct report *report, bool whole);

#endif /* TTMEM_WHY_H */
