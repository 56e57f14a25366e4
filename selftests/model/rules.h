/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a call must be refused for. A call may have several faults, and the documents do not say
 * which one is found first: so these are sets of errors, and empty if the call must be accepted.
 */
#ifndef RULES_H
#define RULES_H

#include <stddef.h>

#include "world.h"

/* The set of one error; nothing for one that no call has. */
__u32 fault(int number);

/* Their names. */
void faults_print(__u32 faults, char *text, size_t size);

/* Clears what is to be ignored in the geometry. */
__u32 geometry_faults(const struct arch *arch, struct ttmem_geometry *geometry);

struct limits limits_of(const struct client *client, __u32 chip, int pool);

/* Of a report's entry; fills in what it says of the pool. */
__u32 shape_faults(struct shape *shape, const struct ttmem_report_entry *entry,
		   struct limits limits);

/* Of what is allocated, by a report or a page. */
__u32 figures_faults(const struct shape *shape, __u64 allocated, __u64 largest_free);

__u32 report_faults(const struct client *client, const struct ttmem_report_entry *entries,
		    unsigned int nr);
__u32 page_faults(const struct shape *shape, const struct ttmem_page_figures *figures);

/* Bytes of one memory. */
__u64 l1_bytes(const struct ttmem_geometry *geometry);
__u64 dram_bytes(const struct ttmem_geometry *geometry);

/* Do two declarations agree? An id that is not known agrees with every other. */
int geometries_agree(const struct ttmem_geometry *a, const struct ttmem_geometry *b);

#endif /* RULES_H */
