/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that ttmem builds on, 5.10 and later. No other file asks for
 * the kernel's version.
 */
#ifndef TTMEM_COMPAT_H
#define TTMEM_COMPAT_H

#include <linux/device.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/version.h>

/* The class that a device points to. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define TTMEM_CLASS_CONST const
#else
#define TTMEM_CLASS_CONST
#endif

/* The device that device_type.devnode gets. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define TTMEM_DEVNODE_CONST const
#else
#define TTMEM_DEVNODE_CONST
#endif

/* The type that kobject_init() gets. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define TTMEM_KTYPE_CONST const
#else
#define TTMEM_KTYPE_CONST
#endif

/* What device_find_child() passes on to its match function. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define TTMEM_MATCH_CONST const
#else
#define TTMEM_MATCH_CONST
#endif

/* Not filled with zeros first, where the compiler does that for safety. */
#if __has_attribute(uninitialized)
#define __ttmem_uninitialized __attribute__((uninitialized))
#else
#define __ttmem_uninitialized
#endif

/* For pages that userspace maps: before 5.11 one that is charged to a cgroup must not be. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define TTMEM_GFP_MAPPED GFP_KERNEL_ACCOUNT
#else
#define TTMEM_GFP_MAPPED GFP_KERNEL
#endif

/* Flags of a mapping that is being made. */
static inline void ttmem_vma_set_flags(struct vm_area_struct *vma, unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static inline void vma_set_file(struct vm_area_struct *vma, struct file *file)
{
	get_file(file);
	swap(vma->vm_file, file);
	fput(file);
}
#endif

#endif /* TTMEM_COMPAT_H */
