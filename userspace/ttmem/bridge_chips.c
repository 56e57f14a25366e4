// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which chip has which unique id. Regions are named by it. It is never guessed: an id that two
 * chips seem to have is nobody's.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"

const char *chips_known_by(enum known_by by)
{
	static const char *const names[] = {
		[BY_CONFIG] = "configuration",
		[BY_KMD] = "tt_asic_id",
		[BY_TTMEM] = "chip_uid",
	};

	return names[by];
}

/* tt-kmd writes 16 digits. What cannot be read is not known. */
static bool read_asic_id(const struct tree *tree, unsigned int gateway, uint64_t *uid)
{
	char *path = format("%s/sys/class/tenstorrent/tenstorrent!%u/tt_asic_id", tree->root,
			    gateway);
	FILE *file = fopen(path, "re");
	unsigned long long id;
	bool found;

	free(path);
	if (!file)
		return false;
	found = fscanf(file, "%16llx", &id) == 1 && id;
	fclose(file);
	if (found)
		*uid = id;
	return found;
}

/*
 * That of a remote chip is what the driver knows it by. That of a PCI function is what anybody has
 * declared, unless it is pinned: nobody's memory is to be shown on a chip for such a word.
 */
static bool read_chip_uid(const struct tree *tree, const char *name, uint64_t *uid)
{
	struct ttmem_stat *stat;
	const char *source;
	bool found;

	if (ttmem_stat_read(tree->sysfs, name, &stat))
		return false;
	source = ttmem_stat_str(stat, "geometry_source");
	found = !ttmem_stat_u64(stat, "chip_uid", uid) && *uid &&
		(!chip_is_gateway(name) || (source && !strcmp(source, "pinned")));
	ttmem_stat_free(stat);
	return found;
}

/* The administrator's word, if there is one. */
static bool find_mapping(const struct bridge *bridge, char **names, const char *name, uint64_t *uid)
{
	const struct config *config = &bridge->config;
	const char *chip;
	size_t i;

	for (i = 0; i < config->nr_mappings; i++) {
		if (chips_match(&bridge->tree, names, config->mappings[i].chip, &chip) == 1 &&
		    !strcmp(chip, name)) {
			*uid = config->mappings[i].uid;
			return true;
		}
	}
	return false;
}

static bool identify(const struct bridge *bridge, char **names, struct chip *chip)
{
	chip->by = BY_CONFIG;
	if (find_mapping(bridge, names, chip->name, &chip->uid))
		return true;
	chip->by = BY_KMD;
	if (chip->index == TTMEM_CHIP_LOCAL &&
	    read_asic_id(&bridge->tree, chip->gateway, &chip->uid))
		return true;
	chip->by = BY_TTMEM;
	return read_chip_uid(&bridge->tree, chip->name, &chip->uid);
}

static void add_gateway(struct bridge *bridge, size_t *nr, const char *name)
{
	bridge->gateways = reallocarray(bridge->gateways, *nr + 2, sizeof(*bridge->gateways));
	if (!bridge->gateways)
		err(EX_FAILED, NULL);
	bridge->gateways[(*nr)++] = copy_text(name);
	bridge->gateways[*nr] = NULL;
}

static void add_chip(struct bridge *bridge, char **names, const char *name)
{
	struct chip chip = { .index = TTMEM_CHIP_LOCAL };

	if (sscanf(name, "tt%ur%u", &chip.gateway, &chip.index) < 1 ||
	    chip.index >= TTMEM_MAX_CHIPS)
		return;
	chip.name = copy_text(name);
	if (!identify(bridge, names, &chip)) {
		free(chip.name);
		return;
	}
	bridge->chips = reallocarray(bridge->chips, bridge->nr_chips + 1, sizeof(chip));
	if (!bridge->chips)
		err(EX_FAILED, NULL);
	bridge->chips[bridge->nr_chips++] = chip;
}

static void free_chips(struct chip *chips, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		free(chips[i].name);
	free(chips);
}

void chips_forget(struct bridge *bridge)
{
	free_chips(bridge->chips, bridge->nr_chips);
	bridge->chips = NULL;
	bridge->nr_chips = 0;
	ttmem_sysfs_free_chips(bridge->gateways);
	bridge->gateways = NULL;
}

/* If tt-kmd was loaded anew, its class is a new one. Without it, there is no chip. */
static void find_chips(struct bridge *bridge)
{
	struct tree *tree = &bridge->tree;
	size_t i, nr_gateways = 0;
	char **names;

	ttmem_sysfs_close(tree->sysfs);
	tree->sysfs = NULL;
	if (ttmem_sysfs_open(&tree->sysfs, NULL)) {
		tree->sysfs = NULL;
		return;
	}
	if (ttmem_sysfs_chips(tree->sysfs, &names) < 0)
		return;
	for (i = 0; names[i]; i++) {
		if (chip_is_gateway(names[i]))
			add_gateway(bridge, &nr_gateways, names[i]);
		add_chip(bridge, names, names[i]);
	}
	ttmem_sysfs_free_chips(names);
}

static bool is_same(const struct chip *a, const struct chip *b)
{
	return a->uid == b->uid && a->by == b->by && !strcmp(a->name, b->name);
}

bool chips_refresh(struct bridge *bridge)
{
	struct chip *before = bridge->chips;
	size_t i, nr = bridge->nr_chips;
	bool changed;

	bridge->chips = NULL;
	bridge->nr_chips = 0;
	chips_forget(bridge);
	find_chips(bridge);
	changed = nr != bridge->nr_chips;
	for (i = 0; i < nr && !changed; i++)
		changed = !is_same(&before[i], &bridge->chips[i]);
	free_chips(before, nr);
	return changed;
}

/* Whose word is worth most; nobody's if that is two chips. */
const struct chip *chips_find_uid(const struct bridge *bridge, uint64_t uid)
{
	const struct chip *found = NULL, *chip;
	bool twice = false;
	size_t i;

	for (i = 0; i < bridge->nr_chips; i++) {
		chip = &bridge->chips[i];
		if (chip->uid != uid || (found && chip->by > found->by))
			continue;
		twice = found && chip->by == found->by;
		found = chip;
	}
	return twice ? NULL : found;
}
