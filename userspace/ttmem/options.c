// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options of the commands that show chips, and their --help.
 */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "table.h"

int usage_error(const char *command)
{
	fprintf(stderr, "Try 'ttmem %s --help' for more information.\n", command);
	return EX_WRONG_USAGE;
}

bool options_for_programs(const struct options *options)
{
	return options->json || options->raw || options->pairs;
}

/* ---- columns ------------------------------------------------------------------------------- */

static const struct column *find_column(const struct columns *columns, const char *name)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (strcasecmp(columns->list[i].name, name) == 0)
			return &columns->list[i];
	return NULL;
}

void options_default_columns(struct options *options, const struct columns *columns)
{
	unsigned int reader = options_for_programs(options) ? FOR_PROGRAMS : FOR_PEOPLE;
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->list[i].shown & reader)
			options->columns[options->nr_columns++] = &columns->list[i];
}

bool options_choose_columns(struct options *options, const struct columns *columns, char *names)
{
	const struct column *column;
	bool chosen = false;
	char *name, *rest;

	if (*names == '+') {
		names++;
		options_default_columns(options, columns);
	}
	for (name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		column = find_column(columns, name);
		if (!column) {
			warnx("unknown column '%s'", name);
			return false;
		}
		if (options->nr_columns == MAX_COLUMNS) {
			warnx("too many columns");
			return false;
		}
		options->columns[options->nr_columns++] = column;
		chosen = true;
	}
	if (!chosen)
		warnx("no column to show");
	return chosen;
}

/* ---- options ------------------------------------------------------------------------------- */

static const char usual_rest[] =
	"A CHIP is ttN, ttNrM for one behind it, N or /dev/tenstorrent/N, a PCI address such as\n"
	"01:00.0, or a name in /dev/tenstorrent/by-id/; without one, all are shown.\n"
	"\n"
	"What is unknown is shown as '-'. JSON, raw and pairs have bare numbers, in bytes,\n"
	"percent and seconds. In a captured tree, time stands still at the first figure of\n"
	"DIR/proc/uptime; without it, ages are unknown.\n"
	"\n"
	"Exit codes: 0 chips were found and shown, 1 there is no such chip or something failed,\n"
	"2 wrong usage, 3 tt-kmd or ttmem is not loaded.\n";

static int print_help(const struct usage *usage)
{
	size_t i;

	printf("Usage: ttmem %s\n\n%s\nOptions:\n", usage->synopsis, usage->about);
	fputs("  -J, --json           JSON, where null is unknown\n", stdout);
	if (usage->columns)
		fputs("  -r, --raw            words separated by blanks\n"
		      "  -P, --pairs          NAME=\"value\"\n", stdout);
	fputs("  -b, --bytes          sizes in bytes\n", stdout);
	if (usage->columns)
		fputs("  -n, --noheadings     no headings\n"
		      "  -o, --output LIST    show these columns, separated by commas; +LIST adds them\n",
		      stdout);
	fputs("  -s, --sysroot DIR    look at the captured tree DIR instead of the running system\n"
	      "  -h, --help           show this help\n"
	      "  -V, --version        show the version\n"
	      "\n", stdout);
	fputs(usage->rest ? usage->rest : usual_rest, stdout);

	if (usage->columns)
		fputs("\nColumns:\n", stdout);
	for (i = 0; usage->columns && i < usage->columns->nr; i++)
		printf("  %-19s %s\n", usage->columns->list[i].name, usage->columns->list[i].help);
	return 0;
}

/* Those of tables come first, so that other commands can do without. */
#define NR_TABLE_OPTIONS	4

static const struct option all_options[] = {
	{ "raw",	no_argument,		NULL, 'r' },
	{ "pairs",	no_argument,		NULL, 'P' },
	{ "noheadings",	no_argument,		NULL, 'n' },
	{ "output",	required_argument,	NULL, 'o' },
	{ "json",	no_argument,		NULL, 'J' },
	{ "bytes",	no_argument,		NULL, 'b' },
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

/* Returns an exit code, or GO_ON. */
static int take_option(struct options *options, const struct usage *usage, int option)
{
	switch (option) {
	case 'J':
		options->json = true;
		return GO_ON;
	case 'r':
		options->raw = true;
		return GO_ON;
	case 'P':
		options->pairs = true;
		return GO_ON;
	case 'b':
		options->bytes = true;
		return GO_ON;
	case 'n':
		options->no_headings = true;
		return GO_ON;
	case 'o':
		options->output = optarg;
		return GO_ON;
	case 's':
		options->sysroot = optarg;
		return GO_ON;
	case 'h':
		return print_help(usage);
	case 'V':
		return print_version();
	default:
		return usage_error(usage->command);
	}
}

int options_parse(struct options *options, const struct usage *usage, int argc, char **argv)
{
	const char *letters = usage->columns ? "rPno:Jbs:hV" : "Jbs:hV";
	int option, code;

	*options = (struct options) {};
	while ((option = getopt_long(argc, argv, letters,
				     all_options + (usage->columns ? 0 : NR_TABLE_OPTIONS),
				     NULL)) != -1) {
		code = take_option(options, usage, option);
		if (code != GO_ON)
			return code;
	}
	if (options->json + options->raw + options->pairs > 1) {
		warnx("--json, --raw and --pairs exclude each other");
		return usage_error(usage->command);
	}
	if (options->output)
		return options_choose_columns(options, usage->columns, options->output) ?
		       GO_ON : usage_error(usage->command);
	if (usage->columns)
		options_default_columns(options, usage->columns);
	return GO_ON;
}

int show_chips(const struct options *options, int argc, char **argv,
	       int (*show)(const struct options *options, const struct tree *tree, char **all,
			   char **chips))
{
	struct tree tree;
	char **all = NULL, **chips;
	int code;

	code = tree_open(&tree, options->sysroot);
	if (code)
		return code;
	code = chips_select(&tree, 0, NULL, &all);
	if (!code && optind < argc) {
		code = chips_select(&tree, argc - optind, argv + optind, &chips);
		if (!code) {
			code = show(options, &tree, all, chips);
			ttmem_sysfs_free_chips(chips);
		}
	} else if (!code) {
		code = show(options, &tree, all, all);
	}
	ttmem_sysfs_free_chips(all);
	tree_close(&tree);
	return code;
}
