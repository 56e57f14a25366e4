/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * To speak for another process, as a bridge does. Functions return a negative errno on failure.
 */
#ifndef TTMEM_OWNER_H
#define TTMEM_OWNER_H

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "ttmem_test.h"

/* Field 22 of /proc/<pid>/stat, in clock ticks since boot; 0 if there is no such process. */
static inline unsigned long long start_time_of(pid_t pid)
{
	char path[64], text[1024], *field;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (file_read(path, text, sizeof(text)) <= 0)
		return 0;
	/* The name, in parentheses, may hold anything; field 3 comes after it. */
	field = strrchr(text, ')') + 2;
	for (i = 3; i < 22; i++)
		field = strchr(field, ' ') + 1;
	return strtoull(field, NULL, 10);
}

static inline int set_owner(int fd, pid_t pid, unsigned long long start_time)
{
	struct ttmem_owner owner = { .size = sizeof(owner), .pid = pid, .start_time = start_time };

	return call(fd, TTMEM_OWNER, &owner);
}

/* A file of a chip's node that speaks for a process. */
static inline int bridge_open(unsigned int chip, pid_t pid)
{
	int fd = chip_open(chip, O_RDWR), ret;

	if (fd < 0)
		return fd;
	ret = set_owner(fd, pid, start_time_of(pid));
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/* What a bridge knows: what is used, and no size. */
static inline int report_used(int fd, __u32 chip, unsigned long long allocated)
{
	struct ttmem_report_entry entry = {
		.chip = chip, .pool = TTMEM_POOL_L1, .banks = 64, .allocated_bytes = allocated,
	};

	return report_by_call(fd, &entry, 1);
}

/* Has fdinfo of a file these lines? */
static inline int info_says(int fd, const char *line)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return file_read(path, text, sizeof(text)) > 0 && strstr(text, line);
}

/* A process that has and does nothing, and does not outlive the test. */
static inline pid_t owner_start(void)
{
	pid_t child = spawn();

	if (child)
		return child;
	/* A copy of a client's file would end with it. */
	close_range(3, ~0U, 0);
	for (;;)
		pause();
}

/* It has ended when this returns; its parent has not asked for it yet. */
static inline int owner_kill(pid_t owner)
{
	siginfo_t info;

	if (kill(owner, SIGKILL))
		return -errno;
	return waitid(P_PID, owner, &info, WEXITED | WNOWAIT) ? -errno : 0;
}

static inline void owner_reap(pid_t owner)
{
	kill(owner, SIGKILL);
	waitpid(owner, NULL, 0);
}

#endif /* TTMEM_OWNER_H */
