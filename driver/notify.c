// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waking pollers is not free: on some kernels each wake-up takes a lock of all of sysfs. So a chip
 * that changes is put on a list, and one flush for all chips runs 10 ms after the first change. The
 * last change is never missed: a chip is taken off the list before anybody is woken, and a change
 * after that puts it there again. Nothing runs while nothing changes, and what runs here looks at
 * no ledger page: that is for those who want to know.
 *
 * Uevents wake udevd, so they are rarer still: only what events.h calls an event, and at most one
 * batch a second for each chip. What comes too early is sent later, not dropped.
 */
#include <linux/jiffies.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

#include "gateway.h"
#include "notify.h"

#define FLUSH_DELAY	msecs_to_jiffies(10)
#define UEVENT_INTERVAL	HZ

static void flush(struct work_struct *work);

/* Covers the lists of chips that have changed, that of a flush included. A leaf. */
static DEFINE_SPINLOCK(dirty_lock);
static LIST_HEAD(dirty_chips);
static DECLARE_DELAYED_WORK(flush_dirty_work, flush);

/* Held while a flush works on a chip, so that to stop a chip's notifier is to wait for it. */
static DEFINE_MUTEX(flush_mutex);

static struct ttmem_chip *take_dirty(struct list_head *chips)
{
	struct ttmem_notifier *notifier;

	spin_lock(&dirty_lock);
	notifier = list_first_entry_or_null(chips, struct ttmem_notifier, node);
	if (notifier) {
		list_del_init(&notifier->node);
		clear_bit(0, &notifier->dirty);
		/* From here on a change counts as a new one: before any figure is read. */
		smp_mb__after_atomic();
	}
	spin_unlock(&dirty_lock);
	return notifier ? container_of(notifier, struct ttmem_chip, notifier) : NULL;
}

static void schedule_uevents(struct ttmem_chip *chip)
{
	struct ttmem_notifier *notifier = &chip->notifier;
	unsigned long now = jiffies, next = READ_ONCE(notifier->next_uevents);
	bool pending;

	spin_lock(&chip->gateway->books_lock);
	pending = ttmem_events_pending(&chip->ledger, &notifier->told);
	spin_unlock(&chip->gateway->books_lock);
	if (pending)
		schedule_delayed_work(&notifier->uevents,
				      time_before(now, next) ? next - now : 0);
}

static void flush(struct work_struct *work)
{
	struct ttmem_chip *chip;
	LIST_HEAD(chips);

	mutex_lock(&flush_mutex);
	/* A chip that changes again meanwhile waits for the next flush. */
	spin_lock(&dirty_lock);
	list_splice_init(&dirty_chips, &chips);
	spin_unlock(&dirty_lock);
	while ((chip = take_dirty(&chips))) {
		sysfs_notify_dirent(chip->notifier.stat);
		schedule_uevents(chip);
	}
	mutex_unlock(&flush_mutex);
}

/* ---- uevents ------------------------------------------------------------------------------- */

static void send_uevent(struct ttmem_chip *chip, const struct ttmem_event *event)
{
	static const char * const kinds[] = {
		[TTMEM_EVENT_HIGH] = "high",
		[TTMEM_EVENT_NORMAL] = "normal",
		[TTMEM_EVENT_ALLOC_FAILED] = "alloc_failed",
		[TTMEM_EVENT_CAPACITY] = "capacity",
		[TTMEM_EVENT_MISMATCH] = "mismatch",
	};
	char kind[32], pool[32], used[32], total[32];
	char *variables[5] = { kind };

	snprintf(kind, sizeof(kind), "TTMEM_EVENT=%s", kinds[event->kind]);
	if (event->kind != TTMEM_EVENT_MISMATCH) {
		snprintf(pool, sizeof(pool), "TTMEM_POOL=%s", ttmem_pools[event->pool].name);
		snprintf(used, sizeof(used), "TTMEM_USED=%llu", event->used);
		variables[1] = pool;
		variables[2] = used;
	}
	if (event->total_known) {
		snprintf(total, sizeof(total), "TTMEM_TOTAL=%llu", event->total);
		variables[3] = total;
	}
	kobject_uevent_env(&chip->dev.kobj, KOBJ_CHANGE, variables);
}

