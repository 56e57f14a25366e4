// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The runtime's side: the node of a chip. A handle never changes after it was opened, so that its
 * functions need no lock; the driver serialises the calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"
#include "libttmem.h"

/* The driver takes no longer argument, so that one is small enough for the stack. */
#define MAX_ARGUMENT	16384

struct ttmem {
	int fd;
};

TTMEM_EXPORT int ttmem_open(struct ttmem **handle, unsigned int ordinal)
{
	char path[sizeof("/dev/ttmem/tt") + 3 * sizeof(ordinal)];
	struct ttmem *new;
	int err;

	*handle = NULL;
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;

	snprintf(path, sizeof(path), "/dev/ttmem/tt%u", ordinal);
	new->fd = open(path, O_RDWR | O_CLOEXEC);
	if (new->fd < 0) {
		err = errno;
		free(new);
		return -err;
	}
	*handle = new;
	return 0;
}

TTMEM_EXPORT void ttmem_close(struct ttmem *handle)
{
	if (!handle)
		return;
	close(handle->fd);
	free(handle);
}

TTMEM_EXPORT int ttmem_fd(const struct ttmem *handle)
{
	return handle ? handle->fd : -ENODEV;
}

static int call(const struct ttmem *handle, unsigned long command, void *arg)
{
	if (!handle)
		return -ENODEV;
	return ioctl(handle->fd, command, arg) < 0 ? -errno : 0;
}

TTMEM_EXPORT int ttmem_open_for(struct ttmem **handle, unsigned int ordinal, pid_t pid,
				uint64_t start_time)
{
	struct ttmem_owner arg = {
		.size = sizeof(arg),
		.pid = pid,
		.start_time = start_time,
	};
	int err;

	err = ttmem_open(handle, ordinal);
	if (err)
		return err;
	err = call(*handle, TTMEM_OWNER, &arg);
	if (err) {
		ttmem_close(*handle);
		*handle = NULL;
	}
	return err;
}

/* The caller may know more of the structure than this library does: the driver sorts it out. */
TTMEM_EXPORT int ttmem_query(struct ttmem *handle, unsigned int chip, struct ttmem_query *out,
			     unsigned int size)
{
	if (size < TTMEM_QUERY_SIZE_VER0)
		return -EINVAL;

	memset(out, 0, size);
	out->size = size;
	out->chip = chip;
	return call(handle, TTMEM_QUERY, out);
}

TTMEM_EXPORT int ttmem_declare(struct ttmem *handle, unsigned int chip,
			       const struct ttmem_geometry *geometry)
{
	struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = chip,
		.geometry = *geometry,
	};

	return call(handle, TTMEM_DECLARE, &arg);
}

TTMEM_EXPORT int ttmem_declare_remote(struct ttmem *handle, const struct ttmem_geometry *geometry,
				      unsigned int *chip)
{
	struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = TTMEM_CHIP_REMOTE,
		.geometry = *geometry,
	};
	int err;

	err = call(handle, TTMEM_DECLARE, &arg);
	if (!err)
		*chip = arg.chip;
	return err;
}

TTMEM_EXPORT int ttmem_pin(struct ttmem *handle, unsigned int chip,
			   const struct ttmem_geometry *geometry)
{
	struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = chip,
		.flags = TTMEM_DECLARE_PIN,
		.geometry = *geometry,
	};

	return call(handle, TTMEM_DECLARE, &arg);
}

TTMEM_EXPORT int ttmem_unpin(struct ttmem *handle, unsigned int chip, uint64_t chip_uid)
{
	struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = chip,
		.flags = TTMEM_DECLARE_UNPIN,
		.geometry.chip_uid = chip_uid,
	};

	return call(handle, TTMEM_DECLARE, &arg);
}

/* As with a query, it is the driver that sorts sizes out. */
TTMEM_EXPORT int ttmem_report(struct ttmem *handle, const struct ttmem_report_entry *entries,
			      unsigned int nr_entries, unsigned int entry_size)
{
	uint64_t bytes = (uint64_t)nr_entries * entry_size;
	union {
		struct ttmem_report report;
		unsigned char room[MAX_ARGUMENT];
	} arg;

	if (!handle)
		return -ENODEV;
	if (bytes > sizeof(arg) - sizeof(arg.report))
		return -E2BIG;

	arg.report = (struct ttmem_report) {
		.size = sizeof(arg.report) + bytes,
		.entry_size = entry_size,
		.nr_entries = nr_entries,
	};
	memcpy(arg.report.entries, entries, bytes);
	return call(handle, TTMEM_REPORT, &arg.report);
}

TTMEM_EXPORT int ttmem_failure(struct ttmem *handle, unsigned int chip, unsigned int pool,
			       uint64_t bank_bytes)
{
	struct ttmem_failure arg = {
		.size = sizeof(arg),
		.chip = chip,
		.pool = pool,
		.bank_bytes = bank_bytes,
	};

	return call(handle, TTMEM_FAILURE, &arg);
}

TTMEM_EXPORT int ttmem_look(struct ttmem *handle)
{
	struct ttmem_look arg = {
		.size = sizeof(arg),
	};

	return call(handle, TTMEM_LOOK, &arg);
}

TTMEM_EXPORT int ttmem_page_map(struct ttmem *handle, unsigned int chip, struct ttmem_page *page)
{
	struct ttmem_query query;
	void *base;
	int err;

	*page = (struct ttmem_page) {};
	err = ttmem_query(handle, chip, &query, sizeof(query));
	if (err)
		return err;
	/* An older driver has left them as they were. */
	if (!query.page_size)
		return -EOPNOTSUPP;

	base = mmap(NULL, query.page_size, PROT_READ | PROT_WRITE, MAP_SHARED, handle->fd,
		    query.page_offset);
	if (base == MAP_FAILED)
		return -errno;
	*page = (struct ttmem_page) {
		.base = base,
		.size = query.page_size,
		.stride = query.page_stride,
	};
	return 0;
}

TTMEM_EXPORT void ttmem_page_unmap(struct ttmem_page *page)
{
	if (page->base)
		munmap(page->base, page->size);
	*page = (struct ttmem_page) {};
}
