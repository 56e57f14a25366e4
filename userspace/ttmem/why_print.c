// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ttmem why has found out: for people, with a sentence, or as JSON; and the largest clients.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "why.h"

/* So many of the largest clients are shown. */
#define MAX_CLIENTS	5

/* ---- clients ------------------------------------------------------------------------------- */

static int cell_client(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	cell->number = row->client;
	return 0;
}

static int cell_used(const struct row *row, const struct column *column, struct cell *cell)
{
	char *name = format("%s_used", row->pool);
	int ret = ttmem_stat_u64(row->stat, name, &cell->number);

	(void)column;
	free(name);
	return ret;
}

static const struct column columns[] = {
	{ "CLIENT", 2, SCOLS_FL_RIGHT, KIND_NUMBER, FOR_PROGRAMS, "", .get = cell_client },
	{ "USED", 9, SCOLS_FL_RIGHT, KIND_BYTES, FOR_ALL, "", .get = cell_used },
	{ "PID", 5, SCOLS_FL_RIGHT, KIND_NUMBER, FOR_ALL, "", .get = cell_pid },
	{ "UID", 4, SCOLS_FL_RIGHT, KIND_NUMBER, FOR_PROGRAMS, "", .get = cell_uid },
	{ "USER", 6, 0, KIND_TEXT, FOR_ALL, "", .get = cell_user },
	{ "COMMAND", 8, 0, KIND_TEXT, FOR_ALL, "", .get = cell_command },
};

static const struct columns client_table = { columns, ARRAY_SIZE(columns) };

/* A client, and what it holds of the pool. */
struct holder {
	struct row row;
	struct ttmem_stat *stat;
	uint64_t used;
};

static int larger_first(const void *a, const void *b)
{
	const struct holder *one = a, *other = b;

	return (one->used < other->used) - (one->used > other->used);
}

/* One that holds nothing, or left in the meantime, is no answer. */
static int read_holder(struct holder *holder)
{
	struct cell used;
	int ret;

	ret = ttmem_stat_read_client(holder->row.tree->sysfs, holder->row.chip, holder->row.client,
				     &holder->stat);
	if (ret)
		return ret;
	holder->row.stat = holder->stat;
	ret = cell_used(&holder->row, NULL, &used);
	if (!ret && !used.number)
		ret = -ENODATA;
	if (!ret)
		ret = ttmem_stat_u64(holder->stat, "pid", &holder->row.pid);
	if (ret)
		ttmem_stat_free(holder->stat);
	holder->used = used.number;
	return ret;
}

/* Returns how many there are, the largest first, or a negative errno. */
static int read_holders(const struct row *row, const char *pool, struct holder **holders)
{
	int i, nr, ret, nr_read = 0;
	struct holder *list;
	uint64_t *ids;

	nr = ttmem_sysfs_clients(row->tree->sysfs, row->chip, &ids);
	if (nr < 0)
		return nr;
	list = calloc(nr + 1, sizeof(*list));
	if (!list)
		err(EX_FAILED, NULL);
	for (i = 0; i < nr; i++) {
		list[nr_read].row = *row;
		list[nr_read].row.pool = pool;
		list[nr_read].row.client = ids[i];
		ret = read_holder(&list[nr_read]);
		if (!ret)
			nr_read++;
		else if (ret != -ENODATA)
			tree_explain_unread(row->chip, "stat of a client", ret);
	}
	free(ids);
	qsort(list, nr_read, sizeof(*list), larger_first);
	*holders = list;
	return nr_read;
}

/* As an array of @json or, without it, as a table. */
static void show_clients(const struct report *report, const char *pool, struct json_object *json)
{
	struct options options = *report->options;
	struct holder *holders = NULL;
	struct table *table;
	int i, nr;

	nr = read_holders(&report->row, pool, &holders);
	if (nr < 0)
		tree_explain_unread(report->row.chip, "clients", nr);
	options_default_columns(&options, &client_table);
	table = table_new(&options, json);
	table_begin(table, "clients");
	for (i = 0; i < nr; i++) {
		if (i < MAX_CLIENTS)
			table_add(table, "clients", &holders[i].row);
		ttmem_stat_free(holders[i].stat);
	}
	if (!json && !table_is_empty(table)) {
		putchar('\n');
		table_print(table);
	}
	table_free(table);
	free(holders);
}

/* ---- for people ---------------------------------------------------------------------------- */

static char *bytes_text(const struct report *report, struct figure figure)
{
	if (!figure.known)
		return copy_text("-");
	return report->options->bytes ? format("%" PRIu64, figure.value) :
					format_bytes(figure.value);
}

static void print_figures(const struct report *report, const char *what, struct figure all,
			  struct figure each)
{
	char *all_text = bytes_text(report, all), *each_text = bytes_text(report, each);

	printf("  %-18s %12s %12s\n", what, all_text, each_text);
	free(all_text);
	free(each_text);
}

static struct figure of_each(struct figure all, struct figure banks)
{
	if (!all.known || !banks.known || !banks.value)
		return (struct figure) {};
	return (struct figure) { true, all.value / banks.value };
}

