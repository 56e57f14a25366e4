/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that ttmem builds on, 5.10 and later. No other file asks for the
 * kernel's version.
 */
#ifndef TTMEM_COMPAT_H
#define TTMEM_COMPAT_H

#include <linux/device.h>
#include <linux/version.h>

/* A class, once registered, is constant since 6.4; before, a device points to one that is not. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
typedef const struct class ttmem_class;
#else
typedef struct class ttmem_class;
#endif

/* The device that device_type.devnode gets, and what device_find_child() passes to its match. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
typedef const struct device ttmem_devnode_device;
#else
typedef struct device ttmem_devnode_device;
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
typedef const void ttmem_match_data;
#else
typedef void ttmem_match_data;
#endif

#endif /* TTMEM_COMPAT_H */
