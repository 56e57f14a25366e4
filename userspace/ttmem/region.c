// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bytes of a region mean. Layouts 2, 3 and 4 have the same fields in the same places; 4
 * has one more, which tells when the others are set. Layout 1 knew chips by another id.
 *
 * The totals of a region are not looked at: they count what processes held that were killed, and
 * say of nobody whose bytes they are.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/ttmem.h>

#include "region.h"

#define PREFIX		"tt_device_"
#define SUFFIX		"_memory"

#define LAYOUT_FIRST	2
#define LAYOUT_LAST	4
#define INIT_READY	0x52454459u

/* Offsets in a region, and in a slot. */
#define AT_LAYOUT	0
#define AT_UID		32
#define AT_INIT		8536
#define SLOT_PID	0
#define SLOT_POOLS	8
#define SLOT_UPDATED	48
#define SLOT_NAME	56

/* In the order of a slot. */
static const enum ttmem_pool pools[REGION_POOLS] = {
	TTMEM_POOL_DRAM, TTMEM_POOL_L1, TTMEM_POOL_L1_SMALL, TTMEM_POOL_TRACE, TTMEM_POOL_CB,
};

static uint32_t get32(const unsigned char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const unsigned char *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return le64toh(value);
}

void region_name(char name[REGION_NAME], uint64_t uid)
{
	snprintf(name, REGION_NAME, PREFIX "%llu" SUFFIX, (unsigned long long)uid);
}

/* The id is written in one way only, so that no two names are the same chip's. */
bool region_parse_name(const char *name, uint64_t *uid)
{
	char again[REGION_NAME];

	if (strncmp(name, PREFIX, strlen(PREFIX)))
		return false;
	*uid = strtoull(name + strlen(PREFIX), NULL, 10);
	region_name(again, *uid);
	return !strcmp(name, again);
}

static void parse_slot(struct region_slot *slot, const unsigned char *bytes)
{
	size_t i;

	slot->pid = (int32_t)get32(bytes + SLOT_PID);
	slot->twice = false;
	for (i = 0; i < REGION_POOLS; i++)
		slot->used[pools[i]] = get64(bytes + SLOT_POOLS + 8 * i);
	slot->updated_ns = get64(bytes + SLOT_UPDATED);
	memcpy(slot->name, bytes + SLOT_NAME, sizeof(slot->name) - 1);
	slot->name[sizeof(slot->name) - 1] = '\0';
}

static void mark_twice(struct region *region)
{
	struct region_slot *slot = &region->slots[region->nr - 1];
	size_t i;

	for (i = 0; i + 1 < region->nr; i++) {
		if (region->slots[i].pid != slot->pid)
			continue;
		region->slots[i].twice = true;
		slot->twice = true;
	}
}

/**
 * region_parse - what a region says
 * @region: filled in; without slots if it is not ready
 * @bytes: REGION_BYTES of a file of that size
 * @uid: unique id of the chip in its name
 *
 * Return: REGION_READY, _NEW, _LAYOUT or _OTHER.
 */
enum region_state region_parse(struct region *region, const void *bytes, uint64_t uid)
{
	const unsigned char *all = bytes;
	unsigned int number;

	region->layout = get32(all + AT_LAYOUT);
	region->nr = 0;
	if (!region->layout)
		return REGION_NEW;
	if (region->layout < LAYOUT_FIRST || region->layout > LAYOUT_LAST)
		return REGION_LAYOUT;
	if (region->layout >= 4 && get32(all + AT_INIT) != INIT_READY)
		return REGION_NEW;
	if (get64(all + AT_UID) != uid)
		return REGION_OTHER;

	for (number = 0; number < REGION_SLOTS; number++) {
		if (!get32(all + REGION_SLOT_AT(number)))
			continue;
		region->slots[region->nr].number = number;
		parse_slot(&region->slots[region->nr++], all + REGION_SLOT_AT(number));
		mark_twice(region);
	}
	return REGION_READY;
}

const char *region_explain(enum region_state state)
{
	static const char *const reasons[] = {
		[REGION_READY] = "ready",
		[REGION_GONE] = "it is gone",
		[REGION_NEW] = "it is not set up yet",
		[REGION_UNREADABLE] = "it cannot be read",
		[REGION_NO_FILE] = "it is not a regular file",
		[REGION_NO_SHM] = "it is not on a tmpfs",
		[REGION_WRITABLE] = "others than its owner may write to it",
		[REGION_SHORT] = "it is cut off",
		[REGION_LONG] = "it is too long",
		[REGION_LAYOUT] = "its layout is not known",
		[REGION_OTHER] = "it is about another chip than its name",
	};

	return reasons[state];
}
