/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger page: mapped by a client, read when somebody looks.
 */
#ifndef TTMEM_PAGE_H
#define TTMEM_PAGE_H

#include <linux/types.h>
#include <linux/ttmem.h>

#include "chip.h"
#include "owner.h"

struct ttmem_client;
struct ttmem_seat;
struct vm_area_struct;

#define TTMEM_PAGE_STRIDE	sizeof(struct ttmem_page_pool)

u64 ttmem_page_offset(u32 index);
int ttmem_client_mmap(struct ttmem_client *client, struct vm_area_struct *vma);
int ttmem_client_look(struct ttmem_client *client);
void ttmem_chip_take_pages(struct ttmem_chip *chip);
void ttmem_seat_free_page(struct ttmem_seat *seat);

/**
 * ttmem_chip_catch_up - bring a chip's books up to date with what nobody has called for
 * @chip: the chip
 * @reporter: the seat whose client is about to report, NULL if none is
 *
 * Processes that others speak for may have ended, and pages may say something new: all of it is
 * taken, or the sum would be of what was never there together.
 *
 * Context: under &ttmem_gateway.books_lock.
 */
static inline void ttmem_chip_catch_up(struct ttmem_chip *chip, const struct ttmem_seat *reporter)
{
	ttmem_chip_drop_ended(chip, reporter);
	if (!list_empty(&chip->ledger.pages))
		ttmem_chip_take_pages(chip);
}

bool ttmem_chip_begin_look(struct ttmem_chip *chip);
void ttmem_chip_end_look(struct ttmem_chip *chip);

#endif /* TTMEM_PAGE_H */