static void send_uevents(struct work_struct *work)
{
	struct ttmem_chip *chip = container_of(to_delayed_work(work), struct ttmem_chip,
					       notifier.uevents);
	struct ttmem_event *events;
	unsigned int i, number;

	WRITE_ONCE(chip->notifier.next_uevents, jiffies + UEVENT_INTERVAL);
	events = kcalloc(TTMEM_MAX_EVENTS, sizeof(*events), GFP_KERNEL);
	if (!events) {
		schedule_delayed_work(&chip->notifier.uevents, UEVENT_INTERVAL);
		return;
	}
	spin_lock(&chip->gateway->books_lock);
	number = ttmem_events_take(&chip->ledger, &chip->notifier.told, events);
	spin_unlock(&chip->gateway->books_lock);
	for (i = 0; i < number; i++)
		send_uevent(chip, &events[i]);
	kfree(events);
}

/* ---- a chip's notifier --------------------------------------------------------------------- */

/**
 * ttmem_notifier_init - a notifier that has not started
 * @notifier: to initialise; ttmem_notifier_stop() may follow at once
 */
void ttmem_notifier_init(struct ttmem_notifier *notifier)
{
	INIT_LIST_HEAD(&notifier->node);
	INIT_DELAYED_WORK(&notifier->uevents, send_uevents);
	notifier->next_uevents = jiffies;
	notifier->stopped = true;
}

/**
 * ttmem_notifier_start - let changes of a chip be told
 * @chip: a chip whose attributes are there
 *
 * Context: may sleep.
 *
 * Return: 0, or -ENOENT if the attributes are gone already.
 */
int ttmem_notifier_start(struct ttmem_chip *chip)
{
	struct ttmem_notifier *notifier = &chip->notifier;
	struct kernfs_node *mem = sysfs_get_dirent(chip->dev.kobj.sd, "mem");

	if (!mem)
		return -ENOENT;
	notifier->stat = sysfs_get_dirent(mem, "stat");
	sysfs_put(mem);
	if (!notifier->stat)
		return -ENOENT;
	spin_lock(&dirty_lock);
	notifier->stopped = false;
	spin_unlock(&dirty_lock);
	return 0;
}

/**
 * ttmem_notifier_stop - wake who waits for a chip, for the last time
 * @chip: a chip that is going: reads of its attributes fail already
 *
 * Context: may sleep; before the device is removed.
 */
void ttmem_notifier_stop(struct ttmem_chip *chip)
{
	struct ttmem_notifier *notifier = &chip->notifier;

	spin_lock(&dirty_lock);
	notifier->stopped = true;
	list_del_init(&notifier->node);
	spin_unlock(&dirty_lock);
	mutex_lock(&flush_mutex);
	mutex_unlock(&flush_mutex);
	cancel_delayed_work_sync(&notifier->uevents);

	if (notifier->stat) {
		sysfs_notify_dirent(notifier->stat);
		sysfs_put(notifier->stat);
		notifier->stat = NULL;
	}
}

/**
 * ttmem_notify - a chip's figures have changed
 * @chip: the chip; its books have been updated already. Nothing happens if it has gone.
 *
 * Context: any but interrupts; under &ttmem_gateway.books_lock or not.
 */
void ttmem_notify(struct ttmem_chip *chip)
{
	struct ttmem_notifier *notifier = &chip->notifier;
	bool queue = false;

	/* The books before the bit: until 6.0 one that is set orders nothing on arm64. */
	smp_mb__before_atomic();
	if (test_and_set_bit(0, &notifier->dirty))
		return;
	spin_lock(&dirty_lock);
	if (!notifier->stopped) {
		queue = list_empty(&dirty_chips);
		list_add_tail(&notifier->node, &dirty_chips);
	}
	spin_unlock(&dirty_lock);
	if (queue)
		schedule_delayed_work(&flush_dirty_work, FLUSH_DELAY);
}

/**
 * ttmem_notify_events - a chip's figures have changed, but only events are worth telling
 * @chip: the chip
 *
 * Context: under &ttmem_gateway.books_lock.
 */
void ttmem_notify_events(struct ttmem_chip *chip)
{
	if (ttmem_events_pending(&chip->ledger, &chip->notifier.told) &&
	    !delayed_work_pending(&chip->notifier.uevents))
		ttmem_notify(chip);
}

/**
 * ttmem_notify_exit - wait until no flush runs
 *
 * Context: no chip is published any more.
 */
void ttmem_notify_exit(void)
{
	cancel_delayed_work_sync(&flush_dirty_work);
}
