// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which local chip a remote one is reached through: the nearest by links of Ethernet, of several
 * that are as near the one with the lowest number.
 */
#include "descriptor.h"

#define MAX_REMOTE	(TTMEM_MAX_CHIPS - 1)

static bool is_better(const struct descriptor_chip *gateway, unsigned int hops,
		      const struct descriptor_chip *than)
{
	if (!than->gateway)
		return true;
	if (hops != than->hops)
		return hops < than->hops;
	return gateway->logical < than->gateway->logical;
}

/* What one end of a link reaches, the other one reaches, too. True if that is news. */
static bool reach(const struct descriptor_chip *from, struct descriptor_chip *to)
{
	if (!from->gateway || !is_better(from->gateway, from->hops + 1, to))
		return false;
	to->gateway = from->gateway;
	to->hops = from->hops + 1;
	return true;
}

static void follow_links(struct descriptor *descriptor)
{
	const struct descriptor_link *links = descriptor->links;
	bool news;
	size_t i;

	do {
		news = false;
		for (i = 0; i < descriptor->nr_links; i++) {
			news |= reach(links[i].ends[0], links[i].ends[1]);
			news |= reach(links[i].ends[1], links[i].ends[0]);
		}
	} while (news);
}

/* A chip without links is reached from its board. */
static void follow_board(const struct descriptor *descriptor, struct descriptor_chip *chip)
{
	const struct descriptor_chip *other, *end = descriptor->chips + descriptor->nr_chips;

	if (!is_said(&chip->board))
		return;
	for (other = descriptor->chips; other < end; other++)
		if (is_said(&other->device) && is_said(&other->board) &&
		    other->board.value == chip->board.value)
			reach(other, chip);
}

/* How many remote chips its gateway has up to this one. */
static unsigned int nr_behind(const struct descriptor *descriptor,
			      const struct descriptor_chip *last)
{
	const struct descriptor_chip *chip;
	unsigned int nr = 0;

	for (chip = descriptor->chips; chip <= last; chip++)
		nr += chip != chip->gateway && chip->gateway == last->gateway;
	return nr;
}

/* What the driver wants of a remote chip. */
static bool check_remote(const struct descriptor *descriptor, const struct descriptor_chip *chip,
			 struct problem *problem)
{
	if (!chip->gateway)
		return descriptor_fail(problem, chip->at,
				       "nothing connects chip %u with one of chips_with_mmio",
				       chip->logical);
	if (chip->arch != chip->gateway->arch)
		return descriptor_fail(problem, chip->at,
				       "chip %u is no %s, as chip %u through which it is reached",
				       chip->logical, chip->gateway->arch->name,
				       chip->gateway->logical);
	if (!is_said(&chip->uid))
		return descriptor_fail(problem, chip->at,
				       "chip %u is remote and has no chip_unique_ids; --local leaves such chips out",
				       chip->logical);
	if (nr_behind(descriptor, chip) > MAX_REMOTE)
		return descriptor_fail(problem, chip->at,
				       "more than %u remote chips are reached through chip %u",
				       MAX_REMOTE, chip->gateway->logical);
	return true;
}

/**
 * descriptor_route - find the gateway of each chip
 * @descriptor: a descriptor that was read
 * @problem: filled in if there is a chip that cannot be declared
 *
 * Return: true if each chip has a gateway, through which it can be declared.
 */
bool descriptor_route(struct descriptor *descriptor, struct problem *problem)
{
	struct descriptor_chip *chip, *end = descriptor->chips + descriptor->nr_chips;

	for (chip = descriptor->chips; chip < end; chip++)
		if (is_said(&chip->device))
			chip->gateway = chip;
	follow_links(descriptor);
	for (chip = descriptor->chips; chip < end; chip++)
		if (!chip->gateway)
			follow_board(descriptor, chip);
	follow_links(descriptor);
	for (chip = descriptor->chips; chip < end; chip++)
		if (chip->gateway != chip && !check_remote(descriptor, chip, problem))
			return false;
	return true;
}
