// SPDX-License-Identifier: GPL-2.0-only
/*
 * A seat: created, shown, hidden.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "client.h"
#include "gateway.h"
#include "seat.h"

static void seat_release(struct kobject *kobj)
{
	struct ttmem_seat *seat = container_of(kobj, struct ttmem_seat, kobj);
	struct ttmem_chip *chip = seat->chip;
	struct device *local = &chip->gateway->local.dev;

	kfree(seat);
	put_device(&chip->dev);
	put_device(local);
}

static TTMEM_KTYPE_CONST struct kobj_type seat_type = {
	.release = seat_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = ttmem_seat_groups,
};

/**
 * ttmem_seat_create - a seat that nobody can see and whose account has not joined the books
 * @client: the client
 * @chip: the chip
 *
 * Return: the seat, or an ERR_PTR.
 */
struct ttmem_seat *ttmem_seat_create(struct ttmem_client *client, struct ttmem_chip *chip)
{
	struct ttmem_seat *seat = kzalloc(sizeof(*seat), GFP_KERNEL_ACCOUNT);

	if (!seat)
		return ERR_PTR(-ENOMEM);
	kobject_init(&seat->kobj, &seat_type);
	INIT_LIST_HEAD(&seat->node);
	ttmem_account_init(&seat->account, chip->ledger.arch);
	seat->client = client;
	seat->chip = chip;
	/*
	 * A release may come late, after a remote chip without seats was dropped. Module exit waits
	 * for the chips' releases, which this holds up.
	 */
	get_device(&chip->dev);
	get_device(&chip->gateway->local.dev);
	return seat;
}

/**
 * ttmem_seat_show - make a seat's directory
 * @seat: a seat whose client has its number
 *
 * Context: within a call that entered the gateway; under &ttmem_gateway.members_lock.
 *
 * Return: 0 or a negative errno.
 */
int ttmem_seat_show(struct ttmem_seat *seat)
{
	int ret;

	lockdep_assert_held(&seat->chip->gateway->members_lock);
	ret = kobject_add(&seat->kobj, seat->chip->clients_dir, "%llu", seat->client->id);
	if (!ret)
		list_add_tail(&seat->node, &seat->chip->seats);
	return ret;
}

/**
 * ttmem_seat_hide - remove a seat's directory, if it is there
 * @seat: the seat
 *
 * When it returns nobody reads in it any more.
 *
 * Context: may sleep; under &ttmem_gateway.members_lock, and no lock that a show() takes.
 */
void ttmem_seat_hide(struct ttmem_seat *seat)
{
	lockdep_assert_held(&seat->chip->gateway->members_lock);
	if (list_empty(&seat->node))
		return;
	list_del_init(&seat->node);
	kobject_del(&seat->kobj);
}

/**
 * ttmem_seat_put - let go of a seat
 * @seat: a seat that is hidden and whose account is in no books
 */
void ttmem_seat_put(struct ttmem_seat *seat)
{
	kobject_put(&seat->kobj);
}
