// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "books.h"
#include "line.h"
#include "reporter.h"
#include "script.h"

/* A bfloat16 tile of 32 x 32 values, which is what most buffers are made of. */
#define TILE_BYTES	2048

/* A command that is being carried out. */
struct call {
	struct sim *sim;
	struct chip *chip;
	struct line *line;
};

/**
 * struct command - one command of the language
 * @name: its first word
 * @nr_words: number of words, the name included
 * @flags: CHANGES: what the chip holds may be another afterwards; FOR_ALL: without "on CHIP" it is
 *	for all chips
 * @keys: the options that it takes, and a NULL
 * @usage: what follows the name, for --help
 * @run: does it; 0, or a negative errno and line->error
 */
struct command {
	const char *name;
	unsigned int nr_words;
	enum { CHANGES = 1, FOR_ALL = 2 } flags;
	const char *keys[5];
	const char *usage;
	int (*run)(const struct call *call);
};

/* Return: an enum ttmem_pool, or -EINVAL. */
static int find_pool(struct line *line, const char *name)
{
	int i;

	for (i = 0; i < NR_POOLS; i++)
		if (!strcmp(name, pool_names[i]))
			return i;
	return line_fail(line, -EINVAL, "unknown pool \"%s\"", name);
}

/* Words for the error of an allocation. */
static int alloc_failed(struct line *line, const struct chip *chip,
			const struct buffer_request *request, int err)
{
	const char *pool = pool_names[request->pool];
	struct bank_stats stats;

	switch (err) {
	case -ENOSPC:
		reporter_failure(chip, request->pool, chip_bank_share(chip, request));
		chip_pool_stats(chip, request->pool, &stats);
		return line_fail(line, err,
				 "out of memory: %s needs %llu B in each of %u banks of %s; bank size %llu B, allocated %llu B, free %llu B, largest free block %llu B",
				 request->name, chip_bank_share(chip, request),
				 chip->pools[request->pool].banks, pool, stats.allocatable,
				 stats.allocated, stats.free, stats.largest_free);
	case -ENODEV:
		return line_fail(line, err, "%s is not set up", pool);
	case -EEXIST:
		return line_fail(line, err, "there is a \"%s\" already", request->name);
	case -EINVAL:
		return line_fail(line, err, "a buffer and its pages must have bytes");
	default:
		return line_fail(line, err, "%s", strerror(-err));
	}
}

static int do_alloc(const struct call *call)
{
	struct chip *chip = call->chip;
	struct line *line = call->line;
	struct buffer_request request = { .name = line->words[1], .page_bytes = TILE_BYTES };
	const char *end = line_option(line, "from");
	int pool, err;

	pool = find_pool(line, line->words[2]);
	if (pool < 0)
		return pool;
	request.pool = pool;
	if (pool == TTMEM_POOL_CB)
		return line_fail(line, -EINVAL,
				 "circular buffers come with programs: compile and run one");
	err = line_bytes(line, line->words[3], &request.bytes);
	if (!err)
		err = line_bytes_option(line, "page", &request.page_bytes);
	if (err)
		return err;

	request.end = chip->pools[pool].end;
	if (end) {
		if (strcmp(end, "top") && strcmp(end, "bottom"))
			return line_fail(line, -EINVAL, "from= is top or bottom");
		request.end = strcmp(end, "top") ? FROM_BOTTOM : FROM_TOP;
	}

	err = chip_alloc(chip, &request);
	return err ? alloc_failed(line, chip, &request, err) : 0;
}

static int do_free(const struct call *call)
{
	struct line *line = call->line;
	int err = chip_free(call->chip, line->words[1]);

	return err ? line_fail(line, err, "there is no buffer \"%s\"", line->words[1]) : 0;
}

