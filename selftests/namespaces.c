// SPDX-License-Identifier: GPL-2.0-only
/* What changes with the reader's namespaces, pids and user ids, and what does not: figures. */
#include <kselftest_harness.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "ttmem_chips.h"

#define SOMEBODY	1234

/* ---- processes in namespaces --------------------------------------------------------------- */

/*
 * Calls a function in the first process of a new pid namespace. Its result, and that of the child
 * returned here, is the function's.
 */
static pid_t start_in_pid_namespace(int (*function)(void *), void *data)
{
	pid_t child = spawn(), first;

	if (child)
		return child;
	if (unshare(CLONE_NEWPID))
		_exit(99);
	first = spawn();
	if (!first)
		_exit(function(data));
	_exit(verdict(first));
}

/* One id of another process's user namespace. */
static int map_id(pid_t pid, const char *file, unsigned int inside, unsigned int outside)
{
	char path[64], map[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	snprintf(map, sizeof(map), "%u %u 1", inside, outside);
	return file_write(path, map);
}

/* What this process reads as the pid of a client: the same as in its stat, or it is -EINVAL. */
static long long pid_of(long long id)
{
	long long pid = client_number("tt0", id, "pid");

	return client_stat("tt0", id, "pid") == pid ? pid : -EINVAL;
}

static long long last_failure_pid(void)
{
	char stat[4096];
	int ret = mem_text(WORMHOLE, "stat", stat, sizeof(stat));

	return ret < 0 ? ret : stat_number(stat, "last_failure_pid");
}

/* A client of tt0, and what it shares with whoever looks at it. */
struct subject {
	int fd;			/* its file */
	long long id;		/* its number */
	int up[2];		/* a byte from it: it is there */
	int down[2];		/* a byte for it: it may go */
};

static int subject_pipes(struct subject *subject)
{
	return pipe(subject->up) || pipe(subject->down);
}

FIXTURE(namespaces) {
	struct subject subject;
};

FIXTURE_SETUP(namespaces)
{
	ASSERT_EQ(restart_chips(), 0);
	ASSERT_EQ(subject_pipes(&self->subject), 0);
	self->subject.fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->subject.fd, 0);
}

FIXTURE_TEARDOWN(namespaces)
{
	close(self->subject.fd);
}

/* ---- pids ---------------------------------------------------------------------------------- */

/* A client in a namespace of its own, which has the number 1 there; it stays until it may go. */
static int be_client(void *data)
{
	struct subject *subject = data;
	int fd = chip_open(WORMHOLE, O_RDWR);
	long long id;
	char byte;

	if (report_n300_l1(fd, 1000) || fail(fd, 0, TTMEM_POOL_L1, 4096))
		return 1;
	id = client_id(fd);
	if (getpid() != 1 || pid_of(id) != 1 || last_failure_pid() != 1)
		return 2;
	if (write(subject->up[1], &id, sizeof(id)) != sizeof(id))
		return 3;
	return read(subject->down[0], &byte, 1) != 1;
}

/* A reader that cannot see it. */
static int see_nobody(void *data)
{
	struct subject *subject = data;

	if (pid_of(subject->id) || last_failure_pid())
		return 1;
	/* Everything else is as ever. */
	return client_number("tt0", subject->id, "l1_used") != 64000;
}

/* Has a process this number in its innermost namespace? */
static int is_inner(pid_t pid, pid_t inner)
{
	char path[64], text[4096], *line, *last;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (file_read(path, text, sizeof(text)) < 0)
		return 0;
	line = strstr(text, "\nNSpid:");
	if (!line)
		return 0;
	*strchr(line + 1, '\n') = '\0';
	last = strrchr(line, '\t');
	return atoi(last) == inner;
}

