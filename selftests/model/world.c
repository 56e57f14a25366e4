// SPDX-License-Identifier: GPL-2.0-only
/* What there is: processes and their files, chips that come and go. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rules.h"
#include "world.h"

struct world world;

__u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

struct moment moment_since(__u64 low)
{
	return (struct moment) { .known = 1, .low = low, .high = ~0ULL };
}

struct client *next_client(struct client *client)
{
	for (; client < world.clients + CLIENTS; client++)
		if (client->users)
			return client;
	return NULL;
}

struct client *next_seat(struct client *client, const struct gateway *gateway, __u32 index)
{
	for (client = next_client(client); client; client = next_client(client + 1))
		if (client->gateway == gateway && client->seats[index].there)
			return client;
	return NULL;
}

/* ---- chips ---------------------------------------------------------------------------------- */

static void depart(int *file)
{
	if (*file)
		world.departed[world.nr_departed++] = *file;
	*file = 0;
}

static void chip_go(struct chip *chip)
{
	depart(&chip->stat);
	memset(chip, 0, sizeof(*chip));
}

int world_idle(const struct gateway *gateway, __u32 index)
{
	struct client *client;

	for_each_seat(client, gateway, index)
		return 0;
	return !gateway->chips[index].pinned;
}

struct chip *world_remote(struct gateway *gateway, __u64 uid, __u32 *index)
{
	for (*index = 1; *index < TTMEM_MAX_CHIPS; (*index)++)
		if (gateway->chips[*index].there && gateway->chips[*index].uid == uid)
			return &gateway->chips[*index];
	return NULL;
}

void world_drop_remote(struct gateway *gateway, __u32 index)
{
	chip_go(&gateway->chips[index]);
	gateway->touched = 1;
}

void world_add_remote(struct gateway *gateway, __u32 index, __u64 uid, unsigned int creator)
{
	world_drop_remote(gateway, index);
	gateway->chips[index].there = 1;
	gateway->chips[index].uid = uid;
	gateway->chips[index].creator = creator;
}

/* ---- gateways ------------------------------------------------------------------------------- */

static void gateway_come(unsigned int function)
{
	struct gateway *gateway = &world.gateways[world.functions[function].ordinal];

	memset(gateway, 0, sizeof(*gateway));
	gateway->there = 1;
	gateway->touched = 1;
	gateway->function = function;
	gateway->chips[TTMEM_CHIP_LOCAL].there = 1;
}

/* Files stay open; what they said is gone. */
static void gateway_go(struct gateway *gateway)
{
	struct client *client;
	__u32 index;

	for_each_client(client) {
		if (client->gateway != gateway)
			continue;
		client->gateway = NULL;
		for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
			client->seats[index].there = 0;
			depart(&client->seats[index].stat);
		}
	}
	for (index = 0; index < TTMEM_MAX_CHIPS; index++)
		chip_go(&gateway->chips[index]);
	gateway->there = 0;
	gateway->touched = 1;
}

static int ordinal_taken(unsigned int ordinal)
{
	unsigned int i;

	for (i = 0; i < FUNCTIONS; i++)
		if (world.functions[i].bound && world.functions[i].ordinal == ordinal)
			return 1;
	return 0;
}

void world_attach(unsigned int function)
{
	unsigned int ordinal = 0;

	while (ordinal_taken(ordinal))
		ordinal++;
	world.functions[function].ordinal = ordinal;
	world.functions[function].bound = 1;
	if (world.loaded[MODULE_TTMEM])
		gateway_come(function);
}

void world_detach(unsigned int function)
{
	if (world.loaded[MODULE_TTMEM])
		gateway_go(&world.gateways[world.functions[function].ordinal]);
	world.functions[function].bound = 0;
}

