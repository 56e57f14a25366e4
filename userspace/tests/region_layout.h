/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region of tt-metal as a compiler lays it out: tests do not count offsets as what they test
 * does.
 */
#ifndef TTMEM_TESTS_REGION_LAYOUT_H
#define TTMEM_TESTS_REGION_LAYOUT_H

#include <stdint.h>

#define LAYOUT_SLOTS	64
#define LAYOUT_READY	0x52454459u
#define LAYOUT_UNUSED	UINT32_MAX

struct layout_slot {
	int32_t pid;
	uint64_t dram;
	uint64_t l1;
	uint64_t l1_small;
	uint64_t trace;
	uint64_t cb;
	uint64_t time;
	char name[64];
};

struct layout_chip {
	uint32_t id;
	uint32_t remote;
	uint64_t used[5];
};

struct layout {
	uint32_t version;
	uint32_t processes;
	uint64_t time;
	uint32_t references;
	uint64_t board;
	uint64_t asic;
	uint32_t device;
	uint64_t totals[5];
	struct layout_chip chips[16];
	struct layout_slot slots[LAYOUT_SLOTS];
	uint32_t init;
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct layout) == 8576, "size of a region");

#endif /* TTMEM_TESTS_REGION_LAYOUT_H */
