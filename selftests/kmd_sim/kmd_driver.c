// SPDX-License-Identifier: GPL-2.0-only
/*
 * tenstorrent: a stand-in for tt-kmd, Tenstorrent's kernel driver
 *
 * Has the name of the real module, because what extends tt-kmd must not notice the difference.
 * It drives no hardware and so binds to the functions that ttsim_pci makes as well as to a card.
 *
 * Copied from the real one, in behaviour, not in code:
 * - the PCI driver and the class, both named "tenstorrent"; the class exists while the module does;
 *   a Grayskull is refused with -ENODEV
 * - one class device tenstorrent!N for each bound function, N being the lowest free number, with
 *   attributes tt_* and a group pcie_perf_counters; drvdata of both devices is the driver's own
 * - /dev/tenstorrent/N: an open file pins the module and outlives the device; O_EXCL makes open()
 *   a lock (alone or not at all: wait, or -EAGAIN with O_NONBLOCK)
 * - /proc/driver/tenstorrent/N/pids: who has it open, in the reader's pid namespace
 * - .shutdown is .remove
 *
 * Not there: ioctls, mmap, hwmon, power states, resets, and the fixed numbers of a Galaxy.
 *
 * For the sake of the tests it also warns of what the real one would suffer in silence: a device of
 * somebody else below tenstorrent!N when that goes, or a reference to it that outlives the module.
 * And "class_quirk=" gives the class something that a future tt-kmd may have, and that would take a
 * foreign device in the class for tt-kmd's own.
 */
#include <linux/hash.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <net/net_namespace.h>

#include "kmd.h"

#define TT_MAX_CHIPS		64

#define TT_VENDOR		0x1e52
#define TT_GRAYSKULL		0xfaca
#define TT_WORMHOLE		0x401e
#define TT_BLACKHOLE		0xb140

static DEFINE_IDA(tt_ordinals);
static dev_t tt_region;
static struct proc_dir_entry *tt_proc;

/* The class and the devices: objects whose release() is code of this module. */
static atomic_t tt_alive = ATOMIC_INIT(0);

static void tt_released(void)
{
	if (atomic_dec_and_test(&tt_alive))
		wake_up_var(&tt_alive);
}

void tt_class_release(TT_CONST struct class *class)
{
	tt_released();
}

static void tt_release(struct device *dev)
{
	kfree(container_of(dev, struct tt_device, dev));
	tt_released();
}

static void tt_identify(struct tt_device *tt, struct pci_dev *pdev)
{
	u32 address = pci_domain_nr(pdev->bus) << 16 | pci_dev_id(pdev);
	u32 board = 0;

	tt->card_type = "unknown";
	if (pdev->device == TT_WORMHOLE) {
		tt->card_type = "n300";
		board = 0x14;
	} else if (pdev->device == TT_BLACKHOLE) {
		tt->card_type = "p150a";
		board = 0x40;
	}
	tt->serial = (u64)board << 36 | address;
	/* An odd factor is a bijection, so the result is as unique as the address. */
	tt->asic_id = ((u64)pdev->device << 32 | address) * GOLDEN_RATIO_64;
}

static struct tt_device *tt_create(struct pci_dev *pdev, int ordinal)
{
	struct tt_device *tt = kzalloc(sizeof(*tt), GFP_KERNEL);

	if (!tt)
		return NULL;
	spin_lock_init(&tt->lock);
	INIT_LIST_HEAD(&tt->openers);
	init_waitqueue_head(&tt->changed);
	tt->ordinal = ordinal;
	tt->uid = GLOBAL_ROOT_UID;
	tt->net = &init_net;
	tt_identify(tt, pdev);

	atomic_inc(&tt_alive);
	device_initialize(&tt->dev);
	tt->dev.class = &tt_class;
	tt->dev.parent = &pdev->dev;
	tt->dev.devt = MKDEV(MAJOR(tt_region), ordinal);
	tt->dev.groups = tt_class.dev_groups ? NULL : tt_groups;
	tt->dev.release = tt_release;
	dev_set_drvdata(&tt->dev, tt);
	cdev_init(&tt->cdev, &tt_fops);
	tt->cdev.owner = THIS_MODULE;
	return tt;
}

