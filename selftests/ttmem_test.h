/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kselftest programs share. They run as root in the virtual machine, with two chips: tt0
 * is a Wormhole, tt1 a Blackhole. Functions return a negative errno on failure.
 */
#ifndef TTMEM_TEST_H
#define TTMEM_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <linux/ttmem.h>

#define WORMHOLE	0	/* tt0 */
#define BLACKHOLE	1	/* tt1 */

#define WORMHOLE_BDF	"1e52:00:00.0"
#define BLACKHOLE_BDF	"1e52:00:01.0"

#define N300_TOTAL	95944704LL
#define N300_BANK	1395424LL	/* allocatable L1 of one of its 64 cores */

static const struct ttmem_geometry n300_geometry = {
	.tensix_enabled = 64,
	.tensix_harvest_mask = 65,
	.l1_core_bytes = 1499136,
	.dram_banks_enabled = 12,
	.dram_bank_bytes = 1ULL << 30,
};

/* Far beyond what anything here takes on a slow machine: reached only by what never comes. */
#define NEVER_MS	60000

/* How many times slower than usual the kernel is said to be. */
static inline int slowness(void)
{
	const char *text = getenv("TTMEM_SLOWNESS");

	return text ? atoi(text) : 1;
}

/* So often, or a few times on a slow kernel: modules take most of a minute to go on a debug one. */
static inline int rounds(int usual)
{
	int few = usual / slowness();

	return few < 3 ? 3 : few;
}

/*
 * Instead of libc's: the harness uses it to end a test that hangs, and how long a test takes
 * depends on the machine and the kernel. Weak, for a program of several files has it several times.
 */
__attribute__((weak)) unsigned int alarm(unsigned int seconds)
{
	struct itimerval timer = { .it_value.tv_sec = seconds * 10 * slowness() };

	setitimer(ITIMER_REAL, &timer, NULL);
	return 0;
}

/* ---- processes ------------------------------------------------------------------------------ */

/* fork(), of a child that does not outlive this process, as when a test fails. */
static inline pid_t spawn(void)
{
	pid_t parent = getpid(), child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have ended before. From another pid namespace it cannot be seen. */
	if (getppid() != parent && getppid() != 0)
		_exit(1);
	return 0;
}

/* ---- the node ------------------------------------------------------------------------------ */

static inline int chip_open(unsigned int chip, int flags)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/ttmem/tt%u", chip);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static inline int call(int fd, unsigned long command, void *argument)
{
	return ioctl(fd, command, argument) ? -errno : 0;
}

static inline int query(int fd, struct ttmem_query *query)
{
	memset(query, 0, sizeof(*query));
	query->size = sizeof(*query);
	return call(fd, TTMEM_QUERY, query);
}

static inline int declare(int fd, const struct ttmem_geometry *geometry)
{
	struct ttmem_declare declare = { .size = sizeof(declare), .geometry = *geometry };

	return call(fd, TTMEM_DECLARE, &declare);
}

/* All pools of a chip and one more. */
struct report {
	struct ttmem_report head;
	struct ttmem_report_entry entries[6];
};

static inline int report_by_call(int fd, const struct ttmem_report_entry *entries,
				 unsigned int number)
{
	struct report report = {
		.head = {
			.size = sizeof(report.head) + number * sizeof(*entries),
			.entry_size = sizeof(*entries),
			.nr_entries = number,
		},
	};

	memcpy(report.entries, entries, number * sizeof(*entries));
	return call(fd, TTMEM_REPORT, &report);
}

#ifdef TTMEM_BY_PAGE
#include "ttmem_by_page.h"
#else
static inline int report(int fd, const struct ttmem_report_entry *entries, unsigned int number)
{
	return report_by_call(fd, entries, number);
}
#endif

static inline struct ttmem_report_entry n300_l1(unsigned long long allocated)
{
	struct ttmem_report_entry entry = {
		.pool = TTMEM_POOL_L1,
		.banks = 64,
		.bank_bytes = N300_BANK,
		.allocated_bytes = allocated,
		.largest_free_bytes = N300_BANK - allocated,
	};

	return entry;
}

static inline int report_n300_l1(int fd, unsigned long long allocated)
{
	struct ttmem_report_entry entry = n300_l1(allocated);

	return report(fd, &entry, 1);
}

/* ---- files --------------------------------------------------------------------------------- */

/* Reads a small file whole; text ends with NUL. Returns its length. */
static inline int file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int error;

	if (fd < 0)
		return -errno;
	length = read(fd, text, size - 1);
	error = errno;
	close(fd);
	if (length < 0)
		return -error;
	text[length] = '\0';
	return length;
}

static inline int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static inline int mem_text(unsigned int chip, const char *attribute, char *text, size_t size)
{
	char path[320];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%u/mem/%s", chip, attribute);
	return file_read(path, text, size);
}

/* A number in mem/; decimal or hexadecimal. */
static inline long long mem(unsigned int chip, const char *attribute)
{
	char text[64];
	int ret = mem_text(chip, attribute, text, sizeof(text));

	return ret < 0 ? ret : strtoll(text, NULL, 0);
}

/* mem/stat without what a refused call may change. */
static inline int mem_figures(unsigned int chip, char *text, size_t size)
{
	int ret = mem_text(chip, "stat", text, size);
	char *line;

	if (ret < 0)
		return ret;
	line = strstr(text, "\nrejected ");
	if (line)
		*line = '\0';
	return 0;
}

static inline int chip_exists(unsigned int chip)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%u", chip);
	return !access(path, F_OK);
}

/* ---- modules and PCI functions ------------------------------------------------------------- */

static inline int module_load(const char *name, const char *parameters)
{
	char path[512];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/%s.ko", getenv("TTMEM_MODULES"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, parameters, 0) ? -errno : 0;
	close(fd);
	return ret;
}

static inline int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

static inline int kmd_unbind(const char *bdf)
{
	return file_write("/sys/bus/pci/drivers/tenstorrent/unbind", bdf);
}

static inline int kmd_bind(const char *bdf)
{
	return file_write("/sys/bus/pci/drivers/tenstorrent/bind", bdf);
}

/*
 * Everything begins anew: remote chips, pins, last words and what rate limits remember live as long
 * as their gateway.
 */
static inline int restart_functions(int number)
{
	char bdf[32];
	int i, ret = 0;

	/* Any may be unbound already. Ordinals are given in the order of binding. */
	for (i = 0; i < number; i++) {
		snprintf(bdf, sizeof(bdf), "1e52:00:%02x.0", i);
		kmd_unbind(bdf);
	}
	for (i = 0; i < number && !ret; i++) {
		snprintf(bdf, sizeof(bdf), "1e52:00:%02x.0", i);
		ret = kmd_bind(bdf);
	}
	return ret;
}

static inline int restart_chips(void)
{
	return restart_functions(2);
}

static inline int pci_remove(const char *bdf)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/remove", bdf);
	return file_write(path, "1");
}

static inline int pci_rescan(void)
{
	return file_write("/sys/bus/pci/rescan", "1");
}

#endif /* TTMEM_TEST_H */
