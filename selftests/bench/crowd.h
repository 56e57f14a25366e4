/* SPDX-License-Identifier: GPL-2.0-only */
/* Many clients of one chip, tt0. */
#ifndef CROWD_H
#define CROWD_H

#include <linux/ttmem.h>

#define CROWD_MAX	1000

/* How far its members have come, from its first to the last that did so. */
struct crowd {
	unsigned int open;
	unsigned int reported;
	unsigned int mapped;
	unsigned int round;
	int fds[CROWD_MAX];
	struct ttmem_page_pool *pools[CROWD_MAX];
};

void crowd_open(struct crowd *crowd, unsigned int size);
void crowd_report(struct crowd *crowd, unsigned int size);
int crowd_map(struct crowd *crowd, unsigned int size);
/* Each of those that have a page changes one pool in it. */
void crowd_update(struct crowd *crowd);
void crowd_leave(struct crowd *crowd);

#endif /* CROWD_H */
