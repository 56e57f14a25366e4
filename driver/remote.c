// SPDX-License-Identifier: GPL-2.0-only
/*
 * A remote chip comes into being when somebody declares it, and stays until its gateway goes: no
 * device is removed when a client leaves. Only one that nobody declares any more and no pin holds
 * may make room, for another chip of its gateway when all slots are taken, or for itself behind
 * another gateway.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "gateway.h"
#include "remote.h"
#include "users.h"

/* Slots of a gateway that chips of one user may be in, so that none can take them all. */
#define SLOTS_OF_USER	((TTMEM_MAX_CHIPS - 1) / 2)

/* Every remote chip by its unique id, wherever it lives, so that each is shown once. */
static DEFINE_XARRAY(remote_chips);

static void remote_chip_release(struct device *dev)
{
	struct ttmem_chip *chip = to_ttmem_chip(dev);

	ttmem_chip_released(chip);
	kfree(chip);
}

static const struct device_type remote_chip_type = {
	.name = "ttmem_remote_chip",
	.groups = ttmem_chip_groups,
	.release = remote_chip_release,
};

/* Nobody speaks for it any more. */
static bool remote_idle(const struct ttmem_chip *chip)
{
	lockdep_assert_held(&chip->gateway->members_lock);
	return list_empty(&chip->seats) && !chip->ledger.pinned;
}

static void remote_set(struct ttmem_gateway *gateway, u32 index, struct ttmem_chip *chip)
{
	lockdep_assert_held(&gateway->members_lock);
	spin_lock(&gateway->books_lock);
	gateway->chips[index] = chip;
	spin_unlock(&gateway->books_lock);
}

/**
 * ttmem_remote_drop - give the slot of a chip free
 * @chip: a chip that nobody speaks for
 *
 * Context: may sleep; under &ttmem_gateway.members_lock.
 */
void ttmem_remote_drop(struct ttmem_chip *chip)
{
	remote_set(chip->gateway, chip->index, NULL);
	xa_erase(&remote_chips, chip->remote_uid);
	ttmem_chip_del(chip);
	put_device(&chip->dev);
}

/*
 * A slot that is free or, if none is, that of an idle chip. 0 if there is none, or if the user has
 * brought so many chips into being that are still in use that others would not find one.
 */
static u32 remote_slot(struct ttmem_gateway *gateway, kuid_t uid)
{
	unsigned int own = 0;
	u32 index;

	for (index = 1; index < TTMEM_MAX_CHIPS; index++)
		if (gateway->chips[index] && uid_eq(gateway->chips[index]->creator, uid) &&
		    !remote_idle(gateway->chips[index]))
			own++;
	if (own >= SLOTS_OF_USER && !uid_eq(uid, GLOBAL_ROOT_UID))
		return 0;
	for (index = 1; index < TTMEM_MAX_CHIPS; index++)
		if (!gateway->chips[index])
			return index;
	for (index = 1; index < TTMEM_MAX_CHIPS; index++)
		if (remote_idle(gateway->chips[index]))
			return index;
	return 0;
}

static int remote_add(struct ttmem_chip *chip)
{
	struct ttmem_gateway *gateway = chip->gateway;
	struct device *local = &gateway->local.dev;
	int ret;

	if (gateway->chips[chip->index])
		ttmem_remote_drop(gateway->chips[chip->index]);
	ret = dev_set_name(&chip->dev, "%sr%u", dev_name(local), chip->index);
	if (ret)
		return ret;
	return ttmem_chip_add(chip, local->class, local);
}

/* What may fail for want of memory comes first: a chip may have to go for this one. */
static int remote_publish(struct ttmem_chip *chip)
{
	int ret;

	ret = xa_insert(&remote_chips, chip->remote_uid, chip, GFP_KERNEL);
	if (ret)
		return ret == -EBUSY ? -EEXIST : ret;
	ret = remote_add(chip);
	if (ret) {
		xa_erase(&remote_chips, chip->remote_uid);
		return ret;
	}
	remote_set(chip->gateway, chip->index, chip);
	ttmem_chip_announce(chip);
	return 0;
}

/**
 * ttmem_remote_find - a remote chip that is there
 * @gateway: the gateway through which it is reached
 * @uid: its unique id
 *
 * Context: under &ttmem_gateway.members_lock.
 *
 * Return: the chip, or NULL.
 */
