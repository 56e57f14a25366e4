// SPDX-License-Identifier: GPL-2.0-only
#include <libttmem.h>

#include "../ttmem_test.h"
#include "client.h"
#include "operations.h"
#include "peer.h"

#define LOOP	10000

static struct {
	int null;
	int small;		/* a small file in sysfs that costs nothing to make */
	int fd;
	int value;
	int stat;
	int client_stat;
	struct words one[2];
	struct words five[2];
	struct words all[2];
	struct ttmem_geometry geometry;
	struct ttmem_page_pool *page;
	struct peer *peer;
	struct peer *peer_64;
	unsigned int turn;
} my;

void page_put(struct ttmem_page_pool *pool, unsigned int number)
{
	unsigned int allocated = 32 * (number % 1024);

	ttmem_page_update(pool, allocated, N300_BANK - allocated);
}

static void read_again(int fd)
{
	char text[4096];

	if (pread(fd, text, sizeof(text), 0) <= 0)
		fail("read an attribute");
}

/* ---- floors -------------------------------------------------------------------------------- */

/* A command that /dev/null does not know, so that nothing but the call is counted. */
static void null_ioctl(void *argument)
{
	ioctl(my.null, _IO(TTMEM_IOCTL_MAGIC, 99), 0);
}

static void pread_small(void *argument)
{
	read_again(my.small);
}

