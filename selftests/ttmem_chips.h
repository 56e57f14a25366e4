/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs about remote chips, pins and clients share: calls about any chip of a gateway,
 * and files of a chip by the name of its device. Functions return a negative errno on failure.
 */
#ifndef TTMEM_CHIPS_H
#define TTMEM_CHIPS_H

#include <dirent.h>
#include <linux/netlink.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "ttmem_test.h"

#define NOBODY	65534

/* Slots of remote chips of a gateway, and ids for them: the one of slot M is UID + M. */
#define SLOTS	(TTMEM_MAX_CHIPS - 1)
#define UID	0x1e52000000000000ULL

/* A whole Wormhole, and a whole Blackhole. */
static const struct ttmem_geometry galaxy_geometry = {
	.tensix_enabled = 80,
	.l1_core_bytes = 1499136,
	.dram_banks_enabled = 12,
	.dram_bank_bytes = 1ULL << 30,
};

static const struct ttmem_geometry blackhole_geometry = {
	.tensix_enabled = 140,
	.l1_core_bytes = 1572864,
	.dram_banks_enabled = 8,
	.dram_bank_bytes = 1ULL << 32,
};

/* ---- calls --------------------------------------------------------------------------------- */

static inline struct ttmem_geometry with_uid(struct ttmem_geometry geometry, __u64 uid)
{
	geometry.chip_uid = uid;
	return geometry;
}

/* DECLARE in all its forms. Returns the index of the chip. */
static inline int declare_chip(int fd, __u32 chip, __u32 flags, struct ttmem_geometry geometry)
{
	struct ttmem_declare declare = {
		.size = sizeof(declare), .chip = chip, .flags = flags, .geometry = geometry,
	};
	int ret = call(fd, TTMEM_DECLARE, &declare);

	return ret ? ret : declare.chip;
}

/* The remote chip of an n300, or one that is like it. */
static inline int declare_remote(int fd, __u64 uid)
{
	return declare_chip(fd, TTMEM_CHIP_REMOTE, 0, with_uid(n300_geometry, uid));
}

static inline int pin_remote(int fd, __u64 uid)
{
	return declare_chip(fd, TTMEM_CHIP_REMOTE, TTMEM_DECLARE_PIN,
			    with_uid(n300_geometry, uid));
}

static inline int unpin_remote(int fd, __u64 uid)
{
	return declare_chip(fd, TTMEM_CHIP_REMOTE, TTMEM_DECLARE_UNPIN,
			    with_uid(n300_geometry, uid));
}

static inline int query_chip(int fd, __u32 chip, struct ttmem_query *query)
{
	memset(query, 0, sizeof(*query));
	query->size = sizeof(*query);
	query->chip = chip;
	return call(fd, TTMEM_QUERY, query);
}

/* The number of the client behind a file; 0 if it is none. */
static inline long long client_id(int fd)
{
	struct ttmem_query answer;
	int ret = query(fd, &answer);

	return ret ? ret : answer.client_id;
}

static inline int report_chip_l1(int fd, __u32 chip, unsigned long long allocated)
{
	struct ttmem_report_entry entry = n300_l1(allocated);

	entry.chip = chip;
	return report(fd, &entry, 1);
}

static inline int report_all_pools(int fd, __u32 chip, unsigned int allocated)
{
	struct ttmem_report_entry entries[] = {
		n300_l1(allocated),
		{ .pool = TTMEM_POOL_L1_SMALL, .banks = 64, .bank_bytes = 32768,
		  .allocated_bytes = 32, .largest_free_bytes = 32736 },
		{ .pool = TTMEM_POOL_CB, .flags = TTMEM_REPORT_WHOLE_POOL, .allocated_bytes = 99 },
		{ .pool = TTMEM_POOL_DRAM, .banks = 12, .bank_bytes = 1 << 29,
		  .allocated_bytes = 1 << 20, .largest_free_bytes = 1 << 20 },
		{ .pool = TTMEM_POOL_TRACE, .banks = 12 },
	};
	unsigned int i;

	for (i = 0; i < 5; i++)
		entries[i].chip = chip;
	return report(fd, entries, 5);
}

static inline int fail(int fd, __u32 chip, __u32 pool, __u64 bank_bytes)
{
	struct ttmem_failure failure = {
		.size = sizeof(failure), .chip = chip, .pool = pool, .bank_bytes = bank_bytes,
	};

	return call(fd, TTMEM_FAILURE, &failure);
}