TEST_F(namespaces, pid_is_the_readers)
{
	struct subject *subject = &self->subject;
	pid_t client, sibling;

	client = start_in_pid_namespace(be_client, subject);
	ASSERT_EQ(read(subject->up[0], &subject->id, sizeof(subject->id)), sizeof(subject->id));
	/* Out here it has another number, which is that of the same process. */
	EXPECT_GT(pid_of(subject->id), 1);
	EXPECT_TRUE(is_inner(pid_of(subject->id), 1));
	EXPECT_EQ(last_failure_pid(), pid_of(subject->id));
	/* Beside it, where there is a process 1, too, it has none. */
	sibling = start_in_pid_namespace(see_nobody, subject);
	EXPECT_EQ(verdict(sibling), 0);
	ASSERT_EQ(write(subject->down[1], "", 1), 1);
	EXPECT_EQ(verdict(client), 0);
}

/* Who looks from inside a namespace does not see those outside of it. */
TEST_F(namespaces, pid_of_an_outer_process_is_0)
{
	struct subject *subject = &self->subject;

	ASSERT_EQ(report_n300_l1(subject->fd, 1000), 0);
	ASSERT_EQ(fail(subject->fd, 0, TTMEM_POOL_L1, 4096), 0);
	subject->id = client_id(subject->fd);
	EXPECT_EQ(pid_of(subject->id), getpid());
	EXPECT_EQ(verdict(start_in_pid_namespace(see_nobody, subject)), 0);
}

/* A thread speaks for its process. */
static void *open_and_report(void *data)
{
	struct subject *subject = data;

	subject->fd = chip_open(WORMHOLE, O_RDWR);
	report_n300_l1(subject->fd, 1000);
	return NULL;
}

TEST_F(namespaces, pid_of_a_thread_is_its_processs)
{
	struct subject *subject = &self->subject;
	pthread_t thread;

	close(subject->fd);
	ASSERT_EQ(pthread_create(&thread, NULL, open_and_report, subject), 0);
	ASSERT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(pid_of(client_id(subject->fd)), getpid());
}

/*
 * The next process of this pid namespace gets this number, if it is free. The file speaks of the
 * writer's namespace, whichever /proc it is written through.
 */
static int choose_next_pid(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid - 1);
	return file_write("/proc/sys/kernel/ns_last_pid", text);
}

/* Opens the file, leaves it to a child and ends; its parent adopts the child. */
static void open_and_end(struct subject *subject)
{
	int fd = chip_open(WORMHOLE, O_RDWR);
	char byte;

	if (report_n300_l1(fd, 1000) || fail(fd, 0, TTMEM_POOL_L1, 4096))
		_exit(1);
	subject->id = client_id(fd);
	if (pid_of(subject->id) != getpid() || last_failure_pid() != getpid())
		_exit(2);
	if (!fork()) {
		if (read(subject->down[0], &byte, 1) != 1 || report_n300_l1(fd, 2000))
			_exit(3);
		_exit(0);
	}
	_exit(write(subject->up[1], &subject->id, sizeof(subject->id)) != sizeof(subject->id));
}

/* In a namespace where nobody else takes numbers. */
static int outlive_the_opener(void *data)
{
	struct subject *subject = data;
	pid_t opener, stranger;
	int status;

	opener = spawn();
	if (!opener)
		open_and_end(subject);
	if (read(subject->up[0], &subject->id, sizeof(subject->id)) < 0 || verdict(opener))
		return 1;
	if (pid_of(subject->id) || last_failure_pid())
		return 2;

	/* A stranger takes the opener's number, and is not taken for it. */
	if (choose_next_pid(opener))
		return 3;
	stranger = spawn();
	if (!stranger) {
		pause();
		_exit(0);
	}
	if (stranger != opener)
		return 4;
	if (pid_of(subject->id) || last_failure_pid())
		return 5;
	/* The client is there all the same, in the hands of the child. */
	if (client_number("tt0", subject->id, "l1_used") != 64000)
		return 6;
	reap_killed(stranger);
	if (write(subject->down[1], "", 1) != 1 || wait(&status) < 0 || status)
		return 7;
	return chip_entries("tt0", "clients") != 0;
}

