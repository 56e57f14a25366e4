// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem bridge --status: what the running bridge has written, as tables or as it is.
 */
#include <err.h>
#include <errno.h>
#include <json-c/json.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"
#include "json.h"

/**
 * struct field - a column
 * @heading: its heading
 * @key: name in an object
 * @flags: of libsmartcols
 */
struct field {
	const char *heading;
	const char *key;
	int flags;
};

static struct json_object *get(struct json_object *json, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(json, key, &value) ? value : NULL;
}

static void set_cell(struct libscols_line *line, size_t column, struct json_object *object,
		     const char *key)
{
	struct json_object *value = get(object, key);

	if (scols_line_set_data(line, column, value ? json_object_get_string(value) : "-"))
		err(EX_FAILED, NULL);
}

static void print_table(struct json_object *json, const char *name, const struct field *fields,
			size_t nr_fields)
{
	struct json_object *array = get(json, name);
	bool is_array = json_object_is_type(array, json_type_array);
	size_t i, j, nr = is_array ? json_object_array_length(array) : 0;
	struct libscols_table *table = scols_new_table();
	struct libscols_line *line;

	if (!table)
		err(EX_FAILED, NULL);
	for (i = 0; i < nr_fields; i++)
		if (!scols_table_new_column(table, fields[i].heading, 1, fields[i].flags))
			err(EX_FAILED, NULL);
	for (i = 0; i < nr; i++) {
		line = scols_table_new_line(table, NULL);
		if (!line)
			err(EX_FAILED, NULL);
		for (j = 0; j < nr_fields; j++)
			set_cell(line, j, json_object_array_get_idx(array, i), fields[j].key);
	}
	if (nr) {
		putchar('\n');
		scols_print_table(table);
	}
	scols_unref_table(table);
}

static const struct field chip_fields[] = {
	{ "CHIP", "chip", 0 },
	{ "CHIP_UID", "chip_uid", 0 },
	{ "KNOWN_BY", "known_by", 0 },
	{ "PROBLEM", "problem", 0 },
};

static const struct field directory_fields[] = {
	{ "DIRECTORY", "directory", 0 },
	{ "NOT_SHOWN", "not_shown", SCOLS_FL_RIGHT },
	{ "PROBLEM", "problem", 0 },
};

static const struct field file_fields[] = {
	{ "FILE", "file", 0 },
	{ "CHIP", "chip", 0 },
	{ "LAYOUT", "layout", SCOLS_FL_RIGHT },
	{ "STATE", "state", 0 },
};

static const struct field slot_fields[] = {
	{ "CHIP", "chip", 0 },
	{ "PID", "pid", SCOLS_FL_RIGHT },
	{ "SLOT", "slot", SCOLS_FL_RIGHT },
	{ "SLOT_PID", "slot_pid", SCOLS_FL_RIGHT },
	{ "NAME", "name", 0 },
	{ "NOT_REPORTED", "reason", 0 },
};

static void print_line(const char *what, struct json_object *value)
{
	const char *text = json_object_get_string(value);
	char *escaped = format_escaped(text ? text : "-");

	printf("%s: %s\n", what, escaped);
	free(escaped);
}

static void print_status(struct json_object *json)
{
	struct json_object *self = get(json, "bridge");

	print_line("pid", get(self, "pid"));
	print_line("configuration", get(self, "configuration"));
	if (get(self, "configuration_error"))
		print_line("not in use, for it is wrong", get(self, "configuration_error"));
	print_table(json, "directories", directory_fields, ARRAY_SIZE(directory_fields));
	print_table(json, "chips", chip_fields, ARRAY_SIZE(chip_fields));
	print_table(json, "files", file_fields, ARRAY_SIZE(file_fields));
	print_table(json, "slots", slot_fields, ARRAY_SIZE(slot_fields));
}

/* A file that outlived its bridge is of the past. */
static bool is_running(struct json_object *json)
{
	struct json_object *self = get(json, "bridge");
	uint64_t started;

	return process_started(json_object_get_int64(get(self, "pid")), &started) &&
	       started == json_object_get_uint64(get(self, "start_time"));
}

int status_show(const char *sysroot, bool as_json)
{
	char *path = format("%s%s", sysroot ? sysroot : "", BRIDGE_STATUS);
	FILE *file = fopen(path, "re");
	int code = EX_FAILED, error = errno;
	struct json_object *json = NULL;

	if (file) {
		json = json_object_from_fd(fileno(file));
		fclose(file);
	}
	errno = error;
	if (!file && error != ENOENT)
		warn("%s", path);
	else if (file && !json_object_is_type(get(json, "bridge"), json_type_object))
		warnx("%s is not as documented", path);
	else if (!file || (!sysroot && !is_running(json)))
		warnx("the bridge is not running");
	else
		code = 0;
	if (!code && as_json)
		json_print(json);
	else if (!code)
		print_status(json);
	json_object_put(json);
	free(path);
	return code;
}