static int do_compile(const struct call *call)
{
	struct chip *chip = call->chip;
	struct line *line = call->line;
	struct program program = { .name = line->words[1] };
	struct buffer_request output = {
		.name = line->words[1],
		.pool = TTMEM_POOL_L1,
		.page_bytes = TILE_BYTES,
		.end = chip->pools[TTMEM_POOL_L1].end,
	};
	__u64 cores = chip->programs.cores;
	int err;

	if (!line_option(line, "cb"))
		return line_fail(line, -EINVAL, "cb= is missing");
	err = line_bytes_option(line, "cb", &program.cb_core_bytes);
	if (!err)
		err = line_bytes_option(line, "cores", &cores);
	if (!err)
		err = line_bytes_option(line, "l1", &output.bytes);
	if (!err)
		err = line_bytes_option(line, "page", &output.page_bytes);
	if (err)
		return err;
	if (!cores || cores > chip->programs.cores)
		return line_fail(line, -EINVAL, "a program can have 1 to %u cores",
				 chip->programs.cores);
	program.cores = cores;

	err = chip_compile(chip, &program, &output);
	if (err == -E2BIG)
		return line_fail(line, err, "circular buffers of %llu B do not fit into an L1",
				 program.cb_core_bytes);
	return err ? alloc_failed(line, chip, &output, err) : 0;
}

static int do_run(const struct call *call)
{
	struct line *line = call->line;
	int err = chip_run(call->chip, line->words[1]);

	if (err == -ENOENT)
		return line_fail(line, err, "there is no program \"%s\"", line->words[1]);
	if (err)
		return line_fail(line, err,
				 "the circular buffers of \"%s\" would reach into an L1 buffer",
				 line->words[1]);
	return 0;
}

static int do_books(const struct call *call)
{
	FILE *out = call->sim->out;

	books_print(out, call->chip - call->sim->machine->chips, call->chip);
	fflush(out);
	return 0;
}

/* Without the option there is nothing to compare. */
static int expect(struct line *line, const char *key, __u64 is)
{
	__u64 expected = is;
	int err = line_bytes_option(line, key, &expected);

	if (!err && expected != is)
		return line_fail(line, -EDOM, "%s %s is %llu, not %llu", line->words[1], key, is,
				 expected);
	return err;
}

static int do_expect(const struct call *call)
{
	const struct chip *chip = call->chip;
	struct line *line = call->line;
	struct bank_stats stats;
	__u32 banks;
	int pool, err;

	if (!line->nr_options)
		return line_fail(line, -EINVAL, "nothing is expected");
	if (!strcmp(line->words[1], "old_books") || !strcmp(line->words[1], "cb")) {
		if (line->nr_options > 1 || !line_option(line, "used"))
			return line_fail(line, -EINVAL, "%s has used= only", line->words[1]);
		return expect(line, "used", *line->words[1] == 'c' ?
			      program_cb_used(&chip->programs) : chip->old_books.bytes);
	}

	pool = find_pool(line, line->words[1]);
	if (pool < 0)
		return pool;
	banks = chip->pools[pool].banks;
	chip_pool_stats(chip, pool, &stats);
	err = expect(line, "allocatable", stats.allocatable * banks);
	if (!err)
		err = expect(line, "used", stats.allocated * banks);
	if (!err)
		err = expect(line, "free", stats.free * banks);
	if (!err)
		err = expect(line, "largest_free", stats.largest_free * banks);
	return err;
}

/* Where a runtime has nothing to do, it has the time for a call. */
static void look(const struct sim *sim)
{
	unsigned int i;

	for (i = 0; i < sim->machine->nr_gateways; i++)
		reporter_look(&sim->machine->gateways[i]);
}

/* SIGTERM simply ends the program, as it would a real runtime: the driver cleans up. */
static int do_wait(const struct call *call)
{
	FILE *out = call->sim->out;
	char *text = NULL;
	size_t room = 0;

	look(call->sim);
	fprintf(out, "ready\n");
	fflush(out);
	while (getline(&text, &room, stdin) < 0)
		pause();
	free(text);
	return 0;
}

static const struct command commands[] = {
	{ "alloc", 4, CHANGES, { "page", "from" },
	  "NAME POOL BYTES [page=BYTES] [from=top|bottom]", do_alloc },
	{ "free", 2, CHANGES, {}, "NAME", do_free },
	{ "compile", 2, CHANGES, { "cb", "cores", "l1", "page" },
	  "PROGRAM cb=BYTES_PER_CORE [cores=N] [l1=BYTES [page=BYTES]]", do_compile },
	{ "run", 2, CHANGES, {}, "PROGRAM", do_run },
	{ "books", 1, FOR_ALL, {}, "", do_books },
	{ "expect", 2, 0, { "allocatable", "used", "free", "largest_free" },
	  "POOL|old_books [used=BYTES] [free=BYTES] [largest_free=BYTES] [allocatable=BYTES]",
	  do_expect },
	{ "wait", 1, 0, {}, "", do_wait },
	{}
};

