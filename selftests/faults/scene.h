/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs about faults share: their fixture, and parts of actions. */
#ifndef TTMEM_SCENE_H
#define TTMEM_SCENE_H

#include <sys/mman.h>

#include "inject.h"

FIXTURE(faults) {
	struct scene scene;
};

FIXTURE_SETUP(faults)
{
	ASSERT_EQ(faults_prepare(), 0);
	self->scene.faults = fail_nth_open();
	ASSERT_GE(self->scene.faults, 0);
	ASSERT_EQ(chip_exists(WORMHOLE), 1);
}

FIXTURE_TEARDOWN(faults)
{
	close(self->scene.faults);
}

#define TRY(action) try_and_say(_metadata, &(action), &self->scene)

static inline void try_and_say(struct __test_metadata *_metadata, const struct action *action,
			       struct scene *scene)
{
	outcome_say(action->name, try_all(_metadata, action, scene));
}

static inline int nothing(struct scene *scene)
{
	return 0;
}

static inline int open_node(struct scene *scene)
{
	scene->fd = chip_open(WORMHOLE, O_RDWR);
	return scene->fd < 0 ? scene->fd : 0;
}

static inline int close_node(struct scene *scene)
{
	return close(scene->fd) ? -errno : 0;
}

static inline int open_and_report(struct scene *scene)
{
	return open_node(scene) || report_all_pools(scene->fd, TTMEM_CHIP_LOCAL, 100);
}

static inline int map(struct scene *scene)
{
	scene->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, scene->fd, 0);
	if (scene->page == MAP_FAILED)
		return -errno;
	/* The page itself comes with the first access. */
	return __atomic_load_n((int *)scene->page, __ATOMIC_RELAXED);
}

static inline int open_report_and_map(struct scene *scene)
{
	return open_and_report(scene) || map(scene);
}

static inline int unmap_and_close(struct scene *scene)
{
	return munmap(scene->page, 4096) || close_node(scene);
}

static inline int one_client(struct scene *scene)
{
	return mem(WORMHOLE, "clients") == 1 &&
	       chip_entries("tt0", "clients") == 1 && client_id(scene->fd) > 0;
}

static inline int no_client(struct scene *scene)
{
	return mem(WORMHOLE, "clients") == 0 && mem(WORMHOLE, "l1_used") == 0 &&
	       chip_entries("tt0", "clients") == 0;
}

#endif /* TTMEM_SCENE_H */
