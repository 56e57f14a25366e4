/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's own has, and that of tools/include lacks. */
#ifndef TTMEM_PURE_LINUX_KERNEL_H
#define TTMEM_PURE_LINUX_KERNEL_H

#include_next <linux/kernel.h>
#include <stdint.h>

#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define S64_MAX		INT64_MAX

/* As in the kernel's linux/compiler.h. */
#ifndef OPTIMIZER_HIDE_VAR
#define OPTIMIZER_HIDE_VAR(var)	__asm__("" : "=r" (var) : "0" (var))
#endif

#endif /* TTMEM_PURE_LINUX_KERNEL_H */
