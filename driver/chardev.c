// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/ttmem/ttN: open, close, mmap, and the table of ioctls.
 *
 * User memory is copied here and nowhere else, and under no lock.
 */
#include <linux/compat.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/nospec.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "client.h"
#include "compat.h"
#include "gateway.h"
#include "owner.h"
#include "page.h"
#include "pools.h"

/* No argument is longer, that of a newer caller included. */
#define MAX_ARGUMENT	SZ_16K

#define MAX_ENTRIES	(TTMEM_MAX_CHIPS * TTMEM_NR_POOLS)

static int ttmem_open(struct inode *inode, struct file *file)
{
	struct ttmem_client *client;

	/* Where it lives: the cdev of an open node pins the device it belongs to. */
	client = ttmem_client_create(container_of(inode->i_cdev, struct ttmem_gateway, cdev));
	if (IS_ERR(client))
		return PTR_ERR(client);
	file->private_data = client;
	return nonseekable_open(inode, file);
}

static int ttmem_release(struct inode *inode, struct file *file)
{
	ttmem_client_destroy(file->private_data);
	return 0;
}

static int ioctl_query(struct ttmem_client *client, void __user *argument, u32 size)
{
	struct ttmem_query query;
	int ret;

	ret = copy_struct_from_user(&query, sizeof(query), argument, size);
	if (ret)
		return ret;
	ret = ttmem_client_query(client, &query);
	if (ret)
		return ret;
	query.size = size;
	/* What only a newer caller knows was zero when it came, and stays so. */
	return copy_to_user(argument, &query, min_t(size_t, size, sizeof(query))) ? -EFAULT : 0;
}

static int ioctl_declare(struct ttmem_client *client, void __user *argument, u32 size)
{
	__u32 __user *index = &((struct ttmem_declare __user *)argument)->chip;
	struct ttmem_declare declare;
	bool remote;
	int ret;

	ret = copy_struct_from_user(&declare, sizeof(declare), argument, size);
	if (ret)
		return ret;
	remote = declare.chip == TTMEM_CHIP_REMOTE;
	/* An answer that cannot be written is found out before anything has changed. */
	if (remote && put_user(declare.chip, index))
		return -EFAULT;
	ret = ttmem_client_declare(client, &declare);
	if (ret || !remote)
		return ret;
	return put_user(declare.chip, index);
}

/* Entries of this driver's size at one go, longer ones one by one. */
static int copy_entries(struct ttmem_report_entry *entries, const void __user *from,
			const struct ttmem_report *report)
{
	unsigned int i;
	int ret;

	if (report->entry_size == sizeof(*entries))
		return copy_from_user(entries, from, report->nr_entries * sizeof(*entries)) ?
		       -EFAULT : 0;
	for (i = 0; i < report->nr_entries; i++, from += report->entry_size) {
		ret = copy_struct_from_user(&entries[i], sizeof(*entries), from,
					    report->entry_size);
		if (ret)
			return ret;
	}
	return 0;
}

/* Entries that are longer or more than usual. */
static int report_at_length(struct ttmem_client *client, const void __user *from,
			    const struct ttmem_report *report)
{
	struct ttmem_report_entry *entries;
	int ret;

	entries = kmalloc_array(report->nr_entries, sizeof(*entries), GFP_KERNEL_ACCOUNT);
	if (!entries)
		return -ENOMEM;
	ret = copy_entries(entries, from, report);
	if (!ret)
		ret = ttmem_client_report(client, entries, report->nr_entries);
	kfree(entries);
	return ret;
}

/* All pools of one chip fit on the stack: one copy in the case that counts. */
struct usual_report {
	struct ttmem_report head;
	struct ttmem_report_entry entries[TTMEM_NR_POOLS];
};

/* A size that the compiler knows spares the checks of a hardened copy. */
static unsigned long copy_report(struct usual_report *report, const void __user *argument, u32 size)
{
	const size_t one_pool = offsetof(struct usual_report, entries[1]);

	if (size == one_pool)
		return copy_from_user(report, argument, one_pool);
	if (size >= sizeof(*report))
		return copy_from_user(report, argument, sizeof(*report));
	return copy_from_user(report, argument, size);
}

