// SPDX-License-Identifier: GPL-2.0-only
/* Chips come and go with tt-kmd, whoever has files open and whoever reads meanwhile. */
#include <kselftest_harness.h>
#include <dirent.h>

#include "ttmem_actors.h"

/* A client of both chips, and a file of mem/ held open. */
struct bystander {
	int wormhole, blackhole, attribute;
};

static int bystander_open(struct bystander *bystander)
{
	bystander->wormhole = chip_open(WORMHOLE, O_RDWR);
	bystander->blackhole = chip_open(BLACKHOLE, O_RDWR);
	bystander->attribute = open("/sys/class/tenstorrent/tt0/mem/l1_used", O_RDONLY);
	if (bystander->wormhole < 0 || bystander->blackhole < 0 || bystander->attribute < 0)
		return -1;
	if (declare(bystander->wormhole, &n300_geometry))
		return -1;
	return report_n300_l1(bystander->wormhole, 1000) ||
	       report_n300_l1(bystander->blackhole, 500);
}

static void bystander_close(struct bystander *bystander)
{
	close(bystander->wormhole);
	close(bystander->blackhole);
	close(bystander->attribute);
}

/* Every call on a file whose chip is gone says so. */
static int orphaned(int fd)
{
	struct ttmem_query answer;

	return query(fd, &answer) == -ENODEV && declare(fd, &n300_geometry) == -ENODEV &&
	       report_n300_l1(fd, 1) == -ENODEV;
}

/* The chip behind tt0 went and came back: nothing of the old one is left. */
static int fresh(unsigned int chip)
{
	return mem(chip, "clients") == 0 && mem(chip, "l1_used") == 0 &&
	       mem(chip, "l1_peak") == 0 && mem(chip, "l1_total") == -ENODATA;
}

/* A function that was removed comes back as the last one, with another ordinal: start anew. */
FIXTURE(lifetime) {
};

FIXTURE_SETUP(lifetime)
{
	ASSERT_EQ(two_chips(), 0);
}

FIXTURE_TEARDOWN(lifetime)
{
}

TEST_F(lifetime, unbind_and_bind)
{
	struct bystander bystander;
	char text[32];

	ASSERT_EQ(bystander_open(&bystander), 0);
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	EXPECT_FALSE(chip_exists(WORMHOLE));
	EXPECT_TRUE(orphaned(bystander.wormhole));
	EXPECT_EQ(pread(bystander.attribute, text, sizeof(text), 0), -1);
	EXPECT_EQ(errno, ENODEV);
	EXPECT_EQ(chip_open(WORMHOLE, O_RDWR), -ENOENT);
	/* The other chip has not noticed. */
	EXPECT_EQ(report_n300_l1(bystander.blackhole, 700), 0);
	EXPECT_EQ(mem(BLACKHOLE, "l1_used"), 64 * 700);

	ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	EXPECT_TRUE(fresh(WORMHOLE));
	EXPECT_TRUE(orphaned(bystander.wormhole));
	bystander_close(&bystander);
	EXPECT_TRUE(fresh(WORMHOLE));
}

TEST_F(lifetime, hot_remove)
{
	struct bystander bystander;

	ASSERT_EQ(bystander_open(&bystander), 0);
	ASSERT_EQ(pci_remove(WORMHOLE_BDF), 0);
	EXPECT_FALSE(chip_exists(WORMHOLE));
	EXPECT_TRUE(orphaned(bystander.wormhole));
	ASSERT_EQ(pci_rescan(), 0);
	EXPECT_TRUE(fresh(WORMHOLE));
	bystander_close(&bystander);
	EXPECT_TRUE(fresh(WORMHOLE));
}

TEST_F(lifetime, reload_of_tt_kmd)
{
	struct bystander bystander;

	ASSERT_EQ(bystander_open(&bystander), 0);
	ASSERT_EQ(module_unload("tenstorrent"), 0);
	EXPECT_NE(access("/sys/class/tenstorrent", F_OK), 0);
	EXPECT_TRUE(orphaned(bystander.wormhole));
	EXPECT_TRUE(orphaned(bystander.blackhole));
	ASSERT_EQ(module_load("tenstorrent", ""), 0);
	EXPECT_TRUE(fresh(WORMHOLE));
	EXPECT_TRUE(fresh(BLACKHOLE));
	bystander_close(&bystander);
}

