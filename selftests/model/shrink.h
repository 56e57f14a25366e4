/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHRINK_H
#define SHRINK_H

#include "step.h"

/*
 * Takes away what a script does not need to fail: halves, quarters and so on, at last single steps,
 * each time from a new beginning. Returns 0 if it does not fail again.
 */
int shrink(struct script *script);

#endif /* SHRINK_H */
