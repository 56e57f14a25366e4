// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays what tt-metal, as it is released, does to shared memory, and what it should not. It takes
 * commands from stdin, one a line, and ends with it, leaving everything as it is:
 *
 *   hold N                    open /dev/tenstorrent/N
 *   attach UID [LAYOUT]       map the region of a chip, and set it up if it is new; take a slot
 *   use DRAM L1 SMALL TRACE CB   say what this process holds
 *   busy                      change that as fast as possible, until there is another command
 *   detach                    give the slot back
 *   speak N L1                report to ttmem itself what it holds of the L1 of chip N
 *   silent                    no longer do that
 *   slot NR PID L1 [AGE]      write a slot as if another process had, AGE seconds ago
 *   totals BYTES              write all totals
 *   init STATE                write the state of a region of layout 4
 *   version N                 write the layout
 *   size BYTES                of the file
 *   mode MODE                 of the file
 */
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <linux/ttmem.h>

#include "region_layout.h"

#define BLANKS	" \t\n"

static struct layout *region;
static struct layout_slot *own;
static int file = -1;
static int speaker = -1;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* As layout 4 does it: who looks in between sees that it is not ready. */
static void set_up(uint64_t uid, uint32_t version)
{
	unsigned int i;

	region->version = version;
	region->init = version >= 4;
	region->asic = uid;
	region->time = now();
	for (i = 0; i < 16; i++)
		region->chips[i].id = LAYOUT_UNUSED;
	region->chips[0].id = 0;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	if (version >= 4)
		region->init = LAYOUT_READY;
}

static void take_slot(void)
{
	unsigned int i;
	int32_t none;

	for (i = 0; i < LAYOUT_SLOTS; i++) {
		own = &region->slots[i];
		none = 0;
		if (own->pid == getpid() ||
		    __atomic_compare_exchange_n(&own->pid, &none, getpid(), false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			break;
	}
	if (i == LAYOUT_SLOTS)
		error(1, 0, "all slots are taken");
	own->time = now();
	snprintf(own->name, sizeof(own->name), "%s", program_invocation_short_name);
	region->references++;
	region->processes++;
}

static void attach(uint64_t uid, uint32_t version)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/shm/tt_device_%" PRIu64 "_memory", uid);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || ftruncate(file, sizeof(*region)))
		error(1, errno, "%s", path);
	region = mmap(NULL, sizeof(*region), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (region == MAP_FAILED)
		error(1, errno, "%s", path);
	if (!region->version)
		set_up(uid, version);
	take_slot();
}

static void use(uint64_t dram, uint64_t l1, uint64_t l1_small, uint64_t trace, uint64_t cb)
{
	region->totals[0] += dram - own->dram;
	region->totals[1] += l1 - own->l1;
	own->dram = dram;
	own->l1 = l1;
	own->l1_small = l1_small;
	own->trace = trace;
	own->cb = cb;
	own->time = now();
}

/* Figures are multiples of 1024 below 2 MiB all the time. */
static void be_busy(void)
{
	struct pollfd commands = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t i;

	for (i = 0; i % 1000 || !poll(&commands, 1, 0); i++)
		use(i % 1024 * 1024, i % 1024 * 2048, 0, 0, 0);
}

static void detach(void)
{
	memset(&own->dram, 0, sizeof(*own) - offsetof(struct layout_slot, dram));
	__atomic_store_n(&own->pid, 0, __ATOMIC_RELEASE);
	region->references--;
	region->processes--;
	munmap(region, sizeof(*region));
	close(file);
}

static void write_slot(unsigned int number, int32_t pid, uint64_t l1, uint64_t age)
{
	struct layout_slot *slot = &region->slots[number % LAYOUT_SLOTS];

	*slot = (struct layout_slot) { .l1 = l1, .time = now() - age * 1000000000ull };
	memset(slot->name, 'x', sizeof(slot->name));
	slot->pid = pid;
}

static void hold(unsigned int device)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/tenstorrent/%u", device);
	if (open(path, O_RDWR) < 0)
		error(1, errno, "%s", path);
}

static void speak(unsigned int device, uint64_t l1)
{
	struct {
		struct ttmem_report report;
		struct ttmem_report_entry entry;
	} arg = {
		.report = { sizeof(arg), sizeof(arg.entry), 1 },
		.entry = {
			.pool = TTMEM_POOL_L1,
			.flags = TTMEM_REPORT_WHOLE_POOL,
			.allocated_bytes = l1,
		},
	};
	char path[32];

	snprintf(path, sizeof(path), "/dev/ttmem/tt%u", device);
	speaker = open(path, O_RDWR | O_CLOEXEC);
	if (speaker < 0 || ioctl(speaker, TTMEM_REPORT, &arg))
		error(1, errno, "%s", path);
}

static void write_totals(uint64_t bytes)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		region->totals[i] = bytes;
}

/* Returns false if it is not known. */
static bool obey(const char *name, const uint64_t *args, int nr)
{
	if (!strcmp(name, "hold") && nr == 1)
		hold(args[0]);
	else if (!strcmp(name, "attach") && nr >= 1)
		attach(args[0], nr > 1 ? args[1] : 4);
	else if (!strcmp(name, "use") && nr == 5)
		use(args[0], args[1], args[2], args[3], args[4]);
	else if (!strcmp(name, "busy") && nr == 0)
		be_busy();
	else if (!strcmp(name, "detach"))
		detach();
	else if (!strcmp(name, "speak") && nr == 2)
		speak(args[0], args[1]);
	else if (!strcmp(name, "silent"))
		close(speaker);
	else if (!strcmp(name, "slot") && nr >= 3)
		write_slot(args[0], args[1], args[2], nr > 3 ? args[3] : 0);
	else if (!strcmp(name, "totals") && nr == 1)
		write_totals(args[0]);
	else if (!strcmp(name, "init") && nr == 1)
		region->init = args[0];
	else if (!strcmp(name, "version") && nr == 1)
		region->version = args[0];
	else if (!strcmp(name, "size") && nr == 1)
		return !ftruncate(file, args[0]);
	else if (!strcmp(name, "mode") && nr == 1)
		return !fchmod(file, args[0]);
	else
		return false;
	return true;
}

int main(void)
{
	char line[256], *word, *name, *rest;
	uint64_t args[5];
	int nr;

	/* Nothing is read that would not be seen to come. */
	setvbuf(stdin, NULL, _IONBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		name = strtok_r(line, BLANKS, &rest);
		if (!name)
			continue;
		for (nr = 0; nr < 5 && (word = strtok_r(NULL, BLANKS, &rest)); nr++)
			args[nr] = strtoull(word, NULL, 0);
		if (!obey(name, args, nr))
			error(1, 0, "cannot do this: %s", name);
	}
	return 0;
}
