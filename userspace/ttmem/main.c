// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem - show what ttmem knows of the memory of Tenstorrent chips
 */
#include <err.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ttmem.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The first one is the default. */
static const struct command *const commands[] = {
	&list_command,
	&ps_command,
	&show_command,
	&why_command,
	&watch_command,
	&top_command,
	&metrics_command,
	&declare_command,
	&cdi_command,
	&bridge_command,
};

int print_version(void)
{
	puts("ttmem " TTMEM_VERSION);
	return 0;
}

static int print_help(void)
{
	size_t i;

	fputs("Usage: ttmem [COMMAND] [OPTION...]\n"
	      "\n"
	      "Show the memory of Tenstorrent chips, as it was reported to the driver ttmem.\n"
	      "No device is opened and no privilege is needed, except by declare and bridge.\n"
	      "\n"
	      "Commands:\n", stdout);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->help);
	printf("\n"
	       "Without a command: %s. 'ttmem COMMAND --help' shows the options of a command.\n"
	       "\n"
	       "Options:\n"
	       "  -h, --help     show this help\n"
	       "  -V, --version  show the version\n", commands[0]->name);
	return 0;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static bool wants_help(const char *arg)
{
	return !strcmp(arg, "-h") || !strcmp(arg, "--help");
}

static int run(int argc, char **argv)
{
	const struct command *command = commands[0];

	if (argc > 1 && wants_help(argv[1]))
		return print_help();
	if (argc > 1 && argv[1][0] != '-') {
		command = find_command(argv[1]);
		if (!command) {
			warnx("unknown command '%s'; see 'ttmem --help'", argv[1]);
			return EX_WRONG_USAGE;
		}
		argc--;
		argv++;
	}
	/* getopt begins its messages with argv[0]: let it be what err.h begins its own with. */
	if (argc > 0)
		argv[0] = program_invocation_short_name;
	return command->run(argc, argv);
}

/* Output that did not get where it should is a failure, even if it fails as late as here. */
static int close_stdout(void)
{
	int failed = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !failed)
		return 0;
	if (errno)
		warn("write error");
	else
		warnx("write error");
	return EX_FAILED;
}

int main(int argc, char **argv)
{
	int code, closed;

	/* Characters as the terminal has them; numbers and messages as scripts expect them. */
	setlocale(LC_CTYPE, "");
	/* A reader that went away is a write error, too, with a message and an exit code. */
	signal(SIGPIPE, SIG_IGN);

	code = run(argc, argv);
	closed = close_stdout();
	return code ? code : closed;
}
