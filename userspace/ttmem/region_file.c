// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a region that others write to at any time. It is copied, never mapped: a mapped file that
 * shrinks kills its reader. Nothing is ever written to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "region.h"

/* How often a slot is read again that changes in between. */
#define MAX_TRIES	8

static enum region_state fail(struct region_file *file, int error)
{
	file->error = error;
	if (error == ENOENT)
		return REGION_GONE;
	/* What O_NOFOLLOW makes of a link, and open() of a socket. */
	return error == ELOOP || error == ENXIO ? REGION_NO_FILE : REGION_UNREADABLE;
}

/* The size and the rights of a file change; what it is does not. */
static enum region_state check_file(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return REGION_NO_FILE;
	if (!st->st_nlink)
		return REGION_GONE;
	if (st->st_mode & 0022)
		return REGION_WRITABLE;
	/* It is created first, and gets its size then. */
	if (!st->st_size)
		return REGION_NEW;
	if (st->st_size != REGION_BYTES)
		return st->st_size < REGION_BYTES ? REGION_SHORT : REGION_LONG;
	return REGION_READY;
}

/**
 * region_open - open a region
 * @file: closed; open if the call says REGION_READY
 * @directory: where it is
 * @name: its name there
 *
 * Who can put anything there must not make the caller follow it or wait for it.
 *
 * Return: REGION_READY if there is a file to be read.
 */
enum region_state region_open(struct region_file *file, int directory, const char *name)
{
	enum region_state state = REGION_READY;
	struct statfs fs;
	struct stat st;
	int fd;

	fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail(file, errno);
	if (fstat(fd, &st) || fstatfs(fd, &fs))
		state = fail(file, errno);
	else if (!S_ISREG(st.st_mode))
		state = REGION_NO_FILE;
	else if (fs.f_type != TMPFS_MAGIC)
		state = REGION_NO_SHM;
	if (state != REGION_READY) {
		close(fd);
		return state;
	}
	file->fd = fd;
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	memset(file->bytes, 0, sizeof(file->bytes));
	return REGION_READY;
}

void region_close(struct region_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static enum region_state read_at(struct region_file *file, unsigned char *bytes, size_t size,
				 off_t at)
{
	ssize_t got = pread(file->fd, bytes, size, at);

	if (got < 0)
		return fail(file, errno);
	return (size_t)got == size ? REGION_READY : REGION_SHORT;
}

/*
 * A slot is in one piece if it reads the same twice, for its time changes with its figures. One
 * that never holds still is taken as it was the last time.
 */
static enum region_state settle_slot(struct region_file *file, unsigned char *slot,
				     unsigned int number)
{
	unsigned char again[REGION_SLOT_BYTES];
	enum region_state state;
	unsigned int i;

	for (i = 0; i < MAX_TRIES; i++) {
		state = read_at(file, again, sizeof(again), REGION_SLOT_AT(number));
		if (state != REGION_READY || !memcmp(slot, again, sizeof(again)))
			return state;
		memcpy(slot, again, sizeof(again));
	}
	memcpy(slot, file->bytes + REGION_SLOT_AT(number), REGION_SLOT_BYTES);
	return REGION_READY;
}

/* Nothing is copied to the file's bytes before all of it is there. */
static enum region_state copy(struct region_file *file)
{
	unsigned char now[REGION_BYTES], again[REGION_BYTES];
	enum region_state state;
	unsigned int number;

	state = read_at(file, now, sizeof(now), 0);
	if (state != REGION_READY || !memcmp(now, file->bytes, sizeof(now)))
		return state;
	state = read_at(file, again, sizeof(again), 0);
	for (number = 0; state == REGION_READY && number < REGION_SLOTS; number++)
		if (memcmp(now + REGION_SLOT_AT(number), again + REGION_SLOT_AT(number),
			   REGION_SLOT_BYTES))
			state = settle_slot(file, again + REGION_SLOT_AT(number), number);
	if (state == REGION_READY)
		memcpy(file->bytes, again, sizeof(again));
	return state;
}

/**
 * region_read - read an open region
 * @file: the file
 * @uid: unique id of the chip in its name
 * @region: filled in; without slots if it cannot be read
 *
 * Return: REGION_READY, or why there is nothing to be said.
 */
enum region_state region_read(struct region_file *file, uint64_t uid, struct region *region)
{
	enum region_state state;
	struct stat st;

	region->nr = 0;
	region->layout = 0;
	if (fstat(file->fd, &st))
		return fail(file, errno);
	file->owner = st.st_uid;
	state = check_file(&st);
	if (state == REGION_READY)
		state = copy(file);
	return state == REGION_READY ? region_parse(region, file->bytes, uid) : state;
}
