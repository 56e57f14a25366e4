// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/kcov.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "../input.h"
#include "coverage.h"

#define ROOM	262144	/* places that one step may pass */
#define EDGES	65536

static unsigned long *places;
/* How often the input passed an edge, and the classes of it that any input has reached. */
static unsigned char passed[EDGES], reached[EDGES];
static bool edges_only;

void coverage_open(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0 && !ioctl(fd, KCOV_INIT_TRACE, ROOM));
	places = mmap(NULL, ROOM * sizeof(*places), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(places != MAP_FAILED && !ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC));
}

/* Before a step; what lies between two steps is not counted. */
void coverage_begin(void)
{
	__atomic_store_n(&places[0], 0, __ATOMIC_RELAXED);
}

/* After a step. */
void coverage_end(void)
{
	unsigned long i, nr = __atomic_load_n(&places[0], __ATOMIC_RELAXED);
	unsigned long from = 0, edge;

	for (i = 1; i <= nr; i++) {
		edge = (places[i] ^ from >> 1) * 0x9e3779b97f4a7c15;
		from = places[i] * 0x9e3779b97f4a7c15;
		edge >>= 48;
		passed[edge] += passed[edge] < 255;
	}
}

/* Classes of 1, 2, 3, 4 to 7, and so on: a loop that runs once more is not news each time. */
static unsigned char class_of(unsigned char times)
{
	static const unsigned char most[] = { 1, 2, 3, 7, 15, 31, 127 };
	unsigned int i;

	for (i = 0; !edges_only && i < sizeof(most) && times > most[i]; i++)
		;
	return 1 << i;
}

/* After an input: did it reach what no input before did? */
bool coverage_is_new(void)
{
	bool new = false;
	unsigned int i;

	for (i = 0; i < EDGES; i++) {
		if (!passed[i])
			continue;
		new |= class_of(passed[i]) & ~reached[i];
		reached[i] |= class_of(passed[i]);
	}
	memset(passed, 0, sizeof(passed));
	return new;
}

/* Begin anew, to count edges alone from now on. */
void coverage_forget(void)
{
	memset(reached, 0, sizeof(reached));
	edges_only = true;
}

/* Edges that any input has reached. */
unsigned int coverage_edges(void)
{
	unsigned int i, edges = 0;

	for (i = 0; i < EDGES; i++)
		edges += !!reached[i];
	return edges;
}
