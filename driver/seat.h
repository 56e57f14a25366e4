/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A seat: a client's place on one chip, with its account and its directory clients/<id>/.
 */
#ifndef TTMEM_SEAT_H
#define TTMEM_SEAT_H

#include <linux/kobject.h>
#include <linux/list.h>

#include "account.h"

struct page;
struct ttmem_chip;
struct ttmem_client;

/**
 * struct ttmem_seat - a client on a chip
 * @kobj: the directory; its last reference frees the seat
 * @node: in &ttmem_chip.seats if the directory is there; under &ttmem_gateway.members_lock
 * @bridged: in &ttmem_chip.bridged if the client speaks for another process, then, if it was
 *	dropped, in &ttmem_gateway.dropped; under &ttmem_gateway.books_lock
 * @client: the client; not to be used once the directory is gone
 * @chip: the chip
 * @account: what it holds; under &ttmem_gateway.books_lock once it has joined
 * @left: the account is in the books no more; under &ttmem_gateway.books_lock
 * @page: memory of the account's ledger page, NULL if it has none; under the client's lock
 */
struct ttmem_seat {
	struct kobject kobj;
	struct list_head node;
	struct list_head bridged;
	struct ttmem_client *client;
	struct ttmem_chip *chip;
	struct ttmem_account account;
	bool left;
	struct page *page;
};

struct ttmem_seat *ttmem_seat_create(struct ttmem_client *client, struct ttmem_chip *chip);
int ttmem_seat_show(struct ttmem_seat *seat);
void ttmem_seat_hide(struct ttmem_seat *seat);
void ttmem_seat_put(struct ttmem_seat *seat);

#endif /* TTMEM_SEAT_H */
