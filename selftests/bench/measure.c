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

/*
 * Rounds of so many operations, or of so many as fit into a time that is short beside a timer's
 * period: what an interrupt adds to some rounds is not in the least one.
 */
#define ROUNDS		25
#define OPERATIONS	200
#define ROUND_TICKS	400000
#define LONG_TICKS	100000000

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

static uint64_t round_of(operation_fn operation, void *argument, unsigned int calls)
{
	uint64_t start = ticks();

	while (calls--)
		operation(argument);
	return ticks() - start;
}

/* An even number, for operations that alternate between two values. */
static unsigned int calls_of(operation_fn operation, void *argument, unsigned int operations)
{
	uint64_t one = round_of(operation, argument, 2) / 2 + 1;
	uint64_t calls = operations < OPERATIONS ? OPERATIONS / operations : 1;

	if (calls > ROUND_TICKS / one)
		calls = ROUND_TICKS / one;
	return calls < 2 ? 2 : calls & ~1;
}

/* The cost of one of the operations that a call of a function does. */
double measure_n(operation_fn operation, void *argument, unsigned int operations)
{
	unsigned int calls = calls_of(operation, argument, operations);
	uint64_t least = UINT64_MAX, ticks;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		ticks = round_of(operation, argument, calls);
		if (ticks < least)
			least = ticks;
	}
	return (double)least / calls / operations;
}

double measure(operation_fn operation, void *argument)
{
	return measure_n(operation, argument, 1);
}

/*
 * What an operation leaves for later, such as memory that RCU frees, is part of its cost; how much
 * of it falls into a round varies. The mean over a long time has all of it, and what a timer takes.
 */
double measure_mean(operation_fn operation, void *argument)
{
	uint64_t one = round_of(operation, argument, OPERATIONS) / OPERATIONS + 1;
	unsigned int calls = LONG_TICKS / one + 1;

	return (double)round_of(operation, argument, calls) / calls;
}

static void nothing(void *argument)
{
	barrier();
}

/* The cost of an operation alone, each time after another one that makes something to do for it. */
double measure_after(operation_fn before, operation_fn operation, void *argument)
{
	uint64_t least = UINT64_MAX, empty = UINT64_MAX, ticks;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		before(argument);
		ticks = round_of(operation, argument, 1);
		if (ticks < least)
			least = ticks;
		ticks = round_of(nothing, argument, 1);
		if (ticks < empty)
			empty = ticks;
	}
	return (double)least - empty;
}

void result(const char *name, double value)
{
	printf("%s %.2f\n", name, value);
	fflush(stdout);
}

void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, errno ? strerror(errno) : "failed");
	exit(1);
}
