// SPDX-License-Identifier: GPL-2.0-only
/* Pins: the administrator's word for a geometry, which stands whatever clients say. */
#include <kselftest_harness.h>
#include <sched.h>

#include "ttmem_chips.h"

#define GALAXY_TOTAL	119930880LL

FIXTURE(pin) {
	int admin;	/* a file of tt0 that never is a client */
};

FIXTURE_SETUP(pin)
{
	ASSERT_EQ(restart_chips(), 0);
	self->admin = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->admin, 0);
}

/* Whatever it pinned, the administrator's file makes nobody a client. */
FIXTURE_TEARDOWN(pin)
{
	struct ttmem_query answer;
	int ret = query(self->admin, &answer);

	EXPECT_TRUE(ret == -ENODEV || (!ret && !answer.client_id));
	close(self->admin);
}

static int pin(int fd, const struct ttmem_geometry *geometry)
{
	return declare_chip(fd, TTMEM_CHIP_LOCAL, TTMEM_DECLARE_PIN, *geometry);
}

static int unpin(int fd)
{
	return declare_chip(fd, TTMEM_CHIP_LOCAL, TTMEM_DECLARE_UNPIN,
			    (struct ttmem_geometry) {});
}

static int client(const struct ttmem_geometry *geometry)
{
	int fd = chip_open(WORMHOLE, O_RDWR);

	return declare(fd, geometry) ? -1 : fd;
}

static int source_is(const char *source)
{
	return chip_says("tt0", "mem/geometry_source", source);
}

/* Root of a namespace of its own is no administrator of the chip. */
static int refused_in_a_user_namespace(int fd)
{
	pid_t child = spawn();

	if (!child)
		_exit(unshare(CLONE_NEWUSER) || pin(fd, &n300_geometry) != -EPERM ||
		      unpin(fd) != -EPERM);
	return verdict(child) == 0;
}

TEST_F(pin, is_for_the_administrator)
{
	ASSERT_EQ(pin(self->admin, &galaxy_geometry), 0);
	EXPECT_TRUE(refused_in_a_user_namespace(self->admin));
	ASSERT_EQ(seteuid(NOBODY), 0);
	EXPECT_EQ(pin(self->admin, &n300_geometry), -EPERM);
	EXPECT_EQ(unpin(self->admin), -EPERM);
	EXPECT_EQ(pin_remote(self->admin, UID), -EPERM);
	EXPECT_TRUE(source_is("pinned"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), GALAXY_TOTAL);
	EXPECT_EQ(chips_of(WORMHOLE), 1);
}

TEST_F(pin, is_checked_as_any_declaration)
{
	struct ttmem_geometry too_large = galaxy_geometry;

	too_large.tensix_enabled = 120;
	EXPECT_EQ(pin(self->admin, &too_large), -ERANGE);
	EXPECT_EQ(pin(self->admin, &blackhole_geometry), -ERANGE);
	EXPECT_TRUE(source_is("none"));
}

