// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call of the node, with every allocation and every copy failing in turn: a clean error or
 * none, nothing else has changed, and the next call works.
 */
#include <kselftest_harness.h>
#include <sys/stat.h>

#include "scene.h"
#include "../ttmem_owner.h"

/* Remote chips may be made this often before the gateway has to be made anew: twice a round. */
#define ROUNDS_OF_GATEWAY	12

#define SOMEBODY		1000

TEST_F_TIMEOUT(faults, open, 120)
{
	static const struct action action = {
		.name = "open", .prepare = nothing, .act = open_node, .works = no_client,
		.undo = close_node,
	};

	TRY(action);
}

static int act_query(struct scene *scene)
{
	struct ttmem_query answer;

	return query(scene->fd, &answer);
}

TEST_F_TIMEOUT(faults, query, 120)
{
	static const struct action action = {
		.name = "QUERY", .rejects = 1, .prepare = open_node, .act = act_query,
		.works = no_client, .undo = close_node,
	};

	TRY(action);
}

static int act_declare(struct scene *scene)
{
	return declare(scene->fd, &n300_geometry);
}

TEST_F_TIMEOUT(faults, declare, 120)
{
	static const struct action action = {
		.name = "DECLARE", .rejects = 1, .prepare = open_node, .act = act_declare,
		.works = one_client, .undo = close_node,
	};

	TRY(action);
}

/* Its name in sysfs is not known before. */
static int act_declare_remote(struct scene *scene)
{
	int index = declare_remote(scene->fd, UID + scene->round);

	return index < 0 ? index : 0;
}

/* A gateway has 15 slots, and a rate at which it fills them. */
static int fresh_gateway(struct scene *scene)
{
	return scene->round % ROUNDS_OF_GATEWAY == 1 &&
	       (kmd_unbind(WORMHOLE_BDF) || kmd_bind(WORMHOLE_BDF));
}

static int open_fresh_gateway(struct scene *scene)
{
	return fresh_gateway(scene) || open_node(scene);
}

static int remote_chip_works(struct scene *scene)
{
	char chip[16];

	snprintf(chip, sizeof(chip), "tt0r%d", (scene->round - 1) % ROUNDS_OF_GATEWAY + 1);
	return chip_uid_is(chip, UID + scene->round) &&
	       chip_entries(chip, "mem") == chip_entries("tt0", "mem") &&
	       chip_entries(chip, "clients") == (client_id(scene->fd) > 0) &&
	       chips_of(WORMHOLE) == (scene->round - 1) % ROUNDS_OF_GATEWAY + 2;
}

TEST_F_TIMEOUT(faults, declare_remote, 600)
{
	static const struct action action = {
		.name = "DECLARE of a new remote chip", .rejects = 1,
		.prepare = open_fresh_gateway, .act = act_declare_remote,
		.works = remote_chip_works, .undo = close_node,
	};

	TRY(action);
}

static int act_pin_remote(struct scene *scene)
{
	int index = pin_remote(scene->fd, UID + scene->round);

	return index < 0 ? index : 0;
}

static int unpin_and_close(struct scene *scene)
{
	return unpin_remote(scene->fd, UID + scene->round) < 0 || close_node(scene);
}

TEST_F_TIMEOUT(faults, pin_remote, 600)
{
	static const struct action action = {
		.name = "DECLARE, pinned, of a new remote chip", .rejects = 1,
		.prepare = open_fresh_gateway, .act = act_pin_remote,
		.works = remote_chip_works, .undo = unpin_and_close,
	};

	TRY(action);
}

/*
 * Trees of the kernel try twice to get memory. Neither this user is in ours already nor a chip
 * whose id is near, so that both need some.
 */
static int open_as_somebody(struct scene *scene)
{
	int ret = fresh_gateway(scene) || chmod("/dev/ttmem/tt0", 0666) || seteuid(SOMEBODY) ||
		  open_node(scene);

	return seteuid(0) || ret;
}

static int act_declare_far_away(struct scene *scene)
{
	int index = declare_remote(scene->fd, UID + ((unsigned long long)scene->round << 32));

	return index < 0 ? index : 0;
}

TEST_F_TIMEOUT(faults, memory_ends, 600)
{
	static const struct action action = {
		.name = "DECLARE of a new remote chip without memory", .rejects = 1, .for_good = 1,
		.prepare = open_as_somebody, .act = act_declare_far_away, .undo = close_node,
	};

	TRY(action);
}

static int act_report(struct scene *scene)
{
	return report_all_pools(scene->fd, TTMEM_CHIP_LOCAL, 200);
}

