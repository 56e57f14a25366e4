// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_vm: coverage-guided fuzzing of the nodes, in the virtual machine.
 *
 * An input that reaches code of the module which no other did is kept, and others are made of it.
 * After each, what the chips show has to be right, and when it has closed its files, all has to be
 * gone. Inputs are in the kernel's log, at a level that is only shown if the kernel dies.
 */
#include <errno.h>
#include <error.h>
#include <string.h>

#include "calls.h"
#include "coverage.h"

#define MAX_INPUT	512
#define MAX_CORPUS	4096
#define MAX_STEPS	40

#define CLAIM		"whatever a process does, figures are right and end with it"

struct bytes {
	size_t length;
	uint8_t data[MAX_INPUT];
};

static struct bytes *corpus[MAX_CORPUS];
static unsigned int nr_corpus;
static uint64_t state;

static unsigned int below(unsigned int limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 32) % limit;
}

/* ---- making inputs ------------------------------------------------------------------------- */

/* Replaces bytes of an input by others, more or fewer. */
static void splice(struct bytes *bytes, size_t at, size_t gone, const uint8_t *by, size_t length)
{
	size_t rest;

	if (length > MAX_INPUT - at)
		length = MAX_INPUT - at;
	rest = bytes->length - at - gone;
	if (rest > MAX_INPUT - at - length)
		rest = MAX_INPUT - at - length;
	memmove(bytes->data + at + length, bytes->data + at + gone, rest);
	memcpy(bytes->data + at, by, length);
	bytes->length = at + length + rest;
}

static void mutate_once(struct bytes *bytes)
{
	const struct bytes *other = corpus[below(nr_corpus)];
	size_t at = below(bytes->length + 1), rest = bytes->length - at;
	size_t from = below(other->length + 1);
	uint8_t byte = below(256);

	switch (below(6)) {
	case 0:
		splice(bytes, at, 0, &byte, 1);
		break;
	case 1:
		splice(bytes, at, below(rest > 16 ? 17 : rest + 1), NULL, 0);
		break;
	case 2:
		splice(bytes, at, rest, other->data + from, other->length - from);
		break;
	case 3:
		splice(bytes, at, 0, other->data + from, below(other->length - from + 1) % 64);
		break;
	case 4:
		if (rest)
			bytes->data[at] ^= 1 << below(8);
		break;
	default:
		if (rest)
			bytes->data[at] = byte;
		break;
	}
}

static void make_input(struct bytes *bytes)
{
	int times = 1 << below(4);

	*bytes = *corpus[below(nr_corpus)];
	while (times--)
		mutate_once(bytes);
}

/* ---- running them ---------------------------------------------------------------------------- */

static void print_input(FILE *to, const char *what, const struct bytes *bytes)
{
	size_t i;

	fprintf(to, "%s ", what);
	for (i = 0; i < bytes->length; i++)
		fprintf(to, "%02x", bytes->data[i]);
	fprintf(to, "\n");
	fflush(to);
}

/* Returns what is wrong, or NULL. */
static const char *run_input(const struct bytes *bytes)
{
	struct input input = { bytes->data, bytes->data + bytes->length };
	static unsigned int number;
	struct process process;
	const char *wrong;
	bool more = true;
	int steps;

	process_begin(&process);
	for (steps = 0; more && steps < MAX_STEPS; steps++) {
		coverage_begin();
		more = process_step(&process, &input);
		coverage_end();
	}
	wrong = figures_wrong(false);
	coverage_begin();
	process_end(&process);
	coverage_end();
	/* There can be thirty remote chips, and to read files is what takes most of the time. */
	if (!wrong)
		wrong = number++ % 16 ? figures_wrong(true) : all_figures_wrong();
	unmap_all(&process);
	return wrong;
}

static void keep(const struct bytes *bytes)
{
	if (nr_corpus == MAX_CORPUS)
		return;
	corpus[nr_corpus] = malloc(sizeof(*bytes));
	CHECK(corpus[nr_corpus]);
	*corpus[nr_corpus++] = *bytes;
}

/* Ends the program if anything is wrong. Returns whether the input has reached anything new. */
static bool try(FILE *log, const struct bytes *bytes)
{
	const char *wrong;

	print_input(log, "<7>fuzz_vm:", bytes);
	wrong = run_input(bytes);
	if (wrong) {
		printf("# %s\n", wrong);
		print_input(stdout, "# run again: --replay", bytes);
		printf("not ok 1 - " CLAIM "\n");
		exit(1);
	}
	return coverage_is_new();
}

/* ---- the corpus ------------------------------------------------------------------------------ */

/* What a line of hexadecimal digits says. */
static void read_input(const char *hex, struct bytes *bytes)
{
	unsigned int byte;

	for (bytes->length = 0; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		if (bytes->length == MAX_INPUT)
			break;
		bytes->data[bytes->length++] = byte;
	}
	if (*hex && *hex != '\n')
		error(1, 0, "not an input: %s", hex);
}

static void run_corpus(FILE *log, const char *path)
{
	static const struct bytes nothing;
	char line[2 * MAX_INPUT + 2];
	struct bytes bytes;
	FILE *file = fopen(path, "re");

	if (!file)
		error(1, 0, "%s cannot be read", path);
	keep(&nothing);
	while (fgets(line, sizeof(line), file)) {
		read_input(line, &bytes);
		try(log, &bytes);
		keep(&bytes);
	}
	fclose(file);
}

static int by_length(const void *a, const void *b)
{
	const struct bytes *const *x = a, *const *y = b;

	return ((*x)->length > (*y)->length) - ((*x)->length < (*y)->length);
}

/* Prints as few and as short inputs as reach all that was reached, more or less. */
static void print_corpus(FILE *log)
{
	unsigned int i;

	qsort(corpus, nr_corpus, sizeof(corpus[0]), by_length);
	coverage_forget();
	for (i = 0; i < nr_corpus; i++)
		if (try(log, corpus[i]))
			print_input(stdout, "# keep", corpus[i]);
}

static void fuzz(FILE *log, unsigned long runs)
{
	unsigned long run;
	struct bytes bytes;

	for (run = 0; run < runs; run++) {
		make_input(&bytes);
		if (try(log, &bytes))
			keep(&bytes);
	}
}

static int print_usage(void)
{
	fputs("usage: fuzz_vm CORPUS SEED RUNS [--keep]\n"
	      "       fuzz_vm --replay INPUT\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	FILE *log = fopen("/dev/kmsg", "we");
	struct bytes bytes;
	bool replay;

	replay = argc == 3 && !strcmp(argv[1], "--replay");
	if (!replay && argc != 4 && argc != 5)
		return print_usage();
	if (!log)
		error(1, errno, "/dev/kmsg");
	coverage_open();
	printf("TAP version 13\n1..1\n");
	if (replay) {
		read_input(argv[2], &bytes);
		try(log, &bytes);
	} else {
		state = strtoull(argv[2], NULL, 10) * 2 + 1;
		run_corpus(log, argv[1]);
		printf("# %u inputs were kept and reach %u edges\n", nr_corpus, coverage_edges());
		fflush(stdout);
		fuzz(log, strtoul(argv[3], NULL, 10));
		printf("# figure: seed %s, %s inputs: %u edges, %u inputs that differ\n", argv[2],
		       argv[3], coverage_edges(), nr_corpus);
		if (argc == 5)
			print_corpus(log);
	}
	printf("ok 1 - " CLAIM "\n");
	return 0;
}
