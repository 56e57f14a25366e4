// SPDX-License-Identifier: GPL-2.0-only
/*
 * What follows from a cluster descriptor: the gateway of each chip, and its capacity.
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

#define BOARDS		"../selftests/data/boards.tsv"

static const struct ttmem_geometry wormhole = {
	.tensix_enabled = 80,
	.l1_core_bytes = 1499136,
	.dram_banks_enabled = 12,
	.dram_bank_bytes = 1ULL << 30,
};

static const struct ttmem_geometry blackhole = {
	.tensix_enabled = 140,
	.l1_core_bytes = 1572864,
	.dram_banks_enabled = 8,
	.dram_bank_bytes = 1ULL << 32,
};

/* ---- gateways ------------------------------------------------------------------------------ */

/* So many Wormholes, those below @local on PCI; sets @problem. */
static void read_mesh(unsigned int nr, unsigned int local, const char *links)
{
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	unsigned int i;

	assert_non_null(file);
	fputs("arch:\n", file);
	for (i = 0; i < nr; i++)
		fprintf(file, "  %u: wormhole_b0\n", i);
	fputs("chip_unique_ids:\n", file);
	for (i = 0; i < nr; i++)
		fprintf(file, "  %u: %u\n", i, i + 100);
	fputs("harvesting:\n", file);
	for (i = 0; i < nr; i++)
		fprintf(file, "  %u: {harvest_mask: 0}\n", i);
	fputs("chips_with_mmio:\n", file);
	for (i = 0; i < local; i++)
		fprintf(file, "  - %u: %u\n", i, i);
	fputs(links, file);
	fclose(file);
	if (read_bytes(text, size))
		assert_string_equal(problem.text, "");
	else
		assert_string_not_equal(problem.text, "");
	free(text);
}

static unsigned int gateway_of(unsigned int chip)
{
	return descriptor.chips[chip].gateway->logical;
}

#define LINK(a, b)	"[{chip: " #a "}, {chip: " #b "}], "

static void test_gateways(void **state)
{
	size_t i;

	(void)state;
	/* A line with a chip on PCI at each end: the one in the middle goes to the lower number. */
	read_mesh(5, 2,
		  "ethernet_connections: [" LINK(1, 4) LINK(4, 3) LINK(3, 2) LINK(2, 0) "]\n");
	assert_string_equal(problem.text, "");
	assert_int_equal(gateway_of(0), 0);
	assert_int_equal(gateway_of(1), 1);
	assert_int_equal(gateway_of(2), 0);
	assert_int_equal(gateway_of(3), 0);
	assert_int_equal(gateway_of(4), 1);
	assert_int_equal(descriptor.chips[3].hops, 2);
	descriptor_free(&descriptor);

	/* Links win against boards; a board is what is left, and links go on from there. */
	read_mesh(6, 2, "ethernet_connections: [" LINK(1, 3) LINK(4, 5) "]\n"
		  "boards: [[chips: [0, 3]], [{board_type: n300}, {chips: [2, 4, 1]}]]\n");
	assert_string_equal(problem.text, "");
	assert_int_equal(gateway_of(3), 1);
	assert_int_equal(gateway_of(2), 1);
	assert_int_equal(gateway_of(4), 1);
	assert_int_equal(gateway_of(5), 1);
	descriptor_free(&descriptor);

	read_text(block);
	for (i = 0; i < 5; i++)
		assert_int_equal(gateway_of(i), i == 1 || i == 2);
	descriptor_free(&descriptor);
}

static void test_no_gateway(void **state)
{
	(void)state;
	refuse_with("  - 1: 0\n", "",
		    "4:3: nothing connects chip 1 with one of chips_with_mmio");
	refuse_with("chips_with_mmio:\n  - 0: 3\n  - 1: 0\n", "",
		    "3:3: nothing connects chip 0 with one of chips_with_mmio");
	refuse_with("2: WORMHOLE_B0", "2: blackhole",
		    "37:6: chip 2 has no dram_harvesting_mask: what DRAM is left of it?");
	refuse("arch: {0: wormhole_b0, 1: blackhole}\nchips_with_mmio: [0: 0]\n"
	       "chip_unique_ids: {1: 1}\n"
	       "harvesting: {0: {harvest_mask: 1}, 1: {harvest_mask: 1, dram_harvesting_mask: 0}}\n"
	       "ethernet_connections: [" LINK(0, 1) "]\n",
	       "1:24: chip 1 is no wormhole_b0, as chip 0 through which it is reached");
	refuse_with("  2: 14521741400\n", "",
		    "5:3: chip 2 is remote and has no chip_unique_ids; --local leaves such chips out");
}

