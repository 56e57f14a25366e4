// SPDX-License-Identifier: GPL-2.0-only
/*
 * REPORT and FAILURE: what a client holds, and what it could not get.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/pid.h>

#include "client.h"
#include "gateway.h"
#include "owner.h"
#include "page.h"
#include "seat.h"
#include "trace.h"

/* ---- REPORT -------------------------------------------------------------------------------- */

/* The seat of a client that has spoken of the chip; a remote one has it from its declaration on. */
static struct ttmem_seat *known_seat(struct ttmem_client *client, u32 index)
{
	if (index >= TTMEM_MAX_CHIPS)
		return NULL;
	return client->seats[array_index_nospec(index, TTMEM_MAX_CHIPS)];
}

/* Nobody can know what a remote chip has before it is declared. */
static struct ttmem_seat *first_seat(struct ttmem_client *client, u32 index)
{
	if (index != TTMEM_CHIP_LOCAL)
		return ERR_PTR(-ENODATA);
	return ttmem_client_seat(client, &client->gateway->local);
}

/* Stage a whole report; @chips gets a bit for each chip that it speaks of. */
static int client_stage(struct ttmem_client *client, const struct ttmem_report_entry *entries,
			unsigned int nr_entries, unsigned int *chips)
{
	struct ttmem_seat *seat;
	int ret;

	*chips = 0;
	for (; nr_entries; entries += ret, nr_entries -= ret) {
		seat = known_seat(client, entries->chip);
		if (!seat) {
			seat = first_seat(client, entries->chip);
			if (IS_ERR(seat))
				return PTR_ERR(seat);
		}
		*chips |= BIT(seat->chip->index);
		ret = ttmem_account_stage(&seat->account, entries, nr_entries);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Who left was gone, and pages said their last word, before the report did. */
static void seat_commit(struct ttmem_seat *seat, u64 now_ns)
{
	struct ttmem_account *account = &seat->account;
	unsigned int pools = account->staged_pools;

	ttmem_chip_catch_up(seat->chip, seat);
	if (!account->joined)
		ttmem_client_join(seat);
	ttmem_ledger_commit(&seat->chip->ledger, account, now_ns);
	ttmem_trace_usage(seat, seat->client->id, pools);
}

/* Of all chips or of none: the process that the client speaks for may do so itself on some. */
static int check_owner(struct ttmem_client *client, unsigned int chips)
{
	int ret = 0;

	for (; chips && !ret; chips &= chips - 1)
		ret = ttmem_owner_check(client, client->seats[__ffs(chips)]->chip);
	return ret;
}

/* Everybody sees all of it at once. */
static int client_commit(struct ttmem_client *client, unsigned int chips)
{
	struct ttmem_gateway *gateway = client->gateway;
	unsigned int rest;
	int ret = 0;
	u64 now;

	spin_lock(&gateway->books_lock);
	if (!client->routine)
		ret = check_owner(client, chips);
	if (ret) {
		spin_unlock(&gateway->books_lock);
		return ret;
	}
	/* Not before: the time of the last report would go back if another one came between. */
	now = ktime_get_ns();
	for (rest = chips; rest; rest &= rest - 1)
		seat_commit(client->seats[__ffs(rest)], now);
	spin_unlock(&gateway->books_lock);
	for (rest = chips; rest; rest &= rest - 1)
		ttmem_notify(client->seats[__ffs(rest)]->chip);
	return 0;
}

/* Only the first report through a file may have to show anything, and that is the local seat. */
static int report_first(struct ttmem_client *client, unsigned int chips)
{
	struct ttmem_seat *local = client->seats[TTMEM_CHIP_LOCAL];
	struct ttmem_gateway *gateway = client->gateway;
	int ret;

	if (!local || local->account.joined)
		return 0;
	mutex_lock(&gateway->members_lock);
	ret = ttmem_client_show(client, chips);
	mutex_unlock(&gateway->members_lock);
	return ret;
}

static void report_refused(struct ttmem_client *client)
{
	struct ttmem_gateway *gateway = client->gateway;

	mutex_lock(&gateway->members_lock);
	ttmem_client_forget(client);
	mutex_unlock(&gateway->members_lock);
}

/* Under the client's lock. */
static int report_locked(struct ttmem_client *client, const struct ttmem_report_entry *entries,
			 unsigned int nr_entries)
{
	unsigned int chips;
	int ret;

	if (!client->routine) {
		ret = ttmem_owner_begin(client);
		if (ret)
			return ret;
	}
	ret = client_stage(client, entries, nr_entries, &chips);
	if (!ret && !client->routine)
		ret = report_first(client, chips);
	if (!ret)
		ret = client_commit(client, chips);
	if (ret)
		report_refused(client);
	return ret;
}

/**
 * ttmem_client_report - replace what a client holds
 * @client: the client
 * @entries: new state of the pools that it speaks of; in kernel memory
 * @nr_entries: their number
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative errno, see linux/ttmem.h; then nothing has changed.
 */
int ttmem_client_report(struct ttmem_client *client, const struct ttmem_report_entry *entries,
			unsigned int nr_entries)
{
	int ret;

	ret = ttmem_gateway_enter(client->gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	ret = report_locked(client, entries, nr_entries);
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(client->gateway);
	return ret;
}

/* ---- FAILURE ------------------------------------------------------------------------------- */

/* A client that has not spoken of the chip yet has no seat there. */
static int record_failure(struct ttmem_client *client, struct ttmem_chip *chip,
			  struct ttmem_seat *seat, const struct ttmem_failure *failure)
{
	struct ttmem_gateway *gateway = client->gateway;
	u64 now, failures;
	struct pid *pid;
	int ret;

	spin_lock(&gateway->books_lock);
	now = ktime_get_ns();
	ttmem_chip_catch_up(chip, NULL);
	ret = ttmem_owner_check(client, chip);
	if (ret) {
		spin_unlock(&gateway->books_lock);
		return ret;
	}
	pid = get_pid(client->owner);
	ttmem_ledger_fail(&chip->ledger, seat ? &seat->account : NULL, failure->pool,
			  failure->bank_bytes, now);
	swap(chip->failure_pid, pid);
	failures = chip->ledger.pools[failure->pool].failures;
	spin_unlock(&gateway->books_lock);
	put_pid(pid);
	trace_ttmem_alloc_failed(chip, client->id, failure->pool, failure->bank_bytes, failures);
	ttmem_notify(chip);
	return 0;
}

/* Under the client's lock. */
static int fail_locked(struct ttmem_client *client, const struct ttmem_failure *failure)
{
	struct ttmem_seat *seat;
	int ret;

	ret = ttmem_owner_begin(client);
	if (ret)
		return ret;
	seat = known_seat(client, failure->chip);
	if (seat)
		return record_failure(client, seat->chip, seat, failure);
	if (failure->chip == TTMEM_CHIP_LOCAL)
		return record_failure(client, &client->gateway->local, NULL, failure);
	return -ENODATA;
}

/**
 * ttmem_client_fail - an allocation of a client has failed
 * @client: the client
 * @failure: which one
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative errno, see linux/ttmem.h; then nothing has changed.
 */
int ttmem_client_fail(struct ttmem_client *client, const struct ttmem_failure *failure)
{
	struct ttmem_gateway *gateway = client->gateway;
	int ret;

	if (failure->flags || failure->pool >= TTMEM_NR_POOLS)
		return -EOPNOTSUPP;
	if (!failure->bank_bytes)
		return -EINVAL;
	ret = ttmem_gateway_enter(gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	ret = fail_locked(client, failure);
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(gateway);
	return ret;
}
