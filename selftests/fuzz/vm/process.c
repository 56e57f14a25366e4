// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a process does: an input is a sequence of steps. What it has set that would outlive its
 * files is taken back at its end, so that each input begins with idle chips.
 */
#include <poll.h>

#include "../../ttmem_chips.h"
#include "calls.h"

int process_file(struct process *process, struct input *input)
{
	return process->files[take(input, 1) % NR_FILES];
}

/* ---- files ---------------------------------------------------------------------------------- */

static void do_open(struct process *process, struct input *input)
{
	int *file = &process->files[take(input, 1) % NR_FILES];
	uint8_t byte = take(input, 1);

	if (*file >= 0)
		close(*file);
	*file = chip_open(byte & 1, byte < 224 ? O_RDWR : byte & 3);
}

static void do_close(struct process *process, struct input *input)
{
	int *file = &process->files[take(input, 1) % NR_FILES];

	close(*file);
	*file = -1;
}

static void do_dup(struct process *process, struct input *input)
{
	int from = process_file(process, input);
	int *to = &process->files[take(input, 1) % NR_FILES];

	if (from < 0)
		return;
	from = fcntl(from, F_DUPFD_CLOEXEC, 0);
	if (*to >= 0)
		close(*to);
	*to = from;
}

/* What a node does not have. */
static void do_other(struct process *process, struct input *input)
{
	struct pollfd polled = { .fd = process_file(process, input), .events = POLLIN | POLLPRI };
	char bytes[64];

	poll(&polled, 1, 0);
	CHECK(read(polled.fd, bytes, sizeof(bytes)) <= 0);
	CHECK(write(polled.fd, bytes, sizeof(bytes)) <= 0);
	lseek(polled.fd, a_number(input), SEEK_CUR);
}

static void do_read(struct process *process, struct input *input)
{
	static const char *const files[] = {
		"mem/l1_largest_free", "mem/dram_reserved", "mem/chip_uid", "uevent",
		"mem/tensix_harvest_mask", "mem/last_rejected_ns", "mem/trace_banks",
		"mem/geometry_source",
	};
	uint8_t byte = take(input, 1);
	char text[4096], path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", process_file(process, input));
	if (byte & 8)
		file_read(path, text, sizeof(text));
	else
		chip_text(byte & 16 ? "tt1" : "tt0", files[byte & 7], text, sizeof(text));
}

static void do_mark(struct process *process, struct input *input)
{
	uint8_t byte = take(input, 1);
	char text[32], path[64];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%d/mem/%s_high", byte & 1,
		 pool_names[(byte >> 1) % NR_POOLS]);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)a_number(input));
	if (byte >= 240)
		text[0] = take(input, 1);
	file_write(path, text);
	process->marked = true;
}

/* ---- a process ------------------------------------------------------------------------------ */

void process_begin(struct process *process)
{
	int i;

	memset(process, 0, sizeof(*process));
	for (i = 0; i < NR_FILES; i++)
		process->files[i] = -1;
	process->files[0] = chip_open(WORMHOLE, O_RDWR);
	process->files[1] = chip_open(BLACKHOLE, O_RDWR);
}

/* One step; false at the end of the input. */
bool process_step(struct process *process, struct input *input)
{
	static void (* const steps[])(struct process *process, struct input *input) = {
		call_report, call_declare, map_step, call_report, call_query, call_look,
		call_failure, map_step, call_raw, do_open, do_close, do_dup, do_other, do_read,
		do_mark, call_owner,
	};

	if (input->at >= input->end)
		return false;
	steps[take(input, 1) % sizeof(steps) / sizeof((steps)[0])](process, input);
	return true;
}

/* Takes back what pins the input has left. */
static void unpin_all(unsigned int gateway)
{
	struct ttmem_query answer;
	int fd = chip_open(gateway, O_RDWR);
	unsigned int chip;

	for (chip = 0; chip < TTMEM_MAX_CHIPS; chip++)
		if (!query_chip(fd, chip, &answer) &&
		    answer.geometry_source == TTMEM_GEOMETRY_PINNED)
			CHECK(declare_chip(fd, chip, TTMEM_DECLARE_UNPIN, answer.declared) >= 0);
	close(fd);
}

static void unmark_all(unsigned int chip)
{
	char path[64];
	int i;

	for (i = 0; i < NR_POOLS; i++) {
		snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%u/mem/%s_high", chip,
			 pool_names[i]);
		CHECK(!file_write(path, "0"));
	}
}

/* Everything is closed; mappings go last, for they must not keep anything alive. */
void process_end(struct process *process)
{
	unsigned int chip;
	int i;

	for (i = 0; i < NR_FILES; i++)
		if (process->files[i] >= 0)
			close(process->files[i]);
	for (chip = WORMHOLE; chip <= BLACKHOLE; chip++) {
		if (process->pinned)
			unpin_all(chip);
		if (process->marked)
			unmark_all(chip);
	}
}
