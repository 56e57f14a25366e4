// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"

/*
 * Wormhole dispatches programs from Ethernet cores, so that every Tensix core has a bank; Blackhole
 * gives one column of 10 Tensix cores to it. Thus an n300 has 64 banks for 64 cores, and a p150 has
 * 110 for 120.
 */
static const struct arch wormhole = {
	.name = "wormhole_b0",
	.tensix_nominal = 8 * 10,
	.noc_nodes = 10 * 12,
	.dispatch_cores = 0,
	.l1_core_bytes = 1499136,
	.l1_base = 1499136 - 1395424,
	.dram_banks = 12,
	.dram_bank_bytes = 1ULL << 30,
	.dram_reserved = (1ULL << 30) - 1071181792,
	.align = 32,
};

static const struct arch blackhole = {
	.name = "blackhole",
	.tensix_nominal = 14 * 10,
	.noc_nodes = 17 * 12,
	.dispatch_cores = 10,
	.l1_core_bytes = 1572864,
	.l1_base = 1572864 - 1461504,
	.dram_banks = 8,
	.dram_bank_bytes = 1ULL << 32,
	.dram_reserved = (1ULL << 32) - 4278190080,
	.align = 64,
};

/* Cluster descriptors spell it either way. */
static const struct {
	const char *name;
	const struct arch *arch;
} architectures[] = {
	{ "wormhole_b0", &wormhole },
	{ "wormhole", &wormhole },
	{ "blackhole", &blackhole },
	{}
};

enum column {
	SOURCE,
	CHIP,
	ARCH,
	KIND,
	ACCESS,
	TENSIX_MASK,
	DRAM_MASK,
	TENSIX_ENABLED,
	L1_BYTES,
	DRAM_GIB,
	NR_COLUMNS,
};

static int split_row(char *line, const char *columns[NR_COLUMNS])
{
	unsigned int i;

	line[strcspn(line, "\r\n")] = '\0';
	for (i = 0; i < NR_COLUMNS; i++) {
		columns[i] = strsep(&line, "\t");
		if (!columns[i] || !*columns[i])
			return -EINVAL;
	}
	return line ? -EINVAL : 0;
}

static int number(const char *text, __u64 *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno || *end || *text < '0' || *text > '9' ? -EINVAL : 0;
}

/* A mask that the descriptor left out says that nothing is known to be harvested. */
static int mask(const char *text, __u64 *value)
{
	*value = 0;
	return strcmp(text, "None") ? number(text, value) : 0;
}

static const struct arch *arch_find(const char *name)
{
	unsigned int i;

	for (i = 0; architectures[i].name; i++)
		if (!strcmp(name, architectures[i].name))
			return architectures[i].arch;
	return NULL;
}

static const char *fill_in(struct board *board, const char *columns[NR_COLUMNS])
{
	__u64 chip, tensix_mask, dram_mask, cores, l1, gib;
	const struct arch *arch;

	arch = arch_find(columns[ARCH]);
	if (!arch)
		return "its architecture is not known";
	if (number(columns[CHIP], &chip) || mask(columns[TENSIX_MASK], &tensix_mask) ||
	    mask(columns[DRAM_MASK], &dram_mask) || number(columns[TENSIX_ENABLED], &cores) ||
	    number(columns[L1_BYTES], &l1) || number(columns[DRAM_GIB], &gib))
		return "a column is not a number";
	if (strcmp(columns[ACCESS], "pci") && strcmp(columns[ACCESS], "remote"))
		return "its access is neither pci nor remote";
	if (cores > arch->tensix_nominal || cores <= arch->dispatch_cores)
		return "the number of cores is impossible";
	if (dram_mask >> arch->dram_banks)
		return "it has no such DRAM banks to harvest";

	board->arch = arch;
	snprintf(board->source, sizeof(board->source), "%s", columns[SOURCE]);
	snprintf(board->kind, sizeof(board->kind), "%s", columns[KIND]);
	board->chip = chip;
	board->remote = !strcmp(columns[ACCESS], "remote");
	board->tensix_harvest_mask = tensix_mask;
	board->tensix_enabled = cores;
	board->dram_banks = arch->dram_banks - __builtin_popcountll(dram_mask);
	if (l1 != (__u64)board->tensix_enabled * arch->l1_core_bytes)
		return "its L1 bytes are not those of its cores";
	if (gib << 30 != board->dram_banks * arch->dram_bank_bytes)
		return "its DRAM is not that of its banks";
	return NULL;
}

/**
 * board_next - take the next chip that was asked for from the table of boards
 * @table: boards.tsv; read on from where it is
 * @wanted: SOURCE:CHIP, or SOURCE for all of its chips
 * @board: filled in
 * @why: what is wrong, for the user
 *
 * Return: 0, -ENOENT if there is no such row any more, -EINVAL if there is something wrong with it.
 */
int board_next(FILE *table, const char *wanted, struct board *board, const char **why)
{
	const char *columns[NR_COLUMNS];
	char line[256], name[128];

	*why = "there is no such row";
	while (fgets(line, sizeof(line), table)) {
		if (split_row(line, columns)) {
			*why = "the table has a row without its ten columns";
			return -EINVAL;
		}
		snprintf(name, sizeof(name), "%s:%s", columns[SOURCE], columns[CHIP]);
		if (strcmp(name, wanted) && strcmp(columns[SOURCE], wanted))
			continue;
		*why = fill_in(board, columns);
		return *why ? -EINVAL : 0;
	}
	return -ENOENT;
}
