// SPDX-License-Identifier: GPL-2.0-only
/* mem/stat can be polled: each change wakes who waits, not too often, and the last one for sure. */
#include <kselftest_harness.h>
#include <sys/epoll.h>

#include "ttmem_actors.h"

FIXTURE(poller) {
	int stat, other_stat, client;
};

FIXTURE_SETUP(poller)
{
	ASSERT_EQ(two_chips(), 0);
	self->stat = stat_open("tt0");
	self->other_stat = stat_open("tt1");
	self->client = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->stat, 0);
	ASSERT_GE(self->other_stat, 0);
	ASSERT_GE(self->client, 0);
}

FIXTURE_TEARDOWN(poller)
{
	close(self->client);
	close(self->stat);
	close(self->other_stat);
}

/* Reads until nothing of what happened so far is still to be told. */
static void settle(int stat)
{
	do
		stat_now(stat, "clients");
	while (stat_changes(stat, 100));
}

TEST_F(poller, a_declaration_wakes)
{
	settle(self->stat);
	EXPECT_EQ(declare(self->client, &n300_geometry), 0);
	EXPECT_TRUE(stat_changes(self->stat, NEVER_MS));
	EXPECT_EQ(stat_now(self->stat, "l1_total"), N300_TOTAL);
}

TEST_F(poller, a_report_wakes_those_of_its_chip)
{
	settle(self->stat);
	settle(self->other_stat);
	EXPECT_EQ(report_n300_l1(self->client, 1000), 0);
	EXPECT_TRUE(stat_changes(self->stat, NEVER_MS));
	EXPECT_EQ(stat_now(self->stat, "l1_used"), 64 * 1000);
	EXPECT_FALSE(stat_changes(self->other_stat, 0));
}

TEST_F(poller, a_report_for_a_remote_chip_wakes_those_of_the_remote_chip)
{
	struct ttmem_report_entry entry = n300_l1(1000);
	int remote;

	ASSERT_EQ(declare_remote(self->client, 0x77), 1);
	remote = stat_open("tt0r1");
	ASSERT_GE(remote, 0);
	settle(remote);
	settle(self->stat);
	entry.chip = 1;
	EXPECT_EQ(report(self->client, &entry, 1), 0);
	EXPECT_TRUE(stat_changes(remote, NEVER_MS));
	EXPECT_EQ(stat_now(remote, "l1_used"), 64 * 1000);
	EXPECT_FALSE(stat_changes(self->stat, 0));

	settle(remote);
	close(self->client);
	EXPECT_TRUE(stat_changes(remote, NEVER_MS));
	EXPECT_EQ(stat_now(remote, "l1_used"), 0);
	close(remote);
}

TEST_F(poller, a_client_that_leaves_wakes)
{
	EXPECT_EQ(report_n300_l1(self->client, 1000), 0);
	settle(self->stat);
	close(self->client);
	EXPECT_TRUE(stat_changes(self->stat, NEVER_MS));
	EXPECT_EQ(stat_now(self->stat, "clients"), 0);
	EXPECT_EQ(stat_now(self->stat, "l1_used"), 0);
}

TEST_F(poller, a_failure_wakes)
{
	settle(self->stat);
	EXPECT_EQ(fail(self->client, TTMEM_POOL_DRAM, 4096), 0);
	EXPECT_TRUE(stat_changes(self->stat, NEVER_MS));
	EXPECT_EQ(stat_now(self->stat, "dram_alloc_failures"), 1);
	EXPECT_EQ(stat_now(self->stat, "last_failure_bank_bytes"), 4096);
}

TEST_F(poller, a_mark_wakes)
{
	settle(self->stat);
	EXPECT_EQ(file_write("/sys/class/tenstorrent/tt0/mem/cb_high", "4711"), 0);
	EXPECT_TRUE(stat_changes(self->stat, NEVER_MS));
	EXPECT_EQ(stat_now(self->stat, "cb_high"), 4711);
}

