// SPDX-License-Identifier: GPL-2.0-only
/*
 * While nothing happens nothing runs: the kernel's function tracer sees no call of any function of
 * the module, so no timer, no work and no wake-up of it.
 */
#include <kselftest_harness.h>

#include "ttmem_actors.h"
#include "ttmem_page.h"

#define TRACING	"/sys/kernel/tracing/"

/* The longest delay in the driver, between two uevents of a chip, is a second. */
#define WHILE_S		5
#define SETTLE_S	2

static int trace_clear(void)
{
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	return fd < 0 ? -errno : close(fd);
}

/* Calls of functions of the module since the trace was cleared. */
static int trace_calls(void)
{
	FILE *trace = fopen(TRACING "trace", "re");
	char line[256];
	int calls = 0;

	if (!trace)
		return -errno;
	while (fgets(line, sizeof(line), trace))
		calls += line[0] != '#';
	fclose(trace);
	return calls;
}

static int calls_in_a_while(void)
{
	int ret = trace_clear();

	sleep(WHILE_S);
	return ret ? ret : trace_calls();
}

FIXTURE(idle)
{
	int unused;
};

FIXTURE_SETUP(idle)
{
	ASSERT_EQ(file_write(TRACING "set_ftrace_filter", ":mod:ttmem"), 0);
	ASSERT_EQ(file_write(TRACING "current_tracer", "function"), 0);
}

FIXTURE_TEARDOWN(idle)
{
	int fd = open(TRACING "set_ftrace_filter", O_WRONLY | O_TRUNC | O_CLOEXEC);

	EXPECT_EQ(file_write(TRACING "current_tracer", "nop"), 0);
	close(fd);
}

/* The tracer would see it. */
TEST_F(idle, a_look_runs_something)
{
	ASSERT_EQ(trace_clear(), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_GT(trace_calls(), 0);
}

TEST_F(idle, nobody_is_there)
{
	EXPECT_EQ(calls_in_a_while(), 0);
}

static int wait_for_change(int argument)
{
	int stat = stat_open("tt0");

	stat_now(stat, "l1_used");
	return !stat_changes(stat, -1);
}

/* A client that has reported, its page, a mark, an event that was sent, and one who polls. */
TEST_F(idle, everybody_is_silent)
{
	int fd = chip_open(WORMHOLE, O_RDWR);
	struct ttmem_page_pool *page;
	pid_t poller;

	ASSERT_EQ(declare(fd, &n300_geometry), 0);
	ASSERT_EQ(report_n300_l1(fd, 1000), 0);
	page = page_map(fd, TTMEM_CHIP_LOCAL);
	ASSERT_NE(page, NULL);
	/* The first touch of a mapping is a fault. */
	page[TTMEM_POOL_L1].figures[1].allocated_bytes = 0;
	ASSERT_EQ(file_write("/sys/class/tenstorrent/tt0/mem/l1_high", "1000"), 0);
	ASSERT_EQ(fail(fd, TTMEM_POOL_L1, 1 << 20), 0);
	sleep(SETTLE_S);
	poller = child_start(wait_for_change, 0);
	child_sleeps_in(poller, SYS_poll);
	EXPECT_EQ(calls_in_a_while(), 0);

	/* Plain stores run nothing either. */
	ASSERT_EQ(trace_clear(), 0);
	page_put_l1(page, 2000);
	EXPECT_EQ(trace_calls(), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);

	/* And who waits has not been forgotten. */
	EXPECT_EQ(report_n300_l1(fd, 500), 0);
	EXPECT_EQ(child_wait(poller), 0);
	EXPECT_EQ(file_write("/sys/class/tenstorrent/tt0/mem/l1_high", "0"), 0);
	close(fd);
}

TEST_HARNESS_MAIN
