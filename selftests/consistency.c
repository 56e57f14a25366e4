// SPDX-License-Identifier: GPL-2.0-only
/* A snapshot is of one moment, and a caller whose memory does not come holds up nobody. */
#include <kselftest_harness.h>
#include <pthread.h>
#include <sys/mman.h>
#include <linux/userfaultfd.h>

#include "ttmem_actors.h"

/* ---- one moment ----------------------------------------------------------------------------- */

#define DRAM_BANK	(1000LL << 20)

/* As much of each L1 bank as of each DRAM bank, in one report. */
static int report_twins(int client, unsigned int bytes)
{
	struct ttmem_report_entry entries[] = {
		n300_l1(bytes),
		{ .pool = TTMEM_POOL_DRAM, .banks = 12, .bank_bytes = DRAM_BANK,
		  .allocated_bytes = bytes, .largest_free_bytes = DRAM_BANK - bytes },
	};

	return report(client, entries, 2);
}

/* Together the two writers stay below a bank: what one of them has free is not cut off at 0. */
static int write_twins(int seed)
{
	int client = chip_open(WORMHOLE, O_RDWR);

	srand(seed);
	while (!report_twins(client, rand() % (N300_BANK / 2)))
		;
	return 1;
}

/* This one also leaves and comes back. */
static int write_twins_and_leave(int seed)
{
	int client, i;

	srand(seed);
	for (;;) {
		client = chip_open(WORMHOLE, O_RDWR);
		for (i = rand() % 10; i >= 0; i--)
			if (report_twins(client, rand() % (N300_BANK / 2)))
				return 1;
		close(client);
	}
}

/* What holds whenever at least one of the two is there. Returns the name of what does not. */
static const char *broken(const char *text, long long *last_update)
{
	long long l1_used = stat_figure(text, "l1_used");
	long long dram_used = stat_figure(text, "dram_used");
	long long updated = stat_figure(text, "updated_ns");

	if (l1_used < 0 || l1_used / 64 != dram_used / 12)
		return "l1 moves with dram";
	if (l1_used + stat_figure(text, "l1_free") != 64 * N300_BANK)
		return "used + free = allocatable, of l1";
	if (dram_used + stat_figure(text, "dram_free") != 12 * DRAM_BANK)
		return "used + free = allocatable, of dram";
	if (stat_figure(text, "l1_largest_free") > stat_figure(text, "l1_free"))
		return "largest_free <= free";
	if (stat_figure(text, "l1_peak") < l1_used)
		return "peak >= used";
	if (updated < *last_update)
		return "time does not go back";
	*last_update = updated;
	return NULL;
}

FIXTURE(writers) {
	pid_t children[2];
	int stat;
};

FIXTURE_VARIANT(writers) {
	int second;	/* processor of the second writer; the first one has 1, the reader 0 */
	int share;	/* of the reads */
};

/* There are writers beside the reader all the time ... */
FIXTURE_VARIANT_ADD(writers, beside_the_reader) { .second = 1, .share = 1 };
/* ... or beside each other. */
FIXTURE_VARIANT_ADD(writers, beside_each_other) { .second = 0, .share = 10 };

FIXTURE_SETUP(writers)
{
	ASSERT_EQ(two_chips(), 0);
	self->stat = stat_open("tt0");
	ASSERT_EQ(stat_now(self->stat, "clients"), 0);
	use_processor(1);
	self->children[0] = child_start(write_twins, 1);
	/* From here on somebody is always there. */
	while (stat_now(self->stat, "clients") < 1)
		ASSERT_TRUE(stat_changes(self->stat, NEVER_MS));
	use_processor(variant->second);
	self->children[1] = child_start(write_twins_and_leave, 2);
	use_processor(0);
}

FIXTURE_TEARDOWN(writers)
{
	EXPECT_EQ(child_kill(self->children[0]), 0);
	EXPECT_EQ(child_kill(self->children[1]), 0);
	close(self->stat);
}

