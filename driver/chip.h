/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A chip: the device ttN or ttNrM, and the books that it shows.
 */
#ifndef TTMEM_CHIP_H
#define TTMEM_CHIP_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/ttmem.h>

#include "compat.h"
#include "ledger.h"
#include "notify.h"

struct pid;
struct ttmem_gateway;

/**
 * struct ttmem_chip - one chip, local or remote
 * @dev: the device; the structure lives until its last reference goes
 * @gateway: the PCI function through which it is reached
 * @index: 0 for the local chip, else M
 * @remote_uid: unique id of a remote chip, which is what it is known by
 * @creator: the user for whom a remote chip came into being
 * @gone: nothing can be read any more; under &ttmem_gateway.books_lock
 * @ledger: its books, under &ttmem_gateway.books_lock
 * @failure_pid: who had the last failure, under &ttmem_gateway.books_lock
 * @seats: clients that have a directory, under &ttmem_gateway.members_lock
 * @bridged: seats of clients that speak for another process; under &ttmem_gateway.books_lock
 * @clients_dir: clients/, where the directories of clients are
 * @notifier: tells of changes
 */
struct ttmem_chip {
	struct device dev;
	struct ttmem_gateway *gateway;
	u32 index;
	u64 remote_uid;
	kuid_t creator;
	bool gone;
	struct ttmem_ledger ledger;
	struct pid *failure_pid;
	struct list_head seats;
	struct list_head bridged;
	struct kobject *clients_dir;
	struct ttmem_notifier notifier;
};

static inline struct ttmem_chip *to_ttmem_chip(struct device *dev)
{
	return container_of(dev, struct ttmem_chip, dev);
}

void ttmem_chip_init(struct ttmem_chip *chip, struct ttmem_gateway *gateway,
		     const struct ttmem_arch_info *arch, const struct device_type *type);
int ttmem_chip_add(struct ttmem_chip *chip, TTMEM_CLASS_CONST struct class *class,
		   struct device *parent);
void ttmem_chip_announce(struct ttmem_chip *chip);
void ttmem_chip_del(struct ttmem_chip *chip);
void ttmem_chip_released(struct ttmem_chip *chip);
void ttmem_chips_wait(void);

/* sysfs.c */
extern const struct attribute_group *ttmem_chip_groups[];
void ttmem_sysfs_init(void);

#endif /* TTMEM_CHIP_H */
