/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A gateway: a PCI function of tt-kmd, its node, and the chips that are reached through it.
 */
#ifndef TTMEM_GATEWAY_H
#define TTMEM_GATEWAY_H

#include <linux/cdev.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "chip.h"
#include "compat.h"

#define TTMEM_RATES_BITS	4

/**
 * struct ttmem_function - what a gateway is made from
 * @class: tt-kmd's class
 * @parent: tt-kmd's class device of the function
 * @ordinal: its number
 * @pci_vendor: PCI vendor id
 * @pci_device: PCI device id
 * @pci_name: PCI address
 */
struct ttmem_function {
	TTMEM_CLASS_CONST struct class *class;
	struct device *parent;
	unsigned int ordinal;
	u16 pci_vendor;
	u16 pci_device;
	const char *pci_name;
};

/**
 * struct ttmem_gateway - a PCI function, and the chips that are reached through it
 * @local: the chip that the function is itself; its last reference frees all of this
 * @chips: by index, the local one first; written under both @members_lock and @books_lock
 * @cdev: /dev/ttmem/ttN
 * @ordinal: tt-kmd's number, N
 * @pci_vendor: PCI vendor id
 * @pci_device: PCI device id
 * @pci_name: PCI address
 * @calls: read-held by each call while it works, write-held to set @gone: a call either is over
 *	before the chips are retired, or it sees that they are. Never taken by a show(), for
 *	device_del() waits for those, and never held while user memory is copied, for a page that
 *	does not come would hold up tt-kmd's unbind.
 * @gone: retired; the class and the parent of the devices belong to a driver that may have left
 * @members_lock: covers which remote chips there are, and which clients have a directory. Never
 *	taken by a show().
 * @books_lock: covers the ledgers of all chips of the gateway, so that one report changes all of
 *	them at once and each read of figures sees one state; only notify.c's list lock is taken
 *	inside it
 * @dropped: seats that were dropped, whose directories are to go; under @books_lock
 * @hide_dropped: removes those directories, which a show() cannot do
 * @remote_rates: so many remote chips may come into being for a user in so much time; users share a
 *	few of these, for one of a user alone would have to outlive all of its clients
 * @users: number of clients by user id; users.c covers it
 * @clients: number of clients; users.c covers it
 */
struct ttmem_gateway {
	struct ttmem_chip local;
	struct ttmem_chip *chips[TTMEM_MAX_CHIPS];
	struct cdev cdev;
	unsigned int ordinal;
	u16 pci_vendor;
	u16 pci_device;
	char pci_name[24];
	struct rw_semaphore calls;
	bool gone;
	struct mutex members_lock;	/* settles what is there: see above */
	spinlock_t books_lock;		/* settles what is seen: see above */
	struct list_head dropped;
	struct work_struct hide_dropped;
	struct ratelimit_state remote_rates[1 << TTMEM_RATES_BITS];
	struct xarray users;
	unsigned int clients;
};

int ttmem_gateways_init(void);
void ttmem_gateways_exit(void);
struct ttmem_gateway *ttmem_gateway_create(const struct ttmem_function *function);
void ttmem_gateway_retire(struct ttmem_gateway *gateway);

void ttmem_gateway_reject(struct ttmem_gateway *gateway, int error);

/**
 * ttmem_gateway_enter - begin to work on a gateway's chips for a caller
 * @gateway: the gateway
 *
 * Context: may sleep; no user memory is touched until ttmem_gateway_leave().
 *
 * Return: 0, or -ENODEV if the gateway is retired.
 */
static inline int ttmem_gateway_enter(struct ttmem_gateway *gateway)
{
	down_read(&gateway->calls);
	if (!gateway->gone)
		return 0;
	up_read(&gateway->calls);
	return -ENODEV;
}

/**
 * ttmem_gateway_leave - end what ttmem_gateway_enter() began
 * @gateway: the gateway
 */
static inline void ttmem_gateway_leave(struct ttmem_gateway *gateway)
{
	up_read(&gateway->calls);
}

/* chardev.c */
extern const struct file_operations ttmem_fops;

#endif /* TTMEM_GATEWAY_H */
