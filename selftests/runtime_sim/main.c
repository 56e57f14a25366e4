// SPDX-License-Identifier: GPL-2.0-only
/*
 * runtime_sim: to the driver what tt-metal is, with real allocators but without a card.
 */
#include <errno.h>
#include <error.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "machine.h"
#include "script.h"

#define DEFAULT_BOARD	"wormhole_N300.yaml:0"

struct options {
	unsigned int devices[MAX_GATEWAYS];
	unsigned int nr_devices;
	const char *boards[MAX_GATEWAYS];
	unsigned int nr_boards;
	const char *machine;
	const char *table;
	struct chip_config config;
	bool by_page;
	bool no_driver;
	bool interactive;
};

static void print_usage(void)
{
	printf("usage: runtime_sim [options] [SCRIPT|-]\n"
	       "Plays a runtime: runs a script of allocations and reports each change to ttmem.\n\n"
	       "  --device N           use the chip of /dev/tenstorrent/N (default 0); may be repeated\n"
	       "  --board SOURCE:CHIP  what kind of chip: a row of the table of boards, once for all\n"
	       "                       devices or once for each (default %s)\n"
	       "  --machine SOURCE     instead of boards: all chips of SOURCE, such as\n"
	       "                       wormhole_N300.yaml or t3k_cluster_desc.yaml (a T3000). Those on\n"
	       "                       PCI are devices 0, 1, ..., unless --device says which; the\n"
	       "                       first remote one lies behind the first of them, and so on\n"
	       "  --boards FILE        the table (default ../data/boards.tsv from this program)\n"
	       "  --fit first|best     which free block an allocation takes (default first)\n"
	       "  --l1-small BYTES     region for small buffers at the top of each core's L1 (default 0)\n"
	       "  --trace BYTES        trace region at the top of each DRAM bank (default 0)\n"
	       "  --ledger-page        keep what is allocated in ledger pages, and report only what pools\n"
	       "                       are like. So does TTMEM_LEDGER_PAGE=1 in the environment. Who\n"
	       "                       polls is woken by wait or, interactive, before each answer\n"
	       "  --no-driver          only keep the books; nothing is opened or reported\n"
	       "  --interactive        answer commands with \"ok\" or \"error: ...\" and go on\n"
	       "  --help               this text\n\n"
	       "Commands of a script:\n", DEFAULT_BOARD);
	script_help(stdout);
	printf("Each can have \"on CHIP\" at its end: which --device, counted from 0 (default 0),\n"
	       "or which chip of SOURCE; or \"on all\", as for a buffer of a mesh.\n"
	       "BYTES is a sum of products, such as 64*2048+3*16K. A # begins a comment.\n"
	       "wait says \"ready\" and sleeps until there is a line on stdin or SIGTERM.\n");
}

static __u64 bytes_argument(const char *text)
{
	struct line line = {};
	__u64 bytes;

	if (line_bytes(&line, text, &bytes))
		error(1, 0, "%s", line.error);
	return bytes;
}

static void add_device(struct options *options, const char *text)
{
	unsigned int i;
	char *end;
	long n;

	n = strtol(text, &end, 10);
	if (end == text || *end || n < 0 || n > 255)
		error(1, 0, "\"%s\" is not the number of a device", text);
	for (i = 0; i < options->nr_devices; i++)
		if (options->devices[i] == n)
			error(1, 0, "device %ld is given twice", n);
	if (options->nr_devices == MAX_GATEWAYS)
		error(1, 0, "more than %d devices", MAX_GATEWAYS);
	options->devices[options->nr_devices++] = n;
}

static void add_board(struct options *options, const char *text)
{
	if (options->nr_boards == MAX_GATEWAYS)
		error(1, 0, "more than %d boards", MAX_GATEWAYS);
	if (!strchr(text, ':'))
		error(1, 0, "board %s: no chip is named, as in %s", text, DEFAULT_BOARD);
	options->boards[options->nr_boards++] = text;
}

static enum bank_fit fit_argument(const char *text)
{
	if (strcmp(text, "first") && strcmp(text, "best"))
		error(1, 0, "--fit is first or best");
	return strcmp(text, "best") ? FIT_FIRST : FIT_BEST;
}

static const struct option long_options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "board", required_argument, NULL, 'b' },
	{ "machine", required_argument, NULL, 'm' },
	{ "boards", required_argument, NULL, 'B' },
	{ "fit", required_argument, NULL, 'f' },
	{ "l1-small", required_argument, NULL, 's' },
	{ "trace", required_argument, NULL, 't' },
	{ "ledger-page", no_argument, NULL, 'l' },
	{ "no-driver", no_argument, NULL, 'n' },
	{ "interactive", no_argument, NULL, 'i' },
	{ "help", no_argument, NULL, 'h' },
	{}
};

