// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "measure.h"

/* Rounds of so many operations; what a timer's interrupt adds to some is not in the least one. */
#define ROUNDS		25
#define OPERATIONS	200

/* The time stamp counter of a machine that counts instructions counts them, too. */
uint64_t ticks(void)
{
	struct timespec now;

#if defined(__x86_64__)
	static int counted = -1;

	if (counted < 0)
		counted = !!getenv("TTMEM_ICOUNT");
	if (counted)
		return __rdtsc();
#endif
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static uint64_t round_of(operation operation, void *argument, unsigned int calls)
{
	uint64_t start = ticks();

	while (calls--)
		operation(argument);
	return ticks() - start;
}

/* The cost of one of the operations that a call of a function does. */
double measure_n(operation operation, void *argument, unsigned int operations)
{
	unsigned int calls = operations < OPERATIONS ? OPERATIONS / operations : 1;
	uint64_t least = UINT64_MAX, ticks;
	int i;

	round_of(operation, argument, calls);
	for (i = 0; i < ROUNDS; i++) {
		ticks = round_of(operation, argument, calls);
		if (ticks < least)
			least = ticks;
	}
	return (double)least / calls / operations;
}

double measure(operation operation, void *argument)
{
	return measure_n(operation, argument, 1);
}

void result(const char *name, double value)
{
	printf("%s %.1f\n", name, value);
	fflush(stdout);
}

void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}
