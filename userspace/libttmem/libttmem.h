/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libttmem: report to ttmem, and read what it shows
 *
 * The first half is for runtimes: it opens the node of a chip and tells the driver what the
 * allocators hold. The second half is for readers: it reads the figures from sysfs, never opens a
 * device and needs no privilege. Functions return 0 (or a count) or a negative errno.
 */
#ifndef LIBTTMEM_H
#define LIBTTMEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* It ends a structure with an array of any length, which C++ takes for an extension. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <linux/ttmem.h>
#pragma GCC diagnostic pop

#ifdef __cplusplus
extern "C" {
#endif

/* ---- runtimes ------------------------------------------------------------------------------ */

/**
 * struct ttmem - one open file of a chip's node: a client
 *
 * What it declares and reports lasts until ttmem_close(), or until the process ends. All functions
 * on it are thread-safe, except that ttmem_close() must come last.
 *
 * NULL is the handle of a chip that cannot be reported on, such as without the driver: functions
 * take it and return -ENODEV, without a system call. So a runtime opens each gateway once, keeps
 * what it got, and needs no other way to go on. It can treat -ENODEV of a handle alike: the chip is
 * gone, and will not come back to this one.
 *
 * A child of fork(2) has the same client, which ends when both have closed it or ended. If the
 * child allocates, too, it closes this one and opens a handle of its own. exec(3) closes it.
 */
struct ttmem;

/**
 * ttmem_open - open the node of a chip for reporting
 * @handle: where to put the new handle; NULL on failure
 * @ordinal: tt-kmd's number of the chip, the N of /dev/tenstorrent/N and of ttN
 *
 * Return: 0, -ENOENT if there is no such chip or the driver is not loaded, or another errno of
 * open(2).
 */
int ttmem_open(struct ttmem **handle, unsigned int ordinal);

/**
 * ttmem_open_for - open the node of a chip, to report what another process holds
 * @handle: where to put the new handle; NULL on failure
 * @ordinal: tt-kmd's number of the chip, the N of /dev/tenstorrent/N and of ttN
 * @pid: the process, in the pid namespace of the caller
 * @start_time: field 22 of /proc/<pid>/stat, by which it is the process that is meant
 *
 * For one whose runtime does not report: its figures count as its own, and end with it. Then, and
 * where the process reports itself, functions fail with -ESRCH and -EEXIST: see &struct
 * ttmem_owner. There is no ledger page.
 *
 * Return: 0, -EPERM without CAP_SYS_ADMIN, -ESRCH if there is no such process, -EINVAL for a @pid
 * that is not positive, -ENOTTY of a driver that is too old, or as ttmem_open().
 */
int ttmem_open_for(struct ttmem **handle, unsigned int ordinal, pid_t pid, uint64_t start_time);

/** ttmem_close - end the client: all that it reported is gone when this returns; NULL is ignored */
void ttmem_close(struct ttmem *handle);

/** ttmem_fd - the file descriptor of a handle, to pass it on; -ENODEV if the handle is NULL */
int ttmem_fd(const struct ttmem *handle);

/**
 * ttmem_query - ask what the driver knows of a chip
 * @handle: a client
 * @chip: index of the chip, TTMEM_CHIP_LOCAL for the PCI function itself
 * @out: filled in, meaningless on failure; see &struct ttmem_query
 * @size: sizeof(*@out), so that the structure can grow: what only the caller knows of reads 0
 *
 * Return: 0, -ENODATA for a remote chip that nobody declared, or another errno of linux/ttmem.h.
 */
int ttmem_query(struct ttmem *handle, unsigned int chip, struct ttmem_query *out,
		unsigned int size);

/**
 * ttmem_declare - say what is left of a chip after harvesting
 * @handle: a client
 * @chip: index of the chip
 * @geometry: see &struct ttmem_geometry
 *
 * Return: 0, -ERANGE for more than the die has, -EINVAL for a mask that contradicts the cores.
 */
int ttmem_declare(struct ttmem *handle, unsigned int chip, const struct ttmem_geometry *geometry);

/**
 * ttmem_declare_remote - say what is left of a chip behind this one
 * @handle: a client of the gateway
 * @geometry: of the remote chip, which is known by its chip_uid
 * @chip: where to put its index, for reports; the same for all clients; unchanged on failure
 *
 * Return: as ttmem_declare(); -EEXIST if the chip lives behind another gateway, -ENOSPC if there
 * are too many behind this one, -EAGAIN if they are being created too fast.
 */
int ttmem_declare_remote(struct ttmem *handle, const struct ttmem_geometry *geometry,
			 unsigned int *chip);

/**
 * ttmem_pin - say what a chip is, as the administrator, whatever clients say
 * @handle: any open file of the node; it does not become a client by this
 * @chip: index of the chip, or TTMEM_CHIP_REMOTE for the one with the chip_uid of @geometry
 * @geometry: see &struct ttmem_geometry
 *
 * It stands until it is taken back or the gateway goes, also when the file is closed.
 *
 * Return: 0, -EPERM without CAP_SYS_ADMIN, or as ttmem_declare_remote().
 */
int ttmem_pin(struct ttmem *handle, unsigned int chip, const struct ttmem_geometry *geometry);

/**
 * ttmem_unpin - take the administrator's word back
 * @handle: any open file of the node
 * @chip: TTMEM_CHIP_LOCAL, or TTMEM_CHIP_REMOTE for the one with @chip_uid
 * @chip_uid: unique id of a remote chip
 *
 * Return: 0, also if there was none; -EPERM without CAP_SYS_ADMIN, -ENODATA if there is no such
 * chip.
 */
int ttmem_unpin(struct ttmem *handle, unsigned int chip, uint64_t chip_uid);

/**
 * ttmem_report - say what the allocators hold now
 * @handle: a client
 * @entries: one entry for each pool, each pool of a chip at most once
 * @nr_entries: number of entries, at least one; all pools of all chips fit into one report
 * @entry_size: sizeof(entries[0]), so that the structure can grow
 *
 * Each entry replaces what was reported about that pool before; all of them, or none. See &struct
 * ttmem_report_entry for units, and linux/ttmem.h for the errors.
 *
 * Chips behind one gateway are reported together. Each gateway has a handle of its own.
 */
int ttmem_report(struct ttmem *handle, const struct ttmem_report_entry *entries,
		 unsigned int nr_entries, unsigned int entry_size);

/**
 * ttmem_failure - say that an allocation has failed
 * @handle: a client
 * @chip: index of the chip
 * @pool: an &enum ttmem_pool
 * @bank_bytes: bytes that were asked for in each bank; see &struct ttmem_failure
 *
 * Return: 0, -EINVAL for no bytes, -ENODATA for a remote chip that @handle has not declared.
 */
int ttmem_failure(struct ttmem *handle, unsigned int chip, unsigned int pool, uint64_t bank_bytes);

/**
 * ttmem_look - let the driver look at the ledger pages of a client now
 * @handle: a client
 *
 * Who reads figures always gets what the pages say; this is for who sleeps until they change, and
 * for the marks. Call it where the runtime pauses, not after each update.
 *
 * Return: 0, the error that a report of the same figures would have had if a page says something
 * absurd, or -EAGAIN if one changes all the time. What was not refused has been taken.
 */
int ttmem_look(struct ttmem *handle);

/* ---- runtimes: the ledger page ------------------------------------------------------------- */

/**
 * struct ttmem_page - a mapped ledger page: what a client says of a chip, without a call
 * @base: where it is; NULL if it is not mapped
 * @size: bytes that are mapped
 * @stride: bytes from one pool to the next one
 *
 * Filled in by ttmem_page_map(), and only read afterwards.
 */
struct ttmem_page {
	void *base;
	size_t size;
	unsigned int stride;
};

/**
 * ttmem_page_map - map a client's ledger page of a chip
 * @handle: a client that has declared or reported the chip
 * @chip: index of the chip
 * @page: where to describe the mapping; not mapped after a failure
 *
 * A pool is reported by ttmem_report() first, for its banks and flags, and again whenever one of
 * them changes. In between ttmem_page_update() says what is allocated. Of a report and an update
 * the last word counts.
 *
 * What was mapped stays so until ttmem_page_unmap(), but nobody reads it any more after
 * ttmem_close(). A child of fork(2) does not inherit it: there, each use of @page but
 * ttmem_page_unmap() is a SIGSEGV, so a child that goes on allocating opens a handle of its own.
 *
 * Return: 0, -ENODATA if @handle has neither declared nor reported the chip, -EOPNOTSUPP if the
 * driver is older than ledger pages (then each change takes a ttmem_report()), -ENODEV if the chip
 * is gone, -ENOMEM, or another errno of mmap(2).
 */
int ttmem_page_map(struct ttmem *handle, unsigned int chip, struct ttmem_page *page);

/**
 * ttmem_page_unmap - end what ttmem_page_map() began
 * @page: a page, mapped or not; no other thread uses it
 *
 * What the page said last counts as long as @handle is open.
 */
void ttmem_page_unmap(struct ttmem_page *page);

/**
 * ttmem_page_pool - a pool in a ledger page
 * @page: a page, mapped or not
 * @pool: an &enum ttmem_pool that the driver has taken a report of
 *
 * It stays where it is, so that an allocator can keep the pointer.
 *
 * Return: the pool, or NULL if @page is not mapped: then there is nothing to update.
 */
static inline struct ttmem_page_pool *ttmem_page_pool(const struct ttmem_page *page,
						      unsigned int pool)
{
	void *entry = page->base ? (char *)page->base + (size_t)pool * page->stride : NULL;

	return (struct ttmem_page_pool *)entry;
}

/* For the two functions below. */
static inline void ttmem_page_store(__u64 *figure, uint64_t value)
{
#if __SIZEOF_LONG__ >= 8
	__atomic_store_n(figure, value, __ATOMIC_RELAXED);
#else
	/* In one piece it would be a call of a library, and nobody reads a figure alone. */
	*figure = value;
#endif
}

/**
 * ttmem_page_update - say what an allocator holds now, without a call
 * @pool: a pool of a ledger page, not NULL
 * @allocated_bytes: as &ttmem_report_entry.allocated_bytes
 * @largest_free_bytes: as &ttmem_report_entry.largest_free_bytes
 *
 * It is seen by whoever reads figures from now on, but wakes nobody: see ttmem_look(). It costs
 * some stores, so it can follow each allocation and free. The peak is kept along the way.
 *
 * Only one thread at a time may update a pool: call it under the lock of the pool's allocator.
 * Pools are independent of each other. At whatever instruction a thread is stopped or killed, what
 * the page says is whole.
 *
 * Figures that ttmem_report() would refuse are refused when the driver looks: the last good ones
 * stay, and ttmem_look() returns the error.
 */
static inline void ttmem_page_update(struct ttmem_page_pool *pool, uint64_t allocated_bytes,
				     uint64_t largest_free_bytes)
{
	uint32_t next = pool->sequence + 1;
	uint64_t peak = pool->figures[~next & 1].peak_bytes;
	struct ttmem_page_figures *figures = &pool->figures[next & 1];

	if (peak < allocated_bytes)
		peak = allocated_bytes;
	/* Who still reads these figures, as the valid ones, is to find out that they are not. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	ttmem_page_store(&figures->allocated_bytes, allocated_bytes);
	ttmem_page_store(&figures->largest_free_bytes, largest_free_bytes);
	ttmem_page_store(&figures->peak_bytes, peak);
	__atomic_store_n(&pool->sequence, next, __ATOMIC_RELEASE);
}

/**
 * ttmem_page_reset_peak - let the peak in a ledger page start again
 * @pool: a pool of a ledger page, not NULL
 *
 * The driver has a peak of its own. To let both start again, ttmem_report() what is allocated with
 * TTMEM_REPORT_RESET_PEAK, then call this, both under the lock of the allocator. In this order the
 * driver has seen the old peak, so that it still counts for the chip. Without the report, the old
 * peak stays; without this, the next update brings it back.
 */
static inline void ttmem_page_reset_peak(struct ttmem_page_pool *pool)
{
	/* No new figures: the report is the last word. It is read with the next update. */
	struct ttmem_page_figures *valid = &pool->figures[pool->sequence & 1];

	ttmem_page_store(&valid->peak_bytes, valid->allocated_bytes);
}

/* ---- readers ------------------------------------------------------------------------------- */

/**
 * struct ttmem_sysfs - a sysfs tree to read from
 *
 * Threads may share it, except that ttmem_sysfs_close() must come last. It sees chips come and go.
 */
struct ttmem_sysfs;

/**
 * ttmem_sysfs_open - start reading
 * @sysfs: where to put the new reader
 * @sysroot: directory that has sys/class/tenstorrent below it; NULL is the running system
 *
 * Return: 0, -ENOENT if the class is not there (tt-kmd is not loaded), or another errno.
 */
int ttmem_sysfs_open(struct ttmem_sysfs **sysfs, const char *sysroot);

/** ttmem_sysfs_close - stop reading; NULL is ignored */
void ttmem_sysfs_close(struct ttmem_sysfs *sysfs);

/**
 * ttmem_sysfs_chips - list the chips
 * @sysfs: a reader
 * @names: where to put an array of names ("tt0", "tt1", "tt1r1"), ordered by chip number, with a
 *	NULL at its end; free it with ttmem_sysfs_free_chips()
 *
 * Return: the number of chips, 0 if ttmem is not loaded or has none, or a negative errno.
 */
int ttmem_sysfs_chips(struct ttmem_sysfs *sysfs, char ***names);
void ttmem_sysfs_free_chips(char **names);

/**
 * ttmem_sysfs_clients - list the clients of a chip
 * @sysfs: a reader
 * @chip: name of the chip, as ttmem_sysfs_chips() lists it
 * @ids: where to put a list of their numbers, in order; free it with free(3)
 *
 * A client of several chips of a gateway has the same number at each of them.
 *
 * Return: how many there are, -ENOENT if the chip is gone, -EINVAL if it is not a chip's name, or
 * another errno.
 */
int ttmem_sysfs_clients(struct ttmem_sysfs *sysfs, const char *chip, uint64_t **ids);

/**
 * struct ttmem_stat - a consistent snapshot of the figures of one chip, or of one of its clients
 *
 * It never changes, so that threads may share it.
 */
struct ttmem_stat;

/**
 * ttmem_stat_read - take a snapshot of a chip's figures (one read of mem/stat)
 * @sysfs: a reader
 * @chip: name of the chip, as ttmem_sysfs_chips() lists it
 * @stat: where to put the snapshot; free it with ttmem_stat_free()
 *
 * Return: 0, -ENOENT or -ENODEV if the chip is gone, -EINVAL if it is not a chip's name, -EPROTO if
 * the file is not as documented, or another errno.
 */
int ttmem_stat_read(struct ttmem_sysfs *sysfs, const char *chip, struct ttmem_stat **stat);

/**
 * ttmem_stat_read_client - take a snapshot of what one client holds of a chip
 * @sysfs: a reader
 * @chip: name of the chip, as ttmem_sysfs_chips() lists it
 * @id: number of the client, as ttmem_sysfs_clients() lists it
 * @stat: where to put the snapshot; free it with ttmem_stat_free()
 *
 * Return: as ttmem_stat_read(); -ENOENT or -ENODEV if the client is gone, too.
 */
int ttmem_stat_read_client(struct ttmem_sysfs *sysfs, const char *chip, uint64_t id,
			   struct ttmem_stat **stat);

/**
 * ttmem_stat_open - open a chip's mem/stat, to wait for changes
 * @sysfs: a reader
 * @chip: name of the chip, as ttmem_sysfs_chips() lists it
 *
 * Take a first snapshot with ttmem_stat_read_fd(); then poll(2) for POLLPRI sleeps until there is
 * another one to be taken. It costs nothing while nothing changes.
 *
 * Return: a file to be closed with close(2), or a negative errno as ttmem_stat_read() has them.
 */
int ttmem_stat_open(struct ttmem_sysfs *sysfs, const char *chip);

/**
 * ttmem_stat_read_fd - take a snapshot of an open mem/stat
 * @fd: the file, as ttmem_stat_open() gave it
 * @stat: where to put the snapshot; free it with ttmem_stat_free()
 *
 * Return: as ttmem_stat_read(). -ENODEV stays: the chip may come back, as a new one.
 */
int ttmem_stat_read_fd(int fd, struct ttmem_stat **stat);

/** ttmem_stat_free - free a snapshot; NULL is ignored */
void ttmem_stat_free(struct ttmem_stat *stat);

/**
 * ttmem_stat_u64 - one number of a snapshot
 * @stat: a snapshot
 * @name: name of the attribute, such as "l1_used"
 * @value: where to put it; unchanged on failure
 *
 * Return: 0, -ENODATA if the driver does not know it, -EPROTO if it is not a number, decimal or 0x
 * hexadecimal, of 64 bits.
 */
int ttmem_stat_u64(const struct ttmem_stat *stat, const char *name, uint64_t *value);

/** ttmem_stat_str - one value of a snapshot as text, NULL if the driver does not know it */
const char *ttmem_stat_str(const struct ttmem_stat *stat, const char *name);

/**
 * ttmem_stat_next - walk through a snapshot in the order of the driver
 * @stat: a snapshot
 * @name: NULL for the first, else the name that the last call gave
 *
 * Return: the next name, or NULL at the end.
 */
const char *ttmem_stat_next(const struct ttmem_stat *stat, const char *name);

#ifdef __cplusplus
}
#endif

#endif /* LIBTTMEM_H */