TEST_F_TIMEOUT(faults, report, 120)
{
	static const struct action first = {
		.name = "REPORT, the first", .rejects = 1, .prepare = open_node,
		.act = act_report, .works = one_client, .undo = close_node,
	};
	static const struct action later = {
		.name = "REPORT, a later one", .rejects = 1, .prepare = open_and_report,
		.act = act_report, .works = one_client, .undo = close_node,
	};

	TRY(first);
	TRY(later);
}

/* Entries of a caller that is newer than the driver. */
static int act_report_at_length(struct scene *scene)
{
	struct {
		struct ttmem_report head;
		struct {
			struct ttmem_report_entry entry;
			__u64 news;
		} entries[2];
	} long_report = {
		.head = {
			.size = sizeof(long_report),
			.entry_size = sizeof(long_report.entries[0]),
			.nr_entries = 2,
		},
		.entries = {
			{ .entry = n300_l1(300) },
			{ .entry = { .pool = TTMEM_POOL_CB, .flags = TTMEM_REPORT_WHOLE_POOL } },
		},
	};

	return call(scene->fd, TTMEM_REPORT, &long_report);
}

TEST_F_TIMEOUT(faults, report_at_length, 120)
{
	static const struct action action = {
		.name = "REPORT of longer entries", .rejects = 1, .prepare = open_node,
		.act = act_report_at_length, .works = one_client, .undo = close_node,
	};

	TRY(action);
}

static int act_fail(struct scene *scene)
{
	return fail(scene->fd, TTMEM_CHIP_LOCAL, TTMEM_POOL_L1, 1 << 20);
}

static int act_look(struct scene *scene)
{
	struct ttmem_look look = { .size = sizeof(look) };

	return call(scene->fd, TTMEM_LOOK, &look);
}

TEST_F_TIMEOUT(faults, failure_and_look, 120)
{
	static const struct action failure = {
		.name = "FAILURE", .rejects = 1, .prepare = open_report_and_map,
		.act = act_fail, .works = one_client, .undo = unmap_and_close,
	};
	static const struct action look = {
		.name = "LOOK", .rejects = 1, .prepare = open_report_and_map,
		.act = act_look, .works = one_client, .undo = unmap_and_close,
	};

	TRY(failure);
	TRY(look);
}

static unsigned long long own_start_time;

/* Read before faults strike. */
static int open_to_set_owner(struct scene *scene)
{
	own_start_time = start_time_of(getpid());
	return open_node(scene);
}

/* The process that is there anyway: this one. */
static int act_set_owner(struct scene *scene)
{
	return set_owner(scene->fd, getpid(), own_start_time);
}

static int open_bridge(struct scene *scene)
{
	return open_to_set_owner(scene) || act_set_owner(scene);
}

static int act_bridge_report(struct scene *scene)
{
	return report_used(scene->fd, TTMEM_CHIP_LOCAL, 100);
}

/* Begins anew after the process has reported itself, and left. */
static int open_dropped(struct scene *scene)
{
	int own, ret;

	ret = open_bridge(scene) || act_bridge_report(scene);
	own = chip_open(WORMHOLE, O_RDWR);
	ret = ret || report_all_pools(own, TTMEM_CHIP_LOCAL, 100);
	close(own);
	/* A work removes the directory. */
	while (!ret && chip_entries("tt0", "clients"))
		usleep(1000);
	return ret;
}

TEST_F_TIMEOUT(faults, owner, 120)
{
	static const struct action owner = {
		.name = "OWNER", .rejects = 1, .prepare = open_to_set_owner,
		.act = act_set_owner, .works = no_client, .undo = close_node,
	};
	static const struct action first = {
		.name = "REPORT of another process, the first", .rejects = 1,
		.prepare = open_bridge, .act = act_bridge_report, .works = one_client,
		.undo = close_node,
	};
	static const struct action anew = {
		.name = "REPORT of another process, anew", .rejects = 1,
		.prepare = open_dropped, .act = act_bridge_report, .works = one_client,
		.undo = close_node,
	};

	TRY(owner);
	TRY(first);
	TRY(anew);
}

TEST_F_TIMEOUT(faults, mmap, 120)
{
	/* Who refuses it, the driver or the kernel before it, decides about the count. */
	static const struct action action = {
		.name = "mmap and the first access", .prepare = open_and_report,
		.act = map, .works = one_client, .undo = unmap_and_close,
	};

	TRY(action);
}

static int unmap(struct scene *scene)
{
	return munmap(scene->page, 4096);
}

/* Nothing can make it fail, and what was reported is gone. */
TEST_F_TIMEOUT(faults, close, 120)
{
	static const struct action action = {
		.name = "close", .prepare = open_report_and_map,
		.act = close_node, .works = no_client, .undo = unmap,
	};
	struct outcome outcome = try_all(_metadata, &action, &self->scene);

	EXPECT_EQ(outcome.failures, 0);
	outcome_say(action.name, outcome);
}

TEST_HARNESS_MAIN