static void parse_options(struct options *options, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case 'd':
			add_device(options, optarg);
			break;
		case 'b':
			add_board(options, optarg);
			break;
		case 'm':
			options->machine = optarg;
			break;
		case 'B':
			options->table = optarg;
			break;
		case 'f':
			options->config.fit = fit_argument(optarg);
			break;
		case 's':
			options->config.l1_small_bytes = bytes_argument(optarg);
			break;
		case 't':
			options->config.trace_bytes = bytes_argument(optarg);
			break;
		case 'l':
			options->by_page = true;
			break;
		case 'n':
			options->no_driver = true;
			break;
		case 'i':
			options->interactive = true;
			break;
		case 'h':
			print_usage();
			exit(0);
		default:
			exit(1);
		}
	}
	if (argc - optind > 1)
		error(1, 0, "more than one script");
}

static void fill_in_defaults(struct options *options)
{
	const char *by_page = getenv("TTMEM_LEDGER_PAGE");

	options->by_page |= by_page && !strcmp(by_page, "1");
	if (options->machine) {
		if (options->nr_boards)
			error(1, 0, "--machine and --board exclude each other");
		return;
	}
	if (!options->nr_devices)
		add_device(options, "0");
	if (!options->nr_boards)
		add_board(options, DEFAULT_BOARD);
	if (options->nr_boards != 1 && options->nr_boards != options->nr_devices)
		error(1, 0, "%u boards for %u devices", options->nr_boards, options->nr_devices);
}

static FILE *open_table(const char *path)
{
	char self[PATH_MAX], beside[PATH_MAX + 32];
	ssize_t length;
	FILE *table;

	if (!path) {
		length = readlink("/proc/self/exe", self, sizeof(self) - 1);
		self[length > 0 ? length : 0] = '\0';
		snprintf(beside, sizeof(beside), "%s/../data/boards.tsv", dirname(self));
		path = beside;
	}
	table = fopen(path, "r");
	if (!table)
		error(1, errno, "%s", path);
	return table;
}

static void add_chip(struct machine *machine, const struct options *options, const char *wanted,
		     const struct board *board)
{
	unsigned int n = machine->nr_gateways;
	unsigned int ordinal = n < options->nr_devices ? options->devices[n] : n;
	int err;

	err = machine_add(machine, board, &options->config, ordinal);
	switch (err) {
	case 0:
		return;
	case -EINVAL:
		error(1, 0, "board %s: --l1-small and --trace must be multiples of %u", wanted,
		      board->arch->align);
		return;
	case -E2BIG:
		error(1, 0, "board %s: --l1-small or --trace is too large", wanted);
		return;
	case -ENXIO:
		error(1, 0, "board %s: chip %u is remote, and nothing is left to reach it through",
		      wanted, board->chip);
		return;
	case -ENOSPC:
		error(1, 0, "board %s: more than %d devices or %d chips", wanted, MAX_GATEWAYS,
		      MAX_CHIPS);
		return;
	default:
		error(1, -err, "board %s", wanted);
	}
}

/* Adds the chip, or all chips, that a row of the table or a whole source has. */
static void add_chips(struct machine *machine, const struct options *options, const char *wanted)
{
	FILE *table = open_table(options->table);
	struct board board = {};
	unsigned int nr = 0;
	const char *why;
	int err;

	while (!(err = board_next(table, wanted, &board, &why))) {
		if (board.remote && !options->machine)
			error(1, 0, "board %s: it is remote, and has no device: see --machine",
			      wanted);
		add_chip(machine, options, wanted, &board);
		nr++;
	}
	fclose(table);
	if (err != -ENOENT || !nr)
		error(1, 0, "board %s: %s", wanted, why);
}

static void set_up(struct machine *machine, const struct options *options)
{
	unsigned int i;

	if (options->machine) {
		add_chips(machine, options, options->machine);
		if (options->nr_devices && options->nr_devices != machine->nr_gateways)
			error(1, 0, "%u devices for a machine of %u", options->nr_devices,
			      machine->nr_gateways);
		return;
	}
	for (i = 0; i < options->nr_devices; i++)
		add_chips(machine, options, options->boards[options->nr_boards > 1 ? i : 0]);
}

int main(int argc, char **argv)
{
	static struct machine machine;
	struct sim sim = { .machine = &machine, .out = stdout, .err = stderr };
	struct options options = {};
	const char *script;
	FILE *in = stdin;
	unsigned int i;
	int err;

	parse_options(&options, argc, argv);
	fill_in_defaults(&options);
	script = argv[optind] && strcmp(argv[optind], "-") ? argv[optind] : NULL;
	if (script) {
		in = fopen(script, "r");
		if (!in)
			error(1, errno, "%s", script);
	}
	sim.interactive = options.interactive;
	set_up(&machine, &options);
	for (i = 0; i < machine.nr_gateways && !options.no_driver; i++) {
		machine.gateways[i].by_page = options.by_page;
		reporter_attach(&machine.gateways[i]);
	}

	err = script_run(&sim, in, script ? script : "-");

	machine_exit(&machine);
	if (script)
		fclose(in);
	return err ? 1 : 0;
}
