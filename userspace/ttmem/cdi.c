// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem cdi - say to container runtimes which nodes there are, as a CDI specification
 *
 * It has no numbers of devices. A runtime looks them up when it starts a container, so what is said
 * here stays right when the module is loaded anew.
 */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "replace.h"

/* The first version that has all of this: whatever knows CDI takes it. */
#define CDI_VERSION	"0.3.0"
#define KIND		"tenstorrent.com/ttmem"
/* In the container. Without it some runtimes make a node that nobody may open. */
#define NODE_MODE	0666

/* ---- the specification --------------------------------------------------------------------- */

/* One device, which brings along the nodes of these chips. */
static void add_device(struct json_object *devices, const char *name, size_t nr, char **chips)
{
	struct json_object *device = json_empty(), *edits = json_empty(), *node;
	size_t i;

	json_add(device, "name", json_text(name));
	json_add(device, "containerEdits", edits);
	for (i = 0; i < nr; i++) {
		char *path = format("/dev/ttmem/%s", chips[i]);

		node = json_empty();
		json_add(node, "path", json_text(path));
		json_add(node, "fileMode", json_number(NODE_MODE));
		json_add(node, "permissions", json_text("rw"));
		json_object_array_add(json_array(edits, "deviceNodes"), node);
		free(path);
	}
	json_object_array_add(devices, device);
}

/* Of chips that have a node, a device each, and one for all of them. */
static struct json_object *specification(size_t nr, char **chips)
{
	struct json_object *spec = json_empty(), *devices;
	size_t i;

	json_add(spec, "cdiVersion", json_text(CDI_VERSION));
	json_add(spec, "kind", json_text(KIND));
	devices = json_array(spec, "devices");
	for (i = 0; i < nr; i++)
		add_device(devices, chips[i], 1, &chips[i]);
	add_device(devices, "all", nr, chips);
	return spec;
}

/* Puts gateways first, for only they have a node: returns their number. */
static size_t gateways_first(char **chips)
{
	size_t i, nr = 0;
	char *chip;

	for (i = 0; chips[i]; i++) {
		if (!chip_is_gateway(chips[i]))
			continue;
		chip = chips[i];
		chips[i] = chips[nr];
		chips[nr++] = chip;
	}
	return nr;
}

/* Returns an exit code, after a message if there is no chip. */
static int make_specification(const char *sysroot, struct json_object **spec)
{
	struct tree tree;
	char **chips;
	int code;

	code = tree_open(&tree, sysroot);
	if (code)
		return code;
	code = chips_select(&tree, 0, NULL, &chips);
	if (!code) {
		*spec = specification(gateways_first(chips), chips);
		ttmem_sysfs_free_chips(chips);
	}
	tree_close(&tree);
	return code;
}

/* ---- the file ------------------------------------------------------------------------------ */

/* A specification without a device is none, and one of chips that have gone is wrong. */
static void remove_file(const char *path)
{
	struct stat there;

	if (!lstat(path, &there) && S_ISREG(there.st_mode) && unlink(path))
		warn("%s", path);
}

static int write_file(const char *path, struct json_object *spec)
{
	char *text = format("%s\n", json_string(spec));
	int code = replace_file(path, text, strlen(text));

	free(text);
	return code;
}

static int do_it(const char *sysroot, const char *output)
{
	struct json_object *spec = NULL;
	int code;

	code = make_specification(sysroot, &spec);
	if (code && output)
		remove_file(output);
	else if (!code && output)
		code = write_file(output, spec);
	else if (!code)
		json_print(spec);
	json_object_put(spec);
	return code;
}

/* ---- options ------------------------------------------------------------------------------- */

static int print_help(void)
{
	fputs("Usage: ttmem cdi [OPTION...]\n"
	      "\n"
	      "Print a specification of the Container Device Interface (CDI), as JSON. With it a\n"
	      "container is given the node of a chip by the name " KIND "=ttN, and the\n"
	      "nodes of all chips by " KIND "=all.\n"
	      "\n"
	      "Options:\n"
	      "  -o, --output FILE    write it to FILE, as a whole; without a chip, remove FILE\n"
	      "  -s, --sysroot DIR    look at the captured tree DIR instead of the running system\n"
	      "  -h, --help           show this help\n"
	      "  -V, --version        show the version\n"
	      "\n"
	      "FILE is where runtimes look for it: /run/cdi/tenstorrent.com-ttmem.json. The unit\n"
	      "ttmem-cdi.service keeps it there, also when chips come and go.\n"
	      "\n"
	      "Exit codes: 0 done, 1 there is no chip or something failed, 2 wrong usage,\n"
	      "3 tt-kmd or ttmem is not loaded.\n", stdout);
	return 0;
}

static const struct option options[] = {
	{ "output",	required_argument,	NULL, 'o' },
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

static int run(int argc, char **argv)
{
	const char *sysroot = NULL, *output = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "o:s:hV", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			output = optarg;
			break;
		case 's':
			sysroot = optarg;
			break;
		case 'h':
			return print_help();
		case 'V':
			return print_version();
		default:
			return usage_error("cdi");
		}
	}
	if (optind < argc) {
		warnx("unexpected argument '%s'", argv[optind]);
		return usage_error("cdi");
	}
	return do_it(sysroot, output);
}

const struct command cdi_command = {
	.name = "cdi",
	.run = run,
	.help = "which nodes there are, for container runtimes",
};
