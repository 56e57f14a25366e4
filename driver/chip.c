// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chip's device: added, announced, deleted. Whose memory it is in is the gateway's affair.
 *
 * The class is tt-kmd's, so everything that a class would do for a device sits in a device_type of
 * our own.
 */
#include <linux/kobject.h>
#include <linux/pid.h>
#include <linux/wait.h>

#include "chip.h"
#include "gateway.h"

/* Chips whose memory still lives; module exit waits for the last release. */
static atomic_t chips = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(chips_gone);

/**
 * ttmem_chip_init - a chip that nobody can see yet
 * @chip: to initialise; from here on its device is put, never freed
 * @gateway: the PCI function through which it is reached
 * @arch: its architecture
 * @type: type of its device, whose release gets it when the last reference goes
 */
void ttmem_chip_init(struct ttmem_chip *chip, struct ttmem_gateway *gateway,
		     const struct ttmem_arch_info *arch, const struct device_type *type)
{
	atomic_inc(&chips);
	device_initialize(&chip->dev);
	chip->dev.type = type;
	device_set_pm_not_required(&chip->dev);
	chip->gateway = gateway;
	INIT_LIST_HEAD(&chip->seats);
	INIT_LIST_HEAD(&chip->bridged);
	ttmem_ledger_init(&chip->ledger, arch);
	ttmem_notifier_init(&chip->notifier);
}

/* Class and parent are tt-kmd's, which may go while the memory of a chip still lives. */
static void chip_forget_kmd(struct ttmem_chip *chip)
{
	chip->dev.class = NULL;
	chip->dev.parent = NULL;
}

/**
 * ttmem_chip_add - make a chip's device, with everything in it, but do not announce it yet
 * @chip: a chip whose device has a name
 * @class: tt-kmd's class
 * @parent: the device below which it goes
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative errno; then the caller puts the device.
 */
int ttmem_chip_add(struct ttmem_chip *chip, TTMEM_CLASS_CONST struct class *class,
		   struct device *parent)
{
	struct device *dev = &chip->dev;
	int ret;

	dev->class = class;
	dev->parent = parent;
	dev_set_uevent_suppress(dev, true);
	ret = device_add(dev);
	if (ret) {
		chip_forget_kmd(chip);
		return ret;
	}
	ret = -ENOMEM;
	chip->clients_dir = kobject_create_and_add("clients", &dev->kobj);
	if (chip->clients_dir)
		ret = ttmem_notifier_start(chip);
	if (ret)
		ttmem_chip_del(chip);
	return ret;
}

/**
 * ttmem_chip_announce - let userspace hear of a chip
 * @chip: a chip that was added, and that can be used
 */
void ttmem_chip_announce(struct ttmem_chip *chip)
{
	dev_set_uevent_suppress(&chip->dev, false);
	kobject_uevent(&chip->dev.kobj, KOBJ_ADD);
}

/**
 * ttmem_chip_del - take a chip's device away
 * @chip: a chip that was added
 *
 * Whoever polls is woken and finds that the chip is gone. The memory lives on until the last
 * reference goes, but nothing in it refers to tt-kmd any more.
 *
 * All directories below go with that of the device. The kobjects of those in clients/ stay until
 * their clients leave.
 *
 * Context: may sleep.
 */
void ttmem_chip_del(struct ttmem_chip *chip)
{
	spin_lock(&chip->gateway->books_lock);
	chip->gone = true;
	spin_unlock(&chip->gateway->books_lock);
	ttmem_notifier_stop(chip);
	kobject_put(chip->clients_dir);
	chip->clients_dir = NULL;
	device_del(&chip->dev);
	chip_forget_kmd(chip);
}

/**
 * ttmem_chip_released - the last reference to a chip's device is gone
 * @chip: the chip; the caller, which is the release of its device, frees it afterwards
 */
void ttmem_chip_released(struct ttmem_chip *chip)
{
	put_pid(chip->failure_pid);
	if (atomic_dec_and_test(&chips))
		wake_up(&chips_gone);
}

/**
 * ttmem_chips_wait - wait until every chip is released
 *
 * Context: no chip is published any more, and no file is open: it pins the module.
 */
void ttmem_chips_wait(void)
{
	wait_event(chips_gone, !atomic_read(&chips));
}
