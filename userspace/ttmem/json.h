/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making JSON. Without memory the program ends.
 */
#ifndef TTMEM_JSON_H
#define TTMEM_JSON_H

#include <json-c/json.h>

#include "table.h"

struct json_object *json_empty(void);
/* What all output begins with: {"version": 1} */
struct json_object *json_new(void);
/* An array in it, made if it is not there. */
struct json_object *json_array(struct json_object *json, const char *name);
void json_add(struct json_object *json, const char *name, struct json_object *value);
struct json_object *json_text(const char *text);
struct json_object *json_number(uint64_t number);
/* A value of mem/stat: a decimal number is a number, all else is text. */
struct json_object *json_value(const char *value);
/* Returns 0, or -EPROTO if a figure is not as documented. */
int json_row(const struct options *options, const struct row *row, struct json_object **json);
/* It belongs to @json. */
const char *json_string(struct json_object *json);
void json_print(struct json_object *json);
/* On one line. */
void json_print_line(struct json_object *json);

#endif /* TTMEM_JSON_H */
