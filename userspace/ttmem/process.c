// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the cells of columns that show a process: whose it is, and what it runs. What cannot
 * be seen in /proc is unknown.
 */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* More of a command line than anybody reads. */
#define MAX_COMMAND_LINE	4096

static FILE *open_file(const struct row *row, const char *name)
{
	char *path;
	FILE *file;

	if (!row->pid)
		return NULL;
	path = format("%s/proc/%" PRIu64 "/%s", row->tree->root, row->pid, name);
	file = fopen(path, "re");
	free(path);
	return file;
}

int cell_pid(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	cell->number = row->pid;
	return row->pid ? 0 : -ENODATA;
}

/* The effective one, as the driver says it of a client: the second on the line "Uid:". */
static int read_uid(const struct row *row, uint64_t *uid)
{
	FILE *file = open_file(row, "status");
	char line[256];
	int ret = -ENODATA;

	if (!file)
		return -ENODATA;
	while (ret && fgets(line, sizeof(line), file))
		if (sscanf(line, "Uid: %*u %" SCNu64, uid) == 1)
			ret = 0;
	fclose(file);
	return ret;
}

int cell_uid(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	if (row->stat)
		return ttmem_stat_u64(row->stat, "uid", &cell->number);
	return read_uid(row, &cell->number);
}

/* The users of a captured system are not known, and those of this one are others. */
int cell_user(const struct row *row, const struct column *column, struct cell *cell)
{
	const struct passwd *user = NULL;
	struct cell uid;
	int ret;

	ret = cell_uid(row, column, &uid);
	if (ret)
		return ret;
	if (!row->tree->captured)
		user = getpwuid(uid.number);
	cell->text = user ? copy_text(user->pw_name) : format("%" PRIu64, uid.number);
	return 0;
}

/* Reads a file of a process as one string, with a blank for each NUL. Empty is unknown. */
static int read_text(const struct row *row, const char *name, struct cell *cell)
{
	FILE *file = open_file(row, name);
	char text[MAX_COMMAND_LINE + 1];
	size_t i, len;

	if (!file)
		return -ENODATA;
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	while (len && (!text[len - 1] || text[len - 1] == '\n'))
		len--;
	for (i = 0; i < len; i++)
		if (!text[i])
			text[i] = ' ';
	if (!len)
		return -ENODATA;
	cell->text = format("%.*s", (int)len, text);
	return 0;
}

int cell_command(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	return read_text(row, "comm", cell);
}

int cell_command_line(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	return read_text(row, "cmdline", cell);
}
