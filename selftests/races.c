// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that can come, go, speak or look, at the same time. What dangles shows in the kernel's
 * log, which is judged after all programs; here each answer has to be one that there can be.
 */
#include <kselftest_harness.h>

#include "ttmem_load.h"
#include "ttmem_owner.h"

/* Two of a kind, so that both may have the same remote chips. */
#define CHIPS		"wormhole,wormhole"
#define FIRST_BDF	"1e52:00:00.0"
#define SECOND_BDF	"1e52:00:01.0"

/* ---- all of them ---------------------------------------------------------------------------- */

static int bind_for_ever(int unused)
{
	for (;;) {
		if (kmd_unbind(FIRST_BDF) || kmd_bind(FIRST_BDF))
			return 1;
		if (kmd_unbind(SECOND_BDF) || kmd_bind(SECOND_BDF))
			return 2;
	}
}

/* What a bridge is told of a process that may have ended. */
static int may_be_told(int ret)
{
	return may_answer(ret) || ret == -ESRCH;
}

static int speak_for(int client, pid_t owner, int number)
{
	int remote;

	if (!may_be_told(declare(client, &n300_geometry)))
		return 1;
	remote = declare_remote(client, 0x100 + number % 20);
	if (!may_be_told(remote) || !may_be_told(report_used(client, 0, 1000)))
		return 2;
	if (number & 2)
		owner_kill(owner);
	if (remote > 0 && !may_be_told(report_used(client, remote, 1000)))
		return 3;
	owner_kill(owner);
	if (number & 4)
		owner_reap(owner);
	/* A chip that is gone is gone first. */
	remote = report_used(client, 0, 2000);
	return remote == -ESRCH || remote == -ENODEV ? 0 : 4;
}

/* Processes come, are spoken for, and end; whoever looks at the chips finds out. */
static int bridge_for_ever(int seed)
{
	pid_t owner;
	int client, ret, i;

	for (i = seed;; i++) {
		owner = owner_start();
		client = bridge_open(i % 2, owner);
		if (client >= 0) {
			ret = speak_for(client, owner, i);
			close(client);
			if (ret)
				return ret;
		}
		owner_reap(owner);
	}
}

static int fresh(unsigned int chip)
{
	return mem(chip, "clients") == 0 && mem(chip, "l1_used") == 0 &&
	       mem(chip, "l1_total") == -ENODATA && mem(chip, "rejected") == 0;
}

#define MAX_ACTORS	8

struct crowd {
	pid_t actors[MAX_ACTORS];
	int number;
};

FIXTURE(crowd) {
	struct crowd crowd;
};

static pid_t enter(struct crowd *crowd, int (*function)(int), int argument)
{
	return crowd->actors[crowd->number++] = child_start(function, argument);
}

/* Ends all. Returns 0 if each was at work until then, else what those that were not returned. */
static int all_leave(struct crowd *crowd)
{
	int status = 0;

	while (crowd->number)
		status |= child_kill(crowd->actors[--crowd->number]);
	return status;
}

FIXTURE_SETUP(crowd)
{
	ASSERT_EQ(machine_with(CHIPS), 0);
	self->crowd.number = 0;
	enter(&self->crowd, look_around, 0);
	enter(&self->crowd, poll_for_ever, 0);
	enter(&self->crowd, poll_for_ever, 1);
}

/* Whatever happened: all goes, comes back, and is as new. */
FIXTURE_TEARDOWN(crowd)
{
	EXPECT_EQ(all_leave(&self->crowd), 0);
	ASSERT_EQ(machine_with(CHIPS), 0);
	EXPECT_TRUE(fresh(0));
	EXPECT_TRUE(fresh(1));
}

/* Nobody speaks, so ttmem can go at any moment, that of an unbind and that of a bind among them. */
TEST_F_TIMEOUT(crowd, ttmem_goes_as_functions_do, 120)
{
	int i;

	enter(&self->crowd, bind_for_ever, 0);
	for (i = 0; i < rounds(40); i++) {
		ASSERT_EQ(module_unload("ttmem"), 0);
		EXPECT_FALSE(chip_exists(0));
		EXPECT_FALSE(chip_exists(1));
		ASSERT_EQ(module_load("ttmem", ""), 0);
	}
}

TEST_F_TIMEOUT(crowd, functions_go_as_clients_speak, 120)
{
	int i;

	enter(&self->crowd, speak_for_ever, 0);
	enter(&self->crowd, look_at_files, enter(&self->crowd, speak_for_ever, 7));
	for (i = 0; i < 40; i++) {
		ASSERT_EQ(kmd_unbind(i % 2 ? FIRST_BDF : SECOND_BDF), 0);
		ASSERT_EQ(kmd_bind(i % 2 ? FIRST_BDF : SECOND_BDF), 0);
	}
}

TEST_F_TIMEOUT(crowd, functions_go_as_owners_end, 120)
{
	int i;

	enter(&self->crowd, bridge_for_ever, 0);
	enter(&self->crowd, bridge_for_ever, 3);
	enter(&self->crowd, look_around, 1);
	for (i = 0; i < 40; i++) {
		ASSERT_EQ(kmd_unbind(i % 2 ? FIRST_BDF : SECOND_BDF), 0);
		ASSERT_EQ(kmd_bind(i % 2 ? FIRST_BDF : SECOND_BDF), 0);
	}
}

TEST_F_TIMEOUT(crowd, tt_kmd_goes_as_clients_speak, 120)
{
	int i;

	enter(&self->crowd, speak_for_ever, 0);
	enter(&self->crowd, look_at_files, enter(&self->crowd, speak_for_ever, 7));
	for (i = 0; i < rounds(15); i++) {
		ASSERT_EQ(module_unload("tenstorrent"), 0);
		ASSERT_EQ(module_load("tenstorrent", ""), 0);
	}
}

/* While a file is open ttmem stays; the moment none is, it goes. */
static void reload_ttmem(struct __test_metadata *_metadata)
{
	int ret, reloads = 0;

	while (reloads < rounds(15)) {
		ret = module_unload("ttmem");
		if (ret == -EAGAIN)
			continue;
		ASSERT_EQ(ret, 0);
		ASSERT_EQ(module_load("ttmem", ""), 0);
		reloads++;
	}
}

TEST_F_TIMEOUT(crowd, ttmem_goes_between_clients, 120)
{
	enter(&self->crowd, look_at_files, enter(&self->crowd, speak_for_ever, 0));
	reload_ttmem(_metadata);
}

TEST_F_TIMEOUT(crowd, ttmem_goes_between_owners, 120)
{
	enter(&self->crowd, bridge_for_ever, 0);
	reload_ttmem(_metadata);
}

TEST_HARNESS_MAIN
