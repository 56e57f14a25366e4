// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is different between two snapshots, and how it is said.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "json.h"

static bool is_time(const char *name)
{
	return unit_of(name) == UNIT_NANOSECONDS;
}

/* ---- what is different --------------------------------------------------------------------- */

static void add_change(struct change **changes, size_t *nr, const char *name, const char *before,
		       const char *now)
{
	*changes = reallocarray(*changes, *nr + 1, sizeof(**changes));
	if (!*changes)
		err(EX_FAILED, NULL);
	(*changes)[(*nr)++] = (struct change){ .name = name, .before = before, .now = now };
}

static void compare(const struct ttmem_stat *before, const struct ttmem_stat *now,
		    const char *name, struct change **changes, size_t *nr)
{
	const char *old = before ? ttmem_stat_str(before, name) : NULL;
	const char *new = ttmem_stat_str(now, name);

	if (!before || (old && new ? strcmp(old, new) != 0 : old != new))
		add_change(changes, nr, name, old, new);
}

size_t changes_find(const struct ttmem_stat *before, const struct ttmem_stat *now,
		    const struct choice *choice, struct change **changes)
{
	const char *name;
	size_t i, nr = 0;

	*changes = NULL;
	for (i = 0; i < choice->nr_names; i++)
		compare(before, now, choice->names[i], changes, &nr);
	if (choice->names)
		return nr;

	for (name = NULL; (name = ttmem_stat_next(now, name));)
		if (choice->times || !is_time(name))
			compare(before, now, name, changes, &nr);
	if (!before)
		return nr;
	for (name = NULL; (name = ttmem_stat_next(before, name));)
		if (!ttmem_stat_str(now, name) && (choice->times || !is_time(name)))
			compare(before, now, name, changes, &nr);
	return nr;
}

/* ---- how it is said ------------------------------------------------------------------------ */

static bool is_number(const char *value, uint64_t *number)
{
	char *end;

	if (value[strspn(value, "0123456789")])
		return false;
	errno = 0;
	*number = strtoull(value, &end, 10);
	return !errno && end != value;
}

static char *value_text(const char *name, const char *value, bool bytes)
{
	uint64_t number;

	if (!value)
		return copy_text("-");
	if (!bytes && unit_of(name) == UNIT_BYTES && is_number(value, &number))
		return format_bytes(number);
	return copy_text(value);
}

/* Takes @line over. */
static char *append(char *line, char *text)
{
	char *longer = format("%s%s%s", line ? line : "", line ? ", " : "", text);

	free(line);
	free(text);
	return longer;
}

char *changes_text(const struct change *changes, size_t nr, bool bytes)
{
	char *line = NULL, *before, *now;
	size_t i;

	for (i = 0; i < nr; i++) {
		before = value_text(changes[i].name, changes[i].before, bytes);
		now = value_text(changes[i].name, changes[i].now, bytes);
		line = append(line, format("%s %s -> %s", changes[i].name, before, now));
		free(before);
		free(now);
	}
	return line ? line : copy_text("");
}

char *changes_values(const struct change *changes, size_t nr, bool bytes)
{
	char *line = NULL, *now;
	size_t i;

	for (i = 0; i < nr; i++) {
		now = value_text(changes[i].name, changes[i].now, bytes);
		line = append(line, format("%s %s", changes[i].name, now));
		free(now);
	}
	return line ? line : copy_text("");
}

struct json_object *changes_json(const struct change *changes, size_t nr)
{
	struct json_object *values = json_empty();
	size_t i;

	for (i = 0; i < nr; i++)
		json_add(values, changes[i].name,
			 changes[i].now ? json_value(changes[i].now) : NULL);
	return values;
}
