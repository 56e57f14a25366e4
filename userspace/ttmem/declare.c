// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem declare - pin the geometry of chips, from a cluster descriptor
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/**
 * struct declare - what was asked for
 * @sysroot: directory of a captured tree, or NULL
 * @file: the descriptor; NULL to take back all pins
 * @dry_run: nothing is changed
 * @local: remote chips are left out
 * @undo: pins are taken back
 */
struct declare {
	const char *sysroot;
	const char *file;
	bool dry_run;
	bool local;
	bool undo;
};

/* ---- pins ---------------------------------------------------------------------------------- */

static bool read_file(const struct declare *declare, struct descriptor *descriptor)
{
	struct problem problem = {};
	FILE *file = fopen(declare->file, "re");
	bool ok;

	*descriptor = (struct descriptor) {};
	if (!file) {
		warn("%s", declare->file);
		return false;
	}
	ok = descriptor_read(descriptor, file, &problem);
	fclose(file);
	if (ok && declare->local)
		descriptor_drop_remote(descriptor);
	ok = ok && descriptor_route(descriptor, &problem);
	if (!ok)
		plan_warn(declare->file, problem.at, "%s", problem.text);
	else if (!descriptor->nr_chips)
		warnx("%s: no chip is on PCI", declare->file);
	return ok && descriptor->nr_chips;
}

static int declare_chips(const struct declare *declare, const struct tree *tree,
			 const struct descriptor *descriptor)
{
	struct plan plan = { .tree = tree, .file = declare->file };
	int code;

	code = plan_make(&plan, descriptor, !declare->dry_run);
	if (!code)
		code = declare->dry_run ? plan_print(&plan) : plan_pin(&plan);
	plan_free(&plan);
	return code;
}

/* ---- taking them back ---------------------------------------------------------------------- */

/* A chip that has gone has taken its pin along. */
static int take_back(unsigned int device, unsigned int chip, uint64_t uid, const char *name)
{
	struct ttmem *handle;
	int ret;

	ret = ttmem_open(&handle, device);
	if (!ret) {
		ret = ttmem_unpin(handle, chip, uid);
		ttmem_close(handle);
	}
	if (!ret || is_gone(ret) || ret == -ENODATA)
		return 0;
	warnx("the pin of %s cannot be taken back: %s", name, plan_reason(ret));
	return EX_FAILED;
}

static int undo_chip(const struct descriptor_chip *chip)
{
	char *name = format("chip %u", chip->logical);
	unsigned int device = chip->gateway->device.value;
	int code;

	if (is_local(chip))
		code = take_back(device, TTMEM_CHIP_LOCAL, 0, name);
	else
		code = take_back(device, TTMEM_CHIP_REMOTE, chip->uid.value, name);
	free(name);
	return code;
}

/* Those of a descriptor, if they are where it says. */
static int undo_chips(const struct declare *declare, const struct tree *tree,
		      const struct descriptor *descriptor)
{
	const struct descriptor_chip *chip, *end = descriptor->chips + descriptor->nr_chips;
	int code = 0;

	for (chip = descriptor->chips; chip < end; chip++)
		if (!plan_check_address(tree, declare->file, chip))
			return EX_FAILED;
	for (chip = descriptor->chips; chip < end; chip++)
		if (undo_chip(chip))
			code = EX_FAILED;
	return code;
}

static int undo_if_pinned(const char *name, const struct ttmem_stat *stat)
{
	const char *source = ttmem_stat_str(stat, "geometry_source");
	unsigned int device, index;
	uint64_t uid = 0;
	int found;

	if (!source || strcmp(source, "pinned"))
		return 0;
	found = sscanf(name, "tt%ur%u", &device, &index);
	if (found == 1)
		return take_back(device, TTMEM_CHIP_LOCAL, 0, name);
	/* A remote chip has an id, and nobody is pinned without it. */
	if (found == 2 && !ttmem_stat_u64(stat, "chip_uid", &uid))
		return take_back(device, TTMEM_CHIP_REMOTE, uid, name);
	warnx("%s: mem/stat: %s", name, plan_reason(-EPROTO));
	return EX_FAILED;
}

