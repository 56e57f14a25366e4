// SPDX-License-Identifier: GPL-2.0-only
/* DECLARE, and the remote chips that come into being by it. */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "play.h"

/* Remote chips that may come into being behind a gateway at any rate. */
#define NEVER_TOO_FAST	30

/* Behind another gateway. */
static struct gateway *lives_elsewhere(const struct gateway *gateway, __u64 uid, __u32 *index)
{
	struct gateway *other;

	for (other = world.gateways; other < world.gateways + FUNCTIONS; other++)
		if (other != gateway && other->there && world_remote(other, uid, index))
			return other;
	return NULL;
}

static int has_free_slot(const struct gateway *gateway)
{
	__u32 index;

	for (index = 1; index < TTMEM_MAX_CHIPS; index++)
		if (!gateway->chips[index].there)
			return 1;
	return 0;
}

/* A remote chip comes into being. */
static __u32 newcomer_faults(const struct client *client, __u64 uid)
{
	const struct gateway *gateway = client->gateway, *other;
	int room = has_free_slot(gateway), own = 0;
	__u32 faults = 0;
	__u32 index;

	for (index = 1; index < TTMEM_MAX_CHIPS; index++) {
		room |= world_idle(gateway, index);
		own += gateway->chips[index].there && !world_idle(gateway, index) &&
		       gateway->chips[index].creator == client->uid;
	}
	if (!room || (client->uid && own >= 7))
		faults |= fault(ENOSPC);
	other = lives_elsewhere(gateway, uid, &index);
	if (other && !world_idle(other, index))
		faults |= fault(EEXIST);
	return faults;
}

static __u32 chip_faults(const struct client *client, const struct ttmem_declare *declare)
{
	struct gateway *gateway = client->gateway;
	__u64 uid = declare->geometry.chip_uid;
	__u32 index;

	if (declare->chip == TTMEM_CHIP_REMOTE) {
		if (!uid)
			return fault(EINVAL);
		if (world_remote(gateway, uid, &index))
			return 0;
		return declare->flags & TTMEM_DECLARE_UNPIN ? fault(ENODATA) :
		       newcomer_faults(client, uid);
	}
	if (declare->chip >= TTMEM_MAX_CHIPS || !gateway->chips[declare->chip].there)
		return fault(ENODATA);
	return declare->chip && uid != gateway->chips[declare->chip].uid ? fault(EINVAL) : 0;
}

static __u32 declare_faults(const struct process *process, const struct client *client,
			    struct ttmem_declare *declare)
{
	__u32 faults = call_faults(client, 1);

	if (declare->flags & ~(TTMEM_DECLARE_PIN | TTMEM_DECLARE_UNPIN))
		faults |= fault(EOPNOTSUPP);
	if (declare->flags == (TTMEM_DECLARE_PIN | TTMEM_DECLARE_UNPIN))
		faults |= fault(EINVAL);
	if (declare->flags && process->uid)
		faults |= fault(EPERM);
	if (!client->gateway)
		return faults;
	if (!(declare->flags & TTMEM_DECLARE_UNPIN))
		faults |= geometry_faults(arch_of(client->gateway), &declare->geometry);
	return faults | chip_faults(client, declare);
}

/* The driver has chosen a slot for a remote chip. */
static int settle_in(struct client *client, __u64 uid, __u32 index)
{
	struct gateway *gateway = client->gateway, *other;
	__u32 there;

	if (world_remote(gateway, uid, &there))
		return index == there ? 1 : differs("remote chip 0x%llx has index %u, expected %u",
						    uid, index, there);
	if (!index || index >= TTMEM_MAX_CHIPS ||
	    (has_free_slot(gateway) ? gateway->chips[index].there : !world_idle(gateway, index)))
		return differs("remote chip 0x%llx was given the index %u", uid, index);
	other = lives_elsewhere(gateway, uid, &there);
	if (other)
		world_drop_remote(other, there);
	world_add_remote(gateway, index, uid, client->uid);
	return 1;
}

/* A gateway has no more remote chips in a time than what is never too fast. */
static int too_fast(struct client *client, const struct ttmem_declare *declare)
{
	__u64 uid = declare->geometry.chip_uid;
	__u32 index;

	if (!client->gateway || declare->chip != TTMEM_CHIP_REMOTE ||
	    world_remote(client->gateway, uid, &index))
		return 0;
	/* Twice, if it has to leave its place elsewhere. */
	client->gateway->created += lives_elsewhere(client->gateway, uid, &index) ? 2 : 1;
	return client->gateway->created > NEVER_TOO_FAST;
}

static int declared(const struct step *step, struct client *client,
		    const struct ttmem_declare *declare, __u32 index)
{
	struct gateway *gateway = client->gateway;
	struct chip *chip;

	if (declare->chip == TTMEM_CHIP_REMOTE &&
	    !settle_in(client, declare->geometry.chip_uid, index))
		return 0;
	chip = &gateway->chips[index];
	if (declare->flags) {
		world_pinned(chip, index, gateway, declare->flags & TTMEM_DECLARE_PIN ?
						   &declare->geometry : NULL);
		return 1;
	}
	world_declared(client, chip, index, &declare->geometry);
	return call_learn_id(step, client);
}

int play_declare(const struct step *step)
{
	struct ttmem_declare declare = {
		.size = sizeof(declare),
		.chip = step->n[2],
		.flags = step->n[3],
		.geometry = { step->n[4], step->n[5], step->n[6], step->n[7], step->n[8],
			      step->n[9] },
	};
	struct ttmem_declare answer = declare;
	struct client *client = file_of(step);
	__u32 faults;
	int ret;

	if (!client || too_fast(client, &declare))
		return 1;
	faults = declare_faults(actor_of(step->n[0]), client, &declare);
	ret = call_ioctl(step, TTMEM_DECLARE, &answer, sizeof(answer));
	if (!call_answered(step, client, ret, faults))
		return 0;
	return ret < 0 || declared(step, client, &declare, answer.chip);
}
