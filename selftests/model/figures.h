/* SPDX-License-Identifier: GPL-2.0-only */
/* What attributes have to read, as the world is. */
#ifndef FIGURES_H
#define FIGURES_H

#include "world.h"

#define FIGURES_MAX	128

/**
 * struct figure - one value
 * @name: of the attribute, and in stat
 * @known: it reads; otherwise ENODATA, and it is not in stat
 * @only_in_stat: it has no attribute of its own
 * @text: what it reads, or empty: a number
 * @low: the least that it may be
 * @high: the most
 * @learn: where to keep what it was, if that could not be foretold: two numbers
 */
struct figure {
	char name[40];
	int known, only_in_stat;
	char text[24];
	__u64 low, high;
	__u64 *learn[2];
};

struct figures {
	struct figure all[FIGURES_MAX];
	unsigned int nr;
};

void figures_of_chip(struct figures *figures, struct gateway *gateway, __u32 index);
void figures_of_seat(struct figures *figures, struct client *client, __u32 index);

#endif /* FIGURES_H */
