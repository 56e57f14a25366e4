// SPDX-License-Identifier: GPL-2.0-only
/*
 * QUERY and DECLARE: what a chip is.
 */
#include <linux/bitops.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "client.h"
#include "gateway.h"
#include "owner.h"
#include "page.h"
#include "remote.h"
#include "seat.h"
#include "trace.h"

/* ---- QUERY --------------------------------------------------------------------------------- */

static void answer_query(struct ttmem_query *query, const struct ttmem_chip *chip)
{
	const struct ttmem_ledger *ledger = &chip->ledger;
	const struct ttmem_geometry *geometry = ttmem_ledger_geometry(ledger);

	query->page_offset = ttmem_page_offset(chip->index);
	query->page_size = PAGE_SIZE;
	query->page_stride = TTMEM_PAGE_STRIDE;
	query->api_version = TTMEM_API_VERSION;
	query->ordinal = chip->gateway->ordinal;
	query->pci_vendor = chip->gateway->pci_vendor;
	query->pci_device = chip->gateway->pci_device;
	query->arch = ledger->arch->id;
	query->nominal = ledger->arch->die;
	query->geometry_source = ttmem_ledger_source(ledger);
	memset(&query->declared, 0, sizeof(query->declared));
	if (geometry)
		query->declared = *geometry;
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
	struct ttmem_chip *chip = NULL;
	int ret;

	if (query->reserved)
		return -EINVAL;
	ret = ttmem_gateway_enter(gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	query->client_id = client->id;
	mutex_unlock(&client->lock);
	/* A chip leaves its slot under the books' lock. */
	spin_lock(&gateway->books_lock);
	if (query->chip < TTMEM_MAX_CHIPS)
		chip = gateway->chips[array_index_nospec(query->chip, TTMEM_MAX_CHIPS)];
	if (chip) {
		ttmem_chip_drop_ended(chip, NULL);
		answer_query(query, chip);
	}
	spin_unlock(&gateway->books_lock);
	ttmem_gateway_leave(gateway);
	return chip ? 0 : -ENODATA;
}

/* ---- DECLARE ------------------------------------------------------------------------------- */

/* The client's own word. */
static int client_declare(struct ttmem_client *client, struct ttmem_chip *chip,
			  const struct ttmem_geometry *geometry)
{
	struct ttmem_seat *seat = ttmem_client_seat(client, chip);
	int ret;

	if (IS_ERR(seat))
		return PTR_ERR(seat);
	ret = ttmem_client_show(client, BIT(chip->index));
	if (ret)
		return ret;
	spin_lock(&chip->gateway->books_lock);
	ttmem_chip_drop_ended(chip, NULL);
	ret = ttmem_owner_check(client, chip);
	if (!ret) {
		if (!seat->account.joined)
			ttmem_client_join(seat);
		ttmem_ledger_declare(&chip->ledger, &seat->account, geometry);
		ttmem_trace_geometry(chip, client->id);
	}
	spin_unlock(&chip->gateway->books_lock);
	return ret;
}

/* The administrator's word: it makes nobody a client. */
static void chip_pin(struct ttmem_chip *chip, const struct ttmem_geometry *geometry, u64 client)
{
	spin_lock(&chip->gateway->books_lock);
	ttmem_ledger_pin(&chip->ledger, geometry);
	ttmem_trace_geometry(chip, client);
	spin_unlock(&chip->gateway->books_lock);
}

/* The chip that a declaration is about; a remote one may come into being for it. */
static struct ttmem_chip *declared_chip(struct ttmem_client *client,
					const struct ttmem_declare *declare)
{
	struct ttmem_gateway *gateway = client->gateway;
	u64 uid = declare->geometry.chip_uid;
	struct ttmem_chip *chip;

	if (declare->chip == TTMEM_CHIP_REMOTE) {
		if (!uid)
			return ERR_PTR(-EINVAL);
		if (!(declare->flags & TTMEM_DECLARE_UNPIN))
			return ttmem_remote_get(gateway, uid, client->uid);
		chip = ttmem_remote_find(gateway, uid);
		return chip ? chip : ERR_PTR(-ENODATA);
	}
	if (declare->chip >= TTMEM_MAX_CHIPS)
		return ERR_PTR(-ENODATA);
	chip = gateway->chips[array_index_nospec(declare->chip, TTMEM_MAX_CHIPS)];
	if (!chip)
		return ERR_PTR(-ENODATA);
	/* A remote chip is its unique id. */
	if (chip->index != TTMEM_CHIP_LOCAL && uid != chip->remote_uid)
		return ERR_PTR(-EINVAL);
	return chip;
}

/* Under the gateway's members_lock. */
static int declare_locked(struct ttmem_client *client, struct ttmem_declare *declare)
{
	struct ttmem_gateway *gateway = client->gateway;
	struct ttmem_chip *chip;
	bool newcomer;
	int ret = 0;

	if (!(declare->flags & TTMEM_DECLARE_UNPIN))
		ret = ttmem_geometry_check(gateway->local.ledger.arch, &declare->geometry);
	/* Before a remote chip comes into being for somebody who may not speak. */
	if (!ret && !declare->flags)
		ret = ttmem_client_admit(client);
	if (ret)
		return ret;
	newcomer = declare->chip == TTMEM_CHIP_REMOTE &&
		   !ttmem_remote_find(gateway, declare->geometry.chip_uid);
	chip = declared_chip(client, declare);
	if (IS_ERR(chip)) {
		ttmem_client_forget(client);
		return PTR_ERR(chip);
	}
	if (declare->flags & TTMEM_DECLARE_UNPIN)
		chip_pin(chip, NULL, client->id);
	else if (declare->flags & TTMEM_DECLARE_PIN)
		chip_pin(chip, &declare->geometry, client->id);
	else
		ret = client_declare(client, chip, &declare->geometry);
	if (ret) {
		ttmem_client_forget(client);
		if (newcomer)
			ttmem_remote_drop(chip);
		return ret;
	}
	declare->chip = chip->index;
	ttmem_notify(chip);
	return 0;
}

static int enter_and_declare(struct ttmem_client *client, struct ttmem_declare *declare)
{
	struct ttmem_gateway *gateway = client->gateway;
	int ret;

	ret = ttmem_gateway_enter(gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	ret = ttmem_owner_begin(client);
	if (!ret) {
		mutex_lock(&gateway->members_lock);
		ret = declare_locked(client, declare);
		mutex_unlock(&gateway->members_lock);
	}
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(gateway);
	return ret;
}

static int check_declare(const struct ttmem_declare *declare)
{
	if (declare->reserved)
		return -EINVAL;
	if (declare->flags & ~(TTMEM_DECLARE_PIN | TTMEM_DECLARE_UNPIN))
		return -EOPNOTSUPP;
	if (declare->flags == (TTMEM_DECLARE_PIN | TTMEM_DECLARE_UNPIN))
		return -EINVAL;
	if (declare->flags && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	return 0;
}

/**
 * ttmem_client_declare - take a client's word for the geometry of a chip
 * @client: the client
 * @declare: its declaration; the index of a remote chip is filled in
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative errno, see linux/ttmem.h; then nothing has changed.
 */
int ttmem_client_declare(struct ttmem_client *client, struct ttmem_declare *declare)
{
	struct ttmem_gateway *gateway = client->gateway;
	int ret;

	ret = check_declare(declare);
	if (ret)
		return ret;
	ret = enter_and_declare(client, declare);
	/* It lives elsewhere, but maybe nobody speaks for it there any more. */
	if (ret == -EEXIST && ttmem_remote_let_go(gateway, declare->geometry.chip_uid))
		ret = enter_and_declare(client, declare);
	return ret;
}
