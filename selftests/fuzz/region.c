// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region of tt-metal: an input is a unique id, and then what is written over a region of layout 4
 * with a process in each slot: offset, number of bytes, and those. Whatever comes out, nothing of
 * it is made up: slots are those with a pid, in order, with the bytes that they have.
 */
#include <stdbool.h>
#include <string.h>
#include <linux/ttmem.h>

#include "input.h"
#include "region.h"
#include "../../userspace/tests/region_layout.h"

static struct layout layout;

static void set_up(uint64_t uid)
{
	unsigned int i;

	memset(&layout, 0, sizeof(layout));
	layout.version = 4;
	layout.asic = uid;
	layout.init = LAYOUT_READY;
	for (i = 0; i < LAYOUT_SLOTS; i++) {
		layout.slots[i].pid = i;
		layout.slots[i].l1 = i << 20;
	}
}

static void write_over(struct input *input)
{
	uint8_t *bytes = (uint8_t *)&layout;
	unsigned int at, nr;

	while (input->at < input->end) {
		at = take(input, 2) % sizeof(layout);
		for (nr = take(input, 1) % 9; nr > 0; nr--)
			bytes[at++ % sizeof(layout)] = take(input, 1);
	}
}

static bool is_twice(int32_t pid)
{
	unsigned int i, nr = 0;

	for (i = 0; i < LAYOUT_SLOTS; i++)
		nr += layout.slots[i].pid == pid;
	return nr > 1;
}

static void check_slots(const struct region *region)
{
	const struct region_slot *slot = region->slots;
	const struct layout_slot *from;
	unsigned int i;

	for (i = 0; i < LAYOUT_SLOTS; i++) {
		from = &layout.slots[i];
		if (!from->pid)
			continue;
		CHECK(slot < region->slots + region->nr && slot->number == i);
		CHECK(slot->pid == from->pid && slot->twice == is_twice(from->pid));
		CHECK(slot->used[TTMEM_POOL_L1] == from->l1);
		CHECK(slot->used[TTMEM_POOL_L1_SMALL] == from->l1_small);
		CHECK(slot->used[TTMEM_POOL_CB] == from->cb);
		CHECK(slot->used[TTMEM_POOL_DRAM] == from->dram);
		CHECK(slot->used[TTMEM_POOL_TRACE] == from->trace);
		CHECK(slot->updated_ns == from->time);
		CHECK(!strncmp(slot->name, from->name, sizeof(from->name)));
		CHECK(strlen(slot->name) <= sizeof(from->name));
		slot++;
	}
	CHECK(slot == region->slots + region->nr);
}

static void check_name(uint64_t uid)
{
	char name[REGION_NAME];
	uint64_t again;

	region_name(name, uid);
	CHECK(region_parse_name(name, &again) && again == uid);
}

/* The input itself as a name: if it is one, it is the only one of this chip. */
static void check_any_name(const uint8_t *data, size_t size)
{
	char name[64], again[REGION_NAME];
	uint64_t uid;

	size = size < sizeof(name) - 1 ? size : sizeof(name) - 1;
	memcpy(name, data, size);
	name[size] = '\0';
	if (!region_parse_name(name, &uid))
		return;
	region_name(again, uid);
	CHECK(!strcmp(name, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, data + size };
	static struct region region;
	enum region_state state;
	uint64_t uid;

	check_any_name(data, size);
	uid = take(&input, 8);
	check_name(uid);
	set_up(uid);
	write_over(&input);
	state = region_parse(&region, &layout, uid);
	CHECK(region.layout == layout.version);
	CHECK(region_explain(state));
	if (state == REGION_READY) {
		CHECK(layout.version >= 2 && layout.version <= 4 && layout.asic == uid);
		CHECK(layout.version < 4 || layout.init == LAYOUT_READY);
		check_slots(&region);
	} else {
		CHECK(state == REGION_NEW || state == REGION_LAYOUT || state == REGION_OTHER);
		CHECK(!region.nr);
	}
	return 0;
}
