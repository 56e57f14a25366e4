// SPDX-License-Identifier: GPL-2.0-only
/* Stand-in for tt-kmd: the class, its attributes, and what else a class may have. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "kmd.h"

static char *class_quirk = "none";
module_param(class_quirk, charp, 0444);
MODULE_PARM_DESC(class_quirk,
		 "none (default), dev_groups, dev_uevent, ns_type, get_ownership or shutdown_pre");

struct class tt_class = {
	.name = TT_NAME,
	.class_release = tt_class_release,
};

static ssize_t tt_card_type_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", tt->card_type);
}
static DEVICE_ATTR_RO(tt_card_type);

static ssize_t tt_serial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%016llX\n", tt->serial);
}
static DEVICE_ATTR_RO(tt_serial);

static ssize_t tt_asic_id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%016llX\n", tt->asic_id);
}
static DEVICE_ATTR_RO(tt_asic_id);

static struct attribute *tt_attrs[] = {
	&dev_attr_tt_card_type.attr,
	&dev_attr_tt_serial.attr,
	&dev_attr_tt_asic_id.attr,
	NULL
};

static ssize_t tt_count_read(struct device *dev, char *buf)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", (u32)atomic_inc_return(&tt->traffic));
}

static ssize_t mst_rd_data_word_received0_show(struct device *dev, struct device_attribute *attr,
					       char *buf)
{
	return tt_count_read(dev, buf);
}
static DEVICE_ATTR_RO(mst_rd_data_word_received0);

static ssize_t slv_rd_data_word_sent0_show(struct device *dev, struct device_attribute *attr,
					   char *buf)
{
	return tt_count_read(dev, buf);
}
static DEVICE_ATTR_RO(slv_rd_data_word_sent0);

static struct attribute *tt_counters[] = {
	&dev_attr_mst_rd_data_word_received0.attr,
	&dev_attr_slv_rd_data_word_sent0.attr,
	NULL
};

static const struct attribute_group tt_attrs_group = {
	.attrs = tt_attrs,
};

static const struct attribute_group tt_counters_group = {
	.name = "pcie_perf_counters",
	.attrs = tt_counters,
};

const struct attribute_group *tt_groups[] = {
	&tt_attrs_group,
	&tt_counters_group,
	NULL
};

/* What a class can have that believes each of its devices to be a struct tt_device. */

static int tt_quirk_uevent(TT_CONST struct device *dev, struct kobj_uevent_env *env)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	return add_uevent_var(env, "TT_CARD_TYPE=%s", tt->card_type);
}

static TT_NAMESPACE *tt_quirk_namespace(TT_CONST struct device *dev)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	return tt_namespace_of(tt->net);
}

static void tt_quirk_get_ownership(TT_CONST struct device *dev, kuid_t *uid, kgid_t *gid)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	*uid = tt->uid;
}

static int tt_quirk_shutdown_pre(struct device *dev)
{
	struct tt_device *tt = dev_get_drvdata(dev);

	pr_info("chip %d is about to be shut down\n", tt->ordinal);
	return 0;
}

int __init tt_add_quirk(void)
{
	if (!strcmp(class_quirk, "none"))
		return 0;
	if (!strcmp(class_quirk, "dev_groups")) {
		tt_class.dev_groups = tt_groups;
	} else if (!strcmp(class_quirk, "dev_uevent")) {
		tt_class.dev_uevent = tt_quirk_uevent;
	} else if (!strcmp(class_quirk, "ns_type")) {
		tt_class.ns_type = &net_ns_type_operations;
		tt_class.namespace = tt_quirk_namespace;
	} else if (!strcmp(class_quirk, "get_ownership")) {
		tt_class.get_ownership = tt_quirk_get_ownership;
	} else if (!strcmp(class_quirk, "shutdown_pre")) {
		tt_class.shutdown_pre = tt_quirk_shutdown_pre;
	} else {
		pr_err("no such class_quirk: '%s'\n", class_quirk);
		return -EINVAL;
	}
	return 0;
}
