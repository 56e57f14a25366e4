// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "machine.h"

/*
 * The first remote chip lies behind the first PCI function, the second one behind the second: each
 * n300 of a machine is such a pair, and cluster descriptors list both kinds in the same order.
 */
static struct gateway *gateway_of_remote(struct machine *machine)
{
	unsigned int nr_remote = machine->nr_chips - machine->nr_gateways;

	return nr_remote < machine->nr_gateways ? &machine->gateways[nr_remote] : NULL;
}

/**
 * machine_add - add a chip to a machine
 * @machine: zeroed before the first one; machine_exit() is due even after a failure
 * @board: what kind of chip
 * @config: how to set it up
 * @ordinal: tt-kmd's number of the chip, unless it is remote
 *
 * Return: 0, -ENOSPC for too many chips, -ENXIO for a remote chip without a gateway, or an error of
 * chip_init().
 */
int machine_add(struct machine *machine, const struct board *board,
		const struct chip_config *config, unsigned int ordinal)
{
	struct gateway *gateway;
	struct chip *chip;

	if (machine->nr_chips == MAX_CHIPS)
		return -ENOSPC;
	if (board->remote) {
		gateway = gateway_of_remote(machine);
		if (!gateway)
			return -ENXIO;
	} else {
		if (machine->nr_gateways == MAX_GATEWAYS)
			return -ENOSPC;
		gateway = &machine->gateways[machine->nr_gateways++];
		gateway->ordinal = ordinal;
	}

	chip = &machine->chips[machine->nr_chips++];
	chip->gateway = gateway;
	/* Made up, but the same in every process. */
	chip->uid = 0x5454000000000000 | (__u64)gateway->ordinal << 8 | gateway->nr_chips;
	gateway->chips[gateway->nr_chips++] = chip;
	return chip_init(chip, board, config);
}

/* The driver learns of it first. */
void machine_exit(struct machine *machine)
{
	unsigned int i;

	for (i = 0; i < machine->nr_gateways; i++)
		reporter_detach(&machine->gateways[i]);
	for (i = 0; i < machine->nr_chips; i++)
		chip_exit(&machine->chips[i]);
}
