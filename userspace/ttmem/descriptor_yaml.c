// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the YAML of a cluster descriptor to its chips. Keys that nothing here asks for may hold
 * anything.
 */
#include <err.h>
#include <stdlib.h>

#include "descriptor_node.h"
#include "ttmem.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
/* Far above any machine, and few enough to be compared with each other. */
#define MAX_CHIPS	1024

/* ---- chips of a map or a list -------------------------------------------------------------- */

typedef bool take_chip_fn(struct reader *reader, struct descriptor_chip *chip,
			  const yaml_node_t *value);

static bool read_chip(struct reader *reader, const yaml_node_t *node, struct descriptor_chip **chip)
{
	struct said logical;

	if (!node_number(reader, node, "a chip's number", 32, &logical))
		return false;
	*chip = descriptor_find(reader->descriptor, logical.value);
	if (!*chip)
		return fail(reader, node, "arch has no chip %u", (unsigned int)logical.value);
	return true;
}

/* A figure of a chip that the descriptor gives once. */
static bool take_number(struct reader *reader, const struct descriptor_chip *chip,
			const yaml_node_t *value, const char *what, unsigned int bits,
			struct said *said)
{
	if (is_said(said))
		return fail(reader, value, "%s of chip %u twice", what, chip->logical);
	return node_number(reader, value, what, bits, said);
}

/* A map by numbers of chips. */
static bool each_chip(struct reader *reader, const yaml_node_t *map, take_chip_fn *take)
{
	struct descriptor_chip *chip;
	yaml_node_pair_t *pair;

	if (map->type != YAML_MAPPING_NODE)
		return fail(reader, map, "not a map by numbers of chips");
	for (pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++)
		if (!read_chip(reader, node_at(reader, pair->key), &chip) ||
		    !take(reader, chip, node_at(reader, pair->value)))
			return false;
	return true;
}

/* ---- sections ------------------------------------------------------------------------------ */

static int compare_chips(const void *a, const void *b)
{
	const struct descriptor_chip *one = a, *other = b;

	return one->logical < other->logical ? -1 : one->logical > other->logical;
}

static bool take_arch(struct reader *reader, const yaml_node_pair_t *pair)
{
	struct descriptor_chip *chip = &reader->descriptor->chips[reader->descriptor->nr_chips];
	const yaml_node_t *key = node_at(reader, pair->key);
	const yaml_node_t *value = node_at(reader, pair->value);
	struct said logical;

	if (!node_number(reader, key, "a chip's number", 32, &logical))
		return false;
	*chip = (struct descriptor_chip) { .logical = logical.value, .at = logical.at };
	if (node_text(value))
		chip->arch = architecture_find(node_text(value));
	if (!chip->arch)
		return fail(reader, value, "neither wormhole_b0 nor blackhole");
	reader->descriptor->nr_chips++;
	return true;
}

/* Which chips there are. */
static bool read_arch(struct reader *reader, const yaml_node_t *map)
{
	struct descriptor *descriptor = reader->descriptor;
	struct descriptor_chip *chip;
	yaml_node_pair_t *pair;
	size_t nr;

	if (map->type != YAML_MAPPING_NODE)
		return fail(reader, map, "not a map by numbers of chips");
	nr = map->data.mapping.pairs.top - map->data.mapping.pairs.start;
	if (nr > MAX_CHIPS)
		return fail(reader, map, "more than %d chips", MAX_CHIPS);
	descriptor->chips = calloc(nr + 1, sizeof(*descriptor->chips));
	if (!descriptor->chips)
		err(EX_FAILED, NULL);
	for (pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++)
		if (!take_arch(reader, pair))
			return false;
	qsort(descriptor->chips, nr, sizeof(*descriptor->chips), compare_chips);
	for (chip = descriptor->chips + 1; chip < descriptor->chips + nr; chip++)
		if (chip->logical == chip[-1].logical)
			return descriptor_fail(reader->problem, chip->at, "chip %u twice",
					       chip->logical);
	return true;
}

static bool take_uid(struct reader *reader, struct descriptor_chip *chip, const yaml_node_t *value)
{
	if (!take_number(reader, chip, value, "unique id", 64, &chip->uid))
		return false;
	/* To the driver 0 is an id that is not known. */
	return chip->uid.value || fail(reader, value, "0 is nobody's unique id");
}

static bool read_uids(struct reader *reader, const yaml_node_t *map)
{
	return each_chip(reader, map, take_uid);
}

static bool take_harvesting(struct reader *reader, struct descriptor_chip *chip,
			    const yaml_node_t *value)
{
	yaml_node_t *mask, *dram_mask;

	if (chip->harvesting.line)
		return fail(reader, value, "harvesting of chip %u twice", chip->logical);
	if (value->type != YAML_MAPPING_NODE)
		return fail(reader, value, "not a map of masks");
	chip->harvesting = place_of(value->start_mark);
	return node_value(reader, value, "harvest_mask", &mask) &&
	       node_value(reader, value, "dram_harvesting_mask", &dram_mask) &&
	       (!mask || node_number(reader, mask, "harvest_mask", 32, &chip->harvest_mask)) &&
	       (!dram_mask || node_number(reader, dram_mask, "dram_harvesting_mask", 32,
					  &chip->dram_mask));
}

static bool read_harvesting(struct reader *reader, const yaml_node_t *map)
{
	return each_chip(reader, map, take_harvesting);
}

