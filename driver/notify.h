/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells userspace that a chip's figures have changed.
 */
#ifndef TTMEM_NOTIFY_H
#define TTMEM_NOTIFY_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "events.h"

struct kernfs_node;
struct ttmem_chip;

/**
 * struct ttmem_notifier - a chip's part of it
 * @node: in the list of chips that have changed, if @dirty; under notify.c's lock
 * @dirty: bit 0: changed since its pollers were woken last
 * @stopped: nothing is told any more; under notify.c's lock
 * @stat: mem/stat, which is polled
 * @told: what uevents have said; under the books' lock
 * @uevents: sends them
 * @next_uevents: in jiffies, not before
 */
struct ttmem_notifier {
	struct list_head node;
	unsigned long dirty;
	bool stopped;
	struct kernfs_node *stat;
	struct ttmem_told told;
	struct delayed_work uevents;
	unsigned long next_uevents;
};

void ttmem_notifier_init(struct ttmem_notifier *notifier);
int ttmem_notifier_start(struct ttmem_chip *chip);
void ttmem_notifier_stop(struct ttmem_chip *chip);
void ttmem_notify(struct ttmem_chip *chip);
void ttmem_notify_events(struct ttmem_chip *chip);
void ttmem_notify_exit(void);

#endif /* TTMEM_NOTIFY_H */
