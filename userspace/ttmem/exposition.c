// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "exposition.h"

static const struct {
	const char *name;
	const char *in_text;
	const char *suffix;
} types[] = {
	[METRIC_GAUGE] = { "gauge", "gauge", "" },
	[METRIC_COUNTER] = { "counter", "counter", "_total" },
	[METRIC_INFO] = { "info", "gauge", "_info" },
};

/* OpenMetrics announces a name without the ending that the type adds, the older format with it. */
static void announce(struct exposition *exposition, const struct metric *metric)
{
	size_t len = strlen(metric->name);

	if (!exposition->text)
		len -= strlen(types[metric->type].suffix);
	fprintf(exposition->file, "# HELP %.*s %s\n", (int)len, metric->name, metric->help);
	fprintf(exposition->file, "# TYPE %.*s %s\n", (int)len, metric->name,
		exposition->text ? types[metric->type].in_text : types[metric->type].name);
	if (!exposition->text && metric->unit)
		fprintf(exposition->file, "# UNIT %.*s %s\n", (int)len, metric->name, metric->unit);
	exposition->metric = metric;
}

void sample_begin(struct exposition *exposition, const struct metric *metric)
{
	if (exposition->metric != metric)
		announce(exposition, metric);
	fputs(metric->name, exposition->file);
	exposition->labels = 0;
}

static void begin_label(struct exposition *exposition, const char *name)
{
	fprintf(exposition->file, "%c%s=\"", exposition->labels++ ? ',' : '{', name);
}

/*
 * Names of processes and of control groups can have any bytes, but the format is UTF-8, and it may
 * go to a terminal. What is not printing ASCII becomes \xNN. A backslash is written as two.
 */
void sample_label(struct exposition *exposition, const char *name, const char *value)
{
	if (!value)
		return;
	begin_label(exposition, name);
	for (; *value; value++) {
		if (*value < ' ' || *value > '~')
			fprintf(exposition->file, "\\\\x%02x", (unsigned char)*value);
		else if (*value == '\\' || *value == '"')
			fprintf(exposition->file, "\\%c", *value);
		else
			putc(*value, exposition->file);
	}
	putc('"', exposition->file);
}

void sample_number(struct exposition *exposition, const char *name, uint64_t number)
{
	begin_label(exposition, name);
	fprintf(exposition->file, "%" PRIu64 "\"", number);
}

void sample_end(struct exposition *exposition, uint64_t value)
{
	fprintf(exposition->file, "%s %" PRIu64 "\n", exposition->labels ? "}" : "", value);
}

void exposition_end(struct exposition *exposition)
{
	if (!exposition->text)
		fputs("# EOF\n", exposition->file);
}
