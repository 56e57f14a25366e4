// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the chips of a descriptor to those of the machine. Everything is looked at before anything
 * is pinned, and what was pinned is taken back if the rest fails: all chips, or none.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

void plan_warn(const char *file, struct place at, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = vformat(fmt, args);
	va_end(args);
	if (at.line)
		warnx("%s:%zu:%zu: %s", file, at.line, at.column, text);
	else
		warnx("%s: %s", file, text);
	free(text);
}

const char *plan_reason(int error)
{
	switch (-error) {
	case EPERM:
		return "it takes the capability CAP_SYS_ADMIN; run it as root";
	case EEXIST:
		return "it is behind another gateway, where a runtime or a pin holds it";
	case ENOSPC:
		return "runtimes and pins hold all slots for remote chips";
	case EAGAIN:
		return "remote chips come into being too fast; try again in 10 seconds";
	case EPROTO:
		return "not as documented";
	default:
		return strerror(-error);
	}
}

/* ---- looking ------------------------------------------------------------------------------- */

bool plan_check_address(const struct tree *tree, const char *file,
			const struct descriptor_chip *chip)
{
	char *name = format("tt%u", (unsigned int)chip->device.value);
	char *text = is_said(&chip->address) ? chip_address(tree, name) : NULL;
	uint64_t address;
	bool ok = true;

	if (text && pci_address_parse(text, &address) && address != chip->address.value) {
		plan_warn(file, chip->address.at, "chip %u is %s, and that is at %s",
			  chip->logical, name, text);
		ok = false;
	}
	free(text);
	free(name);
	return ok;
}

/* The whole die, as the driver knows it; false if that is not how harvesting cuts it up. */
static bool read_die(const struct ttmem_stat *stat, const struct architecture *arch,
		     struct ttmem_geometry *die)
{
	uint64_t cores, l1, banks, dram;

	if (ttmem_stat_u64(stat, "tensix_nominal", &cores) ||
	    ttmem_stat_u64(stat, "l1_nominal", &l1) ||
	    ttmem_stat_u64(stat, "dram_banks_nominal", &banks) ||
	    ttmem_stat_u64(stat, "dram_nominal", &dram))
		return false;
	if (!cores || cores > UINT16_MAX || cores % arch->harvest_units ||
	    l1 / cores > UINT32_MAX || !banks || banks > UINT16_MAX || banks < arch->dram_channels)
		return false;
	*die = (struct ttmem_geometry) {
		.tensix_enabled = cores,
		.l1_core_bytes = l1 / cores,
		.dram_banks_enabled = banks,
		.dram_bank_bytes = dram / banks,
	};
	return true;
}

static bool check_stat(const struct plan *plan, struct target *target,
		       const struct ttmem_stat *stat)
{
	const struct descriptor_chip *chip = target->chip;
	const char *arch = ttmem_stat_str(stat, "arch");
	unsigned int device = chip->device.value;

	if (!arch || architecture_find(arch) != chip->arch) {
		plan_warn(plan->file, chip->at, "chip %u is a %s, but tt%u is %s", chip->logical,
			  chip->arch->name, device, arch ? arch : "not known to the driver");
		return false;
	}
	if (!read_die(stat, chip->arch, &target->die)) {
		warnx("tt%u: mem/stat: %s", device, plan_reason(-EPROTO));
		return false;
	}
	return plan_check_address(plan->tree, plan->file, chip);
}

/*
 * The node is opened before the chip is looked at: if another one takes its place in between, the
 * node does not lead there.
 */
static bool look_at(const struct plan *plan, struct target *target, bool open_node)
{
	const struct descriptor_chip *chip = target->chip;
	char *name = format("tt%u", (unsigned int)chip->device.value);
	struct ttmem_stat *stat;
	int opened = 0, ret;
	bool ok = false;

	if (open_node)
		opened = ttmem_open(&target->handle, chip->device.value);
	ret = ttmem_stat_read(plan->tree->sysfs, name, &stat);
	if (is_gone(ret)) {
		plan_warn(plan->file, chip->device.at, "there is no %s", name);
	} else if (ret) {
		warnx("%s: mem/stat: %s", name, plan_reason(ret));
	} else {
		ok = check_stat(plan, target, stat);
		ttmem_stat_free(stat);
	}
	if (ok && opened) {
		warnx("/dev/ttmem/%s: %s", name, strerror(-opened));
		ok = false;
	}
	free(name);
	return ok;
}

