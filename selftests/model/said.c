// SPDX-License-Identifier: GPL-2.0-only
/* What clients said, and what follows from it. */
#include <string.h>

#include "rules.h"
#include "world.h"

/* What do those who are there agree on? Without any, the last word stands. */
void world_agree(struct gateway *gateway, __u32 index)
{
	struct chip *chip = &gateway->chips[index];
	struct client *one, *other;
	__u64 uid = 0;
	int any = 0;

	for_each_seat(one, gateway, index) {
		if (!one->seats[index].declared)
			continue;
		for_each_seat(other, gateway, index) {
			if (!other->seats[index].declared)
				continue;
			if (!geometries_agree(&one->seats[index].geometry,
					      &other->seats[index].geometry)) {
				chip->agreement = TTMEM_GEOMETRY_CONFLICT;
				return;
			}
		}
		any = 1;
		chip->agreement = TTMEM_GEOMETRY_DECLARED;
		chip->agreed = one->seats[index].geometry;
		if (chip->agreed.chip_uid)
			uid = chip->agreed.chip_uid;
	}
	if (any)
		chip->agreed.chip_uid = uid;
}

void world_refused(struct client *client, __u64 since)
{
	struct chip *local;

	if (!client->gateway)
		return;
	local = &client->gateway->chips[TTMEM_CHIP_LOCAL];
	local->rejected++;
	local->last_rejected = moment_since(since);
	client->gateway->touched = 1;
}

void world_join(struct client *client, __u32 index)
{
	struct gateway *gateway = client->gateway;
	struct seat *seat = &client->seats[index];
	struct chip *chip = &gateway->chips[index];
	struct client *other;
	int idle = 1;

	gateway->touched = 1;
	if (seat->there)
		return;
	for_each_seat(other, gateway, index)
		idle = 0;
	if (idle)
		memset(chip->peak, 0, sizeof(chip->peak));
	memset(seat, 0, sizeof(*seat));
	seat->there = 1;
}

void world_declared(struct client *client, struct chip *chip, __u32 index,
		    const struct ttmem_geometry *geometry)
{
	world_join(client, index);
	client->seats[index].declared = 1;
	client->seats[index].geometry = *geometry;
	if (chip->pinned && !geometries_agree(&chip->pin, geometry))
		chip->mismatches++;
	world_agree(client->gateway, index);
}

/* geometry is NULL if the pin is taken back. */
void world_pinned(struct chip *chip, __u32 index, struct gateway *gateway,
		  const struct ttmem_geometry *geometry)
{
	struct client *client;

	gateway->touched = 1;
	chip->pinned = !!geometry;
	if (!geometry)
		return;
	chip->pin = *geometry;
	for_each_seat(client, gateway, index)
		if (client->seats[index].declared &&
		    !geometries_agree(&client->seats[index].geometry, geometry))
			chip->mismatches++;
}

void world_reported(struct client *client, const struct ttmem_report_entry *entry)
{
	struct seat *seat = &client->seats[entry->chip];
	struct holding *pool = &seat->pools[entry->pool];

	shape_faults(&pool->shape, entry, limits_of(client, entry->chip, entry->pool));
	pool->used = entry->allocated_bytes * (pool->shape.whole ? 1 : entry->banks);
	pool->largest_free = entry->largest_free_bytes * entry->banks;
	if (entry->flags & TTMEM_REPORT_RESET_PEAK || pool->peak < pool->used)
		pool->peak = pool->used;
	seat->updated = moment_since(world.now);
	client->gateway->chips[entry->chip].updated = moment_since(world.now);
}

void world_failed(struct client *client, const struct ttmem_failure *failure)
{
	struct chip *chip = &client->gateway->chips[failure->chip];
	const struct holding *pool = &client->seats[failure->chip].pools[failure->pool];

	client->gateway->touched = 1;
	world_look(client->gateway, failure->chip);
	chip->failures[failure->pool]++;
	chip->last = (struct failure) {
		.pool = failure->pool,
		.bank_bytes = failure->bank_bytes,
		.process = client->opener,
		.when = moment_since(world.now),
	};
	if (!client->seats[failure->chip].there || !pool->shape.sized)
		return;
	chip->last.sized = 1;
	if (pool->shape.banks)
		chip->last.largest_free = pool->largest_free / pool->shape.banks;
}
