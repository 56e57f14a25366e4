// SPDX-License-Identifier: GPL-2.0-only
/* Remote chips and their gateways: each is behind one of them, and goes with it. */
#include <kselftest_harness.h>

#include "ttmem_chips.h"

FIXTURE(remote) {
	int fd;		/* of tt0; no client yet */
};

FIXTURE_SETUP(remote)
{
	ASSERT_EQ(restart_chips(), 0);
	ASSERT_EQ(chips_of(WORMHOLE), 1);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(remote)
{
	close(self->fd);
}

/* ---- two gateways -------------------------------------------------------------------------- */

static int declare_elsewhere(int fd, unsigned long long uid)
{
	return declare_chip(fd, TTMEM_CHIP_REMOTE, 0, with_uid(blackhole_geometry, uid));
}

/* A mesh has many ways to a chip, but it is shown once: where somebody speaks for it. */
TEST_F(remote, is_behind_one_gateway)
{
	int elsewhere = chip_open(BLACKHOLE, O_RDWR);
	int attribute;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	attribute = attribute_open("tt0r1");
	EXPECT_EQ(declare_elsewhere(elsewhere, UID), -EEXIST);
	EXPECT_EQ(declare_chip(elsewhere, TTMEM_CHIP_REMOTE, TTMEM_DECLARE_PIN,
			       with_uid(blackhole_geometry, UID)), -EEXIST);
	EXPECT_EQ(unpin_remote(elsewhere, UID), -ENODATA);
	EXPECT_EQ(client_id(elsewhere), 0);
	EXPECT_EQ(chips_of(BLACKHOLE), 1);

	/* A pin speaks for it, too. */
	ASSERT_EQ(pin_remote(self->fd, UID), 1);
	close(self->fd);
	EXPECT_EQ(declare_elsewhere(elsewhere, UID), -EEXIST);
	EXPECT_EQ(attribute_error(attribute), 0);

	/* Nobody does any more: it moves. */
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_EQ(unpin_remote(self->fd, UID), 1);
	EXPECT_EQ(declare_elsewhere(elsewhere, UID), 1);
	EXPECT_EQ(attribute_error(attribute), ENODEV);
	EXPECT_EQ(chips_of(WORMHOLE), 1);
	EXPECT_TRUE(chip_uid_is("tt1r1", UID));
	EXPECT_EQ(chip_number("tt1r1", "mem/tensix_enabled"), 140);
	EXPECT_EQ(declare_remote(self->fd, UID), -EEXIST);
}

/* A refused call changes nothing, on no gateway. */
TEST_F(remote, does_not_move_to_where_there_is_no_room)
{
	int fds[TTMEM_MAX_CHIPS];

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	close(self->fd);
	ASSERT_EQ(fill_slots(BLACKHOLE, &blackhole_geometry, fds), 0);
	self->fd = chip_open(BLACKHOLE, O_RDWR);
	EXPECT_EQ(declare_elsewhere(self->fd, UID), -ENOSPC);
	EXPECT_TRUE(chip_uid_is("tt0r1", UID));
}

TEST_F(remote, does_not_move_too_fast)
{
	int index = 0, elsewhere = chip_open(BLACKHOLE, O_RDWR), ret;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	close(self->fd);
	do {
		self->fd = chip_open(BLACKHOLE, O_RDWR);
		ret = declare_elsewhere(self->fd, UID + ++index);
		close(self->fd);
	} while (ret > 0);
	ASSERT_EQ(ret, -EAGAIN);
	EXPECT_EQ(declare_elsewhere(elsewhere, UID), -EAGAIN);
	EXPECT_TRUE(chip_uid_is("tt0r1", UID));
	close(elsewhere);
}

/* ---- the gateway goes ---------------------------------------------------------------------- */

/* Every call on a file whose gateway is gone says so. */
static int orphaned(int fd)
{
	struct ttmem_query answer;

	return query_chip(fd, 1, &answer) == -ENODEV && declare_remote(fd, UID) == -ENODEV &&
	       pin_remote(fd, UID) == -ENODEV && report_chip_l1(fd, 1, 1) == -ENODEV &&
	       fail(fd, 1, TTMEM_POOL_L1, 1) == -ENODEV;
}

/* In the order in which their devices go. */
static int next_removed(int uevents, const char *chip)
{
	char event[256];

	while (uevent_next(uevents, event, sizeof(event)))
		if (!strncmp(event, "remove ", 7))
			return !strcmp(event + 7, chip);
	return 0;
}

TEST_F(remote, goes_before_its_gateway)
{
	int uevents, attribute, fd;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(report_chip_l1(self->fd, 1, 1000), 0);
	attribute = attribute_open("tt0r1");
	uevents = uevents_open();
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	EXPECT_TRUE(next_removed(uevents, "tt0r1"));
	EXPECT_TRUE(next_removed(uevents, "tt0"));
	EXPECT_EQ(chips_of(WORMHOLE), 0);
	EXPECT_EQ(attribute_error(attribute), ENODEV);
	EXPECT_TRUE(orphaned(self->fd));
	ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	EXPECT_EQ(chips_of(WORMHOLE), 1);

	/* The same chip, anew: what the orphan held is not its. */
	fd = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(declare_remote(fd, UID), 1);
	EXPECT_EQ(report_chip_l1(fd, 1, 10), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 640);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_peak"), 640);
	EXPECT_TRUE(orphaned(self->fd));
	close(self->fd);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 640);
	EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 1);
	close(fd);
}

