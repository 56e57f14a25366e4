/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chips followed as they change, come and go, without a look at the clock.
 */
#ifndef TTMEM_FOLLOW_H
#define TTMEM_FOLLOW_H

#include "ttmem.h"

/**
 * struct followed - a chip that is followed
 * @name: its name
 * @stat: its figures as they were read last; NULL if they cannot be read
 * @fd: its mem/stat, open; -1 if that cannot be read
 * @error: why @stat is missing or an old one; 0 if it is neither
 * @own: for who follows; NULL at first
 */
struct followed {
	char *name;
	struct ttmem_stat *stat;
	int fd;
	int error;
	void *own;
};

enum follow_event {
	FOLLOW_FOUND,		/* it was there when this began */
	FOLLOW_ADDED,		/* it has come */
	FOLLOW_CHANGED,		/* @before is what its figures were */
	FOLLOW_REMOVED,		/* it has gone, and is freed after this; stat is the last one */
	FOLLOW_FAILED,		/* it is there, but cannot be read: its error tells why */
};

/* FOLLOW_FAILED may come first, or for a chip that was found: it keeps its last figures. */
typedef void follow_fn(void *ctx, enum follow_event event, struct followed *chip,
		       const struct ttmem_stat *before);

/**
 * struct follower - who follows chips
 * @tree: where they are
 * @names: of the chips to follow, ended by NULL; NULL for all that there are and that will come
 * @epoll: readable when something has happened
 * @uevents: say when chips come and go; NULL in a captured tree
 * @chips: followed now, in the order of their numbers
 * @nr: their number
 * @started: those that are found from now on have come
 * @fn: is told what happens
 * @ctx: for @fn
 */
struct follower {
	struct tree *tree;
	char **names;
	int epoll;
	struct uevents *uevents;
	struct followed **chips;
	size_t nr;
	bool started;
	follow_fn *fn;
	void *ctx;
};

/*
 * Says on stderr what is wrong, and returns an exit code. @fn is called from within these functions
 * alone. In a captured tree nothing happens by itself, but follow_refresh() sees what is new.
 */
int follow_start(struct follower *follower, struct tree *tree, int nr_names, char **names,
		 follow_fn *fn, void *ctx);
/* Takes what has happened; does not wait. */
void follow_dispatch(struct follower *follower);
/* Looks at everything again. */
void follow_refresh(struct follower *follower);
void follow_end(struct follower *follower);

#endif /* TTMEM_FOLLOW_H */
