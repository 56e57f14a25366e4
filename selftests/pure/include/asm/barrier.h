/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The barriers of the kernel's tools. Where one keeps two reads in order, another processor may
 * come in between: a test that wants to see what happens then has a pure_meanwhile().
 */
#ifndef TTMEM_PURE_ASM_BARRIER_H
#define TTMEM_PURE_ASM_BARRIER_H

#include_next <asm/barrier.h>

void pure_meanwhile(void) __attribute__((weak));

#undef smp_rmb
/* On x86 the tools' own is an order of the compiler's alone; so is a call. */
#define smp_rmb()				\
	do {					\
		if (pure_meanwhile)		\
			pure_meanwhile();	\
	} while (0)

#endif /* TTMEM_PURE_ASM_BARRIER_H */
