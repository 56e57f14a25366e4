// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The reader's side: mem/stat of one chip, or stat of one of its clients, a line "name value" for
 * each figure that is known.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "libttmem.h"

/*
 * A text file of sysfs is at most one page, and has been far below 4096 bytes so far: one read of
 * MIN_TEXT is all there is to do. MAX_TEXT is the largest page that Linux is commonly built with.
 */
#define MIN_TEXT	8192
#define MAX_TEXT	65536

/**
 * struct ttmem_stat - a consistent snapshot
 * @text: the file, cut into strings
 * @nr: number of lines
 * @lines: name and value of each line, both in @text, and a hash of the name: names begin and end
 *	alike, so that comparing them is most of what there is to do for 32 chips
 */
struct ttmem_stat {
	char *text;
	size_t nr;
	struct {
		uint32_t hash;
		const char *name;
		const char *value;
	} lines[];
};

/*
 * Only a single read is a snapshot: what does not fit is read again from the start, with more room.
 * The text is terminated.
 */
static ssize_t read_snapshot(int fd, char **text)
{
	size_t room;
	ssize_t len;
	char *buf;
	int err;

	for (room = MIN_TEXT; room <= MAX_TEXT; room *= 2) {
		buf = malloc(room + 1);
		if (!buf)
			return -ENOMEM;
		len = pread(fd, buf, room, 0);
		err = errno;
		if (len >= 0 && (size_t)len < room) {
			buf[len] = '\0';
			*text = buf;
			return len;
		}
		free(buf);
		if (len < 0)
			return -err;
	}
	return -EPROTO;
}

static size_t count_lines(const char *text, size_t len)
{
	const char *end = text + len;
	size_t nr = 0;

	while ((text = memchr(text, '\n', end - text))) {
		text++;
		nr++;
	}
	return nr;
}

/* Of a name, which is @len characters of printing ASCII up to a blank. */
static uint32_t hash_of(const char *name, size_t *len)
{
	uint32_t hash = 0;
	const char *s;

	for (s = name; *s > ' ' && *s <= '~'; s++)
		hash = hash * 31 + *s;
	*len = s - name;
	return hash;
}

/* Index of a name, or the number of lines if it is not there. */
static size_t find_hashed(const struct ttmem_stat *stat, const char *name, uint32_t hash)
{
	size_t i;

	for (i = 0; i < stat->nr; i++)
		if (stat->lines[i].hash == hash && strcmp(stat->lines[i].name, name) == 0)
			break;
	return i;
}

static size_t find_line(const struct ttmem_stat *stat, const char *name)
{
	size_t len;

	return find_hashed(stat, name, hash_of(name, &len));
}

/* A value is printing ASCII, too, and may have blanks. */
static char *skip_value(char *s)
{
	while (*s >= ' ' && *s <= '~')
		s++;
	return s;
}

static int parse_lines(struct ttmem_stat *stat, size_t len)
{
	const char *end = stat->text + len;
	bool seen[256] = {};
	char *s = stat->text;
	char *name, *value;
	uint32_t hash;
	size_t name_len;

	while (s < end) {
		name = s;
		hash = hash_of(name, &name_len);
		value = name + name_len;
		if (!name_len || *value != ' ')
			return -EPROTO;
		*value++ = '\0';
		s = skip_value(value);
		if (s == value || *s != '\n')
			return -EPROTO;
		*s++ = '\0';
		/* Twice would be a contradiction, and ttmem_stat_next() would go in circles. */
		if (seen[hash % 256] && find_hashed(stat, name, hash) < stat->nr)
			return -EPROTO;
		seen[hash % 256] = true;
		stat->lines[stat->nr].hash = hash;
		stat->lines[stat->nr].name = name;
		stat->lines[stat->nr].value = value;
		stat->nr++;
	}
	return stat->nr ? 0 : -EPROTO;
}

/* Takes the text over. */
static int parse_text(char *text, size_t len, struct ttmem_stat **stat)
{
	struct ttmem_stat *new;
	int err;

	new = calloc(1, sizeof(*new) + count_lines(text, len) * sizeof(new->lines[0]));
	if (!new) {
		free(text);
		return -ENOMEM;
	}
	new->text = text;
	err = parse_lines(new, len);
	if (err) {
		ttmem_stat_free(new);
		return err;
	}
	*stat = new;
	return 0;
}

/* Opens a file of a chip's directory. */
static int open_file(struct ttmem_sysfs *sysfs, const char *chip, const char *file)
{
	char path[NAME_MAX + sizeof("/clients/18446744073709551615/stat")];
	int fd;

	if (!ttmem_is_chip_name(chip))
		return -EINVAL;
	if (snprintf(path, sizeof(path), "%s/%s", chip, file) >= (int)sizeof(path))
		return -ENAMETOOLONG;

	fd = openat(sysfs->class_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

TTMEM_EXPORT int ttmem_stat_open(struct ttmem_sysfs *sysfs, const char *chip)
{
	return open_file(sysfs, chip, "mem/stat");
}

TTMEM_EXPORT int ttmem_stat_read_fd(int fd, struct ttmem_stat **stat)
{
	char *text = NULL;
	ssize_t len;

	len = read_snapshot(fd, &text);
	return len < 0 ? (int)len : parse_text(text, len, stat);
}

static int read_file(struct ttmem_sysfs *sysfs, const char *chip, const char *file,
		     struct ttmem_stat **stat)
{
	int fd, ret;

	fd = open_file(sysfs, chip, file);
	if (fd < 0)
		return fd;
	ret = ttmem_stat_read_fd(fd, stat);
	close(fd);
	return ret;
}

TTMEM_EXPORT int ttmem_stat_read(struct ttmem_sysfs *sysfs, const char *chip,
				 struct ttmem_stat **stat)
{
	return read_file(sysfs, chip, "mem/stat", stat);
}

TTMEM_EXPORT int ttmem_stat_read_client(struct ttmem_sysfs *sysfs, const char *chip, uint64_t id,
					struct ttmem_stat **stat)
{
	char file[sizeof("clients/18446744073709551615/stat")];

	snprintf(file, sizeof(file), "clients/%" PRIu64 "/stat", id);
	return read_file(sysfs, chip, file, stat);
}

TTMEM_EXPORT void ttmem_stat_free(struct ttmem_stat *stat)
{
	if (!stat)
		return;
	free(stat->text);
	free(stat);
}

TTMEM_EXPORT const char *ttmem_stat_str(const struct ttmem_stat *stat, const char *name)
{
	size_t i = find_line(stat, name);

	return i < stat->nr ? stat->lines[i].value : NULL;
}

TTMEM_EXPORT int ttmem_stat_u64(const struct ttmem_stat *stat, const char *name, uint64_t *value)
{
	const char *text = ttmem_stat_str(stat, name);
	unsigned long long number;
	char *end;

	if (!text)
		return -ENODATA;
	/* strtoull() would skip blanks and take a sign. */
	if (*text < '0' || *text > '9')
		return -EPROTO;
	errno = 0;
	number = strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
	if (errno || *end)
		return -EPROTO;
	*value = number;
	return 0;
}

TTMEM_EXPORT const char *ttmem_stat_next(const struct ttmem_stat *stat, const char *name)
{
	size_t i = name ? find_line(stat, name) + 1 : 0;

	return i < stat->nr ? stat->lines[i].name : NULL;
}