struct ttmem_chip *ttmem_remote_find(struct ttmem_gateway *gateway, u64 uid)
{
	u32 index;

	lockdep_assert_held(&gateway->members_lock);
	for (index = 1; index < TTMEM_MAX_CHIPS; index++)
		if (gateway->chips[index] && gateway->chips[index]->remote_uid == uid)
			return gateway->chips[index];
	return NULL;
}

/**
 * ttmem_remote_get - a remote chip, which comes into being if need be
 * @gateway: the gateway through which it is reached
 * @chip_uid: its unique id
 * @uid: user who asks for it
 *
 * Context: within a call that entered @gateway; under &ttmem_gateway.members_lock.
 *
 * Return: the chip, or an ERR_PTR: -EEXIST if it lives behind another gateway, -EAGAIN if the user
 * creates remote chips too fast, -ENOSPC if all slots that it may have are in use, -ENOMEM.
 */
struct ttmem_chip *ttmem_remote_get(struct ttmem_gateway *gateway, u64 chip_uid, kuid_t uid)
{
	struct ttmem_chip *chip = ttmem_remote_find(gateway, chip_uid);
	u32 index;
	int ret;

	if (chip)
		return chip;
	/* EEXIST comes last: it may make the chip leave its place, and not for nothing. */
	index = remote_slot(gateway, uid);
	if (!index)
		return ERR_PTR(-ENOSPC);
	if (!ttmem_users_may_create(gateway, uid))
		return ERR_PTR(-EAGAIN);
	if (xa_load(&remote_chips, chip_uid))
		return ERR_PTR(-EEXIST);
	chip = kzalloc(sizeof(*chip), GFP_KERNEL_ACCOUNT);
	if (!chip)
		return ERR_PTR(-ENOMEM);
	ttmem_chip_init(chip, gateway, gateway->local.ledger.arch, &remote_chip_type);
	chip->index = index;
	chip->remote_uid = chip_uid;
	chip->creator = uid;
	ret = remote_publish(chip);
	if (ret) {
		put_device(&chip->dev);
		return ERR_PTR(ret);
	}
	return chip;
}

/**
 * ttmem_remote_let_go - take a chip that nobody speaks for away from another gateway
 * @gateway: where somebody is about to declare it
 * @uid: its unique id
 *
 * Otherwise whoever declared it at the wrong place once would have taken it from its rightful
 * gateway for ever.
 *
 * Context: may sleep; no lock is held.
 *
 * Return: true if it was there and is gone.
 */
bool ttmem_remote_let_go(struct ttmem_gateway *gateway, u64 uid)
{
	struct ttmem_gateway *other = NULL;
	struct ttmem_chip *chip;
	bool idle = false;

	xa_lock(&remote_chips);
	chip = xa_load(&remote_chips, uid);
	if (chip && chip->gateway != gateway) {
		other = chip->gateway;
		get_device(&other->local.dev);
	}
	xa_unlock(&remote_chips);
	if (!other)
		return false;

	if (!ttmem_gateway_enter(other)) {
		mutex_lock(&other->members_lock);
		chip = ttmem_remote_find(other, uid);
		idle = chip && remote_idle(chip);
		if (idle)
			ttmem_remote_drop(chip);
		mutex_unlock(&other->members_lock);
		ttmem_gateway_leave(other);
	}
	put_device(&other->local.dev);
	return idle;
}

/**
 * ttmem_remote_del_all - take the devices of all remote chips of a gateway away
 * @gateway: a gateway that is being retired
 *
 * Their memory stays, for the clients that are orphans now, until ttmem_remote_put_all().
 *
 * Context: may sleep; no call works on the gateway any more.
 */
void ttmem_remote_del_all(struct ttmem_gateway *gateway)
{
	u32 index;

	for (index = 1; index < TTMEM_MAX_CHIPS; index++) {
		if (!gateway->chips[index])
			continue;
		xa_erase(&remote_chips, gateway->chips[index]->remote_uid);
		ttmem_chip_del(gateway->chips[index]);
	}
}

/**
 * ttmem_remote_put_all - let go of the memory of all remote chips of a gateway
 * @gateway: a gateway without clients, whose own memory goes next
 */
void ttmem_remote_put_all(struct ttmem_gateway *gateway)
{
	u32 index;

	for (index = 1; index < TTMEM_MAX_CHIPS; index++)
		if (gateway->chips[index])
			put_device(&gateway->chips[index]->dev);
}
