/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the library share, and nobody else sees.
 */
#ifndef LIBTTMEM_INTERNAL_H
#define LIBTTMEM_INTERNAL_H

#include <stdbool.h>

/* All else is built with hidden visibility, so that the static archive pollutes no namespace. */
#define TTMEM_EXPORT	__attribute__((visibility("default")))

/**
 * struct ttmem_sysfs - a sysfs tree to read from
 * @class_fd: the directory of tt-kmd's class; everything is opened relative to it
 */
struct ttmem_sysfs {
	int class_fd;
};

bool ttmem_is_chip_name(const char *name);

#endif /* LIBTTMEM_INTERNAL_H */