TEST_F(lifetime, reload_of_ttmem)
{
	struct bystander bystander;

	ASSERT_EQ(bystander_open(&bystander), 0);
	EXPECT_EQ(module_unload("ttmem"), -EAGAIN);
	bystander_close(&bystander);
	ASSERT_EQ(module_unload("ttmem"), 0);
	EXPECT_FALSE(chip_exists(WORMHOLE));
	/* tt-kmd has lost nothing. */
	EXPECT_EQ(access("/sys/class/tenstorrent/tenstorrent!0/tt_asic_id", R_OK), 0);
	ASSERT_EQ(module_load("ttmem", ""), 0);
	EXPECT_TRUE(fresh(WORMHOLE));
	EXPECT_TRUE(fresh(BLACKHOLE));
}

/* An orphan pins the module as any open file does, and lets go of it. */
TEST_F(lifetime, unload_with_an_orphan)
{
	struct bystander bystander;

	ASSERT_EQ(bystander_open(&bystander), 0);
	ASSERT_EQ(module_unload("tenstorrent"), 0);
	EXPECT_EQ(module_unload("ttmem"), -EAGAIN);
	bystander_close(&bystander);
	ASSERT_EQ(module_unload("ttmem"), 0);
	ASSERT_EQ(module_load("tenstorrent", ""), 0);
	ASSERT_EQ(module_load("ttmem", ""), 0);
	EXPECT_TRUE(fresh(BLACKHOLE));
}

TEST_F(lifetime, without_tt_kmd)
{
	ASSERT_EQ(module_unload("ttmem"), 0);
	ASSERT_EQ(module_unload("tenstorrent"), 0);
	ASSERT_EQ(module_load("ttmem", ""), 0);
	EXPECT_NE(access("/sys/class/tenstorrent", F_OK), 0);
	EXPECT_NE(access("/dev/ttmem", F_OK), 0);
	ASSERT_EQ(module_load("tenstorrent", ""), 0);
	EXPECT_TRUE(fresh(WORMHOLE));
}

/* tt-kmd's own class devices keep their place, and nothing of ours is beside them. */
TEST_F(lifetime, own_place_below_tt_kmd)
{
	char path[256] = "/sys/bus/pci/devices/" WORMHOLE_BDF "/tenstorrent";
	DIR *dir = opendir(path);
	struct dirent *entry;
	int entries = 0;

	ASSERT_NE(dir, NULL);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			entries++;
	closedir(dir);
	EXPECT_EQ(entries, 1);
	strcat(path, "/tenstorrent!0/tt0/mem/l1_used");
	EXPECT_EQ(access(path, R_OK), 0);
}

/* Ordinals are tt-kmd's: it refuses a Grayskull. What a chip of the future has is its own word. */
TEST_F(lifetime, chips_of_other_kinds)
{
	struct ttmem_geometry geometry = n300_geometry;
	struct ttmem_query answer;
	int fd;

	ASSERT_EQ(machine_with("unknown,grayskull,blackhole"), 0);
	EXPECT_TRUE(chip_exists(0));
	EXPECT_TRUE(chip_exists(1));
	EXPECT_FALSE(chip_exists(2));
	EXPECT_EQ(mem(0, "arch"), -ENODATA);
	EXPECT_EQ(mem(0, "l1_nominal"), -ENODATA);
	EXPECT_EQ(mem(0, "tensix_nominal"), -ENODATA);
	EXPECT_EQ(mem(1, "tensix_nominal"), 140);

	fd = chip_open(0, O_RDWR);
	ASSERT_EQ(query(fd, &answer), 0);
	EXPECT_EQ(answer.arch, TTMEM_ARCH_UNKNOWN);
	EXPECT_EQ(answer.nominal.tensix_enabled, 0);
	geometry.tensix_enabled = 999;
	EXPECT_EQ(declare(fd, &geometry), 0);
	EXPECT_EQ(mem(0, "l1_total"), 999 * 1499136LL);
	EXPECT_EQ(mem(0, "l1_nominal"), -ENODATA);
	close(fd);
}