TEST_F(namespaces, pid_is_not_a_strangers)
{
	struct subject *subject = &self->subject;
	pid_t first;

	first = start_in_pid_namespace(outlive_the_opener, subject);
	EXPECT_EQ(verdict(first), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(last_failure_pid(), 0);
}

/* ---- user ids ------------------------------------------------------------------------------ */

static long long uid_of(long long id)
{
	long long uid = client_number("tt0", id, "uid");

	return client_stat("tt0", id, "uid") == uid ? uid : -EINVAL;
}

/* The opener's effective one, as the reader's user namespace knows it. */
TEST_F(namespaces, uid_is_the_readers)
{
	int fd = self->subject.fd, others;
	pid_t child;
	char byte;

	ASSERT_EQ(report_n300_l1(fd, 1000), 0);
	ASSERT_EQ(chmod("/dev/ttmem/tt0", 0666), 0);
	ASSERT_EQ(seteuid(SOMEBODY), 0);
	others = chip_open(WORMHOLE, O_RDWR);
	/* Who speaks through it does not matter. */
	ASSERT_EQ(seteuid(0), 0);
	ASSERT_EQ(report_n300_l1(others, 1000), 0);
	EXPECT_EQ(uid_of(client_id(fd)), 0);
	EXPECT_EQ(uid_of(client_id(others)), SOMEBODY);

	child = spawn();
	if (!child) {
		if (unshare(CLONE_NEWUSER) || write(self->subject.up[1], "", 1) != 1 ||
		    read(self->subject.down[0], &byte, 1) != 1)
			_exit(1);
		/* Root's is not mapped there: the overflow uid. */
		_exit(uid_of(client_id(others)) != 7 || uid_of(client_id(fd)) != 65534);
	}
	ASSERT_EQ(read(self->subject.up[0], &byte, 1), 1);
	ASSERT_EQ(map_id(child, "uid_map", 7, SOMEBODY), 0);
	ASSERT_EQ(write(self->subject.down[1], "", 1), 1);
	EXPECT_EQ(verdict(child), 0);
	close(others);
}

/* ---- figures ------------------------------------------------------------------------------- */

/* What both chips and a client show, but for the lines that depend on the reader. */
static int figures(long long id, char *text, size_t size)
{
	char client[4096], file[64];

	snprintf(file, sizeof(file), "clients/%lld/stat", id);
	if (chip_text("tt0r1", file, client, sizeof(client)) < 0 ||
	    chip_text("tt0", "mem/stat", text, size / 2) < 0)
		return -1;
	strcat(text, strstr(client, "\nsource "));
	return chip_text("tt0r1", "mem/stat", text + strlen(text), size - strlen(text)) < 0;
}

/* As a container has it: everything of its own, sysfs included. */
static void enter_container(void)
{
	const int all = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
			CLONE_NEWUTS | CLONE_NEWCGROUP;
	pid_t first;

	if (unshare(all) || file_write("/proc/self/setgroups", "deny") ||
	    map_id(getpid(), "uid_map", 0, 0) || map_id(getpid(), "gid_map", 0, 0))
		_exit(90);
	first = spawn();
	if (first)
		_exit(verdict(first));
	if (mount("sysfs", "/sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		_exit(91);
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		_exit(92);
}

TEST_F(namespaces, figures_are_the_same_everywhere)
{
	void (*const elsewhere[])(void) = { enter_container, become_nobody };
	struct subject *subject = &self->subject;
	char outside[16384], inside[16384];
	unsigned int i;
	pid_t child;

	ASSERT_EQ(declare(subject->fd, &n300_geometry), 0);
	ASSERT_EQ(declare_remote(subject->fd, UID), 1);
	ASSERT_EQ(report_all_pools(subject->fd, 0, 1000), 0);
	ASSERT_EQ(report_all_pools(subject->fd, 1, 2000), 0);
	ASSERT_EQ(figures(client_id(subject->fd), outside, sizeof(outside)), 0);
	EXPECT_NE(strstr(outside, "l1_used 64000\n"), NULL);
	EXPECT_NE(strstr(outside, "l1_used 128000\n"), NULL);
	subject->id = client_id(subject->fd);
	for (i = 0; i < 2; i++) {
		child = spawn();
		if (!child) {
			elsewhere[i]();
			if (figures(subject->id, inside, sizeof(inside)))
				_exit(1);
			_exit(strcmp(inside, outside) ? 2 : 0);
		}
		EXPECT_EQ(verdict(child), 0) TH_LOG("place %u", i);
	}
}

TEST_HARNESS_MAIN
