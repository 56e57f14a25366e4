// SPDX-License-Identifier: GPL-2.0-only
/* What a chip tells udev: rare events, and that it is there only when all of it is. */
#include <kselftest_harness.h>
#include <dirent.h>
#include <sys/stat.h>

#include "ttmem_actors.h"
#include "ttmem_uevents.h"

#define MEM	"/sys/class/tenstorrent/tt0/mem/"
#define MARK	"64000"		/* 1000 bytes in each of 64 banks */

static const struct ttmem_geometry n150_geometry = {
	.tensix_enabled = 72,
	.tensix_harvest_mask = 1,
	.l1_core_bytes = 1499136,
	.dram_banks_enabled = 12,
	.dram_bank_bytes = 1ULL << 30,
};

FIXTURE(events) {
	int listener, client;
};

FIXTURE_SETUP(events)
{
	ASSERT_EQ(two_chips(), 0);
	self->client = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->client, 0);
	self->listener = listen_to_kernel();
	ASSERT_GE(self->listener, 0);
}

FIXTURE_TEARDOWN(events)
{
	close(self->client);
	close(self->listener);
}

#define EXPECT_NEXT(words)	EXPECT_STREQ(words, next(self->listener, "tt0"))

/* ---- marks ---------------------------------------------------------------------------------- */

