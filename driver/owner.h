/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client that speaks for another process: a bridge.
 */
#ifndef TTMEM_OWNER_H
#define TTMEM_OWNER_H

#include <linux/ttmem.h>

#include "chip.h"
#include "client.h"

struct ttmem_gateway;
struct ttmem_seat;

void ttmem_owner_init(struct ttmem_gateway *gateway);
int ttmem_client_set_owner(struct ttmem_client *client, const struct ttmem_owner *owner);
int ttmem_bridge_begin(struct ttmem_client *client);
int ttmem_bridge_check(struct ttmem_client *client, struct ttmem_chip *chip);
void ttmem_chip_drop_bridged(struct ttmem_chip *chip, const struct ttmem_seat *reporter);

/**
 * ttmem_chip_drop_ended - let what was said of processes that have ended count no more
 * @chip: the chip
 * @reporter: the seat whose client is about to report, NULL if none is: what others have said of
 *	its process counts no more either
 *
 * Context: under &ttmem_gateway.books_lock.
 */
static inline void ttmem_chip_drop_ended(struct ttmem_chip *chip, const struct ttmem_seat *reporter)
{
	if (!list_empty(&chip->bridged))
		ttmem_chip_drop_bridged(chip, reporter);
}

/**
 * ttmem_owner_begin - is there still somebody for whom a client could speak?
 * @client: a client that is about to say something
 *
 * Context: under the client's lock; may sleep.
 *
 * Return: 0, or -ESRCH.
 */
static inline int ttmem_owner_begin(struct ttmem_client *client)
{
	return client->bridge ? ttmem_bridge_begin(client) : 0;
}

/**
 * ttmem_owner_check - may a client speak of a chip, for whom it speaks?
 * @client: a client that is about to change the books
 * @chip: the chip
 *
 * Context: under the client's lock and &ttmem_gateway.books_lock.
 *
 * Return: 0, -EEXIST if the process is reported already, or -ESRCH if it has ended.
 */
static inline int ttmem_owner_check(struct ttmem_client *client, struct ttmem_chip *chip)
{
	return client->bridge ? ttmem_bridge_check(client, chip) : 0;
}

#endif /* TTMEM_OWNER_H */
