// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ioctls. Most are near to what a runtime would say, so that they get past the first checks.
 */
#include <sys/mman.h>

#include "../../ttmem_chips.h"
#include "../../ttmem_owner.h"
#include "calls.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ROOM		(20 << 10)	/* more than the driver takes */
#define KERNEL_ADDRESS	0xffff888000000000

uint64_t a_number(struct input *input)
{
	static const uint64_t limits[] = {
		0, 16, 40, 64, 80, 104, 120, 140, 4096, 1 << 14, 1395424, 1499136, 95944704,
		119930880, 1ULL << 30, 12ULL << 30, 1ULL << 32, 1ULL << 44, 1ULL << 58, 1ULL << 63,
	};

	return take_number(input, limits, ARRAY_SIZE(limits));
}

/* The local chip, a remote one that may be there, or anything. */
static uint32_t a_chip(struct input *input)
{
	uint8_t byte = take(input, 1);

	if (byte < 128)
		return byte & 3;
	if (byte < 192)
		return TTMEM_CHIP_REMOTE;
	return byte < 250 ? byte & 31 : take(input, 4);
}

/* A few chips come and go; more would only meet the limit on their number. */
static uint64_t a_uid(struct input *input)
{
	uint8_t byte = take(input, 1);

	return byte < 250 ? UID + (byte & 3) : take(input, 8);
}

/* ---- arguments ------------------------------------------------------------------------------ */