TEST_F(poller, a_refused_call_wakes)
{
	settle(self->stat);
	EXPECT_EQ(report_n300_l1(self->client, 2 * N300_BANK), -EINVAL);
	EXPECT_TRUE(stat_changes(self->stat, NEVER_MS));
	EXPECT_EQ(stat_now(self->stat, "rejected"), 1);
}

/* ---- the last change ------------------------------------------------------------------------ */

#define ROUNDS		200
#define LAST(round)	(100000 + (round))	/* what others in its round never are */

/* Some changes fall into the same flush of 10 ms, some do not. */
static int change_with_pauses(int next_round)
{
	int client = chip_open(WORMHOLE, O_RDWR);
	int round, i;
	char go;

	for (round = 1; round <= ROUNDS; round++) {
		for (i = rand() % 4; i > 0; i--) {
			if (report_n300_l1(client, rand() % 1000))
				return 1;
			usleep(rand() % 20000);
		}
		if (report_n300_l1(client, LAST(round)) || read(next_round, &go, 1) != 1)
			return 1;
	}
	return 0;
}

TEST_F(poller, the_last_change_is_never_missed)
{
	int round, next_round[2];
	pid_t writer;

	ASSERT_EQ(pipe(next_round), 0);
	writer = child_start(change_with_pauses, next_round[0]);
	for (round = 1; round <= ROUNDS; round++) {
		while (stat_now(self->stat, "l1_used") != 64 * LAST(round))
			ASSERT_TRUE(stat_changes(self->stat, NEVER_MS));
		ASSERT_EQ(write(next_round[1], "", 1), 1);
	}
	EXPECT_EQ(child_wait(writer), 0);
}

/* The flush of a change runs where the change was made. */
static int change_when_told(int go_ahead)
{
	int client = chip_open(WORMHOLE, O_RDWR);
	int i;
	char go;

	use_processor(1);
	for (i = 0; read(go_ahead, &go, 1) == 1; i++)
		if (report_n300_l1(client, i))
			return 1;
	return 0;
}

/* It is not over before it has gone through all who wait. */
static int let_many_wait(void)
{
	struct epoll_event event = { .events = EPOLLPRI | EPOLLERR };
	int many = epoll_create1(EPOLL_CLOEXEC);
	int i;

	for (i = 0; i < 500; i++)
		if (epoll_ctl(many, EPOLL_CTL_ADD, stat_open("tt0"), &event))
			return -errno;
	return 0;
}

/* So who watches from another processor, without sleep, reads and changes something during it. */
TEST_F(poller, a_change_amidst_a_flush_is_not_missed)
{
	int i, go_ahead[2];
	pid_t other;

	ASSERT_EQ(let_many_wait(), 0);
	ASSERT_EQ(pipe2(go_ahead, O_CLOEXEC), 0);
	other = child_start(change_when_told, go_ahead[0]);
	use_processor(0);
	settle(self->stat);
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(write(go_ahead[1], "", 1), 1);
		while (!stat_changes(self->stat, 0))
			;
		stat_now(self->stat, "l1_used");
		ASSERT_EQ(report_n300_l1(self->client, i), 0);
		ASSERT_TRUE(stat_changes(self->stat, NEVER_MS));
		stat_now(self->stat, "l1_used");
	}
	EXPECT_EQ(child_kill(other), 0);
}

#define BURST	10000

static int report_in_a_burst(int client)
{
	int i;

	for (i = 1; i <= BURST; i++)
		if (report_n300_l1(client, i))
			return 1;
	return 0;
}

/* However fast or slow the machine is, two wake-ups are at least 10 ms apart. */
static int not_too_often(long long wakeups, long long start)
{
	return wakeups <= (now_ms() - start) / 10 + 2;
}

TEST_F(poller, many_changes_are_few_wakeups)
{
	long long start = now_ms();
	int wakeups = 0;
	pid_t writer;

	writer = child_start(report_in_a_burst, self->client);
	while (stat_now(self->stat, "l1_used") != 64 * BURST) {
		ASSERT_TRUE(stat_changes(self->stat, NEVER_MS));
		wakeups++;
	}
	EXPECT_GE(wakeups, 1);
	EXPECT_TRUE(not_too_often(wakeups, start));
	TH_LOG("%d reports, %d wake-ups, %lld ms", BURST, wakeups, now_ms() - start);
	EXPECT_EQ(child_wait(writer), 0);
}

