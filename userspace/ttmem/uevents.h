/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's uevents of chips. All of a chip is in sysfs before its event, so there is nothing
 * for udevd to do first, and there is none in a container.
 */
#ifndef TTMEM_UEVENTS_H
#define TTMEM_UEVENTS_H

#include <stdbool.h>

struct uevents;

/* NULL if they cannot be heard; says on stderr why. */
struct uevents *uevents_open(void);
/* Readable when there are some. */
int uevents_fd(struct uevents *uevents);
/*
 * Takes all that there are. Returns whether a chip may have come or gone, which is more than that
 * one has changed.
 */
bool uevents_take(struct uevents *uevents);
void uevents_close(struct uevents *uevents);

#endif /* TTMEM_UEVENTS_H */
