// SPDX-License-Identifier: GPL-2.0-only
/*
 * Libraries that are loaded when they are needed.
 */
#include <dlfcn.h>
#include <err.h>
#include <string.h>

#include "library.h"

bool library_load(const char *soname, const char *const *names, size_t nr, void *pointers)
{
	void *handle, *symbol;
	size_t i;

	handle = dlopen(soname, RTLD_NOW);
	for (i = 0; handle && i < nr; i++) {
		symbol = dlsym(handle, names[i]);
		if (!symbol)
			break;
		memcpy((char *)pointers + i * sizeof(symbol), &symbol, sizeof(symbol));
	}
	if (handle && i == nr)
		return true;
	warnx("%s", dlerror());
	return false;
}
