// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes that hold a chip, as tt-kmd lists them. A region is only about these: who has not
 * opened a chip has no memory there.
 *
 * Numbers of processes are used again. So each one is held by a pidfd, and what /proc says of its
 * number counts if it is still alive afterwards.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "bridge.h"

#define NS_PER_S	1000000000ULL

static FILE *open_file(pid_t pid, const char *name)
{
	char *path = format("/proc/%d/%s", pid, name);
	FILE *file = fopen(path, "re");

	free(path);
	return file;
}

bool holder_is_alive(const struct holder *holder)
{
	struct pollfd fd = { .fd = holder->pidfd, .events = POLLIN };

	return poll(&fd, 1, 0) == 0;
}

/* Field 22. What is before may have blanks, but ends with the last parenthesis. */
bool process_started(pid_t pid, uint64_t *started)
{
	FILE *file = open_file(pid, "stat");
	char line[1024] = "", *at;
	bool found = false;
	int field;

	if (!file)
		return false;
	if (fgets(line, sizeof(line), file)) {
		at = strrchr(line, ')');
		for (field = 2; at && field < 22; field++)
			at = strchr(at + 1, ' ');
		found = at && sscanf(at, "%" SCNu64, started) == 1;
	}
	fclose(file);
	return found;
}

/* "NSpid: 4711 17 1": from the reader's namespace to its own. */
static bool read_inner(pid_t pid, pid_t *inner)
{
	FILE *file = open_file(pid, "status");
	char line[512], *last;
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "NSpid:", strlen("NSpid:")))
			continue;
		last = strrchr(line, '\t');
		*inner = last ? atoi(last) : 0;
		found = *inner > 0;
	}
	fclose(file);
	return found;
}

int holder_uid(const struct holder *holder, uid_t *uid)
{
	FILE *file = open_file(holder->pid, "status");
	int ret = -ESRCH;
	char line[512];

	if (!file)
		return ret;
	while (ret && fgets(line, sizeof(line), file))
		if (sscanf(line, "Uid: %*u %u", uid) == 1)
			ret = 0;
	fclose(file);
	return holder_is_alive(holder) ? ret : -ESRCH;
}

/*
 * Does it share the memory of a file? Its mappings tell, and no file system has to be asked. A
 * process that is ending has none at all, for a moment before its pidfd tells: that is -ESRCH.
 */
int holder_maps(const struct holder *holder, dev_t dev, ino_t ino)
{
	FILE *file = open_file(holder->pid, "maps");
	unsigned int dev_major, dev_minor;
	unsigned long long number;
	bool found = false, any = false;
	size_t size = 0;
	char *line = NULL;
	char shared;

	if (!file)
		return -ESRCH;
	while (!found && getline(&line, &size, file) >= 0) {
		any = true;
		found = sscanf(line, "%*x-%*x %*3c%c %*x %x:%x %llu", &shared, &dev_major,
			       &dev_minor, &number) == 4 &&
			shared == 's' && makedev(dev_major, dev_minor) == dev && number == ino;
	}
	free(line);
	fclose(file);
	return any && holder_is_alive(holder) ? found : -ESRCH;
}

/* When it started, in nanoseconds since 1970. */
uint64_t holder_started_ns(const struct holder *holder)
{
	struct timespec boot, real;
	uint64_t age;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	age = boot.tv_sec * NS_PER_S + boot.tv_nsec -
	      holder->started * (NS_PER_S / sysconf(_SC_CLK_TCK));
	return real.tv_sec * NS_PER_S + real.tv_nsec - age;
}

/* ---- all of them --------------------------------------------------------------------------- */

static void holder_free(struct holder *holder)
{
	close(holder->pidfd);
	free(holder);
}

void holder_drop(struct bridge *bridge, struct holder *holder)
{
	reports_forget(bridge, holder);
	claims_forget(bridge, holder);
	TAILQ_REMOVE(&bridge->holders, holder, list);
	holder_free(holder);
	bridge->epoch++;
}

/* One that has gone meanwhile is none. */
static void holder_add(struct bridge *bridge, pid_t pid)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct holder *holder = calloc(1, sizeof(*holder));

	if (!holder)
		err(EX_FAILED, NULL);
	*holder = (struct holder) {
		.pid = pid,
		.pidfd = syscall(SYS_pidfd_open, pid, 0),
		.there = true,
	};
	if (holder->pidfd < 0) {
		free(holder);
		return;
	}
	event.data.ptr = holder;
	if (!process_started(pid, &holder->started) || !read_inner(pid, &holder->inner) ||
	    !holder_is_alive(holder) ||
	    epoll_ctl(bridge->epoll, EPOLL_CTL_ADD, holder->pidfd, &event)) {
		holder_free(holder);
		return;
	}
	if (bridge->config.containers)
		holder->shm = shm_of(bridge, holder);
	TAILQ_INSERT_TAIL(&bridge->holders, holder, list);
	bridge->epoch++;
}

static struct holder *find_holder(struct bridge *bridge, pid_t pid)
{
	struct holder *holder;

	TAILQ_FOREACH(holder, &bridge->holders, list)
		if (holder->pid == pid)
			break;
	return holder;
}

/* 0 is a process that is not visible from here. */
static void take_pid(struct bridge *bridge, uint64_t pid)
{
	struct holder *holder;

	if (!pid || pid > INT32_MAX)
		return;
	holder = find_holder(bridge, pid);
	if (holder && !holder_is_alive(holder)) {
		holder_drop(bridge, holder);
		holder = NULL;
	}
	if (holder)
		holder->there = true;
	else
		holder_add(bridge, pid);
}

void holders_refresh(struct bridge *bridge)
{
	struct holder *holder, *next;
	uint64_t *pids;
	size_t i;
	int j, found;

	TAILQ_FOREACH(holder, &bridge->holders, list)
		holder->there = false;
	for (i = 0; bridge->gateways && bridge->gateways[i]; i++) {
		found = tree_holders(&bridge->tree, bridge->gateways[i], &pids);
		if (found < 0)
			continue;
		for (j = 0; j < found; j++)
			take_pid(bridge, pids[j]);
		free(pids);
	}
	for (holder = TAILQ_FIRST(&bridge->holders); holder; holder = next) {
		next = TAILQ_NEXT(holder, list);
		if (!holder->there)
			holder_drop(bridge, holder);
	}
}