static bool take_address(struct reader *reader, struct descriptor_chip *chip,
			 const yaml_node_t *value)
{
	const char *text = node_text(value);

	if (is_said(&chip->address))
		return fail(reader, value, "PCI address of chip %u twice", chip->logical);
	if (!text || !pci_address_parse(text, &chip->address.value))
		return fail(reader, value, "not a PCI address");
	chip->address.at = place_of(value->start_mark);
	return true;
}

static bool read_addresses(struct reader *reader, const yaml_node_t *map)
{
	return each_chip(reader, map, take_address);
}

static bool take_device(struct reader *reader, struct descriptor_chip *chip,
			const yaml_node_t *value)
{
	return take_number(reader, chip, value, "number on PCI", 31, &chip->device);
}

/* "chip: tt-kmd's number", or one number that is both. */
static bool take_mmio(struct reader *reader, const yaml_node_t *item)
{
	struct descriptor_chip *chip;

	if (item->type == YAML_MAPPING_NODE)
		return each_chip(reader, item, take_device);
	return read_chip(reader, item, &chip) && take_device(reader, chip, item);
}

static bool read_mmio(struct reader *reader, const yaml_node_t *list)
{
	return node_each_item(reader, list, take_mmio);
}

/* An end of a link: {chip: 0, chan: 8}. */
static bool read_end(struct reader *reader, const yaml_node_t *node, struct descriptor_chip **chip)
{
	yaml_node_t *number = NULL;

	if (node->type == YAML_MAPPING_NODE && !node_value(reader, node, "chip", &number))
		return false;
	if (!number)
		return fail(reader, node, "not an end of a link: it has no chip");
	return read_chip(reader, number, chip);
}

/* A list of two ends; what may follow says how the link is used. */
static bool take_link(struct reader *reader, const yaml_node_t *item)
{
	struct descriptor *descriptor = reader->descriptor;
	struct descriptor_link *link = &descriptor->links[descriptor->nr_links];
	const yaml_node_item_t *ends;

	if (item->type != YAML_SEQUENCE_NODE ||
	    item->data.sequence.items.top - item->data.sequence.items.start < 2)
		return fail(reader, item, "not a link of two chips");
	ends = item->data.sequence.items.start;
	if (!read_end(reader, node_at(reader, ends[0]), &link->ends[0]) ||
	    !read_end(reader, node_at(reader, ends[1]), &link->ends[1]))
		return false;
	descriptor->nr_links++;
	return true;
}

static bool read_links(struct reader *reader, const yaml_node_t *list)
{
	struct descriptor *descriptor = reader->descriptor;
	size_t nr = 0;

	if (list->type == YAML_SEQUENCE_NODE)
		nr = list->data.sequence.items.top - list->data.sequence.items.start;
	descriptor->links = calloc(nr + 1, sizeof(*descriptor->links));
	if (!descriptor->links)
		err(EX_FAILED, NULL);
	return node_each_item(reader, list, take_link);
}

static bool take_chip_of_board(struct reader *reader, const yaml_node_t *item)
{
	struct descriptor_chip *chip;

	if (!read_chip(reader, item, &chip))
		return false;
	if (is_said(&chip->board))
		return fail(reader, item, "chip %u is on two boards", chip->logical);
	chip->board = (struct said) { reader->boards, place_of(item->start_mark) };
	return true;
}

static bool take_field_of_board(struct reader *reader, const yaml_node_t *item)
{
	yaml_node_t *chips;

	if (item->type != YAML_MAPPING_NODE)
		return fail(reader, item, "not a map");
	return node_value(reader, item, "chips", &chips) &&
	       (!chips || node_each_item(reader, chips, take_chip_of_board));
}

/* A list of maps: of its id, of its type, of its chips. */
static bool take_board(struct reader *reader, const yaml_node_t *item)
{
	reader->boards++;
	return node_each_item(reader, item, take_field_of_board);
}

static bool read_boards(struct reader *reader, const yaml_node_t *list)
{
	return node_each_item(reader, list, take_board);
}

/* In the order in which they are read: all others name chips of arch. */
static const struct {
	const char *key;
	bool (*read)(struct reader *reader, const yaml_node_t *node);
} sections[] = {
	{ "arch", read_arch },
	{ "harvesting", read_harvesting },
	{ "chip_unique_ids", read_uids },
	{ "chips_with_mmio", read_mmio },
	{ "chip_pci_bdfs", read_addresses },
	{ "ethernet_connections", read_links },
	{ "boards", read_boards },
};

static bool read_document(struct reader *reader)
{
	yaml_node_t *root = yaml_document_get_root_node(&reader->document), *node;
	size_t i;

	if (!root)
		return descriptor_fail(reader->problem, (struct place) { 1, 1 }, "nothing in it");
	if (root->type != YAML_MAPPING_NODE)
		return fail(reader, root, "not a cluster descriptor: not a map");
	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		if (!node_value(reader, root, sections[i].key, &node))
			return false;
		if (node && !sections[i].read(reader, node))
			return false;
		if (!reader->descriptor->nr_chips)
			return fail(reader, node ? node : root,
				    "not a cluster descriptor: arch names no chip");
	}
	return descriptor_check(reader->descriptor, reader->problem);
}

/**
 * descriptor_read - read a cluster descriptor
 * @descriptor: filled in; to be freed by descriptor_free(), also after a failure
 * @file: the descriptor
 * @problem: filled in on failure
 *
 * Return: true if it is one whose chips can be.
 */
bool descriptor_read(struct descriptor *descriptor, FILE *file, struct problem *problem)
{
	struct reader reader = { .descriptor = descriptor, .problem = problem };

	*descriptor = (struct descriptor) {};
	return read_yaml(&reader, file, read_document);
}