/* Whatever is pinned. */
static int undo_all(const struct tree *tree, char **chips)
{
	struct ttmem_stat *stat;
	int code = 0, ret;

	for (; *chips; chips++) {
		ret = ttmem_stat_read(tree->sysfs, *chips, &stat);
		if (is_gone(ret))
			continue;
		if (ret) {
			warnx("%s: mem/stat: %s", *chips, plan_reason(ret));
			code = EX_FAILED;
			continue;
		}
		if (undo_if_pinned(*chips, stat))
			code = EX_FAILED;
		ttmem_stat_free(stat);
	}
	return code;
}

/* ---- the command --------------------------------------------------------------------------- */

static int do_it(const struct declare *declare, const struct descriptor *descriptor)
{
	struct tree tree;
	char **chips;
	int code;

	code = tree_open(&tree, declare->sysroot);
	if (code)
		return code;
	code = chips_select(&tree, 0, NULL, &chips);
	if (!code) {
		if (!declare->undo)
			code = declare_chips(declare, &tree, descriptor);
		else if (declare->file)
			code = undo_chips(declare, &tree, descriptor);
		else
			code = undo_all(&tree, chips);
		ttmem_sysfs_free_chips(chips);
	}
	tree_close(&tree);
	return code;
}

static int print_help(void)
{
	fputs("Usage: ttmem declare [OPTION...] FILE\n"
	      "       ttmem declare --undo [FILE]\n"
	      "\n"
	      "Pin what harvesting has left of each chip, as the cluster descriptor FILE of UMD says, so\n"
	      "that capacity is known before any runtime starts. All chips are pinned, or none.\n"
	      "\n"
	      "Options:\n"
	      "  -n, --dry-run      show what would be pinned, and change nothing\n"
	      "  -l, --local        leave out chips that are not on PCI\n"
	      "  -u, --undo         take the pins of these chips back; without FILE, all pins\n"
	      "  -s, --sysroot DIR  with --dry-run: look at the captured tree DIR\n"
	      "  -h, --help         show this help\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "To pin, and to take back, takes CAP_SYS_ADMIN. The unit ttmem-declare.service does it when\n"
	      "the machine starts, from /etc/ttmem/cluster_descriptor.yaml.\n"
	      "\n"
	      "Exit codes: 0 done, 1 something failed, 2 wrong usage, 3 tt-kmd or ttmem is not loaded.\n",
	      stdout);
	return 0;
}

static const struct option options[] = {
	{ "dry-run",	no_argument,		NULL, 'n' },
	{ "local",	no_argument,		NULL, 'l' },
	{ "undo",	no_argument,		NULL, 'u' },
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

/* Returns an exit code, or GO_ON. */
static int take_option(struct declare *declare, int option)
{
	switch (option) {
	case 'n':
		declare->dry_run = true;
		return GO_ON;
	case 'l':
		declare->local = true;
		return GO_ON;
	case 'u':
		declare->undo = true;
		return GO_ON;
	case 's':
		declare->sysroot = optarg;
		return GO_ON;
	case 'h':
		return print_help();
	case 'V':
		return print_version();
	default:
		return usage_error("declare");
	}
}

/* Returns an exit code, or GO_ON. */
static int check_usage(const struct declare *declare)
{
	if (declare->undo && declare->dry_run)
		warnx("--undo and --dry-run exclude each other");
	else if (declare->sysroot && !declare->dry_run)
		warnx("--sysroot needs --dry-run: a captured tree cannot be changed");
	else if (!declare->file && !declare->undo)
		warnx("no cluster descriptor");
	else if (!declare->file && declare->local)
		warnx("--local needs a cluster descriptor");
	else
		return GO_ON;
	return usage_error("declare");
}

static int run(int argc, char **argv)
{
	struct declare declare = {};
	struct descriptor descriptor = {};
	int option, code;

	while ((option = getopt_long(argc, argv, "nlus:hV", options, NULL)) != -1) {
		code = take_option(&declare, option);
		if (code != GO_ON)
			return code;
	}
	if (optind < argc)
		declare.file = argv[optind++];
	if (optind < argc) {
		warnx("unexpected argument '%s'", argv[optind]);
		return usage_error("declare");
	}
	code = check_usage(&declare);
	if (code != GO_ON)
		return code;
	code = EX_FAILED;
	if (!declare.file || read_file(&declare, &descriptor))
		code = do_it(&declare, &descriptor);
	descriptor_free(&descriptor);
	return code;
}

const struct command declare_command = {
	.name = "declare",
	.run = run,
	.help = "pin the geometry of chips, from a cluster descriptor",
};
