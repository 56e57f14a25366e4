/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cluster descriptor: the YAML file with which UMD, the user-mode driver, describes the chips
 * of a machine. Nothing here looks at the machine itself.
 */
#ifndef TTMEM_DESCRIPTOR_H
#define TTMEM_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <linux/ttmem.h>

/**
 * struct place - where something stands in the file
 * @line: counted from 1; 0 is nowhere
 * @column: counted from 1
 */
struct place {
	size_t line;
	size_t column;
};

/**
 * struct problem - what is wrong with a descriptor
 * @at: where; nowhere if the file cannot be read
 * @text: what, without a newline; it quotes nothing from the file
 */
struct problem {
	struct place at;
	char text[160];
};

/**
 * struct said - a number that the descriptor gives, or not
 * @value: the number
 * @at: where it stands; nowhere if the descriptor does not say it
 */
struct said {
	uint64_t value;
	struct place at;
};

/**
 * struct architecture - what harvesting can take from a chip
 * @name: its name, as the driver and UMD spell it
 * @alias: another spelling
 * @harvest_units: rows or columns of Tensix cores
 * @dram_channels: those that can be fused off, each of one bank; 0 if that never happens
 */
struct architecture {
	const char *name;
	const char *alias;
	unsigned int harvest_units;
	unsigned int dram_channels;
};

/**
 * struct descriptor_chip - a chip of a descriptor
 * @logical: its number in the descriptor
 * @at: where the descriptor names it first
 * @arch: its architecture
 * @harvesting: where the descriptor says what is fused off; nowhere if it does not
 * @harvest_mask: a bit for each row or column of Tensix cores that is fused off; beyond the grid
 *	there is none
 * @dram_mask: a bit for each DRAM channel that is fused off
 * @uid: its unique id, never 0
 * @device: tt-kmd's number, the N of /dev/tenstorrent/N; only a local chip has one
 * @address: packed PCI address, see pci_address_parse()
 * @board: number of its board among all of them
 * @gateway: the local chip through which it is reached, a local one itself; NULL before
 *	descriptor_route()
 * @hops: links of Ethernet between @gateway and it
 */
struct descriptor_chip {
	uint32_t logical;
	struct place at;
	const struct architecture *arch;
	struct place harvesting;
	struct said harvest_mask;
	struct said dram_mask;
	struct said uid;
	struct said device;
	struct said address;
	struct said board;
	const struct descriptor_chip *gateway;
	unsigned int hops;
};

/* A link of Ethernet between two chips. */
struct descriptor_link {
	struct descriptor_chip *ends[2];
};

/**
 * struct descriptor - a machine
 * @chips: its chips, by their logical numbers
 * @nr_chips: how many there are
 * @links: between them, in the order of the file
 * @nr_links: how many there are
 */
struct descriptor {
	struct descriptor_chip *chips;
	size_t nr_chips;
	struct descriptor_link *links;
	size_t nr_links;
};

/* The descriptor gives this number. */
static inline bool is_said(const struct said *said)
{
	return said->at.line;
}

/* descriptor.c: a function that has a problem to tell returns false after it has described it */
bool descriptor_fail(struct problem *problem, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool descriptor_check(const struct descriptor *descriptor, struct problem *problem);
struct descriptor_chip *descriptor_find(const struct descriptor *descriptor, uint64_t logical);
void descriptor_drop_remote(struct descriptor *descriptor);
void descriptor_geometry(const struct descriptor_chip *chip, const struct ttmem_geometry *die,
			 struct ttmem_geometry *geometry);
void descriptor_free(struct descriptor *descriptor);
const struct architecture *architecture_find(const char *name);
bool pci_address_parse(const char *text, uint64_t *address);

/* descriptor_yaml.c */
bool descriptor_read(struct descriptor *descriptor, FILE *file, struct problem *problem);

/* descriptor_route.c */
bool descriptor_route(struct descriptor *descriptor, struct problem *problem);

#endif /* TTMEM_DESCRIPTOR_H */
