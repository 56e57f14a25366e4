/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The nodes of a YAML file, and where each of them stands: what reading a descriptor is made of.
 *
 * Scalars are text until they are asked for as numbers: a YAML 1.1 parser that resolves them itself
 * takes the PCI address 0000:01:00.0 for one, in base 60.
 */
#ifndef TTMEM_DESCRIPTOR_NODE_H
#define TTMEM_DESCRIPTOR_NODE_H

#include <yaml.h>

#include "descriptor.h"

/**
 * struct reader - a file that is being read
 * @document: its nodes
 * @descriptor: what is made of them
 * @problem: where to describe what is wrong
 * @boards: how many boards have begun
 */
struct reader {
	yaml_document_t document;
	struct descriptor *descriptor;
	struct problem *problem;
	unsigned int boards;
};

static inline struct place place_of(yaml_mark_t mark)
{
	return (struct place) { mark.line + 1, mark.column + 1 };
}

/* Tells what is wrong with a node; false. */
#define fail(reader, node, ...)	\
	descriptor_fail((reader)->problem, place_of((node)->start_mark), __VA_ARGS__)

/* As everywhere here, those that return bool have described a problem if it is false. */
typedef bool take_item_fn(struct reader *reader, const yaml_node_t *item);

yaml_node_t *node_at(struct reader *reader, int index);
const char *node_text(const yaml_node_t *node);
bool node_value(struct reader *reader, const yaml_node_t *map, const char *key,
		yaml_node_t **value);
bool node_number(struct reader *reader, const yaml_node_t *node, const char *what,
		 unsigned int bits, struct said *said);
bool node_each_item(struct reader *reader, const yaml_node_t *list, take_item_fn *take);
bool read_yaml(struct reader *reader, FILE *file, bool (*read_document)(struct reader *reader));

#endif /* TTMEM_DESCRIPTOR_NODE_H */
