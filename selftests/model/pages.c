// SPDX-License-Identifier: GPL-2.0-only
/* Figures in ledger pages: what was written, and what of it has been seen. */
#include "rules.h"
#include "world.h"

static __u64 chip_bytes(const struct shape *shape, __u64 bytes)
{
	return bytes * (shape->whole ? 1 : shape->banks);
}

static const struct ttmem_page_figures *valid_figures(const struct page *page, int pool)
{
	return &page->pools[pool].figures[page->pools[pool].sequence & 1];
}

static int has_news(const struct seat *seat, int pool)
{
	return seat->page && seat->page->pools[pool].sequence != seat->page->taken[pool];
}

static void raise(__u64 *highest, __u64 value)
{
	if (*highest < value)
		*highest = value;
}

/* Nobody knows who looked first. */
static void taken(struct moment *moment, __u64 written)
{
	*moment = moment_since(written > moment->low ? written : moment->low);
}

static int take_pool(struct seat *seat, struct chip *chip, int pool)
{
	const struct ttmem_page_figures *figures = valid_figures(seat->page, pool);
	struct holding *held = &seat->pools[pool];

	if (!has_news(seat, pool))
		return 1;
	seat->page->taken[pool] = seat->page->pools[pool].sequence;
	seat->page->refused[pool] = !!page_faults(&held->shape, figures);
	if (seat->page->refused[pool])
		return 0;
	held->used = chip_bytes(&held->shape, figures->allocated_bytes);
	held->largest_free = figures->largest_free_bytes * held->shape.banks;
	raise(&held->peak, chip_bytes(&held->shape, figures->peak_bytes));
	raise(&chip->peak[pool], held->peak);
	taken(&seat->updated, seat->page->written[pool]);
	taken(&chip->updated, seat->page->written[pool]);
	return 1;
}

/* What is refused is counted; all of a page that is refused in one look, once. */
static void take_page(struct client *client, __u32 index)
{
	struct seat *seat = &client->seats[index];
	__u64 refused = 0;
	int pool;

	for (pool = 0; pool < POOLS; pool++)
		if (!take_pool(seat, &client->gateway->chips[index], pool))
			refused = seat->page->written[pool];
	if (refused)
		world_refused(client, refused);
}

/* Somebody reads figures of a chip, or speaks of it: all pages are taken over, then summed up. */
void world_look(struct gateway *gateway, __u32 index)
{
	struct client *client;

	for_each_seat(client, gateway, index)
		if (client->seats[index].page)
			take_page(client, index);
	world_settle(gateway, index);
}

/* The client asks to be looked at, so that it hears again of what was refused. */
__u32 world_look_at_client(struct client *client)
{
	__u32 faults = 0;
	struct seat *seat;
	__u32 index;
	int pool;

	for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
		seat = &client->seats[index];
		if (!seat->there || !seat->page)
			continue;
		for (pool = 0; pool < POOLS; pool++) {
			if (seat->page->refused[pool])
				seat->page->taken[pool] = seat->page->pools[pool].sequence - 1;
			if (has_news(seat, pool))
				faults |= page_faults(&seat->pools[pool].shape,
						      valid_figures(seat->page, pool));
			take_pool(seat, &client->gateway->chips[index], pool);
		}
		world_look(client->gateway, index);
	}
	client->gateway->touched = 1;
	return faults;
}

/* What clients hold together was this high. */
void world_settle(struct gateway *gateway, __u32 index)
{
	struct chip *chip = &gateway->chips[index];
	struct client *client;
	__u64 sum;
	int pool;

	for (pool = 0; pool < POOLS; pool++) {
		sum = 0;
		for_each_seat(client, gateway, index)
			sum += client->seats[index].pools[pool].used;
		raise(&chip->peak[pool], sum);
	}
}
