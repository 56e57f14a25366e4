// SPDX-License-Identifier: GPL-2.0-only
/* Steps with ledger pages. */
#include <errno.h>
#include <stdlib.h>

#include "actor.h"
#include "check.h"
#include "play.h"

#define WORDS	(sizeof(struct ttmem_page_pool) / sizeof(__u64))

/* ---- mapping -------------------------------------------------------------------------------- */

static __u32 map_faults(const struct client *client, const struct step *step)
{
	__u32 faults = 0;

	if (!client->writable)
		faults |= fault(EACCES);
	if (step->n[4] != 1 || !step->n[5])
		faults |= fault(EINVAL);
	if (!client->gateway)
		return faults | fault(ENODEV);
	if (step->n[3] >= TTMEM_MAX_CHIPS || !client->seats[step->n[3]].there)
		faults |= fault(ENODATA);
	return faults;
}

int play_map(const struct step *step)
{
	struct client *client = file_of(step);
	struct page **slot, **page;
	__u32 faults;
	int ret;

	if (!client || step->n[2] >= MAPS || !step->n[4])
		return 1;
	slot = &actor_of(step->n[0])->pages[step->n[2]];
	if (*slot)
		return 1;
	faults = map_faults(client, step);
	ret = actor_map(step->n[0], step->n[1], step->n[2], step->n[3], step->n[4], step->n[5]);
	/* A file that may not be written to is not asked for memory that is shared. */
	if (ret < 0 && (client->writable || !step->n[5]))
		world_refused(client, world.now);
	if (!answered(step, ret, faults) || ret < 0)
		return ret < 0 && !why[0];
	page = &client->seats[step->n[3]].page;
	if (!*page) {
		*page = calloc(1, sizeof(**page));
		(*page)->users = 1;
	}
	*slot = *page;
	(*slot)->users++;
	return 1;
}

/* The page of a step, or NULL if it is not mapped. */
static struct page **page_of(const struct step *step)
{
	struct process *process = actor_of(step->n[0]);

	if (!process || step->n[1] >= MAPS || !process->pages[step->n[1]])
		return NULL;
	return &process->pages[step->n[1]];
}

int play_unmap(const struct step *step)
{
	struct page **page = page_of(step);

	if (!page)
		return 1;
	world_unmap(page);
	return answered(step, actor_unmap(step->n[0], step->n[1]), 0);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void write_pool(const struct step *step, const struct ttmem_page_pool *new)
{
	struct page *page = *page_of(step);
	struct client *client;
	__u32 index;

	page->pools[step->n[2]] = *new;
	page->written[step->n[2]] = now_ns();
	for_each_client(client)
		for (index = 0; client->gateway && index < TTMEM_MAX_CHIPS; index++)
			if (client->seats[index].there && client->seats[index].page == page)
				client->gateway->touched = 1;
}

/* As it is; returns 0 if there is none. */
static int read_pool(const struct step *step, struct ttmem_page_pool *pool)
{
	struct page **page = page_of(step);

	if (!page || step->n[2] >= POOLS)
		return 0;
	*pool = (*page)->pools[step->n[2]];
	return 1;
}

int play_put(const struct step *step)
{
	struct ttmem_page_figures *old, *new;
	struct ttmem_page_pool pool;

	if (!read_pool(step, &pool))
		return 1;
	old = &pool.figures[pool.sequence & 1];
	new = &pool.figures[!(pool.sequence & 1)];
	new->allocated_bytes = step->n[3];
	new->largest_free_bytes = step->n[4];
	new->peak_bytes = old->peak_bytes > step->n[3] ? old->peak_bytes : step->n[3];
	pool.sequence++;
	write_pool(step, &pool);
	return answered(step, actor_put(step->n[0], step->n[1], step->n[2], step->n[3],
					step->n[4]), 0);
}

int play_poke(const struct step *step)
{
	struct ttmem_page_pool pool;

	if (step->n[3] >= WORDS || !read_pool(step, &pool))
		return 1;
	if (step->n[3])
		((__u64 *)&pool)[step->n[3]] = step->n[4];
	else
		pool.sequence = step->n[4];
	write_pool(step, &pool);
	return answered(step, actor_poke(step->n[0], step->n[1], step->n[2], step->n[3],
					 step->n[4]), 0);
}

int play_reset(const struct step *step)
{
	struct ttmem_page_figures *valid;
	struct ttmem_page_pool pool;

	if (!read_pool(step, &pool))
		return 1;
	valid = &pool.figures[pool.sequence & 1];
	valid->peak_bytes = valid->allocated_bytes;
	write_pool(step, &pool);
	return answered(step, actor_reset(step->n[0], step->n[1], step->n[2]), 0);
}
