// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "choose.h"
#include "world.h"

void generate_begin(struct generator *generator, __u64 seed)
{
	memset(generator, 0, sizeof(*generator));
	generator->state = seed;
}

/* ---- chips ---------------------------------------------------------------------------------- */

static void plan(struct generator *generator, enum step_kind kind, __u64 number)
{
	struct step *step = &generator->plan[generator->planned++];

	memset(step, 0, sizeof(*step));
	step->kind = kind;
	step->nr = step_numbers(kind);
	step->n[0] = number;
}

/* Nobody has anything open, so that the module can go. */
static void plan_reload(struct generator *generator)
{
	unsigned int i;

	plan(generator, STEP_LOAD, MODULE_TTMEM);
	if (one_in(generator, 2))
		plan(generator, STEP_UNBIND, below(generator, FUNCTIONS));
	plan(generator, STEP_UNLOAD, MODULE_TTMEM);
	for (i = 0; i < ACTORS; i++)
		plan(generator, STEP_KILL, i);
}

/* What is not there comes back before long. Returns 0 if all is there. */
static int choose_return(struct generator *generator, struct step *step)
{
	unsigned int i;

	for (i = 0; i < KERNEL_MODULES; i++) {
		if (world.loaded[i] || !one_in(generator, 6))
			continue;
		step->kind = STEP_LOAD;
		step->n[0] = i;
		return 1;
	}
	for (i = 0; i < FUNCTIONS; i++) {
		if (world.functions[i].bound || !one_in(generator, 20))
			continue;
		step->kind = world.functions[i].present ? STEP_BIND : STEP_RESCAN;
		step->n[0] = i;
		return 1;
	}
	return 0;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static const unsigned int weights[STEP_KINDS] = {
	[STEP_OPEN] = 100,
	[STEP_DUP] = 20,
	[STEP_CLOSE] = 60,
	[STEP_FORK] = 8,
	[STEP_KILL] = 12,
	[STEP_QUERY] = 30,
	[STEP_DECLARE] = 120,
	[STEP_REPORT] = 280,
	[STEP_FAILURE] = 30,
	[STEP_LOOK] = 40,
	[STEP_BAD] = 20,
	[STEP_MAP] = 100,
	[STEP_UNMAP] = 10,
	[STEP_PUT] = 250,
	[STEP_POKE] = 25,
	[STEP_RESET] = 10,
	[STEP_HIGH] = 15,
	[STEP_UNBIND] = 3,
	[STEP_REMOVE] = 2,
	[STEP_UNLOAD] = 2,
};

static enum step_kind choose_kind(struct generator *generator)
{
	unsigned int kind, sum = 0;
	__u64 at;

	for (kind = 0; kind < STEP_KINDS; kind++)
		sum += weights[kind];
	at = below(generator, sum);
	for (kind = 0; at >= weights[kind]; kind++)
		at -= weights[kind];
	return kind;
}

/* Numbers that are small and say nothing more. */
static void choose_rest(struct generator *generator, struct step *step)
{
	switch (step->kind) {
	case STEP_OPEN:
		step->n[0] = below(generator, ACTORS);
		step->n[1] = below(generator, SLOTS);
		/* One is crowded. */
		step->n[2] = one_in(generator, 2) ? below(generator, FUNCTIONS) : 0;
		step->n[3] = !one_in(generator, 15);
		break;
	case STEP_FORK:
		step->n[0] = below(generator, ACTORS);
		step->n[1] = below(generator, ACTORS);
		break;
	case STEP_KILL:
		step->n[0] = below(generator, ACTORS);
		break;
	case STEP_HIGH:
		step->n[0] = below(generator, FUNCTIONS);
		step->n[1] = one_in(generator, 2) ? below(generator, TTMEM_MAX_CHIPS) : 0;
		step->n[2] = below(generator, POOLS);
		step->n[3] = one_in(generator, 4) ? edge(generator) : below(generator, 1 << 26);
		break;
	case STEP_UNMAP:
	case STEP_RESET:
		choose_page(generator, step);
		step->n[2] = below(generator, POOLS);
		break;
	case STEP_UNBIND:
	case STEP_REMOVE:
		step->n[0] = below(generator, FUNCTIONS);
		break;
	case STEP_UNLOAD:
		step->n[0] = one_in(generator, 2) ? MODULE_TTMEM : MODULE_TT_KMD;
		break;
	default:
		choose_file(generator, step);
		step->n[2] = below(generator, step->kind == STEP_LOOK ? 1 : SLOTS);
	}
}

static void choose_numbers(struct generator *generator, struct step *step)
{
	switch (step->kind) {
	case STEP_DECLARE:
		choose_declaration(generator, step);
		break;
	case STEP_REPORT:
		choose_report(generator, step);
		break;
	case STEP_FAILURE:
		choose_failure(generator, step);
		break;
	case STEP_MAP:
		choose_map(generator, step);
		break;
	case STEP_PUT:
		choose_put(generator, step);
		break;
	case STEP_POKE:
		choose_poke(generator, step);
		break;
	case STEP_QUERY:
		step->n[2] = choose_chip(generator, choose_file(generator, step));
		break;
	case STEP_BAD:
		choose_file(generator, step);
		step->n[2] = below(generator, 16);
		break;
	default:
		choose_rest(generator, step);
	}
}

void generate_step(struct generator *generator, struct step *step)
{
	if (generator->planned) {
		*step = generator->plan[--generator->planned];
		return;
	}
	if (one_in(generator, 1000))
		plan_reload(generator);
	memset(step, 0, sizeof(*step));
	if (choose_return(generator, step)) {
		step->nr = step_numbers(step->kind);
		if (step->kind == STEP_RESCAN)
			step->n[0] = 0;
		return;
	}
	step->kind = choose_kind(generator);
	step->nr = step_numbers(step->kind);
	choose_numbers(generator, step);
	step->quiet = one_in(generator, step->kind == STEP_PUT ? 2 : 4);
}