TEST_F(lifetime, thirty_two_chips)
{
	int fds[32];
	int i;

	ASSERT_EQ(machine_with(wormholes(32)), 0);
	for (i = 0; i < 32; i++) {
		fds[i] = chip_open(i, O_RDWR);
		ASSERT_GE(fds[i], 0);
		EXPECT_EQ(report_n300_l1(fds[i], i), 0);
	}
	for (i = 0; i < 32; i++)
		EXPECT_EQ(mem(i, "l1_used"), 64 * i);
	for (i = 0; i < 32; i++)
		close(fds[i]);
	for (i = 0; i < 32; i++)
		EXPECT_EQ(mem(i, "l1_used"), 0);
}

/* Reads what chips show until it is killed; ends by itself on an answer that is wrong. */
static void read_everything(void)
{
	static const char * const attributes[] = { "stat", "l1_used", "dram_total", "arch" };
	char text[4096];
	unsigned int i;
	int ret;

	for (i = 0;; i++) {
		ret = mem_text(i % 2, attributes[i / 2 % 4], text, sizeof(text));
		if (ret < 0 && ret != -ENOENT && ret != -ENODEV && ret != -ENODATA)
			_exit(1);
		if (i / 2 % 4 == 1 && ret > 0 && strtoll(text, NULL, 10) > 2 * N300_TOTAL)
			_exit(2);
	}
}

/* Opens, reports and closes until it is killed. */
static void report_for_ever(void)
{
	unsigned int i;
	int fd, ret;

	for (i = 0;; i++) {
		fd = chip_open(i % 2, O_RDWR);
		if (fd < 0)
			continue;
		ret = report_n300_l1(fd, i % 1000);
		if (ret && ret != -ENODEV)
			_exit(3);
		close(fd);
	}
}

static pid_t start(void (*function)(void))
{
	pid_t child = fork();

	if (child)
		return child;
	function();
	_exit(4);
}

FIXTURE(under_load) {
	pid_t children[3];
};

FIXTURE_SETUP(under_load)
{
	ASSERT_EQ(two_chips(), 0);
	self->children[0] = start(read_everything);
	self->children[1] = start(read_everything);
	self->children[2] = start(report_for_ever);
}

FIXTURE_TEARDOWN(under_load)
{
	int i, status;

	for (i = 0; i < 3; i++) {
		kill(self->children[i], SIGKILL);
		ASSERT_EQ(waitpid(self->children[i], &status, 0), self->children[i]);
		EXPECT_TRUE(WIFSIGNALED(status)) TH_LOG("child %d saw %d", i, WEXITSTATUS(status));
	}
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(mem(BLACKHOLE, "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
	EXPECT_EQ(mem(BLACKHOLE, "l1_used"), 0);
}

TEST_F(under_load, unbind_and_bind)
{
	int i;

	for (i = 0; i < 30; i++) {
		ASSERT_EQ(kmd_unbind(i % 2 ? WORMHOLE_BDF : BLACKHOLE_BDF), 0);
		ASSERT_EQ(kmd_bind(i % 2 ? WORMHOLE_BDF : BLACKHOLE_BDF), 0);
	}
}

TEST_F(under_load, hot_remove)
{
	int i;

	for (i = 0; i < 30; i++) {
		ASSERT_EQ(pci_remove(i % 2 ? WORMHOLE_BDF : BLACKHOLE_BDF), 0);
		ASSERT_EQ(pci_rescan(), 0);
	}
}

TEST_F(under_load, reload_of_tt_kmd)
{
	int i;

	for (i = 0; i < rounds(20); i++) {
		ASSERT_EQ(module_unload("tenstorrent"), 0);
		ASSERT_EQ(module_load("tenstorrent", ""), 0);
	}
}

/* While the module is pinned it stays; as soon as it is not, it goes, readers or no readers. */
TEST_F_TIMEOUT(under_load, reload_of_ttmem, 120)
{
	int ret, reloads = 0;

	while (reloads < rounds(5)) {
		ret = module_unload("ttmem");
		if (ret == -EAGAIN)
			continue;
		ASSERT_EQ(ret, 0);
		ASSERT_EQ(module_load("ttmem", ""), 0);
		reloads++;
	}
}

TEST_HARNESS_MAIN
