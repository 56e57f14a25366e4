/* SPDX-License-Identifier: GPL-2.0-only */
/* Does everything read as it has to? Functions return 0 if not, and then why[] says it. */
#ifndef CHECK_H
#define CHECK_H

#include "world.h"

extern char why[512];
extern unsigned long long values_compared;

/* Keeps the first reason; returns 0. */
int differs(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What has gone reads ENODEV, even if it was open. */
int check_departed(void);

/* Snapshots of the chips of a gateway and of their clients. */
int check_gateway(struct gateway *gateway);

/* Every file of every chip, and that nothing else is there. */
int check_everything(void);

#endif /* CHECK_H */
