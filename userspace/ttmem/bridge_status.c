// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the bridge is, for 'ttmem bridge --status': a file that is written when something changes,
 * whole or not at all.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bridge.h"
#include "json.h"

#define LOCK	BRIDGE_RUN "/bridge.lock"
#define NEW	BRIDGE_STATUS ".new"

/* Held as long as this runs, and nothing else can hold it then. */
int status_begin(void)
{
	int fd;

	if (mkdir(BRIDGE_RUN, 0755) && errno != EEXIST) {
		warn("%s", BRIDGE_RUN);
		return EX_FAILED;
	}
	fd = open(LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		warn("%s", LOCK);
		return EX_FAILED;
	}
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK)
		warnx("another bridge is running");
	else
		warn("%s", LOCK);
	close(fd);
	return EX_FAILED;
}

void status_end(void)
{
	unlink(BRIDGE_STATUS);
}

/* ---- what there is to tell ----------------------------------------------------------------- */

static void add_text(struct json_object *json, const char *name, const char *text)
{
	json_add(json, name, text && *text ? json_text(text) : NULL);
}

/* A number that is one of a process, or else null. */
static void add_pid(struct json_object *json, const char *name, pid_t pid)
{
	json_add(json, name, pid > 0 ? json_number(pid) : NULL);
}

static struct json_object *add_element(struct json_object *json, const char *array)
{
	struct json_object *element = json_empty();

	if (json_object_array_add(json_array(json, array), element))
		err(EX_FAILED, NULL);
	return element;
}

/* Numbers of processes are used again: the other one tells which it is. */
static void add_bridge(struct json_object *json, const struct bridge *bridge)
{
	struct json_object *self = json_empty();
	uint64_t started = 0;

	process_started(getpid(), &started);
	add_pid(self, "pid", getpid());
	json_add(self, "start_time", json_number(started));
	json_add(self, "interval_ms", json_number(bridge->config.interval_ms));
	add_text(self, "configuration", bridge->config_path);
	add_text(self, "configuration_error", bridge->config_error);
	json_add(json, "bridge", self);
}

static void add_chip(struct json_object *json, const struct bridge *bridge,
		     const struct chip *chip)
{
	struct json_object *element = add_element(json, "chips");
	char *uid = format("0x%016llx", (unsigned long long)chip->uid);

	add_text(element, "chip", chip->name);
	add_text(element, "chip_uid", uid);
	add_text(element, "known_by", chips_known_by(chip->by));
	add_text(element, "problem", chips_find_uid(bridge, chip->uid) == chip ? NULL :
		 "another chip has this id");
	free(uid);
}

static void add_file(struct json_object *json, const char *path, const char *chip, uint32_t layout,
		     const char *state)
{
	struct json_object *element = add_element(json, "files");

	add_text(element, "file", path);
	add_text(element, "chip", chip);
	json_add(element, "layout", layout ? json_number(layout) : NULL);
	add_text(element, "state", state);
}

static void add_slot(struct json_object *json, const char *path, const struct source *source,
		     const struct claim *claim)
{
	struct json_object *element = add_element(json, "slots");

	add_text(element, "chip", source->chip.name);
	add_pid(element, "pid", claim->holder ? claim->holder->pid : 0);
	json_add(element, "slot", json_number(claim->slot.number));
	add_pid(element, "slot_pid", claim->slot.pid);
	add_text(element, "name", claim->slot.name);
	add_text(element, "reason", claim->reason);
	add_text(element, "file", path);
}

static void add_source(struct json_object *json, const struct shm *shm,
		       const struct source *source)
{
	char name[REGION_NAME];
	char *path;
	size_t i;

	if (source->state == REGION_GONE)
		return;
	region_name(name, source->chip.uid);
	path = format("%s/%s", shm->path, name);
	add_file(json, path, source->chip.name, source->layout,
		 source->state == REGION_UNREADABLE ? strerror(source->file.error) :
						      region_explain(source->state));
	for (i = 0; i < REGION_SLOTS; i++)
		if (source->claims[i].there)
			add_slot(json, path, source, &source->claims[i]);
	free(path);
}

static void add_shm(struct json_object *json, const struct shm *shm)
{
	struct json_object *element = add_element(json, "directories");
	const struct source *source;
	char *path;
	size_t i;

	add_text(element, "directory", shm->path);
	add_text(element, "problem", shm->problem);
	json_add(element, "not_shown", json_number(shm->more_strays));
	TAILQ_FOREACH(source, &shm->sources, list)
		add_source(json, shm, source);
	for (i = 0; i < shm->nr_strays; i++) {
		path = format("%s/%s", shm->path, shm->strays[i]);
		add_file(json, path, NULL, 0, "no chip is known by this id");
		free(path);
	}
}

static struct json_object *describe(const struct bridge *bridge)
{
	static const char *const arrays[] = { "chips", "directories", "files", "slots" };
	struct json_object *json = json_new();
	const struct shm *shm;
	size_t i;

	add_bridge(json, bridge);
	for (i = 0; i < ARRAY_SIZE(arrays); i++)
		json_array(json, arrays[i]);
	for (i = 0; i < bridge->nr_chips; i++)
		add_chip(json, bridge, &bridge->chips[i]);
	TAILQ_FOREACH(shm, &bridge->shms, list)
		add_shm(json, shm);
	return json;
}

/* ---- writing ------------------------------------------------------------------------------- */

static bool write_new(const char *text)
{
	int fd = open(NEW, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	size_t len = strlen(text);
	bool ok;

	if (fd < 0)
		return false;
	/* Everybody may look, whatever the mask is. */
	ok = !fchmod(fd, 0644) && write(fd, text, len) == (ssize_t)len;
	return !close(fd) && ok && !rename(NEW, BRIDGE_STATUS);
}

void status_write(struct bridge *bridge)
{
	struct json_object *json = describe(bridge);
	const char *text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_SPACED |
							  JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!text)
		err(EX_FAILED, NULL);
	if (!bridge->status || strcmp(text, bridge->status)) {
		if (!write_new(text))
			bridge_log(LOG_IS_WARNING, "%s: %m", BRIDGE_STATUS);
		free(bridge->status);
		bridge->status = copy_text(text);
	}
	json_object_put(json);
}
