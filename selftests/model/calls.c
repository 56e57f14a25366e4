// SPDX-License-Identifier: GPL-2.0-only
/* Steps that are calls of a client. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "actor.h"
#include "check.h"
#include "play.h"

int call_ioctl(const struct step *step, unsigned long command, void *argument, size_t size)
{
	return actor_ioctl(step->n[0], step->n[1], command, argument, size);
}

__u32 call_faults(const struct client *client, int writes)
{
	__u32 faults = 0;

	if (!client->gateway)
		faults |= fault(ENODEV);
	if (writes && !client->writable)
		faults |= fault(EACCES);
	return faults;
}

int call_answered(const struct step *step, struct client *client, int ret, __u32 faults)
{
	if (ret < 0)
		world_refused(client, world.now);
	return answered(step, ret, faults);
}

/* ---- QUERY ---------------------------------------------------------------------------------- */

static int check_answer(const struct client *client, const struct ttmem_query *answer)
{
	const struct chip *chip = &client->gateway->chips[answer->chip];
	const struct arch *arch = arch_of(client->gateway);
	struct ttmem_geometry declared = { 0 };
	unsigned int source = chip->pinned ? TTMEM_GEOMETRY_PINNED : chip->agreement;

	if (chip->pinned)
		declared = chip->pin;
	else if (source == TTMEM_GEOMETRY_DECLARED)
		declared = chip->agreed;
	if (answer->ordinal != ordinal_of(client->gateway) || answer->arch != arch->id ||
	    answer->pci_vendor != 0x1e52 || answer->pci_device != arch->device ||
	    answer->api_version != TTMEM_API_VERSION)
		return differs("query: it is another chip");
	if (answer->geometry_source != source)
		return differs("query: geometry_source %u, expected %u", answer->geometry_source,
			       source);
	if (memcmp(&answer->nominal, &arch->die, sizeof(arch->die)))
		return differs("query: another die");
	if (memcmp(&answer->declared, &declared, sizeof(declared)))
		return differs("query: another geometry: chip_uid 0x%llx, cores %u",
			       answer->declared.chip_uid, answer->declared.tensix_enabled);
	if (answer->client_id != client->id)
		return differs("query: client %llu, expected %llu", answer->client_id, client->id);
	values_compared += 10;
	return 1;
}

int play_query(const struct step *step)
{
	struct ttmem_query query = { .size = sizeof(query), .chip = step->n[2] };
	struct client *client = file_of(step);
	__u32 faults;
	int ret;

	if (!client)
		return 1;
	ret = call_ioctl(step, TTMEM_QUERY, &query, sizeof(query));
	faults = call_faults(client, 0);
	if (!faults && (query.chip >= TTMEM_MAX_CHIPS || !client->gateway->chips[query.chip].there))
		faults |= fault(ENODATA);
	if (!call_answered(step, client, ret, faults))
		return 0;
	return ret < 0 || check_answer(client, &query);
}

int call_learn_id(const struct step *step, struct client *client)
{
	struct ttmem_query query = { .size = sizeof(query) };

	if (client->id)
		return 1;
	if (call_ioctl(step, TTMEM_QUERY, &query, sizeof(query)))
		return differs("a new client cannot ask for its number");
	if (query.client_id <= world.last_id)
		return differs("client %llu after %llu", query.client_id, world.last_id);
	world.last_id = query.client_id;
	client->id = query.client_id;
	return 1;
}

/* ---- REPORT and FAILURE --------------------------------------------------------------------- */

struct report {
	struct ttmem_report head;
	struct ttmem_report_entry entries[STEP_ENTRIES];
};

static void report_from(struct report *report, const struct step *step)
{
	const __u64 *n = step->n + 2;
	unsigned int i;

	report->head.nr_entries = (step->nr - 2) / 7;
	report->head.entry_size = sizeof(report->entries[0]);
	report->head.size = sizeof(report->head) +
			    report->head.nr_entries * report->head.entry_size;
	report->head.flags = 0;
	for (i = 0; i < report->head.nr_entries; i++, n += 7)
		report->entries[i] = (struct ttmem_report_entry) { n[0], n[1], n[2], n[3], n[4],
								   n[5], n[6] };
}

/* What pages said of a chip before it was reported counts, too. */
static void reported(struct client *client, const struct report *report)
{
	unsigned int i, chips = 0;
	__u32 index;

	for (i = 0; i < report->head.nr_entries; i++) {
		index = report->entries[i].chip;
		if (chips & 1 << index)
			continue;
		chips |= 1 << index;
		world_join(client, index);
		world_look(client->gateway, index);
	}
	for (i = 0; i < report->head.nr_entries; i++)
		world_reported(client, &report->entries[i]);
	for (index = 0; index < TTMEM_MAX_CHIPS; index++)
		if (chips & 1 << index)
			world_settle(client->gateway, index);
}

