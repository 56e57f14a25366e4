// SPDX-License-Identifier: GPL-2.0-only
/*
 * The old books and the true ones side by side, for people.
 */
#include "books.h"
#include "reporter.h"

struct text {
	char string[24];
};

static struct text size(__u64 bytes)
{
	static const char * const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = bytes / 1024.0;
	struct text text;
	unsigned int i;

	for (i = 0; value >= 1024 && i < 3; i++)
		value /= 1024;
	snprintf(text.string, sizeof(text.string), "%.1f %s", value, units[i]);
	return text;
}

static void print_share(FILE *out, __u64 used, __u64 total)
{
	fprintf(out, "%10s of %10s  %3.0f %%", size(used).string, size(total).string,
		100.0 * used / total);
}

/* What a pool is compared with: all the memory that there is, or the region that was set up. */
static __u64 pool_total(const struct chip *chip, enum ttmem_pool pool)
{
	const struct board *board = &chip->board;

	switch (pool) {
	case TTMEM_POOL_L1:
	case TTMEM_POOL_CB:
		return (__u64)board->tensix_enabled * board->arch->l1_core_bytes;
	case TTMEM_POOL_DRAM:
		return board->dram_banks * board->arch->dram_bank_bytes;
	default:
		return chip->pools[pool].alloc.bytes * chip->pools[pool].banks;
	}
}

static void print_pool(FILE *out, const struct chip *chip, enum ttmem_pool pool)
{
	__u32 banks = chip->pools[pool].banks;
	struct bank_stats stats;

	fprintf(out, "  %-10s %-9s", pool ? "" : "true books", pool_names[pool]);
	if (pool == TTMEM_POOL_CB) {
		print_share(out, program_cb_used(&chip->programs), pool_total(chip, pool));
		fprintf(out, "  of the programs dispatched last\n");
	} else if (banks) {
		chip_pool_stats(chip, pool, &stats);
		print_share(out, stats.allocated * banks, pool_total(chip, pool));
		fprintf(out, "  %u banks x %s, free %s, largest block %s\n", banks,
			size(stats.allocated).string, size(stats.free * banks).string,
			size(stats.largest_free * banks).string);
	} else {
		fprintf(out, "not set up\n");
	}
}

/* The name of the chip's device, if it has one. */
static struct text device_name(const struct chip *chip)
{
	unsigned int ordinal = chip->gateway->ordinal;
	struct text text;

	if (!chip->board.remote)
		snprintf(text.string, sizeof(text.string), "tt%u", ordinal);
	else if (chip->index)
		snprintf(text.string, sizeof(text.string), "tt%ur%u", ordinal, chip->index);
	else
		snprintf(text.string, sizeof(text.string), "behind tt%u", ordinal);
	return text;
}

/**
 * books_print - print the books of a chip
 * @out: where to
 * @number: what scripts call the chip
 * @chip: the chip
 */
void books_print(FILE *out, unsigned int number, const struct chip *chip)
{
	const struct board *board = &chip->board;
	const struct arch *arch = board->arch;
	unsigned int i;

	fprintf(out, "chip %u: %s, %s (%s:%u), %u of %u Tensix cores\n", number,
		device_name(chip).string, board->kind, board->source, board->chip,
		board->tensix_enabled, arch->tensix_nominal);

	fprintf(out, "  %-10s %-9s", "old books", "programs");
	print_share(out, chip->old_books.bytes, old_books_capacity(arch));
	fprintf(out, "  with an L1 for each of %u NoC nodes\n", arch->noc_nodes);
	fprintf(out, "  %-10s %-9s", "", "");
	print_share(out, chip->old_books.bytes, pool_total(chip, TTMEM_POOL_L1));
	fprintf(out, "  of the L1 that is there\n");

	for (i = 0; i < NR_POOLS; i++)
		print_pool(out, chip, i);
}
