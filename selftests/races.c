// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that can come, go, speak or look, at the same time. What dangles shows in the kernel's
 * log, which is judged after all programs; here each answer has to be one that there can be.
 */
#include <kselftest_harness.h>
#include <dirent.h>

#include "ttmem_actors.h"

/* Two of a kind, so that both may have the same remote chips. */
#define CHIPS		"chips=wormhole,wormhole"
#define FIRST_BDF	"1e52:00:00.0"
#define SECOND_BDF	"1e52:00:01.0"

/* ---- those who look ------------------------------------------------------------------------- */

/* What a file may answer that can go at any moment. */
static int may_be(int ret)
{
	return ret >= 0 || ret == -ENOENT || ret == -ENODEV || ret == -ENODATA;
}

/* All files of a directory, and of those in it. Returns 1 on an answer that cannot be. */
static int read_tree(const char *path, int depth)
{
	char child[512], text[STAT_SIZE];
	struct dirent *entry;
	int wrong = 0;
	DIR *dir = opendir(path);

	while (dir && !wrong && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(child, sizeof(child), "%.400s/%.64s", path, entry->d_name);
		if (entry->d_type == DT_DIR && depth)
			wrong = read_tree(child, depth - 1);
		else if (entry->d_type == DT_REG)
			wrong = !may_be(file_read(child, text, sizeof(text)));
	}
	if (dir)
		closedir(dir);
	return wrong;
}

static int look_around(int chip)
{
	char mem[64], clients[64];

	snprintf(mem, sizeof(mem), "/sys/class/tenstorrent/tt%d/mem", chip);
	snprintf(clients, sizeof(clients), "/sys/class/tenstorrent/tt%d/clients", chip);
	for (;;)
		if (read_tree(mem, 0) || read_tree(clients, 1))
			return 1;
}

static int poll_for_ever(int chip)
{
	char name[16], text[STAT_SIZE];
	int stat, ret;

	snprintf(name, sizeof(name), "tt%d", chip);
	do {
		stat = stat_open(name);
		for (ret = stat; ret >= 0; ret = stat_read(stat, text))
			stat_changes(stat, 10);
		close(stat);
	} while (may_be(ret));
	return 1;
}

/* /proc/<pid>/fdinfo of somebody else; there are never more than a few files. */
static int look_at_files(int pid)
{
	char path[64], text[STAT_SIZE];
	int fd;

	for (fd = 0;; fd = (fd + 1) % 16) {
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
		if (!may_be(file_read(path, text, sizeof(text))))
			return 1;
	}
}

/* ---- those who speak ------------------------------------------------------------------------ */

/* What a call may answer on a chip that can go at any moment. */
static int may_answer(int ret)
{
	return ret >= 0 || ret == -ENODEV || ret == -EAGAIN || ret == -ENOSPC || ret == -EEXIST;
}

/* A short life: all that a client can say, on its chip and one of a few behind it. */
static int say_everything(int client, int number)
{
	struct ttmem_report_entry entries[] = { n300_l1(1), n300_l1(2) };
	struct ttmem_query answer;
	int remote;

	if (!may_answer(declare(client, &n300_geometry)))
		return 1;
	remote = declare_remote(client, 0x100 + number % 20);
	if (!may_answer(remote))
		return 2;
	entries[1].chip = remote;
	if (remote > 0 && !may_answer(report(client, entries, 2)))
		return 3;
	if (!may_answer(fail(client, TTMEM_POOL_L1, 4096)) || !may_answer(query(client, &answer)))
		return 4;
	return 0;
}

/* Both chips get the same remote ones: they compete for them. */
static int speak_for_ever(int seed)
{
	int client, ret, i;

	for (i = seed;; i++) {
		client = chip_open(i % 2, O_RDWR);
		if (client < 0)
			continue;
		ret = say_everything(client, i);
		close(client);
		if (ret)
			return ret;
	}
}

/* ---- all of them ---------------------------------------------------------------------------- */

