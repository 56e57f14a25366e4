// SPDX-License-Identifier: GPL-2.0-only
#include "old_books.h"

void old_books_compile(struct old_books *books, __u64 cb_core_bytes, __u32 cores, __u64 l1_bytes)
{
	books->bytes += cb_core_bytes * cores + l1_bytes;
}

__u64 old_books_capacity(const struct arch *arch)
{
	return (__u64)arch->noc_nodes * arch->l1_core_bytes;
}
