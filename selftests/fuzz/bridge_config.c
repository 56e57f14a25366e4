// SPDX-License-Identifier: GPL-2.0-only
/*
 * The configuration of the bridge: an input is the file. It is taken, and then all of it is within
 * bounds, or it is told where it is wrong.
 */
#include <stdbool.h>
#include <string.h>

#include "bridge.h"
#include "input.h"
#include "tree.h"

#define PATH	"/bridge.conf"

static void check_config(const struct config *config)
{
	size_t i, j;

	CHECK(config->interval_ms >= 50 && config->interval_ms <= 3600000);
	CHECK(config->nr_directories);
	for (i = 0; i < config->nr_directories; i++) {
		CHECK(config->directories[i][0] == '/');
		for (j = 0; j < i; j++)
			CHECK(strcmp(config->directories[i], config->directories[j]));
	}
	for (i = 0; i < config->nr_mappings; i++) {
		CHECK(config->mappings[i].uid && config->mappings[i].line);
		CHECK(config->mappings[i].chip[0] && !strpbrk(config->mappings[i].chip, " \t\n#"));
		for (j = 0; j < i; j++)
			CHECK(config->mappings[i].uid != config->mappings[j].uid);
	}
}

static bool is_printable(const char *text)
{
	while (*text && *text >= ' ' && *text <= '~')
		text++;
	return !*text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;
	char path[256], *wrong, *rest;

	tree_put(PATH, data, size);
	snprintf(path, sizeof(path), "%s" PATH, tree_root());
	wrong = config_read(&config, path, false);
	if (!wrong) {
		check_config(&config);
	} else {
		/* It names a line, in characters that a terminal does not obey. */
		CHECK(!strncmp(wrong, path, strlen(path)));
		CHECK(strtoul(wrong + strlen(path) + 1, &rest, 10) && !strncmp(rest, ": ", 2));
		CHECK(is_printable(wrong));
		free(wrong);
	}
	config_free(&config);
	return 0;
}
