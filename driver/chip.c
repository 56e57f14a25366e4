// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chip: create, publish, retire.
 *
 * The class is tt-kmd's, so everything that a class would do for a device sits in our own
 * device_type. Memory and device part company: the device goes when tt-kmd lets go of the function,
 * the memory when the last open file of the node is closed.
 */
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "chip.h"

static dev_t first_devt;

/* Gateways whose memory still lives; module exit waits for the last release. */
static atomic_t gateways = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(gateways_gone);

static void local_chip_release(struct device *dev)
{
	struct ttmem_chip *chip = to_ttmem_chip(dev);
	struct ttmem_gateway *gateway = chip->gateway;

	WARN_ON(gateway->clients || !xa_empty(&gateway->users));
	kfree(gateway);
	if (atomic_dec_and_test(&gateways))
		wake_up(&gateways_gone);
}

static char *local_chip_devnode(TTMEM_DEVNODE_CONST struct device *dev, umode_t *mode,
				kuid_t *uid, kgid_t *gid)
{
	return kasprintf(GFP_KERNEL, "ttmem/%s", dev_name(dev));
}

static const struct device_type local_chip_type = {
	.name = "ttmem_chip",
	.groups = ttmem_chip_groups,
	.devnode = local_chip_devnode,
	.release = local_chip_release,
};

/* Everything is there, and can be called, before userspace hears of the chip. */
static int gateway_publish(struct ttmem_gateway *gateway)
{
	struct device *dev = &gateway->local.dev;
	int ret;

	dev_set_uevent_suppress(dev, true);
	ret = device_add(dev);
	if (ret)
		return ret;
	cdev_init(&gateway->cdev, &ttmem_fops);
	gateway->cdev.owner = THIS_MODULE;
	cdev_set_parent(&gateway->cdev, &dev->kobj);
	ret = cdev_add(&gateway->cdev, dev->devt, 1);
	if (ret) {
		device_del(dev);
		return ret;
	}
	dev_set_uevent_suppress(dev, false);
	kobject_uevent(&dev->kobj, KOBJ_ADD);
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
	struct device *dev;
	int ret;

	if (function->ordinal > MINORMASK)
		return ERR_PTR(-ERANGE);
	gateway = kzalloc(sizeof(*gateway), GFP_KERNEL);
	if (!gateway)
		return ERR_PTR(-ENOMEM);

	atomic_inc(&gateways);
	gateway->ordinal = function->ordinal;
	gateway->pci_vendor = function->pci_vendor;
	gateway->pci_device = function->pci_device;
	init_rwsem(&gateway->calls);
	spin_lock_init(&gateway->books_lock);
	xa_init(&gateway->users);
	gateway->local.gateway = gateway;
	ttmem_ledger_init(&gateway->local.ledger, ttmem_arch_find(function->pci_device));

	dev = &gateway->local.dev;
	device_initialize(dev);
	device_set_pm_not_required(dev);
	dev->class = function->class;
	dev->parent = function->parent;
	dev->type = &local_chip_type;
	dev->devt = first_devt + function->ordinal;
	ret = dev_set_name(dev, "tt%u", function->ordinal);
	if (!ret)
		ret = gateway_publish(gateway);
	if (ret) {
		put_device(dev);
		return ERR_PTR(ret);
	}
	return gateway;
}

/**
 * ttmem_gateway_retire - take the chip of a PCI function away
 * @gateway: the gateway
 *
 * When it returns, no file is left in sysfs and every call on an open file gets -ENODEV. The memory
 * lives on until those files are closed, but nothing in it refers to tt-kmd any more.
 *
 * Context: may sleep; under the device_lock of the PCI device.
 */
void ttmem_gateway_retire(struct ttmem_gateway *gateway)
{
	struct device *dev = &gateway->local.dev;

	down_write(&gateway->calls);
	gateway->gone = true;
	up_write(&gateway->calls);

	cdev_device_del(&gateway->cdev, dev);
	dev->class = NULL;
	dev->parent = NULL;
	put_device(dev);
}

/**
 * ttmem_gateway_enter - begin to work on a gateway's chips for a caller
 * @gateway: the gateway
 *
 * Context: may sleep; no user memory is touched until ttmem_gateway_leave().
 *
 * Return: 0, or -ENODEV if the gateway is retired.
 */
int ttmem_gateway_enter(struct ttmem_gateway *gateway)
{
	down_read(&gateway->calls);
	if (!gateway->gone)
		return 0;
	up_read(&gateway->calls);
	return -ENODEV;
}

/**
 * ttmem_gateway_leave - end what ttmem_gateway_enter() began
 * @gateway: the gateway
 */
void ttmem_gateway_leave(struct ttmem_gateway *gateway)
{
	up_read(&gateway->calls);
}

/**
 * ttmem_gateway_chip - a chip by its index
 * @gateway: the gateway
 * @index: %TTMEM_CHIP_LOCAL or the index of a remote chip
 *
 * Return: the chip, or NULL if there is none.
 */
struct ttmem_chip *ttmem_gateway_chip(struct ttmem_gateway *gateway, u32 index)
{
	return index == TTMEM_CHIP_LOCAL ? &gateway->local : NULL;
}

/**
 * ttmem_gateway_reject - count a refused call
 * @gateway: the gateway whose node was called
 */
void ttmem_gateway_reject(struct ttmem_gateway *gateway)
{
	spin_lock(&gateway->books_lock);
	ttmem_ledger_reject(&gateway->local.ledger, ktime_get_ns());
	spin_unlock(&gateway->books_lock);
}

/**
 * ttmem_chips_init - get ready to create chips
 *
 * Return: 0 or a negative errno.
 */
int __init ttmem_chips_init(void)
{
	ttmem_sysfs_init();
	return alloc_chrdev_region(&first_devt, 0, MINORMASK + 1, "ttmem");
}

/**
 * ttmem_chips_exit - wait until the memory of every chip is free
 *
 * Context: no chip is published any more, and no file is open: it pins the module.
 */
void ttmem_chips_exit(void)
{
	wait_event(gateways_gone, !atomic_read(&gateways));
	unregister_chrdev_region(first_devt, MINORMASK + 1);
}
