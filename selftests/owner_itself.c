// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that speaks for itself is believed, whatever others say of it, and nothing is counted
 * twice.
 */
#include <kselftest_harness.h>

#include "ttmem_chips.h"
#include "ttmem_owner.h"

/* ---- a process that can speak for itself ---------------------------------------------------- */

struct runtime {
	pid_t pid;
	int ask, answer;
};

/* Does what it is told by letters, and answers each with what the call returned. */
static void be_runtime(int questions, int answers)
{
	int fd = -1, ret = 0;
	char letter;

	while (read(questions, &letter, 1) == 1) {
		switch (letter) {
		case 'o':
			fd = chip_open(WORMHOLE, O_RDWR);
			ret = fd < 0 ? fd : 0;
			break;
		case 'd':
			ret = declare(fd, &n300_geometry);
			break;
		case 'r':
			ret = report_n300_l1(fd, 2000);
			break;
		case 'R':
			ret = declare_remote(fd, UID);
			ret = ret < 0 ? ret : report_chip_l1(fd, ret, 2000);
			break;
		case 'c':
			ret = close(fd);
			break;
		}
		if (write(answers, &ret, sizeof(ret)) != sizeof(ret))
			break;
	}
	_exit(0);
}

static int runtime_start(struct runtime *runtime)
{
	int questions[2], answers[2];

	if (pipe(questions) || pipe(answers))
		return -errno;
	runtime->pid = spawn();
	if (!runtime->pid) {
		close(questions[1]);
		be_runtime(questions[0], answers[1]);
	}
	close(questions[0]);
	close(answers[1]);
	runtime->ask = questions[1];
	runtime->answer = answers[0];
	return 0;
}

/* Returns what the last call did, or the first one that failed. */
static int tell(struct runtime *runtime, const char *letters)
{
	int ret = 0;

	for (; *letters && !ret; letters++)
		if (write(runtime->ask, letters, 1) != 1 ||
		    read(runtime->answer, &ret, sizeof(ret)) != sizeof(ret))
			return -EPIPE;
	return ret;
}

FIXTURE(bridge) {
	struct runtime runtime;
	int fd;		/* of tt0; speaks for the runtime */
};

FIXTURE_SETUP(bridge)
{
	ASSERT_EQ(restart_chips(), 0);
	ASSERT_EQ(runtime_start(&self->runtime), 0);
	self->fd = bridge_open(WORMHOLE, self->runtime.pid);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(bridge)
{
	close(self->fd);
	owner_reap(self->runtime.pid);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
}

/* ---- who gives way to whom ----------------------------------------------------------------- */

TEST_F(bridge, gives_way_to_the_process_itself)
{
	long long id;

	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	id = client_id(self->fd);
	/* To open and to declare says nothing of what is held. */
	ASSERT_EQ(tell(&self->runtime, "od"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_EQ(report_used(self->fd, 0, 1500), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 2);

	ASSERT_EQ(tell(&self->runtime, "r"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 128000);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
	EXPECT_LT(client_number("tt0", id, "l1_used"), 0);
	EXPECT_LT(client_text("tt0", id, "stat", (char [64]) {}, 64), 0);
	EXPECT_FALSE(info_says(self->fd, "drm-total"));

	EXPECT_EQ(report_used(self->fd, 0, 1000), -EEXIST);
	EXPECT_EQ(declare(self->fd, &n300_geometry), -EEXIST);
	EXPECT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 4096), -EEXIST);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);

	/* When it has left, the bridge begins anew. */
	ASSERT_EQ(tell(&self->runtime, "c"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(report_used(self->fd, 0, 1000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_EQ(chip_entries("tt0", "clients"), 1);
	EXPECT_EQ(client_number("tt0", client_id(self->fd), "l1_used"), 64000);
	/* And gives way again. */
	ASSERT_EQ(tell(&self->runtime, "or"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);
}

/* The first report of a file that never was in the books. */
TEST_F(bridge, is_late)
{
	ASSERT_EQ(tell(&self->runtime, "or"), 0);
	EXPECT_EQ(report_used(self->fd, 0, 1000), -EEXIST);
	EXPECT_EQ(declare(self->fd, &n300_geometry), -EEXIST);
	EXPECT_EQ(client_id(self->fd), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 1);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
}

/* Chip by chip; and one call is all or nothing. */
TEST_F(bridge, gives_way_on_that_chip_only)
{
	struct ttmem_report_entry both[] = { n300_l1(10), n300_l1(20) };
	int blackhole = bridge_open(BLACKHOLE, self->runtime.pid);

	both[1].chip = 1;
	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(report_by_call(self->fd, both, 2), 0);
	ASSERT_EQ(report_used(blackhole, 0, 1000), 0);
	ASSERT_EQ(tell(&self->runtime, "oR"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 640);
	EXPECT_EQ(mem(BLACKHOLE, "l1_used"), 64000);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 128000);
	EXPECT_EQ(chip_number("tt0r1", "mem/clients"), 1);
	EXPECT_EQ(report_by_call(self->fd, both, 2), -EEXIST);
	EXPECT_EQ(report_used(self->fd, 1, 30), -EEXIST);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 640);
	EXPECT_EQ(report_used(self->fd, 0, 30), 0);
	EXPECT_EQ(report_used(blackhole, 0, 30), 0);

	ASSERT_EQ(tell(&self->runtime, "c"), 0);
	/* As a client that has said nothing of it. */
	EXPECT_EQ(report_used(self->fd, 1, 30), -ENODATA);
	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	EXPECT_EQ(report_by_call(self->fd, both, 2), 0);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 1280);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 640);
	close(blackhole);
}

TEST_F(bridge, is_the_only_one)
{
	int second = bridge_open(WORMHOLE, self->runtime.pid);

	ASSERT_EQ(declare(second, &n300_geometry), 0);
	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	EXPECT_EQ(report_used(second, 0, 2000), -EEXIST);
	EXPECT_EQ(report_used(self->fd, 0, 3000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 192000);
	/* Its declaration stands. */
	EXPECT_EQ(mem(WORMHOLE, "clients"), 2);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	close(self->fd);
	EXPECT_EQ(report_used(second, 0, 2000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);
	close(second);
}

/* Another process is another one, whatever it is to this one. */
TEST_F(bridge, is_nothing_to_other_processes)
{
	int own = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(report_used(self->fd, 0, 1000), 0);
	ASSERT_EQ(report_n300_l1(own, 500), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 96000);
	EXPECT_EQ(report_used(self->fd, 0, 2000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 160000);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 2);
	close(own);
}

/* Both at once, again and again: what is shown is one of the two, never the sum. */
TEST_F(bridge, races_with_the_process_itself)
{
	pid_t reader = spawn();
	int i, ret, status;

	if (!reader)
		for (;;)
			if (mem(WORMHOLE, "l1_used") > 128000)
				_exit(1);
	for (i = 0; i < rounds(200); i++) {
		ASSERT_EQ(tell(&self->runtime, "o"), 0);
		ASSERT_EQ(write(self->runtime.ask, "r", 1), 1);
		ret = report_used(self->fd, 0, 1000);
		EXPECT_TRUE(!ret || ret == -EEXIST) TH_LOG("%d", ret);
		ASSERT_EQ(read(self->runtime.answer, &ret, sizeof(ret)), sizeof(ret));
		ASSERT_EQ(ret, 0);
		EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);
		EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
		ASSERT_EQ(tell(&self->runtime, "c"), 0);
		EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	}
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 128000);
	kill(reader, SIGKILL);
	ASSERT_EQ(waitpid(reader, &status, 0), reader);
	EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_HARNESS_MAIN
