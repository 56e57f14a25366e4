/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of chip is simulated: its architecture, and what harvesting left of it.
 */
#ifndef BOARD_H
#define BOARD_H

#include <linux/ttmem.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>

/**
 * struct arch - what the runtime knows of an architecture
 * @name: as in boards.tsv
 * @tensix_nominal: Tensix cores of the whole die
 * @noc_nodes: nodes of the network on chip, which some take for the number of cores
 * @dispatch_cores: Tensix cores that the runtime keeps to dispatch programs from; no banks on these
 * @l1_core_bytes: L1 of one core
 * @l1_base: the unreserved base: firmware, mailboxes and kernels are below it
 * @dram_banks: DRAM banks before harvesting
 * @dram_bank_bytes: physical bytes of a DRAM bank
 * @dram_reserved: bytes of each DRAM bank that the runtime keeps for itself
 * @align: alignment of every buffer
 */
struct arch {
	const char *name;
	__u32 tensix_nominal;
	__u32 noc_nodes;
	__u32 dispatch_cores;
	__u32 l1_core_bytes;
	__u32 l1_base;
	__u32 dram_banks;
	__u64 dram_bank_bytes;
	__u64 dram_reserved;
	__u32 align;
};

/**
 * struct board - one row of boards.tsv
 * @arch: architecture
 * @source: file that the row was taken from
 * @chip: logical number of the chip in that file
 * @remote: it is no PCI function, but reached through one
 * @kind: kind of board, such as n300
 * @tensix_harvest_mask: rows or columns that are fused off
 * @tensix_enabled: Tensix cores that are left
 * @dram_banks: DRAM banks that are left
 */
struct board {
	const struct arch *arch;
	char source[64];
	unsigned int chip;
	bool remote;
	char kind[16];
	__u32 tensix_harvest_mask;
	__u32 tensix_enabled;
	__u32 dram_banks;
};

int board_next(FILE *table, const char *wanted, struct board *board, const char **why);

#endif /* BOARD_H */
