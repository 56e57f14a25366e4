/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client: one open file of a chip's node. What it declares and reports ends with it.
 */
#ifndef TTMEM_CLIENT_H
#define TTMEM_CLIENT_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/ttmem.h>

struct ttmem_account;
struct ttmem_gateway;

/**
 * struct ttmem_client - one open file
 * @gateway: whose node it is; holds a reference
 * @lock: serialises the calls on this file: @accounts, and what is staged in them
 * @accounts: its side of the books, by index of the chip; NULL where it has said nothing yet
 * @id: its number, unique while the module is loaded; 0 before its first word
 * @uid: who opened it
 */
struct ttmem_client {
	struct ttmem_gateway *gateway;
	struct mutex lock;	/* serialises calls: see above */
	struct ttmem_account *accounts[TTMEM_MAX_CHIPS];
	u64 id;
	kuid_t uid;
};

struct ttmem_client *ttmem_client_create(struct ttmem_gateway *gateway);
void ttmem_client_destroy(struct ttmem_client *client);

int ttmem_client_query(struct ttmem_client *client, struct ttmem_query *query);
int ttmem_client_declare(struct ttmem_client *client, const struct ttmem_declare *declare);
int ttmem_client_report(struct ttmem_client *client, const struct ttmem_report_entry *entries,
			unsigned int nr_entries);

#endif /* TTMEM_CLIENT_H */
