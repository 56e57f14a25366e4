/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the stand-in for tt-kmd share; kmd_driver.c says what it is. */
#ifndef KMD_SIM_KMD_H
#define KMD_SIM_KMD_H

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/proc_fs.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/wait.h>

#include "compat.h"

#define TT_NAME			"tenstorrent"

struct net;
struct seq_file;

/**
 * struct tt_device - one chip
 * @dev: the class device; freed with it
 * @cdev: its node. An open file holds it and through it @dev, so needs no reference of its own.
 * @ordinal: the N of /dev/tenstorrent/N
 * @card_type: name of the board
 * @serial: serial number of the board
 * @asic_id: unique id of the chip, the same whenever it is bound
 * @uid: owner of the files in sysfs, for class_quirk=get_ownership
 * @net: network namespace, for class_quirk=ns_type
 * @traffic: what the performance counters count: how often they were read
 * @proc: /proc/driver/tenstorrent/N
 * @lock: protects @detached, @exclusive and @openers; settles open() against remove
 * @detached: the function is gone; nobody may open the node any more
 * @exclusive: the only opener used O_EXCL
 * @openers: the open files
 * @changed: for those who wait to open: @openers became empty, or @detached true
 */
struct tt_device {
	struct device dev;
	struct cdev cdev;
	int ordinal;
	const char *card_type;
	u64 serial;
	u64 asic_id;
	kuid_t uid;
	struct net *net;
	atomic_t traffic;
	struct proc_dir_entry *proc;
	spinlock_t lock;	/* of all that follows but @changed */
	bool detached;
	bool exclusive;
	struct list_head openers;
	wait_queue_head_t changed;
};

/* kmd_class.c */
extern struct class tt_class;
extern const struct attribute_group *tt_groups[];
int tt_add_quirk(void);

/* kmd_node.c */
extern const struct file_operations tt_fops;
int tt_pids_show(struct seq_file *seq, void *v);

/* kmd_driver.c */
void tt_class_release(TT_CONST struct class *class);

#endif
