// SPDX-License-Identifier: GPL-2.0-only
/* Threads that do the same at the same time, each on a processor of its own. */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "modes.h"
#include "operations.h"
#include "peer.h"

#define SECONDS		0.3
#define ROUNDS		4
#define BATCH		100
#define MAX_THREADS	64

/* In a cache line of its own. */
struct worker {
	pthread_t thread;
	unsigned int processor;
	operation_fn operation;
	int fd;
	int value;
	unsigned int turn;
	struct words words[2];
	double rate;
} __attribute__((aligned(64)));

static pthread_barrier_t start;
static struct peer *peer;

static void report(void *argument)
{
	struct worker *worker = argument;

	client_say(worker->fd, &worker->words[worker->turn ^= 1]);
}

static void pread_value(void *argument)
{
	struct worker *worker = argument;
	char text[64];

	if (pread(worker->value, text, sizeof(text), 0) <= 0)
		fail("read l1_used");
}

static void update_peer(void *argument)
{
	struct worker *worker = argument;

	peer_update(peer, 1, worker->turn ^= 1);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	double begun, now;
	long done = 0;
	cpu_set_t set;
	int i;

	CPU_ZERO(&set);
	CPU_SET(worker->processor, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("stay on a processor");
	pthread_barrier_wait(&start);
	begun = seconds();
	do {
		for (i = 0; i < BATCH; i++)
			worker->operation(worker);
		done += BATCH;
		now = seconds();
	} while (now < begun + SECONDS);
	worker->rate = done / (now - begun);
	return NULL;
}

/* Operations of one thread per second. */
static double round_of(struct worker *workers, unsigned int threads, operation_fn operation)
{
	double sum = 0;
	unsigned int i;

	pthread_barrier_init(&start, NULL, threads);
	for (i = 0; i < threads; i++) {
		workers[i].operation = operation;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			fail("create a thread");
	}
	for (i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		sum += workers[i].rate;
	}
	pthread_barrier_destroy(&start);
	return sum / threads;
}

/* The best round: the host has other things to do, too. */
static double rate(struct worker *workers, unsigned int threads, operation_fn operation)
{
	double best = 0, now;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		now = round_of(workers, threads, operation);
		if (now > best)
			best = now;
	}
	return best;
}

static void compare(const char *name, struct worker *workers, unsigned int threads,
		    operation_fn operation)
{
	double alone = rate(workers, 1, operation);
	char text[64];

	snprintf(text, sizeof(text), "contention.%s.%u", name, threads);
	result(text, rate(workers, threads, operation) / alone);
}

void mode_contention(const char *argument)
{
	unsigned int threads = atoi(argument), i, variant;
	struct worker *workers;

	if (!threads || threads > MAX_THREADS)
		fail("number of threads");
	workers = aligned_alloc(64, threads * sizeof(*workers));
	if (!workers)
		fail("memory");
	peer = peer_open(1);
	for (i = 0; i < threads; i++) {
		workers[i].processor = i;
		workers[i].fd = client_open(0);
		client_declare(workers[i].fd);
		for (variant = 0; variant < 2; variant++)
			words_make(&workers[i].words[variant], workers[i].fd, 1, POOLS, variant);
		workers[i].value = attribute_open(0, "mem/l1_used");
		workers[i].turn = 0;
		client_say(workers[i].fd, &workers[i].words[0]);
	}
	compare("report_5", workers, threads, report);
	compare("pread_value", workers, threads, pread_value);
	compare("peer_update", workers, threads, update_peer);
	for (i = 0; i < threads; i++) {
		close(workers[i].fd);
		close(workers[i].value);
	}
	free(workers);
}
