// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cluster descriptors: what is read from them, and what is refused and where.
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

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The least that a chip needs. */
#define N150	"arch: {0: wormhole_b0}\n" \
		"chips_with_mmio: [0: 0]\n" \
		"harvesting: {0: {harvest_mask: 1}}\n"

/* ---- what is read -------------------------------------------------------------------------- */

static void test_block_style(void **state)
{
	const struct descriptor_chip *chips;
	size_t i;

	(void)state;
	read_text(block);
	chips = descriptor.chips;
	assert_int_equal(descriptor.nr_chips, 5);
	for (i = 0; i < descriptor.nr_chips; i++) {
		assert_int_equal(chips[i].logical, i);
		assert_string_equal(chips[i].arch->name, "wormhole_b0");
		assert_int_equal(is_said(&chips[i].device), i < 2);
		assert_int_equal(is_said(&chips[i].address), i < 2);
		assert_int_equal(is_said(&chips[i].uid), i >= 2);
	}
	assert_int_equal(chips[0].device.value, 3);
	assert_int_equal(chips[1].device.value, 0);
	assert_int_equal(chips[0].harvest_mask.value, 0x220);
	assert_int_equal(chips[0].harvest_mask.at.line, 35);
	assert_int_equal(chips[0].harvest_mask.at.column, 44);
	assert_true(is_said(&chips[0].dram_mask) && !is_said(&chips[1].dram_mask));
	assert_true(chips[3].uid.value == UINT64_MAX);
	assert_true(chips[0].address.value == 0x100);
	assert_true(chips[1].address.value == (0x10000ULL << 16 | 0xc100 | 0xff));
	descriptor_free(&descriptor);
}

static void test_flow_style(void **state)
{
	(void)state;
	read_text("# by hand\n"
		  "arch: {\n   0: Wormhole,\n   1: Wormhole,\n}\n"
		  "chip_unique_ids: {0: 7, 1: 8}\n"
		  "ethernet_connections: [\n   [{chip: 0, chan: 8}, {chip: 1, chan: 0}],\n]\n"
		  "chips_with_mmio: [\n   0: 2,\n]\n"
		  "harvesting: {0: {harvest_mask: 65}, 1: {harvest_mask: 5}}\n"
		  "boards: [[{board_id: 1}, {board_type: n300}, {chips: [0,1]}]]\n");
	assert_int_equal(descriptor.nr_chips, 2);
	assert_int_equal(descriptor.chips[0].device.value, 2);
	assert_ptr_equal(descriptor.chips[1].gateway, &descriptor.chips[0]);
	assert_int_equal(descriptor.chips[1].uid.value, 8);
	descriptor_free(&descriptor);
}

/* Keys without values, keys of later versions, chips that are their own numbers, JSON. */
static void test_what_may_be_missing(void **state)
{
	static const char *const texts[] = {
		"arch: {0: wormhole_b0}\nharvesting: {0: {harvest_mask: 1}}\nchips_with_mmio: [0]\n",
		"arch: {0: wormhole_b0}\nchips_with_mmio: [0: 0]\nchip_unique_ids:\n"
		"ethernet_connections: ~\nboards: null\nchip_pci_bdfs:\n"
		"harvesting: {0: {harvest_mask: 1, dram_harvesting_mask: }}\n",
		N150 "future: &a [*a, {x: 1, x: 1}, !!set {0: , y: }]\nharvesting_too: 1\n",
		"{\"arch\": {\"0\": \"wormhole_b0\"}, \"chips_with_mmio\": [{\"0\": 0}],\n"
		"\"harvesting\": {\"0\": {\"harvest_mask\": 1}}}",
		"\xef\xbb\xbf%YAML 1.1\n---\n" N150 "...\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		read_text(texts[i]);
		assert_int_equal(descriptor.nr_chips, 1);
		assert_int_equal(descriptor.chips[0].harvest_mask.value, 1);
		assert_int_equal(descriptor.chips[0].device.value, 0);
		descriptor_free(&descriptor);
	}
}

static void test_pci_addresses(void **state)
{
	static const char *const bad[] = {
		"", "0", "01:00.0", "0000:01:00", "0000:01:00.8", "0000:01:20.0", "0000:100:00.0",
		"0000:01:00.0 ", " 0000:01:00.0", "0000:01:00.00", "0000:+1:00.0", "0x00:01:00.0",
		"123456789:01:00.0", "0000:01:00.0:", "::.", "0000:01:00.g",
	};
	uint64_t address = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(pci_address_parse(bad[i], &address));
	assert_true(pci_address_parse("1e52:00:03.0", &address));
	assert_true(address == (0x1e52ULL << 16 | 3 << 3));
	assert_true(pci_address_parse("ffffffff:ff:1f.7", &address));
	assert_true(address == 0xffffffffffffULL);
}