/* A file of each remote chip, whose only client it is. */
static inline int fill_slots(unsigned int gateway, const struct ttmem_geometry *geometry,
			     int fds[TTMEM_MAX_CHIPS])
{
	int index, ret;

	for (index = 1; index <= SLOTS; index++) {
		fds[index] = chip_open(gateway, O_RDWR);
		ret = declare_chip(fds[index], TTMEM_CHIP_REMOTE, 0,
				   with_uid(*geometry, UID + index));
		if (ret != index)
			return -1;
	}
	return 0;
}

/* ---- files of a chip ----------------------------------------------------------------------- */

/* For example "tt0r1" and "mem/l1_used". */
static inline int chip_text(const char *chip, const char *file, char *text, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/%s", chip, file);
	return file_read(path, text, size);
}

static inline long long chip_number(const char *chip, const char *file)
{
	char text[64];
	int ret = chip_text(chip, file, text, sizeof(text));

	return ret < 0 ? ret : strtoll(text, NULL, 0);
}

/* Does a file read so? Without its newline. */
static inline int chip_says(const char *chip, const char *file, const char *expected)
{
	char text[64];
	size_t length = strlen(expected);

	return chip_text(chip, file, text, sizeof(text)) == length + 1 && text[length] == '\n' &&
	       !strncmp(text, expected, length);
}

static inline int chip_uid_is(const char *chip, unsigned long long uid)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%016llx", uid);
	return chip_says(chip, "mem/chip_uid", text);
}

static inline int chip_there(const char *chip)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s", chip);
	return !access(path, F_OK);
}

/* Number of files or directories in one of a chip's directories. */
static inline int chip_entries(const char *chip, const char *directory)
{
	struct dirent *entry;
	int entries = 0;
	char path[256];
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/%s", chip, directory);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		entries += entry->d_name[0] != '.';
	closedir(dir);
	return entries;
}

/* Chips of a gateway that are shown, the local one included. */
static inline int chips_of(unsigned int gateway)
{
	char chip[16];
	int index, chips;

	snprintf(chip, sizeof(chip), "tt%u", gateway);
	chips = chip_there(chip);
	for (index = 1; index < TTMEM_MAX_CHIPS; index++) {
		snprintf(chip, sizeof(chip), "tt%ur%d", gateway, index);
		chips += chip_there(chip);
	}
	return chips;
}

/* A line "name value" of mem/stat or of a client's stat, as a number. */
static inline long long stat_number(const char *stat, const char *name)
{
	size_t length = strlen(name);
	const char *line;

	for (line = stat; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, length) && line[length] == ' ')
			return strtoll(line + length + 1, NULL, 0);
	}
	return -ENODATA;
}

/* Opens a file of a chip, to be read when the chip has gone. */
static inline int attribute_open(const char *chip)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/mem/l1_used", chip);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* The error of reading such a file, 0 if there is none. */
static inline int attribute_error(int fd)
{
	char text[32];

	return pread(fd, text, sizeof(text), 0) < 0 ? errno : 0;
}

/* ---- files of a client --------------------------------------------------------------------- */

static inline int client_text(const char *chip, long long id, const char *name, char *text,
			      size_t size)
{
	char file[64];

	snprintf(file, sizeof(file), "clients/%lld/%s", id, name);
	return chip_text(chip, file, text, size);
}

static inline long long client_number(const char *chip, long long id, const char *name)
{
	char text[64];
	int ret = client_text(chip, id, name, text, sizeof(text));

	return ret < 0 ? ret : strtoll(text, NULL, 0);
}

static inline long long client_stat(const char *chip, long long id, const char *name)
{
	char text[4096];
	int ret = client_text(chip, id, "stat", text, sizeof(text));

	return ret < 0 ? ret : stat_number(text, name);
}

/* ---- uevents -------------------------------------------------------------------------------- */

static inline int uevents_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);
	int room = 1 << 22;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	return bind(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : fd;
}

/* The next uevent of one of our chips: "add tt0r1". Returns 0 if there is none. */
static inline int uevent_next(int fd, char *event, size_t size)
{
	char text[4096];
	ssize_t length;
	char *slash;

	while ((length = recv(fd, text, sizeof(text) - 1, 0)) > 0) {
		text[length] = '\0';	/* its first string is "action@path" */
		slash = strrchr(text, '/');
		if (!slash || strncmp(slash, "/tt", 3) || !strchr(text, '@'))
			continue;
		*strchr(text, '@') = '\0';
		snprintf(event, size, "%.15s %.31s", text, slash + 1);
		return 1;
	}
	return 0;
}

/* ---- chips and processes ------------------------------------------------------------------- */

/* What a child says with its exit status; -1 if something else ended it. */
static inline int verdict(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static inline void reap_killed(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

#endif /* TTMEM_CHIPS_H */
