/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a call must be refused for. A call may have several faults, and the documents do not say
 * which one is found first: so these are sets of errors, and empty if the call must be accepted.
 */
#ifndef RULES_H
#define RULES_H

#include "world.h"

typedef unsigned __int128 errors;

#define ERROR(number)	((errors)1 << (number))

/* Clears what is to be ignored in the geometry. */
errors geometry_faults(const struct arch *arch, struct ttmem_geometry *geometry);

struct limits limits_of(const struct client *client, __u32 chip, int pool);

/* Of a report's entry; fills in what it says of the pool. */
errors shape_faults(struct shape *shape, const struct ttmem_report_entry *entry,
		    struct limits limits);

/* Of what is allocated, by a report or a page. */
errors figures_faults(const struct shape *shape, __u64 allocated, __u64 largest_free);

errors report_faults(const struct client *client, const struct ttmem_report_entry *entries,
		     unsigned int nr);
errors page_faults(const struct shape *shape, const struct ttmem_page_figures *figures);

/* Bytes of one memory. */
__u64 l1_bytes(const struct ttmem_geometry *geometry);
__u64 dram_bytes(const struct ttmem_geometry *geometry);

/* Do two declarations agree? An id that is not known agrees with every other. */
int geometries_agree(const struct ttmem_geometry *a, const struct ttmem_geometry *b);

#endif /* RULES_H */