void script_help(FILE *out)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		fprintf(out, "  %-8s %s\n", command->name, command->usage);
	fprintf(out, "  %-8s %s\n", "expect", "oom COMMAND ...");
}

static bool takes(const struct command *command, const char *key)
{
	unsigned int i;

	for (i = 0; command->keys[i]; i++)
		if (!strcmp(command->keys[i], key))
			return true;
	return false;
}

static int execute_on(struct sim *sim, const struct command *command, struct line *line,
		      struct chip *chip)
{
	struct call call = { .sim = sim, .chip = chip, .line = line };
	char error[sizeof(line->error)];
	int err;

	err = command->run(&call);
	if (!err) {
		chip->changed |= command->flags & CHANGES;
	} else if (line->all_chips) {
		strcpy(error, line->error);
		line_fail(line, err, "chip %td: %s", chip - sim->machine->chips, error);
	}
	return err;
}

/* The chips one by one, up to the first that fails, and then a report for each gateway. */
static int execute_and_report(struct sim *sim, const struct command *command, struct line *line)
{
	bool all = line->all_chips || (!line->has_chip && command->flags & FOR_ALL);
	struct machine *machine = sim->machine;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < machine->nr_chips; i++)
		if (all || i == line->chip)
			err = execute_on(sim, command, line, &machine->chips[i]);
	for (i = 0; i < machine->nr_gateways; i++)
		reporter_report(&machine->gateways[i]);
	return err;
}

static int execute(struct sim *sim, struct line *line)
{
	const struct command *command;
	unsigned int i;

	for (command = commands; command->name; command++)
		if (!strcmp(command->name, line->words[0]))
			break;
	if (!command->name)
		return line_fail(line, -EINVAL, "unknown command \"%s\"", line->words[0]);
	if (line->nr_words != command->nr_words)
		return line_fail(line, -EINVAL, "usage: %s %s", command->name, command->usage);
	for (i = 0; i < line->nr_options; i++)
		if (!takes(command, line->options[i].key))
			return line_fail(line, -EINVAL, "%s takes no %s=", command->name,
					 line->options[i].key);
	if (line->chip >= sim->machine->nr_chips)
		return line_fail(line, -EINVAL, "there is no chip %u", line->chip);
	return execute_and_report(sim, command, line);
}

/* "expect oom COMMAND...": the command must fail, and for want of memory. */
static int execute_oom(struct sim *sim, struct line *line)
{
	int err;

	line->nr_words -= 2;
	memmove(line->words, line->words + 2, line->nr_words * sizeof(line->words[0]));
	err = execute(sim, line);
	if (!err)
		return line_fail(line, -EDOM, "it was not out of memory");
	if (err != -ENOSPC)
		return err;
	fprintf(sim->out, "as expected, %s\n", line->error);
	return 0;
}

static int run_line(struct sim *sim, struct line *line, char *text)
{
	int err = line_parse(line, text);

	if (err)
		return err;
	if (!line->nr_words && !line->nr_options && !line->has_chip)
		return 0;
	if (!line->nr_words)
		return line_fail(line, -EINVAL, "a line begins with a command");
	if (line->nr_words > 2 && !strcmp(line->words[0], "expect") &&
	    !strcmp(line->words[1], "oom"))
		return execute_oom(sim, line);
	return execute(sim, line);
}

/**
 * script_run - run a script
 * @sim: the runtime
 * @in: the script
 * @name: what errors call it
 *
 * Return: 0, or -1 after the first error; interactive, only if the script cannot be read.
 */
int script_run(struct sim *sim, FILE *in, const char *name)
{
	unsigned int number = 0;
	struct line line = {};
	char *text = NULL;
	size_t room = 0;
	int err = 0;

	while (!err && getline(&text, &room, in) >= 0) {
		number++;
		err = run_line(sim, &line, text);
		if (!sim->interactive) {
			if (err)
				fprintf(sim->err, "%s:%u: %s\n", name, number, line.error);
			continue;
		}
		look(sim);
		if (err)
			fprintf(sim->out, "error: %s:%u: %s\n", name, number, line.error);
		else if (line.nr_words)
			fprintf(sim->out, "ok\n");
		fflush(sim->out);
		err = 0;
	}
	if (!err && ferror(in)) {
		err = -EIO;
		fprintf(sim->err, "%s:%u: cannot be read\n", name, number + 1);
	}
	free(text);
	return err ? -1 : 0;
}
