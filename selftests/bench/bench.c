// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures what ttmem costs, and prints a line "name value" for each figure.
 *
 * usage: bench MODE...
 */
#include <stdio.h>
#include <string.h>

#include "modes.h"
#include "operations.h"

static const struct mode {
	const char *name;
	void (*run)(const char *argument);
	int has_argument;
	const char *help;
} modes[] = {
	{ "operations", mode_operations, 0, "each operation, by the only client of tt0" },
	{ "clients", mode_clients, 0, "operations beside up to 1000 clients" },
	{ "pages", mode_pages, 0, "reading beside 1000 clients with ledger pages" },
	{ "gateway", mode_gateway, 0, "one report of tt0 and 15 remote chips" },
	{ "mesh", mode_mesh, 0, "a report of each of 32 local chips" },
	{ "chips", mode_chips, 1, "local|all: operations beside other chips, or remote ones, too" },
	{ "memory", mode_memory, 0, "of the kernel, for clients" },
	{ "chip_memory", mode_chip_memory, 0, "of the kernel, for chips; loads the module anew" },
	{ "command", mode_command, 0, "ttmem, and lsmem beside it" },
	{ "contention", mode_contention, 1, "THREADS: throughput of each, relative to one alone" },
	{ "loop", mode_loop, 1, "OPERATION: does it forever" },
	{ NULL, NULL, 0, NULL }
};

static int print_usage(void)
{
	const struct mode *mode;

	fprintf(stderr, "usage: bench MODE...\n\n");
	for (mode = modes; mode->name; mode++)
		fprintf(stderr, "  %-12s %s\n", mode->name, mode->help);
	return 2;
}

static const struct mode *mode_find(const char *name)
{
	const struct mode *mode;

	for (mode = modes; mode->name; mode++)
		if (!strcmp(mode->name, name))
			return mode;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct mode *mode;

	if (argc < 2)
		return print_usage();
	while (*++argv) {
		mode = mode_find(*argv);
		if (!mode || (mode->has_argument && !*++argv))
			return print_usage();
		mode->run(*argv);
	}
	return 0;
}

void mode_operations(const char *argument)
{
	subject_open();
	measure_rows("%s", 0);
	subject_close();
}

/* What it writes first tells that it has begun. */
void mode_loop(const char *argument)
{
	const struct row *row = row_find(argument);

	if (!row)
		fail("no such operation");
	subject_open();
	if (!row_prepare(row))
		fail("no ledger pages");
	printf("loop\n");
	fflush(stdout);
	for (;;)
		row->operation(NULL);
}
