/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The runtime's end of ttmem. Reporting is a courtesy to others: whatever goes wrong here is said
 * in one line on stderr, and the runtime goes on.
 */
#ifndef REPORTER_H
#define REPORTER_H

#include "device.h"

struct ttmem;

/**
 * struct gateway - a PCI function and the chips that are reached through it
 * @ordinal: tt-kmd's number of it
 * @handle: the open file of its node, which is one client for all its chips; NULL without a driver
 * @chips: the function's own chip, then the remote ones
 * @nr_chips: their number
 */
struct gateway {
	unsigned int ordinal;
	struct ttmem *handle;
	struct chip *chips[TTMEM_MAX_CHIPS];
	unsigned int nr_chips;
};

void reporter_attach(struct gateway *gateway);
void reporter_report(struct gateway *gateway);
void reporter_failure(const struct chip *chip, enum ttmem_pool pool, __u64 bank_bytes);
void reporter_detach(struct gateway *gateway);

#endif /* REPORTER_H */
