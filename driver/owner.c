// SPDX-License-Identifier: GPL-2.0-only
/*
 * Speaking for another process. A process whose runtime does not report can be told of by somebody
 * who knows what it holds, a bridge: the figures count as that process's, and end with it.
 *
 * Nothing tells a module that a process has ended, so that is found out when somebody looks at the
 * chip. A show() cannot remove the directory of the client that is dropped then: a work does.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/param.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/time64.h>

#include "client.h"
#include "gateway.h"
#include "owner.h"
#include "seat.h"

/* ---- which process ------------------------------------------------------------------------- */

/*
 * Neither a first thread that has ended before the others nor a zombie tells whether a process is
 * running: the number of its threads does. It is 0 before anybody can have waited for its end.
 */
static bool task_runs(const struct task_struct *task)
{
	return task && atomic_read(&task->signal->live);
}

static bool has_ended(struct pid *pid)
{
	bool runs;

	rcu_read_lock();
	runs = task_runs(pid_task(pid, PIDTYPE_TGID));
	rcu_read_unlock();
	return !runs;
}

/* As /proc/<pid>/stat shows it. */
static u64 start_time_of(const struct task_struct *task)
{
	return div_u64(task->start_boottime, NSEC_PER_SEC / USER_HZ);
}

/* A number alone may be a stranger's by now. */
static bool is_process(struct pid *pid, u64 start_time, kuid_t *uid)
{
	struct task_struct *task;
	bool is;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	is = task_runs(task) && start_time_of(task) == start_time;
	if (is)
		*uid = task_cred_xxx(task, euid);
	rcu_read_unlock();
	return is;
}

static int adopt(struct ttmem_client *client, const struct ttmem_owner *owner)
{
	struct pid *pid = find_get_pid(owner->pid);

	if (!pid)
		return -ESRCH;
	if (!is_process(pid, owner->start_time, &client->owner_uid)) {
		put_pid(pid);
		return -ESRCH;
	}
	put_pid(client->owner);
	client->owner = pid;
	client->bridge = true;
	return 0;
}

/**
 * ttmem_client_set_owner - let a client speak for another process
 * @client: one that has said nothing yet
 * @owner: the process
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative errno, see linux/ttmem.h; then nothing has changed.
 */
int ttmem_client_set_owner(struct ttmem_client *client, const struct ttmem_owner *owner)
{
	int ret;

	if (owner->pid <= 0)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = ttmem_gateway_enter(client->gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	ret = client->bridge || client->id ? -EBUSY : adopt(client, owner);
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(client->gateway);
	return ret;
}

/* ---- what it says -------------------------------------------------------------------------- */

/* Does another client report on the same process, or is it that process itself? */
static bool is_reported(const struct ttmem_client *client, const struct ttmem_chip *chip)
{
	const struct ttmem_account *account;
	const struct ttmem_client *other;

	list_for_each_entry(account, &chip->ledger.accounts, node) {
		other = container_of(account, struct ttmem_seat, account)->client;
		if (other != client && other->owner == client->owner && account->reported)
			return true;
	}
	return false;
}

/* Under the lock of the books. Whoever was in the way may have gone. */
static bool may_return(struct ttmem_seat *seat)
{
	return seat && seat->left && !is_reported(seat->client, seat->chip);
}

/**
 * ttmem_bridge_begin - for ttmem_owner_begin()
 * @client: a client that speaks for another process
 *
 * Where the client was dropped and may speak again it begins anew, as if it had said nothing.
 *
 * Context: under the client's lock; may sleep.
 *
 * Return: 0, or -ESRCH if the process has ended.
 */
int ttmem_bridge_begin(struct ttmem_client *client)
{
	struct ttmem_gateway *gateway = client->gateway;
	struct ttmem_seat *seat;
	bool anew = false;
	u32 index;

	if (has_ended(client->owner))
		return -ESRCH;
	spin_lock(&gateway->books_lock);
	for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
		seat = client->seats[index];
		if (!may_return(seat))
			continue;
		list_del_init(&seat->bridged);
		seat->account.joined = false;
		anew = true;
	}
	spin_unlock(&gateway->books_lock);
	if (!anew)
		return 0;
	mutex_lock(&gateway->members_lock);
	ttmem_client_forget(client);
	mutex_unlock(&gateway->members_lock);
	return 0;
}

/**
 * ttmem_bridge_check - for ttmem_owner_check()
 * @client: a client that speaks for another process
 * @chip: the chip
 *
 * Context: under the client's lock and &ttmem_gateway.books_lock.
 *
 * Return: 0, -EEXIST or -ESRCH.
 */
int ttmem_bridge_check(struct ttmem_client *client, struct ttmem_chip *chip)
{
	const struct ttmem_seat *seat = client->seats[chip->index];

	if (has_ended(client->owner))
		return -ESRCH;
	return (seat && seat->left) || is_reported(client, chip) ? -EEXIST : 0;
}

/* ---- what is dropped ----------------------------------------------------------------------- */

/* A process that speaks for itself is the one to be believed. */
static bool is_superseded(const struct ttmem_seat *seat, const struct ttmem_seat *reporter)
{
	return reporter && !reporter->client->bridge &&
	       reporter->client->owner == seat->client->owner;
}

static void drop(struct ttmem_seat *seat)
{
	struct ttmem_gateway *gateway = seat->chip->gateway;

	ttmem_client_leave(seat);
	/* With its chip, the directory is gone, too, and nobody waits for the work any more. */
	if (seat->chip->gone)
		return;
	list_add_tail(&seat->bridged, &gateway->dropped);
	schedule_work(&gateway->hide_dropped);
}

/**
 * ttmem_chip_drop_bridged - for ttmem_chip_drop_ended()
 * @chip: the chip
 * @reporter: the seat whose client is about to report, NULL if none is
 *
 * Context: under &ttmem_gateway.books_lock.
 */
void ttmem_chip_drop_bridged(struct ttmem_chip *chip, const struct ttmem_seat *reporter)
{
	struct ttmem_seat *seat, *next;

	list_for_each_entry_safe(seat, next, &chip->bridged, bridged)
		if (seat != reporter &&
		    (is_superseded(seat, reporter) || has_ended(seat->client->owner)))
			drop(seat);
}

static struct ttmem_seat *take_dropped(struct ttmem_gateway *gateway)
{
	struct ttmem_seat *seat;

	spin_lock(&gateway->books_lock);
	seat = list_first_entry_or_null(&gateway->dropped, struct ttmem_seat, bridged);
	if (seat)
		list_del_init(&seat->bridged);
	spin_unlock(&gateway->books_lock);
	return seat;
}

/* No seat is freed meanwhile: whoever does that takes the same lock to hide it first. */
static void hide_dropped(struct work_struct *work)
{
	struct ttmem_gateway *gateway = container_of(work, struct ttmem_gateway, hide_dropped);
	struct ttmem_seat *seat;

	mutex_lock(&gateway->members_lock);
	while ((seat = take_dropped(gateway)))
		ttmem_seat_hide(seat);
	mutex_unlock(&gateway->members_lock);
}

/**
 * ttmem_owner_init - get ready for bridges to a gateway
 * @gateway: one that nobody can use yet
 */
void ttmem_owner_init(struct ttmem_gateway *gateway)
{
	INIT_LIST_HEAD(&gateway->dropped);
	INIT_WORK(&gateway->hide_dropped, hide_dropped);
}
