// SPDX-License-Identifier: GPL-2.0-only
/* The ledger page: figures without a call, and every byte of it may be a lie. */
#include <kselftest_harness.h>
#include <pthread.h>

#include "ttmem_actors.h"
#include "ttmem_page.h"

#define NAP_MS	300	/* long after the 10 ms in which pollers are woken */

static void nap(void)
{
	usleep(NAP_MS * 1000);
}

FIXTURE(page)
{
	int fd;
	struct ttmem_page_pool *page;
	long long rejected;
};

FIXTURE_SETUP(page)
{
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(report_n300_l1(self->fd, 0), 0);
	self->page = page_map(self->fd, TTMEM_CHIP_LOCAL);
	ASSERT_NE(self->page, NULL);
	self->rejected = mem(WORMHOLE, "rejected");
}

FIXTURE_TEARDOWN(page)
{
	close(self->fd);
	munmap(self->page, getpagesize());
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
}

/* ---- figures -------------------------------------------------------------------------------- */

TEST_F(page, an_update_is_a_report)
{
	long long reported = mem(WORMHOLE, "updated_ns");

	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	page_put_l1(self->page, 740544);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 47394816);
	EXPECT_EQ(mem(WORMHOLE, "l1_free"), 64 * N300_BANK - 47394816);
	EXPECT_EQ(mem(WORMHOLE, "l1_largest_free"), 64 * N300_BANK - 47394816);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 47394816);
	EXPECT_GT(mem(WORMHOLE, "updated_ns"), reported);
	page_put(&self->page[TTMEM_POOL_L1], 1000, 500, 800000);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_EQ(mem(WORMHOLE, "l1_largest_free"), 32000);
	/* Its own peak is the chip's, too, though nobody looked then. */
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64 * 800000);
	EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected);
}

/* When nothing has changed, the time of the last change stays. */
TEST_F(page, looking_changes_nothing)
{
	long long first;

	page_put_l1(self->page, 5);
	first = mem(WORMHOLE, "updated_ns");
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 320);
	EXPECT_EQ(page_look(self->fd), 0);
	EXPECT_EQ(mem(WORMHOLE, "updated_ns"), first);
}

TEST_F(page, the_last_word_counts)
{
	page_put_l1(self->page, 100);
	ASSERT_EQ(report_n300_l1(self->fd, 50), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 50);
	/* What the page said before counts for the peak. */
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64 * 100);
	page_put_l1(self->page, 70);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 70);
}

/* One holds what the other has given back, whether it says so in its page or by a report. */
TEST_F(page, a_peak_is_of_one_time)
{
	struct ttmem_page_pool *other;
	int fd;

	other = page_open(&fd);
	ASSERT_NE(other, NULL);
	page_put_l1(other, 1000);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	page_put_l1(other, 0);
	page_put_l1(self->page, 1000);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64000);

	page_put_l1(self->page, 0);
	EXPECT_EQ(report_n300_l1(fd, 1000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64000);
	page_put_l1(other, 0);
	page_put_l1(self->page, 1000);
	EXPECT_EQ(page_look(self->fd), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64000);

	/* What both hold at once is one. */
	page_put_l1(other, 500);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 96000);
	close(fd);
	munmap(other, getpagesize());
}

TEST_F(page, a_peak_starts_again)
{
	struct ttmem_report_entry entry = n300_l1(10);
	long long id;
	struct ttmem_query answer;
	char path[64], text[STAT_SIZE];

	ASSERT_EQ(query(self->fd, &answer), 0);
	id = answer.client_id;
	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt0/clients/%lld/stat", id);
	page_put_l1(self->page, 1000);
	ASSERT_GT(file_read(path, text, sizeof(text)), 0);
	EXPECT_EQ(stat_figure(text, "l1_peak"), 64000);
	page_put(&self->page[TTMEM_POOL_L1], 10, 0, 10);
	entry.flags = TTMEM_REPORT_RESET_PEAK;
	ASSERT_EQ(report(self->fd, &entry, 1), 0);
	page_put(&self->page[TTMEM_POOL_L1], 20, 0, 20);
	ASSERT_GT(file_read(path, text, sizeof(text)), 0);
	EXPECT_EQ(stat_figure(text, "l1_peak"), 64 * 20);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64000);
}