TEST_F(events, a_mark_is_bytes_and_off_at_first)
{
	static const char * const nonsense[] = { "1k", "-1", "\n", "one", "1 2" };
	struct stat status;
	int i;

	EXPECT_EQ(mem(WORMHOLE, "l1_high"), 0);
	EXPECT_EQ(file_write(MEM "l1_high", "123456\n"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_high"), 123456);
	for (i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		EXPECT_EQ(file_write(MEM "l1_high", nonsense[i]), -EINVAL);
		EXPECT_EQ(mem(WORMHOLE, "l1_high"), 123456);
	}
	EXPECT_EQ(file_write(MEM "l1_high", "18446744073709551616"), -ERANGE);
	EXPECT_EQ(mem(WORMHOLE, "l1_high"), 123456);
	EXPECT_EQ(mem(BLACKHOLE, "l1_high"), 0);
	EXPECT_EQ(mem(WORMHOLE, "dram_high"), 0);

	ASSERT_EQ(stat(MEM "l1_high", &status), 0);
	EXPECT_EQ(status.st_mode & 07777, 0644);
	EXPECT_EQ(status.st_uid, 0);
	ASSERT_EQ(seteuid(65534), 0);
	EXPECT_EQ(file_write(MEM "l1_high", "0"), -EACCES);
	ASSERT_EQ(seteuid(0), 0);
}

TEST_F(events, usage_crosses_its_mark)
{
	ASSERT_EQ(file_write(MEM "l1_high", MARK), 0);
	ASSERT_EQ(report_n300_l1(self->client, 999), 0);
	ASSERT_EQ(report_n300_l1(self->client, 1000), 0);
	/* The total is not known: nobody has declared any. */
	EXPECT_NEXT("high l1 64000");
	ASSERT_EQ(report_n300_l1(self->client, 2000), 0);
	ASSERT_EQ(report_n300_l1(self->client, 1000), 0);
	ASSERT_EQ(report_n300_l1(self->client, 999), 0);
	EXPECT_NEXT("normal l1 63936");

	ASSERT_EQ(declare(self->client, &n300_geometry), 0);
	EXPECT_NEXT("capacity l1 63936 of 95944704");
	EXPECT_NEXT("capacity dram 0 of 12884901888");
	ASSERT_EQ(report_n300_l1(self->client, 1001), 0);
	EXPECT_NEXT("high l1 64064 of 95944704");
	/* The usage of a client that leaves is gone, too. */
	close(self->client);
	EXPECT_NEXT("normal l1 0 of 95944704");
}

/* It is the mark that moves. */
TEST_F(events, a_mark_crosses_usage)
{
	ASSERT_EQ(report_n300_l1(self->client, 1000), 0);
	ASSERT_EQ(file_write(MEM "l1_high", MARK), 0);
	EXPECT_NEXT("high l1 64000");
	ASSERT_EQ(file_write(MEM "l1_high", "0"), 0);
	EXPECT_NEXT("normal l1 64000");
}

/*
 * After one batch of events the next is a second away, and all of this is over by then: that usage
 * was high is told nevertheless, with what is used now.
 */
TEST_F(events, a_short_crossing_is_told)
{
	int i;

	ASSERT_EQ(file_write(MEM "l1_high", MARK), 0);
	ASSERT_EQ(fail(self->client, TTMEM_POOL_TRACE, 1), 0);
	EXPECT_NEXT("alloc_failed trace 0");
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(report_n300_l1(self->client, 1000), 0);
		ASSERT_EQ(report_n300_l1(self->client, 3), 0);
	}
	EXPECT_EQ(strncmp(next(self->listener, "tt0"), "high l1 ", 8), 0);
	EXPECT_NEXT("normal l1 192");
}

/* A uevent crosses pid namespaces, so it names no process. */
TEST_F(events, nothing_but_the_documented_keys)
{
	static const char * const known[] = {
		"ACTION=", "DEVPATH=", "SUBSYSTEM=", "MAJOR=", "MINOR=", "DEVNAME=", "DEVTYPE=",
		"SEQNUM=", "TTMEM_EVENT=", "TTMEM_POOL=", "TTMEM_USED=", "TTMEM_TOTAL=", NULL
	};
	struct uevent event;
	const char *key;
	int i;

	ASSERT_EQ(declare(self->client, &n300_geometry), 0);
	ASSERT_TRUE(receive(self->listener, "change", "tt0", &event));
	EXPECT_STREQ(value(&event, "SUBSYSTEM"), "tenstorrent");
	EXPECT_STREQ(value(&event, "DEVNAME"), "ttmem/tt0");
	for (key = next_key(&event, event.text); key; key = next_key(&event, key)) {
		for (i = 0; known[i] && strncmp(key, known[i], strlen(known[i])); i++)
			;
		EXPECT_NE(known[i], NULL) TH_LOG("%s", key);
	}
}

/* ---- what the runtime says ------------------------------------------------------------------ */

TEST_F(events, capacity_comes_goes_and_comes_back)
{
	int other = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(declare(self->client, &n300_geometry), 0);
	EXPECT_NEXT("capacity l1 0 of 95944704");
	EXPECT_NEXT("capacity dram 0 of 12884901888");
	/* They contradict each other. */
	ASSERT_EQ(declare(other, &n150_geometry), 0);
	EXPECT_NEXT("capacity l1 0");
	EXPECT_NEXT("capacity dram 0");
	close(other);
	EXPECT_NEXT("capacity l1 0 of 95944704");
	EXPECT_NEXT("capacity dram 0 of 12884901888");
	ASSERT_EQ(declare(self->client, &n150_geometry), 0);
	EXPECT_NEXT("capacity l1 0 of 107937792");
}

TEST_F(events, a_remote_chip_has_its_own)
{
	struct ttmem_failure failure = {
		.size = sizeof(failure), .chip = 1, .pool = TTMEM_POOL_L1, .bank_bytes = 4096,
	};
	struct uevent event;

	ASSERT_EQ(declare_remote(self->client, 0x77), 1);
	ASSERT_TRUE(receive(self->listener, "add", "tt0r1", &event));
	EXPECT_STREQ(next(self->listener, "tt0r1"), "capacity l1 0 of 95944704");
	EXPECT_STREQ(next(self->listener, "tt0r1"), "capacity dram 0 of 12884901888");
	ASSERT_EQ(call(self->client, TTMEM_FAILURE, &failure), 0);
	EXPECT_STREQ(next(self->listener, "tt0r1"), "alloc_failed l1 0 of 95944704");
	ASSERT_EQ(fail(self->client, TTMEM_POOL_L1, 4096), 0);
	EXPECT_NEXT("alloc_failed l1 0");
}

TEST_F(events, a_failure)
{
	ASSERT_EQ(report_n300_l1(self->client, 1000), 0);
	ASSERT_EQ(fail(self->client, TTMEM_POOL_L1, 4096), 0);
	EXPECT_NEXT("alloc_failed l1 64000");
	ASSERT_EQ(fail(self->client, TTMEM_POOL_DRAM, 4096), 0);
	EXPECT_NEXT("alloc_failed dram 0");
}

TEST_F(events, a_client_differs_from_the_administrator)
{
	struct ttmem_declare pin = {
		.size = sizeof(pin), .flags = TTMEM_DECLARE_PIN, .geometry = n300_geometry,
	};

	ASSERT_EQ(call(self->client, TTMEM_DECLARE, &pin), 0);
	EXPECT_NEXT("capacity l1 0 of 95944704");
	EXPECT_NEXT("capacity dram 0 of 12884901888");
	ASSERT_EQ(declare(self->client, &n150_geometry), 0);
	EXPECT_NEXT("mismatch");
}

/* As many failures as the machine manages until so many of its batches have come. */
TEST_F(events, at_most_one_batch_a_second_and_the_last_state_is_told)
{
	long long start = now_ms();
	int batches = 0, failures;
	struct uevent event;

	for (failures = 0; batches < 4 && now_ms() < start + NEVER_MS; failures++) {
		ASSERT_EQ(report_n300_l1(self->client, failures % 1000), 0);
		ASSERT_EQ(fail(self->client, TTMEM_POOL_L1, 4096), 0);
		event.length = recv(self->listener, event.text, sizeof(event.text) - 1,
				    MSG_DONTWAIT);
		if (event.length <= 0)
			continue;
		event.text[event.length] = '\0';
		if (is_about(&event, "change", "tt0"))
			batches++;
	}
	EXPECT_EQ(batches, 4);
	EXPECT_LE(batches, (now_ms() - start) / 1000 + 2);
	EXPECT_GT(failures, 100);
	EXPECT_EQ(mem(WORMHOLE, "l1_alloc_failures"), failures);

	ASSERT_EQ(report_n300_l1(self->client, 4711), 0);
	ASSERT_EQ(fail(self->client, TTMEM_POOL_L1, 4096), 0);
	EXPECT_NEXT("alloc_failed l1 301504");
}

/* ---- everything is there before the add event ----------------------------------------------- */

/* Files of mem/ that can be read, be it that what they say is not known yet; -1 if one cannot. */
static int readable_attributes(const char *chip)
{
	char path[320], text[STAT_SIZE];
	struct dirent *entry;
	int ret, number = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/mem", chip);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/mem/%.64s", chip,
			 entry->d_name);
		ret = file_read(path, text, sizeof(text));
		if (ret < 0 && ret != -ENODATA)
			return -1;
		number++;
	}
	if (dir)
		closedir(dir);
	return number;
}

