// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem watch - a line for each change of a chip
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "changes.h"
#include "follow.h"
#include "json.h"

/**
 * struct watch - what was asked for, and how it goes
 * @sysroot: directory of a captured tree, or NULL
 * @json: lines of JSON
 * @bytes: sizes as numbers of bytes
 * @names: of figures to watch; NULL for all
 * @nr_names: how many names
 * @choice: figures to watch; the first line of a chip for people is shorter, if there is no choice
 * @failed: a chip that is there could not be read
 */
struct watch {
	const char *sysroot;
	bool json;
	bool bytes;
	const char **names;
	size_t nr_names;
	struct choice choice;
	bool failed;
};

static const char *const event_names[] = {
	[FOLLOW_FOUND] = "state",
	[FOLLOW_ADDED] = "added",
	[FOLLOW_CHANGED] = "change",
	[FOLLOW_REMOVED] = "removed",
};

/* ---- lines --------------------------------------------------------------------------------- */

/* What this chip is like, for people who have not said what they want to know. */
static const struct choice *choice_of_values(const struct watch *watch)
{
	static const char *const names[] = {
		"arch", "l1_used", "l1_total", "cb_used", "dram_used", "dram_total", "clients",
	};
	static const struct choice short_choice = {
		.names = names,
		.nr_names = ARRAY_SIZE(names),
	};

	if (watch->json || watch->choice.names || watch->choice.times)
		return &watch->choice;
	return &short_choice;
}

/* Local time for people, and for programs as RFC 3339 has it. */
static char *timestamp(const struct watch *watch)
{
	struct timespec now;
	char seconds[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (watch->json)
		strftime(seconds, sizeof(seconds), "%FT%T", gmtime_r(&now.tv_sec, &tm));
	else
		strftime(seconds, sizeof(seconds), "%F %T", localtime_r(&now.tv_sec, &tm));
	return format("%s.%03ld%s", seconds, now.tv_nsec / 1000000, watch->json ? "Z" : "");
}

static void print_text(const struct watch *watch, const char *when, enum follow_event event,
		       const char *chip, const struct change *changes, size_t nr)
{
	char *text;

	if (event == FOLLOW_REMOVED) {
		printf("%s %s removed\n", when, chip);
		return;
	}
	if (event == FOLLOW_CHANGED)
		text = changes_text(changes, nr, watch->bytes);
	else
		text = changes_values(changes, nr, watch->bytes);
	printf("%s %s %s%s\n", when, chip, event == FOLLOW_ADDED ? "added: " : "", text);
	free(text);
}

static void print_json(const char *when, enum follow_event event, const char *chip,
		       const struct change *changes, size_t nr)
{
	struct json_object *line = json_new();

	json_add(line, "time", json_text(when));
	json_add(line, "chip", json_text(chip));
	json_add(line, "event", json_text(event_names[event]));
	json_add(line, "values", changes_json(changes, nr));
	json_print_line(line);
	json_object_put(line);
}

static void print_event(void *ctx, enum follow_event event, struct followed *chip,
			const struct ttmem_stat *before)
{
	struct watch *watch = ctx;
	struct change *changes = NULL;
	char *when;
	size_t nr = 0;

	if (event == FOLLOW_FAILED) {
		tree_explain_unread(chip->name, "mem/stat", -chip->error);
		watch->failed = true;
		return;
	}
	if (event == FOLLOW_CHANGED)
		nr = changes_find(before, chip->stat, &watch->choice, &changes);
	else if (event != FOLLOW_REMOVED)
		nr = changes_find(NULL, chip->stat, choice_of_values(watch), &changes);
	if (event != FOLLOW_CHANGED || nr) {
		when = timestamp(watch);
		if (watch->json)
			print_json(when, event, chip->name, changes, nr);
		else
			print_text(watch, when, event, chip->name, changes, nr);
		free(when);
		/* Who reads it is not to wait for the next one. */
		if (fflush(stdout))
			err(EX_FAILED, "write error");
	}
	free(changes);
}

/* ---- the loop ------------------------------------------------------------------------------ */

/* Each line is out when it is complete, so nothing is left to be done. */
static void end(int signal)
{
	(void)signal;
	_exit(0);
}

/* Returns an exit code. Sleeps as long as nothing happens, but hears of a reader that goes away. */
static int wait_for_changes(struct follower *follower)
{
	struct pollfd fds[] = {
		{ .fd = follower->epoll, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};

	while (follower->nr || !follower->names) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			err(EX_FAILED, "poll");
		}
		if (fds[1].revents) {
			errno = EPIPE;
			err(EX_FAILED, "write error");
		}
		follow_dispatch(follower);
	}
	warnx("no chip is left to watch");
	return EX_FAILED;
}