static int tt_publish(struct tt_device *tt)
{
	char name[12];
	int err;

	err = dev_set_name(&tt->dev, TT_NAME "!%d", tt->ordinal);
	if (err)
		return err;

	snprintf(name, sizeof(name), "%d", tt->ordinal);
	tt->proc = proc_mkdir(name, tt_proc);
	if (!tt->proc)
		return -ENOMEM;
	proc_create_single_data("pids", 0444, tt->proc, tt_pids_show, tt);

	err = cdev_device_add(&tt->cdev, &tt->dev);
	if (err)
		proc_remove(tt->proc);
	return err;
}

static int tt_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct tt_device *tt;
	int ordinal, err;

	if (pdev->device == TT_GRAYSKULL) {
		dev_info(&pdev->dev, "Grayskull is not supported\n");
		return -ENODEV;
	}
	err = pci_enable_device(pdev);
	if (err)
		return err;
	ordinal = ida_alloc_max(&tt_ordinals, TT_MAX_CHIPS - 1, GFP_KERNEL);
	if (ordinal < 0) {
		err = ordinal;
		goto disable;
	}
	tt = tt_create(pdev, ordinal);
	if (!tt) {
		err = -ENOMEM;
		goto free_ordinal;
	}
	pci_set_drvdata(pdev, tt);
	err = tt_publish(tt);
	if (err)
		goto put;
	return 0;

put:
	pci_set_drvdata(pdev, NULL);
	put_device(&tt->dev);
free_ordinal:
	ida_free(&tt_ordinals, ordinal);
disable:
	pci_disable_device(pdev);
	return err;
}

static int tt_warn_of_child(struct device *child, void *data)
{
	WARN(1, "%s would outlive its parent %s\n", dev_name(child), dev_name(child->parent));
	return 0;
}

static void tt_remove(struct pci_dev *pdev)
{
	struct tt_device *tt = pci_get_drvdata(pdev);

	/* Unloaded, or unplugged, while the machine goes down: the shutdown came first. */
	if (!tt)
		return;
	spin_lock(&tt->lock);
	tt->detached = true;
	spin_unlock(&tt->lock);
	wake_up_all(&tt->changed);

	device_for_each_child(&tt->dev, NULL, tt_warn_of_child);
	proc_remove(tt->proc);
	cdev_device_del(&tt->cdev, &tt->dev);
	ida_free(&tt_ordinals, tt->ordinal);
	pci_set_drvdata(pdev, NULL);
	pci_disable_device(pdev);
	put_device(&tt->dev);
}

static const struct pci_device_id tt_ids[] = {
	{ PCI_DEVICE(TT_VENDOR, PCI_ANY_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, tt_ids);

static struct pci_driver tt_driver = {
	.name = TT_NAME,
	.id_table = tt_ids,
	.probe = tt_probe,
	.remove = tt_remove,
	.shutdown = tt_remove,
};

static void tt_unregister_class(void)
{
	class_unregister(&tt_class);
	/* With CONFIG_DEBUG_KOBJECT_RELEASE, a release may come seconds after the last put. */
	WARN(!wait_var_event_timeout(&tt_alive, !atomic_read(&tt_alive), 30 * HZ),
	     "somebody holds a device of %s that is gone\n", TT_NAME);
}

static int __init tt_init(void)
{
	int err;

	err = tt_add_quirk();
	if (err)
		return err;
	tt_proc = proc_mkdir("driver/" TT_NAME, NULL);
	if (!tt_proc)
		return -ENOMEM;
	err = alloc_chrdev_region(&tt_region, 0, TT_MAX_CHIPS, TT_NAME);
	if (err)
		goto remove_proc;
	err = class_register(&tt_class);
	if (err)
		goto unregister_region;
	atomic_inc(&tt_alive);
	err = pci_register_driver(&tt_driver);
	if (err)
		goto unregister_class;
	return 0;

unregister_class:
	tt_unregister_class();
unregister_region:
	unregister_chrdev_region(tt_region, TT_MAX_CHIPS);
remove_proc:
	proc_remove(tt_proc);
	return err;
}

static void __exit tt_exit(void)
{
	pci_unregister_driver(&tt_driver);
	tt_unregister_class();
	unregister_chrdev_region(tt_region, TT_MAX_CHIPS);
	proc_remove(tt_proc);
}

module_init(tt_init);
module_exit(tt_exit);

MODULE_DESCRIPTION("Stand-in for tt-kmd, for tests");
MODULE_LICENSE("GPL");
