// SPDX-License-Identifier: GPL-2.0-only
/* Events are told by a work. Without memory to do so it tells them later: none is lost. */
#include <kselftest_harness.h>

#include "scene.h"
#include "../ttmem_uevents.h"

/* A batch of events may follow a second after another one. */
#define PAUSE_US	1100000
#define SOON_MS		400
#define ATTEMPTS	20

static int arm_if_worker(int pid, unsigned int nth)
{
	char path[64], name[32] = "";
	int faults;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (file_read(path, name, sizeof(name)) < 0 || strncmp(name, "kworker/", 8))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	faults = open(path, O_RDWR | O_CLOEXEC);
	if (faults < 0)
		return 0;
	fault_arm(faults, nth);
	close(faults);
	return 1;
}

/* The Nth fault of each thread that does works, whichever of them does ours; none if @nth is 0. */
static int arm_workers(unsigned int nth)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	int workers = 0;

	while ((entry = readdir(dir)))
		if (atoi(entry->d_name))
			workers += arm_if_worker(atoi(entry->d_name), nth);
	closedir(dir);
	return workers;
}

/* Does a failure of the client have to wait until it is told? */
static int is_told_late(struct __test_metadata *_metadata, int client, int listener)
{
	struct pollfd poller = { .fd = listener, .events = POLLIN };
	int soon;

	usleep(PAUSE_US);
	ASSERT_GT(arm_workers(1), 0);
	ASSERT_EQ(fail(client, TTMEM_CHIP_LOCAL, TTMEM_POOL_L1, 4096), 0);
	soon = poll(&poller, 1, SOON_MS);
	arm_workers(0);
	EXPECT_STREQ(next(listener, "tt0"), "alloc_failed l1 0");
	return !soon;
}

/* Another work of the same thread may be what fails. */
TEST_F_TIMEOUT(faults, events_are_told_later, 300)
{
	int client = chip_open(WORMHOLE, O_RDWR), listener = listen_to_kernel(), attempts = 0;

	ASSERT_GE(listener, 0);
	while (!is_told_late(_metadata, client, listener))
		ASSERT_LT(++attempts, ATTEMPTS);
	close(listener);
	close(client);
}

TEST_HARNESS_MAIN
