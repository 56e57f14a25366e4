// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cluster descriptor: an input is the file. What is refused has a place within it; what is taken
 * are chips that can be, each of which has a gateway.
 */
#include <string.h>

#include "descriptor.h"
#include "input.h"

/* A die of an architecture: what is left of it is never nothing, and never more. */
static void check_geometry(const struct descriptor_chip *chip)
{
	const struct ttmem_geometry die = {
		.tensix_enabled = chip->arch->harvest_units * 10,
		.l1_core_bytes = 1,
		.dram_banks_enabled = 8,
		.dram_bank_bytes = 1,
	};
	struct ttmem_geometry left;

	descriptor_geometry(chip, &die, &left);
	CHECK(left.tensix_enabled && left.tensix_enabled <= die.tensix_enabled);
	CHECK(left.tensix_enabled % 10 == 0);
	CHECK(left.tensix_harvest_mask >> chip->arch->harvest_units == 0);
	CHECK(left.dram_banks_enabled && left.dram_banks_enabled <= die.dram_banks_enabled);
	CHECK(left.chip_uid == chip->uid.value);
}

static void check_chips(const struct descriptor *descriptor)
{
	const struct descriptor_chip *chip, *end = descriptor->chips + descriptor->nr_chips;

	CHECK(descriptor->nr_chips);
	for (chip = descriptor->chips; chip < end; chip++) {
		CHECK(chip == descriptor->chips || chip[-1].logical < chip->logical);
		CHECK(descriptor_find(descriptor, chip->logical) == chip);
		CHECK(is_said(&chip->uid) == !!chip->uid.value);
		CHECK(chip->at.line && chip->at.column);
		check_geometry(chip);
	}
}

/* No link leads to a gateway that is nearer. */
static void check_routes(const struct descriptor *descriptor)
{
	const struct descriptor_chip *chip, *end = descriptor->chips + descriptor->nr_chips;
	struct descriptor_chip **ends;
	size_t i;

	for (chip = descriptor->chips; chip < end; chip++) {
		CHECK(chip->gateway && is_said(&chip->gateway->device));
		CHECK(chip->gateway->arch == chip->arch);
		CHECK(is_said(&chip->device) == (chip->gateway == chip));
		CHECK(!chip->hops == (chip->gateway == chip));
		CHECK(is_said(&chip->device) || is_said(&chip->uid));
	}
	for (i = 0; i < descriptor->nr_links; i++) {
		ends = descriptor->links[i].ends;
		CHECK(ends[0]->hops <= ends[1]->hops + 1 && ends[1]->hops <= ends[0]->hops + 1);
	}
}

static void check_problem(const struct problem *problem)
{
	CHECK(problem->at.line && problem->at.column);
	CHECK(*problem->text && strlen(problem->text) < sizeof(problem->text) - 1);
	CHECK(!strchr(problem->text, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem problem = {};
	struct descriptor descriptor;
	FILE *file;

	if (!size)
		return 0;
	file = fmemopen((void *)data, size, "r");
	CHECK(file);
	if (descriptor_read(&descriptor, file, &problem)) {
		check_chips(&descriptor);
		if (descriptor_route(&descriptor, &problem))
			check_routes(&descriptor);
		else
			check_problem(&problem);
		descriptor_drop_remote(&descriptor);
		CHECK(descriptor_route(&descriptor, &problem));
		check_routes(&descriptor);
	} else {
		check_problem(&problem);
	}
	descriptor_free(&descriptor);
	fclose(file);
	return 0;
}
