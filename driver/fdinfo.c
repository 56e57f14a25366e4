// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/<pid>/fdinfo/<fd>: what a client holds, in the grammar that generic tools know from
 * graphics drivers. Keys of remote chips have a prefix of our own, so that nobody adds them to the
 * local one.
 */
#include <linux/seq_file.h>

#include "client.h"
#include "gateway.h"
#include "page.h"
#include "seat.h"

static void print_pool(struct seq_file *m, u32 index, int pool, u64 used)
{
	const char *name = ttmem_pools[pool].name;

	if (index == TTMEM_CHIP_LOCAL) {
		seq_printf(m, "drm-total-%s:\t%llu\n", name, used);
		seq_printf(m, "drm-resident-%s:\t%llu\n", name, used);
	} else {
		seq_printf(m, "ttmem-r%u-total-%s:\t%llu\n", index, name, used);
		seq_printf(m, "ttmem-r%u-resident-%s:\t%llu\n", index, name, used);
	}
}

static void print_seat(struct seq_file *m, const struct ttmem_seat *seat)
{
	u64 used[TTMEM_NR_POOLS];
	bool gone;
	int pool;

	gone = !ttmem_chip_begin_look(seat->chip) || seat->left;
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		used[pool] = seat->account.pools[pool].held.used;
	ttmem_chip_end_look(seat->chip);
	for (pool = 0; pool < TTMEM_NR_POOLS && !gone; pool++)
		print_pool(m, seat->chip->index, pool, used[pool]);
}

/**
 * ttmem_client_fdinfo - print what a client holds
 * @client: the client; one that has said nothing yet has no number and no figures
 * @m: where to
 *
 * Context: may sleep.
 */
void ttmem_client_fdinfo(struct ttmem_client *client, struct seq_file *m)
{
	u32 index;

	seq_puts(m, "drm-driver:\tttmem\n");
	seq_printf(m, "drm-pdev:\t%s\n", client->gateway->pci_name);
	mutex_lock(&client->lock);
	if (client->bridge)
		seq_printf(m, "ttmem-owner:\t%d\n", ttmem_pid_shown(client->owner));
	if (client->id)
		seq_printf(m, "drm-client-id:\t%llu\n", client->id);
	for (index = 0; index < TTMEM_MAX_CHIPS; index++)
		if (client->seats[index])
			print_seat(m, client->seats[index]);
	mutex_unlock(&client->lock);
}
