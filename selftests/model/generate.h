/* SPDX-License-Identifier: GPL-2.0-only */
/* Chooses steps, as a seed will have it: most of them make sense as the world is. */
#ifndef GENERATE_H
#define GENERATE_H

#include "step.h"

#define PLAN_MAX	16

struct generator {
	__u64 state;
	struct step plan[PLAN_MAX];	/* steps that come next, the last one first */
	unsigned int planned;
};

void generate_begin(struct generator *generator, __u64 seed);
void generate_step(struct generator *generator, struct step *step);

#endif /* GENERATE_H */
