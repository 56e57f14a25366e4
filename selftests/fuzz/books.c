// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pure code of the driver: an input is a sequence of what clients, an administrator and readers
 * do to the books of one chip. After each step the books have to add up.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "books.h"

#define MAX_ENTRIES	6
#define MAX_STEPS	200

static const u64 limits[] = {
	0, 8, 10, 12, 14, 64, 80, 120, 140, 1U << 16, 1395424, 1499136, 1572864, 95944704,
	119930880, 220200960, 1ULL << 30, 1ULL << 31, 1ULL << 32, 12ULL << 30, 1ULL << 35,
	1ULL << 44, 1ULL << 58, 1ULL << 63,
};

static u64 number(struct input *input)
{
	return take_number(input, limits, ARRAY_SIZE(limits));
}

static void begin(struct books *books, u8 arch)
{
	static const u16 devices[] = { 0x401e, 0xb140, 0xffff };
	int i;

	memset(books, 0, sizeof(*books));
	ttmem_ledger_init(&books->ledger, ttmem_arch_find(devices[arch % ARRAY_SIZE(devices)]));
	for (i = 0; i < NR_CLIENTS; i++)
		ttmem_account_init(&books->accounts[i], books->ledger.arch);
}

static struct ttmem_account *take_account(struct books *books, struct input *input)
{
	return &books->accounts[take(input, 1) % NR_CLIENTS];
}

static struct ttmem_page_pool *page_of(struct books *books, const struct ttmem_account *account)
{
	return books->pages[account - books->accounts];
}

static void join(struct books *books, struct ttmem_account *account)
{
	if (account->joined)
		return;
	if (!books->ledger.clients)
		memset(books->peaks, 0, sizeof(books->peaks));
	ttmem_ledger_join(&books->ledger, account);
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* Most harvesting is by whole units; what is not is refused. */
static int take_geometry(struct books *books, struct input *input, struct ttmem_geometry *geometry)
{
	const struct ttmem_arch_info *arch = books->ledger.arch;

	*geometry = arch->die;
	geometry->chip_uid = take(input, 1);
	geometry->tensix_harvest_mask = take(input, 2);
	if (arch->name)
		geometry->tensix_enabled -= hweight32(geometry->tensix_harvest_mask) *
			(arch->die.tensix_enabled / arch->harvest_units);
	if (!arch->name || geometry->chip_uid & 1) {
		geometry->tensix_enabled = number(input);
		geometry->l1_core_bytes = number(input);
		geometry->dram_banks_enabled = number(input);
		geometry->dram_bank_bytes = number(input);
	}
	return ttmem_geometry_check(arch, geometry);
}

static void declare(struct books *books, struct input *input)
{
	struct ttmem_account *account = take_account(books, input);
	struct ttmem_geometry geometry;

	if (take_geometry(books, input, &geometry))
		return;
	join(books, account);
	ttmem_ledger_declare(&books->ledger, account, &geometry);
}

static void pin(struct books *books, struct input *input)
{
	struct ttmem_geometry geometry;

	if (take(input, 1) & 1)
		ttmem_ledger_pin(&books->ledger, NULL);
	else if (!take_geometry(books, input, &geometry))
		ttmem_ledger_pin(&books->ledger, &geometry);
}

static void take_page(struct books *books, struct ttmem_account *account)
{
	struct ttmem_account before = *account;
	unsigned int pool, taken = ttmem_account_news(account);
	int ret;

	ret = ttmem_ledger_take_page(&books->ledger, account, &taken, ++books->now);
	ttmem_ledger_watch(&books->ledger);
	CHECK(!ret || ret == -EINVAL || ret == -EOVERFLOW || ret == -ERANGE);
	CHECK(!ttmem_account_news(account));
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		if (taken & BIT(pool))
			continue;
		CHECK(!memcmp(&account->pools[pool].held, &before.pools[pool].held,
			      sizeof(struct ttmem_holding)));
		CHECK(account->pools[pool].peak == before.pools[pool].peak);
	}
}

/* A refused report has changed nothing but what is staged. */
static void check_refused(struct books *books, const struct ttmem_account *account,
			  const struct books *before)
{
	struct ttmem_account old = before->accounts[account - books->accounts];
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		old.pools[pool].staged = account->pools[pool].staged;
		old.pools[pool].staged_shape = account->pools[pool].staged_shape;
	}
	CHECK(!memcmp(account, &old, sizeof(old)));
	CHECK(!memcmp(&books->ledger, &before->ledger, sizeof(before->ledger)));
}

