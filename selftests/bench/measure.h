/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an operation costs.
 *
 * In a virtual machine that counts instructions (QEMU's -icount shift=0 makes its clock one) the
 * unit is one instruction of the guest, in user space and in the kernel, and the same program gives
 * the same figure on any host. Elsewhere it is a nanosecond.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>

/* What is done again and again: one operation, or as many as `measure_n` is told. */
typedef void (*operation_fn)(void *argument);

uint64_t ticks(void);
double measure(operation_fn operation, void *argument);
double measure_n(operation_fn operation, void *argument, unsigned int operations);
double measure_mean(operation_fn operation, void *argument);
double measure_after(operation_fn before, operation_fn operation, void *argument);
void result(const char *name, double value);
void fail(const char *what) __attribute__((noreturn));

/* Keeps the compiler from seeing through a loop. */
static inline void barrier(void)
{
	asm volatile("" : : : "memory");
}

#endif /* MEASURE_H */
