// SPDX-License-Identifier: GPL-2.0-only
/*
 * The configuration of the bridge: lines of "key = value". A # begins a comment.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"

#define DEFAULT_DIRECTORY	"/dev/shm"
#define MIN_INTERVAL_MS		50
#define MAX_INTERVAL_MS		(60 * 60 * 1000)

static void *grown(void *list, size_t nr, size_t size)
{
	void *bigger = reallocarray(list, nr, size);

	if (!bigger)
		err(EX_FAILED, NULL);
	return bigger;
}

/* Seconds, with up to three digits behind the point. */
static char *take_interval(struct config *config, char *value, unsigned int line)
{
	char *end;
	double ms;

	(void)line;
	ms = strtod(value, &end) * 1000;
	if (!isdigit((unsigned char)*value) || *end ||
	    !(ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS))
		return format("an interval is a number of seconds from 0.05 to 3600");
	config->interval_ms = ms;
	return NULL;
}

static char *take_containers(struct config *config, char *value, unsigned int line)
{
	(void)line;
	config->containers = !strcmp(value, "yes");
	if (config->containers || !strcmp(value, "no"))
		return NULL;
	return format("it is yes or no");
}

static void add_directory(struct config *config, const char *path)
{
	config->directories = grown(config->directories, config->nr_directories + 1,
				    sizeof(*config->directories));
	config->directories[config->nr_directories++] = copy_text(path);
}

static char *take_directory(struct config *config, char *value, unsigned int line)
{
	size_t i;

	(void)line;
	if (*value != '/')
		return format("a directory begins with /");
	for (i = 0; i < config->nr_directories; i++)
		if (!strcmp(config->directories[i], value))
			return format("this directory is there already");
	add_directory(config, value);
	return NULL;
}

/* A unique id, decimal as in the names of regions or 0x hexadecimal, and a chip. */
static char *take_chip(struct config *config, char *value, unsigned int line)
{
	char *chip, *end;
	uint64_t uid;
	size_t i;

	errno = 0;
	uid = strtoull(value, &end, strncmp(value, "0x", 2) ? 10 : 16);
	chip = end + strspn(end, " \t");
	if (!isdigit((unsigned char)*value) || errno || !uid || chip == end || !*chip ||
	    chip[strcspn(chip, " \t")])
		return format("it takes a unique id and a chip");
	for (i = 0; i < config->nr_mappings; i++) {
		if (config->mappings[i].uid == uid || !strcmp(config->mappings[i].chip, chip))
			return format("line %u is about this chip already",
				      config->mappings[i].line);
	}
	config->mappings = grown(config->mappings, config->nr_mappings + 1,
				 sizeof(*config->mappings));
	config->mappings[config->nr_mappings++] = (struct mapping){
		.uid = uid,
		.chip = copy_text(chip),
		.line = line,
	};
	return NULL;
}

/* Each function returns what is wrong with a value, to be freed, or NULL. */
static const struct {
	const char *name;
	char *(*take)(struct config *config, char *value, unsigned int line);
} keys[] = {
	{ "interval", take_interval },
	{ "containers", take_containers },
	{ "directory", take_directory },
	{ "chip", take_chip },
};

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t\r\n");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r\n", end[-1]))
		end--;
	*end = '\0';
	return text;
}

static char *take_line(struct config *config, char *text, unsigned int line)
{
	char *equals, *name, *escaped, *wrong;
	size_t i;

	text[strcspn(text, "#")] = '\0';
	text = trim(text);
	if (!*text)
		return NULL;
	equals = strchr(text, '=');
	if (!equals)
		return format("it takes 'key = value'");
	*equals = '\0';
	name = trim(text);
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(name, keys[i].name))
			return keys[i].take(config, trim(equals + 1), line);
	escaped = format_escaped(name);
	wrong = format("unknown key '%s'", escaped);
	free(escaped);
	return wrong;
}

static char *read_lines(struct config *config, FILE *file)
{
	char *text = NULL, *wrong = NULL, *where;
	unsigned int line = 0;
	size_t size = 0;
	ssize_t len;

	while (!wrong && (len = getline(&text, &size, file)) >= 0) {
		line++;
		wrong = strlen(text) == (size_t)len ? take_line(config, text, line) :
						      format("a NUL byte");
	}
	free(text);
	if (!wrong)
		return ferror(file) ? format(" %s", strerror(errno)) : NULL;
	where = format("%u: %s", line, wrong);
	free(wrong);
	return where;
}

void config_free(struct config *config)
{
	size_t i;

	for (i = 0; i < config->nr_directories; i++)
		free(config->directories[i]);
	for (i = 0; i < config->nr_mappings; i++)
		free(config->mappings[i].chip);
	free(config->directories);
	free(config->mappings);
	*config = (struct config) {};
}

char *config_read(struct config *config, const char *path, bool may_be_missing)
{
	FILE *file = fopen(path, "re");
	char *wrong = NULL, *told;

	*config = (struct config) { .interval_ms = 1000, .containers = true };
	if (file) {
		wrong = read_lines(config, file);
		fclose(file);
	} else if (errno != ENOENT || !may_be_missing) {
		wrong = format(" %s", strerror(errno));
	}
	if (wrong) {
		config_free(config);
		told = format("%s:%s", path, wrong);
		free(wrong);
		return told;
	}
	if (!config->nr_directories)
		add_directory(config, DEFAULT_DIRECTORY);
	return NULL;
}