static int watch_chips(struct watch *watch, int nr, char **names)
{
	struct follower follower;
	struct tree tree;
	int code;

	code = tree_open(&tree, watch->sysroot);
	if (code)
		return code;
	signal(SIGINT, end);
	signal(SIGTERM, end);
	code = follow_start(&follower, &tree, nr, names, print_event, watch);
	if (!code) {
		if (!tree.captured)
			code = wait_for_changes(&follower);
		else if (watch->failed)
			code = EX_FAILED;
		follow_end(&follower);
	}
	tree_close(&tree);
	return code;
}

/* ---- options ------------------------------------------------------------------------------- */

static int print_help(void)
{
	fputs("Usage: ttmem watch [OPTION...] [CHIP...]\n"
	      "\n"
	      "Print what chips are like, and then a line for each change, until interrupted. Without\n"
	      "CHIP: all chips, also those that come later. Unknown figures are shown as '-'.\n"
	      "\n"
	      "Options:\n"
	      "  -J, --json           a JSON object a line, null is unknown\n"
	      "  -b, --bytes          sizes in bytes\n"
	      "  -o, --output LIST    watch these figures of mem/stat, separated by commas\n"
	      "  -a, --all            watch times (updated_ns ...), too, which change with each report\n"
	      "  -s, --sysroot DIR    print what chips are like in the captured tree DIR, and end\n"
	      "  -h, --help           show this help\n"
	      "  -V, --version        show the version\n"
	      "\n"
	      "It sleeps until the driver wakes it, which costs nothing while nothing changes.\n"
	      "Changes within 10 ms may be one line.\n"
	      "\n"
	      "Exit codes: 0 ended by SIGINT or SIGTERM, 1 no CHIP is there or left, or something\n"
	      "failed, 2 wrong usage, 3 tt-kmd or ttmem is not loaded.\n", stdout);
	return 0;
}

/* What a driver to come knows can be watched, too; but only what can be a name there. */
static bool is_name(const char *name)
{
	return !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

static bool parse_names(struct watch *watch, char *list)
{
	char *name, *rest;

	watch->nr_names = 0;
	for (name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		if (!is_name(name)) {
			warnx("'%s' is no name of mem/stat", name);
			return false;
		}
		watch->names = reallocarray(watch->names, watch->nr_names + 1, sizeof(name));
		if (!watch->names)
			err(EX_FAILED, NULL);
		watch->names[watch->nr_names++] = name;
	}
	if (!watch->nr_names)
		warnx("no figure to watch");
	return watch->nr_names;
}

static const struct option options[] = {
	{ "json",	no_argument,		NULL, 'J' },
	{ "bytes",	no_argument,		NULL, 'b' },
	{ "output",	required_argument,	NULL, 'o' },
	{ "all",	no_argument,		NULL, 'a' },
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

/* Returns an exit code, or GO_ON. */
static int take_option(struct watch *watch, int option)
{
	switch (option) {
	case 'J':
		watch->json = true;
		return GO_ON;
	case 'b':
		watch->bytes = true;
		return GO_ON;
	case 'o':
		return parse_names(watch, optarg) ? GO_ON : usage_error("watch");
	case 'a':
		watch->choice.times = true;
		return GO_ON;
	case 's':
		watch->sysroot = optarg;
		return GO_ON;
	case 'h':
		return print_help();
	case 'V':
		return print_version();
	default:
		return usage_error("watch");
	}
}

static int run(int argc, char **argv)
{
	struct watch watch = {};
	int option, code = GO_ON;

	while (code == GO_ON &&
	       (option = getopt_long(argc, argv, "Jbo:as:hV", options, NULL)) != -1)
		code = take_option(&watch, option);
	watch.choice.names = watch.names;
	watch.choice.nr_names = watch.nr_names;
	if (code == GO_ON)
		code = watch_chips(&watch, argc - optind, argv + optind);
	free(watch.names);
	return code;
}

const struct command watch_command = {
	.name = "watch",
	.run = run,
	.help = "a line for each change",
};
