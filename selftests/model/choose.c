// SPDX-License-Identifier: GPL-2.0-only
/* What makes sense to say, and sometimes what does not. */
#include <string.h>

#include "choose.h"
#include "rules.h"

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

__u64 below(struct generator *generator, __u64 bound)
{
	return bound ? number(generator) % bound : 0;
}

int one_in(struct generator *generator, unsigned int times)
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

__u64 edge(struct generator *generator)
{
	static const __u64 edges[] = {
		0, 1, 2, 5, 16, 63, 81, 4096, 1499137, 0x7fffffff, 0x80000000, 0xfffffffe,
		0xffffffff, 1ULL << 32, 1ULL << 33, 1ULL << 44, 1ULL << 60, 1ULL << 62,
		~0ULL >> 1, 1ULL << 63, ~0ULL - 1, ~0ULL,
	};

	return edges[below(generator, ARRAY_SIZE(edges))];
}

/* ---- who and where -------------------------------------------------------------------------- */

/* Of an actor and a slot, most often one that is open, whose chip is there. */
struct client *choose_file(struct generator *generator, struct step *step)
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
struct seat *choose_page(struct generator *generator, struct step *step)
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
__u32 choose_chip(struct generator *generator, const struct client *client)
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

void choose_declaration(struct generator *generator, struct step *step)
{
	int pins = one_in(generator, 6), tries;
	const struct client *client;
	unsigned int function, variant;
	__u32 index;

	/* Most often by somebody who may. */
	for (tries = 0; tries < (pins ? 4 : 1); tries++) {
		client = choose_file(generator, step);
		if (!world.actors[step->n[0]].uid)
			break;
	}
	function = client && client->gateway ? client->gateway->function : 0;
	variant = pins || one_in(generator, 4) ? below(generator, 3) : 0;
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
	if (pins)
		step->n[3] = one_in(generator, 3) ? TTMEM_DECLARE_UNPIN : TTMEM_DECLARE_PIN;
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

void choose_report(struct generator *generator, struct step *step)
{
	const struct client *client = choose_file(generator, step);
	unsigned int entries = 1 + below(generator, STEP_ENTRIES), i;

	for (i = 0; i < entries; i++)
		choose_entry(generator, &step->n[2 + 7 * i], client);
	step->nr = 2 + 7 * entries;
}

void choose_failure(struct generator *generator, struct step *step)
{
	step->n[2] = choose_chip(generator, choose_file(generator, step));
	step->n[3] = below(generator, POOLS);
	step->n[5] = 1 + below(generator, 1 << 20);
	if (one_in(generator, SOMETIMES))
		step->n[2 + below(generator, 4)] = edge(generator);
}

/* ---- pages ---------------------------------------------------------------------------------- */

void choose_map(struct generator *generator, struct step *step)
{
	step->n[3] = choose_chip(generator, choose_file(generator, step));
	step->n[2] = below(generator, MAPS);
	step->n[4] = 1 + one_in(generator, 20);
	step->n[5] = !one_in(generator, 20);
}

void choose_put(struct generator *generator, struct step *step)
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

void choose_poke(struct generator *generator, struct step *step)
{
	choose_page(generator, step);
	step->n[2] = below(generator, POOLS);
	step->n[3] = below(generator, 8);
	step->n[4] = one_in(generator, 2) ? edge(generator) : below(generator, 1 << 20);
}
