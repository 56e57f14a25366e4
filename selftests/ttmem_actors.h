/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs about events, scale and races share: other processes, all of the machine's
 * chips at once, and snapshots. Functions return a negative errno on failure.
 */
#ifndef TTMEM_ACTORS_H
#define TTMEM_ACTORS_H

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "ttmem_test.h"

#define STAT_SIZE	4096

/* ---- what a client says --------------------------------------------------------------------- */

/* Returns the index of the remote chip. */
static inline int declare_remote(int fd, unsigned long long uid)
{
	struct ttmem_declare declare = {
		.size = sizeof(declare),
		.chip = TTMEM_CHIP_REMOTE,
		.geometry = n300_geometry,
	};
	int ret;

	declare.geometry.chip_uid = uid;
	ret = call(fd, TTMEM_DECLARE, &declare);
	return ret ? ret : declare.chip;
}

static inline int fail(int fd, unsigned int pool, unsigned long long bank_bytes)
{
	struct ttmem_failure failure = {
		.size = sizeof(failure),
		.pool = pool,
		.bank_bytes = bank_bytes,
	};

	return call(fd, TTMEM_FAILURE, &failure);
}

/* ---- snapshots ------------------------------------------------------------------------------ */

static inline int stat_open(const char *chip)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/mem/stat", chip);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static inline int stat_read(int fd, char text[STAT_SIZE])
{
	ssize_t length = pread(fd, text, STAT_SIZE - 1, 0);

	if (length < 0)
		return -errno;
	text[length] = '\0';
	return 0;
}

/* A number in a snapshot, -ENODATA if it is not there. */
static inline long long stat_figure(const char *text, const char *name)
{
	size_t length = strlen(name);

	while (text && *text) {
		if (!strncmp(text, name, length) && text[length] == ' ')
			return strtoll(text + length, NULL, 0);
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return -ENODATA;
}

/* A number in the snapshot that is there now. */
static inline long long stat_now(int fd, const char *name)
{
	char text[STAT_SIZE];
	int ret = stat_read(fd, text);

	return ret ? ret : stat_figure(text, name);
}

/* Waits for a change after the last read of mem/stat. Returns 0 if none comes in time. */
static inline int stat_changes(int fd, int timeout_ms)
{
	struct pollfd poller = { .fd = fd, .events = POLLPRI | POLLERR };

	return poll(&poller, 1, timeout_ms) == 1 && poller.revents == (POLLPRI | POLLERR);
}

/* ---- other processes ------------------------------------------------------------------------ */

/* Calls a function in a child, which does not outlive the test and exits with what it returns. */
static inline pid_t child_start(int (*function)(int), int argument)
{
	pid_t child = spawn();

	if (child)
		return child;
	_exit(function(argument));
}

/* Waits for a child's end. Returns its exit status, -1 if it was killed. */
static inline int child_wait(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* Ends a child that runs until it is killed. Returns 0, or how it ended before. */
static inline int child_kill(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child)
		return -errno;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return WTERMSIG(status) == SIGKILL ? 0 : 128 + WTERMSIG(status);
}

static inline void use_processor(int number)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(number, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* Waits until a process sleeps in a system call. */
static inline void child_sleeps_in(pid_t child, long number)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%d/syscall", child);
	while (file_read(path, text, sizeof(text)) > 0)
		if (strncmp(text, "running", 7) && strtol(text, NULL, 10) == number)
			return;
}

/* ---- all chips ------------------------------------------------------------------------------ */

/* Is it there, as one that has so many functions? */
static inline int machine_has(const char *chips, int *functions)
{
	char text[512];
	int i;

	if (access("/sys/module/tenstorrent", F_OK) || access("/sys/module/ttmem", F_OK) ||
	    file_read("/sys/module/ttsim_pci/parameters/chips", text, sizeof(text)) <= 0)
		return 0;
	*functions = 1;
	for (i = 0; text[i] != '\n' && text[i] != '\0'; i++)
		*functions += text[i] == ',';
	text[i] = '\0';
	return !strcmp(text, chips);
}

/*
 * A machine with these chips, as new, whatever was there. Those that are there are only bound anew:
 * a module takes seconds to go on a kernel that checks the life of kobjects.
 */
static inline int machine_with(const char *chips)
{
	char parameter[512];
	int functions;

	if (machine_has(chips, &functions) && !restart_functions(functions))
		return 0;
	snprintf(parameter, sizeof(parameter), "chips=%s", chips);
	return module_unload("ttmem") || module_unload("tenstorrent") ||
	       module_unload("ttsim_pci") || module_load("ttsim_pci", parameter) ||
	       module_load("tenstorrent", "") || module_load("ttmem", "");
}

/* As a name of that machine. */
static inline const char *wormholes(int number)
{
	static char chips[512];

	strcpy(chips, "wormhole");
	while (--number)
		strcat(chips, ",wormhole");
	return chips;
}

static inline int two_chips(void)
{
	return machine_with("wormhole,blackhole");
}

static inline long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

#endif /* TTMEM_ACTORS_H */
