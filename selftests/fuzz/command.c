// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command ttmem on a captured tree. An input is its arguments, one a line, the first of which
 * may name a subcommand, and then files of the tree, with NUL between them; those that it has no
 * more bytes for are missing.
 */
#include <getopt.h>
#include <string.h>

#include "input.h"
#include "tree.h"
#include "ttmem.h"

#define MAX_ARGUMENTS	16
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define CLIENTS		CLASS "/tt0/clients/"
#define CLIENT_STAT	"/stat"

static const char *const files[] = {
	CLASS "/tt0/mem/stat", CLASS "/tt0r1/mem/stat", "/proc/uptime",
	"/proc/driver/tenstorrent/0/pids",
};

/* Those that only look, and end. */
static const struct command *const commands[] = {
	&list_command, &ps_command, &show_command, &why_command,
};

int print_version(void)
{
	return 0;
}

/* The next part of an input; NULL behind its end. */
static char *next_part(char **rest, const char *end)
{
	char *part = *rest;

	if (part >= end)
		return NULL;
	*rest += strlen(part) + 1;
	return part;
}

static void put_file(const char *path, const char *text)
{
	if (text)
		tree_put(path, text, strlen(text));
	else
		tree_remove(path);
}

/* A directory of a client, by any name that a directory can have. */
static void put_client(const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), CLIENTS "%s" CLIENT_STAT, name);
	put_file(path, text);
	if (text)
		return;
	*strrchr(path, '/') = '\0';
	tree_remove(path);
}

static int can_be_client(const char *name)
{
	return name && *name && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..") &&
	       strlen(name) <= 255;
}

/* The one that the first argument names, which is taken away, or the first. */
static const struct command *take_command(char **arguments)
{
	char *rest = *arguments;
	const char *name = strsep(&rest, "\n");
	unsigned int i;

	for (i = 0; name && i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i]->name) == 0) {
			*arguments = rest;
			return commands[i];
		}
	}
	if (rest)
		rest[-1] = '\n';
	return commands[0];
}

static void run(char *arguments)
{
	static FILE *nowhere;
	char *argv[MAX_ARGUMENTS + 4] = { "ttmem", "-s", (char *)tree_root() };
	const struct command *command = take_command(&arguments);
	FILE *errors = stderr;
	int argc = 3, code;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	CHECK(nowhere);

	if (arguments && !*arguments)
		arguments = NULL;
	while (argc < MAX_ARGUMENTS + 3 && (argv[argc] = strsep(&arguments, "\n")))
		argc++;
	argv[argc] = NULL;
	optind = 0;
	stderr = nowhere;
	code = command->run(argc, argv);
	stderr = errors;
	CHECK(!code || code == EX_FAILED || code == EX_WRONG_USAGE || code == EX_NOT_LOADED ||
	      (code == EX_UNKNOWN && command == &why_command));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text;
	char *arguments, *client;
	unsigned int i;

	CHECK(text);
	memcpy(text, data, size);
	text[size] = '\0';

	arguments = next_part(&rest, text + size);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		put_file(files[i], next_part(&rest, text + size));
	client = next_part(&rest, text + size);
	if (!can_be_client(client))
		client = "4242";
	put_client(client, next_part(&rest, text + size));
	run(arguments);
	put_client(client, NULL);
	free(text);
	return 0;
}
