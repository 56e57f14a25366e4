// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>

#include "../ttmem_test.h"
#include "check.h"
#include "figures.h"

#define CLASS_DIR	"/sys/class/tenstorrent"
#define TEXT_SIZE	4096

char why[512];
unsigned long long values_compared;

int differs(const char *format, ...)
{
	va_list arguments;

	if (!why[0]) {
		va_start(arguments, format);
		vsnprintf(why, sizeof(why), format, arguments);
		va_end(arguments);
	}
	return 0;
}

/* ---- values --------------------------------------------------------------------------------- */

static const char *chip_path(const struct gateway *gateway, __u32 index)
{
	static char path[64];

	if (index)
		snprintf(path, sizeof(path), CLASS_DIR "/tt%ur%u", ordinal_of(gateway), index);
	else
		snprintf(path, sizeof(path), CLASS_DIR "/tt%u", ordinal_of(gateway));
	return path;
}

static void learn(const struct figure *figure, __u64 value)
{
	int i;

	for (i = 0; i < 2; i++)
		if (figure->learn[i])
			*figure->learn[i] = value;
}

/* One value, without its newline. */
static int check_value(const char *where, struct figure *figure, const char *text)
{
	char again[24];
	__u64 value;

	values_compared++;
	if (!figure->known)
		return differs("%s/%s reads %s, but it is not known", where, figure->name, text);
	if (figure->text[0])
		return !strcmp(figure->text, text) ? 1 :
		       differs("%s/%s reads %s, expected %s", where, figure->name, text,
			       figure->text);
	value = strtoull(text, NULL, 10);
	snprintf(again, sizeof(again), "%llu", value);
	if (strcmp(again, text) || value < figure->low || value > figure->high)
		return figure->low == figure->high ?
		       differs("%s/%s reads %s, expected %llu", where, figure->name, text,
			       figure->low) :
		       differs("%s/%s reads %s, expected %llu to %llu", where, figure->name, text,
			       figure->low, figure->high);
	learn(figure, value);
	figure->low = value;
	figure->high = value;
	return 1;
}

/* What has no upper bound is a time that has not come yet. */
static void bound_times(struct figures *figures)
{
	__u64 now = now_ns();
	unsigned int i;

	for (i = 0; i < figures->nr; i++)
		if (figures->all[i].high == ~0ULL && figures->all[i].learn[1])
			figures->all[i].high = now;
}

/* It is not far from the one before. */
static struct figure *find(struct figures *figures, const struct figure *before, const char *name)
{
	unsigned int at = before ? before - figures->all + 1 : 0, i;

	for (i = 0; i < figures->nr; i++, at++)
		if (!strcmp(figures->all[at % figures->nr].name, name))
			return &figures->all[at % figures->nr];
	return NULL;
}

/* All lines of a snapshot, and no other. */
static int check_stat(const char *where, struct figures *figures, char *text)
{
	int seen[FIGURES_MAX] = { 0 };
	struct figure *figure = NULL;
	char *line, *value;
	unsigned int i;

	bound_times(figures);
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		value = strchr(line, ' ');
		if (!value)
			return differs("%s/stat has the line '%s'", where, line);
		*value++ = '\0';
		figure = find(figures, figure, line);
		if (!figure || seen[figure - figures->all]++)
			return differs("%s/stat has a line more: '%s %s'", where, line, value);
		if (!check_value(where, figure, value))
			return 0;
	}
	for (i = 0; i < figures->nr; i++)
		if (figures->all[i].known && !seen[i])
			return differs("%s/stat does not have %s", where, figures->all[i].name);
	return 1;
}

/* ---- snapshots ------------------------------------------------------------------------------ */

static int read_stat(const char *where, int *fd, char *text)
{
	char path[128];
	ssize_t length;

	if (!*fd) {
		snprintf(path, sizeof(path), "%s/stat", where);
		*fd = open(path, O_RDONLY | O_CLOEXEC);
		if (*fd < 0) {
			*fd = 0;
			return differs("%s cannot be opened: %s", path, strerror(errno));
		}
	}
	length = pread(*fd, text, TEXT_SIZE - 1, 0);
	if (length < 0)
		return differs("%s/stat cannot be read: %s", where, strerror(errno));
	text[length] = '\0';
	return 1;
}

