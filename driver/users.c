// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many clients one user may have, and how fast remote chips may come into being for one, so
 * that none can lock out another. Root may have as many clients as it likes.
 */
#include <linux/hash.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/xarray.h>

#include "gateway.h"
#include "users.h"

#define CLIENTS_PER_GATEWAY	64
#define CLIENTS_OVER_ALL	4096

/* A burst is as many remote chips as a gateway can have, twice. */
#define REMOTE_BURST	(2 * (TTMEM_MAX_CHIPS - 1))
#define REMOTE_INTERVAL	(10 * HZ)

/* Covers the numbers of clients by user, those of each gateway included. */
static DEFINE_MUTEX(users_lock);
static DEFINE_XARRAY(users);

/**
 * ttmem_users_init - get ready for the users of a gateway
 * @gateway: one that nobody can use yet
 */
void ttmem_users_init(struct ttmem_gateway *gateway)
{
	struct ratelimit_state *rate = gateway->remote_rates;

	xa_init(&gateway->users);
	for (; rate < gateway->remote_rates + ARRAY_SIZE(gateway->remote_rates); rate++) {
		ratelimit_state_init(rate, REMOTE_INTERVAL, REMOTE_BURST);
		/* It never gets to that: a refused call logs nothing. */
		ratelimit_set_flags(rate, RATELIMIT_MSG_ON_RELEASE);
	}
}

/**
 * ttmem_users_may_create - may a remote chip come into being for a user now?
 * @gateway: where
 * @uid: the user
 */
bool ttmem_users_may_create(struct ttmem_gateway *gateway, kuid_t uid)
{
	return __ratelimit(&gateway->remote_rates[hash_32(__kuid_val(uid), TTMEM_RATES_BITS)]);
}

static unsigned long clients_of(struct xarray *counts, kuid_t uid)
{
	void *entry = xa_load(counts, __kuid_val(uid));

	return entry ? xa_to_value(entry) : 0;
}

/* Fails only if the user had no clients before, for want of memory. */
static int set_clients_of(struct xarray *counts, kuid_t uid, unsigned long number)
{
	if (!number) {
		xa_erase(counts, __kuid_val(uid));
		return 0;
	}
	return xa_err(xa_store(counts, __kuid_val(uid), xa_mk_value(number), GFP_KERNEL));
}

static int count_client(struct ttmem_gateway *gateway, kuid_t uid)
{
	unsigned long here = clients_of(&gateway->users, uid);
	unsigned long over_all = clients_of(&users, uid);
	int ret;

	if (gateway->clients >= TTMEM_MAX_CLIENTS)
		return -ENOSPC;
	if (!uid_eq(uid, GLOBAL_ROOT_UID) &&
	    (here >= CLIENTS_PER_GATEWAY || over_all >= CLIENTS_OVER_ALL))
		return -ENOSPC;
	ret = set_clients_of(&gateway->users, uid, here + 1);
	if (ret)
		return ret;
	ret = set_clients_of(&users, uid, over_all + 1);
	if (ret) {
		set_clients_of(&gateway->users, uid, here);
		return ret;
	}
	gateway->clients++;
	return 0;
}

/**
 * ttmem_users_admit - a file becomes a client
 * @gateway: whose node it is
 * @uid: who opened it
 *
 * Context: may sleep.
 *
 * Return: 0, -ENOSPC if the user has too many already, or -ENOMEM.
 */
int ttmem_users_admit(struct ttmem_gateway *gateway, kuid_t uid)
{
	int ret;

	mutex_lock(&users_lock);
	ret = count_client(gateway, uid);
	mutex_unlock(&users_lock);
	return ret;
}

/**
 * ttmem_users_dismiss - a client is gone
 * @gateway: whose node it was
 * @uid: who had opened it
 *
 * Context: may sleep.
 */
void ttmem_users_dismiss(struct ttmem_gateway *gateway, kuid_t uid)
{
	mutex_lock(&users_lock);
	set_clients_of(&gateway->users, uid, clients_of(&gateway->users, uid) - 1);
	set_clients_of(&users, uid, clients_of(&users, uid) - 1);
	gateway->clients--;
	mutex_unlock(&users_lock);
}