/* Everything else of a pool, and pools that are spoken of as a whole. */
TEST_F(page, other_pools)
{
	struct ttmem_report_entry entries[] = {
		{ .pool = TTMEM_POOL_CB, .flags = TTMEM_REPORT_WHOLE_POOL },
		{ .pool = TTMEM_POOL_DRAM, .banks = 12 },
	};

	ASSERT_EQ(report(self->fd, entries, 2), 0);
	page_put(&self->page[TTMEM_POOL_CB], 12345, 0, 12345);
	page_put(&self->page[TTMEM_POOL_DRAM], 1 << 20, 0, 1 << 20);
	EXPECT_EQ(mem(WORMHOLE, "cb_used"), 12345);
	EXPECT_EQ(mem(WORMHOLE, "dram_used"), 12 << 20);
	EXPECT_EQ(mem(WORMHOLE, "dram_free"), -ENODATA);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	/* More than there is; a largest block of an unknown size. */
	page_put(&self->page[TTMEM_POOL_CB], N300_TOTAL + 1, 0, N300_TOTAL + 1);
	EXPECT_EQ(page_look(self->fd), -ERANGE);
	page_put(&self->page[TTMEM_POOL_CB], 1, 1, 1);
	EXPECT_EQ(page_look(self->fd), -EINVAL);
	page_put(&self->page[TTMEM_POOL_CB], 1, 0, 1);
	page_put(&self->page[TTMEM_POOL_DRAM], ~0ULL, 0, ~0ULL);
	EXPECT_EQ(page_look(self->fd), -EOVERFLOW);
	EXPECT_EQ(mem(WORMHOLE, "dram_used"), 12 << 20);
	EXPECT_EQ(mem(WORMHOLE, "cb_used"), 1);
}

TEST_F(page, a_failure_knows_the_last_word)
{
	char text[STAT_SIZE];

	page_put(&self->page[TTMEM_POOL_L1], 1000, 77, 1000);
	ASSERT_EQ(fail(self->fd, TTMEM_POOL_L1, 78), 0);
	ASSERT_GT(mem_text(WORMHOLE, "stat", text, sizeof(text)), 0);
	EXPECT_EQ(stat_figure(text, "last_failure_largest_free"), 77);
}

TEST_F(page, of_a_remote_chip)
{
	int index = declare_remote(self->fd, 0x1e52);
	struct ttmem_report_entry entry = n300_l1(0);
	struct ttmem_page_pool *remote;
	char path[64], text[32];

	ASSERT_EQ(index, 1);
	EXPECT_EQ(page_map_error(self->fd, 2 * getpagesize(), getpagesize(), PROT_WRITE,
				 MAP_SHARED), ENODATA);
	entry.chip = index;
	ASSERT_EQ(report(self->fd, &entry, 1), 0);
	remote = page_map(self->fd, index);
	ASSERT_NE(remote, NULL);
	page_put_l1(remote, 3);
	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt0r%d/mem/l1_used", index);
	ASSERT_GT(file_read(path, text, sizeof(text)), 0);
	EXPECT_STREQ(text, "192\n");
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	munmap(remote, getpagesize());
}

/* ---- every byte is hostile ------------------------------------------------------------------ */

TEST_F(page, absurd_figures)
{
	struct ttmem_page_pool *l1 = &self->page[TTMEM_POOL_L1];
	const struct {
		__u64 allocated, largest_free, peak;
	} absurd[] = {
		{ N300_BANK + 1, 0, N300_BANK + 1 },
		{ 10, N300_BANK - 9, 10 },
		{ 10, ~0ULL, 10 },
		{ ~0ULL, ~0ULL, ~0ULL },
		{ 10, 0, 9 },
		{ 10, 0, N300_BANK + 1 },
		{ 10, 0, ~0ULL },
		{ 1ULL << 58, 0, 1ULL << 58 },
	};
	char before[STAT_SIZE], after[STAT_SIZE];
	unsigned int i;

	page_put_l1(self->page, 700);
	ASSERT_EQ(mem_figures(WORMHOLE, before, sizeof(before)), 0);
	for (i = 0; i < ARRAY_SIZE(absurd); i++) {
		page_put(l1, absurd[i].allocated, absurd[i].largest_free, absurd[i].peak);
		/* Once, however often somebody looks. */
		EXPECT_EQ(mem(WORMHOLE, "l1_used"), 44800);
		EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected + 2 * i + 1);
		EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected + 2 * i + 1);
		ASSERT_EQ(mem_figures(WORMHOLE, after, sizeof(after)), 0);
		EXPECT_STREQ(after, before);
		/* The client is told, even if others were first. */
		EXPECT_EQ(page_look(self->fd), -EINVAL);
		EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected + 2 * i + 2);
	}
	page_put(l1, 701, 0, 701);
	EXPECT_EQ(page_look(self->fd), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 701);
}

/* Nobody knows how many banks it has. */
TEST_F(page, a_pool_that_was_never_reported)
{
	page_put(&self->page[TTMEM_POOL_DRAM], 1, 0, 1);
	EXPECT_EQ(mem(WORMHOLE, "dram_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected + 1);
	EXPECT_EQ(page_look(self->fd), -EINVAL);
}

/* Stopped, or killed, in the middle of an update. */
TEST_F(page, half_an_update)
{
	struct ttmem_page_pool *l1 = &self->page[TTMEM_POOL_L1];

	page_put_l1(self->page, 100);
	l1->figures[(l1->sequence + 1) & 1].allocated_bytes = ~0ULL;
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 6400);
	EXPECT_EQ(page_look(self->fd), 0);
	EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected);
}

TEST_F(page, the_sequence_wraps)
{
	struct ttmem_page_pool *l1 = &self->page[TTMEM_POOL_L1];

	l1->sequence = 0xfffffffe;
	page_put_l1(self->page, 100);
	EXPECT_EQ(l1->sequence, 0xffffffff);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 6400);
	page_put_l1(self->page, 200);
	EXPECT_EQ(l1->sequence, 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 12800);
}

