// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "step.h"

/* Names of the numbers; those of a report's entry may come again. */
static const struct kind {
	const char *name;
	const char *numbers[10];
	unsigned int repeated;	/* how many of the numbers, from the end */
} kinds[STEP_KINDS] = {
	[STEP_OPEN] = { "open", { "actor", "slot", "chip", "write" } },
	[STEP_DUP] = { "dup", { "actor", "slot", "to" } },
	[STEP_CLOSE] = { "close", { "actor", "slot" } },
	[STEP_FORK] = { "fork", { "actor", "child" } },
	[STEP_KILL] = { "kill", { "actor" } },
	[STEP_QUERY] = { "query", { "actor", "slot", "chip" } },
	[STEP_DECLARE] = { "declare", { "actor", "slot", "chip", "flags", "uid", "cores", "mask",
					"core_bytes", "banks", "bank_bytes" } },
	[STEP_REPORT] = { "report", { "actor", "slot", "chip", "pool", "flags", "banks",
				      "bank_bytes", "allocated", "largest_free" }, 7 },
	[STEP_FAILURE] = { "failure", { "actor", "slot", "chip", "pool", "flags", "bank_bytes" } },
	[STEP_LOOK] = { "look", { "actor", "slot", "flags" } },
	[STEP_BAD] = { "bad", { "actor", "slot", "call" } },
	[STEP_MAP] = { "map", { "actor", "slot", "page", "chip", "pages", "shared" } },
	[STEP_UNMAP] = { "unmap", { "actor", "page" } },
	[STEP_PUT] = { "put", { "actor", "page", "pool", "allocated", "largest_free" } },
	[STEP_POKE] = { "poke", { "actor", "page", "pool", "word", "value" } },
	[STEP_RESET] = { "reset_peak", { "actor", "page", "pool" } },
	[STEP_HIGH] = { "high", { "chip", "remote", "pool", "bytes" } },
	[STEP_UNBIND] = { "unbind", { "function" } },
	[STEP_BIND] = { "bind", { "function" } },
	[STEP_REMOVE] = { "remove", { "function" } },
	[STEP_RESCAN] = { "rescan" },
	[STEP_UNLOAD] = { "unload", { "module" } },
	[STEP_LOAD] = { "load", { "module" } },
};

const char *step_name(enum step_kind kind)
{
	return kinds[kind].name;
}

unsigned int step_numbers(enum step_kind kind)
{
	unsigned int nr = 0;

	while (nr < 10 && kinds[kind].numbers[nr])
		nr++;
	return nr;
}

static const char *number_name(enum step_kind kind, unsigned int number)
{
	unsigned int nr = step_numbers(kind), repeated = kinds[kind].repeated;

	if (number >= nr)
		number = nr - repeated + (number - nr) % repeated;
	return kinds[kind].numbers[number];
}

void step_print(FILE *file, const struct step *step)
{
	unsigned int i;

	fprintf(file, "%s%s", step->quiet ? "quiet " : "", kinds[step->kind].name);
	for (i = 0; i < step->nr; i++)
		fprintf(file, step->n[i] < 1 << 24 ? " %s=%llu" : " %s=0x%llx",
			number_name(step->kind, i), step->n[i]);
	fputc('\n', file);
}

static int is_whole(const struct step *step)
{
	unsigned int nr = step_numbers(step->kind), repeated = kinds[step->kind].repeated;

	if (!repeated)
		return step->nr == nr;
	return step->nr >= nr && !((step->nr - nr) % repeated);
}

int step_parse(struct step *step, char *line)
{
	char *word = strtok(line, " \t\n"), *value;

	memset(step, 0, sizeof(*step));
	if (word && !strcmp(word, "quiet")) {
		step->quiet = 1;
		word = strtok(NULL, " \t\n");
	}
	while (word && step->kind < STEP_KINDS && strcmp(word, kinds[step->kind].name))
		step->kind++;
	if (!word || step->kind == STEP_KINDS)
		return 0;
	while ((word = strtok(NULL, " \t\n"))) {
		value = strchr(word, '=');
		if (!value || step->nr == STEP_NUMBERS)
			return 0;
		*value = '\0';
		step->n[step->nr] = strtoull(value + 1, NULL, 0);
		if (!number_name(step->kind, step->nr) ||
		    strcmp(word, number_name(step->kind, step->nr)))
			return 0;
		step->nr++;
	}
	return is_whole(step);
}

void script_add(struct script *script, const struct step *step)
{
	if (!(script->nr & (script->nr + 1024) & 1023))
		script->steps = realloc(script->steps,
					(script->nr + 1024) * sizeof(*script->steps));
	script->steps[script->nr++] = *step;
}

void script_free(struct script *script)
{
	free(script->steps);
	memset(script, 0, sizeof(*script));
}

void script_read(struct script *script, const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;
	char line[1024];
	struct step step;

	if (!file) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "#")] = '\0';
		if (!line[strspn(line, " \t\n")])
			continue;
		if (!step_parse(&step, line)) {
			fprintf(stderr, "%s: step %u is none\n", path, script->nr + 1);
			exit(2);
		}
		script_add(script, &step);
	}
	fclose(file);
}
