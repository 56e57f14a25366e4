// SPDX-License-Identifier: GPL-2.0-only
/*
 * A gateway: create, publish, retire.
 *
 * Memory and device part company: the device goes when tt-kmd lets go of the function, the memory
 * when the last open file of the node is closed.
 */
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "client.h"
#include "gateway.h"
#include "owner.h"
#include "remote.h"
#include "trace.h"
#include "users.h"

static dev_t first_devt;

static void local_chip_release(struct device *dev)
{
	struct ttmem_chip *chip = to_ttmem_chip(dev);
	struct ttmem_gateway *gateway = chip->gateway;

	WARN_ON(gateway->clients || !xa_empty(&gateway->users));
	ttmem_remote_put_all(gateway);
	ttmem_chip_released(chip);
	kfree(gateway);
}

/* Without a name from here the device would get one of the class, or another one: it has to be. */
static char *local_chip_devnode(TTMEM_DEVNODE_CONST struct device *dev, umode_t *mode,
				kuid_t *uid, kgid_t *gid)
{
	return kasprintf(GFP_KERNEL | __GFP_NOFAIL, "ttmem/%s", dev_name(dev));
}

static const struct device_type local_chip_type = {
	.name = "ttmem_chip",
	.groups = ttmem_chip_groups,
	.devnode = local_chip_devnode,
	.release = local_chip_release,
};

/* Everything is there, and can be called, before userspace hears of the chip. */
static int gateway_publish(struct ttmem_gateway *gateway, const struct ttmem_function *function)
{
	struct ttmem_chip *local = &gateway->local;
	int ret;

	ret = dev_set_name(&local->dev, "tt%u", gateway->ordinal);
	if (ret)
		return ret;
	local->dev.devt = first_devt + gateway->ordinal;
	ret = ttmem_chip_add(local, function->class, function->parent);
	if (ret)
		return ret;
	cdev_init(&gateway->cdev, &ttmem_fops);
	gateway->cdev.owner = THIS_MODULE;
	cdev_set_parent(&gateway->cdev, &local->dev.kobj);
	ret = cdev_add(&gateway->cdev, local->dev.devt, 1);
	if (ret) {
		ttmem_chip_del(local);
		return ret;
	}
	ttmem_chip_announce(local);
	return 0;
}

/**
 * ttmem_gateway_create - show the chip of a PCI function
 * @function: the function
 *
 * Context: under the device_lock of the PCI device: @function's class and parent stay until
 * ttmem_gateway_retire(), which the caller calls before tt-kmd lets go of them.
 *
 * Return: the gateway, or an ERR_PTR.
 */
struct ttmem_gateway *ttmem_gateway_create(const struct ttmem_function *function)
{
	struct ttmem_gateway *gateway;
	int ret;

	if (function->ordinal > MINORMASK)
		return ERR_PTR(-ERANGE);
	gateway = kzalloc(sizeof(*gateway), GFP_KERNEL);
	if (!gateway)
		return ERR_PTR(-ENOMEM);

	gateway->ordinal = function->ordinal;
	gateway->pci_vendor = function->pci_vendor;
	gateway->pci_device = function->pci_device;
	strscpy(gateway->pci_name, function->pci_name, sizeof(gateway->pci_name));
	init_rwsem(&gateway->calls);
	mutex_init(&gateway->members_lock);
	spin_lock_init(&gateway->books_lock);
	ttmem_owner_init(gateway);
	ttmem_users_init(gateway);
	gateway->chips[TTMEM_CHIP_LOCAL] = &gateway->local;
	ttmem_chip_init(&gateway->local, gateway, ttmem_arch_find(function->pci_device),
			&local_chip_type);
	ret = gateway_publish(gateway, function);
	if (ret) {
		put_device(&gateway->local.dev);
		return ERR_PTR(ret);
	}
	return gateway;
}

/**
 * ttmem_gateway_retire - take the chips of a PCI function away
 * @gateway: the gateway
 *
 * When it returns, no file is left in sysfs and every call on an open file gets -ENODEV. The memory
 * lives on until those files are closed, but nothing in it refers to tt-kmd any more.
 *
 * Context: may sleep; under the device_lock of the PCI device.
 */
void ttmem_gateway_retire(struct ttmem_gateway *gateway)
{
	down_write(&gateway->calls);
	gateway->gone = true;
	up_write(&gateway->calls);

	/* No call is left that could add a chip, or drop one. */
	ttmem_remote_del_all(gateway);
	ttmem_chip_del(&gateway->local);
	/* The directories are gone, and on a chip that is gone nothing is dropped any more. */
	cancel_work_sync(&gateway->hide_dropped);
	cdev_del(&gateway->cdev);
	put_device(&gateway->local.dev);
}

/**
 * ttmem_gateway_reject - count a refused call
 * @gateway: the gateway whose node was called
 * @error: why
 */
void ttmem_gateway_reject(struct ttmem_gateway *gateway, int error)
{
	spin_lock(&gateway->books_lock);
	ttmem_ledger_reject(&gateway->local.ledger, ktime_get_ns());
	spin_unlock(&gateway->books_lock);
	trace_ttmem_rejected(&gateway->local, error);
	ttmem_notify(&gateway->local);
}

/**
 * ttmem_gateways_init - get ready to create gateways
 *
 * Return: 0 or a negative errno.
 */
int __init ttmem_gateways_init(void)
{
	ttmem_sysfs_init();
	ttmem_sysfs_client_init();
	return alloc_chrdev_region(&first_devt, 0, MINORMASK + 1, "ttmem");
}

/**
 * ttmem_gateways_exit - wait until nothing of any gateway is left
 *
 * Context: no gateway is published any more.
 */
void ttmem_gateways_exit(void)
{
	ttmem_notify_exit();
	ttmem_chips_wait();
	unregister_chrdev_region(first_devt, MINORMASK + 1);
}