TEST_F_TIMEOUT(writers, never_break_a_snapshot, 600)
{
	const char *wanted = getenv("TTMEM_SNAPSHOTS");
	long long reads = (wanted ? atoll(wanted) : 1000000) / variant->share;
	long long i, before, last_update = 0, states = 0, start = now_ms();
	char text[STAT_SIZE];
	const char *what;

	for (i = 0; i < reads; i++) {
		before = last_update;
		ASSERT_EQ(stat_read(self->stat, text), 0);
		what = broken(text, &last_update);
		ASSERT_EQ(what, NULL) TH_LOG("%s, in:\n%s", what, text);
		states += last_update != before;
	}
	TH_LOG("figure: %lld reads in %lld ms saw %lld states", reads, now_ms() - start, states);
	/* Otherwise nobody wrote meanwhile. A reader that shares a processor sees few in a turn. */
	EXPECT_GT(states, reads < 100000 ? reads / 1000 : 100);
}

/* ---- memory that does not come -------------------------------------------------------------- */

/* Two pages; who touches the second one sleeps until we serve it. */
struct held_memory {
	char *pages;
	long page_size;
	int faults;
};

static int hold_memory(struct held_memory *memory)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register hold = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	memory->page_size = sysconf(_SC_PAGESIZE);
	memory->pages = mmap(NULL, 2 * memory->page_size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory->pages == MAP_FAILED)
		return -errno;
	memory->faults = syscall(SYS_userfaultfd, O_CLOEXEC);
	hold.range.start = (unsigned long)memory->pages + memory->page_size;
	hold.range.len = memory->page_size;
	if (memory->faults < 0 || ioctl(memory->faults, UFFDIO_API, &api) ||
	    ioctl(memory->faults, UFFDIO_REGISTER, &hold))
		return -errno;
	return 0;
}

/* Returns 1 once somebody sleeps. */
static int somebody_waits(struct held_memory *memory)
{
	struct pollfd poller = { .fd = memory->faults, .events = POLLIN };
	struct uffd_msg message;

	return poll(&poller, 1, NEVER_MS) == 1 &&
	       read(memory->faults, &message, sizeof(message)) == sizeof(message) &&
	       message.event == UFFD_EVENT_PAGEFAULT;
}

/* The page comes, and begins with what is missing of the argument. */
static int serve(struct held_memory *memory, const void *content, size_t size)
{
	struct uffdio_copy copy = {
		.dst = (unsigned long)memory->pages + memory->page_size,
		.len = memory->page_size,
	};
	char *page = aligned_alloc(memory->page_size, memory->page_size);
	int ret;

	memset(page, 0, memory->page_size);
	memcpy(page, content, size);
	copy.src = (unsigned long)page;
	ret = ioctl(memory->faults, UFFDIO_COPY, &copy) ? -errno : 0;
	free(page);
	return ret;
}

static void let_go(struct held_memory *memory)
{
	close(memory->faults);
	munmap(memory->pages, 2 * memory->page_size);
}

struct caller {
	int fd;
	unsigned long command;
	void *argument;
	int ret;
};

static void *call_it(void *data)
{
	struct caller *caller = data;

	caller->ret = call(caller->fd, caller->command, caller->argument);
	return NULL;
}

union argument {
	struct ttmem_query query;
	struct ttmem_declare declare;
	struct report report;
	struct ttmem_failure failure;
};

FIXTURE(held_call) {
	union argument argument;
};

FIXTURE_VARIANT(held_call) {
	unsigned long command;
	size_t size;
	union argument argument;
};

FIXTURE_VARIANT_ADD(held_call, query) {
	.command = TTMEM_QUERY,
	.size = sizeof(struct ttmem_query),
};

FIXTURE_VARIANT_ADD(held_call, declare) {
	.command = TTMEM_DECLARE,
	.size = sizeof(struct ttmem_declare),
	.argument.declare.geometry = {
		.tensix_enabled = 64, .tensix_harvest_mask = 65, .l1_core_bytes = 1499136,
		.dram_banks_enabled = 12, .dram_bank_bytes = 1ULL << 30,
	},
};

FIXTURE_VARIANT_ADD(held_call, report) {
	.command = TTMEM_REPORT,
	.size = sizeof(struct ttmem_report) + sizeof(struct ttmem_report_entry),
	.argument.report = {
		.head = { .entry_size = sizeof(struct ttmem_report_entry), .nr_entries = 1 },
		.entries[0] = { .banks = 64, .bank_bytes = N300_BANK },
	},
};