static void open_read_close(void *argument)
{
	char text[64];
	int fd = open("/sys/kernel/uevent_seqnum", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
		fail("read /sys/kernel/uevent_seqnum");
	close(fd);
}

static void store_loop(void *argument)
{
	unsigned int i;

	for (i = 0; i < LOOP; i++) {
		my.turn = i;
		barrier();
	}
	my.turn = 0;
}

/* ---- calls --------------------------------------------------------------------------------- */

static void report_1(void *argument)
{
	client_say(my.fd, &my.one[my.turn ^= 1]);
}

static void report_5(void *argument)
{
	client_say(my.fd, &my.five[my.turn ^= 1]);
}

static void report_gateway(void *argument)
{
	client_say(my.fd, &my.all[my.turn ^= 1]);
}

static void query_chip(void *argument)
{
	struct ttmem_query answer;

	if (query(my.fd, &answer))
		fail("QUERY");
}

static void declare_chip(void *argument)
{
	if (declare(my.fd, &my.geometry))
		fail("DECLARE");
}

static void failure(void *argument)
{
	struct ttmem_failure failure = {
		.size = sizeof(failure), .pool = TTMEM_POOL_L1, .bank_bytes = 4096,
	};

	if (call(my.fd, TTMEM_FAILURE, &failure))
		fail("FAILURE");
}

static void look(void *argument)
{
	struct ttmem_look look = { .size = sizeof(look) };

	if (call(my.fd, TTMEM_LOOK, &look))
		fail("LOOK");
}

static void update_and_look(void *argument)
{
	page_put(my.page, my.turn ^= 1);
	look(argument);
}

/* ---- one allocation ------------------------------------------------------------------------ */

/* An allocator has both numbers at hand, so none is computed here; the loop itself is counted. */
static void page_update(void *argument)
{
	struct ttmem_page_pool *pool = my.page;
	unsigned int i;

	for (i = 0; i < LOOP; i++) {
		ttmem_page_update(pool, i, N300_BANK - LOOP);
		barrier();
	}
}

static void update_peer(void *argument)
{
	peer_update(my.peer, 1, my.turn ^= 1);
}

static void update_peer_64(void *argument)
{
	peer_update(my.peer_64, 1, my.turn ^= 1);
}

/* ---- reading ------------------------------------------------------------------------------- */

static void pread_value(void *argument)
{
	read_again(my.value);
}

static void stat_read(void *argument)
{
	read_again(my.stat);
}

static void client_stat_read(void *argument)
{
	read_again(my.client_stat);
}

static void open_report_close(void *argument)
{
	int fd = client_open(0);

	client_say(fd, &my.one[0]);
	close(fd);
}

/* Those that need a page come last: a client that has one never loses it. */
const struct row rows[] = {
	{ "null_ioctl",		null_ioctl,		NEEDS_NOTHING,	1,	0 },
	{ "pread",		pread_small,		NEEDS_NOTHING,	1,	0 },
	{ "open_read_close",	open_read_close,	NEEDS_NOTHING,	1,	DEFERS },
	{ "store_loop",		store_loop,		NEEDS_NOTHING,	LOOP,	0 },
	{ "peer_update",	update_peer,		NEEDS_NOTHING,	1,	0 },
	{ "peer_update_64",	update_peer_64,		NEEDS_NOTHING,	1,	0 },
	{ "query",		query_chip,		NEEDS_CLIENT,	1,	0 },
	{ "declare",		declare_chip,		NEEDS_CLIENT,	1,	0 },
	{ "report_1",		report_1,		NEEDS_CLIENT,	1,	GROWS },
	{ "report_5",		report_5,		NEEDS_CLIENT,	1,	GROWS },
	{ "failure",		failure,		NEEDS_CLIENT,	1,	0 },
	{ "pread_value",	pread_value,		NEEDS_CLIENT,	1,	GROWS },
	{ "stat_read",		stat_read,		NEEDS_CLIENT,	1,	GROWS },
	{ "client_stat_read",	client_stat_read,	NEEDS_CLIENT,	1,	0 },
	{ "open_report_close",	open_report_close,	NEEDS_CLIENT,	1,	GROWS | DEFERS },
	{ "page_update",	page_update,		NEEDS_PAGE,	LOOP,	0 },
	{ "look",		look,			NEEDS_PAGE,	1,	GROWS },
	{ "update_and_look",	update_and_look,	NEEDS_PAGE,	1,	0 },
	{ "report_gateway",	report_gateway,		NEEDS_REMOTES,	1,	0 },
	{ NULL, NULL, NEEDS_NOTHING, 0, 0 }
};

const struct row *row_find(const char *name)
{
	const struct row *row;

	for (row = rows; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

static void floors_open(void)
{
	if (my.peer)
		return;
	my.null = open("/dev/null", O_RDWR | O_CLOEXEC);
	my.small = open("/sys/kernel/uevent_seqnum", O_RDONLY | O_CLOEXEC);
	if (my.null < 0 || my.small < 0)
		fail("open files");
	my.peer = peer_open(1);
	my.peer_64 = peer_open(PEER_PROCESSES);
}

void subject_open(void)
{
	struct ttmem_query answer;
	char path[64];
	int i;

	floors_open();
	my.fd = client_open(0);
	client_declare(my.fd);
	client_geometry(my.fd, &my.geometry);
	for (i = 0; i < 2; i++) {
		words_make(&my.one[i], my.fd, 1, 1, i);
		words_make(&my.five[i], my.fd, 1, POOLS, i);
		words_make(&my.all[i], my.fd, TTMEM_MAX_CHIPS, POOLS, i);
	}
	client_say(my.fd, &my.five[0]);
	/* From now on mem/stat has all of its lines. */
	failure(NULL);
	if (query(my.fd, &answer))
		fail("QUERY");
	snprintf(path, sizeof(path), "clients/%llu/stat", answer.client_id);
	my.client_stat = attribute_open(0, path);
	my.value = attribute_open(0, "mem/l1_used");
	my.stat = attribute_open(0, "mem/stat");
}

void subject_close(void)
{
	close(my.value);
	close(my.stat);
	close(my.client_stat);
	close(my.fd);
	if (my.page)
		client_unmap(my.page);
	my.page = NULL;
}

int row_prepare(const struct row *row)
{
	if (row->needs == NEEDS_PAGE && !my.page)
		my.page = client_map(my.fd, TTMEM_POOL_L1);
	if (row->needs == NEEDS_REMOTES)
		client_declare_remotes(my.fd, 0);
	return row->needs != NEEDS_PAGE || my.page;
}

double measure_row(const struct row *row)
{
	if (row->flags & DEFERS)
		return measure_mean(row->operation, NULL);
	return measure_n(row->operation, NULL, row->each);
}

void measure_rows(const char *format, int only_growing)
{
	const struct row *row;
	char name[64];

	for (row = rows; row->name; row++) {
		if (row->needs == NEEDS_REMOTES || (only_growing && !(row->flags & GROWS)))
			continue;
		if (!row_prepare(row))
			continue;
		snprintf(name, sizeof(name), format, row->name);
		result(name, measure_row(row));
	}
}
