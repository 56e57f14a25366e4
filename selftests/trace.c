// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints ttmem:* as tracefs shows them: each with the totals at that moment. */
#include <kselftest_harness.h>

#include "ttmem_actors.h"

#define TRACING		"/sys/kernel/tracing/"
#define TRACE_SIZE	65536

FIXTURE(trace) {
	int client;
	char text[TRACE_SIZE];
	char *at;
};

FIXTURE_SETUP(trace)
{
	/* The order of lines of several processors is that of their clocks, which may differ. */
	use_processor(0);
	ASSERT_EQ(two_chips(), 0);
	self->client = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->client, 0);
	/*
	 * To record names of tasks, nops of the scheduler become jumps while it runs. Once, in QEMU
	 * 7.2 and on 6.12, a processor ran the breakpoint of such a change when it was long over.
	 */
	ASSERT_EQ(file_write(TRACING "options/record-cmd", "0"), 0);
	ASSERT_EQ(file_write(TRACING "events/ttmem/enable", "1"), 0);
	/* What it has is thrown away by opening it so. */
	ASSERT_EQ(close(open(TRACING "trace", O_WRONLY | O_TRUNC)), 0);
	self->at = NULL;
}

FIXTURE_TEARDOWN(trace)
{
	file_write(TRACING "events/ttmem/enable", "0");
	close(self->client);
}

/* Cuts the next event out of the text, from its name after ttmem_ on; NULL if there is no more. */
static char *next_event(char **text)
{
	char *event = strstr(*text, ": ttmem_"), *end;

	if (!event)
		return NULL;
	event += strlen(": ttmem_");
	end = strchr(event, '\n');
	*end = '\0';
	*text = end + 1;
	return event;
}

static char *first_event(char *text, char **rest)
{
	int fd = open(TRACING "trace", O_RDONLY);
	ssize_t length = 0, ret;

	while ((ret = read(fd, text + length, TRACE_SIZE - 1 - length)) > 0)
		length += ret;
	close(fd);
	text[length] = '\0';
	*rest = text;
	return next_event(rest);
}

/* The next event has to be this one, with a number to fill in. */
#define EXPECT_EVENT(number, format)						\
	do {									\
		char expected[256];						\
		char *event = self->at ? next_event(&self->at) :		\
			      first_event(self->text, &self->at);		\
		snprintf(expected, sizeof(expected), format, number);		\
		ASSERT_NE(event, NULL) TH_LOG("missing: %s", expected);		\
		EXPECT_STREQ(expected, event);					\
	} while (0)

static unsigned long long number_of(int client)
{
	struct ttmem_query answer;

	return query(client, &answer) ? 0 : answer.client_id;
}

TEST_F(trace, a_client_from_its_first_word_to_its_last)
{
	struct ttmem_report_entry entries[] = {
		n300_l1(1000),
		{ .pool = TTMEM_POOL_DRAM, .banks = 12, .bank_bytes = 1 << 20,
		  .allocated_bytes = 4096 },
	};
	unsigned long long id;

	ASSERT_EQ(declare(self->client, &n300_geometry), 0);
	ASSERT_EQ(report(self->client, entries, 2), 0);
	ASSERT_EQ(report_n300_l1(self->client, 3), 0);
	ASSERT_EQ(fail(self->client, TTMEM_POOL_DRAM, 8192), 0);
	ASSERT_EQ(fail(self->client, TTMEM_POOL_DRAM, 8192), 0);
	EXPECT_EQ(report_n300_l1(self->client, 2 * N300_BANK), -EINVAL);
	id = number_of(self->client);
	ASSERT_GT(id, 0);
	close(self->client);

	EXPECT_EVENT(id,
		     "client_joined: chip=0 remote=0 client=%llu clients=1");
	EXPECT_EVENT(id,
		     "geometry: chip=0 remote=0 client=%llu source=declared l1_total=95944704 dram_total=12884901888");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=64000 chip_used=64000");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=0 client=%llu pool=dram client_used=49152 chip_used=49152");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=192 chip_used=192");
	EXPECT_EVENT(id,
		     "alloc_failed: chip=0 remote=0 client=%llu pool=dram bank_bytes=8192 failures=1");
	EXPECT_EVENT(id,
		     "alloc_failed: chip=0 remote=0 client=%llu pool=dram bank_bytes=8192 failures=2");
	EXPECT_EVENT(-EINVAL,
		     "rejected: chip=0 remote=0 error=%d");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=0 chip_used=0");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=0 client=%llu pool=dram client_used=0 chip_used=0");
	EXPECT_EVENT(id,
		     "client_left: chip=0 remote=0 client=%llu clients=0");
	EXPECT_EVENT(id,
		     "geometry: chip=0 remote=0 client=%llu source=declared l1_total=95944704 dram_total=12884901888");
	EXPECT_EQ(next_event(&self->at), NULL);
}

/* Each line says what the client and what the chip holds then, whoever missed the ones before. */
TEST_F(trace, totals_of_two_clients)
{
	int other = chip_open(WORMHOLE, O_RDWR);
	unsigned long long id, other_id;

	ASSERT_EQ(report_n300_l1(self->client, 1000), 0);
	ASSERT_EQ(report_n300_l1(other, 1), 0);
	id = number_of(self->client);
	other_id = number_of(other);
	EXPECT_NE(id, other_id);
	close(self->client);
	ASSERT_EQ(report_n300_l1(other, 2), 0);
	close(other);

	EXPECT_EVENT(id,
		     "client_joined: chip=0 remote=0 client=%llu clients=1");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=64000 chip_used=64000");
	EXPECT_EVENT(other_id,
		     "client_joined: chip=0 remote=0 client=%llu clients=2");
	EXPECT_EVENT(other_id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=64 chip_used=64064");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=0 chip_used=64");
	EXPECT_EVENT(id,
		     "client_left: chip=0 remote=0 client=%llu clients=1");
	EXPECT_EVENT(other_id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=128 chip_used=128");
	EXPECT_EVENT(other_id,
		     "usage: chip=0 remote=0 client=%llu pool=l1 client_used=0 chip_used=0");
	EXPECT_EVENT(other_id,
		     "client_left: chip=0 remote=0 client=%llu clients=0");
	EXPECT_EQ(next_event(&self->at), NULL);
}

TEST_F(trace, a_remote_chip_by_its_index)
{
	struct ttmem_report_entry entry = n300_l1(1000);
	unsigned long long id;

	ASSERT_EQ(declare_remote(self->client, 0x77), 1);
	entry.chip = 1;
	ASSERT_EQ(report(self->client, &entry, 1), 0);
	id = number_of(self->client);
	EXPECT_EVENT(id,
		     "client_joined: chip=0 remote=1 client=%llu clients=1");
	EXPECT_EVENT(id,
		     "geometry: chip=0 remote=1 client=%llu source=declared l1_total=95944704 dram_total=12884901888");
	EXPECT_EVENT(id,
		     "usage: chip=0 remote=1 client=%llu pool=l1 client_used=64000 chip_used=64000");
	EXPECT_EQ(next_event(&self->at), NULL);
}

TEST_HARNESS_MAIN
