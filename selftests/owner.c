// SPDX-License-Identifier: GPL-2.0-only
/* Speaking for another process: who may, for whom, and what it counts as. */
#include <kselftest_harness.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include "ttmem_chips.h"
#include "ttmem_owner.h"

#define SOMEBODY	1234

FIXTURE(bridge) {
	pid_t owner;
	int fd;		/* of tt0; speaks for it */
};

FIXTURE_SETUP(bridge)
{
	ASSERT_EQ(restart_chips(), 0);
	self->owner = owner_start();
	self->fd = bridge_open(WORMHOLE, self->owner);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(bridge)
{
	close(self->fd);
	owner_reap(self->owner);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
}

/* ---- for whom ------------------------------------------------------------------------------ */

/* A file of tt0 that speaks for nobody yet, and what the chip shows but for refused calls. */
FIXTURE(refused) {
	pid_t owner;
	int fd;
	char before[4096];
	long long rejected;
};

FIXTURE_SETUP(refused)
{
	ASSERT_EQ(restart_chips(), 0);
	self->owner = owner_start();
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(mem_figures(WORMHOLE, self->before, sizeof(self->before)), 0);
	self->rejected = mem(WORMHOLE, "rejected");
}

/* Whatever was refused: it is counted, and the file is good for another try. */
FIXTURE_TEARDOWN(refused)
{
	char after[4096];

	EXPECT_GT(mem(WORMHOLE, "rejected"), self->rejected);
	EXPECT_EQ(mem_figures(WORMHOLE, after, sizeof(after)), 0);
	EXPECT_STREQ(after, self->before);
	EXPECT_EQ(set_owner(self->fd, self->owner, start_time_of(self->owner)), 0);
	EXPECT_EQ(report_used(self->fd, 0, 1000), 0);
	EXPECT_EQ(client_number("tt0", client_id(self->fd), "pid"), self->owner);
	close(self->fd);
	owner_reap(self->owner);
}

TEST_F(refused, without_the_capability)
{
	unsigned long long start_time = start_time_of(self->owner);
	pid_t child = spawn();

	/* Root of a namespace of its own is no administrator of the chip. */
	if (!child)
		_exit(unshare(CLONE_NEWUSER) ||
		      set_owner(self->fd, self->owner, start_time) != -EPERM);
	EXPECT_EQ(verdict(child), 0);
	ASSERT_EQ(seteuid(NOBODY), 0);
	EXPECT_EQ(set_owner(self->fd, self->owner, start_time), -EPERM);
	EXPECT_EQ(set_owner(self->fd, getpid(), start_time_of(getpid())), -EPERM);
	ASSERT_EQ(seteuid(0), 0);
}

TEST_F(refused, through_a_file_that_cannot_be_written_to)
{
	int reader = chip_open(WORMHOLE, O_RDONLY);

	EXPECT_EQ(set_owner(reader, self->owner, start_time_of(self->owner)), -EACCES);
	close(reader);
}

static void *say_tid(void *tid)
{
	__atomic_store_n((pid_t *)tid, syscall(SYS_gettid), __ATOMIC_RELAXED);
	pause();
	return NULL;
}

TEST_F(refused, for_what_is_no_process)
{
	unsigned long long start_time = start_time_of(self->owner);
	pid_t thread = 0, tid, zombie;
	pthread_t handle;

	EXPECT_EQ(set_owner(self->fd, 0, start_time), -EINVAL);
	EXPECT_EQ(set_owner(self->fd, -1, start_time), -EINVAL);
	EXPECT_EQ(set_owner(self->fd, 1 << 30, start_time), -ESRCH);
	EXPECT_EQ(set_owner(self->fd, self->owner, start_time - 1), -ESRCH);
	EXPECT_EQ(set_owner(self->fd, self->owner, start_time + 1), -ESRCH);

	ASSERT_EQ(pthread_create(&handle, NULL, say_tid, &thread), 0);
	while (!(tid = __atomic_load_n(&thread, __ATOMIC_RELAXED)))
		usleep(1000);
	EXPECT_EQ(set_owner(self->fd, tid, start_time_of(tid)), -ESRCH);

	zombie = owner_start();
	start_time = start_time_of(zombie);
	ASSERT_EQ(owner_kill(zombie), 0);
	EXPECT_EQ(start_time_of(zombie), start_time);
	EXPECT_EQ(set_owner(self->fd, zombie, start_time), -ESRCH);
	owner_reap(zombie);
	EXPECT_EQ(set_owner(self->fd, zombie, start_time), -ESRCH);
}

TEST_F(refused, with_an_argument_of_another_size)
{
	struct {
		struct ttmem_owner owner;
		__u64 news;
	} argument = { .owner = { .pid = self->owner, .start_time = start_time_of(self->owner) } };

	argument.owner.size = sizeof(argument.owner) - 1;
	EXPECT_EQ(call(self->fd, TTMEM_OWNER, &argument), -EINVAL);
	argument.owner.size = sizeof(argument);
	argument.news = 1;
	EXPECT_EQ(call(self->fd, TTMEM_OWNER, &argument), -E2BIG);
	EXPECT_EQ(call(self->fd, TTMEM_OWNER, NULL), -EFAULT);
}

TEST_F(bridge, speaks_for_one_process_only)
{
	pid_t other = owner_start();

	EXPECT_EQ(set_owner(self->fd, other, start_time_of(other)), -EBUSY);
	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	EXPECT_EQ(set_owner(self->fd, other, start_time_of(other)), -EBUSY);
	EXPECT_EQ(client_number("tt0", client_id(self->fd), "pid"), self->owner);
	owner_reap(other);
}

/* A file that has spoken for its own process does so for ever. */
TEST_F(bridge, has_said_nothing_before)
{
	unsigned long long start_time = start_time_of(self->owner);
	int declared = chip_open(WORMHOLE, O_RDWR), reported = chip_open(WORMHOLE, O_RDWR);
	int other = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(declare(declared, &n300_geometry), 0);
	ASSERT_EQ(report_n300_l1(reported, 1000), 0);
	EXPECT_EQ(set_owner(declared, self->owner, start_time), -EBUSY);
	EXPECT_EQ(set_owner(reported, self->owner, start_time), -EBUSY);
	EXPECT_EQ(client_number("tt0", client_id(reported), "pid"), getpid());
	/* None of these makes a client. */
	ASSERT_EQ(fail(other, 0, TTMEM_POOL_L1, 4096), 0);
	ASSERT_EQ(report_n300_l1(other, N300_BANK + 1), -EINVAL);
	EXPECT_EQ(set_owner(other, self->owner, start_time), 0);
	close(declared);
	close(reported);
	close(other);
}

/* ---- what it counts as --------------------------------------------------------------------- */

TEST_F(bridge, counts_as_the_process)
{
	char line[64], stat[4096];
	long long id;

	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	ASSERT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 4096), 0);
	id = client_id(self->fd);
	EXPECT_EQ(client_number("tt0", id, "pid"), self->owner);
	EXPECT_EQ(client_stat("tt0", id, "pid"), self->owner);
	EXPECT_EQ(client_number("tt0", id, "l1_used"), 64000);
	ASSERT_GT(client_text("tt0", id, "source", line, sizeof(line)), 0);
	EXPECT_STREQ(line, "bridge\n");
	ASSERT_GT(client_text("tt0", id, "stat", stat, sizeof(stat)), 0);
	EXPECT_NE(strstr(stat, "\nsource bridge\n"), NULL);
	ASSERT_GT(mem_text(WORMHOLE, "stat", stat, sizeof(stat)), 0);
	EXPECT_EQ(stat_number(stat, "last_failure_pid"), self->owner);
	EXPECT_EQ(stat_number(stat, "clients"), 1);

	snprintf(line, sizeof(line), "\nttmem-owner:\t%d\n", self->owner);
	EXPECT_TRUE(info_says(self->fd, line));
	EXPECT_TRUE(info_says(self->fd, "\ndrm-total-l1:\t64000\n"));
}

