// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON, by json-c. What it looks like is in Documentation/ttmem.schema.json.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "table.h"

/* Raised when something that programs rely on is taken away, or changes its meaning. */
#define JSON_VERSION	1

static void *checked(void *memory)
{
	if (!memory)
		err(EX_FAILED, NULL);
	return memory;
}

void json_add(struct json_object *json, const char *name, struct json_object *value)
{
	if (json_object_object_add(json, name, value))
		err(EX_FAILED, NULL);
}

struct json_object *json_empty(void)
{
	return checked(json_object_new_object());
}

struct json_object *json_new(void)
{
	struct json_object *json = json_empty();

	json_add(json, "version", checked(json_object_new_int(JSON_VERSION)));
	return json;
}

struct json_object *json_array(struct json_object *json, const char *name)
{
	struct json_object *array;

	if (json_object_object_get_ex(json, name, &array))
		return array;
	array = checked(json_object_new_array());
	json_add(json, name, array);
	return array;
}

struct json_object *json_number(uint64_t number)
{
	return checked(json_object_new_uint64(number));
}

struct json_object *json_text(const char *text)
{
	char *escaped = format_escaped(text);
	struct json_object *json = checked(json_object_new_string(escaped));

	free(escaped);
	return json;
}

struct json_object *json_value(const char *value)
{
	unsigned long long number;

	errno = 0;
	number = strtoull(value, NULL, 10);
	if (!*value || value[strspn(value, "0123456789")] || errno)
		return json_text(value);
	return json_number(number);
}

/* The name of a column in JSON. */
static void lower(char *key, const char *name)
{
	while ((*key++ = tolower((unsigned char)*name++)))
		;
}

int json_row(const struct options *options, const struct row *row, struct json_object **json)
{
	struct json_object *value;
	const struct column *column;
	struct cell cell = {};
	char key[64];
	size_t i;
	int ret;

	*json = json_empty();
	for (i = 0; i < options->nr_columns; i++) {
		column = options->columns[i];
		ret = column->get(row, column, &cell);
		if (ret && ret != -ENODATA) {
			json_object_put(*json);
			return ret;
		}
		value = NULL;
		if (!ret && column->kind == KIND_TEXT) {
			value = json_text(cell.text);
			free(cell.text);
		} else if (!ret) {
			value = json_number(cell.number);
		}
		lower(key, column->name);
		json_add(*json, key, value);
	}
	return 0;
}

const char *json_string(struct json_object *json)
{
	return checked((void *)json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
							      JSON_C_TO_STRING_SPACED |
							      JSON_C_TO_STRING_NOSLASHESCAPE));
}

void json_print(struct json_object *json)
{
	puts(json_string(json));
}

void json_print_line(struct json_object *json)
{
	puts(checked((void *)json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
							    JSON_C_TO_STRING_NOSLASHESCAPE)));
}
