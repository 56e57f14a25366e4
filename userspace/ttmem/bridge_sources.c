// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in a directory: regions of chips, and files that are named like one but are no chip's.
 *
 * The files of chips are opened by their names, so that it does not matter how many others there
 * are. The others are only listed, and only when names have come or gone.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bridge.h"

/* ---- regions ------------------------------------------------------------------------------- */

static void tell_state(const struct shm *shm, struct source *source, enum region_state state)
{
	char name[REGION_NAME];

	/* Most of what is wrong is about to be right: it is logged if it is still there. */
	if (state == source->state && state != source->told) {
		region_name(name, source->chip.uid);
		if (state == REGION_UNREADABLE)
			bridge_log(LOG_IS_WARNING, "%s/%s: %s", shm->path, name,
				   strerror(source->file.error));
		else if (state == REGION_LAYOUT)
			bridge_log(LOG_IS_WARNING, "%s/%s: layout %u is not known", shm->path, name,
				   source->layout);
		else if (state > REGION_NEW)
			bridge_log(LOG_IS_WARNING, "%s/%s: %s", shm->path, name,
				   region_explain(state));
		source->told = state;
	}
	source->state = state;
}

/* Another file may have other processes. */
static enum region_state source_open(const struct shm *shm, struct source *source)
{
	char name[REGION_NAME];

	region_close(&source->file);
	memset(source->claims, 0, sizeof(source->claims));
	region_name(name, source->chip.uid);
	return region_open(&source->file, shm->fd, name);
}

static void source_look(struct bridge *bridge, const struct shm *shm, struct source *source)
{
	enum region_state state = REGION_GONE;
	struct region region = {};

	if (source->file.fd >= 0)
		state = region_read(&source->file, source->chip.uid, &region);
	/* Another one may have taken its place. */
	if (state == REGION_GONE) {
		state = source_open(shm, source);
		if (state == REGION_READY)
			state = region_read(&source->file, source->chip.uid, &region);
	}
	source->layout = region.layout;
	tell_state(shm, source, state);
	claims_take(bridge, source, &region);
}

static struct source *source_of(struct shm *shm, const struct chip *chip)
{
	struct source *source;

	TAILQ_FOREACH(source, &shm->sources, list)
		if (source->chip.uid == chip->uid)
			return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		err(EX_FAILED, NULL);
	source->chip.uid = chip->uid;
	source->file.fd = -1;
	source->state = REGION_GONE;
	source->told = REGION_GONE;
	TAILQ_INSERT_TAIL(&shm->sources, source, list);
	return source;
}

static void source_drop(struct shm *shm, struct source *source)
{
	TAILQ_REMOVE(&shm->sources, source, list);
	region_close(&source->file);
	free(source->chip.name);
	free(source);
}

/* A chip with this id has gone, or is another one now. */
static void drop_sources(const struct bridge *bridge, struct shm *shm)
{
	struct source *source, *next;

	for (source = TAILQ_FIRST(&shm->sources); source; source = next) {
		next = TAILQ_NEXT(source, list);
		if (!chips_find_uid(bridge, source->chip.uid))
			source_drop(shm, source);
	}
}

static void look_into(struct bridge *bridge, struct shm *shm)
{
	const struct chip *chip;
	struct source *source;
	size_t i;

	drop_sources(bridge, shm);
	for (i = 0; i < bridge->nr_chips; i++) {
		chip = &bridge->chips[i];
		if (chips_find_uid(bridge, chip->uid) != chip)
			continue;
		source = source_of(shm, chip);
		free(source->chip.name);
		source->chip = *chip;
		source->chip.name = copy_text(chip->name);
		source_look(bridge, shm, source);
	}
}

/* ---- what else is there -------------------------------------------------------------------- */

bool region_looks_like(const char *name)
{
	size_t len = strlen(name);

	return !strncmp(name, "tt_device_", strlen("tt_device_")) && len > strlen("_memory") &&
	       !strcmp(name + len - strlen("_memory"), "_memory");
}

static bool is_stray(const struct bridge *bridge, const char *name)
{
	uint64_t uid;

	if (!region_looks_like(name))
		return false;
	return !region_parse_name(name, &uid) || !chips_find_uid(bridge, uid);
}

static bool has_name(char **names, size_t nr, const char *name)
{
	while (nr-- > 0)
		if (!strcmp(names[nr], name))
			return true;
	return false;
}

static void add_stray(struct shm *shm, char **before, size_t nr_before, const char *name)
{
	char *escaped;

	if (shm->nr_strays == MAX_STRAYS) {
		shm->more_strays++;
		return;
	}
	escaped = format_escaped(name);
	shm->strays = reallocarray(shm->strays, shm->nr_strays + 1, sizeof(*shm->strays));
	if (!shm->strays)
		err(EX_FAILED, NULL);
	shm->strays[shm->nr_strays++] = escaped;
	if (!has_name(before, nr_before, escaped))
		bridge_log(LOG_IS_WARNING, "%s/%s: no chip is known by this id", shm->path,
			   escaped);
}

static void forget_strays(struct shm *shm)
{
	size_t i;

	for (i = 0; i < shm->nr_strays; i++)
		free(shm->strays[i]);
	free(shm->strays);
	shm->strays = NULL;
	shm->nr_strays = 0;
	shm->more_strays = 0;
}

static void list_strays(const struct bridge *bridge, struct shm *shm)
{
	int fd = openat(shm->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	struct shm before = *shm;
	struct dirent *entry;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return;
	}
	shm->strays = NULL;
	shm->nr_strays = 0;
	shm->more_strays = 0;
	shm->changed = false;
	while ((entry = readdir(directory)))
		if (is_stray(bridge, entry->d_name))
			add_stray(shm, before.strays, before.nr_strays, entry->d_name);
	closedir(directory);
	forget_strays(&before);
}

/* ---- both ---------------------------------------------------------------------------------- */

void sources_look(struct bridge *bridge, struct shm *shm)
{
	look_into(bridge, shm);
	/* There may be many files, and their owners can make them come and go all the time. */
	if (!shm->changed || (shm->listed_ms && bridge->now_ms - shm->listed_ms < REFRESH_MS))
		return;
	shm->listed_ms = bridge->now_ms;
	list_strays(bridge, shm);
}

void sources_drop(struct shm *shm)
{
	while (!TAILQ_EMPTY(&shm->sources))
		source_drop(shm, TAILQ_FIRST(&shm->sources));
	forget_strays(shm);
}
