/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All chips of a runtime, and how they are reached.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "board.h"
#include "device.h"
#include "reporter.h"

#define MAX_GATEWAYS	32
#define MAX_CHIPS	64

/**
 * struct machine - chips of a runtime
 * @gateways: its PCI functions
 * @nr_gateways: their number
 * @chips: its chips, numbered as scripts do
 * @nr_chips: their number
 */
struct machine {
	struct gateway gateways[MAX_GATEWAYS];
	unsigned int nr_gateways;
	struct chip chips[MAX_CHIPS];
	unsigned int nr_chips;
};

int machine_add(struct machine *machine, const struct board *board,
		const struct chip_config *config, unsigned int ordinal);
void machine_exit(struct machine *machine);

#endif /* MACHINE_H */
