/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The region of shared memory in which tt-metal, as it is released, counts what processes hold of a
 * chip: a file for each chip, tt_device_<unique id>_memory. Nothing here looks at processes.
 */
#ifndef TTMEM_REGION_H
#define TTMEM_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What layouts 2 to 4 have in common. */
#define REGION_BYTES	8576
#define REGION_SLOTS	64
#define REGION_POOLS	5

/* Room for a name: tt_device_, 20 digits, _memory. */
#define REGION_NAME	40

/**
 * enum region_state - what can be said of a region
 * @REGION_READY: it can be read
 * @REGION_GONE: there is no such file any more
 * @REGION_NEW: whoever creates it has not finished yet
 * @REGION_UNREADABLE: the file cannot be opened or read
 * @REGION_NO_FILE: it is something else, such as a link or a pipe
 * @REGION_NO_SHM: it is not in memory, and who reads it could be made to wait
 * @REGION_WRITABLE: users other than its owner may write to it
 * @REGION_SHORT: it is cut off
 * @REGION_LONG: it is longer than any layout that is known
 * @REGION_LAYOUT: a layout that is not known
 * @REGION_OTHER: it is about another chip than its name
 */
enum region_state {
	REGION_READY,
	REGION_GONE,
	REGION_NEW,
	REGION_UNREADABLE,
	REGION_NO_FILE,
	REGION_NO_SHM,
	REGION_WRITABLE,
	REGION_SHORT,
	REGION_LONG,
	REGION_LAYOUT,
	REGION_OTHER,
};

/**
 * struct region_slot - what a process holds, as it says
 * @number: of the slot
 * @pid: of the process, in its own pid namespace
 * @twice: another slot has the same pid
 * @used: bytes of each pool, by &enum ttmem_pool
 * @updated_ns: when it changed last, in nanoseconds since 1970
 * @name: of the process; any bytes
 */
struct region_slot {
	unsigned int number;
	pid_t pid;
	bool twice;
	uint64_t used[REGION_POOLS];
	uint64_t updated_ns;
	char name[64 + 1];
};

/**
 * struct region - what a region says
 * @layout: its version
 * @nr: number of slots in use
 * @slots: those
 */
struct region {
	uint32_t layout;
	size_t nr;
	struct region_slot slots[REGION_SLOTS];
};

/* region.c: pure */
bool region_parse_name(const char *name, uint64_t *uid);
void region_name(char name[REGION_NAME], uint64_t uid);
enum region_state region_parse(struct region *region, const void *bytes, uint64_t uid);
const char *region_explain(enum region_state state);

/**
 * struct region_file - an open region
 * @fd: the file; -1 if it is not open
 * @dev: where it is
 * @ino: what it is there
 * @owner: whose it is
 * @error: errno of REGION_UNREADABLE
 * @bytes: as they were read last, in one piece
 */
struct region_file {
	int fd;
	dev_t dev;
	ino_t ino;
	uid_t owner;
	int error;
	unsigned char bytes[REGION_BYTES];
};

/* region_file.c */
enum region_state region_open(struct region_file *file, int directory, const char *name);
enum region_state region_read(struct region_file *file, uint64_t uid, struct region *region);
void region_close(struct region_file *file);

/* Where the slots are in a region, for who reads one. */
#define REGION_SLOT_AT(number)	(856 + (number) * REGION_SLOT_BYTES)
#define REGION_SLOT_BYTES	120

#endif /* TTMEM_REGION_H */