/* ---- what is refused ----------------------------------------------------------------------- */

static void test_syntax(void **state)
{
	static const char control[] = "arch:\n  0: worm\x01hole\n";
	static const char nul[] = "arch: {0: \"wormhole_b0\\0x\"}\n";

	(void)state;
	refuse(" ", "1:1: nothing in it");
	refuse("# nothing\n", "1:1: nothing in it");
	refuse("arch: {0: wormhole_b0\n",
	       "2:1: did not find expected ',' or '}' while parsing a flow mapping");
	refuse("arch:\n  0: wormhole_b0\n 1: wormhole_b0\n",
	       "3:2: did not find expected key while parsing a block mapping");
	refuse("arch:\n\t0: wormhole_b0\n",
	       "2:1: found character that cannot start any token while scanning for the next token");
	refuse("arch: *chips\n", "1:7: found undefined alias");
	refuse(control, "2:10: control characters are not allowed");
	refuse("arch: {0: wormhole_b0}\n\xff\xfe\n", "2:1: invalid leading UTF-8 octet");
	refuse(nul, "1:11: neither wormhole_b0 nor blackhole");
	refuse(N150 "---\narch: {0: wormhole_b0}\n", "5:1: a second document in one file");
	refuse(N150 "---\n]\n",
	       "5:1: did not find expected node content while parsing a block node");
}

static void test_read_error(void **state)
{
	FILE *file = fopen("/", "r");

	(void)state;
	assert_non_null(file);
	assert_false(descriptor_read(&descriptor, file, &problem));
	assert_string_equal(problem.text, "Is a directory");
	assert_int_equal(problem.at.line, 0);
	fclose(file);
	descriptor_free(&descriptor);
}

static void test_not_a_descriptor(void **state)
{
	(void)state;
	refuse("[arch, harvesting]\n", "1:1: not a cluster descriptor: not a map");
	refuse("arch\n", "1:1: not a cluster descriptor: not a map");
	refuse("\nharvesting: {}\n", "2:1: not a cluster descriptor: arch names no chip");
	refuse("arch: {}\n", "1:7: not a cluster descriptor: arch names no chip");
	refuse("arch: [0]\n", "1:7: not a map by numbers of chips");
	refuse("arch: wormhole_b0\n", "1:7: not a map by numbers of chips");
	refuse("arch: {0: quasar}\n",
	       "1:11: neither wormhole_b0 nor blackhole");
	refuse("arch: {0: [blackhole]}\n",
	       "1:11: neither wormhole_b0 nor blackhole");
	refuse_with("chip_unique_ids:\n", "chip_unique_ids: []\nx:\n",
		    "9:18: not a map by numbers of chips");
	refuse_with("harvesting:\n", "harvesting: 4\nx:\n", "34:13: not a map by numbers of chips");
	refuse_with("4: {noc_translation: true, harvest_mask: 512}", "4: 512",
		    "39:6: not a map of masks");
	refuse_with("chips_with_mmio:\n", "chips_with_mmio: 0\nx:\n", "30:18: not a list");
	refuse_with("io_device_type: PCIe\n", "boards: {}\n", "33:9: not a list");
	refuse_with("io_device_type: PCIe\n", "boards: [[7]]\n", "33:11: not a map");
	refuse_with("io_device_type: PCIe\n", "boards: [[chips: 7]]\n", "33:18: not a list");
	refuse_with("    - chip: 3\n      chan: 8\n", "", "15:5: not a link of two chips");
	refuse_with("chip: 3\n", "chop: 3\n", "15:7: not an end of a link: it has no chip");
	refuse_with("chip: 3\n", "chip:\n", "15:7: not an end of a link: it has no chip");
}

static void test_numbers(void **state)
{
	static const char *const masks[] = {
		"-1", "+1", "4294967296", "0x100000000", "0x", "0b11", "010", "1.0", "1e3", "1_0",
		"one", "'1 '", "\"\"", "[1]", "{1: 1}", "18446744073709551616", "0x1g", "1:30",
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		snprintf(text, sizeof(text), "arch: {0: blackhole}\nchips_with_mmio: [0: 0]\n"
			 "harvesting:\n  0:\n    harvest_mask: %s\n    dram_harvesting_mask: 0\n",
			 masks[i]);
		refuse(text, "5:19: harvest_mask is not a number of 32 bits");
	}
	refuse_with("14521741402", "18446744073709551616",
		    "12:6: unique id is not a number of 64 bits");
	refuse_with("14521741402", "0", "12:6: 0 is nobody's unique id");
	refuse_with("- 0: 3", "- 0: 2147483648",
		    "31:8: number on PCI is not a number of 31 bits");
	refuse_with("  4: worm", "  -4: worm", "2:3: a chip's number is not a number of 32 bits");
	refuse_with("0000:01:00.0", "01:00.0", "41:6: not a PCI address");
	refuse_with("dram_harvesting_mask: 0", "dram_harvesting_mask: no",
		    "35:73: dram_harvesting_mask is not a number of 32 bits");
}

