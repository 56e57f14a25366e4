// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directories with regions: those of the configuration, and /dev/shm as each process that holds a
 * chip sees it, for containers have their own.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bridge.h"

#define NAMES_CHANGE	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)

static bool is_tmpfs(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == TMPFS_MAGIC;
}

/* ---- a directory --------------------------------------------------------------------------- */

static void shm_use(struct bridge *bridge, struct shm *shm, int fd)
{
	char *path = format("/proc/self/fd/%d", fd);
	struct stat st = {};

	shm->fd = fd;
	shm->problem = NULL;
	shm->changed = true;
	fstat(fd, &st);
	shm->dev = st.st_dev;
	shm->watch = inotify_add_watch(bridge->inotify, path, NAMES_CHANGE | IN_ONLYDIR);
	if (shm->watch < 0)
		bridge_log(LOG_IS_WARNING, "%s: files that come are seen late: %m", shm->path);
	free(path);
}

static struct shm *shm_add(struct bridge *bridge, char *path)
{
	struct shm *shm = calloc(1, sizeof(*shm));

	if (!shm)
		err(EX_FAILED, NULL);
	shm->path = path;
	shm->fd = -1;
	shm->watch = -1;
	TAILQ_INIT(&shm->sources);
	TAILQ_INSERT_TAIL(&bridge->shms, shm, list);
	return shm;
}

static void shm_drop(struct bridge *bridge, struct shm *shm)
{
	sources_drop(shm);
	if (shm->watch >= 0)
		inotify_rm_watch(bridge->inotify, shm->watch);
	if (shm->fd >= 0)
		close(shm->fd);
	TAILQ_REMOVE(&bridge->shms, shm, list);
	free(shm->path);
	free(shm);
}

void shm_drop_all(struct bridge *bridge)
{
	while (!TAILQ_EMPTY(&bridge->shms))
		shm_drop(bridge, TAILQ_FIRST(&bridge->shms));
}

/* ---- which directories --------------------------------------------------------------------- */

static struct shm *find_shm(struct bridge *bridge, int fd)
{
	struct stat st = {};
	struct shm *shm;

	fstat(fd, &st);
	TAILQ_FOREACH(shm, &bridge->shms, list)
		if (shm->fd >= 0 && shm->dev == st.st_dev)
			break;
	return shm;
}

/* A process has brought it along before: now it has a better name. */
static void shm_replace(struct bridge *bridge, struct shm *before, struct shm *shm)
{
	struct holder *holder;

	TAILQ_FOREACH(holder, &bridge->holders, list)
		if (holder->shm == before)
			holder->shm = shm;
	shm_drop(bridge, before);
}

static void shm_open_configured(struct bridge *bridge, struct shm *shm)
{
	int fd = open(shm->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *problem = fd < 0 ? strerror(errno) : NULL;
	struct shm *same = fd < 0 ? NULL : find_shm(bridge, fd);

	if (fd >= 0 && !is_tmpfs(fd))
		problem = "it is not a tmpfs";
	else if (same && same->configured)
		problem = "it is the same as another one";
	if (!problem) {
		if (same)
			shm_replace(bridge, same, shm);
		shm_use(bridge, shm, fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	if (!shm->problem || strcmp(problem, shm->problem))
		bridge_log(LOG_IS_WARNING, "%s: %s", shm->path, problem);
	shm->problem = problem;
}

/* One that is not there may come. */
void shm_open_all(struct bridge *bridge)
{
	struct shm *shm;

	TAILQ_FOREACH(shm, &bridge->shms, list)
		if (shm->fd < 0)
			shm_open_configured(bridge, shm);
}

static bool is_configured(const struct bridge *bridge, const char *path)
{
	size_t i;

	for (i = 0; i < bridge->config.nr_directories; i++)
		if (!strcmp(bridge->config.directories[i], path))
			return true;
	return false;
}

/* Directories as the configuration has them now. */
void shm_configure(struct bridge *bridge)
{
	const struct config *config = &bridge->config;
	struct holder *holder;
	struct shm *shm;
	size_t i;

	TAILQ_FOREACH(shm, &bridge->shms, list)
		if (shm->configured && !is_configured(bridge, shm->path))
			shm->configured = false;
	for (i = 0; i < config->nr_directories; i++) {
		TAILQ_FOREACH(shm, &bridge->shms, list)
			if (shm->configured && !strcmp(shm->path, config->directories[i]))
				break;
		if (!shm)
			shm_add(bridge, copy_text(config->directories[i]))->configured = true;
	}
	shm_open_all(bridge);
	TAILQ_FOREACH(holder, &bridge->holders, list)
		holder->shm = config->containers ? shm_of(bridge, holder) : NULL;
}

/*
 * What the path leads to is up to the process: links of any kind are not followed, nor is anything
 * opened that is not in memory.
 */
static int open_shm_of(const struct holder *holder)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
	};
	char *path = format("/proc/%d/root", holder->pid);
	int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	free(path);
	if (root < 0)
		return -1;
	fd = syscall(SYS_openat2, root, "dev/shm", &how, sizeof(how));
	close(root);
	if (fd >= 0 && (!is_tmpfs(fd) || !holder_is_alive(holder))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

struct shm *shm_of(struct bridge *bridge, const struct holder *holder)
{
	int fd = open_shm_of(holder);
	struct shm *shm;

	if (fd < 0)
		return NULL;
	shm = find_shm(bridge, fd);
	if (shm) {
		close(fd);
		return shm;
	}
	shm = shm_add(bridge, format("/proc/%d/root/dev/shm", holder->pid));
	shm_use(bridge, shm, fd);
	return shm;
}

static void drop_unwanted(struct bridge *bridge)
{
	struct shm *shm, *next;
	struct holder *holder;

	TAILQ_FOREACH(shm, &bridge->shms, list)
		shm->wanted = shm->configured;
	TAILQ_FOREACH(holder, &bridge->holders, list)
		if (holder->shm)
			holder->shm->wanted = true;
	for (shm = TAILQ_FIRST(&bridge->shms); shm; shm = next) {
		next = TAILQ_NEXT(shm, list);
		if (!shm->wanted)
			shm_drop(bridge, shm);
	}
}

/* ---- from outside -------------------------------------------------------------------------- */

void shm_refresh(struct bridge *bridge)
{
	struct shm *shm;

	drop_unwanted(bridge);
	TAILQ_FOREACH(shm, &bridge->shms, list)
		if (shm->fd >= 0)
			sources_look(bridge, shm);
}

bool shm_hear(struct bridge *bridge)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	bool changed = false;
	struct shm *shm;
	ssize_t len, at;

	while ((len = read(bridge->inotify, buffer, sizeof(buffer))) > 0) {
		for (at = 0; at < len; at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(buffer + at);
			if (event->len && !region_looks_like(event->name))
				continue;
			/* Without a name: some were lost, or the directory has gone. */
			TAILQ_FOREACH(shm, &bridge->shms, list)
				if (shm->watch == event->wd || event->wd < 0)
					shm->changed = true;
			changed = true;
		}
	}
	return changed;
}
