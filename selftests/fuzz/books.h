/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The books of one chip with a few clients, as the driver keeps them.
 */
#ifndef FUZZ_BOOKS_H
#define FUZZ_BOOKS_H

#include "account.h"
#include "events.h"
#include "input.h"
#include "ledger.h"

#define NR_CLIENTS	4

/**
 * struct books - a chip
 * @ledger: its books
 * @accounts: its clients, joined or not
 * @pages: their ledger pages
 * @told: what was told by events
 * @peaks: what the chip showed last as its peaks, not cut
 * @now: a clock
 */
struct books {
	struct ttmem_ledger ledger;
	struct ttmem_account accounts[NR_CLIENTS];
	struct ttmem_page_pool pages[NR_CLIENTS][TTMEM_NR_POOLS];
	struct ttmem_told told;
	u64 peaks[TTMEM_NR_POOLS];
	u64 now;
};

void check_books(struct books *books);

#endif /* FUZZ_BOOKS_H */
