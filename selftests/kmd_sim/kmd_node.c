// SPDX-License-Identifier: GPL-2.0-only
/* Stand-in for tt-kmd: /dev/tenstorrent/N and /proc/driver/tenstorrent/N/pids. */
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "kmd.h"

struct tt_opener {
	struct list_head node;
	struct pid *pid;
	bool exclusive;
};

/* Returns false if somebody has to leave first; otherwise *err says whether the opener is in. */
static bool tt_try_open(struct tt_device *tt, struct tt_opener *opener, int *err)
{
	bool decided = true;

	*err = 0;
	spin_lock(&tt->lock);
	if (tt->detached) {
		*err = -ENODEV;
	} else if (!list_empty(&tt->openers) && (tt->exclusive || opener->exclusive)) {
		decided = false;
	} else {
		list_add_tail(&opener->node, &tt->openers);
		tt->exclusive = opener->exclusive;
	}
	spin_unlock(&tt->lock);
	return decided;
}

static int tt_open(struct inode *inode, struct file *file)
{
	struct tt_device *tt = container_of(inode->i_cdev, struct tt_device, cdev);
	struct tt_opener *opener;
	int err;

	opener = kzalloc(sizeof(*opener), GFP_KERNEL);
	if (!opener)
		return -ENOMEM;
	opener->pid = get_pid(task_tgid(current));
	opener->exclusive = file->f_flags & O_EXCL;

	if (!tt_try_open(tt, opener, &err)) {
		if (file->f_flags & O_NONBLOCK)
			err = -EAGAIN;
		else if (wait_event_interruptible(tt->changed, tt_try_open(tt, opener, &err)))
			err = -ERESTARTSYS;
	}
	if (err) {
		put_pid(opener->pid);
		kfree(opener);
		return err;
	}
	file->private_data = opener;
	return nonseekable_open(inode, file);
}

static int tt_close(struct inode *inode, struct file *file)
{
	struct tt_device *tt = container_of(inode->i_cdev, struct tt_device, cdev);
	struct tt_opener *opener = file->private_data;

	spin_lock(&tt->lock);
	list_del(&opener->node);
	spin_unlock(&tt->lock);
	wake_up_all(&tt->changed);
	put_pid(opener->pid);
	kfree(opener);
	return 0;
}

const struct file_operations tt_fops = {
	.owner = THIS_MODULE,
	.open = tt_open,
	.release = tt_close,
};

int tt_pids_show(struct seq_file *seq, void *v)
{
	struct tt_device *tt = seq->private;
	struct tt_opener *opener;

	spin_lock(&tt->lock);
	list_for_each_entry(opener, &tt->openers, node)
		seq_printf(seq, "%d\n", pid_vnr(opener->pid));
	spin_unlock(&tt->lock);
	return 0;
}
