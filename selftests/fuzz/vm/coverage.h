/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of the module this thread has run, by the kernel's KCOV.
 */
#ifndef FUZZ_COVERAGE_H
#define FUZZ_COVERAGE_H

#include <stdbool.h>

void coverage_open(void);
void coverage_begin(void);
void coverage_end(void);
bool coverage_is_new(void);
void coverage_forget(void);
unsigned int coverage_edges(void);

#endif /* FUZZ_COVERAGE_H */