/* While a gateway is away its chips may be reached through another. */
TEST_F(remote, is_free_to_move_when_its_gateway_has_gone)
{
	int elsewhere = chip_open(BLACKHOLE, O_RDWR);

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(pin_remote(self->fd, UID), 1);
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	EXPECT_EQ(declare_elsewhere(elsewhere, UID), 1);
	close(self->fd);
	EXPECT_TRUE(chip_uid_is("tt1r1", UID));
	ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(declare_remote(self->fd, UID), -EEXIST);
}

TEST_F(remote, goes_with_tt_kmd)
{
	int elsewhere = chip_open(BLACKHOLE, O_RDWR);

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(declare_elsewhere(elsewhere, UID + 1), 1);
	ASSERT_EQ(report_chip_l1(self->fd, 1, 1000), 0);
	ASSERT_EQ(module_unload("tenstorrent"), 0);
	EXPECT_EQ(access("/sys/class/tenstorrent", F_OK), -1);
	EXPECT_TRUE(orphaned(self->fd));
	EXPECT_TRUE(orphaned(elsewhere));
	close(self->fd);
	ASSERT_EQ(module_load("tenstorrent", ""), 0);
	EXPECT_EQ(chips_of(WORMHOLE), 1);
	EXPECT_EQ(chips_of(BLACKHOLE), 1);
	EXPECT_TRUE(orphaned(elsewhere));
	close(elsewhere);
}

/* Idle, pinned or in use: what pins the module is an open file, not a chip. */
TEST_F(remote, goes_with_ttmem)
{
	int index;

	for (index = 1; index <= SLOTS; index++)
		ASSERT_EQ(declare_remote(self->fd, UID + index), index);
	ASSERT_EQ(pin_remote(self->fd, UID + 1), 1);
	EXPECT_EQ(module_unload("ttmem"), -EAGAIN);
	close(self->fd);
	ASSERT_EQ(module_unload("ttmem"), 0);
	EXPECT_EQ(chips_of(WORMHOLE), 0);
	ASSERT_EQ(module_load("ttmem", ""), 0);
	EXPECT_EQ(chips_of(WORMHOLE), 1);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(declare_remote(self->fd, UID + 2), 1);
}

TEST_F(remote, goes_with_a_hot_removed_gateway)
{
	int attribute;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(report_chip_l1(self->fd, 1, 1000), 0);
	attribute = attribute_open("tt0r1");
	ASSERT_EQ(pci_remove(WORMHOLE_BDF), 0);
	EXPECT_EQ(chips_of(WORMHOLE), 0);
	EXPECT_EQ(attribute_error(attribute), ENODEV);
	EXPECT_TRUE(orphaned(self->fd));
	ASSERT_EQ(pci_rescan(), 0);
	EXPECT_TRUE(orphaned(self->fd));
	close(self->fd);
	/* It has come back with another number, so another test has to begin with new modules. */
	ASSERT_EQ(module_unload("ttmem"), 0);
	ASSERT_EQ(module_unload("tenstorrent"), 0);
	ASSERT_EQ(module_unload("ttsim_pci"), 0);
	ASSERT_EQ(module_load("ttsim_pci", "chips=wormhole,blackhole"), 0);
	ASSERT_EQ(module_load("tenstorrent", ""), 0);
	ASSERT_EQ(module_load("ttmem", ""), 0);
	EXPECT_EQ(chips_of(WORMHOLE), 1);
	EXPECT_EQ(chips_of(BLACKHOLE), 1);
}

TEST_HARNESS_MAIN