static int has_clients_directory(const char *chip)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%s/clients", chip);
	return !access(path, R_OK);
}

/*
 * Who waits on the driver's own processor, and comes before everybody else there, runs as soon as
 * the driver could sleep after the event: all that it does after that comes too late.
 */
static int come_first(void)
{
	struct sched_param first = { .sched_priority = 1 };

	use_processor(0);
	return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
}

/* The local chip comes with a first word, the remote one with a second. */
static int come_and_go(int go_ahead)
{
	int client;
	char go;

	while (read(go_ahead, &go, 1) == 1) {
		if (kmd_unbind(WORMHOLE_BDF) || kmd_bind(WORMHOLE_BDF))
			return 1;
		if (read(go_ahead, &go, 1) != 1)
			return 2;
		client = chip_open(WORMHOLE, O_RDWR);
		if (declare_remote(client, 0x77) != 1)
			return 3;
		close(client);
	}
	return 0;
}

TEST_F(events, a_chip_is_complete_when_it_is_announced)
{
	int pipe_ends[2], attributes = readable_attributes("tt1");
	struct ttmem_query answer;
	struct uevent event;
	int i, node;
	pid_t child;

	ASSERT_GT(attributes, 50);
	ASSERT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
	close(self->client);
	/* Who opens a node that is not there yet would wait for modprobe, and meanwhile it is. */
	ASSERT_EQ(file_write("/proc/sys/kernel/modprobe", "\n"), 0);
	ASSERT_EQ(come_first(), 0);
	child = child_start(come_and_go, pipe_ends[0]);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(write(pipe_ends[1], "", 1), 1);
		ASSERT_TRUE(receive(self->listener, "add", "tt0", &event));
		node = chip_open(WORMHOLE, O_RDWR);
		EXPECT_EQ(query(node, &answer), 0);
		EXPECT_TRUE(has_clients_directory("tt0"));
		EXPECT_EQ(readable_attributes("tt0"), attributes);
		close(node);

		ASSERT_EQ(write(pipe_ends[1], "", 1), 1);
		ASSERT_TRUE(receive(self->listener, "add", "tt0r1", &event));
		EXPECT_TRUE(has_clients_directory("tt0r1"));
		EXPECT_EQ(readable_attributes("tt0r1"), attributes);
	}
	EXPECT_EQ(child_kill(child), 0);
	EXPECT_EQ(file_write("/proc/sys/kernel/modprobe", "/sbin/modprobe"), 0);
}

TEST_HARNESS_MAIN