/**
 * plan_make - find the chips of a descriptor in the machine
 * @plan: has @tree and @file; the rest is filled in, to be freed by plan_free() also on failure
 * @descriptor: a descriptor with chips, after descriptor_route(); it outlives the plan
 * @open_nodes: for plan_pin()
 *
 * Return: 0 if each is there and can be what the descriptor says.
 */
int plan_make(struct plan *plan, const struct descriptor *descriptor, bool open_nodes)
{
	struct target *target, *gateway;
	size_t i;

	plan->nr_targets = descriptor->nr_chips;
	plan->targets = calloc(plan->nr_targets, sizeof(*plan->targets));
	if (!plan->targets)
		err(EX_FAILED, NULL);
	for (i = 0; i < plan->nr_targets; i++) {
		target = &plan->targets[i];
		target->chip = &descriptor->chips[i];
		if (is_local(target->chip) && !look_at(plan, target, open_nodes))
			return EX_FAILED;
	}
	for (i = 0; i < plan->nr_targets; i++) {
		target = &plan->targets[i];
		gateway = &plan->targets[target->chip->gateway - descriptor->chips];
		target->handle = gateway->handle;
		target->die = gateway->die;
		descriptor_geometry(target->chip, &target->die, &target->geometry);
	}
	return 0;
}

void plan_free(struct plan *plan)
{
	size_t i;

	/* A remote chip has the node of its gateway. */
	for (i = 0; i < plan->nr_targets; i++)
		if (plan->targets[i].chip && is_local(plan->targets[i].chip))
			ttmem_close(plan->targets[i].handle);
	free(plan->targets);
}

/* ---- pinning ------------------------------------------------------------------------------- */

static unsigned int index_of(const struct target *target)
{
	return is_local(target->chip) ? TTMEM_CHIP_LOCAL : TTMEM_CHIP_REMOTE;
}

/* A remote chip may have any index, or none yet. */
static void remember_pin(struct target *target)
{
	unsigned int chip = is_local(target->chip) ? TTMEM_CHIP_LOCAL : TTMEM_CHIP_LOCAL + 1;
	unsigned int end = is_local(target->chip) ? TTMEM_CHIP_LOCAL + 1 : TTMEM_MAX_CHIPS;
	struct ttmem_query query;

	for (; chip < end && !target->was_pinned; chip++) {
		if (ttmem_query(target->handle, chip, &query, sizeof(query)) ||
		    query.geometry_source != TTMEM_GEOMETRY_PINNED)
			continue;
		target->before = query.declared;
		target->was_pinned = is_local(target->chip) ||
				     query.declared.chip_uid == target->geometry.chip_uid;
	}
}

static void restore_pin(const struct target *target)
{
	int ret;

	if (target->was_pinned)
		ret = ttmem_pin(target->handle, index_of(target), &target->before);
	else
		ret = ttmem_unpin(target->handle, index_of(target), target->geometry.chip_uid);
	/* A chip that has gone has taken its pin along. */
	if (ret && ret != -ENODEV)
		warnx("the pin of chip %u cannot be taken back: %s", target->chip->logical,
		      plan_reason(ret));
}

/**
 * plan_pin - pin all chips of a plan
 * @plan: the plan, with open nodes
 *
 * Return: 0; otherwise all pins are as they were.
 */
int plan_pin(struct plan *plan)
{
	struct target *target;
	size_t i;
	int ret;

	for (i = 0; i < plan->nr_targets; i++) {
		target = &plan->targets[i];
		remember_pin(target);
		ret = ttmem_pin(target->handle, index_of(target), &target->geometry);
		if (!ret)
			continue;
		plan_warn(plan->file, target->chip->at, "chip %u cannot be pinned: %s",
			  target->chip->logical, plan_reason(ret));
		while (i-- > 0)
			restore_pin(&plan->targets[i]);
		return EX_FAILED;
	}
	return 0;
}
