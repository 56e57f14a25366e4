/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels that the stand-in for tt-kmd is built on. */
#ifndef KMD_SIM_COMPAT_H
#define KMD_SIM_COMPAT_H

#include <linux/version.h>

/* What callbacks of a class get, all of them since 6.4. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define TT_CONST const
#else
#define TT_CONST
#endif

/* What class.namespace returns: the namespace itself, in 7.2 what namespaces of all kinds have. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define TT_NAMESPACE const struct ns_common
#define tt_namespace_of(net) (&(net)->ns)
#else
#define TT_NAMESPACE const void
#define tt_namespace_of(net) (net)
#endif

#endif
