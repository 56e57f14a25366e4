// SPDX-License-Identifier: GPL-2.0-only
/*
 * model: random steps of several processes on several chips, and after each of them a look whether
 * everything reads what a simple model of ttmem says that it has to.
 *
 * Runs as root in the virtual machine. A script that fails is shrunk, and printed.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "actor.h"
#include "check.h"
#include "generate.h"
#include "machine.h"
#include "play.h"
#include "shrink.h"
#include "world.h"

static void explain(void)
{
	fputs("usage: model [--seed S] [--seeds N] [--steps N] [--print]\n"
	      "       model --script FILE\n", stderr);
	exit(2);
}

static void show_failure(const struct script *script, unsigned int steps)
{
	unsigned int i;

	printf("# %s\n", why);
	if (steps)
		printf("# %u steps, shrunk to %u, for model --script:\n", steps, script->nr);
	for (i = 0; i < script->nr; i++) {
		fputs("#   ", stdout);
		step_print(stdout, &script->steps[i]);
	}
}

static void show_figures(void)
{
	unsigned long steps = 0;
	unsigned int kind;

	fputs("# steps (refused):", stdout);
	for (kind = 0; kind < STEP_KINDS; kind++) {
		steps += steps_done[kind];
		printf(" %s %lu", step_name(kind), steps_done[kind]);
		if (steps_refused[kind])
			printf(" (%lu)", steps_refused[kind]);
	}
	printf("\n# figure: %lu steps, %llu values compared\n", steps, values_compared);
}

/* Returns 0 if the driver and the model differ; then the script has what was done until then. */
static int play_seed(__u64 seed, unsigned int steps, int print, struct script *script)
{
	struct generator generator;
	struct step step;
	unsigned int i;

	generate_begin(&generator, seed);
	if (!play_begin())
		return 0;
	for (i = 0; i < steps; i++) {
		generate_step(&generator, &step);
		if (print)
			step_print(stderr, &step);
		script_add(script, &step);
		if (!play_step(&step))
			return 0;
	}
	return play_end();
}

static int test_seed(unsigned int test, __u64 seed, unsigned int steps, int print)
{
	struct script script = { 0 };
	char first[sizeof(why)];
	unsigned int played;
	int ok;

	ok = play_seed(seed, steps, print, &script);
	played = script.nr;
	if (!ok) {
		memcpy(first, why, sizeof(first));
		printf("# seed %llu, step %u: %s\n", seed, played, first);
		fflush(stdout);
		if (!shrink(&script))
			printf("# it does not fail again:\n");
		show_failure(&script, played);
	}
	printf("%sok %u - seed %llu, %u steps\n", ok ? "" : "not ", test, seed, played);
	fflush(stdout);
	script_free(&script);
	return ok;
}

static int test_script(const char *path)
{
	struct script script = { 0 };
	unsigned int i;
	int ok;

	script_read(&script, path);
	ok = play_begin();
	for (i = 0; ok && i < script.nr; i++)
		ok = play_step(&script.steps[i]);
	ok = ok && play_end();
	if (!ok) {
		printf("# after step %u: ", i);
		step_print(stdout, &script.steps[i ? i - 1 : 0]);
		printf("# %s\n", why);
	}
	printf("%sok 1 - %s\n", ok ? "" : "not ", path);
	script_free(&script);
	return ok;
}

/* Nobody is left, and nothing is open. */
static void end(void)
{
	unsigned int i;

	for (i = 0; i < ACTORS; i++)
		actor_kill(i);
	world_end();
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "steps", required_argument, NULL, 'N' },
		{ "script", required_argument, NULL, 'f' },
		{ "print", no_argument, NULL, 'p' },
		{ },
	};
	unsigned int seeds = 1, steps = 5000, i;
	const char *script = NULL;
	int option, print = 0, ok = 1;
	__u64 seed = 1;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (option == 'n')
			seeds = strtoul(optarg, NULL, 0);
		else if (option == 'N')
			steps = strtoul(optarg, NULL, 0);
		else if (option == 'f')
			script = optarg;
		else if (option == 'p')
			print = 1;
		else
			explain();
	}
	actors_begin();
	printf("TAP version 13\n1..%u\n", script ? 1 : seeds);
	fflush(stdout);
	if (script)
		ok = test_script(script);
	for (i = 0; !script && i < seeds; i++)
		ok &= test_seed(i + 1, seed + i, steps, print);
	end();
	show_figures();
	return !ok;
}
