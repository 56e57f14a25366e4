// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a process that somebody else speaks for: whoever looks at the chip next, and in
 * whichever way, does not see what it held.
 */
#include <kselftest_harness.h>
#include <poll.h>

#include "ttmem_chips.h"
#include "ttmem_owner.h"
#include "ttmem_page.h"

#define NEVER_MS	60000
#define NAP_MS		300	/* long after the 10 ms in which pollers are woken */

/* Without a look at the chip. */
static int directory_there(long long id)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt0/clients/%lld", id);
	return !access(path, F_OK);
}

/* A work removes it. */
static int directory_goes(long long id)
{
	int ms;

	for (ms = 0; ms < NEVER_MS && directory_there(id); ms++)
		usleep(1000);
	return !directory_there(id);
}

FIXTURE(ended) {
	pid_t owner;
	int fd;		/* of tt0; speaks for it, and has reported */
	int other;	/* of tt0; a client by itself, with a page */
	long long id;
};

FIXTURE_SETUP(ended)
{
	ASSERT_EQ(restart_chips(), 0);
	self->owner = owner_start();
	self->fd = bridge_open(WORMHOLE, self->owner);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	self->id = client_id(self->fd);
	ASSERT_NE(page_open(&self->other), NULL);
	ASSERT_EQ(mem(WORMHOLE, "l1_used"), 64064);
}

FIXTURE_TEARDOWN(ended)
{
	owner_reap(self->owner);
	close(self->other);
	close(self->fd);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
}

/* ---- however it is looked at --------------------------------------------------------------- */

struct look {
	const char *name;
	int (*sees_nothing)(int bridge, int other, long long id);
};

static int value(int bridge, int other, long long id)
{
	return mem(WORMHOLE, "l1_used") == 64;
}

static int snapshot(int bridge, int other, long long id)
{
	char stat[4096];

	return mem_text(WORMHOLE, "stat", stat, sizeof(stat)) > 0 &&
	       stat_number(stat, "l1_used") == 64 && stat_number(stat, "clients") == 1;
}

static int number_of_clients(int bridge, int other, long long id)
{
	return mem(WORMHOLE, "clients") == 1;
}

static int gone(long long ret)
{
	return ret == -ENODEV || ret == -ENOENT;
}

static int client_value(int bridge, int other, long long id)
{
	return gone(client_number("tt0", id, "l1_used"));
}

static int client_snapshot(int bridge, int other, long long id)
{
	return gone(client_stat("tt0", id, "l1_used"));
}

static int other_clients(int bridge, int other, long long id)
{
	return client_number("tt0", client_id(other), "l1_used") == 64;
}

static int file_info(int bridge, int other, long long id)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", bridge);
	return file_read(path, text, sizeof(text)) > 0 && !strstr(text, "drm-total");
}

static int others_look(int bridge, int other, long long id)
{
	return !page_look(other);
}

static int others_report(int bridge, int other, long long id)
{
	return !report_n300_l1(other, 1);
}

static int others_failure(int bridge, int other, long long id)
{
	return !fail(other, 0, TTMEM_POOL_L1, 4096);
}

static int others_declaration(int bridge, int other, long long id)
{
	return !declare(other, &n300_geometry);
}

static int others_query(int bridge, int other, long long id)
{
	struct ttmem_query answer;

	return !query(other, &answer);
}

static int others_close(int bridge, int other, long long id)
{
	int fd = chip_open(WORMHOLE, O_RDWR);

	return !declare(fd, &n300_geometry) && !close(fd);
}

static const struct look looks[] = {
	{ "a value", value },
	{ "a snapshot", snapshot },
	{ "the number of clients", number_of_clients },
	{ "the client's value", client_value },
	{ "the client's snapshot", client_snapshot },
	{ "another client's value", other_clients },
	{ "fdinfo", file_info },
	{ "LOOK", others_look },
	{ "REPORT", others_report },
	{ "FAILURE", others_failure },
	{ "DECLARE", others_declaration },
	{ "QUERY", others_query },
	{ "close", others_close },
	{ NULL },
};

