// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"
#include "peer.h"

struct peer_chip {
	_Atomic uint64_t id;
	_Atomic int64_t bytes;
};

struct peer_process {
	_Atomic pid_t pid;
	_Atomic int64_t bytes;
	_Atomic uint64_t updated_ns;
};

struct peer {
	_Atomic int64_t bytes;
	struct peer_chip chips[PEER_CHIPS];
	struct peer_process processes[PEER_PROCESSES];
};

/* One for the process: an allocator of any chip may be called by any thread. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct peer *peer_open(unsigned int processes)
{
	int fd = memfd_create("peer", MFD_CLOEXEC);
	struct peer *peer;
	unsigned int i;

	if (fd < 0 || ftruncate(fd, sizeof(*peer)))
		fail("shared memory");
	peer = mmap(NULL, sizeof(*peer), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (peer == MAP_FAILED)
		fail("map shared memory");
	close(fd);
	/* No process has such a number. */
	for (i = 0; i + 1 < processes; i++)
		peer->processes[i].pid = -1 - i;
	return peer;
}

/* Its slot, or the first free one. */
static struct peer_process *process_slot(struct peer *peer)
{
	pid_t pid = getpid();
	int i;

	for (i = 0; i < PEER_PROCESSES; i++)
		if (peer->processes[i].pid == pid)
			return &peer->processes[i];
	for (i = 0; i < PEER_PROCESSES; i++) {
		pid_t none = 0;

		if (atomic_compare_exchange_strong(&peer->processes[i].pid, &none, pid))
			return &peer->processes[i];
	}
	return NULL;
}

static struct peer_chip *chip_slot(struct peer *peer, uint64_t id)
{
	int i;

	for (i = 0; i < PEER_CHIPS; i++)
		if (peer->chips[i].id == id)
			return &peer->chips[i];
	for (i = 0; i < PEER_CHIPS; i++) {
		uint64_t none = 0;

		if (atomic_compare_exchange_strong(&peer->chips[i].id, &none, id))
			return &peer->chips[i];
	}
	return NULL;
}

/* One allocation or free. */
void peer_update(struct peer *peer, uint64_t chip, int64_t bytes)
{
	struct peer_process *process;
	struct peer_chip *slot;
	struct timespec now;

	pthread_mutex_lock(&lock);
	process = process_slot(peer);
	slot = chip_slot(peer, chip);
	if (process && slot) {
		peer->bytes += bytes;
		slot->bytes += bytes;
		process->bytes += bytes;
		clock_gettime(CLOCK_MONOTONIC, &now);
		process->updated_ns = now.tv_sec * 1000000000ULL + now.tv_nsec;
	}
	pthread_mutex_unlock(&lock);
}
