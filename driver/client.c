// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client: what it may say, and the end of what it said.
 */
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include "chip.h"
#include "client.h"

/* So many clients may one user have, that none can lock out another. Root is exempt. */
#define USER_CLIENTS_PER_CHIP	64
#define USER_CLIENTS		4096

static atomic64_t last_client_id = ATOMIC64_INIT(0);

/* Covers the numbers of clients by user, those of each gateway included. */
static DEFINE_MUTEX(users_lock);
static DEFINE_XARRAY(users);

static unsigned long user_clients(struct xarray *counts, kuid_t uid)
{
	void *entry = xa_load(counts, __kuid_val(uid));

	return entry ? xa_to_value(entry) : 0;
}

/* Fails only if the user had no clients before, for want of memory. */
static int user_clients_set(struct xarray *counts, kuid_t uid, unsigned long number)
{
	if (!number) {
		xa_erase(counts, __kuid_val(uid));
		return 0;
	}
	return xa_err(xa_store(counts, __kuid_val(uid), xa_mk_value(number), GFP_KERNEL));
}

static int count_client(struct ttmem_gateway *gateway, kuid_t uid)
{
	unsigned long here = user_clients(&gateway->users, uid);
	unsigned long everywhere = user_clients(&users, uid);
	int ret;

	if (gateway->clients >= TTMEM_MAX_CLIENTS)
		return -ENOSPC;
	if (!uid_eq(uid, GLOBAL_ROOT_UID) &&
	    (here >= USER_CLIENTS_PER_CHIP || everywhere >= USER_CLIENTS))
		return -ENOSPC;
	ret = user_clients_set(&gateway->users, uid, here + 1);
	if (ret)
		return ret;
	ret = user_clients_set(&users, uid, everywhere + 1);
	if (ret) {
		user_clients_set(&gateway->users, uid, here);
		return ret;
	}
	gateway->clients++;
	return 0;
}

static void uncount_client(struct ttmem_gateway *gateway, kuid_t uid)
{
	user_clients_set(&gateway->users, uid, user_clients(&gateway->users, uid) - 1);
	user_clients_set(&users, uid, user_clients(&users, uid) - 1);
	gateway->clients--;
}

/* Before a client's first word takes effect: it counts for its user and gets its number. */
static int client_admit(struct ttmem_client *client)
{
	int ret;

	if (client->id)
		return 0;
	mutex_lock(&users_lock);
	ret = count_client(client->gateway, client->uid);
	mutex_unlock(&users_lock);
	if (!ret)
		client->id = atomic64_inc_return(&last_client_id);
	return ret;
}

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
	client->gateway = gateway;
	get_device(&gateway->local.dev);
	return client;
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
	struct ttmem_account *account;
	int i;

	for (i = 0; i < TTMEM_MAX_CHIPS; i++) {
		account = client->accounts[i];
		if (!account)
			continue;
		spin_lock(&gateway->books_lock);
		ttmem_ledger_leave(&ttmem_gateway_chip(gateway, i)->ledger, account);
		spin_unlock(&gateway->books_lock);
		kfree(account);
	}
	if (client->id) {
		mutex_lock(&users_lock);
		uncount_client(gateway, client->uid);
		mutex_unlock(&users_lock);
	}
	mutex_destroy(&client->lock);
	kfree(client);
	put_device(&gateway->local.dev);
}

/* The client's account of a chip; a new one has not joined the books yet. */
static struct ttmem_account *client_account(struct ttmem_client *client, u32 index)
{
	struct ttmem_account *account;

	if (!ttmem_gateway_chip(client->gateway, index))
		return ERR_PTR(-ENODATA);
	index = array_index_nospec(index, TTMEM_MAX_CHIPS);
	account = client->accounts[index];
	if (account)
		return account;
	account = kmalloc(sizeof(*account), GFP_KERNEL_ACCOUNT);
	if (!account)
		return ERR_PTR(-ENOMEM);
	ttmem_account_init(account);
	client->accounts[index] = account;
	return account;
}

/* After a refused call: nothing is staged, and no account is left that has not joined. */
static void client_forget(struct ttmem_client *client)
{
	struct ttmem_account *account;
	int i;

	for (i = 0; i < TTMEM_MAX_CHIPS; i++) {
		account = client->accounts[i];
		if (!account)
			continue;
		ttmem_account_unstage(account);
		if (!account->joined) {
			client->accounts[i] = NULL;
			kfree(account);
		}
	}
}

/**
 * ttmem_client_query - what the driver knows of a chip
 * @client: who asks
 * @query: the question, and where the answer goes
 *
 * Context: may sleep.
 *
 * Return: 0, -EINVAL, -ENODATA or -ENODEV; see linux/ttmem.h.
 */