static void test_duplicates(void **state)
{
	(void)state;
	refuse_with("  3: wormhole_b0\n", "  3: wormhole_b0\n  1: wormhole_b0\n",
		    "7:3: chip 1 twice");
	refuse_with("io_device_type: PCIe\n", "arch:\n", "33:1: arch twice");
	refuse_with("  3: 0xff", "  2: 0xff", "11:6: unique id of chip 2 twice");
	refuse_with("  - 1: 0", "  - 0: 0", "32:8: number on PCI of chip 0 twice");
	refuse_with("  4: {noc", "  2: {noc", "39:6: harvesting of chip 2 twice");
	refuse_with("harvest_mask: 512", "harvest_mask: 5, harvest_mask: 512",
		    "39:47: harvest_mask twice");
	refuse_with("  1: \"10000", "  0: \"10000", "42:6: PCI address of chip 0 twice");
	refuse_with("io_device_type: PCIe\n", "boards: [[chips: [0, 2]], [chips: [1, 2]]]\n",
		    "33:39: chip 2 is on two boards");
	refuse_with("14521741402", "14521741400", "12:6: chips 2 and 4 have the same unique id");
	refuse_with("- 1: 0", "- 1: 3", "32:8: chips 0 and 1 have the same number on PCI");
	refuse_with("\"10000:C1:1f.7\"", "0:1:0.0",
		    "42:6: chips 0 and 1 have the same PCI address");
}

static void test_chips_that_are_not(void **state)
{
	(void)state;
	refuse_with("  3: 0xff", "  7: 0xff", "11:3: arch has no chip 7");
	refuse_with("chip: 3\n", "chip: 9\n", "15:13: arch has no chip 9");
	refuse_with("- 1: 0", "- 5: 0", "32:5: arch has no chip 5");
	refuse_with("  4: {noc", "  6: {noc", "39:3: arch has no chip 6");
	refuse_with("  1: \"10000", "  8: \"10000", "42:3: arch has no chip 8");
	refuse_with("io_device_type: PCIe\n", "boards: [[chips: [0, 12]]]\n",
		    "33:22: arch has no chip 12");
}

static void test_impossible_masks(void **state)
{
	static const char p150[] = "arch: {0: blackhole}\nchips_with_mmio: [0: 0]\n"
				   "harvesting: {0: {harvest_mask: %s}}\n";
	char text[256];
	size_t i;
	static const struct {
		const char *masks;
		const char *expected;
	} cases[] = {
		{ "0x3fff, dram_harvesting_mask: 0", "3:32: no Tensix core is left of chip 0" },
		{ "0xffffffff, dram_harvesting_mask: 0", "3:32: no Tensix core is left of chip 0" },
		{ "192, dram_harvesting_mask: 255", "3:59: no DRAM is left of chip 0" },
		{ "192, dram_harvesting_mask: 256", "3:59: DRAM that a blackhole cannot lose" },
		{ "192",
		  "3:17: chip 0 has no dram_harvesting_mask: what DRAM is left of it?" },
	};

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), p150, cases[i].masks);
		refuse(text, cases[i].expected);
	}
	refuse_with("harvest_mask: 512", "harvest_mask: 1023",
		    "39:44: no Tensix core is left of chip 4");
	refuse_with("harvest_mask: 65", "harvest_mask: 65, dram_harvesting_mask: 1",
		    "36:70: DRAM that a wormhole_b0 cannot lose");
	refuse_with(", harvest_mask: 5}", "}",
		    "37:6: chip 2 has no harvest_mask: what cores are left of it?");
	refuse_with("  2: {noc_translation: true, harvest_mask: 5}\n", "",
		    "5:3: chip 2 has no harvest_mask: what cores are left of it?");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block_style),
		cmocka_unit_test(test_flow_style),
		cmocka_unit_test(test_what_may_be_missing),
		cmocka_unit_test(test_pci_addresses),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_read_error),
		cmocka_unit_test(test_not_a_descriptor),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_chips_that_are_not),
		cmocka_unit_test(test_impossible_masks),
	};

	return cmocka_run_group_tests_name("descriptor", tests, NULL, NULL);
}
