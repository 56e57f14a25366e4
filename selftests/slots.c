// SPDX-License-Identifier: GPL-2.0-only
/* Slots of remote chips: who gets one, how long it stays in it, and how fast they are taken. */
#include <kselftest_harness.h>
#include <sys/stat.h>
#include <time.h>

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

/* ---- slots --------------------------------------------------------------------------------- */

TEST_F(remote, makes_room_when_its_clients_have_left)
{
	int fds[TTMEM_MAX_CHIPS], attribute, other;

	ASSERT_EQ(fill_slots(WORMHOLE, &n300_geometry, fds), 0);
	other = chip_open(WORMHOLE, O_RDWR);
	ASSERT_EQ(declare_remote(other, UID + 7), 7);
	attribute = attribute_open("tt0r7");
	ASSERT_EQ(report_chip_l1(fds[6], 6, 1000), 0);

	EXPECT_EQ(declare_remote(self->fd, UID), -ENOSPC);
	close(fds[7]);
	/* It still has a client, which never spoke for anything else. */
	EXPECT_EQ(declare_remote(self->fd, UID), -ENOSPC);
	EXPECT_EQ(client_id(self->fd), 0);
	EXPECT_TRUE(chip_uid_is("tt0r7", UID + 7));
	EXPECT_EQ(attribute_error(attribute), 0);

	close(other);
	EXPECT_EQ(declare_remote(self->fd, UID), 7);
	EXPECT_EQ(attribute_error(attribute), ENODEV);
	EXPECT_TRUE(chip_uid_is("tt0r7", UID));
	EXPECT_EQ(chip_number("tt0r7", "mem/clients"), 1);
	/* The others have not noticed. */
	EXPECT_TRUE(chip_uid_is("tt0r6", UID + 6));
	EXPECT_EQ(chip_number("tt0r6", "mem/l1_used"), 64000);
	EXPECT_EQ(report_chip_l1(fds[6], 6, 500), 0);
	EXPECT_EQ(chip_number("tt0r6", "mem/l1_used"), 32000);
	EXPECT_EQ(chips_of(WORMHOLE), TTMEM_MAX_CHIPS);
}

/* A free slot is taken first, so that a chip stays in sight as long as it can. */
TEST_F(remote, stays_while_there_are_slots)
{
	int index;

	for (index = 1; index <= SLOTS; index++) {
		ASSERT_EQ(declare_remote(self->fd, UID + index), index);
		close(self->fd);
		self->fd = chip_open(WORMHOLE, O_RDWR);
	}
	EXPECT_EQ(chips_of(WORMHOLE), TTMEM_MAX_CHIPS);
	EXPECT_TRUE(chip_uid_is("tt0r1", UID + 1));
}

TEST_F(remote, keeps_its_slot_while_it_is_pinned)
{
	int index;

	for (index = 1; index <= SLOTS; index++)
		ASSERT_EQ(declare_remote(self->fd, UID + index), index);
	ASSERT_EQ(pin_remote(self->fd, UID + 1), 1);
	ASSERT_EQ(pin_remote(self->fd, UID + 2), 2);
	close(self->fd);

	self->fd = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(declare_remote(self->fd, UID), 3);
	EXPECT_TRUE(chip_uid_is("tt0r1", UID + 1));
	EXPECT_TRUE(chip_uid_is("tt0r2", UID + 2));
	ASSERT_EQ(unpin_remote(self->fd, UID + 1), 1);
	EXPECT_EQ(declare_remote(self->fd, UID + 3), 1);
	EXPECT_TRUE(chip_uid_is("tt0r2", UID + 2));
}

/* A user with nonsense to say leaves room for others. */
TEST_F(remote, of_one_user_take_half_of_the_slots)
{
	const int half = SLOTS / 2;
	int other = chip_open(WORMHOLE, O_RDWR);
	int index;

	close(self->fd);
	ASSERT_EQ(chmod("/dev/ttmem/tt0", 0666), 0);
	ASSERT_EQ(seteuid(NOBODY), 0);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	for (index = 1; index <= half; index++)
		ASSERT_EQ(declare_remote(self->fd, UID + index), index);
	EXPECT_EQ(declare_remote(self->fd, UID), -ENOSPC);
	EXPECT_EQ(chips_of(WORMHOLE), 1 + half);
	/* Its own are its own, and so are those that another brought into being. */
	EXPECT_EQ(declare_remote(self->fd, UID + 1), 1);
	for (; index <= SLOTS; index++)
		ASSERT_EQ(declare_remote(other, UID + index), index);
	EXPECT_EQ(declare_remote(self->fd, UID + SLOTS), SLOTS);

	/* What it does not use any more does not count. */
	close(self->fd);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(seteuid(0), 0);
	close(other);
}

/* ---- the rate ------------------------------------------------------------------------------ */

/* Who asks for ever new chips gets 30 in ten seconds, and so many uevents. */
TEST_F(remote, cannot_be_created_in_a_storm)
{
	int created = 0, refused = 0, added = 0, removed = 0, uevents, fd, ret, i;
	struct timespec start, end;
	char event[256];

	uevents = uevents_open();
	ASSERT_GE(uevents, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (i = 1; i <= 500; i++) {
		fd = chip_open(WORMHOLE, O_RDWR);
		ret = declare_remote(fd, UID + i);
		created += ret > 0;
		refused += ret == -EAGAIN;
		close(fd);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	EXPECT_EQ(created + refused, 500);
	EXPECT_GE(created, SLOTS);
	EXPECT_LE(created, 30 * (1 + (end.tv_sec - start.tv_sec) / 10));
	while (uevent_next(uevents, event, sizeof(event))) {
		added += !strncmp(event, "add ", 4);
		removed += !strncmp(event, "remove ", 7);
	}
	EXPECT_EQ(added, created);
	EXPECT_EQ(removed, created - SLOTS);
	close(uevents);
}

TEST_F(remote, that_comes_too_fast_changes_nothing)
{
	int fds[TTMEM_MAX_CHIPS], ret, i = SLOTS;
	char text[64];

	ASSERT_EQ(fill_slots(WORMHOLE, &n300_geometry, fds), 0);
	close(fds[1]);
	do {
		close(self->fd);
		self->fd = chip_open(WORMHOLE, O_RDWR);
		ret = declare_remote(self->fd, UID + ++i);
	} while (ret == 1);
	ASSERT_EQ(ret, -EAGAIN);
	/* The idle chip is there, and those that exist can be declared at any rate. */
	snprintf(text, sizeof(text), "0x%016llx", UID + i - 1);
	EXPECT_TRUE(chip_says("tt0r1", "mem/chip_uid", text));
	EXPECT_EQ(client_id(self->fd), 0);
	EXPECT_EQ(declare_remote(self->fd, UID + 15), 15);
	EXPECT_EQ(declare_remote(self->fd, UID + i - 1), 1);
	/* The rate is the user's: the next one is served. */
	close(fds[2]);
	ASSERT_EQ(chmod("/dev/ttmem/tt0", 0666), 0);
	ASSERT_EQ(seteuid(NOBODY), 0);
	fds[2] = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(declare_remote(fds[2], UID), 2);
	ASSERT_EQ(seteuid(0), 0);
}

TEST_HARNESS_MAIN