int ttmem_client_query(struct ttmem_client *client, struct ttmem_query *query)
{
	struct ttmem_gateway *gateway = client->gateway;
	const struct ttmem_ledger *ledger;
	struct ttmem_chip *chip;
	int ret;

	if (query->reserved)
		return -EINVAL;
	ret = ttmem_gateway_enter(gateway);
	if (ret)
		return ret;
	chip = ttmem_gateway_chip(gateway, query->chip);
	if (!chip) {
		ret = -ENODATA;
		goto out;
	}

	ledger = &chip->ledger;
	query->api_version = TTMEM_API_VERSION;
	query->ordinal = gateway->ordinal;
	query->pci_vendor = gateway->pci_vendor;
	query->pci_device = gateway->pci_device;
	query->arch = ledger->arch->id;
	query->nominal = ledger->arch->die;
	memset(&query->declared, 0, sizeof(query->declared));
	spin_lock(&gateway->books_lock);
	query->geometry_source = ledger->source;
	if (ledger->source == TTMEM_GEOMETRY_DECLARED)
		query->declared = ledger->geometry;
	spin_unlock(&gateway->books_lock);
	mutex_lock(&client->lock);
	query->client_id = client->id;
	mutex_unlock(&client->lock);
out:
	ttmem_gateway_leave(gateway);
	return ret;
}

/* Under the client's lock. The books' lock is a leaf: who may fail has done so before it. */
static int client_declare(struct ttmem_client *client, u32 index,
			  const struct ttmem_geometry *declared)
{
	struct ttmem_gateway *gateway = client->gateway;
	struct ttmem_geometry geometry = *declared;
	struct ttmem_account *account;
	struct ttmem_ledger *ledger;
	int ret;

	account = client_account(client, index);
	if (IS_ERR(account))
		return PTR_ERR(account);
	ledger = &ttmem_gateway_chip(gateway, index)->ledger;
	ret = ttmem_geometry_check(ledger->arch, &geometry);
	if (!ret)
		ret = client_admit(client);
	if (ret)
		return ret;
	spin_lock(&gateway->books_lock);
	if (!account->joined)
		ttmem_ledger_join(ledger, account);
	ttmem_ledger_declare(ledger, account, &geometry);
	spin_unlock(&gateway->books_lock);
	return 0;
}

/**
 * ttmem_client_declare - take a client's word for the geometry of a chip
 * @client: the client
 * @declare: its declaration
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative errno, see linux/ttmem.h; then nothing has changed.
 */
int ttmem_client_declare(struct ttmem_client *client, const struct ttmem_declare *declare)
{
	int ret;

	if (declare->reserved)
		return -EINVAL;
	if (declare->flags || declare->chip != TTMEM_CHIP_LOCAL)
		return -EOPNOTSUPP;
	ret = ttmem_gateway_enter(client->gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	ret = client_declare(client, declare->chip, &declare->geometry);
	if (ret)
		client_forget(client);
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(client->gateway);
	return ret;
}

/* Stage a whole report; @chips gets a bit for each chip that it speaks of. */
static int client_stage(struct ttmem_client *client, const struct ttmem_report_entry *entries,
			unsigned int nr_entries, unsigned long *chips)
{
	struct ttmem_account *account;
	unsigned int i;
	int ret;

	*chips = 0;
	for (i = 0; i < nr_entries; i++) {
		account = client_account(client, entries[i].chip);
		if (IS_ERR(account))
			return PTR_ERR(account);
		*chips |= BIT(entries[i].chip);
		ret = ttmem_account_stage(account, &entries[i]);
		if (ret)
			return ret;
	}
	for_each_set_bit(i, chips, TTMEM_MAX_CHIPS) {
		ret = ttmem_account_check(client->accounts[i],
					  ttmem_gateway_chip(client->gateway, i)->ledger.arch);
		if (ret)
			return ret;
	}
	return 0;
}

/* Everybody sees all of it at once. */
static void client_commit(struct ttmem_client *client, unsigned long chips)
{
	struct ttmem_gateway *gateway = client->gateway;
	u64 now = ktime_get_ns();
	struct ttmem_account *account;
	struct ttmem_ledger *ledger;
	unsigned int i;

	spin_lock(&gateway->books_lock);
	for_each_set_bit(i, &chips, TTMEM_MAX_CHIPS) {
		account = client->accounts[i];
		ledger = &ttmem_gateway_chip(gateway, i)->ledger;
		if (!account->joined)
			ttmem_ledger_join(ledger, account);
		ttmem_ledger_commit(ledger, account, now);
	}
	spin_unlock(&gateway->books_lock);
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
	unsigned long chips;
	int ret;

	ret = ttmem_gateway_enter(client->gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	ret = client_stage(client, entries, nr_entries, &chips);
	if (!ret)
		ret = client_admit(client);
	if (!ret)
		client_commit(client, chips);
	else
		client_forget(client);
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(client->gateway);
	return ret;
}
