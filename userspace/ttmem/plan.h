/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the chips of a descriptor to those of the machine: what is to be pinned, and pinning it.
 */
#ifndef TTMEM_PLAN_H
#define TTMEM_PLAN_H

#include <libttmem.h>

#include "descriptor.h"
#include "ttmem.h"

/**
 * struct target - a chip to be pinned
 * @chip: what the descriptor says of it
 * @handle: the node of its gateway; NULL if nothing is to be pinned
 * @die: what the whole die has
 * @geometry: what is to be pinned
 * @before: what was pinned before
 * @was_pinned: there is such a thing
 */
struct target {
	const struct descriptor_chip *chip;
	struct ttmem *handle;
	struct ttmem_geometry die;
	struct ttmem_geometry geometry;
	struct ttmem_geometry before;
	bool was_pinned;
};

/**
 * struct plan - what is to be pinned
 * @tree: the machine
 * @file: name of the descriptor, for messages
 * @targets: its chips, in the order of their logical numbers
 * @nr_targets: how many there are
 */
struct plan {
	const struct tree *tree;
	const char *file;
	struct target *targets;
	size_t nr_targets;
};

/* plan.c: these say on stderr what is wrong, and return an exit code */
int plan_make(struct plan *plan, const struct descriptor *descriptor, bool open_nodes);
int plan_pin(struct plan *plan);
int plan_print(const struct plan *plan);
void plan_free(struct plan *plan);

/* False, after a message, if a chip is not where the descriptor has it on PCI. */
bool plan_check_address(const struct tree *tree, const char *file,
			const struct descriptor_chip *chip);
/* A message with the place in the descriptor; nowhere is left out. */
void plan_warn(const char *file, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* What an errno of the driver means here. */
const char *plan_reason(int error);

static inline bool is_local(const struct descriptor_chip *chip)
{
	return chip->gateway == chip;
}

#endif /* TTMEM_PLAN_H */
