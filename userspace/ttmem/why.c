// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem why - would an allocation fit, and why did the last one not
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "why.h"

/**
 * struct question - what was asked
 * @chip: argument that names the chip
 * @pool: name of the pool; NULL for all that have failures
 * @bytes: of an allocation; 0 for the one that failed last
 */
struct question {
	char *chip;
	const char *pool;
	uint64_t bytes;
};

/* ---- the answer ---------------------------------------------------------------------------- */

/* What was asked did not fit, or it is not known whether; the former is worse. */
static int code_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_EXHAUSTED:
	case VERDICT_FRAGMENTED:
		return EX_FAILED;
	case VERDICT_UNKNOWN:
		return EX_UNKNOWN;
	default:
		return 0;
	}
}

/* Returns an exit code, or a negative errno. */
static int answer_pool(struct report *report, const char *pool, uint64_t bytes)
{
	const struct ttmem_stat *stat = report->row.stat;
	struct finding finding;
	int ret;

	ret = finding_read(stat, pool, report->failure, &finding);
	if (ret)
		return ret;
	finding_judge(stat, &finding, bytes);
	report_finding(report, &finding);
	free(finding.pool);
	return code_of(finding.verdict);
}

static bool has_failed(const struct ttmem_stat *stat, const char *pool)
{
	char *name = format("%s_alloc_failures", pool);
	uint64_t failures;
	bool has;

	has = ttmem_stat_u64(stat, name, &failures) || failures;
	free(name);
	return has;
}

/* The pools that have failures, the one of the last failure first. */
static int answer_failures(struct report *report)
{
	const struct ttmem_stat *stat = report->row.stat;
	const char *last = report->failure ? report->failure->pool : "";
	const char *name = NULL;
	int ret, code = 0;
	char *pool;

	if (*last)
		code = answer_pool(report, last, 0);
	while (code >= 0 && (name = ttmem_stat_next(stat, name))) {
		pool = pool_of_usage(name);
		if (pool && strcmp(pool, last) != 0 && has_failed(stat, pool)) {
			ret = answer_pool(report, pool, 0);
			code = ret < 0 ? ret : code;
		}
		free(pool);
	}
	return code;
}

static int explain_no_pool(const struct row *row, const char *wanted)
{
	const char *name = NULL;
	char *pool;

	fprintf(stderr, "%s: %s has no pool '%s', but", program_invocation_short_name, row->chip,
		wanted);
	while ((name = ttmem_stat_next(row->stat, name))) {
		pool = pool_of_usage(name);
		if (pool)
			fprintf(stderr, " %s", pool);
		free(pool);
	}
	fputc('\n', stderr);
	return EX_FAILED;
}

static int answer(struct report *report, const struct question *question)
{
	char *usage = format("%s_used", question->pool ? question->pool : "");
	bool no_pool = question->pool && !ttmem_stat_str(report->row.stat, usage);
	int code;

	free(usage);
	if (no_pool)
		return explain_no_pool(&report->row, question->pool);
	report_begin(report);
	if (question->pool)
		code = answer_pool(report, question->pool, question->bytes);
	else
		code = answer_failures(report);
	report_end(report, code >= 0);
	return code < 0 ? tree_explain_unread(report->row.chip, "mem/stat", code) : code;
}

static int explain(const struct options *options, const struct tree *tree, const char *chip,
		   const struct question *question)
{
	struct report report = { .options = options, .row = { .tree = tree, .chip = chip } };
	struct failure failure;
	struct ttmem_stat *stat;
	int ret, code;

	ret = ttmem_stat_read(tree->sysfs, chip, &stat);
	if (is_gone(ret)) {
		warnx("%s is gone", chip);
		return EX_FAILED;
	}
	if (ret)
		return tree_explain_unread(chip, "mem/stat", ret);
	report.row.stat = stat;
	ret = failure_read(tree, stat, &failure);
	if (!ret && failure.pool)
		report.failure = &failure;
	code = ret ? tree_explain_unread(chip, "mem/stat", ret) : answer(&report, question);
	ttmem_stat_free(stat);
	return code;
}

/* ---- options ------------------------------------------------------------------------------- */

static const struct usage usage = {
	.command = "why",
	.synopsis = "why [OPTION...] CHIP [POOL [SIZE]]",
	.about = "Say whether an allocation of SIZE bytes would fit into a pool of a chip: it\n"
		 "'fits', or the pool is 'exhausted' or 'fragmented'. Without SIZE it is about\n"
		 "the allocation that failed last, and without POOL about all pools in which any\n"
		 "has failed.\n",
	.rest = "Pools:\n"
		"  l1            buffers in L1\n"
		"  l1_small      small buffers in L1, of a part that is set aside for them\n"
		"  dram          buffers in DRAM\n"
		"  trace         recorded traces, in DRAM\n"
		"\n"
		"A CHIP is named as for 'ttmem list'. SIZE is what a buffer takes in all banks of\n"
		"the chip together: a number with K, M, G or T, which are powers of 1024, as KiB\n"
		"and so on are, while KB and so on are powers of 1000.\n"
		"\n"
		"Exit codes: 0 it fits, or nothing has failed, 1 it does not fit, or there is no such\n"
		"chip or pool, or something failed, 2 wrong usage, 3 tt-kmd or ttmem is not loaded,\n"
		"4 it is not known.\n",
};

static int parse_question(struct question *question, int nr, char **args)
{
	if (!nr) {
		warnx("of which chip?");
		return usage_error(usage.command);
	}
	if (nr > 3) {
		warnx("unexpected argument '%s'", args[3]);
		return usage_error(usage.command);
	}
	question->chip = args[0];
	question->pool = nr > 1 ? args[1] : NULL;
	if (nr > 2 && (!parse_bytes(args[2], &question->bytes) || !question->bytes)) {
		warnx("'%s' is no size", args[2]);
		return usage_error(usage.command);
	}
	return GO_ON;
}

static int run(int argc, char **argv)
{
	struct question question = {};
	struct options options;
	struct tree tree;
	char **chips;
	int code;

	code = options_parse(&options, &usage, argc, argv);
	if (code == GO_ON)
		code = parse_question(&question, argc - optind, argv + optind);
	if (code != GO_ON)
		return code;
	code = tree_open(&tree, options.sysroot);
	if (code)
		return code;
	code = chips_select(&tree, 1, &question.chip, &chips);
	if (!code) {
		code = explain(&options, &tree, chips[0], &question);
		ttmem_sysfs_free_chips(chips);
	}
	tree_close(&tree);
	return code;
}

const struct command why_command = {
	.name = "why",
	.run = run,
	.help = "would an allocation fit, and why did the last one not",
};