static int ioctl_report(struct ttmem_client *client, void __user *argument, u32 size)
{
	struct usual_report report __ttmem_uninitialized;

	if (copy_report(&report, argument, size))
		return -EFAULT;
	if (report.head.flags)
		return -EOPNOTSUPP;
	if (!report.head.nr_entries || report.head.nr_entries > MAX_ENTRIES ||
	    report.head.entry_size < TTMEM_REPORT_ENTRY_SIZE_VER0 ||
	    report.head.entry_size % 8 ||
	    size != sizeof(report.head) + (u64)report.head.nr_entries * report.head.entry_size)
		return -EINVAL;
	if (size > sizeof(report) || report.head.entry_size != sizeof(report.entries[0]))
		return report_at_length(client, argument + sizeof(report.head), &report.head);
	return ttmem_client_report(client, report.entries, report.head.nr_entries);
}

static int ioctl_failure(struct ttmem_client *client, void __user *argument, u32 size)
{
	struct ttmem_failure failure;
	int ret;

	ret = copy_struct_from_user(&failure, sizeof(failure), argument, size);
	if (ret)
		return ret;
	return ttmem_client_fail(client, &failure);
}

static int ioctl_look(struct ttmem_client *client, void __user *argument, u32 size)
{
	struct ttmem_look look;
	int ret;

	ret = copy_struct_from_user(&look, sizeof(look), argument, size);
	if (ret)
		return ret;
	if (look.flags)
		return -EOPNOTSUPP;
	return ttmem_client_look(client);
}

static int ioctl_owner(struct ttmem_client *client, void __user *argument, u32 size)
{
	struct ttmem_owner owner;
	int ret;

	ret = copy_struct_from_user(&owner, sizeof(owner), argument, size);
	if (ret)
		return ret;
	return ttmem_client_set_owner(client, &owner);
}

/**
 * struct ttmem_command - an ioctl
 * @handler: does it; gets the argument and the size that its first member says
 * @min_size: size of the argument's first version
 * @writes: needs a file that was opened for writing
 */
struct ttmem_command {
	int (*handler)(struct ttmem_client *client, void __user *argument, u32 size);
	u32 min_size;
	bool writes;
};

static const struct ttmem_command commands[] = {
	[_IOC_NR(TTMEM_QUERY)] = { ioctl_query, TTMEM_QUERY_SIZE_VER0, false },
	[_IOC_NR(TTMEM_DECLARE)] = { ioctl_declare, TTMEM_DECLARE_SIZE_VER0, true },
	[_IOC_NR(TTMEM_REPORT)] = { ioctl_report, TTMEM_REPORT_SIZE_VER0, true },
	[_IOC_NR(TTMEM_FAILURE)] = { ioctl_failure, TTMEM_FAILURE_SIZE_VER0, true },
	[_IOC_NR(TTMEM_LOOK)] = { ioctl_look, TTMEM_LOOK_SIZE_VER0, true },
	[_IOC_NR(TTMEM_OWNER)] = { ioctl_owner, TTMEM_OWNER_SIZE_VER0, true },
};

static int run_command(struct file *file, unsigned int cmd, void __user *argument)
{
	const struct ttmem_command *command;
	unsigned int nr = _IOC_NR(cmd);
	u32 size;

	if (nr >= ARRAY_SIZE(commands) || cmd != _IO(TTMEM_IOCTL_MAGIC, nr))
		return -ENOTTY;
	command = &commands[array_index_nospec(nr, ARRAY_SIZE(commands))];
	if (command->writes && !(file->f_mode & FMODE_WRITE))
		return -EACCES;
	if (get_user(size, (u32 __user *)argument))
		return -EFAULT;
	if (size < command->min_size)
		return -EINVAL;
	if (size > MAX_ARGUMENT)
		return -E2BIG;
	return command->handler(file->private_data, argument, size);
}

static long ttmem_ioctl(struct file *file, unsigned int cmd, unsigned long argument)
{
	struct ttmem_client *client = file->private_data;
	int ret;

	ret = run_command(file, cmd, (void __user *)argument);
	if (ret)
		ttmem_gateway_reject(client->gateway, ret);
	return ret;
}

static int ttmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct ttmem_client *client = file->private_data;
	int ret = -EACCES;

	if (file->f_mode & FMODE_WRITE)
		ret = ttmem_client_mmap(client, vma);
	if (ret)
		ttmem_gateway_reject(client->gateway, ret);
	return ret;
}

static void ttmem_show_fdinfo(struct seq_file *m, struct file *file)
{
	ttmem_client_fdinfo(file->private_data, m);
}

const struct file_operations ttmem_fops = {
	.owner = THIS_MODULE,
	.open = ttmem_open,
	.release = ttmem_release,
	.unlocked_ioctl = ttmem_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = ttmem_mmap,
	.show_fdinfo = ttmem_show_fdinfo,
	.llseek = noop_llseek,
};