/* Who changes something as soon as it is woken waits for 10 ms again each time. */
TEST_F(poller, each_wakeup_takes_its_time)
{
	long long start = now_ms();
	int wakeups;

	stat_now(self->stat, "l1_used");
	for (wakeups = 0; wakeups < 50; wakeups++) {
		ASSERT_EQ(report_n300_l1(self->client, wakeups), 0);
		ASSERT_TRUE(stat_changes(self->stat, NEVER_MS));
		ASSERT_EQ(stat_now(self->stat, "l1_used"), 64 * wakeups);
	}
	EXPECT_TRUE(not_too_often(wakeups, start));
}

/* ---- a chip that goes ----------------------------------------------------------------------- */

static int unbind(void)
{
	return kmd_unbind(WORMHOLE_BDF);
}

static int hot_remove(void)
{
	return pci_remove(WORMHOLE_BDF);
}

static int unload_tt_kmd(void)
{
	return module_unload("tenstorrent");
}

static int unload_ttmem(void)
{
	return module_unload("ttmem");
}

FIXTURE(removal) {
};

FIXTURE_VARIANT(removal) {
	int (*remove)(void);
};

FIXTURE_VARIANT_ADD(removal, unbind) { .remove = unbind };
FIXTURE_VARIANT_ADD(removal, hot_remove) { .remove = hot_remove };
FIXTURE_VARIANT_ADD(removal, unload_tt_kmd) { .remove = unload_tt_kmd };
FIXTURE_VARIANT_ADD(removal, unload_ttmem) { .remove = unload_ttmem };

FIXTURE_SETUP(removal)
{
	/* The removal may have taken a module along. */
	module_load("tenstorrent", "");
	module_load("ttmem", "");
	ASSERT_EQ(two_chips(), 0);
}

FIXTURE_TEARDOWN(removal)
{
	module_load("tenstorrent", "");
	module_load("ttmem", "");
}

/*
 * Once the file has gone, a poll that begins returns by itself, and so does one whose time is up;
 * but kernfs wakes nobody who sleeps. So this one has no time limit of its own.
 */
static int poll_until_the_end(int stat)
{
	char text[STAT_SIZE];

	if (stat_read(stat, text))
		return 1;
	alarm(NEVER_MS / 1000);
	if (!stat_changes(stat, -1))
		return 2;
	return stat_read(stat, text) == -ENODEV ? 0 : 3;
}

TEST_F(removal, wakes_at_once)
{
	int client = chip_open(WORMHOLE, O_RDWR);
	int local, remote;
	pid_t pollers[2];

	ASSERT_EQ(declare_remote(client, 0x77), 1);
	local = stat_open("tt0");
	remote = stat_open("tt0r1");
	close(client);
	settle(local);
	settle(remote);
	pollers[0] = child_start(poll_until_the_end, local);
	pollers[1] = child_start(poll_until_the_end, remote);
	child_sleeps_in(pollers[0], SYS_poll);
	child_sleeps_in(pollers[1], SYS_poll);
	EXPECT_EQ(variant->remove(), 0);
	EXPECT_EQ(child_wait(pollers[0]), 0);
	EXPECT_EQ(child_wait(pollers[1]), 0);
	close(local);
	close(remote);
}

/*
 * Events that come too soon after others are told a second later, if the chip is still there. Who
 * tells them nevertheless works on freed memory, and the kernel's log says so.
 */
TEST_F(removal, does_not_wait_for_events)
{
	int client = chip_open(WORMHOLE, O_RDWR), i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(fail(client, TTMEM_POOL_L1, 4096), 0);
		usleep(200000);
	}
	close(client);
	EXPECT_EQ(variant->remove(), 0);
	sleep(2);
}

TEST_HARNESS_MAIN
