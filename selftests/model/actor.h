/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Actors: processes that do what they are told, since open files, mappings and pids belong to
 * processes. Functions return a negative errno on failure; an actor that is not there any more ends
 * the test.
 */
#ifndef ACTOR_H
#define ACTOR_H

#include <stddef.h>
#include <sys/types.h>
#include <linux/ttmem.h>

/* Before anything else. */
void actors_begin(void);

/* A new process in the place of an actor; returns its pid. */
pid_t actor_spawn(unsigned int actor, unsigned int uid);
void actor_kill(unsigned int actor);
/* A child of one actor in the place of another one. */
pid_t actor_fork(unsigned int actor, unsigned int child);

/* These return the number of the file. */
int actor_open(unsigned int actor, unsigned int slot, unsigned int ordinal, int writable);
int actor_dup(unsigned int actor, unsigned int slot, unsigned int to);

int actor_close(unsigned int actor, unsigned int slot);

/* The argument is copied to the actor and back. NULL: an address where nothing is. */
int actor_ioctl(unsigned int actor, unsigned int slot, unsigned long command, void *argument,
		size_t size);

int actor_map(unsigned int actor, unsigned int slot, unsigned int map, __u32 chip,
	      unsigned int pages, int shared);
int actor_unmap(unsigned int actor, unsigned int map);
int actor_put(unsigned int actor, unsigned int map, int pool, __u64 allocated, __u64 largest_free);
int actor_poke(unsigned int actor, unsigned int map, int pool, unsigned int word, __u64 value);
int actor_reset(unsigned int actor, unsigned int map, int pool);

#endif /* ACTOR_H */
