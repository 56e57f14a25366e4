/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What races and storm share: processes that look and speak without a pause at chips that may go at
 * any moment. Each answer has to be one that there can be.
 */
#ifndef TTMEM_LOAD_H
#define TTMEM_LOAD_H

#include <dirent.h>

#include "ttmem_actors.h"

/* ---- those who look ------------------------------------------------------------------------- */

/* What a file may answer that can go at any moment. */
static inline int may_be(int ret)
{
	return ret >= 0 || ret == -ENOENT || ret == -ENODEV || ret == -ENODATA;
}

/* All files of a directory, and of those in it. Returns 1 on an answer that cannot be. */
static inline int read_tree(const char *path, int depth)
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

static inline int look_around(int chip)
{
	char mem[64], clients[64];

	snprintf(mem, sizeof(mem), "/sys/class/tenstorrent/tt%d/mem", chip);
	snprintf(clients, sizeof(clients), "/sys/class/tenstorrent/tt%d/clients", chip);
	for (;;)
		if (read_tree(mem, 0) || read_tree(clients, 1))
			return 1;
}

static inline int poll_for_ever(int chip)
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
static inline int look_at_files(int pid)
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
static inline int may_answer(int ret)
{
	return ret >= 0 || ret == -ENODEV || ret == -EAGAIN || ret == -ENOSPC || ret == -EEXIST;
}

/* A short life: all that a client can say, on its chip and one of a few behind it. */
static inline int say_everything(int client, int number)
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
static inline int speak_for_ever(int seed)
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

#endif /* TTMEM_LOAD_H */