static void print_circular(const struct report *report, struct figure circular)
{
	char *text = bytes_text(report, circular);

	printf("  %-18s %12s   in the same memory, and in no figure above\n",
	       "circular buffers", text);
	free(text);
}

static void print_pool(const struct report *report, const struct finding *finding)
{
	struct figure banks = finding->banks;
	char *each = banks.known ? format("each of %" PRIu64, banks.value) : format("each");

	printf("  %-18s %12s %12s\n", "", "all banks", each);
	free(each);
	if (finding->verdict)
		print_figures(report, "asked for", finding->bytes, finding->bank_bytes);
	print_figures(report, "largest free block", finding->largest_free,
		      of_each(finding->largest_free, banks));
	print_figures(report, "free", finding->free, of_each(finding->free, banks));
	print_figures(report, "used", finding->used, of_each(finding->used, banks));
	if (finding->circular.known)
		print_circular(report, finding->circular);
}

/* In one line: when, by whom, and what there was. */
static void print_failure(const struct report *report, const struct failure *failure)
{
	char *asked = bytes_text(report, (struct figure) { true, failure->bank_bytes });
	char *largest = bytes_text(report, failure->largest_free);
	char *age = failure->age.known ? format_age(failure->age.value) : NULL;

	printf("Last failure: %s in each bank", asked);
	if (age)
		printf(", %s ago", age);
	if (failure->pid)
		printf(", by process %" PRIu64, failure->pid);
	if (!failure->largest_free.known)
		printf("; how large the largest free block was is not known.\n");
	else if (failure->bank_bytes > failure->largest_free.value)
		printf("; the largest free block was %s.\n", largest);
	else
		printf("; it was not for want of a free block: the largest was %s.\n", largest);
	free(asked);
	free(largest);
	free(age);
}

static void print_finding(const struct report *report, const struct finding *finding)
{
	bool all = finding->bytes.known;
	char *asked = bytes_text(report, all ? finding->bytes : finding->bank_bytes);

	printf("%s %s", report->row.chip, finding->pool);
	if (finding->verdict)
		printf(": %s%s: %s. %s", asked, all ? "" : " in each bank",
		       verdicts[finding->verdict], finding->reason);
	putchar('\n');
	free(asked);
	if (finding->failure)
		print_failure(report, finding->failure);
	if (finding->failures.known && finding->failures.value)
		printf("Failures so far: %" PRIu64 "\n", finding->failures.value);
	putchar('\n');
	print_pool(report, finding);
	show_clients(report, finding->pool, NULL);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void add_figure(struct json_object *json, const char *name, struct figure figure)
{
	json_add(json, name, figure.known ? json_number(figure.value) : NULL);
}

static struct json_object *json_failure(const struct failure *failure)
{
	struct json_object *json = json_object_new_object();

	if (!json)
		err(EX_FAILED, NULL);
	json_add(json, "pool", json_text(failure->pool));
	json_add(json, "bank_bytes", json_number(failure->bank_bytes));
	add_figure(json, "largest_free", failure->largest_free);
	add_figure(json, "pid", (struct figure) { failure->pid, failure->pid });
	add_figure(json, "age", failure->age);
	return json;
}

static void json_finding(const struct report *report, const struct finding *finding)
{
	struct json_object *json = json_object_new_object();

	if (!json)
		err(EX_FAILED, NULL);
	json_add(json, "pool", json_text(finding->pool));
	json_add(json, "verdict", finding->verdict ? json_text(verdicts[finding->verdict]) : NULL);
	json_add(json, "reason", finding->verdict ? json_text(finding->reason) : NULL);
	add_figure(json, "bytes", finding->bytes);
	add_figure(json, "bank_bytes", finding->bank_bytes);
	add_figure(json, "banks", finding->banks);
	add_figure(json, "largest_free", finding->largest_free);
	add_figure(json, "free", finding->free);
	add_figure(json, "used", finding->used);
	add_figure(json, "cb_used", finding->circular);
	add_figure(json, "alloc_failures", finding->failures);
	show_clients(report, finding->pool, json);
	json_object_array_add(json_array(report->json, "pools"), json);
}

/* ---- the report ---------------------------------------------------------------------------- */

void report_begin(struct report *report)
{
	if (!report->options->json)
		return;
	report->json = json_new();
	json_add(report->json, "chip", json_text(report->row.chip));
	json_add(report->json, "last_failure",
		 report->failure ? json_failure(report->failure) : NULL);
	json_array(report->json, "pools");
}

void report_finding(struct report *report, const struct finding *finding)
{
	if (report->json) {
		json_finding(report, finding);
		return;
	}
	if (report->nr_findings++)
		putchar('\n');
	print_finding(report, finding);
}

void report_end(struct report *report, bool whole)
{
	if (whole && report->json)
		json_print(report->json);
	else if (whole && !report->nr_findings)
		printf("%s: no allocation is known to have failed\n", report->row.chip);
	json_object_put(report->json);
}
