// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client: its beginning, its first word about a chip, and the end of what it said.
 */
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "client.h"
#include "gateway.h"
#include "page.h"
#include "seat.h"
#include "trace.h"
#include "users.h"

static atomic64_t last_client_id = ATOMIC64_INIT(0);

/* ---- a file is opened and closed ----------------------------------------------------------- */

/**
 * ttmem_client_create - a client that has said nothing yet
 * @gateway: whose node was opened
 *
 * Context: in the process that opens the node; may sleep.
 *
 * Return: the client, or an ERR_PTR.
 */
struct ttmem_client *ttmem_client_create(struct ttmem_gateway *gateway)
{
	struct ttmem_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);

	if (!client)
		return ERR_PTR(-ENOMEM);
	mutex_init(&client->lock);
	client->uid = current_euid();
	client->owner = get_pid(task_tgid(current));
	client->owner_uid = client->uid;
	client->gateway = gateway;
	get_device(&gateway->local.dev);
	return client;
}

/**
 * ttmem_client_leave - let a seat's account leave the books, for good
 * @seat: a seat whose account has joined, and has not left
 *
 * Context: under &ttmem_gateway.books_lock.
 */
void ttmem_client_leave(struct ttmem_seat *seat)
{
	struct ttmem_chip *chip = seat->chip;
	u64 id = seat->client->id;
	unsigned int pools = 0;
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		if (seat->account.pools[pool].held.used)
			pools |= BIT(pool);
	ttmem_ledger_drop(&chip->ledger, &seat->account);
	list_del_init(&seat->bridged);
	seat->left = true;
	ttmem_trace_usage(seat, id, pools);
	trace_ttmem_client_left(chip, id, chip->ledger.clients);
	if (seat->account.declared)
		ttmem_trace_geometry(chip, id);
	ttmem_notify(chip);
}

static void seat_close(struct ttmem_seat *seat)
{
	struct ttmem_chip *chip = seat->chip;
	struct ttmem_gateway *gateway = chip->gateway;

	spin_lock(&gateway->books_lock);
	/* Its last word, too: the chip's peak outlives it. */
	ttmem_chip_catch_up(chip, NULL);
	if (seat->left)
		list_del_init(&seat->bridged);
	else
		ttmem_client_leave(seat);
	spin_unlock(&gateway->books_lock);
	ttmem_seat_free_page(seat);

	/* Last: a remote chip without seats may be dropped, and then its books are nobody's. */
	mutex_lock(&gateway->members_lock);
	ttmem_seat_hide(seat);
	mutex_unlock(&gateway->members_lock);
	ttmem_seat_put(seat);
}

/**
 * ttmem_client_destroy - the last copy of the file is closed
 * @client: the client; all that it reported is gone when this returns
 *
 * Context: may sleep; the chip may be retired.
 */
void ttmem_client_destroy(struct ttmem_client *client)
{
	struct ttmem_gateway *gateway = client->gateway;
	u32 index;

	for (index = 0; index < TTMEM_MAX_CHIPS; index++)
		if (client->seats[index])
			seat_close(client->seats[index]);
	if (client->id)
		ttmem_users_dismiss(gateway, client->uid);
	put_pid(client->owner);
	mutex_destroy(&client->lock);
	kfree(client);
	put_device(&gateway->local.dev);
}

/* ---- a client's first word about a chip ---------------------------------------------------- */

/**
 * ttmem_client_seat - a client's seat at a chip
 * @client: the client
 * @chip: the chip
 *
 * Context: under the client's lock.
 *
 * Return: the seat, or an ERR_PTR. A new one is not shown yet, and its account has not joined the
 * books.
 */
struct ttmem_seat *ttmem_client_seat(struct ttmem_client *client, struct ttmem_chip *chip)
{
	struct ttmem_seat *seat = client->seats[chip->index];

	if (seat)
		return seat;
	seat = ttmem_seat_create(client, chip);
	if (!IS_ERR(seat))
		client->seats[chip->index] = seat;
	return seat;
}

/**
 * ttmem_client_admit - let a file become a client: it counts for its user and gets its number
 * @client: one that is about to say something
 *
 * Context: under the client's lock.
 *
 * Return: 0 or a negative errno; then the caller calls ttmem_client_forget().
 */
int ttmem_client_admit(struct ttmem_client *client)
{
	int ret;

	if (client->id)
		return 0;
	ret = ttmem_users_admit(client->gateway, client->uid);
	if (!ret)
		client->id = atomic64_inc_return(&last_client_id);
	return ret;
}

/**
 * ttmem_client_show - show the new seats of a client that is about to say something
 * @client: the client
 * @chips: bits of the chips that it speaks of
 *
 * This is the last thing that may fail before the books change.
 *
 * Context: under the client's lock and &ttmem_gateway.members_lock.
 *
 * Return: 0 or a negative errno; then the caller calls ttmem_client_forget().
 */
int ttmem_client_show(struct ttmem_client *client, unsigned int chips)
{
	unsigned int index;
	int ret;

	lockdep_assert_held(&client->gateway->members_lock);
	ret = ttmem_client_admit(client);
	if (ret)
		return ret;
	for (; chips; chips &= chips - 1) {
		index = __ffs(chips);
		if (client->seats[index]->account.joined)
			continue;
		ret = ttmem_seat_show(client->seats[index]);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * ttmem_client_forget - a call is refused
 * @client: the client: nothing is staged any more, and no seat is left that has not joined
 *
 * Context: under the client's lock and &ttmem_gateway.members_lock.
 */
void ttmem_client_forget(struct ttmem_client *client)
{
	struct ttmem_seat *seat;
	bool joined = false;
	u32 index;

	lockdep_assert_held(&client->gateway->members_lock);
	for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
		seat = client->seats[index];
		if (!seat)
			continue;
		ttmem_account_unstage(&seat->account);
		joined |= seat->account.joined;
		if (seat->account.joined)
			continue;
		client->seats[index] = NULL;
		ttmem_seat_hide(seat);
		ttmem_seat_put(seat);
	}
	if (client->id && !joined) {
		ttmem_users_dismiss(client->gateway, client->uid);
		client->id = 0;
	}
}

/**
 * ttmem_client_join - let a seat's account join the books
 * @seat: a seat that is shown, whose account has not joined
 *
 * Context: under the client's lock and &ttmem_gateway.books_lock.
 */
void ttmem_client_join(struct ttmem_seat *seat)
{
	struct ttmem_ledger *ledger = &seat->chip->ledger;

	ttmem_ledger_join(ledger, &seat->account);
	if (seat->client->bridge)
		list_add_tail(&seat->bridged, &seat->chip->bridged);
	else if (seat->chip->index == TTMEM_CHIP_LOCAL)
		seat->client->routine = true;
	trace_ttmem_client_joined(seat->chip, seat->client->id, ledger->clients);
}
