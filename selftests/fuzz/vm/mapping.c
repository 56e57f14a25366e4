// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a process can do to a mapping of a ledger page. Memory is read and written by system calls,
 * which fail where a plain access would end the process.
 */
#include <sys/mman.h>

#include "../../ttmem_chips.h"
#include "calls.h"

#define PAGE	4096UL

static void do_map(struct process *process, struct input *input, unsigned int slot)
{
	static const int ways[] = {
		MAP_SHARED, MAP_SHARED, MAP_SHARED | MAP_POPULATE, MAP_SHARED | MAP_LOCKED,
		MAP_PRIVATE, MAP_SHARED_VALIDATE, MAP_SHARED | MAP_HUGETLB,
		MAP_SHARED_VALIDATE | MAP_SYNC,
	};
	uint8_t byte = take(input, 1), where = take(input, 1);
	size_t length = byte < 224 ? PAGE : a_number(input) % (1 << 20);
	int prot = byte < 192 ? PROT_READ | PROT_WRITE : take(input, 1) & 7;
	off_t offset = (where < 240 ? where & 3 : where < 252 ? where & 31 : take(input, 8)) * PAGE;
	int fd = process->files[take(input, 1) % NR_FILES];
	void *at = mmap(NULL, length, prot, ways[byte & 7], fd, offset);

	if (at == MAP_FAILED)
		return;
	if (process->maps[slot].at)
		munmap(process->maps[slot].at, process->maps[slot].length);
	process->maps[slot].at = at;
	process->maps[slot].length = length;
}

/* Bytes that a call can copy to anywhere. */
static int source_of(const void *bytes, size_t length)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("bytes", MFD_CLOEXEC);
	CHECK(fd >= 0 && pwrite(fd, bytes, length, 0) == (ssize_t)length);
	return fd;
}

static void do_update(struct process *process, struct input *input, unsigned int slot)
{
	uint8_t byte = take(input, 1);
	size_t at = byte < 240 ? byte % 5 * sizeof(struct ttmem_page_pool) : take(input, 2) % PAGE;
	struct ttmem_page_pool pool = { .sequence = take(input, 1) };
	int i;

	for (i = 0; i < 2; i++) {
		pool.figures[i].allocated_bytes = a_number(input);
		pool.figures[i].largest_free_bytes = byte & 1 ? a_number(input) : 0;
		pool.figures[i].peak_bytes = byte & 2 ? a_number(input) :
					     pool.figures[i].allocated_bytes;
	}
	if (process->maps[slot].at &&
	    pread(source_of(&pool, sizeof(pool)), process->maps[slot].at + at, sizeof(pool), 0) < 0)
		CHECK(errno == EFAULT);
}

static void do_unmap(struct process *process, struct input *input, unsigned int slot)
{
	if (process->maps[slot].at)
		munmap(process->maps[slot].at, process->maps[slot].length);
	process->maps[slot].at = NULL;
}

static void do_remap(struct process *process, struct input *input, unsigned int slot)
{
	size_t length = take(input, 1) % 4 * PAGE;
	int flags = take(input, 1) & 5;		/* MREMAP_FIXED wants an address */
	void *at;

	if (!process->maps[slot].at)
		return;
	at = mremap(process->maps[slot].at, process->maps[slot].length, length, flags);
	if (at == MAP_FAILED)
		return;
	/* MREMAP_DONTUNMAP leaves an empty mapping behind. */
	if (at != process->maps[slot].at && flags & MREMAP_DONTUNMAP)
		munmap(process->maps[slot].at, process->maps[slot].length);
	process->maps[slot].at = at;
	process->maps[slot].length = length;
}

static void do_protect(struct process *process, struct input *input, unsigned int slot)
{
	if (process->maps[slot].at)
		mprotect(process->maps[slot].at, process->maps[slot].length, take(input, 1) & 7);
}

static void do_advise(struct process *process, struct input *input, unsigned int slot)
{
	if (!process->maps[slot].at)
		return;
	madvise(process->maps[slot].at, process->maps[slot].length, take(input, 1) & 31);
	msync(process->maps[slot].at, process->maps[slot].length, take(input, 1) & 7);
}

/* A child, which looks at what it has of the mapping, and closes its files by its end. */
static void do_fork(struct process *process, struct input *input, unsigned int slot)
{
	const char *at = process->maps[slot].at;
	pid_t child;

	if (take(input, 1) < 224)
		return;
	child = fork();
	if (!child) {
		if (at)
			_exit(write(source_of("", 1), at, 8) < 0);
		_exit(0);
	}
	CHECK(child > 0 && waitpid(child, NULL, 0) == child);
}

void map_step(struct process *process, struct input *input)
{
	static void (* const steps[])(struct process *process, struct input *input,
				      unsigned int slot) = {
		do_map, do_update, do_update, do_map, do_protect, do_remap, do_advise, do_unmap,
		do_update, do_fork,
	};
	uint8_t byte = take(input, 1);

	steps[byte % 10](process, input, byte / 10 % NR_MAPS);
}

void unmap_all(struct process *process)
{
	int i;

	for (i = 0; i < NR_MAPS; i++)
		do_unmap(process, NULL, i);
}
