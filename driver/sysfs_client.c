// SPDX-License-Identifier: GPL-2.0-only
/*
 * clients/<id>/: who a client is and what it holds of one chip.
 */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sysfs.h>
#include <linux/user_namespace.h>

#include "client.h"
#include "emit.h"
#include "gateway.h"
#include "page.h"
#include "seat.h"

/**
 * ttmem_pid_shown - a process's number as the reader knows it
 * @pid: the process, or NULL
 *
 * Return: its number in the reader's pid namespace; 0 if it is not visible there, or if the process
 * is no longer there: by then its number may be a stranger's.
 */
pid_t ttmem_pid_shown(struct pid *pid)
{
	bool alive;

	rcu_read_lock();
	alive = pid && pid_task(pid, PIDTYPE_TGID);
	rcu_read_unlock();
	return alive ? pid_nr_ns(pid, task_active_pid_ns(current)) : 0;
}

static struct ttmem_seat *to_seat(struct kobject *kobj)
{
	return container_of(kobj, struct ttmem_seat, kobj);
}

static ssize_t pid_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return ttmem_emit_number(buf, ttmem_pid_shown(to_seat(kobj)->client->owner));
}

static uid_t uid_shown(const struct ttmem_seat *seat)
{
	return from_kuid_munged(current_user_ns(), seat->client->owner_uid);
}

static ssize_t uid_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return ttmem_emit_number(buf, uid_shown(to_seat(kobj)));
}

/* Who says what the client holds. */
static const char *source(const struct ttmem_seat *seat)
{
	return seat->client->bridge ? "bridge" : "self";
}

static ssize_t source_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", source(to_seat(kobj)));
}

static struct kobj_attribute pid_attr = __ATTR_RO(pid);
static struct kobj_attribute uid_attr = __ATTR_RO(uid);
static struct kobj_attribute source_attr = __ATTR_RO(source);

/* ---- <pool>_used --------------------------------------------------------------------------- */

struct ttmem_used_attr {
	struct kobj_attribute attr;
	char name[32];
};

static struct ttmem_used_attr used_attrs[TTMEM_NR_POOLS];

static ssize_t used_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	int pool = container_of(attr, struct ttmem_used_attr, attr) - used_attrs;
	struct ttmem_seat *seat = to_seat(kobj);
	bool left;
	u64 used;

	ttmem_chip_begin_look(seat->chip);
	used = seat->account.pools[pool].held.used;
	left = seat->left;
	ttmem_chip_end_look(seat->chip);
	return left ? -ENODEV : ttmem_emit_number(buf, used);
}

/* ---- stat ---------------------------------------------------------------------------------- */

struct ttmem_seat_snapshot {
	struct ttmem_geometry geometry;
	struct ttmem_account_pool pools[TTMEM_NR_POOLS];
	u64 updated_ns;
	bool declared;
};

/* Returns false if the client is about to be seen no more. */
static bool take_snapshot(const struct ttmem_seat *seat, struct ttmem_seat_snapshot *snapshot)
{
	const struct ttmem_account *account = &seat->account;
	bool left;

	ttmem_chip_begin_look(seat->chip);
	memcpy(snapshot->pools, account->pools, sizeof(snapshot->pools));
	snapshot->geometry = account->geometry;
	snapshot->declared = account->declared;
	snapshot->updated_ns = account->updated_ns;
	left = seat->left;
	ttmem_chip_end_look(seat->chip);
	return !left;
}

static void emit_figure(struct seq_file *m, const char *pool, const char *figure, u64 value)
{
	seq_puts(m, pool);
	ttmem_emit_line(m, figure, value);
}

static void emit_pool(struct seq_file *m, const char *name, const struct ttmem_account_pool *own)
{
	emit_figure(m, name, "_used", own->held.used);
	emit_figure(m, name, "_peak", own->peak);
	if (own->shape.sized) {
		emit_figure(m, name, "_allocatable", own->shape.region);
		emit_figure(m, name, "_largest_free", own->held.largest_free);
		emit_figure(m, name, "_banks", own->shape.banks);
	}
}

/* The client's own word, which the chip may not agree with. */
static void emit_geometry(struct seq_file *m, const struct ttmem_geometry *geometry)
{
	ttmem_emit_line(m, "l1_total", ttmem_geometry_capacity(geometry, TTMEM_MEMORY_L1));
	ttmem_emit_line(m, "dram_total", ttmem_geometry_capacity(geometry, TTMEM_MEMORY_DRAM));
	ttmem_emit_line(m, "tensix_enabled", geometry->tensix_enabled);
	seq_printf(m, "tensix_harvest_mask 0x%x\n", geometry->tensix_harvest_mask);
	ttmem_emit_line(m, "dram_banks_enabled", geometry->dram_banks_enabled);
	if (geometry->chip_uid)
		seq_printf(m, "chip_uid 0x%016llx\n", geometry->chip_uid);
}

static ssize_t stat_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct ttmem_seat *seat = to_seat(kobj);
	struct seq_file m = TTMEM_EMIT_TO(buf);
	struct ttmem_seat_snapshot snapshot;
	int pool;

	if (!take_snapshot(seat, &snapshot))
		return -ENODEV;
	ttmem_emit_line(&m, "pid", ttmem_pid_shown(seat->client->owner));
	ttmem_emit_line(&m, "uid", uid_shown(seat));
	seq_printf(&m, "source %s\n", source(seat));
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		emit_pool(&m, ttmem_pools[pool].name, &snapshot.pools[pool]);
	if (snapshot.declared)
		emit_geometry(&m, &snapshot.geometry);
	if (snapshot.updated_ns)
		ttmem_emit_line(&m, "updated_ns", snapshot.updated_ns);
	return m.count;
}

static struct kobj_attribute stat_attr = __ATTR_RO(stat);

/* ---- the group ----------------------------------------------------------------------------- */

static struct attribute *seat_attrs[TTMEM_NR_POOLS + 5] = {
	&pid_attr.attr,
	&uid_attr.attr,
	&source_attr.attr,
	&stat_attr.attr,
};

static const struct attribute_group seat_group = {
	.attrs = seat_attrs,
};

const struct attribute_group *ttmem_seat_groups[] = {
	&seat_group,
	NULL,
};

/**
 * ttmem_sysfs_client_init - fill clients/<id>/ from the table of pools
 *
 * Context: once, before the first client.
 */
void __init ttmem_sysfs_client_init(void)
{
	struct ttmem_used_attr *used;
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		used = &used_attrs[pool];
		snprintf(used->name, sizeof(used->name), "%s_used", ttmem_pools[pool].name);
		used->attr.attr.name = used->name;
		used->attr.attr.mode = 0444;
		used->attr.show = used_show;
		seat_attrs[4 + pool] = &used->attr.attr;
	}
}
