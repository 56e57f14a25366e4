// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chips followed as they change, come and go.
 *
 * Changes are what mem/stat wakes its pollers for. That chips come and go is heard from the
 * kernel's uevents. An event only says that it is time to list the chips again, so it does not
 * matter if one was missed among others, or came twice.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "follow.h"
#include "uevents.h"

static void tell(struct follower *follower, enum follow_event event, struct followed *chip,
		 const struct ttmem_stat *before)
{
	follower->fn(follower->ctx, event, chip, before);
}

/* ---- one chip ------------------------------------------------------------------------------ */

static void chip_free(struct followed *chip)
{
	if (chip->fd >= 0)
		close(chip->fd);
	ttmem_stat_free(chip->stat);
	free(chip->name);
	free(chip);
}

static int chip_open(struct follower *follower, struct followed *chip)
{
	struct epoll_event event = { .events = EPOLLPRI | EPOLLERR, .data.ptr = chip };
	int fd, ret;

	fd = ttmem_stat_open(follower->tree->sysfs, chip->name);
	if (fd < 0)
		return fd;
	/* Files of a captured tree never change by themselves, and cannot be waited for. */
	if (!follower->tree->captured &&
	    epoll_ctl(follower->epoll, EPOLL_CTL_ADD, fd, &event)) {
		ret = -errno;
		close(fd);
		return ret;
	}
	chip->fd = fd;
	return 0;
}

/* Returns false if the chip is gone. */
static bool chip_look(struct follower *follower, struct followed *chip)
{
	struct ttmem_stat *before = chip->stat, *now;
	int ret = 0;

	if (chip->fd < 0)
		ret = chip_open(follower, chip);
	if (!ret)
		ret = ttmem_stat_read_fd(chip->fd, &now);
	if (is_gone(ret))
		return false;
	chip->error = -ret;
	if (ret) {
		tell(follower, FOLLOW_FAILED, chip, before);
		return true;
	}

	chip->stat = now;
	if (before)
		tell(follower, FOLLOW_CHANGED, chip, before);
	else
		tell(follower, follower->started ? FOLLOW_ADDED : FOLLOW_FOUND, chip, NULL);
	ttmem_stat_free(before);
	return true;
}

/* Returns NULL if the chip is gone again. */
static struct followed *chip_new(struct follower *follower, const char *name)
{
	struct followed *chip = calloc(1, sizeof(*chip));

	if (!chip)
		err(EX_FAILED, NULL);
	chip->name = copy_text(name);
	chip->fd = -1;
	if (chip_look(follower, chip))
		return chip;
	chip_free(chip);
	return NULL;
}

/* ---- all chips ----------------------------------------------------------------------------- */

static void remove_chip(struct follower *follower, size_t i)
{
	struct followed *chip = follower->chips[i];

	follower->nr--;
	memmove(&follower->chips[i], &follower->chips[i + 1],
		(follower->nr - i) * sizeof(*follower->chips));
	if (chip->stat)
		tell(follower, FOLLOW_REMOVED, chip, NULL);
	chip_free(chip);
}

static void insert_chip(struct follower *follower, size_t i, const char *name)
{
	struct followed *chip = chip_new(follower, name);

	if (!chip)
		return;
	follower->chips = reallocarray(follower->chips, follower->nr + 1,
				       sizeof(*follower->chips));
	if (!follower->chips)
		err(EX_FAILED, NULL);
	memmove(&follower->chips[i + 1], &follower->chips[i],
		(follower->nr - i) * sizeof(*follower->chips));
	follower->chips[i] = chip;
	follower->nr++;
}

static bool is_wanted(const struct follower *follower, const char *name)
{
	return !follower->names || chips_have(follower->names, name);
}

/* Both lists are in the order of the chips' numbers. */
static void compare(struct follower *follower, char **names)
{
	size_t i, at = 0;

	for (i = follower->nr; i-- > 0;)
		if (!chips_have(names, follower->chips[i]->name))
			remove_chip(follower, i);
	for (i = 0; names[i]; i++) {
		if (!is_wanted(follower, names[i]))
			continue;
		if (at == follower->nr || strcmp(follower->chips[at]->name, names[i]) != 0)
			insert_chip(follower, at, names[i]);
		if (at < follower->nr && strcmp(follower->chips[at]->name, names[i]) == 0)
			at++;
	}
}

/*
 * If tt-kmd was loaded anew, its class is a new one, so that has to be opened again. Without a
 * class there is no chip.
 */
static void list_chips(struct follower *follower)
{
	struct tree *tree = follower->tree;
	struct ttmem_sysfs *sysfs;
	char **names, *none = NULL;

	if (!ttmem_sysfs_open(&sysfs, tree->root)) {
		ttmem_sysfs_close(tree->sysfs);
		tree->sysfs = sysfs;
	}
	if (ttmem_sysfs_chips(tree->sysfs, &names) < 0) {
		compare(follower, &none);
		return;
	}
	compare(follower, names);
	ttmem_sysfs_free_chips(names);
}

/* ---- what happens -------------------------------------------------------------------------- */

void follow_dispatch(struct follower *follower)
{
	struct epoll_event events[16];
	bool moved = false;
	size_t at;
	int i, nr;

	nr = epoll_wait(follower->epoll, events, ARRAY_SIZE(events), 0);
	for (i = 0; i < nr; i++) {
		if (!events[i].data.ptr) {
			moved |= uevents_take(follower->uevents);
			continue;
		}
		if (chip_look(follower, events[i].data.ptr))
			continue;
		for (at = 0; follower->chips[at] != events[i].data.ptr; at++)
			;
		remove_chip(follower, at);
		/* Its name may already be another chip's. */
		moved = true;
	}
	if (moved)
		list_chips(follower);
}

void follow_refresh(struct follower *follower)
{
	size_t i;

	for (i = follower->nr; i-- > 0;)
		if (!chip_look(follower, follower->chips[i]))
			remove_chip(follower, i);
	list_chips(follower);
}

/* ---- begin and end ------------------------------------------------------------------------- */

static bool hear_uevents(struct follower *follower)
{
	struct epoll_event event = { .events = EPOLLIN };

	follower->uevents = uevents_open();
	return follower->uevents && !epoll_ctl(follower->epoll, EPOLL_CTL_ADD,
					       uevents_fd(follower->uevents), &event);
}

int follow_start(struct follower *follower, struct tree *tree, int nr_names, char **names,
		 follow_fn *fn, void *ctx)
{
	char **chosen;
	int code;

	*follower = (struct follower){
		.tree = tree,
		.epoll = epoll_create1(EPOLL_CLOEXEC),
		.fn = fn,
		.ctx = ctx,
	};
	if (follower->epoll < 0)
		err(EX_FAILED, "epoll");
	/* First the events, then the list: what comes in between is heard of. */
	if (!tree->captured && !hear_uevents(follower))
		warnx("chips that come later are not seen");
	code = chips_select(tree, nr_names, names, &chosen);
	if (code) {
		follow_end(follower);
		return code;
	}
	if (nr_names)
		follower->names = chosen;
	else
		ttmem_sysfs_free_chips(chosen);
	list_chips(follower);
	follower->started = true;
	return 0;
}

void follow_end(struct follower *follower)
{
	size_t i;

	for (i = 0; i < follower->nr; i++)
		chip_free(follower->chips[i]);
	free(follower->chips);
	ttmem_sysfs_free_chips(follower->names);
	uevents_close(follower->uevents);
	close(follower->epoll);
}
