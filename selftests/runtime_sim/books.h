/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BOOKS_H
#define BOOKS_H

#include <stdio.h>

#include "device.h"

void books_print(FILE *out, unsigned int number, const struct chip *chip);

#endif /* BOOKS_H */