TEST_F(pin, shows_totals_without_any_client)
{
	struct ttmem_geometry geometry = with_uid(n300_geometry, UID);
	struct ttmem_query answer;

	ASSERT_EQ(pin(self->admin, &geometry), 0);
	EXPECT_TRUE(source_is("pinned"));
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "dram_total"), 12LL << 30);
	EXPECT_EQ(mem(WORMHOLE, "tensix_enabled"), 64);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_TRUE(chip_uid_is("tt0", UID));
	/* What the allocators manage is for clients to say. */
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), -ENODATA);

	ASSERT_EQ(query(self->admin, &answer), 0);
	EXPECT_EQ(answer.geometry_source, TTMEM_GEOMETRY_PINNED);
	EXPECT_EQ(answer.declared.chip_uid, UID);

	/* It outlives the file, and goes only when it is taken back. */
	close(self->admin);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	self->admin = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(unpin(self->admin), 0);
	EXPECT_TRUE(source_is("none"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	/* There is nothing left to take back, which does no harm. */
	EXPECT_EQ(unpin(self->admin), 0);
}

TEST_F(pin, settles_a_conflict)
{
	int a = client(&n300_geometry), b = client(&galaxy_geometry);
	char stat[4096];

	EXPECT_TRUE(source_is("conflict"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	ASSERT_EQ(pin(self->admin, &n300_geometry), 0);
	EXPECT_TRUE(source_is("pinned"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	ASSERT_GT(mem_text(WORMHOLE, "stat", stat, sizeof(stat)), 0);
	EXPECT_EQ(stat_number(stat, "geometry_conflict"), -ENODATA);

	/* Taken back, the clients' word counts again: still a conflict, until one leaves. */
	ASSERT_EQ(unpin(self->admin), 0);
	EXPECT_TRUE(source_is("conflict"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	ASSERT_GT(mem_text(WORMHOLE, "stat", stat, sizeof(stat)), 0);
	EXPECT_EQ(stat_number(stat, "geometry_conflict"), 1);
	close(a);
	EXPECT_TRUE(source_is("declared"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), GALAXY_TOTAL);
	close(b);
}

/* A conflict that begins and ends below a pin leaves no trace when the pin goes. */
TEST_F(pin, hides_what_clients_say_meanwhile)
{
	int a, b;

	ASSERT_EQ(pin(self->admin, &n300_geometry), 0);
	a = client(&galaxy_geometry);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	b = client(&n300_geometry);
	close(b);
	ASSERT_EQ(unpin(self->admin), 0);
	EXPECT_TRUE(source_is("declared"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), GALAXY_TOTAL);
	close(a);
}

TEST_F(pin, counts_clients_that_differ)
{
	struct ttmem_geometry known = with_uid(n300_geometry, UID);
	int agrees, differs, late;

	agrees = client(&n300_geometry);
	differs = client(&galaxy_geometry);
	EXPECT_EQ(mem(WORMHOLE, "geometry_mismatches"), 0);
	ASSERT_EQ(pin(self->admin, &known), 0);
	/* Who does not know the unique id does not contradict it. */
	EXPECT_EQ(mem(WORMHOLE, "geometry_mismatches"), 1);
	late = client(&galaxy_geometry);
	EXPECT_EQ(mem(WORMHOLE, "geometry_mismatches"), 2);
	known.chip_uid = UID + 1;
	EXPECT_EQ(declare(agrees, &known), 0);
	EXPECT_EQ(mem(WORMHOLE, "geometry_mismatches"), 3);

	/* It is counted, not refused. */
	EXPECT_EQ(report_n300_l1(differs, 1000), 0);
	EXPECT_EQ(report_n300_l1(late, 1000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);
	close(agrees);
	close(differs);
	close(late);
	/* What has happened stays counted. */
	EXPECT_EQ(mem(WORMHOLE, "geometry_mismatches"), 3);
	ASSERT_EQ(unpin(self->admin), 0);
	EXPECT_EQ(mem(WORMHOLE, "geometry_mismatches"), 3);
}

/* 80 cores full of buffers, on a chip that has 64 by the administrator's word. */
TEST_F(pin, is_never_exceeded)
{
	struct ttmem_report_entry full = {
		.pool = TTMEM_POOL_L1, .banks = 80, .bank_bytes = 1499136,
		.allocated_bytes = 1499136,
	};
	struct ttmem_report_entry empty = {
		.pool = TTMEM_POOL_L1, .banks = 80, .bank_bytes = 1499136,
		.largest_free_bytes = 1499136,
	};
	int fd = client(&galaxy_geometry);
	char stat[4096];

	ASSERT_EQ(report(fd, &full, 1), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), GALAXY_TOTAL);
	ASSERT_EQ(pin(self->admin, &n300_geometry), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_allocatable"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), 0);
	/* What was cut off is not hidden. */
	ASSERT_GT(mem_text(WORMHOLE, "stat", stat, sizeof(stat)), 0);
	EXPECT_EQ(stat_number(stat, "l1_oversubscribed"), GALAXY_TOTAL - N300_TOTAL);

	ASSERT_EQ(report(fd, &empty, 1), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_largest_free"), N300_TOTAL);
	close(fd);
}

TEST_F(pin, of_a_remote_chip_makes_it)
{
	int fd = chip_open(WORMHOLE, O_RDWR);

	EXPECT_EQ(unpin_remote(self->admin, UID), -ENODATA);
	EXPECT_EQ(unpin_remote(self->admin, 0), -EINVAL);
	EXPECT_EQ(chips_of(WORMHOLE), 1);

	ASSERT_EQ(pin_remote(self->admin, UID), 1);
	EXPECT_TRUE(chip_uid_is("tt0r1", UID));
	EXPECT_TRUE(chip_says("tt0r1", "mem/geometry_source", "pinned"));
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_total"), N300_TOTAL);
	EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 0);
	EXPECT_TRUE(source_is("none"));
	/* Pinned or not, a report takes a declaration of the client's own. */
	EXPECT_EQ(report_chip_l1(fd, 1, 1000), -ENODATA);
	EXPECT_EQ(declare_remote(fd, UID), 1);
	EXPECT_EQ(report_chip_l1(fd, 1, 1000), 0);

	EXPECT_EQ(unpin_remote(self->admin, UID), 1);
	EXPECT_TRUE(chip_says("tt0r1", "mem/geometry_source", "declared"));
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 64000);
	close(fd);
}

TEST_F(pin, goes_with_its_gateway)
{
	ASSERT_EQ(pin(self->admin, &n300_geometry), 0);
	ASSERT_EQ(pin_remote(self->admin, UID), 1);
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	EXPECT_EQ(unpin(self->admin), -ENODEV);
	ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	EXPECT_TRUE(source_is("none"));
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	EXPECT_EQ(chips_of(WORMHOLE), 1);
}

TEST_HARNESS_MAIN