static int check_chip(struct gateway *gateway, __u32 index)
{
	struct figures figures;
	char where[96], text[TEXT_SIZE];

	snprintf(where, sizeof(where), "%s/mem", chip_path(gateway, index));
	world.now = now_ns();
	if (!read_stat(where, &gateway->chips[index].stat, text))
		return 0;
	world_look(gateway, index);
	figures_of_chip(&figures, gateway, index);
	return check_stat(where, &figures, text);
}

static int check_seat(struct client *client, __u32 index)
{
	struct figures figures;
	char where[96], text[TEXT_SIZE];

	snprintf(where, sizeof(where), "%s/clients/%llu", chip_path(client->gateway, index),
		 client->id);
	world.now = now_ns();
	if (!read_stat(where, &client->seats[index].stat, text))
		return 0;
	world_look(client->gateway, index);
	figures_of_seat(&figures, client, index);
	return check_stat(where, &figures, text);
}

int check_gateway(struct gateway *gateway)
{
	struct client *client;
	__u32 index;

	gateway->touched = 0;
	for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
		if (!gateway->chips[index].there)
			continue;
		if (!check_chip(gateway, index))
			return 0;
		for_each_seat(client, gateway, index)
			if (!check_seat(client, index))
				return 0;
	}
	return 1;
}

int check_departed(void)
{
	char text[TEXT_SIZE];
	int fd, error;

	while (world.nr_departed) {
		fd = world.departed[--world.nr_departed];
		error = pread(fd, text, sizeof(text), 0) < 0 ? errno : 0;
		close(fd);
		values_compared++;
		if (error != ENODEV)
			return differs("stat of what is gone: %s", strerror(error));
	}
	return 1;
}

/* ---- every file ----------------------------------------------------------------------------- */

static int entries_of(const char *path, const char *prefix)
{
	struct dirent *entry;
	int entries = 0;
	DIR *dir = opendir(path);

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		entries += entry->d_name[0] != '.' &&
			   !strncmp(entry->d_name, prefix, strlen(prefix));
	closedir(dir);
	return entries;
}

static int check_file(const char *where, struct figure *figure)
{
	char path[160], text[64];
	int length;

	snprintf(path, sizeof(path), "%s/%s", where, figure->name);
	length = file_read(path, text, sizeof(text));
	if (length == -ENODATA && !figure->known) {
		values_compared++;
		return 1;
	}
	if (length < 1 || text[length - 1] != '\n')
		return differs("%s: %s", path, length < 0 ? strerror(-length) : "no line");
	text[length - 1] = '\0';
	return check_value(where, figure, text);
}

static int check_files(const char *where, struct figures *figures)
{
	unsigned int i;
	int files = 1;	/* stat */

	bound_times(figures);
	for (i = 0; i < figures->nr; i++) {
		if (figures->all[i].only_in_stat)
			continue;
		files++;
		if (!check_file(where, &figures->all[i]))
			return 0;
	}
	if (entries_of(where, "") != files)
		return differs("%s has %d entries, expected %d", where, entries_of(where, ""),
			       files);
	return 1;
}

/* By now nothing in a page is news: the snapshots have been read. */
static int check_chip_files(struct gateway *gateway, __u32 index)
{
	char where[96];
	struct figures figures;
	struct client *client;
	int clients = 0;

	snprintf(where, sizeof(where), "%s/mem", chip_path(gateway, index));
	figures_of_chip(&figures, gateway, index);
	if (!check_files(where, &figures))
		return 0;
	for_each_seat(client, gateway, index) {
		clients++;
		snprintf(where, sizeof(where), "%s/clients/%llu", chip_path(gateway, index),
			 client->id);
		figures_of_seat(&figures, client, index);
		if (!check_files(where, &figures))
			return 0;
	}
	snprintf(where, sizeof(where), "%s/clients", chip_path(gateway, index));
	if (entries_of(where, "") != clients)
		return differs("%s has %d entries, expected %d", where, entries_of(where, ""),
			       clients);
	return 1;
}

int check_everything(void)
{
	unsigned int i;
	int chips = 0;
	__u32 index;

	for (i = 0; i < FUNCTIONS; i++) {
		if (!check_gateway(&world.gateways[i]))
			return 0;
		for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
			if (!world.gateways[i].chips[index].there)
				continue;
			chips++;
			if (!check_chip_files(&world.gateways[i], index))
				return 0;
		}
	}
	/* tt-kmd's own begin with "tenstorrent!". */
	if (entries_of(CLASS_DIR, "tt") != chips)
		return differs("%d chips, expected %d", entries_of(CLASS_DIR, "tt"), chips);
	return 1;
}