static int stop;

static void *write_without_pause(void *page)
{
	__u64 i;

	for (i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++)
		page_put_l1(page, i % N300_BANK);
	return NULL;
}

static void *write_nonsense(void *memory)
{
	__u64 *words = memory;
	__u64 i;

	for (i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++)
		__atomic_store_n(&words[i % 40], i * 0x9e3779b97f4a7c15ULL, __ATOMIC_RELAXED);
	return NULL;
}

/* Never half of one update and half of another. */
TEST_F(page, a_busy_writer)
{
	long long used, largest;
	char text[STAT_SIZE];
	pthread_t writer;
	int i, fd;

	stop = 0;
	fd = stat_open("tt0");
	ASSERT_EQ(pthread_create(&writer, NULL, write_without_pause, self->page), 0);
	for (i = 0; i < 20000; i++) {
		ASSERT_EQ(stat_read(fd, text), 0);
		used = stat_figure(text, "l1_used");
		largest = stat_figure(text, "l1_largest_free");
		ASSERT_EQ(used + largest, 64 * N300_BANK);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(writer, NULL);
	close(fd);
	EXPECT_GT(used, 0);
}

/* It may write what it likes: figures stay within the chip, and everybody else goes on. */
TEST_F(page, a_hostile_writer)
{
	int other = chip_open(WORMHOLE, O_RDWR), i;
	long long used;
	pthread_t writer;

	stop = 0;
	ASSERT_EQ(declare(other, &n300_geometry), 0);
	ASSERT_EQ(pthread_create(&writer, NULL, write_nonsense, self->page), 0);
	for (i = 0; i < 5000; i++) {
		ASSERT_EQ(report_n300_l1(other, i), 0);
		used = mem(WORMHOLE, "l1_used");
		ASSERT_GE(used, 64 * i);
		ASSERT_LE(used, N300_TOTAL);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(writer, NULL);
	EXPECT_GT(mem(WORMHOLE, "rejected"), self->rejected);
	close(other);
}

/* ---- who is woken --------------------------------------------------------------------------- */

TEST_F(page, only_a_look_wakes)
{
	int fd = stat_open("tt0");

	nap();
	stat_now(fd, "l1_used");
	page_put_l1(self->page, 100);
	EXPECT_FALSE(stat_changes(fd, NAP_MS));
	/* Nor does somebody else who reads. */
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 6400);
	EXPECT_FALSE(stat_changes(fd, NAP_MS));

	page_put_l1(self->page, 200);
	EXPECT_EQ(page_look(self->fd), 0);
	EXPECT_TRUE(stat_changes(fd, NEVER_MS));
	EXPECT_EQ(stat_now(fd, "l1_used"), 12800);
	/* And it does not if nothing has changed. */
	EXPECT_EQ(page_look(self->fd), 0);
	EXPECT_FALSE(stat_changes(fd, NAP_MS));
	close(fd);
}

/* What the driver does by itself, such as to wake somebody, is no look. */
TEST_F(page, nobody_looks_by_himself)
{
	page_put_l1(self->page, 100);
	ASSERT_EQ(page_look(self->fd), 0);
	page_put(&self->page[TTMEM_POOL_L1], N300_BANK + 1, 0, N300_BANK + 1);
	nap();
	page_put(&self->page[TTMEM_POOL_L1], 200, 0, 200);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 12800);
	EXPECT_EQ(mem(WORMHOLE, "rejected"), self->rejected);
}

/* A mark is checked when somebody looks, and an event wakes. */
TEST_F(page, a_mark_is_found_by_who_looks)
{
	int fd = stat_open("tt0");

	ASSERT_EQ(file_write("/sys/class/tenstorrent/tt0/mem/l1_high", "12800"), 0);
	nap();
	stat_now(fd, "l1_used");
	page_put_l1(self->page, 199);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 199);
	EXPECT_FALSE(stat_changes(fd, NAP_MS));
	page_put_l1(self->page, 200);
	EXPECT_FALSE(stat_changes(fd, NAP_MS));
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 200);
	EXPECT_TRUE(stat_changes(fd, NEVER_MS));
	ASSERT_EQ(file_write("/sys/class/tenstorrent/tt0/mem/l1_high", "0"), 0);
	close(fd);
}

TEST(look_is_a_call_like_others)
{
	struct ttmem_look argument = { .size = sizeof(argument) };
	int fd = chip_open(WORMHOLE, O_RDWR);

	EXPECT_EQ(call(fd, TTMEM_LOOK, &argument), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	argument.flags = 1;
	EXPECT_EQ(call(fd, TTMEM_LOOK, &argument), -EOPNOTSUPP);
	argument.flags = 0;
	argument.size = 4;
	EXPECT_EQ(call(fd, TTMEM_LOOK, &argument), -EINVAL);
	close(fd);
	argument.size = sizeof(argument);
	fd = chip_open(WORMHOLE, O_RDONLY);
	EXPECT_EQ(call(fd, TTMEM_LOOK, &argument), -EACCES);
	close(fd);
}

TEST_HARNESS_MAIN
