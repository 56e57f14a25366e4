// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem metrics - all figures for Prometheus and its like
 */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"
#include "replace.h"

/* By this ending node_exporter knows its files, and it reads the older format. */
#define TEXT_FILE	".prom"

/**
 * struct options - what was asked for
 * @sysroot: directory of a captured tree, or NULL
 * @output: a file, or NULL for stdout
 * @text: the older format
 * @clients: figures of each client, too
 * @cgroups: figures of each control group, too
 */
struct options {
	const char *sysroot;
	const char *output;
	bool text;
	bool clients;
	bool cgroups;
};

static int print_help(void)
{
	fputs("Usage: ttmem metrics [OPTION...] [CHIP...]\n"
	      "\n"
	      "Print all figures as OpenMetrics, for Prometheus and its like. What is unknown is absent.\n"
	      "\n"
	      "Options:\n"
	      "  -c, --clients      figures of each client, too\n"
	      "  -g, --cgroups      figures of each control group with its container and pod, too\n"
	      "  -o, --output FILE  replace FILE, at once or not at all, instead of printing\n"
	      "  -t, --text         the older text format of Prometheus; that of a FILE which ends in\n"
	      "                     .prom, for node_exporter reads no other\n"
	      "  -s, --sysroot DIR  look at the captured tree DIR instead of the running system\n"
	      "  -h, --help         show this help\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "Clients come and go, and each one makes new series: see Documentation/metrics.rst.\n"
	      "\n"
	      "Exit codes: 0 all was read and written, 1 there is no such chip or something failed,\n"
	      "2 wrong usage, 3 tt-kmd or ttmem is not loaded. With 1 and 3, ttmem_up is 0, and what\n"
	      "could be read is there; if FILE cannot be written it stays as it was.\n",
	      stdout);
	return 0;
}

static const struct option long_options[] = {
	{ "clients",	no_argument,		NULL, 'c' },
	{ "cgroups",	no_argument,		NULL, 'g' },
	{ "output",	required_argument,	NULL, 'o' },
	{ "text",	no_argument,		NULL, 't' },
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

/* Returns an exit code, or GO_ON. */
static int take_option(struct options *options, int option)
{
	switch (option) {
	case 'c':
		options->clients = true;
		return GO_ON;
	case 'g':
		options->cgroups = true;
		return GO_ON;
	case 'o':
		options->output = optarg;
		return GO_ON;
	case 't':
		options->text = true;
		return GO_ON;
	case 's':
		options->sysroot = optarg;
		return GO_ON;
	case 'h':
		return print_help();
	case 'V':
		return print_version();
	default:
		return usage_error("metrics");
	}
}

static bool is_text_file(const char *path)
{
	size_t len = strlen(path), end = strlen(TEXT_FILE);

	return len > end && strcmp(path + len - end, TEXT_FILE) == 0;
}

/* All of it before any is written, so that a file can be replaced by one that is whole. */
static char *write_metrics(const struct options *options, struct metrics *metrics, size_t *len)
{
	struct exposition exposition = { .text = options->text };
	char *text;

	exposition.file = open_memstream(&text, len);
	if (!exposition.file)
		err(EX_FAILED, NULL);
	metrics_write(metrics, &exposition);
	if (fclose(exposition.file))
		err(EX_FAILED, NULL);
	return text;
}

static int show(const struct options *options, int nr_names, char **names)
{
	struct metrics metrics = {
		.with_clients = options->clients,
		.with_cgroups = options->cgroups,
	};
	int code = 0;
	char *text;
	size_t len;

	metrics_read(&metrics, options->sysroot, nr_names, names);
	text = write_metrics(options, &metrics, &len);
	if (options->output)
		code = replace_file(options->output, text, len);
	else
		fwrite(text, 1, len, stdout);
	if (metrics.code)
		code = metrics.code;
	free(text);
	metrics_free(&metrics);
	return code;
}

static int run(int argc, char **argv)
{
	struct options options = {};
	int option, code;

	while ((option = getopt_long(argc, argv, "cgo:ts:hV", long_options, NULL)) != -1) {
		code = take_option(&options, option);
		if (code != GO_ON)
			return code;
	}
	if (options.output && is_text_file(options.output))
		options.text = true;
	return show(&options, argc - optind, argv + optind);
}

const struct command metrics_command = {
	.name = "metrics",
	.run = run,
	.help = "all figures for Prometheus",
};
