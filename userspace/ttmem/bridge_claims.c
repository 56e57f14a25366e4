// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which process a slot of a region is about. A slot has a pid, and nothing tells in which pid
 * namespace. It is about a process that
 *
 *   - holds a chip,
 *   - calls itself by this number, in its own namespace,
 *   - has the region mapped, shared: so it is no other container's process of the same number,
 *   - is the file's owner, or the file is root's: so nobody speaks for another user's process,
 *   - was there when the slot changed last: so it is not a later process with the number of one
 *     that was killed.
 *
 * If there are two, their namespaces share the file, and each writes to the other's slot. What is
 * not known to be true of a process is not reported of it.
 */
#include <string.h>

#include "bridge.h"

/* Clocks are read one after the other, and a process starts at a tick of one. */
#define SLACK_NS	1000000000ULL

static const char no_process[] = "no process of this pid holds a chip";
static const char not_mapped[] = "the process of this pid has not mapped the file";

static const char *find_process(struct bridge *bridge, const struct source *source,
				const struct region_slot *slot, struct holder **found)
{
	const char *reason = no_process;
	struct holder *holder;
	int maps;

	TAILQ_FOREACH(holder, &bridge->holders, list) {
		if (holder->inner != slot->pid)
			continue;
		maps = holder_maps(holder, source->file.dev, source->file.ino);
		if (maps < 0)
			continue;
		if (!maps) {
			reason = *found ? NULL : not_mapped;
			continue;
		}
		if (*found)
			return "several processes have this pid and share the file";
		*found = holder;
		reason = NULL;
	}
	return reason;
}

/*
 * Clocks can be set, so what was once seen to be of a process is not doubted again for its time, as
 * long as that does not go back.
 */
static bool is_older(const struct claim *before, const struct region_slot *slot,
		     const struct holder *holder)
{
	if (before->holder == holder && slot->updated_ns >= before->slot.updated_ns)
		return false;
	return slot->updated_ns + SLACK_NS < holder_started_ns(holder);
}

static const char *judge(struct bridge *bridge, const struct source *source,
			 const struct claim *before, const struct region_slot *slot,
			 struct holder **found)
{
	const char *reason;
	uid_t uid;

	if (slot->pid <= 0)
		return "it has no pid";
	if (slot->twice)
		return "two slots have this pid";
	reason = find_process(bridge, source, slot, found);
	if (reason)
		return reason;
	if (holder_uid(*found, &uid))
		return no_process;
	if (source->file.owner && source->file.owner != uid)
		return "the file is another user's";
	if (is_older(before, slot, *found))
		return "it is older than the process of this pid";
	return NULL;
}

/* Anything that a verdict depends on may be another. */
static bool is_due(const struct bridge *bridge, const struct claim *claim,
		   const struct region_slot *slot)
{
	if (!claim->there || claim->slot.pid != slot->pid || claim->slot.twice != slot->twice)
		return true;
	if (slot->updated_ns < claim->slot.updated_ns)
		return true;
	if (claim->epoch != bridge->epoch || bridge->now_ms - claim->judged_ms >= REFRESH_MS)
		return true;
	return !claim->holder && memcmp(&claim->slot, slot, sizeof(*slot));
}

static void take(struct bridge *bridge, struct source *source, struct claim *claim,
		 const struct region_slot *slot)
{
	struct holder *holder = NULL;

	if (is_due(bridge, claim, slot)) {
		claim->reason = judge(bridge, source, claim, slot, &holder);
		claim->holder = claim->reason ? NULL : holder;
		claim->epoch = bridge->epoch;
		claim->judged_ms = bridge->now_ms;
	}
	claim->slot = *slot;
	claim->there = true;
	if (claim->holder)
		report_want(bridge, source, claim);
}

/* Slots of a region, as they are now; none if it cannot be read. */
void claims_take(struct bridge *bridge, struct source *source, const struct region *region)
{
	size_t i, at = 0;

	for (i = 0; i < REGION_SLOTS; i++) {
		if (at < region->nr && region->slots[at].number == i)
			take(bridge, source, &source->claims[i], &region->slots[at++]);
		else
			source->claims[i] = (struct claim) { .told = source->claims[i].told };
	}
}

/* Each reason once. That a process has ended without giving its slot back is not worth a line. */
static void tell(const struct shm *shm, const struct source *source, struct claim *claim)
{
	char name[REGION_NAME];

	if (!claim->there || claim->reason == claim->told)
		return;
	claim->told = claim->reason;
	if (!claim->reason || claim->reason == no_process)
		return;
	region_name(name, source->chip.uid);
	bridge_log(LOG_IS_WARNING, "%s/%s: slot %u, pid %d, is not reported: %s", shm->path, name,
		   claim->slot.number, claim->slot.pid, claim->reason);
}

void claims_tell(struct bridge *bridge)
{
	struct source *source;
	struct shm *shm;
	size_t i;

	TAILQ_FOREACH(shm, &bridge->shms, list)
		TAILQ_FOREACH(source, &shm->sources, list)
			for (i = 0; i < REGION_SLOTS; i++)
				tell(shm, source, &source->claims[i]);
}

void claims_forget(struct bridge *bridge, const struct holder *holder)
{
	struct source *source;
	struct shm *shm;
	size_t i;

	TAILQ_FOREACH(shm, &bridge->shms, list)
		TAILQ_FOREACH(source, &shm->sources, list)
			for (i = 0; i < REGION_SLOTS; i++)
				if (source->claims[i].holder == holder) {
					source->claims[i].holder = NULL;
					source->claims[i].reason = no_process;
				}
}