int play_report(const struct step *step)
{
	struct client *client = file_of(step);
	struct report report, answer;
	__u32 faults;
	int ret;

	if (!client)
		return 1;
	report_from(&report, step);
	answer = report;
	faults = call_faults(client, 1);
	if (client->gateway)
		faults |= report_faults(client, report.entries, report.head.nr_entries);
	ret = call_ioctl(step, TTMEM_REPORT, &answer, report.head.size);
	if (!call_answered(step, client, ret, faults))
		return 0;
	if (ret < 0)
		return 1;
	reported(client, &report);
	return call_learn_id(step, client);
}

int play_failure(const struct step *step)
{
	struct ttmem_failure failure = {
		.size = sizeof(failure), .chip = step->n[2], .pool = step->n[3],
		.flags = step->n[4], .bank_bytes = step->n[5],
	};
	struct client *client = file_of(step);
	__u32 faults;
	int ret;

	if (!client)
		return 1;
	faults = call_faults(client, 1);
	if (failure.flags || failure.pool >= POOLS)
		faults |= fault(EOPNOTSUPP);
	if (!failure.bank_bytes)
		faults |= fault(EINVAL);
	if (failure.chip >= TTMEM_MAX_CHIPS ||
	    (failure.chip && !client->seats[failure.chip].there))
		faults |= fault(ENODATA);
	ret = call_ioctl(step, TTMEM_FAILURE, &failure, sizeof(failure));
	if (!call_answered(step, client, ret, faults))
		return 0;
	if (ret == 0)
		world_failed(client, &failure);
	return 1;
}

/* ---- LOOK ----------------------------------------------------------------------------------- */

/* Even if it is refused for one pool, others have been taken. */
int play_look(const struct step *step)
{
	struct ttmem_look look = { .size = sizeof(look), .flags = step->n[2] };
	struct client *client = file_of(step);
	__u32 faults;
	int ret;

	if (!client)
		return 1;
	faults = call_faults(client, 1);
	if (look.flags)
		faults |= fault(EOPNOTSUPP);
	if (!faults)
		faults = world_look_at_client(client);
	ret = call_ioctl(step, TTMEM_LOOK, &look, sizeof(look));
	return call_answered(step, client, ret, faults);
}

/* ---- calls that are none -------------------------------------------------------------------- */

/* The argument is 32-bit words, the rest of it zero. */
static const struct bad {
	unsigned long command;
	int error;
	__u32 words[14];
	size_t size;	/* 0: there is no argument */
} bad_calls[] = {
	{ _IO(TTMEM_IOCTL_MAGIC, 9), ENOTTY, { 64 }, 64 },
	{ _IOW(TTMEM_IOCTL_MAGIC, 2, int), ENOTTY, { 64 }, 64 },
	{ TTMEM_QUERY, EFAULT, { 0 }, 0 },
	{ TTMEM_QUERY, EINVAL, { 100 }, 128 },
	{ TTMEM_QUERY, EINVAL, { 120, 0, 0, 0, 0, 0, 0, 1 }, 120 },
	{ TTMEM_DECLARE, EINVAL, { 47 }, 48 },
	{ TTMEM_DECLARE, E2BIG, { 16385 }, 48 },
	{ TTMEM_DECLARE, E2BIG, { 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 56 },
	{ TTMEM_DECLARE, EINVAL, { 48, 0, 0, 1 }, 48 },
	{ TTMEM_REPORT, EINVAL, { 16, 40, 0, 0 }, 16 },
	{ TTMEM_REPORT, EINVAL, { 16 + 81 * 40, 40, 81, 0 }, 16 + 81 * 40 },
	{ TTMEM_REPORT, EINVAL, { 16 + 36, 36, 1, 0 }, 64 },
	{ TTMEM_REPORT, EINVAL, { 16 + 41, 40, 1, 0 }, 64 },
	{ TTMEM_REPORT, EOPNOTSUPP, { 16 + 40, 40, 1, 1 }, 56 },
	{ TTMEM_FAILURE, EINVAL, { 23 }, 24 },
	{ TTMEM_LOOK, EINVAL, { 7 }, 8 },
	{ TTMEM_OWNER, EINVAL, { 15, 1 }, 16 },
	{ TTMEM_OWNER, EINVAL, { 16, 0, 1 }, 16 },
	{ TTMEM_OWNER, EINVAL, { 16, -1 }, 16 },
	{ TTMEM_OWNER, E2BIG, { 24, 1, 0, 0, 1 }, 24 },
};

int play_bad(const struct step *step)
{
	const struct bad *bad = &bad_calls[step->n[2] % ARRAY_SIZE(bad_calls)];
	struct client *client = file_of(step);
	char argument[16 + 81 * 40] = { 0 };
	__u32 faults;
	int ret;

	if (!client)
		return 1;
	memcpy(argument, bad->words, sizeof(bad->words));
	faults = fault(bad->error) | call_faults(client, bad->command != TTMEM_QUERY);
	ret = call_ioctl(step, bad->command, argument, bad->size);
	return call_answered(step, client, ret, faults);
}
