// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that talks nonsense in a loop, next to one that does not: the worst that it can do is to
 * make a total unknown while it lives, and a pin prevents even that.
 */
#include <kselftest_harness.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <time.h>

#include "ttmem_chips.h"

#define ROUNDS	300

/* ---- the rogue ----------------------------------------------------------------------------- */

/* Mostly noise; now and then something that passes all checks. */
static struct ttmem_geometry noise_geometry(void)
{
	static const struct ttmem_geometry plausible[] = { n300_geometry, galaxy_geometry };
	struct ttmem_geometry geometry = plausible[rand() % 2];
	unsigned char *bytes = (unsigned char *)&geometry;

	geometry.chip_uid = UID + rand() % 40;
	if (rand() % 4 == 0)
		bytes[rand() % sizeof(geometry)] = rand();
	return geometry;
}

static int talk_geometry(int fd)
{
	static const __u32 chips[] = { TTMEM_CHIP_LOCAL, TTMEM_CHIP_REMOTE, 1, 15, 16, 77 };

	return declare_chip(fd, chips[rand() % 6], rand() % 8 ? 0 : rand() % 4, noise_geometry());
}

static int talk_report(int fd)
{
	struct ttmem_report_entry entries[6];
	unsigned int i, number = 1 + rand() % 6;

	for (i = 0; i < number; i++) {
		entries[i] = n300_l1(rand() % N300_BANK);
		entries[i].chip = rand() % 8 ? 0 : rand() % 20;
		entries[i].pool = rand() % 8 ? i : (unsigned int)rand();
		if (entries[i].pool == TTMEM_POOL_CB)
			entries[i] = (struct ttmem_report_entry) {
				.chip = entries[i].chip, .pool = TTMEM_POOL_CB,
				.flags = TTMEM_REPORT_WHOLE_POOL, .allocated_bytes = rand(),
			};
		if (rand() % 4 == 0)
			((unsigned char *)&entries[i])[rand() % sizeof(entries[i])] = rand();
	}
	return report(fd, entries, number);
}

/* Any command, with bytes that mean nothing behind a size that may be right. */
static void talk_bytes(int fd)
{
	static const __u32 sizes[] = { 24, 48, 56, 104, 4096 };
	__u32 bytes[1024];
	unsigned int i;

	for (i = 0; i < 1024; i++)
		bytes[i] = rand() % 4 ? 0 : rand();
	bytes[0] = sizes[rand() % 5];
	if (rand() % 2)
		bytes[1] = 40;
	call(fd, _IO(TTMEM_IOCTL_MAGIC, rand() % 6), bytes);
}

/* As anybody, until it is killed. It comes back again and again, too, so that ids pass by. */
static void be_rogue(int ready)
{
	int declared = 0, reported = 0, fd, i;

	srand(1);
	if (setgid(NOBODY) || setuid(NOBODY))
		_exit(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fd = chip_open(WORMHOLE, O_RDWR);
		for (i = 0; i < 2000; i++) {
			declared += talk_geometry(fd) >= 0;
			reported += !talk_report(fd);
			talk_bytes(fd);
			fail(fd, rand() % 2, rand() % 6, rand());
			if (ready < 0 || i < 1000)
				continue;
			/* It has all that it can get. Had it got nothing, this would be no test. */
			if (!declared || !reported || write(ready, "", 1) != 1)
				_exit(2);
			ready = -1;
		}
		close(fd);
	}
}

/* ---- its neighbour ------------------------------------------------------------------------- */

FIXTURE(rogue) {
	int fd;		/* the good client, of tt0 and of its remote chip */
	int ready[2];	/* the rogue has said so much */
	long long id;
	pid_t rogue;
};

FIXTURE_SETUP(rogue)
{
	ASSERT_EQ(restart_chips(), 0);
	ASSERT_EQ(chmod("/dev/ttmem/tt0", 0666), 0);
	ASSERT_EQ(pipe(self->ready), 0);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	self->id = client_id(self->fd);
	self->rogue = 0;
}

FIXTURE_TEARDOWN(rogue)
{
	close(self->fd);
}

static pid_t rogue_start(int ready[2])
{
	pid_t child = spawn();
	char byte;

	if (!child)
		be_rogue(ready[1]);
	return read(ready[0], &byte, 1) == 1 ? child : -1;
}

/* One round of the good client: how many of its calls were not answered as ever. */
static int speak(int fd, unsigned int held)
{
	struct ttmem_report_entry both[] = { n300_l1(held), n300_l1(2 * held) };

	both[1].chip = 1;
	return !!declare(fd, &n300_geometry) + (declare_remote(fd, UID) != 1) +
	       !!report(fd, both, 2);
}

/* How many of its own figures, of both chips, are not what it said. */
static int misread(long long id, unsigned int held)
{
	char file[64], text[4096];
	int wrong = 0;

	snprintf(file, sizeof(file), "clients/%lld/l1_used", id);
	wrong += chip_number("tt0", file) != 64LL * held;
	wrong += chip_number("tt0r1", file) != 128LL * held;
	snprintf(file, sizeof(file), "clients/%lld/stat", id);
	wrong += chip_text("tt0", file, text, sizeof(text)) <= 0 ||
		 stat_number(text, "l1_used") != 64LL * held ||
		 stat_number(text, "l1_allocatable") != 64 * N300_BANK ||
		 stat_number(text, "tensix_enabled") != 64;
	return wrong;
}

