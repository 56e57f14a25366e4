/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client: one open file of a chip's node. What it declares and reports ends with it.
 */
#ifndef TTMEM_CLIENT_H
#define TTMEM_CLIENT_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/ttmem.h>

struct pid;
struct seq_file;
struct ttmem_chip;
struct ttmem_gateway;
struct ttmem_seat;

/**
 * struct ttmem_client - one open file
 * @gateway: whose node it is; holds a reference
 * @lock: serialises the calls on this file: what follows, and what is staged in accounts
 * @seats: its places, by index of the chip; NULL where it has said nothing yet
 * @id: its number, unique while the module is loaded; 0 before its first word
 * @uid: who opened it, and whose limits it counts for
 * @owner: the process that it speaks for: the one that opened it, or that TTMEM_OWNER named; it
 *	may have gone since
 * @owner_uid: the user whose process that is
 * @bridge: it speaks for another process; like the two before, as it is from the first word on
 * @routine: it speaks for itself and is a client of the local chip, so that there is nothing to a
 *	report but its figures
 */
struct ttmem_client {
	struct ttmem_gateway *gateway;
	struct mutex lock;	/* serialises calls: see above */
	struct ttmem_seat *seats[TTMEM_MAX_CHIPS];
	u64 id;
	kuid_t uid;
	struct pid *owner;
	kuid_t owner_uid;
	bool bridge;
	bool routine;
};

struct ttmem_client *ttmem_client_create(struct ttmem_gateway *gateway);
void ttmem_client_destroy(struct ttmem_client *client);

struct ttmem_seat *ttmem_client_seat(struct ttmem_client *client, struct ttmem_chip *chip);
int ttmem_client_admit(struct ttmem_client *client);
int ttmem_client_show(struct ttmem_client *client, unsigned int chips);
void ttmem_client_forget(struct ttmem_client *client);
void ttmem_client_join(struct ttmem_seat *seat);
void ttmem_client_leave(struct ttmem_seat *seat);

/* declare.c */
int ttmem_client_query(struct ttmem_client *client, struct ttmem_query *query);
int ttmem_client_declare(struct ttmem_client *client, struct ttmem_declare *declare);

/* report.c */
int ttmem_client_report(struct ttmem_client *client, const struct ttmem_report_entry *entries,
			unsigned int nr_entries);
int ttmem_client_fail(struct ttmem_client *client, const struct ttmem_failure *failure);

/* sysfs_client.c */
extern const struct attribute_group *ttmem_seat_groups[];
void ttmem_sysfs_client_init(void);
pid_t ttmem_pid_shown(struct pid *pid);

/* fdinfo.c */
void ttmem_client_fdinfo(struct ttmem_client *client, struct seq_file *m);

#endif /* TTMEM_CLIENT_H */
