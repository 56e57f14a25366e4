// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem: memory accounting for Tenstorrent chips, beside tt-kmd.
 *
 * Load, unload, and the order of things: chips can be made before tt-kmd is followed, and the
 * memory of each is free before the module goes.
 */
#include <linux/module.h>

#include "attach.h"
#include "gateway.h"

static int __init ttmem_init(void)
{
	int ret;

	ret = ttmem_gateways_init();
	if (ret)
		return ret;
	ret = ttmem_attach_init();
	if (ret)
		ttmem_gateways_exit();
	return ret;
}

static void __exit ttmem_exit(void)
{
	ttmem_attach_exit();
	ttmem_gateways_exit();
}

module_init(ttmem_init);
module_exit(ttmem_exit);

MODULE_DESCRIPTION("Memory accounting for Tenstorrent chips");
MODULE_AUTHOR("The ttmem developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(TTMEM_VERSION);
MODULE_SOFTDEP("pre: tenstorrent");
