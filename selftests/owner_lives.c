// SPDX-License-Identifier: GPL-2.0-only
/* What is the end of a process that somebody else speaks for, and what only looks like it. */
#include <kselftest_harness.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>

#include "ttmem_chips.h"
#include "ttmem_owner.h"

#define NEVER_MS	60000

static void *live_on(void *unused)
{
	pause();
	return NULL;
}

/* The first thread ends, another one goes on. */
static void end_first_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, live_on, NULL);
	syscall(SYS_exit, 0);
}

/* Another thread takes the place of the first one. */
static void *execute(void *unused)
{
	execlp("sleep", "sleep", "1000", NULL);
	_exit(1);
}

static void execute_in_a_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, execute, NULL);
	for (;;)
		pause();
}

/* A child that shares all but its number. */
static void wait_for_vfork(void)
{
	pid_t parent = getpid();

	if (!vfork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* It may have been killed before. */
		while (getppid() == parent)
			pause();
		_exit(0);
	}
	_exit(1);
}

/* Waits until a file of a process reads so. */
static int becomes(pid_t pid, const char *file, const char *expected)
{
	char path[64], text[1024];
	int ms;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	for (ms = 0; ms < NEVER_MS; ms++) {
		if (file_read(path, text, sizeof(text)) > 0 && strstr(text, expected))
			return 1;
		usleep(1000);
	}
	return 0;
}

/* An owner that does something when it is told, and a bridge. */
struct subject {
	pid_t owner;
	int go[2];
	int fd;
};

FIXTURE(way) {
	struct subject subject;
};

FIXTURE_SETUP(way)
{
	ASSERT_EQ(restart_chips(), 0);
	ASSERT_EQ(pipe(self->subject.go), 0);
}

FIXTURE_TEARDOWN(way)
{
	struct subject *subject = &self->subject;

	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_EQ(report_used(subject->fd, 0, 2000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);
	ASSERT_EQ(owner_kill(subject->owner), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(report_used(subject->fd, 0, 2000), -ESRCH);
	owner_reap(subject->owner);
	close(subject->fd);
}

/* It has been spoken for when it begins. */
static int owner_does(struct subject *subject, void (*something)(void))
{
	char byte;

	subject->owner = spawn();
	if (!subject->owner) {
		if (read(subject->go[0], &byte, 1) == 1)
			something();
		_exit(1);
	}
	subject->fd = bridge_open(WORMHOLE, subject->owner);
	return report_used(subject->fd, 0, 1000) || write(subject->go[1], "", 1) != 1;
}

TEST_F(way, threads_outlive_the_first)
{
	ASSERT_EQ(owner_does(&self->subject, end_first_thread), 0);
	EXPECT_TRUE(becomes(self->subject.owner, "stat", ") Z "));
}

TEST_F(way, exec_in_a_thread)
{
	ASSERT_EQ(owner_does(&self->subject, execute_in_a_thread), 0);
	EXPECT_TRUE(becomes(self->subject.owner, "cmdline", "sleep"));
}

TEST_F(way, vfork)
{
	ASSERT_EQ(owner_does(&self->subject, wait_for_vfork), 0);
	EXPECT_TRUE(becomes(self->subject.owner, "stat", ") D "));
}

/* The next process of this namespace gets this number, if it is free. */
static int choose_next_pid(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid - 1);
	return file_write("/proc/sys/kernel/ns_last_pid", text);
}

/* In a namespace where nobody else takes numbers, and whose /proc shows those. */
static int be_first(void)
{
	unsigned long long start_time;
	pid_t owner, stranger;
	int fd, ret;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", 0, NULL))
		return 90;
	owner = owner_start();
	start_time = start_time_of(owner);
	fd = bridge_open(WORMHOLE, owner);
	if (report_used(fd, 0, 1000))
		return 1;
	owner_reap(owner);
	/* Two ticks of the clock: another start time. */
	usleep(20000);
	if (choose_next_pid(owner))
		return 2;
	stranger = owner_start();
	if (stranger != owner)
		return 3;
	if (mem(WORMHOLE, "l1_used") || report_used(fd, 0, 1000) != -ESRCH)
		return 4;
	close(fd);
	fd = chip_open(WORMHOLE, O_RDWR);
	ret = set_owner(fd, stranger, start_time);
	owner_reap(stranger);
	return ret != -ESRCH;
}

TEST(its_number_is_a_strangers)
{
	pid_t child, first;

	ASSERT_EQ(restart_chips(), 0);
	child = spawn();
	if (!child) {
		if (unshare(CLONE_NEWPID | CLONE_NEWNS))
			_exit(99);
		first = spawn();
		_exit(first ? verdict(first) : be_first());
	}
	EXPECT_EQ(verdict(child), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
}

TEST_HARNESS_MAIN
