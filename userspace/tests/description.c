// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads cluster descriptors that are written in a test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "description.h"

const char block[] =
	"arch:\n"
	"  4: wormhole_b0\n"
	"  0: wormhole_b0\n"
	"  1: Wormhole\n"
	"  2: WORMHOLE_B0\n"
	"  3: wormhole_b0\n"
	"chips:\n"
	"  {}\n"
	"chip_unique_ids:\n"
	"  2: 14521741400\n"
	"  3: 0xffffffffffffffff\n"
	"  4: 14521741402\n"
	"ethernet_connections:\n"
	"  -\n"
	"    - chip: 3\n"
	"      chan: 8\n"
	"    - chip: 0\n"
	"      chan: 0\n"
	"  -\n"
	"    - chip: 4\n"
	"      chan: 6\n"
	"    - chip: 3\n"
	"      chan: 6\n"
	"    - routing_enabled: true\n"
	"  -\n"
	"    - chip: 1\n"
	"      chan: 8\n"
	"    - chip: 2\n"
	"      chan: 0\n"
	"chips_with_mmio:\n"
	"  - 0: 3\n"
	"  - 1: 0\n"
	"io_device_type: PCIe\n"
	"harvesting:\n"
	"  0: {noc_translation: true, harvest_mask: 0x220, dram_harvesting_mask: 0}\n"
	"  1: {noc_translation: true, harvest_mask: 65}\n"
	"  2: {noc_translation: true, harvest_mask: 5}\n"
	"  3: {noc_translation: true, harvest_mask: 0}\n"
	"  4: {noc_translation: true, harvest_mask: 512}\n"
	"chip_pci_bdfs:\n"
	"  0: 0000:01:00.0\n"
	"  1: \"10000:C1:1f.7\"\n";

struct descriptor descriptor;
struct problem problem;

bool read_bytes(const char *text, size_t length)
{
	FILE *file = fmemopen((void *)text, length, "r");
	bool ok;

	assert_non_null(file);
	memset(&problem, 0, sizeof(problem));
	ok = descriptor_read(&descriptor, file, &problem) &&
	     descriptor_route(&descriptor, &problem);
	fclose(file);
	return ok;
}

void read_text(const char *text)
{
	if (!read_bytes(text, strlen(text)))
		fail_msg("%zu:%zu: %s", problem.at.line, problem.at.column, problem.text);
}

void refuse(const char *text, const char *expected)
{
	char told[256];

	if (read_bytes(text, strlen(text)))
		fail_msg("taken instead of %s", expected);
	snprintf(told, sizeof(told), "%zu:%zu: %s", problem.at.line, problem.at.column,
		 problem.text);
	assert_string_equal(told, expected);
	descriptor_free(&descriptor);
}

void refuse_with(const char *part, const char *by, const char *expected)
{
	const char *at = strstr(block, part);
	char text[2 * sizeof(block)];

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - block), block, by, at + strlen(part));
	refuse(text, expected);
}
