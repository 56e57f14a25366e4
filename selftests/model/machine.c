// SPDX-License-Identifier: GPL-2.0-only
#include <sys/stat.h>

#include "../ttmem_test.h"
#include "machine.h"
#include "world.h"

/* The same as arches[]. */
#define CHIPS	"chips=wormhole,blackhole,wormhole,unknown"

static const char * const modules[KERNEL_MODULES] = { "ttmem", "tenstorrent" };

static const char *bdf(unsigned int function)
{
	static char name[16];

	snprintf(name, sizeof(name), "1e52:00:%02x.0", function);
	return name;
}

static int unload_if_loaded(const char *name)
{
	int ret = module_unload(name);

	return ret == -ENOENT ? 0 : ret;
}

int machine_begin(void)
{
	int ret = unload_if_loaded("ttmem");

	if (!ret)
		ret = unload_if_loaded("tenstorrent");
	if (!ret)
		ret = unload_if_loaded("ttsim_pci");
	if (!ret)
		ret = module_load("ttsim_pci", CHIPS);
	if (!ret)
		ret = module_load("tenstorrent", "");
	if (!ret)
		ret = module_load("ttmem", "");
	machine_open_nodes();
	return ret;
}

int machine_unload(unsigned int module)
{
	return module_unload(modules[module]);
}

int machine_load(unsigned int module)
{
	return module_load(modules[module], "");
}

int machine_unbind(unsigned int function)
{
	return kmd_unbind(bdf(function));
}

int machine_bind(unsigned int function)
{
	return kmd_bind(bdf(function));
}

int machine_remove(unsigned int function)
{
	return pci_remove(bdf(function));
}

int machine_rescan(void)
{
	return pci_rescan();
}

void machine_open_nodes(void)
{
	char path[32];
	int i;

	for (i = 0; i < FUNCTIONS; i++) {
		snprintf(path, sizeof(path), "/dev/ttmem/tt%d", i);
		chmod(path, 0666);
	}
}
