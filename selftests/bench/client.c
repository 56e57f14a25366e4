// SPDX-License-Identifier: GPL-2.0-only
#include <sys/mman.h>

#include "../ttmem_test.h"
#include "client.h"
#include "measure.h"

/* Unique ids of remote chips that no board has. */
#define UID	0x1e52be0000000000ULL

int client_open(unsigned int gateway)
{
	int fd = chip_open(gateway, O_RDWR);

	if (fd < 0)
		fail("open a node in /dev/ttmem");
	return fd;
}

/* The whole die, so that it is right for any chip. */
void client_geometry(int fd, struct ttmem_geometry *geometry)
{
	struct ttmem_query answer;

	if (query(fd, &answer))
		fail("QUERY");
	*geometry = answer.arch == TTMEM_ARCH_UNKNOWN ? n300_geometry : answer.nominal;
}

void client_declare(int fd)
{
	struct ttmem_geometry geometry;

	client_geometry(fd, &geometry);
	if (declare(fd, &geometry))
		fail("DECLARE");
}

void client_declare_remotes(int fd, unsigned int gateway)
{
	struct ttmem_declare declare = { .size = sizeof(declare) };
	unsigned int chip;

	client_geometry(fd, &declare.geometry);
	for (chip = 1; chip <= REMOTES; chip++) {
		declare.chip = TTMEM_CHIP_REMOTE;
		declare.geometry.chip_uid = UID + TTMEM_MAX_CHIPS * gateway + chip;
		if (call(fd, TTMEM_DECLARE, &declare) || declare.chip != chip)
			fail("DECLARE a remote chip");
	}
}

/* Two variants of the same pools: saying them in turn changes all figures each time. */
void words_make(struct words *words, int fd, unsigned int chips, unsigned int pools, int variant)
{
	struct ttmem_report_entry *entry = words->entries;
	unsigned int allocated = variant ? 2048 : 4096, chip;
	struct ttmem_geometry geometry;

	client_geometry(fd, &geometry);
	for (chip = 0; chip < chips; chip++, entry += pools) {
		struct ttmem_report_entry all[POOLS] = {
			n300_l1(allocated),
			{ .pool = TTMEM_POOL_L1_SMALL, .bank_bytes = 32768,
			  .allocated_bytes = allocated, .largest_free_bytes = 32768 - allocated },
			{ .pool = TTMEM_POOL_CB, .flags = TTMEM_REPORT_WHOLE_POOL,
			  .allocated_bytes = allocated },
			{ .pool = TTMEM_POOL_DRAM, .bank_bytes = 1 << 29,
			  .allocated_bytes = allocated, .largest_free_bytes = 1 << 20 },
			{ .pool = TTMEM_POOL_TRACE, .bank_bytes = 1 << 20,
			  .allocated_bytes = allocated, .largest_free_bytes = 1 << 16 },
		};
		unsigned int i;

		for (i = 0; i < pools; i++) {
			all[i].chip = chip;
			all[i].banks = i < TTMEM_POOL_CB ? geometry.tensix_enabled :
				       i > TTMEM_POOL_CB ? geometry.dram_banks_enabled : 0;
		}
		memcpy(entry, all, pools * sizeof(*entry));
	}
	words->head = (struct ttmem_report) {
		.size = sizeof(words->head) + chips * pools * sizeof(*entry),
		.entry_size = sizeof(*entry),
		.nr_entries = chips * pools,
	};
}

void client_say(int fd, const struct words *words)
{
	if (ioctl(fd, TTMEM_REPORT, words))
		fail("REPORT");
}

void client_say_all(int fd, unsigned int chips)
{
	static struct words words;

	words_make(&words, fd, chips, POOLS, 0);
	client_say(fd, &words);
}

struct ttmem_page_pool *client_map(int fd, unsigned int pool)
{
	struct ttmem_query answer;
	char *page;

	if (query(fd, &answer))
		fail("QUERY");
	if (!answer.page_stride)
		return NULL;
	page = mmap(NULL, answer.page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		    answer.page_offset);
	if (page == MAP_FAILED)
		fail("map a ledger page");
	return (void *)(page + pool * answer.page_stride);
}

/* It keeps the module in use, even if the file is closed. */
void client_unmap(struct ttmem_page_pool *pool)
{
	unsigned long size = sysconf(_SC_PAGESIZE);

	munmap((void *)((unsigned long)pool & ~(size - 1)), size);
}

/* For example "mem/stat". */
int attribute_open(unsigned int gateway, const char *file)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%u/%s", gateway, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(path);
	return fd;
}

void *allocate(unsigned long size)
{
	void *memory = calloc(1, size);

	if (!memory)
		fail("memory");
	return memory;
}
