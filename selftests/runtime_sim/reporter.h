/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The runtime's end of ttmem. Reporting is a courtesy to others: whatever goes wrong here is said
 * in one line on stderr, and the runtime goes on.
 */
#ifndef REPORTER_H
#define REPORTER_H

#include "device.h"
#include "libttmem.h"

/**
 * struct told - what the driver was told of a chip that has a ledger page
 * @page: the page, for what changes with each allocation
 * @entries: the last word on each pool, by call or by page
 */
struct told {
	struct ttmem_page page;
	struct ttmem_report_entry entries[NR_POOLS];
};

/**
 * struct gateway - a PCI function and the chips that are reached through it
 * @ordinal: tt-kmd's number of it
 * @handle: the open file of its node, which is one client for all its chips; NULL without a driver
 * @chips: the function's own chip, then the remote ones
 * @nr_chips: their number
 * @by_page: keep what is allocated in ledger pages, and report only what pools are like
 * @unseen: a page has changed since the driver was asked to look
 * @told: by index of the chip
 */
struct gateway {
	unsigned int ordinal;
	struct ttmem *handle;
	struct chip *chips[TTMEM_MAX_CHIPS];
	unsigned int nr_chips;
	bool by_page;
	bool unseen;
	struct told told[TTMEM_MAX_CHIPS];
};

void reporter_attach(struct gateway *gateway);
void reporter_report(struct gateway *gateway);
void reporter_failure(const struct chip *chip, enum ttmem_pool pool, __u64 bank_bytes);
void reporter_look(struct gateway *gateway);
void reporter_detach(struct gateway *gateway);

#endif /* REPORTER_H */
