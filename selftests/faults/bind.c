// SPDX-License-Identifier: GPL-2.0-only
/*
 * tt-kmd binds a function and lets go of it, with every allocation and every copy failing in turn:
 * a chip is there as a whole or not at all, and the next time it is.
 */
#include <kselftest_harness.h>

#include "scene.h"

#define KMD_DRIVER	"/sys/bus/pci/drivers/tenstorrent/"

/* Only the write is to fail, not the way to it. */
static int write_bdf(struct scene *scene)
{
	return write(scene->fd, WORMHOLE_BDF, strlen(WORMHOLE_BDF)) < 0 ? -errno : 0;
}

/* Its node is there if the chip is, and under no other name. */
static int node_is_right(void)
{
	int there = !access("/dev/ttmem/tt0", F_OK);

	return there == chip_exists(WORMHOLE) && access("/dev/tt0", F_OK);
}

static int bound(void)
{
	return !access(KMD_DRIVER WORMHOLE_BDF, F_OK);
}

static int chip_is_whole(void)
{
	int fd = chip_open(WORMHOLE, O_RDWR);

	if (fd < 0)
		return 0;
	return !close(fd) && chip_entries("tt0", "mem") == chip_entries("tt1", "mem") &&
	       chip_entries("tt0", "clients") == 0 &&
	       chip_entries("tt0", "") == chip_entries("tt1", "");
}

static int unbind_and_open_bind(struct scene *scene)
{
	if (bound() && kmd_unbind(WORMHOLE_BDF))
		return -1;
	scene->fd = open(KMD_DRIVER "bind", O_WRONLY | O_CLOEXEC);
	return scene->fd < 0;
}

/* tt-kmd's probe succeeds even without memory for a chip of ours; half a chip is no chip. */
static int chip_is_whole_or_not_there(struct scene *scene)
{
	return bound() && node_is_right() &&
	       (!chip_exists(WORMHOLE) ||
		chip_entries("tt0", "mem") == chip_entries("tt1", "mem"));
}

static int close_and_bind(struct scene *scene)
{
	if (close(scene->fd) || kmd_unbind(WORMHOLE_BDF) || chip_exists(WORMHOLE))
		return -1;
	return kmd_bind(WORMHOLE_BDF) || !chip_is_whole();
}

TEST_F_TIMEOUT(faults, bind, 900)
{
	static const struct action action = {
		.name = "tt-kmd binds", .in_steps = 1,
		.prepare = unbind_and_open_bind, .act = write_bdf,
		.works = chip_is_whole_or_not_there, .undo = close_and_bind,
	};

	TRY(action);
}

static int open_unbind(struct scene *scene)
{
	scene->fd = open(KMD_DRIVER "unbind", O_WRONLY | O_CLOEXEC);
	return scene->fd < 0;
}

static int no_chip(struct scene *scene)
{
	return !bound() && !chip_exists(WORMHOLE) && node_is_right();
}

static int close_and_bind_again(struct scene *scene)
{
	return close(scene->fd) || kmd_bind(WORMHOLE_BDF) || !chip_is_whole();
}

TEST_F_TIMEOUT(faults, unbind, 900)
{
	static const struct action action = {
		.name = "tt-kmd lets go", .prepare = open_unbind, .act = write_bdf,
		.works = no_chip, .undo = close_and_bind_again,
	};

	TRY(action);
}

TEST_HARNESS_MAIN
