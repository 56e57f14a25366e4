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
#include "seat.h"
#include "trace.h"

/* ---- REPORT -------------------------------------------------------------------------------- */

/* Nobody can know what a remote chip has before it is declared. */
static struct ttmem_seat *reported_seat(struct ttmem_client *client, u32 index)
{
	struct ttmem_seat *seat;

	if (index >= TTMEM_MAX_CHIPS)
		return ERR_PTR(-ENODATA);
	index = array_index_nospec(index, TTMEM_MAX_CHIPS);
	seat = client->seats[index];
	if (seat)
		return seat;
	if (index != TTMEM_CHIP_LOCAL)
		return ERR_PTR(-ENODATA);
	return ttmem_client_seat(client, &client->gateway->local);
}

/* Stage a whole report; @chips gets a bit for each chip that it speaks of. */
static int client_stage(struct ttmem_client *client, const struct ttmem_report_entry *entries,
			unsigned int nr_entries, unsigned long *chips)
{
	const struct ttmem_arch_info *arch = client->gateway->local.ledger.arch;
	struct ttmem_seat *seat;
	unsigned int i;
	int ret;

	*chips = 0;
	for (i = 0; i < nr_entries; i++) {
		seat = reported_seat(client, entries[i].chip);
		if (IS_ERR(seat))
			return PTR_ERR(seat);
		ret = ttmem_account_stage(&seat->account, &entries[i]);
		if (ret)
			return ret;
		*chips |= BIT(entries[i].chip);
	}
	for_each_set_bit(i, chips, TTMEM_MAX_CHIPS) {
		ret = ttmem_account_check(&client->seats[i]->account, arch);
		if (ret)
			return ret;
	}
	return 0;
}

/* Everybody sees all of it at once. */
static void client_commit(struct ttmem_client *client, unsigned long chips)
{
	struct ttmem_gateway *gateway = client->gateway;
	struct ttmem_seat *seat;
	unsigned int i, pools;
	u64 now;

	spin_lock(&gateway->books_lock);
	/* Not before: the time of the last report would go back if another one came between. */
	now = ktime_get_ns();
	for_each_set_bit(i, &chips, TTMEM_MAX_CHIPS) {
		seat = client->seats[i];
		pools = seat->account.staged_pools;
		ttmem_client_join(seat);
		ttmem_ledger_commit(&seat->chip->ledger, &seat->account, now);
		ttmem_trace_usage(seat, client->id, pools);
	}
	spin_unlock(&gateway->books_lock);
	for_each_set_bit(i, &chips, TTMEM_MAX_CHIPS)
		ttmem_notify(client->seats[i]->chip);
}

/* Only the first report through a file may have to show anything, and that is the local seat. */
static int report_first(struct ttmem_client *client, unsigned long chips, int error)
{
	struct ttmem_gateway *gateway = client->gateway;

	mutex_lock(&gateway->members_lock);
	if (!error)
		error = ttmem_client_show(client, chips);
	if (error)
		ttmem_client_forget(client);
	mutex_unlock(&gateway->members_lock);
	return error;
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
	struct ttmem_seat *local;
	unsigned long chips;
	int ret;

	ret = ttmem_gateway_enter(client->gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	ret = client_stage(client, entries, nr_entries, &chips);
	local = client->seats[TTMEM_CHIP_LOCAL];
	if (ret || (local && !local->account.joined))
		ret = report_first(client, chips, ret);
	if (!ret)
		client_commit(client, chips);
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(client->gateway);
	return ret;
}

/* ---- FAILURE ------------------------------------------------------------------------------- */

static void record_failure(struct ttmem_client *client, struct ttmem_chip *chip,
			   const struct ttmem_account *account,
			   const struct ttmem_failure *failure)
{
	struct ttmem_gateway *gateway = client->gateway;
	struct pid *pid = get_pid(client->pid);
	u64 failures;

	spin_lock(&gateway->books_lock);
	ttmem_ledger_fail(&chip->ledger, account, failure->pool, failure->bank_bytes,
			  ktime_get_ns());
	swap(chip->failure_pid, pid);
	failures = chip->ledger.pools[failure->pool].failures;
	spin_unlock(&gateway->books_lock);
	put_pid(pid);
	trace_ttmem_alloc_failed(chip, client->id, failure->pool, failure->bank_bytes, failures);
	ttmem_notify(chip);
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
	struct ttmem_seat *seat = NULL;
	int ret;

	if (failure->flags || failure->pool >= TTMEM_NR_POOLS)
		return -EOPNOTSUPP;
	if (!failure->bank_bytes)
		return -EINVAL;
	ret = ttmem_gateway_enter(gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	if (failure->chip < TTMEM_MAX_CHIPS)
		seat = client->seats[array_index_nospec(failure->chip, TTMEM_MAX_CHIPS)];
	if (seat)
		record_failure(client, seat->chip, &seat->account, failure);
	else if (failure->chip == TTMEM_CHIP_LOCAL)
		record_failure(client, &gateway->local, NULL, failure);
	else
		ret = -ENODATA;
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(gateway);
	return ret;
}