static void test_local_chips_alone(void **state)
{
	static const char text[] = "arch: {0: wormhole_b0, 1: wormhole_b0, 2: wormhole_b0}\n"
				   "chips_with_mmio: [1: 5]\n"
				   "harvesting:\n"
				   "  {0: {harvest_mask: 1}, 1: {harvest_mask: 2}, 2: {harvest_mask: 4}}\n"
				   "ethernet_connections: [" LINK(0, 1) LINK(1, 2) "]\n";
	FILE *file = fmemopen((void *)text, strlen(text), "r");

	(void)state;
	assert_true(descriptor_read(&descriptor, file, &problem));
	fclose(file);
	descriptor_drop_remote(&descriptor);
	assert_true(descriptor_route(&descriptor, &problem));
	assert_int_equal(descriptor.nr_chips, 1);
	assert_int_equal(descriptor.chips[0].logical, 1);
	assert_int_equal(descriptor.chips[0].harvest_mask.value, 2);
	assert_ptr_equal(descriptor.chips[0].gateway, &descriptor.chips[0]);
	descriptor_free(&descriptor);
}

/* A chain of 15 behind one chip is what the driver has slots for. */
static void test_slots(void **state)
{
	char links[2048] = "ethernet_connections: [";
	size_t i;

	(void)state;
	for (i = 16; i > 0; i--)
		sprintf(links + strlen(links), "[{chip: %zu}, {chip: %zu}], ", i, i - 1);
	strcat(links, "]\n");
	read_mesh(17, 1, links);
	assert_string_equal(problem.text, "more than 15 remote chips are reached through chip 0");
	assert_int_equal(problem.at.line, 18);
	descriptor_free(&descriptor);
	read_mesh(17, 2, links);
	assert_string_equal(problem.text, "");
	assert_int_equal(gateway_of(16), 1);
	assert_int_equal(descriptor.chips[16].hops, 15);
	descriptor_free(&descriptor);
}

static void test_how_many(void **state)
{
	(void)state;
	read_mesh(1024, 1024, "");
	assert_string_equal(problem.text, "");
	assert_int_equal(descriptor.nr_chips, 1024);
	descriptor_free(&descriptor);
	read_mesh(1025, 1025, "");
	assert_string_equal(problem.text, "more than 1024 chips");
	descriptor_free(&descriptor);
}

/* ---- capacity ------------------------------------------------------------------------------ */

static void check_board(const char *source, const char *arch, unsigned long mask,
			unsigned long dram_mask, unsigned long cores, unsigned long long l1,
			unsigned long long dram)
{
	const struct ttmem_geometry *die = strcmp(arch, "blackhole") ? &wormhole : &blackhole;
	struct ttmem_geometry geometry;
	char text[256];

	snprintf(text, sizeof(text),
		 "arch: {0: %s}\nchip_unique_ids: {0: 99}\nchips_with_mmio: [0: 0]\n"
		 "harvesting: {0: {harvest_mask: %lu, dram_harvesting_mask: %lu}}\n",
		 arch, mask, dram_mask);
	read_text(text);
	descriptor_geometry(&descriptor.chips[0], die, &geometry);
	descriptor_free(&descriptor);
	if (geometry.tensix_enabled != cores ||
	    (unsigned long long)geometry.tensix_enabled * geometry.l1_core_bytes != l1 ||
	    geometry.dram_banks_enabled * geometry.dram_bank_bytes != dram << 30)
		fail_msg("%s: %u cores, %u banks", source, geometry.tensix_enabled,
			 geometry.dram_banks_enabled);
	assert_int_equal(geometry.tensix_harvest_mask, mask);
	assert_int_equal(geometry.chip_uid, 99);
}

/* Masks of real machines, and the capacity of each. */
static void test_boards(void **state)
{
	char line[256], source[64], arch[32], dram_mask[32];
	unsigned long mask, cores;
	unsigned long long l1, dram;
	FILE *file = fopen(BOARDS, "r");
	int fields, nr = 0;

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		fields = sscanf(line, "%63s %*s %31s %*s %*s %lu %31s %lu %llu %llu", source, arch,
				&mask, dram_mask, &cores, &l1, &dram);
		assert_int_equal(fields, 7);
		check_board(source, arch, mask, strtoul(dram_mask, NULL, 10), cores, l1, dram);
		nr++;
	}
	fclose(file);
	assert_true(nr > 40);
}

/* Firmware leaves bits beyond the grid set. */
static void test_bits_beyond_the_grid(void **state)
{
	struct ttmem_geometry geometry;

	(void)state;
	read_text("arch: {0: wormhole_b0}\nchips_with_mmio: [0: 0]\n"
		  "harvesting: {0: {harvest_mask: 0xfffffc41}}\n");
	descriptor_geometry(&descriptor.chips[0], &wormhole, &geometry);
	assert_int_equal(geometry.tensix_harvest_mask, 0x41);
	assert_int_equal(geometry.tensix_enabled, 64);
	assert_int_equal(geometry.chip_uid, 0);
	descriptor_free(&descriptor);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_no_gateway),
		cmocka_unit_test(test_local_chips_alone),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_how_many),
		cmocka_unit_test(test_boards),
		cmocka_unit_test(test_bits_beyond_the_grid),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