/* tt-kmd takes what there is, in the order in which it came to the bus. */
void world_bind_all(void)
{
	unsigned int i;
	__u64 place;

	for (place = 0; place <= world.places; place++)
		for (i = 0; i < FUNCTIONS; i++)
			if (world.functions[i].present && !world.functions[i].bound &&
			    world.functions[i].place == place)
				world_attach(i);
}

void world_publish(void)
{
	unsigned int i;

	world.last_id = 0;
	for (i = 0; i < FUNCTIONS; i++)
		if (world.functions[i].bound)
			gateway_come(i);
}

void world_unpublish(void)
{
	unsigned int i;

	for (i = 0; i < FUNCTIONS; i++)
		if (world.functions[i].bound)
			gateway_go(&world.gateways[world.functions[i].ordinal]);
}

/* Does anything hold the module? */
int world_busy(void)
{
	struct client *client;
	unsigned int actor, map;

	for_each_client(client)
		return 1;
	for (actor = 0; actor < ACTORS; actor++)
		for (map = 0; map < MAPS; map++)
			if (world.actors[actor].pages[map])
				return 1;
	return 0;
}

/* Everything is loaded, and nobody has done anything. */
void world_begin(void)
{
	unsigned int i;

	memset(&world, 0, sizeof(world));
	for (i = 0; i < FUNCTIONS; i++) {
		world.functions[i].present = 1;
		world.functions[i].place = world.places++;
	}
	world_bind_all();
	world.loaded[MODULE_TT_KMD] = 1;
	world.loaded[MODULE_TTMEM] = 1;
	world_publish();
}

void world_end(void)
{
	unsigned int i;

	for (i = 0; i < ACTORS; i++)
		world_end_process(&world.actors[i]);
	for (i = 0; i < FUNCTIONS; i++)
		gateway_go(&world.gateways[i]);
	while (world.nr_departed)
		close(world.departed[--world.nr_departed]);
}

/* ---- files ---------------------------------------------------------------------------------- */

struct client *world_open(struct process *opener, struct gateway *gateway, int writable)
{
	struct client *client = world.clients;

	while (client->users)
		client++;
	memset(client, 0, sizeof(*client));
	client->users = 1;
	client->writable = writable;
	client->gateway = gateway;
	client->uid = opener->uid;
	client->opener = opener->number;
	return client;
}

void world_unmap(struct page **slot)
{
	if (*slot && !--(*slot)->users)
		free(*slot);
	*slot = NULL;
}

static void leave(struct client *client, __u32 index)
{
	struct gateway *gateway = client->gateway;
	struct seat *seat = &client->seats[index];

	world_look(gateway, index);
	seat->there = 0;
	depart(&seat->stat);
	world_agree(gateway, index);
	gateway->touched = 1;
}

void world_close(struct client **slot)
{
	struct client *client = *slot;
	__u32 index;

	*slot = NULL;
	if (!client || --client->users)
		return;
	for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
		client->users = 1;
		if (client->gateway && client->seats[index].there)
			leave(client, index);
		client->users = 0;
		world_unmap(&client->seats[index].page);
	}
}

static int last_file(const struct process *process)
{
	int last = -1, i;

	for (i = 0; i < SLOTS; i++)
		if (process->files[i] && (last < 0 || process->fds[i] > process->fds[last]))
			last = i;
	return last;
}

/*
 * The kernel goes through descriptors from the first to the last; then files that nobody has any
 * more end from the last to the first. Whose word is the last one depends on it.
 */
void world_end_process(struct process *process)
{
	int fd, i;

	for (fd = 0; fd < FDS; fd++) {
		for (i = 0; i < SLOTS; i++) {
			if (!process->files[i] || process->fds[i] != fd)
				continue;
			if (process->files[i]->gateway)
				process->files[i]->gateway->touched = 1;
			if (process->files[i]->users > 1)
				world_close(&process->files[i]);
		}
	}
	while ((i = last_file(process)) >= 0)
		world_close(&process->files[i]);
	for (i = 0; i < MAPS; i++)
		world_unmap(&process->pages[i]);
}
