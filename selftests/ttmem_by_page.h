/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report() for the programs that run a second time with ledger pages: what goes on as before is
 * said in a page, with the call that has it looked at; only what a page cannot say, such as banks,
 * is said by REPORT, and there with nothing allocated.
 */
#ifndef TTMEM_BY_PAGE_H
#define TTMEM_BY_PAGE_H

#include <stdint.h>
#include <sys/mman.h>
#include <libttmem.h>

#define BY_PAGE_FILES	64
#define BY_PAGE_POOLS	(TTMEM_POOL_TRACE + 1)

/* What a client has said of a chip, and where its page is in this process. */
struct by_page {
	__u64 client;
	pid_t owner;
	struct ttmem_page page;
	int said[BY_PAGE_POOLS];
	struct ttmem_report_entry shapes[BY_PAGE_POOLS];
};

static struct by_page by_page[BY_PAGE_FILES][TTMEM_MAX_CHIPS];

static inline int by_page_same_shape(const struct by_page *mine,
				     const struct ttmem_report_entry *entry)
{
	const struct ttmem_report_entry *shape = &mine->shapes[entry->pool];

	return mine->said[entry->pool] && shape->flags == entry->flags &&
	       shape->banks == entry->banks && shape->bank_bytes == entry->bank_bytes;
}

/* Lets the driver know of the banks of a pool: with a page mapped, figures can follow. */
static inline int by_page_shape(int fd, struct by_page *mine,
				const struct ttmem_report_entry *entry)
{
	struct ttmem_report_entry shape = *entry;
	int ret;

	shape.allocated_bytes = 0;
	shape.largest_free_bytes = 0;
	ret = report_by_call(fd, &shape, 1);
	if (ret)
		return ret;
	mine->said[entry->pool] = 1;
	mine->shapes[entry->pool] = shape;
	return 0;
}

/* A file number may be another file's by now, and a child does not inherit a mapping. */
static inline int by_page_find(int fd, unsigned int chip, struct by_page **found)
{
	struct by_page *mine = &by_page[fd][chip];
	struct ttmem_query answer = { .size = sizeof(answer), .chip = chip };
	int ret = call(fd, TTMEM_QUERY, &answer);

	if (ret)
		return ret;
	if (mine->client != answer.client_id || !answer.client_id)
		memset(mine, 0, sizeof(*mine));
	mine->client = answer.client_id;
	if (mine->owner != getpid())
		mine->page.base = NULL;
	mine->owner = getpid();
	mine->page.size = answer.page_size;
	mine->page.stride = answer.page_stride;
	*found = mine;
	return 0;
}

static inline int by_page_map(int fd, unsigned int chip, struct by_page **found)
{
	struct by_page *mine;
	int ret = by_page_find(fd, chip, found);

	mine = *found;
	if (ret || mine->page.base)
		return ret;
	mine->page.base = mmap(NULL, mine->page.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			       (off_t)chip * mine->page.size);
	if (mine->page.base != MAP_FAILED)
		return 0;
	mine->page.base = NULL;
	return -errno;
}

static inline int by_page_put(int fd, const struct ttmem_report_entry *entry)
{
	struct ttmem_page_pool *pool;
	struct by_page *mine;
	int ret, fresh = 0;

	ret = by_page_find(fd, entry->chip, &mine);
	if (!ret && !by_page_same_shape(mine, entry)) {
		ret = by_page_shape(fd, mine, entry);
		fresh = 1;
	}
	if (!ret)
		ret = by_page_map(fd, entry->chip, &mine);
	if (ret)
		return ret;
	pool = ttmem_page_pool(&mine->page, entry->pool);
	if (fresh)
		ttmem_page_reset_peak(pool);
	ttmem_page_update(pool, entry->allocated_bytes, entry->largest_free_bytes);
	return 0;
}

/* A client's first word is a report, and so is that its peak starts again. */
static inline int by_page_needs_call(int fd, const struct ttmem_report_entry *entries,
				     unsigned int number)
{
	struct ttmem_query answer;
	unsigned int i;

	for (i = 0; i < number; i++)
		if (entries[i].flags & TTMEM_REPORT_RESET_PEAK)
			return 1;
	return query(fd, &answer) || !answer.client_id;
}

static inline int by_page_all(int fd, const struct ttmem_report_entry *entries,
			      unsigned int number)
{
	struct ttmem_report_entry entry;
	struct by_page *mine;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < number && !ret; i++) {
		entry = entries[i];
		entry.flags &= ~TTMEM_REPORT_RESET_PEAK;
		ret = by_page_put(fd, &entry);
		if (!ret && entry.flags != entries[i].flags &&
		    !by_page_find(fd, entry.chip, &mine))
			ttmem_page_reset_peak(ttmem_page_pool(&mine->page, entry.pool));
	}
	return ret;
}

static inline int report(int fd, const struct ttmem_report_entry *entries, unsigned int number)
{
	struct ttmem_look look = { .size = sizeof(look) };
	unsigned int i;
	int ret = 0;

	for (i = 0; i < number; i++)
		if (entries[i].pool >= BY_PAGE_POOLS || entries[i].chip >= TTMEM_MAX_CHIPS ||
		    fd >= BY_PAGE_FILES)
			return report_by_call(fd, entries, number);
	if (by_page_needs_call(fd, entries, number))
		ret = report_by_call(fd, entries, number);
	if (!ret)
		ret = by_page_all(fd, entries, number);
	return ret ? ret : call(fd, TTMEM_LOOK, &look);
}

#endif /* TTMEM_BY_PAGE_H */
