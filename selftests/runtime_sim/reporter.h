/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The runtime's end of ttmem. Reporting is a courtesy to others: whatever goes wrong here is said
 * in one line on stderr, and the runtime goes on.
 */
#ifndef REPORTER_H
#define REPORTER_H

#include "device.h"

void reporter_attach(struct chip *chip);
void reporter_report(struct chip *chip);
void reporter_detach(struct chip *chip);

#endif /* REPORTER_H */
