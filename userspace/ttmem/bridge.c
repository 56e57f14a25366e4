// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem bridge - report what tt-metal, as it is released, counts in shared memory
 */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"

/**
 * struct bridge_options - what was asked for
 * @config: file of the configuration; NULL for the usual one, which may be missing
 * @sysroot: directory of a captured tree, or NULL
 * @status: show how the running bridge is
 * @json: as JSON
 * @test: only read the configuration
 */
struct bridge_options {
	const char *config;
	const char *sysroot;
	bool status;
	bool json;
	bool test;
};

static int run_bridge(const struct bridge_options *options)
{
	struct bridge bridge = {
		.config_path = options->config ? options->config : BRIDGE_CONFIG,
		.config_optional = !options->config,
		.tree.root = "",
	};
	char *wrong;
	int code = 0;

	TAILQ_INIT(&bridge.holders);
	TAILQ_INIT(&bridge.shms);
	TAILQ_INIT(&bridge.reports);
	wrong = config_read(&bridge.config, bridge.config_path, bridge.config_optional);
	if (wrong) {
		warnx("%s", wrong);
		free(wrong);
		return EX_FAILED;
	}
	if (!options->test)
		code = status_begin();
	if (!options->test && !code) {
		bridge_loop(&bridge);
		status_end();
	}
	free(bridge.status);
	free(bridge.config_error);
	config_free(&bridge.config);
	return code;
}

static int print_help(void)
{
	fputs("Usage: ttmem bridge [OPTION...]\n"
	      "       ttmem bridge --status [OPTION...]\n"
	      "\n"
	      "Report, on behalf of processes whose runtime knows nothing of ttmem, what tt-metal counts\n"
	      "for them in /dev/shm/tt_device_*_memory. It runs until it gets SIGTERM or SIGINT; SIGHUP\n"
	      "makes it read its configuration anew. The unit ttmem-bridge.service runs it.\n"
	      "\n"
	      "Options:\n"
	      "  -c, --config FILE    configuration, instead of /etc/ttmem/bridge.conf\n"
	      "  -t, --test           only read the configuration\n"
	      "  -S, --status         show what the running bridge does, and what not, and why\n"
	      "  -J, --json           with --status: as JSON\n"
	      "  -s, --sysroot DIR    with --status: look at the captured tree DIR\n"
	      "  -h, --help           show this help\n"
	      "  -V, --version        show the version\n"
	      "\n"
	      "It takes root, or CAP_SYS_ADMIN, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH; --status takes\n"
	      "nothing.\n"
	      "\n"
	      "Exit codes: 0 ended by a signal, or shown; 1 something failed, or no bridge is running;\n"
	      "2 wrong usage.\n", stdout);
	return 0;
}

static const struct option options_of_bridge[] = {
	{ "config",	required_argument,	NULL, 'c' },
	{ "test",	no_argument,		NULL, 't' },
	{ "status",	no_argument,		NULL, 'S' },
	{ "json",	no_argument,		NULL, 'J' },
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

/* Returns an exit code, or GO_ON. */
static int take_option(struct bridge_options *options, int option)
{
	switch (option) {
	case 'c':
		options->config = optarg;
		return GO_ON;
	case 't':
		options->test = true;
		return GO_ON;
	case 'S':
		options->status = true;
		return GO_ON;
	case 'J':
		options->json = true;
		return GO_ON;
	case 's':
		options->sysroot = optarg;
		return GO_ON;
	case 'h':
		return print_help();
	case 'V':
		return print_version();
	default:
		return usage_error("bridge");
	}
}

/* Returns an exit code, or GO_ON. */
static int check_usage(const struct bridge_options *options)
{
	if (options->status && (options->config || options->test))
		warnx("--status takes no configuration");
	else if (!options->status && options->json)
		warnx("--json needs --status");
	else if (!options->status && options->sysroot)
		warnx("--sysroot needs --status");
	else
		return GO_ON;
	return usage_error("bridge");
}

static int run(int argc, char **argv)
{
	struct bridge_options options = {};
	int option, code = GO_ON;

	while (code == GO_ON &&
	       (option = getopt_long(argc, argv, "c:tSJs:hV", options_of_bridge, NULL)) != -1)
		code = take_option(&options, option);
	if (code == GO_ON && optind < argc) {
		warnx("unexpected argument '%s'", argv[optind]);
		code = usage_error("bridge");
	}
	if (code == GO_ON)
		code = check_usage(&options);
	if (code != GO_ON)
		return code;
	return options.status ? status_show(options.sysroot, options.json) : run_bridge(&options);
}

const struct command bridge_command = {
	.name = "bridge",
	.run = run,
	.help = "report what tt-metal counts in shared memory",
};