/* Memory for arguments, which ends where no memory is. */
static char *arguments_end(void)
{
	static char *end;

	if (!end) {
		end = mmap(NULL, ROOM + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		CHECK(end != MAP_FAILED);
		end += ROOM;
		CHECK(!mprotect(end, 4096, PROT_NONE));
	}
	return end;
}

/* Where the argument is: at the end of memory, or where it cannot be read or written. */
static void *put_argument(struct input *input, const void *bytes, size_t length)
{
	char *end = arguments_end();
	uint8_t byte = take(input, 1);

	memcpy(end - length, bytes, length);
	switch (byte) {
	case 250:
		return NULL;
	case 251:
		return (void *)KERNEL_ADDRESS;
	case 252:
		return (void *)-8L;
	case 253:
		return end - length / 2;
	case 254:
		memmove(end - length - 1, end - length, length);
		return end - length - 1;
	case 255:
		/* Read-only: the name of this program's own code. */
		return (void *)put_argument;
	default:
		return end - length;
	}
}

static void call_file(struct process *process, struct input *input, uint32_t command,
		      const void *bytes, size_t length)
{
	int fd = process_file(process, input);

	ioctl(fd, command, put_argument(input, bytes, length));
}

/* The argument that a caller of another version would have: shorter, longer, or of a wrong size. */
static void call_sized(struct process *process, struct input *input, uint32_t command, void *known,
		       size_t length)
{
	char bytes[ROOM];
	uint8_t byte = take(input, 1);
	uint32_t size = length;

	memcpy(bytes, known, length);
	if (byte >= 240) {
		size = a_number(input) % ROOM;
		if (size > length)
			memset(bytes + length, byte & 1, size - length);
		length = size < 4 ? 4 : size;
	}
	if (byte == 255)
		size = take(input, 4);
	if (byte >= 240)
		memcpy(bytes, &size, sizeof(size));
	call_file(process, input, command, bytes, length);
}

/* ---- ioctls --------------------------------------------------------------------------------- */

void call_query(struct process *process, struct input *input)
{
	struct ttmem_query query = { .size = sizeof(query), .chip = a_chip(input) };

	call_sized(process, input, TTMEM_QUERY, &query, sizeof(query));
}

static struct ttmem_geometry a_geometry(struct input *input)
{
	static const struct ttmem_geometry *const bases[] = {
		&n300_geometry, &galaxy_geometry, &blackhole_geometry,
	};
	uint8_t byte = take(input, 1);
	struct ttmem_geometry geometry = *bases[(byte & 15) % ARRAY_SIZE(bases)];

	switch (byte >> 4) {
	case 10:
		geometry.tensix_enabled = a_number(input);
		break;
	case 11:
		geometry.tensix_harvest_mask = take(input, 4);
		break;
	case 12:
		geometry.l1_core_bytes = a_number(input);
		break;
	case 13:
		geometry.dram_banks_enabled = a_number(input);
		break;
	case 14:
		geometry.dram_bank_bytes = a_number(input);
		break;
	case 15:
		geometry.dram_banks_enabled /= 2;
		geometry.dram_bank_bytes *= 2;
		break;
	}
	geometry.chip_uid = a_uid(input);
	return geometry;
}

void call_declare(struct process *process, struct input *input)
{
	struct ttmem_declare declare = { .size = sizeof(declare), .chip = a_chip(input) };
	uint8_t byte = take(input, 1);

	declare.geometry = a_geometry(input);
	if (byte >= 208)
		declare.flags = byte & 7;
	if (byte == 207)
		declare.reserved = take(input, 4);
	process->pinned |= declare.flags & TTMEM_DECLARE_PIN;
	call_sized(process, input, TTMEM_DECLARE, &declare, sizeof(declare));
}

static struct ttmem_report_entry an_entry(struct input *input)
{
	static const struct ttmem_report_entry bases[] = {
		{ .pool = TTMEM_POOL_L1, .banks = 64, .bank_bytes = N300_BANK },
		{ .pool = TTMEM_POOL_L1_SMALL, .banks = 64, .bank_bytes = 32768 },
		{ .pool = TTMEM_POOL_CB, .flags = TTMEM_REPORT_WHOLE_POOL },
		{ .pool = TTMEM_POOL_DRAM, .banks = 8, .bank_bytes = 1 << 29 },
		{ .pool = TTMEM_POOL_TRACE },
	};
	uint8_t byte = take(input, 1), which = take(input, 1);
	struct ttmem_report_entry entry = bases[byte % ARRAY_SIZE(bases)];

	entry.allocated_bytes = a_number(input);
	entry.largest_free_bytes = which & 1 ? a_number(input) : 0;
	entry.chip = which < 192 ? which >> 1 & 3 : a_chip(input);
	if (byte >= 248)
		entry.pool = take(input, 4);
	else if (byte >= 240)
		entry.pool = byte & 7;
	if (which >= 240)
		entry.flags = take(input, 1);
	if (which >= 224)
		entry.banks = a_number(input);
	if (which >= 208)
		entry.bank_bytes = a_number(input);
	return entry;
}

void call_report(struct process *process, struct input *input)
{
	char bytes[16 << 10] = {};
	struct ttmem_report *head = (struct ttmem_report *)bytes;
	struct ttmem_report_entry entry;
	uint8_t byte = take(input, 1), longer = take(input, 1);
	unsigned int i;

	head->nr_entries = byte < 240 ? byte % 8 : byte % 8 * 16;
	head->entry_size = sizeof(entry) + (longer >= 192 ? longer & 63 : 0);
	head->size = sizeof(*head) + head->nr_entries * head->entry_size;
	for (i = 0; i < head->nr_entries; i++) {
		entry = an_entry(input);
		memcpy(bytes + sizeof(*head) + i * head->entry_size, &entry, sizeof(entry));
	}
	if (longer == 191)
		head->flags = take(input, 4);
	if (longer == 190)
		head->nr_entries = take(input, 4);
	if (longer == 189)
		head->entry_size = take(input, 4);
	call_sized(process, input, TTMEM_REPORT, bytes,
		   sizeof(*head) + i * (sizeof(entry) + (longer >= 192 ? longer & 63 : 0)));
}

void call_failure(struct process *process, struct input *input)
{
	struct ttmem_failure failure = { .size = sizeof(failure), .chip = a_chip(input) };
	uint8_t byte = take(input, 1);

	failure.pool = byte < 240 ? byte % 5 : byte;
	failure.flags = take(input, 1) == 255;
	failure.bank_bytes = a_number(input);
	call_sized(process, input, TTMEM_FAILURE, &failure, sizeof(failure));
}

void call_look(struct process *process, struct input *input)
{
	struct ttmem_look look = { .size = sizeof(look), .flags = take(input, 1) == 255 };

	call_sized(process, input, TTMEM_LOOK, &look, sizeof(look));
}

/* This process, its parent, or none that there can be. */
void call_owner(struct process *process, struct input *input)
{
	uint8_t byte = take(input, 1);
	pid_t pid = byte & 1 ? getpid() : getppid();
	struct ttmem_owner owner = { .size = sizeof(owner), .pid = pid };

	owner.start_time = start_time_of(pid);
	if (byte >= 224)
		owner.pid = take(input, 4);
	if (byte >= 240)
		owner.start_time = take(input, 8);
	call_sized(process, input, TTMEM_OWNER, &owner, sizeof(owner));
}

/* Any command, any bytes. */
void call_raw(struct process *process, struct input *input)
{
	uint32_t command = TTMEM_QUERY + take(input, 1) % 8;
	char bytes[128];
	size_t i;

	if (take(input, 1) >= 192)
		command = take(input, 4);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = take(input, 1);
	call_file(process, input, command, bytes, sizeof(bytes));
}