static int bind_for_ever(int unused)
{
	for (;;) {
		if (kmd_unbind(FIRST_BDF) || kmd_bind(FIRST_BDF))
			return 1;
		if (kmd_unbind(SECOND_BDF) || kmd_bind(SECOND_BDF))
			return 2;
	}
}

static int fresh(unsigned int chip)
{
	return mem(chip, "clients") == 0 && mem(chip, "l1_used") == 0 &&
	       mem(chip, "l1_total") == -ENODATA && mem(chip, "rejected") == 0;
}

#define MAX_ACTORS	8

struct crowd {
	pid_t actors[MAX_ACTORS];
	int number;
};

FIXTURE(crowd) {
	struct crowd crowd;
};

static pid_t enter(struct crowd *crowd, int (*function)(int), int argument)
{
	return crowd->actors[crowd->number++] = child_start(function, argument);
}

/* Ends all. Returns 0 if each was at work until then, else what those that were not returned. */
static int all_leave(struct crowd *crowd)
{
	int status = 0;

	while (crowd->number)
		status |= child_kill(crowd->actors[--crowd->number]);
	return status;
}

FIXTURE_SETUP(crowd)
{
	ASSERT_EQ(machine_with(CHIPS), 0);
	self->crowd.number = 0;
	enter(&self->crowd, look_around, 0);
	enter(&self->crowd, poll_for_ever, 0);
	enter(&self->crowd, poll_for_ever, 1);
}

/* Whatever happened: all goes, comes back, and is as new. */
FIXTURE_TEARDOWN(crowd)
{
	EXPECT_EQ(all_leave(&self->crowd), 0);
	ASSERT_EQ(machine_with(CHIPS), 0);
	EXPECT_TRUE(fresh(0));
	EXPECT_TRUE(fresh(1));
}

/* Nobody speaks, so ttmem can go at any moment, that of an unbind and that of a bind among them. */
TEST_F_TIMEOUT(crowd, ttmem_goes_as_functions_do, 120)
{
	int i;

	enter(&self->crowd, bind_for_ever, 0);
	for (i = 0; i < 40; i++) {
		ASSERT_EQ(module_unload("ttmem"), 0);
		EXPECT_FALSE(chip_exists(0));
		EXPECT_FALSE(chip_exists(1));
		ASSERT_EQ(module_load("ttmem", ""), 0);
	}
}

TEST_F_TIMEOUT(crowd, functions_go_as_clients_speak, 120)
{
	int i;

	enter(&self->crowd, speak_for_ever, 0);
	enter(&self->crowd, look_at_files, enter(&self->crowd, speak_for_ever, 7));
	for (i = 0; i < 40; i++) {
		ASSERT_EQ(kmd_unbind(i % 2 ? FIRST_BDF : SECOND_BDF), 0);
		ASSERT_EQ(kmd_bind(i % 2 ? FIRST_BDF : SECOND_BDF), 0);
	}
}

TEST_F_TIMEOUT(crowd, tt_kmd_goes_as_clients_speak, 120)
{
	int i;

	enter(&self->crowd, speak_for_ever, 0);
	enter(&self->crowd, look_at_files, enter(&self->crowd, speak_for_ever, 7));
	for (i = 0; i < 15; i++) {
		ASSERT_EQ(module_unload("tenstorrent"), 0);
		ASSERT_EQ(module_load("tenstorrent", ""), 0);
	}
}

/* While a file is open ttmem stays; the moment none is, it goes. */
TEST_F_TIMEOUT(crowd, ttmem_goes_between_clients, 120)
{
	int ret, reloads = 0;

	enter(&self->crowd, look_at_files, enter(&self->crowd, speak_for_ever, 0));
	while (reloads < 15) {
		ret = module_unload("ttmem");
		if (ret == -EAGAIN)
			continue;
		ASSERT_EQ(ret, 0);
		ASSERT_EQ(module_load("ttmem", ""), 0);
		reloads++;
	}
}

TEST_HARNESS_MAIN