static void report(struct books *books, struct input *input)
{
	struct ttmem_account *account = take_account(books, input);
	struct ttmem_report_entry entries[MAX_ENTRIES] = {};
	struct books before = *books;
	int i, ret, nr = take(input, 1) % MAX_ENTRIES + 1;
	u8 byte;

	for (i = 0; i < nr; i++) {
		byte = take(input, 1);
		entries[i].pool = byte & 7;
		entries[i].flags = byte >> 3 & 7;
		entries[i].chip = byte >> 6 == 3;
		entries[i].banks = number(input);
		entries[i].bank_bytes = number(input);
		entries[i].allocated_bytes = number(input);
		entries[i].largest_free_bytes = number(input);
	}
	ret = ttmem_account_stage(account, entries, nr);
	CHECK(ret && ret <= nr);
	CHECK(ret > 0 || ret == -EOPNOTSUPP || ret == -EINVAL || ret == -EOVERFLOW ||
	      ret == -ERANGE);
	if (ret != nr) {
		ttmem_account_unstage(account);
		check_refused(books, account, &before);
		return;
	}
	join(books, account);
	if (account->page)
		take_page(books, account);
	ttmem_ledger_commit(&books->ledger, account, ++books->now);
}

static void add_page(struct books *books, struct input *input)
{
	struct ttmem_account *account = take_account(books, input);
	struct ttmem_page_pool *page = page_of(books, account);

	if (!account->joined || account->page)
		return;
	memset(page, 0, sizeof(books->pages[0]));
	ttmem_ledger_add_page(&books->ledger, account, page);
}

/* An update as it should be, or any bytes anywhere. */
static void write_page(struct books *books, struct input *input)
{
	struct ttmem_page_pool *page = page_of(books, take_account(books, input));
	struct ttmem_page_pool *entry = &page[take(input, 1) % TTMEM_NR_POOLS];
	struct ttmem_page_figures *figures = &entry->figures[~entry->sequence & 1];
	unsigned int at = take(input, 2);

	if (at < sizeof(books->pages[0])) {
		*((u8 *)page + at) = take(input, 1);
		return;
	}
	figures->allocated_bytes = number(input);
	figures->largest_free_bytes = number(input);
	figures->peak_bytes = number(input);
	entry->sequence++;
}

static void look(struct books *books, struct input *input)
{
	struct ttmem_account *account = take_account(books, input);

	if (!account->page)
		return;
	if (take(input, 1) & 1)
		ttmem_account_forget_refused(account);
	take_page(books, account);
}

static void fail(struct books *books, struct input *input)
{
	struct ttmem_account *account = take_account(books, input);
	enum ttmem_pool pool = take(input, 1) % TTMEM_NR_POOLS;

	ttmem_ledger_fail(&books->ledger, account->joined ? account : NULL, pool, number(input),
			  ++books->now);
	CHECK(books->ledger.last_failure.sized || !books->ledger.last_failure.largest_free);
}

static void set_high(struct books *books, struct input *input)
{
	enum ttmem_pool pool = take(input, 1) % TTMEM_NR_POOLS;

	ttmem_ledger_set_high(&books->ledger, pool, number(input));
}

static void tell(struct books *books, struct input *input)
{
	struct ttmem_event events[TTMEM_MAX_EVENTS];
	bool pending = ttmem_events_pending(&books->ledger, &books->told);
	unsigned int nr = ttmem_events_take(&books->ledger, &books->told, events);

	CHECK(nr <= TTMEM_MAX_EVENTS);
	CHECK(!pending == !nr);
	CHECK(!ttmem_events_pending(&books->ledger, &books->told));
}

static void leave_account(struct books *books, struct ttmem_account *account)
{
	if (!account->joined)
		return;
	if (account->page)
		take_page(books, account);
	ttmem_ledger_leave(&books->ledger, account);
	ttmem_account_init(account, books->ledger.arch);
}

static void leave(struct books *books, struct input *input)
{
	leave_account(books, take_account(books, input));
}

/* Reports and pages more often than what is rare. */
static void (* const steps[])(struct books *books, struct input *input) = {
	report, write_page, look, declare, report, write_page, report, add_page, leave, pin, fail,
	set_high, tell,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, data + size };
	static struct books books;
	int i;

	begin(&books, take(&input, 1));
	for (i = 0; i < MAX_STEPS && input.at < input.end; i++) {
		steps[take(&input, 1) % ARRAY_SIZE(steps)](&books, &input);
		check_books(&books);
	}
	for (i = 0; i < NR_CLIENTS; i++) {
		leave_account(&books, &books.accounts[i]);
		check_books(&books);
	}
	CHECK(!books.ledger.clients);
	return 0;
}
