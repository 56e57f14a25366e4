// SPDX-License-Identifier: GPL-2.0-only
/* The mapping of a ledger page: what can be mapped, and that it keeps nobody alive. */
#include <kselftest_harness.h>

#include "ttmem_actors.h"
#include "ttmem_page.h"

FIXTURE(mapping)
{
	int fd;
	struct ttmem_page_pool *page;
};

FIXTURE_SETUP(mapping)
{
	self->page = page_open(&self->fd);
	ASSERT_NE(self->page, NULL);
}

FIXTURE_TEARDOWN(mapping)
{
	close(self->fd);
	munmap(self->page, getpagesize());
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
}

/* ---- what can be mapped --------------------------------------------------------------------- */

TEST_F(mapping, only_the_page_as_it_is)
{
	const int size = getpagesize(), prot = PROT_READ | PROT_WRITE;
	struct ttmem_page_pool *again;
	int fd;

	EXPECT_EQ(page_map_error(self->fd, 0, size, prot, MAP_SHARED), 0);
	EXPECT_EQ(page_map_error(self->fd, 0, size, PROT_READ, MAP_SHARED), 0);
	EXPECT_EQ(page_map_error(self->fd, 0, size, prot, MAP_PRIVATE), EINVAL);
	EXPECT_EQ(page_map_error(self->fd, 0, 2 * size, prot, MAP_SHARED), EINVAL);
	EXPECT_EQ(page_map_error(self->fd, size, size, prot, MAP_SHARED), ENODATA);
	EXPECT_EQ(page_map_error(self->fd, 16ULL * size, size, prot, MAP_SHARED), ENODATA);
	EXPECT_EQ(page_map_error(self->fd, (~0ULL >> 1) & -size, size, prot, MAP_SHARED), ENODATA);
	EXPECT_EQ(mremap(self->page, size, 2 * size, MREMAP_MAYMOVE), MAP_FAILED);

	again = page_map(self->fd, TTMEM_CHIP_LOCAL);
	ASSERT_NE(again, NULL);
	page_put_l1(self->page, 9);
	EXPECT_EQ(again[TTMEM_POOL_L1].sequence, self->page[TTMEM_POOL_L1].sequence);
	munmap(again, size);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 576);

	/* Each file has its own; one that cannot be written to has none. */
	fd = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(page_map_error(fd, 0, size, prot, MAP_SHARED), ENODATA);
	close(fd);
	fd = chip_open(WORMHOLE, O_RDONLY);
	EXPECT_EQ(page_map_error(fd, 0, size, PROT_READ, MAP_SHARED), EACCES);
	close(fd);
}

/* The figures stay until the file is closed. */
TEST_F(mapping, unmapped)
{
	page_put_l1(self->page, 9);
	ASSERT_EQ(munmap(self->page, getpagesize()), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 576);
	ASSERT_EQ(report_n300_l1(self->fd, 8), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 512);
	self->page = page_map(self->fd, TTMEM_CHIP_LOCAL);
	ASSERT_NE(self->page, NULL);
	page_put_l1(self->page, 7);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 448);
}

/* ---- lifetimes ------------------------------------------------------------------------------ */

/* What it said last counts for the peak, though nobody looked; then nobody reads it any more. */
TEST_F(mapping, closed_with_the_page_mapped)
{
	struct ttmem_page_pool *l1 = &self->page[TTMEM_POOL_L1];

	page_put_l1(self->page, 400);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 25600);
	page_put_l1(self->page, 500);
	close(self->fd);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 32000);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	page_put_l1(self->page, 600);
	EXPECT_EQ(l1->figures[l1->sequence & 1].allocated_bytes, 600);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 32000);
}

/* Closed, its figures go, and those of a client beside it stay. */
TEST_F(mapping, closed_beside_another)
{
	int fd = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(report_n300_l1(fd, 7), 0);
	page_put_l1(self->page, 500);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 507);
	close(self->fd);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64 * 7);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
	close(fd);
}

/* Owns a page, and has a child that neither has the file nor can reach the page. */
static int own_and_fork(int pipe)
{
	struct ttmem_page_pool *page;
	int fd, status;
	pid_t child;

	page = page_open(&fd);
	if (!page)
		return 1;
	page_put_l1(page, 500);
	/* The mapping is not inherited: this one dies of it. */
	child = fork();
	if (!child) {
		page->sequence++;
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) ||
	    WTERMSIG(status) != SIGSEGV)
		return 2;
	child = fork();
	if (!child) {
		close(fd);
		child = getpid();
		write(pipe, &child, sizeof(child));
		pause();
		_exit(0);
	}
	pause();
	return 3;
}

TEST(killed_with_a_child_alive)
{
	pid_t owner, child;
	int pipes[2];

	ASSERT_EQ(pipe(pipes), 0);
	owner = child_start(own_and_fork, pipes[1]);
	ASSERT_EQ(read(pipes[0], &child, sizeof(child)), sizeof(child));
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 32000);
	EXPECT_EQ(child_kill(owner), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(kill(child, SIGKILL), 0);
}

TEST_F(mapping, an_orphan)
{
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	page_put_l1(self->page, 500);
	EXPECT_EQ(page_look(self->fd), -ENODEV);
	EXPECT_EQ(page_map_error(self->fd, 0, getpagesize(), PROT_WRITE, MAP_SHARED), ENODEV);
	ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 0);
	close(self->fd);
	page_put_l1(self->page, 600);
	/* A page that is mapped holds the module as an open file does. */
	EXPECT_EQ(module_unload("ttmem"), -EAGAIN);
	munmap(self->page, getpagesize());
	EXPECT_EQ(module_unload("ttmem"), 0);
	EXPECT_EQ(module_load("ttmem", ""), 0);
}

TEST_HARNESS_MAIN
