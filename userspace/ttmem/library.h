/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Libraries that few commands need are loaded by those alone: to link them costs as much as all
 * that the others do.
 *
 *	#define FUNCTIONS(F) F(udev_new) F(udev_unref)
 *	static struct { FUNCTIONS(LIBRARY_POINTER) } udev;
 *	static const char *const names[] = { FUNCTIONS(LIBRARY_NAME) };
 *
 *	if (library_load("libudev.so.1", names, ARRAY_SIZE(names), &udev))
 *		udev.udev_unref(udev.udev_new());
 *
 * The header of the library declares what is there; of a variable there is a pointer to it.
 */
#ifndef TTMEM_LIBRARY_H
#define TTMEM_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#define LIBRARY_POINTER(name)	__typeof__(name) *name;
#define LIBRARY_NAME(name)	#name,

/*
 * Fills a structure of pointers to what has these names. Says on stderr what is wrong. The library
 * stays loaded until the program ends.
 */
bool library_load(const char *soname, const char *const *names, size_t nr, void *pointers);

#endif /* TTMEM_LIBRARY_H */
