// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nodes of a YAML file, by libyaml.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "descriptor_node.h"
#include "ttmem.h"

yaml_node_t *node_at(struct reader *reader, int index)
{
	return yaml_document_get_node(&reader->document, index);
}

/* The text of a scalar; NULL if it is none, or has a NUL within. */
const char *node_text(const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;

	if (node->type != YAML_SCALAR_NODE || strlen(text) != node->data.scalar.length)
		return NULL;
	return text;
}

static bool is_text(const yaml_node_t *node, const char *expected)
{
	const char *text = node_text(node);

	return text && strcmp(text, expected) == 0;
}

/* A key with nothing behind it. */
static bool is_null(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (is_text(node, "") || is_text(node, "~") || is_text(node, "null"));
}

/* The value of a key of a map, NULL without one; false if there are two. */
bool node_value(struct reader *reader, const yaml_node_t *map, const char *key,
		yaml_node_t **value)
{
	yaml_node_pair_t *pair;
	bool found = false;

	*value = NULL;
	for (pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++) {
		if (!is_text(node_at(reader, pair->key), key))
			continue;
		if (found)
			return fail(reader, node_at(reader, pair->key), "%s twice", key);
		found = true;
		*value = node_at(reader, pair->value);
		if (is_null(*value))
			*value = NULL;
	}
	return true;
}

/* Decimal, or hexadecimal with 0x; what begins with 0 is octal to some, and refused. */
static bool parse_number(const char *text, unsigned int bits, uint64_t *value)
{
	bool hex = strncmp(text, "0x", 2) == 0;
	const char *digits = hex ? text + 2 : text;

	if (!*digits || digits[strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789")])
		return false;
	if (!hex && digits[0] == '0' && digits[1])
		return false;
	errno = 0;
	*value = strtoull(digits, NULL, hex ? 16 : 10);
	return !errno && (bits == 64 || *value >> bits == 0);
}

bool node_number(struct reader *reader, const yaml_node_t *node, const char *what,
		 unsigned int bits, struct said *said)
{
	const char *text = node_text(node);
	uint64_t value;

	if (!text || !parse_number(text, bits, &value))
		return fail(reader, node, "%s is not a number of %u bits", what, bits);
	*said = (struct said) { value, place_of(node->start_mark) };
	return true;
}

bool node_each_item(struct reader *reader, const yaml_node_t *list, take_item_fn *take)
{
	yaml_node_item_t *item;

	if (list->type != YAML_SEQUENCE_NODE)
		return fail(reader, list, "not a list");
	for (item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++)
		if (!take(reader, node_at(reader, *item)))
			return false;
	return true;
}

/* ---- the file ------------------------------------------------------------------------------ */

/* The parser reads ahead: of a character that cannot be it knows how many bytes come before. */
static struct place place_of_byte(FILE *file, size_t offset)
{
	struct place at = { 1, 1 };
	int c;

	if (fseek(file, 0, SEEK_SET))
		return at;
	while (offset-- > 0 && (c = getc(file)) != EOF) {
		at.column++;
		if (c == '\n')
			at = (struct place) { at.line + 1, 1 };
	}
	return at;
}

static bool tell_syntax(const yaml_parser_t *parser, FILE *file, struct problem *problem)
{
	struct place at = place_of(parser->problem_mark);

	if (parser->error == YAML_MEMORY_ERROR)
		errx(EX_FAILED, "out of memory");
	if (ferror(file))
		return descriptor_fail(problem, (struct place) {}, "%s", strerror(errno));
	if (parser->error == YAML_READER_ERROR)
		at = place_of_byte(file, parser->problem_offset);
	return descriptor_fail(problem, at, "%s%s%s", parser->problem, parser->context ? " " : "",
			       parser->context ? parser->context : "");
}

static bool load(struct reader *reader, yaml_parser_t *parser, FILE *file)
{
	return yaml_parser_load(parser, &reader->document) ||
	       tell_syntax(parser, file, reader->problem);
}

/* Nothing but the end of the file may follow: what is not looked at might be wrong. */
static bool read_end_of_file(struct reader *reader, yaml_parser_t *parser, FILE *file)
{
	yaml_node_t *root;
	bool ok;

	if (!load(reader, parser, file))
		return false;
	root = yaml_document_get_root_node(&reader->document);
	ok = !root || fail(reader, root, "a second document in one file");
	yaml_document_delete(&reader->document);
	return ok;
}

/**
 * read_yaml - read a file
 * @reader: the reader
 * @file: the file
 * @read_document: reads the nodes
 *
 * Return: true if @read_document did, and there is nothing else in the file.
 */
bool read_yaml(struct reader *reader, FILE *file, bool (*read_document)(struct reader *reader))
{
	yaml_parser_t parser;
	bool ok;

	if (!yaml_parser_initialize(&parser))
		err(EX_FAILED, NULL);
	yaml_parser_set_input_file(&parser, file);
	ok = load(reader, &parser, file);
	if (ok) {
		ok = read_document(reader);
		yaml_document_delete(&reader->document);
	}
	ok = ok && read_end_of_file(reader, &parser, file);
	yaml_parser_delete(&parser);
	return ok;
}
