// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a cluster descriptor can say of chips, and what follows from it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "descriptor.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* What a whole die has is the driver's to know. DRAM of a Wormhole is never harvested. */
static const struct architecture architectures[] = {
	{ "wormhole_b0", "wormhole", .harvest_units = 10 },
	{ "blackhole", "blackhole", .harvest_units = 14, .dram_channels = 8 },
};

/**
 * architecture_find - an architecture by its name
 * @name: as the driver or a descriptor spells it, in upper or lower case
 *
 * Return: the architecture, NULL if it is not known.
 */
const struct architecture *architecture_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(architectures); i++)
		if (!strcasecmp(name, architectures[i].name) ||
		    !strcasecmp(name, architectures[i].alias))
			return &architectures[i];
	return NULL;
}

/**
 * descriptor_fail - describe a problem
 * @problem: where to
 * @at: the place in the file
 * @fmt: of printf(3)
 *
 * Return: false.
 */
bool descriptor_fail(struct problem *problem, struct place at, const char *fmt, ...)
{
	va_list args;

	problem->at = at;
	va_start(args, fmt);
	vsnprintf(problem->text, sizeof(problem->text), fmt, args);
	va_end(args);
	return false;
}

static int compare_logical(const void *logical, const void *chip)
{
	uint64_t a = *(const uint64_t *)logical;
	uint64_t b = ((const struct descriptor_chip *)chip)->logical;

	return a < b ? -1 : a > b;
}

/**
 * descriptor_find - a chip by its number in the descriptor
 * @descriptor: a descriptor
 * @logical: the number
 *
 * Return: the chip, or NULL.
 */
struct descriptor_chip *descriptor_find(const struct descriptor *descriptor, uint64_t logical)
{
	if (!descriptor->nr_chips)
		return NULL;
	return bsearch(&logical, descriptor->chips, descriptor->nr_chips,
		       sizeof(*descriptor->chips), compare_logical);
}

/**
 * pci_address_parse - a PCI address, as sysfs and UMD write it
 * @text: domain:bus:device.function
 * @address: where to put it, packed into a number
 *
 * Return: true if it is one.
 */
bool pci_address_parse(const char *text, uint64_t *address)
{
	unsigned int domain, bus, device, function;
	int length = -1;

	if (text[strspn(text, "0123456789abcdefABCDEF:.")])
		return false;
	if (sscanf(text, "%8x:%2x:%2x.%1x%n", &domain, &bus, &device, &function, &length) != 4 ||
	    text[length] || device > 0x1f || function > 7)
		return false;
	*address = (uint64_t)domain << 16 | bus << 8 | device << 3 | function;
	return true;
}

/* ---- harvesting ---------------------------------------------------------------------------- */

static uint32_t all_units(const struct descriptor_chip *chip)
{
	return (1U << chip->arch->harvest_units) - 1;
}

static uint32_t all_channels(const struct descriptor_chip *chip)
{
	return (1U << chip->arch->dram_channels) - 1;
}

/* Where to complain about a mask that is missing. */
static struct place harvesting_of(const struct descriptor_chip *chip)
{
	return chip->harvesting.line ? chip->harvesting : chip->at;
}

static bool check_dram_mask(const struct descriptor_chip *chip, struct problem *problem)
{
	const struct said *mask = &chip->dram_mask;

	if (!is_said(mask)) {
		if (!all_channels(chip))
			return true;
		return descriptor_fail(problem, harvesting_of(chip),
				       "chip %u has no dram_harvesting_mask: what DRAM is left of it?",
				       chip->logical);
	}
	if (mask->value & ~(uint64_t)all_channels(chip))
		return descriptor_fail(problem, mask->at, "DRAM that a %s cannot lose",
				       chip->arch->name);
	if (mask->value && mask->value == all_channels(chip))
		return descriptor_fail(problem, mask->at, "no DRAM is left of chip %u",
				       chip->logical);
	return true;
}

static bool check_harvesting(const struct descriptor_chip *chip, struct problem *problem)
{
	const struct said *mask = &chip->harvest_mask;

	if (!is_said(mask))
		return descriptor_fail(problem, harvesting_of(chip),
				       "chip %u has no harvest_mask: what cores are left of it?",
				       chip->logical);
	if ((mask->value & all_units(chip)) == all_units(chip))
		return descriptor_fail(problem, mask->at, "no Tensix core is left of chip %u",
				       chip->logical);
	return check_dram_mask(chip, problem);
}

/**
 * descriptor_geometry - what harvesting has left of a chip
 * @chip: the chip, of a descriptor that passed descriptor_check()
 * @die: what the whole die has
 * @geometry: filled in
 */
void descriptor_geometry(const struct descriptor_chip *chip, const struct ttmem_geometry *die,
			 struct ttmem_geometry *geometry)
{
	uint32_t mask = chip->harvest_mask.value & all_units(chip);
	unsigned int unit_cores = die->tensix_enabled / chip->arch->harvest_units;

	*geometry = *die;
	geometry->chip_uid = chip->uid.value;
	geometry->tensix_harvest_mask = mask;
	geometry->tensix_enabled -= __builtin_popcount(mask) * unit_cores;
	geometry->dram_banks_enabled -= __builtin_popcountll(chip->dram_mask.value);
}

/* ---- all chips ----------------------------------------------------------------------------- */

/* What no two chips have in common. */
static const struct {
	const char *what;
	size_t offset;
} identities[] = {
	{ "unique id", offsetof(struct descriptor_chip, uid) },
	{ "number on PCI", offsetof(struct descriptor_chip, device) },
	{ "PCI address", offsetof(struct descriptor_chip, address) },
};

static const struct said *identity(const struct descriptor_chip *chip, size_t i)
{
	return (const void *)((const char *)chip + identities[i].offset);
}

static bool check_pair(const struct descriptor_chip *a, const struct descriptor_chip *b,
		       struct problem *problem)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(identities); i++)
		if (is_said(identity(a, i)) && is_said(identity(b, i)) &&
		    identity(a, i)->value == identity(b, i)->value)
			return descriptor_fail(problem, identity(b, i)->at,
					       "chips %u and %u have the same %s", a->logical,
					       b->logical, identities[i].what);
	return true;
}

/**
 * descriptor_check - can there be such chips?
 * @descriptor: a descriptor
 * @problem: filled in if there cannot
 *
 * Return: true if there can.
 */
bool descriptor_check(const struct descriptor *descriptor, struct problem *problem)
{
	const struct descriptor_chip *a, *b, *end = descriptor->chips + descriptor->nr_chips;

	for (a = descriptor->chips; a < end; a++) {
		if (!check_harvesting(a, problem))
			return false;
		for (b = a + 1; b < end; b++)
			if (!check_pair(a, b, problem))
				return false;
	}
	return true;
}

/**
 * descriptor_drop_remote - leave out the chips that are not on PCI, and all links
 * @descriptor: a descriptor
 */
void descriptor_drop_remote(struct descriptor *descriptor)
{
	size_t i, nr = 0;

	for (i = 0; i < descriptor->nr_chips; i++)
		if (is_said(&descriptor->chips[i].device))
			descriptor->chips[nr++] = descriptor->chips[i];
	descriptor->nr_chips = nr;
	descriptor->nr_links = 0;
}

/**
 * descriptor_free - free what a descriptor has of memory
 * @descriptor: a descriptor, or one that could not be read
 */
void descriptor_free(struct descriptor *descriptor)
{
	free(descriptor->chips);
	free(descriptor->links);
	*descriptor = (struct descriptor) {};
}
