/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is measured: a client of a gateway, and what it says. Whatever fails ends the program.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <linux/ttmem.h>

#define POOLS		5
#define REMOTES		(TTMEM_MAX_CHIPS - 1)

/* A report of any pools of any chips of a gateway. */
struct words {
	struct ttmem_report head;
	struct ttmem_report_entry entries[TTMEM_MAX_CHIPS * POOLS];
};

int client_open(unsigned int gateway);
void client_geometry(int fd, struct ttmem_geometry *geometry);
void client_declare(int fd);
void client_declare_remotes(int fd, unsigned int gateway);

void words_make(struct words *words, int fd, unsigned int chips, unsigned int pools, int variant);
void client_say(int fd, const struct words *words);
void client_say_all(int fd, unsigned int chips);

/* A pool of the client's ledger page, which has it mapped from now on; NULL if there are none. */
struct ttmem_page_pool *client_map(int fd, unsigned int pool);
void client_unmap(struct ttmem_page_pool *pool);

int attribute_open(unsigned int gateway, const char *file);
void *allocate(unsigned long size);

#endif /* CLIENT_H */