FIXTURE_VARIANT_ADD(held_call, failure) {
	.command = TTMEM_FAILURE,
	.size = sizeof(struct ttmem_failure),
	.argument.failure = { .pool = TTMEM_POOL_L1, .bank_bytes = 4096 },
};

FIXTURE_SETUP(held_call)
{
	ASSERT_EQ(two_chips(), 0);
	self->argument = variant->argument;
	/* They all begin with their size. */
	memcpy(&self->argument, &(__u32){ variant->size }, sizeof(__u32));
}

FIXTURE_TEARDOWN(held_call)
{
}

/* A call whose argument has its first bytes in memory that is there, and the rest is not. */
static void hold_a_call(struct __test_metadata *_metadata, struct caller *caller,
			struct held_memory *memory, const union argument *argument, size_t there)
{
	ASSERT_EQ(hold_memory(memory), 0);
	caller->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(caller->fd, 0);
	caller->argument = memory->pages + memory->page_size - there;
	memcpy(caller->argument, argument, there);
}

TEST_F(held_call, holds_up_no_unbind)
{
	/* None of it; its size; all but the end. */
	const size_t there[] = { 0, 8, variant->size - 8 };
	struct caller caller = { .command = variant->command };
	struct held_memory memory;
	pthread_t thread;
	int i;

	for (i = 0; i < 3; i++) {
		hold_a_call(_metadata, &caller, &memory, &self->argument, there[i]);
		ASSERT_EQ(pthread_create(&thread, NULL, call_it, &caller), 0);
		ASSERT_TRUE(somebody_waits(&memory));
		ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
		EXPECT_FALSE(chip_exists(WORMHOLE));
		ASSERT_EQ(serve(&memory, (char *)&self->argument + there[i],
				variant->size - there[i]), 0);
		ASSERT_EQ(pthread_join(thread, NULL), 0);
		EXPECT_EQ(caller.ret, -ENODEV);
		close(caller.fd);
		let_go(&memory);
		ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	}
}

/* The same call goes through while the chip is there: above it did not end for its argument. */
TEST_F(held_call, goes_on_when_the_page_comes)
{
	struct caller caller = { .command = variant->command };
	struct held_memory memory;
	pthread_t thread;

	hold_a_call(_metadata, &caller, &memory, &self->argument, 8);
	ASSERT_EQ(pthread_create(&thread, NULL, call_it, &caller), 0);
	ASSERT_TRUE(somebody_waits(&memory));
	/* Nor does it hold up anybody else. */
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	ASSERT_EQ(serve(&memory, (char *)&self->argument + 8, variant->size - 8), 0);
	ASSERT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(caller.ret, 0);
	close(caller.fd);
	let_go(&memory);
}

/* An answer that cannot be written yet, because the page is write-protected. */
TEST(an_answer_that_is_not_taken_holds_up_no_unbind)
{
	struct uffdio_register hold = { .mode = UFFDIO_REGISTER_MODE_WP };
	struct uffdio_writeprotect protect = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	struct caller caller = { .command = TTMEM_QUERY };
	struct ttmem_query *argument;
	struct held_memory memory;
	pthread_t thread;

	ASSERT_EQ(two_chips(), 0);
	ASSERT_EQ(hold_memory(&memory), 0);
	argument = (struct ttmem_query *)memory.pages;
	argument->size = sizeof(*argument);
	caller.argument = argument;
	hold.range.start = (unsigned long)memory.pages;
	hold.range.len = memory.page_size;
	protect.range = hold.range;
	ASSERT_EQ(ioctl(memory.faults, UFFDIO_REGISTER, &hold), 0);
	ASSERT_EQ(ioctl(memory.faults, UFFDIO_WRITEPROTECT, &protect), 0);

	caller.fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_EQ(pthread_create(&thread, NULL, call_it, &caller), 0);
	ASSERT_TRUE(somebody_waits(&memory));
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	protect.mode = 0;
	ASSERT_EQ(ioctl(memory.faults, UFFDIO_WRITEPROTECT, &protect), 0);
	ASSERT_EQ(pthread_join(thread, NULL), 0);
	/* The answer was complete before the chip went. */
	EXPECT_EQ(caller.ret, 0);
	EXPECT_EQ(argument->arch, TTMEM_ARCH_WORMHOLE_B0);
	close(caller.fd);
	let_go(&memory);
	ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
}

TEST_HARNESS_MAIN