/* Not reaped: its parent may never do that. */
TEST_F(ended, is_not_seen_by_any_look)
{
	const struct look *look;

	for (look = looks; look->name; look++) {
		TH_LOG("%s", look->name);
		ASSERT_EQ(owner_kill(self->owner), 0);
		/* Nothing has told the driver yet. */
		EXPECT_TRUE(directory_there(self->id));
		EXPECT_TRUE(look->sees_nothing(self->fd, self->other, self->id));
		EXPECT_TRUE(directory_goes(self->id));
		EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64);
		owner_reap(self->owner);
		close(self->fd);

		self->owner = owner_start();
		self->fd = bridge_open(WORMHOLE, self->owner);
		ASSERT_GE(self->fd, 0);
		ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
		self->id = client_id(self->fd);
		ASSERT_EQ(mem(WORMHOLE, "l1_used"), 64064);
	}
}

TEST_F(ended, cannot_be_spoken_for)
{
	int again = chip_open(WORMHOLE, O_RDWR);
	long long rejected;

	ASSERT_EQ(owner_kill(self->owner), 0);
	rejected = mem(WORMHOLE, "rejected");
	EXPECT_EQ(report_used(self->fd, 0, 2000), -ESRCH);
	EXPECT_EQ(declare(self->fd, &n300_geometry), -ESRCH);
	EXPECT_EQ(declare_remote(self->fd, UID), -ESRCH);
	EXPECT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 4096), -ESRCH);
	EXPECT_EQ(set_owner(again, self->owner, start_time_of(self->owner)), -ESRCH);
	owner_reap(self->owner);
	EXPECT_EQ(report_used(self->fd, 0, 2000), -ESRCH);
	EXPECT_EQ(mem(WORMHOLE, "rejected"), rejected + 6);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 0);
	EXPECT_EQ(chips_of(WORMHOLE), 1);
	close(again);
}

/* Its declaration goes with it, and a chip that only the dead were at is idle. */
TEST_F(ended, leaves_an_idle_chip)
{
	int newcomer = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(declare(self->other, &galaxy_geometry), 0);
	EXPECT_TRUE(chip_says("tt0", "mem/geometry_source", "conflict"));
	ASSERT_EQ(owner_kill(self->owner), 0);
	EXPECT_TRUE(chip_says("tt0", "mem/geometry_source", "declared"));
	EXPECT_EQ(mem(WORMHOLE, "tensix_enabled"), 80);
	owner_reap(self->owner);
	close(self->fd);

	self->owner = owner_start();
	self->fd = bridge_open(WORMHOLE, self->owner);
	ASSERT_EQ(report_used(self->fd, 0, 5000), 0);
	close(self->other);
	ASSERT_EQ(owner_kill(self->owner), 0);
	ASSERT_EQ(report_n300_l1(newcomer, 10), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 640);
	close(newcomer);
}

/* On all chips that it was spoken of, each when it is looked at. */
TEST_F(ended, is_gone_from_remote_chips)
{
	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(report_used(self->fd, 1, 1000), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 64000);
	ASSERT_EQ(owner_kill(self->owner), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64);
	EXPECT_TRUE(directory_goes(self->id));
}

/* A death by itself wakes nobody; who finds it wakes the others. */
TEST_F(ended, wakes_pollers_when_it_is_found)
{
	int stat = open("/sys/class/tenstorrent/tt0/mem/stat", O_RDONLY);
	struct pollfd poller = { .fd = stat, .events = POLLPRI };
	char text[4096];

	do {
		ASSERT_GT(pread(stat, text, sizeof(text), 0), 0);
	} while (poll(&poller, 1, NAP_MS));
	ASSERT_EQ(owner_kill(self->owner), 0);
	EXPECT_EQ(poll(&poller, 1, NAP_MS), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64);
	EXPECT_EQ(poll(&poller, 1, NEVER_MS), 1);
	close(stat);
}

/* Closed before anybody looked, the way in which a bridge tells. */
TEST_F(ended, is_gone_with_the_file)
{
	ASSERT_EQ(owner_kill(self->owner), 0);
	close(self->fd);
	EXPECT_FALSE(directory_there(self->id));
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64);
}

/* The chip goes while directories are still to be removed, or before anybody has looked. */
TEST_F(ended, is_gone_with_the_chip)
{
	int i;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(owner_kill(self->owner), 0);
		if (i % 2)
			EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
		ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
		EXPECT_EQ(report_used(self->fd, 0, 1000), -ENODEV);
		owner_reap(self->owner);
		if (i % 4 < 2)
			close(self->fd);
		ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
		if (i % 4 >= 2)
			close(self->fd);
		EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
		self->owner = owner_start();
		self->fd = bridge_open(WORMHOLE, self->owner);
		ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	}
}

TEST_HARNESS_MAIN
