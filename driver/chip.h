/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A chip: the device ttN, and the books that it shows.
 */
#ifndef TTMEM_CHIP_H
#define TTMEM_CHIP_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>
#include <linux/ttmem.h>

#include "compat.h"
#include "ledger.h"

/**
 * struct ttmem_chip - one chip, local or remote
 * @dev: the device; the structure lives until its last reference goes
 * @gateway: the PCI function through which it is reached
 * @ledger: its books, under &ttmem_gateway.books_lock
 */
struct ttmem_chip {
	struct device dev;
	struct ttmem_gateway *gateway;
	struct ttmem_ledger ledger;
};

/**
 * struct ttmem_gateway - a PCI function of tt-kmd, and the chips that are reached through it
 * @local: the chip that the function is itself; its last reference frees all of this
 * @cdev: /dev/ttmem/ttN
 * @ordinal: tt-kmd's number, N
 * @pci_vendor: PCI vendor id
 * @pci_device: PCI device id
 * @calls: read-held by each call while it works, write-held to set @gone: a call either is over
 *	before the chip is retired, or it sees that it is. Never taken by a show(), for device_del()
 *	waits for those, and never held while user memory is copied, for a page that does not come
 *	would hold up tt-kmd's unbind.
 * @gone: retired; the class and the parent of the device belong to a driver that may have left
 * @books_lock: leaf; covers the ledgers of all chips of the gateway, so that one report changes
 *	all of them at once and each read of figures sees one state
 * @users: number of clients by user id; client.c covers it
 * @clients: number of clients; client.c covers it
 */
struct ttmem_gateway {
	struct ttmem_chip local;
	struct cdev cdev;
	unsigned int ordinal;
	u16 pci_vendor;
	u16 pci_device;
	struct rw_semaphore calls;
	bool gone;
	spinlock_t books_lock;	/* leaf: see above */
	struct xarray users;
	unsigned int clients;
};

static inline struct ttmem_chip *to_ttmem_chip(struct device *dev)
{
	return container_of(dev, struct ttmem_chip, dev);
}

/**
 * struct ttmem_function - what a chip is made from
 * @class: tt-kmd's class
 * @parent: tt-kmd's class device of the function
 * @ordinal: its number
 * @pci_vendor: PCI vendor id
 * @pci_device: PCI device id
 */
struct ttmem_function {
	TTMEM_CLASS_CONST struct class *class;
	struct device *parent;
	unsigned int ordinal;
	u16 pci_vendor;
	u16 pci_device;
};

int ttmem_chips_init(void);
void ttmem_chips_exit(void);
struct ttmem_gateway *ttmem_gateway_create(const struct ttmem_function *function);
void ttmem_gateway_retire(struct ttmem_gateway *gateway);

int ttmem_gateway_enter(struct ttmem_gateway *gateway);
void ttmem_gateway_leave(struct ttmem_gateway *gateway);
struct ttmem_chip *ttmem_gateway_chip(struct ttmem_gateway *gateway, u32 index);
void ttmem_gateway_reject(struct ttmem_gateway *gateway);

/* sysfs.c */
extern const struct attribute_group *ttmem_chip_groups[];
void ttmem_sysfs_init(void);

/* chardev.c */
extern const struct file_operations ttmem_fops;

#endif /* TTMEM_CHIP_H */
