/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How L1 used to be counted, and why it went wrong: everything that a program brings along is added
 * when it is compiled and never taken back, although programs take turns at the same addresses and
 * buffers are freed; and the whole is compared with an L1 for each node of the network on chip,
 * Ethernet, DRAM and harvested cores included.
 */
#ifndef OLD_BOOKS_H
#define OLD_BOOKS_H

#include <linux/types.h>

#include "board.h"

struct old_books {
	__u64 bytes;
};

void old_books_compile(struct old_books *books, __u64 cb_core_bytes, __u32 cores, __u64 l1_bytes);
__u64 old_books_capacity(const struct arch *arch);

#endif /* OLD_BOOKS_H */
