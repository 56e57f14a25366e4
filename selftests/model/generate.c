// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "generate.h"
#include "rules.h"

#define SOMETIMES	12	/* one in so many numbers is nonsense */
#define UNIQUE_IDS	24	/* of remote chips, which may be declared anywhere */

/* ---- numbers -------------------------------------------------------------------------------- */

/* splitmix64 */
static __u64 number(struct generator *generator)
{
	__u64 z = generator->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static __u64 below(struct generator *generator, __u64 bound)
{
	return bound ? number(generator) % bound : 0;
}

static int one_in(struct generator *generator, unsigned int times)
{
	return !below(generator, times);
}

/* None, all, or something in between. */
static __u64 up_to(struct generator *generator, __u64 most)
{
	switch (below(generator, 8)) {
	case 0:
		return 0;
	case 1:
		return most;
	default:
		return below(generator, most + 1);
	}
}

static __u64 edge(struct generator *generator)
{
	static const __u64 edges[] = {
		0, 1, 2, 5, 16, 63, 81, 4096, 1499137, 0x7fffffff, 0x80000000, 0xfffffffe,
		0xffffffff, 1ULL << 32, 1ULL << 33, 1ULL << 44, 1ULL << 60, 1ULL << 62,
		~0ULL >> 1, 1ULL << 63, ~0ULL - 1, ~0ULL,
	};

	return edges[below(generator, sizeof(edges) / sizeof(edges[0]))];
}

void generate_begin(struct generator *generator, __u64 seed)
{
	memset(generator, 0, sizeof(*generator));
	generator->state = seed;
}

/* ---- who and where -------------------------------------------------------------------------- */

/* Of an actor and a slot, most often one that is open, whose chip is there. */
static struct client *choose_file(struct generator *generator, struct step *step)
{
	struct client *client = NULL;
	int tries;

	for (tries = 0; tries < 24; tries++) {
		step->n[0] = below(generator, ACTORS);
		step->n[1] = below(generator, SLOTS);
		client = world.actors[step->n[0]].files[step->n[1]];
		if (client && (client->gateway || one_in(generator, 20)))
			break;
	}
	return client;
}

/* A page that is mapped, whose it is, and of what chip: NULL if nobody's. */
static struct seat *choose_page(struct generator *generator, struct step *step)
{
	struct page *page = NULL;
	struct client *client;
	int tries;
	__u32 index;

	for (tries = 0; tries < 24 && !page; tries++) {
		step->n[0] = below(generator, ACTORS);
		step->n[1] = below(generator, MAPS);
		page = world.actors[step->n[0]].pages[step->n[1]];
	}
	for_each_client(client)
		for (index = 0; index < TTMEM_MAX_CHIPS; index++)
			if (page && client->seats[index].page == page)
				return &client->seats[index];
	return NULL;
}

/* A chip that a client knows. */
static __u32 choose_chip(struct generator *generator, const struct client *client)
{
	__u32 index;
	int tries;

	for (tries = 0; client && tries < 8; tries++) {
		index = below(generator, TTMEM_MAX_CHIPS);
		if (client->seats[index].there)
			return index;
	}
	return one_in(generator, SOMETIMES) ? below(generator, TTMEM_MAX_CHIPS + 1) : 0;
}

/* ---- what is said --------------------------------------------------------------------------- */

/* Cores, mask, bytes of a core, banks, bytes of a bank. */
static const __u64 geometries[FUNCTIONS][3][5] = {
	{ { 64, 0x41, 1499136, 12, 1ULL << 30 }, { 80, 0, 1499136, 12, 1ULL << 30 },
	  { 72, 0xfffffc02, 1499136, 6, 1ULL << 31 } },
	{ { 140, 0, 1572864, 8, 1ULL << 32 }, { 130, 0x4, 1572864, 8, 1ULL << 32 },
	  { 120, 0xc3001, 1400000, 7, 1ULL << 32 } },
	{ { 64, 0x41, 1499136, 12, 1ULL << 30 }, { 80, 0, 1499136, 12, 1ULL << 30 },
	  { 64, 0x41, 1499136, 11, 1ULL << 30 } },
	{ { 999, 0x3, 1 << 21, 16, 1ULL << 34 }, { 999, 0x3, 1 << 21, 16, 1ULL << 33 },
	  { 1, 0, 4096, 1, 4096 } },
};

static void choose_declaration(struct generator *generator, struct step *step)
{
	const struct client *client = choose_file(generator, step);
	unsigned int function = client && client->gateway ? client->gateway->function : 0;
	unsigned int variant = one_in(generator, 4) ? below(generator, 3) : 0;
	__u32 index;

	memcpy(&step->n[5], geometries[function][variant], sizeof(geometries[0][0]));
	if (one_in(generator, 2)) {
		step->n[4] = one_in(generator, 3) ? 0xa0 + below(generator, 3) : 0;
	} else if (one_in(generator, 3)) {
		index = choose_chip(generator, client);
		step->n[2] = index;
		if (client && client->gateway && index < TTMEM_MAX_CHIPS)
			step->n[4] = client->gateway->chips[index].uid;
	} else {
		step->n[2] = TTMEM_CHIP_REMOTE;
		step->n[4] = 0x100 + below(generator, UNIQUE_IDS);
	}
	if (one_in(generator, 10))
		step->n[3] = 1 + below(generator, 2);
	if (one_in(generator, SOMETIMES))
		step->n[2 + below(generator, 8)] = edge(generator);
}

/* The same sizes come again, as they do: what changes is what is allocated. */
static void choose_shape(struct generator *generator, __u64 *entry, struct limits limits)
{
	__u64 bytes = limits.banks ? limits.bytes / limits.banks : 0;
	int part = entry[1] == TTMEM_POOL_L1_SMALL || entry[1] == TTMEM_POOL_TRACE;

	if (limits.banks > 1000) {
		limits.banks = 100;
		bytes = 1 << 20;
	}
	if (one_in(generator, part ? 3 : 20))
		return;
	entry[3] = limits.banks - (one_in(generator, 3) && limits.banks > 2 ? 2 : 0);
	entry[4] = part ? bytes / 32 : bytes / 32 * 30;
	if (one_in(generator, 4))
		entry[4] /= 2;
	if (one_in(generator, 10))
		entry[4] = 0;
	if (one_in(generator, 6))
		entry[2] |= TTMEM_REPORT_WHOLE_POOL;
}

static void choose_holding(struct generator *generator, __u64 *entry, __u64 limit)
{
	int whole = !!(entry[2] & TTMEM_REPORT_WHOLE_POOL);
	__u64 region = entry[3] * entry[4], factor = whole ? 1 : entry[3];
	__u64 free;

	if (!entry[4])
		region = entry[3] || whole ? limit / (1 + below(generator, 20)) : 0;
	entry[5] = factor ? up_to(generator, region / factor) : 0;
	free = region - entry[5] * factor;
	if (entry[4] && entry[3])
		entry[6] = up_to(generator, free / entry[3]);
}

static void choose_entry(struct generator *generator, __u64 *entry, const struct client *client)
{
	struct limits limits = { 0 };

	entry[0] = choose_chip(generator, client);
	entry[1] = below(generator, POOLS);
	if (client && client->gateway && entry[0] < TTMEM_MAX_CHIPS)
		limits = limits_of(client, entry[0], entry[1]);
	if (one_in(generator, 8))
		entry[2] |= TTMEM_REPORT_RESET_PEAK;
	if (entry[1] == TTMEM_POOL_CB)
		entry[2] |= TTMEM_REPORT_WHOLE_POOL;
	else
		choose_shape(generator, entry, limits);
	choose_holding(generator, entry, limits.bytes);
	if (one_in(generator, SOMETIMES))
		entry[below(generator, 7)] = edge(generator);
}

static void choose_report(struct generator *generator, struct step *step)
{
	const struct client *client = choose_file(generator, step);
	unsigned int entries = 1 + below(generator, STEP_ENTRIES), i;

	for (i = 0; i < entries; i++)
		choose_entry(generator, &step->n[2 + 7 * i], client);
	step->nr = 2 + 7 * entries;
}

static void choose_failure(struct generator *generator, struct step *step)
{
	step->n[2] = choose_chip(generator, choose_file(generator, step));
	step->n[3] = below(generator, POOLS);
	step->n[5] = 1 + below(generator, 1 << 20);
	if (one_in(generator, SOMETIMES))
		step->n[2 + below(generator, 4)] = edge(generator);
}

/* ---- pages ---------------------------------------------------------------------------------- */

static void choose_map(struct generator *generator, struct step *step)
{
	step->n[3] = choose_chip(generator, choose_file(generator, step));
	step->n[2] = below(generator, MAPS);
	step->n[4] = 1 + one_in(generator, 20);
	step->n[5] = !one_in(generator, 20);
}

static void choose_put(struct generator *generator, struct step *step)
{
	const struct seat *seat = choose_page(generator, step);
	const struct shape *shape;
	__u64 entry[7] = { 0 };
	int tries;

	step->n[2] = below(generator, POOLS);
	for (tries = 0; seat && tries < 8 && !seat->pools[step->n[2]].shape.reported; tries++)
		step->n[2] = below(generator, POOLS);
	if (seat) {
		shape = &seat->pools[step->n[2]].shape;
		entry[2] = shape->whole ? TTMEM_REPORT_WHOLE_POOL : 0;
		entry[3] = shape->banks;
		entry[4] = shape->bank_bytes;
		choose_holding(generator, entry, shape->limit);
	}
	step->n[3] = entry[5];
	step->n[4] = entry[6];
	if (one_in(generator, SOMETIMES))
		step->n[3 + below(generator, 2)] = edge(generator);
}

static void choose_poke(struct generator *generator, struct step *step)
{
	choose_page(generator, step);
	step->n[2] = below(generator, POOLS);
	step->n[3] = below(generator, 8);
	step->n[4] = one_in(generator, 2) ? edge(generator) : below(generator, 1 << 20);
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
		step->n[1] = below(generator, ACTORS);
		/* fall through */
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
