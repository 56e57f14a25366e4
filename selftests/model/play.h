/* SPDX-License-Identifier: GPL-2.0-only */
/* Does a step, in the machine and in the model. Functions return 0 if the two differ. */
#ifndef PLAY_H
#define PLAY_H

#include "rules.h"
#include "step.h"

extern unsigned long steps_done[STEP_KINDS], steps_refused[STEP_KINDS];

/* Everything begins anew. */
int play_begin(void);
int play_step(const struct step *step);
int play_end(void);

/* ---- for the parts of it -------------------------------------------------------------------- */

/* The process of an actor, or NULL if there is no such number. */
struct process *actor_of(__u64 actor);

/* The file in a slot; NULL if none is open there. */
struct client *file_of(const struct step *step);

/* Is an answer one of those that there can be? Counts it if the call was refused. */
int answered(const struct step *step, int ret, __u32 faults);

/* A call on the file of a step. */
int call_ioctl(const struct step *step, unsigned long command, void *argument, size_t size);
/* What any call is refused for. */
__u32 call_faults(const struct client *client, int writes);
/* Its answer; if it was refused, that is all that it changes. */
int call_answered(const struct step *step, struct client *client, int ret, __u32 faults);
/* A client that may be new has a number that nobody had before. */
int call_learn_id(const struct step *step, struct client *client);

int play_query(const struct step *step);
int play_declare(const struct step *step);
int play_report(const struct step *step);
int play_failure(const struct step *step);
int play_look(const struct step *step);
int play_bad(const struct step *step);
int play_map(const struct step *step);
int play_unmap(const struct step *step);
int play_put(const struct step *step);
int play_poke(const struct step *step);
int play_reset(const struct step *step);

#endif /* PLAY_H */