/* Limits are the caller's; what is shown is the owner's, as the reader knows it. */
TEST_F(bridge, shows_the_user_of_the_process)
{
	int fds[65], i;
	long long id;
	pid_t owner;

	ASSERT_EQ(seteuid(SOMEBODY), 0);
	owner = owner_start();
	ASSERT_EQ(seteuid(0), 0);
	for (i = 0; i < 65; i++) {
		fds[i] = bridge_open(WORMHOLE, owner);
		ASSERT_EQ(declare(fds[i], &n300_geometry), 0);
	}
	id = client_id(fds[64]);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 65);
	EXPECT_EQ(client_number("tt0", id, "uid"), SOMEBODY);
	EXPECT_EQ(client_stat("tt0", id, "uid"), SOMEBODY);
	for (i = 0; i < 65; i++)
		close(fds[i]);
	owner_reap(owner);
}

/* What it knows is what is used; how large pools are is for others to say. */
TEST_F(bridge, may_not_know_sizes)
{
	int administrator = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64000);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), -ENODATA);
	ASSERT_EQ(declare_chip(administrator, 0, TTMEM_DECLARE_PIN, n300_geometry), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	EXPECT_TRUE(chip_says("tt0", "mem/geometry_source", "pinned"));
	ASSERT_EQ(declare_chip(administrator, 0, TTMEM_DECLARE_UNPIN, n300_geometry), 0);
	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(report_used(self->fd, 0, 1001), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64064);
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "l1_allocatable"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "l1_largest_free"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "l1_reserved"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "l1_banks"), -ENODATA);
	EXPECT_EQ(report_used(self->fd, 0, 1499137), -ERANGE);
	close(administrator);
}

TEST_F(bridge, has_no_page)
{
	EXPECT_EQ(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(errno, EOPNOTSUPP);
	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	EXPECT_EQ(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0), MAP_FAILED);
	EXPECT_EQ(errno, EOPNOTSUPP);
}

TEST_HARNESS_MAIN
