/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites of the books share: a chip, three clients, and what the driver does with them.
 */
#ifndef TTMEM_BOOKS_KUNIT_H
#define TTMEM_BOOKS_KUNIT_H

#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "ledger.h"

#define N300_TOTAL	95944704ULL
#define N300_NOMINAL	119930880ULL
#define BANK		1395424ULL	/* allocatable L1 of one core of an n300 */
#define NOW		1000

static const struct ttmem_geometry n300 = { 0, 64, 65, 1499136, 12, 1ULL << 30 };
static const struct ttmem_geometry galaxy = { 0, 80, 0, 1499136, 12, 1ULL << 30 };

/* One chip and three clients, none of which has said anything. */
struct books {
	struct ttmem_ledger ledger;
	struct ttmem_account a, b, c;
};

static inline struct books *open_books(struct kunit *test, u16 pci_device)
{
	struct books *books = kunit_kzalloc(test, sizeof(*books), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, books);
	ttmem_ledger_init(&books->ledger, ttmem_arch_find(pci_device));
	ttmem_account_init(&books->a, books->ledger.arch);
	ttmem_account_init(&books->b, books->ledger.arch);
	ttmem_account_init(&books->c, books->ledger.arch);
	return books;
}

static inline struct books *open_wormhole(struct kunit *test)
{
	return open_books(test, 0x401e);
}

/* What the driver does with a report, for one chip. */
static inline int report(struct books *books, struct ttmem_account *account,
			 const struct ttmem_report_entry *entries, int nr_entries)
{
	int ret;

	ret = ttmem_account_stage(account, entries, nr_entries);
	if (ret != nr_entries) {
		ttmem_account_unstage(account);
		return ret;
	}
	if (!account->joined)
		ttmem_ledger_join(&books->ledger, account);
	ttmem_ledger_commit(&books->ledger, account, NOW);
	return 0;
}

static inline int report_one(struct books *books, struct ttmem_account *account, u32 pool,
			     u32 flags, u32 banks, u64 bank_bytes, u64 allocated, u64 largest_free)
{
	struct ttmem_report_entry entry = {
		.pool = pool,
		.flags = flags,
		.banks = banks,
		.bank_bytes = bank_bytes,
		.allocated_bytes = allocated,
		.largest_free_bytes = largest_free,
	};

	return report(books, account, &entry, 1);
}

static inline int report_l1(struct books *books, struct ttmem_account *account, u64 allocated)
{
	return report_one(books, account, TTMEM_POOL_L1, 0, 64, BANK, allocated, BANK - allocated);
}

static inline void declare(struct books *books, struct ttmem_account *account,
			   const struct ttmem_geometry *geometry)
{
	if (!account->joined)
		ttmem_ledger_join(&books->ledger, account);
	ttmem_ledger_declare(&books->ledger, account, geometry);
}

#define UNKNOWN	U64_MAX

static inline u64 figure(struct books *books, enum ttmem_pool pool, enum ttmem_figure figure)
{
	u64 value;

	return ttmem_ledger_figure(&books->ledger, pool, figure, &value) ? value : UNKNOWN;
}

#define EXPECT_FIGURE(pool, name, value) \
	KUNIT_EXPECT_EQ(test, figure(books, TTMEM_POOL_##pool, TTMEM_##name), (u64)(value))

#endif /* TTMEM_BOOKS_KUNIT_H */
