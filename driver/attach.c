// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows tt-kmd: a chip for each PCI function that it has bound, for as long as it has.
 *
 * No function is bound here and no class is created: tt-kmd owns both. The driver core tells when
 * it has bound a function and when it is about to let go of it, so that the two modules can be
 * loaded in either order, and tt-kmd unloaded and upgraded with this one loaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/reboot.h>
#include <linux/slab.h>

#include "attach.h"
#include "gateway.h"

#define TT_KMD_CLASS	"tenstorrent"

/**
 * struct attachment - a PCI function that has a chip
 * @node: in attachments
 * @pdev: the function; holds a reference
 * @gateway: its chip
 */
struct attachment {
	struct list_head node;
	struct pci_dev *pdev;
	struct ttmem_gateway *gateway;
};

/*
 * Covers attachments and closed. It nests inside the device_lock of a PCI device, under which a
 * function is attached and detached: so two events of one function never meet, and what tt-kmd owns
 * stays while we work on it.
 */
static DEFINE_MUTEX(attach_lock);
static LIST_HEAD(attachments);
static bool closed;

/* N, if the device is tt-kmd's "tenstorrent!N". */
static int kmd_ordinal(const struct device *dev, unsigned int *ordinal)
{
	const char *name = dev_name(dev);
	size_t prefix;

	if (!dev->class || strcmp(dev->class->name, TT_KMD_CLASS))
		return -ENODEV;
	prefix = str_has_prefix(name, TT_KMD_CLASS "!");
	return prefix ? kstrtouint(name + prefix, 10, ordinal) : -ENODEV;
}

static int match_kmd_device(struct device *dev, TTMEM_MATCH_CONST void *data)
{
	unsigned int ordinal;

	return !kmd_ordinal(dev, &ordinal);
}

/*
 * Our device_type overrides what a class does for its devices, except for these: they would take
 * our device for one of tt-kmd's, drvdata included.
 */
static const char *class_trouble(const struct class *class)
{
	if (class->dev_groups)
		return "dev_groups";
	if (class->dev_uevent)
		return "dev_uevent";
	if (class->ns_type)
		return "ns_type";
	if (class->get_ownership)
		return "get_ownership";
	if (class->shutdown_pre)
		return "shutdown_pre";
	return NULL;
}

static struct ttmem_gateway *create_gateway(struct pci_dev *pdev, struct device *kmd_device)
{
	struct ttmem_function function = {
		.class = kmd_device->class,
		.parent = kmd_device,
		.pci_vendor = pdev->vendor,
		.pci_device = pdev->device,
		.pci_name = pci_name(pdev),
	};
	const char *trouble = class_trouble(kmd_device->class);

	if (trouble) {
		pr_err_once("not joining class %s: its %s would take our devices for its own\n",
			    TT_KMD_CLASS, trouble);
		return ERR_PTR(-EOPNOTSUPP);
	}
	kmd_ordinal(kmd_device, &function.ordinal);
	return ttmem_gateway_create(&function);
}

static struct attachment *find_attachment(const struct pci_dev *pdev)
{
	struct attachment *attachment;

	lockdep_assert_held(&attach_lock);
	list_for_each_entry(attachment, &attachments, node)
		if (attachment->pdev == pdev)
			return attachment;
	return NULL;
}

static void attach_to(struct pci_dev *pdev, struct device *kmd_device)
{
	struct attachment *attachment;
	int ret;

	lockdep_assert_held(&attach_lock);
	attachment = kzalloc(sizeof(*attachment), GFP_KERNEL);
	if (!attachment) {
		ret = -ENOMEM;
		goto err;
	}
	attachment->gateway = create_gateway(pdev, kmd_device);
	if (IS_ERR(attachment->gateway)) {
		ret = PTR_ERR(attachment->gateway);
		kfree(attachment);
		goto err;
	}
	attachment->pdev = pci_dev_get(pdev);
	list_add_tail(&attachment->node, &attachments);
	return;
err:
	/* The class has been complained about already. */
	if (ret != -EOPNOTSUPP)
		pr_err("%s: no memory accounting for this chip: error %d\n", pci_name(pdev), ret);
}