/* A chip's sums hold the good client's share, and nothing that there cannot be. */
static int impossible(const char *chip, unsigned int share)
{
	static const long long nominal = 119930880;
	long long used = chip_number(chip, "mem/l1_used");
	long long total = chip_number(chip, "mem/l1_total");
	int wrong = used < share || used > nominal;

	wrong += total != -ENODATA && total != N300_TOTAL && total != nominal;
	return wrong;
}

TEST_F(rogue, changes_no_other_client)
{
	int round, refused = 0, wrong = 0;

	self->rogue = rogue_start(self->ready);
	ASSERT_GT(self->rogue, 0);
	for (round = 1; round <= ROUNDS; round++) {
		refused += speak(self->fd, round);
		wrong += misread(self->id, round);
		wrong += impossible("tt0", 64 * round) + impossible("tt0r1", 128 * round);
	}
	EXPECT_EQ(refused, 0);
	EXPECT_EQ(wrong, 0);
	ASSERT_EQ(waitpid(self->rogue, NULL, WNOHANG), 0);
	reap_killed(self->rogue);

	/* It has left nothing but what is counted. */
	EXPECT_TRUE(chip_says("tt0", "mem/geometry_source", "declared"));
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * ROUNDS);
	EXPECT_EQ(mem(WORMHOLE, "l1_total"), N300_TOTAL);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_used"), 128 * ROUNDS);
	EXPECT_EQ(chip_number("tt0r1", "mem/l1_total"), N300_TOTAL);
	EXPECT_GT(mem(WORMHOLE, "rejected"), 100);
}

TEST_F(rogue, changes_no_total_that_is_pinned)
{
	int admin = chip_open(WORMHOLE, O_RDWR);
	int round, refused = 0, wrong = 0;

	ASSERT_EQ(declare_chip(admin, 0, TTMEM_DECLARE_PIN, n300_geometry), 0);
	ASSERT_EQ(pin_remote(admin, UID), 1);
	self->rogue = rogue_start(self->ready);
	ASSERT_GT(self->rogue, 0);
	for (round = 1; round <= ROUNDS; round++) {
		refused += speak(self->fd, round);
		wrong += misread(self->id, round);
		wrong += chip_number("tt0", "mem/l1_total") != N300_TOTAL;
		wrong += chip_number("tt0r1", "mem/l1_total") != N300_TOTAL;
		wrong += chip_number("tt0", "mem/l1_used") > N300_TOTAL;
	}
	EXPECT_EQ(refused, 0);
	EXPECT_EQ(wrong, 0);
	EXPECT_GT(mem(WORMHOLE, "geometry_mismatches"), 0);
	reap_killed(self->rogue);
	close(admin);
}

/* Whoever comes late finds a slot, and gets it at once, whatever the rogue has asked for. */
TEST_F(rogue, leaves_room_for_newcomers)
{
	int late = chip_open(WORMHOLE, O_RDWR);
	int i, index;

	self->rogue = rogue_start(self->ready);
	ASSERT_GT(self->rogue, 0);
	for (i = 0; i < 7; i++) {
		index = declare_remote(late, UID + 1000 + i);
		ASSERT_GT(index, 0);
		EXPECT_EQ(report_chip_l1(late, index, 1000), 0);
		EXPECT_EQ(declare_remote(late, UID + 1000 + i), index);
	}
	EXPECT_EQ(speak(self->fd, 1), 0);
	reap_killed(self->rogue);
	close(late);
}

/* ---- what others hear of it ---------------------------------------------------------------- */

/* Lines of the kernel's log that are ours, whether they name the module or a chip. */
static int log_lines(void)
{
	static char log[1 << 20];
	int length = klogctl(3, log, sizeof(log) - 1), lines = 0;
	char *line, *rest = log;

	if (length < 0)
		return -1;
	log[length] = '\0';
	while ((line = strsep(&rest, "\n")))
		lines += (strstr(line, "ttmem") || strstr(line, "tt0")) &&
			 !strstr(line, "ttmem test:") &&	/* this is the runner's */
			 !strstr(line, "kobject: ");	/* and this is of one that has left */
	return lines;
}

TEST_F(rogue, is_no_news)
{
	int uevents = uevents_open(), added = 0, changed = 0, before = log_lines(), round;
	struct timespec start, end;
	char event[256];

	ASSERT_GE(uevents, 0);
	ASSERT_GE(before, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	self->rogue = rogue_start(self->ready);
	ASSERT_GT(self->rogue, 0);
	for (round = 1; round <= ROUNDS; round++)
		speak(self->fd, round);
	reap_killed(self->rogue);
	EXPECT_EQ(log_lines(), before);

	clock_gettime(CLOCK_MONOTONIC, &end);
	while (uevent_next(uevents, event, sizeof(event))) {
		added += !strncmp(event, "add ", 4);
		changed += !strncmp(event, "change ", 7);
	}
	EXPECT_LE(added, 30 * (1 + (end.tv_sec - start.tv_sec) / 10));
	/* A batch a second for each chip, of which capacity and failures of five pools are most. */
	EXPECT_LE(changed, TTMEM_MAX_CHIPS * 10 * (2 + end.tv_sec - start.tv_sec));
	close(uevents);
}

TEST_HARNESS_MAIN