/* Under the function's device_lock. A function that another driver has bound has no such child. */
static void attach(struct pci_dev *pdev)
{
	struct device *kmd_device;

	device_lock_assert(&pdev->dev);
	kmd_device = device_find_child(&pdev->dev, NULL, match_kmd_device);
	if (!kmd_device)
		return;
	mutex_lock(&attach_lock);
	if (!closed && !find_attachment(pdev))
		attach_to(pdev, kmd_device);
	mutex_unlock(&attach_lock);
	/* From here on our device holds on to its parent, until it is retired. */
	put_device(kmd_device);
}

/* Under the function's device_lock, before tt-kmd's remove runs. */
static void detach(struct pci_dev *pdev)
{
	struct attachment *attachment;

	device_lock_assert(&pdev->dev);
	mutex_lock(&attach_lock);
	attachment = find_attachment(pdev);
	if (attachment)
		list_del(&attachment->node);
	mutex_unlock(&attach_lock);
	if (!attachment)
		return;
	ttmem_gateway_retire(attachment->gateway);
	pci_dev_put(attachment->pdev);
	kfree(attachment);
}

static int pci_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);

	if (pdev->vendor != TTMEM_PCI_VENDOR)
		return NOTIFY_DONE;
	if (event == BUS_NOTIFY_BOUND_DRIVER)
		attach(pdev);
	else if (event == BUS_NOTIFY_UNBIND_DRIVER)
		detach(pdev);
	return NOTIFY_DONE;
}

static struct notifier_block pci_notifier = {
	.notifier_call = pci_event,
};

/* Close the door to new chips, and retire all that are there. */
static void detach_all(void)
{
	struct attachment *attachment;
	struct pci_dev *pdev;

	for (;;) {
		mutex_lock(&attach_lock);
		closed = true;
		attachment = list_first_entry_or_null(&attachments, struct attachment, node);
		pdev = attachment ? pci_dev_get(attachment->pdev) : NULL;
		mutex_unlock(&attach_lock);
		if (!pdev)
			return;
		device_lock(&pdev->dev);
		detach(pdev);
		device_unlock(&pdev->dev);
		pci_dev_put(pdev);
	}
}

/*
 * On reboot the driver core calls tt-kmd's shutdown, which is its remove, without the notification:
 * its class device would go with ours still below it.
 */
static int reboot_event(struct notifier_block *nb, unsigned long event, void *data)
{
	detach_all();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = {
	.notifier_call = reboot_event,
};

/**
 * ttmem_attach_init - follow tt-kmd from now on, and join what it has bound already
 *
 * Return: 0 or a negative errno.
 */
int __init ttmem_attach_init(void)
{
	struct pci_dev *pdev = NULL;
	int ret;

	ret = bus_register_notifier(&pci_bus_type, &pci_notifier);
	if (ret)
		return ret;
	ret = register_reboot_notifier(&reboot_notifier);
	if (ret) {
		bus_unregister_notifier(&pci_bus_type, &pci_notifier);
		return ret;
	}
	while ((pdev = pci_get_device(TTMEM_PCI_VENDOR, PCI_ANY_ID, pdev))) {
		device_lock(&pdev->dev);
		attach(pdev);
		device_unlock(&pdev->dev);
	}
	return 0;
}

/**
 * ttmem_attach_exit - let go of tt-kmd
 *
 * Every chip is retired before the notifier goes: the other way round, an unbind in between would
 * leave our device in a class that is gone.
 */
void ttmem_attach_exit(void)
{
	unregister_reboot_notifier(&reboot_notifier);
	detach_all();
	bus_unregister_notifier(&pci_bus_type, &pci_notifier);
}
