// SPDX-License-Identifier: GPL-2.0-only
/* Names of chips: libttmem takes for one what the expression in its comment does. */
#include <regex.h>
#include <string.h>

#include "input.h"
#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static regex_t chip;
	static int compiled;
	char *name;

	if (!compiled) {
		CHECK(!regcomp(&chip, "^tt[0-9]+(r[1-9][0-9]*)?$", REG_EXTENDED | REG_NOSUB));
		compiled = 1;
	}
	name = strndup((const char *)data, size);
	CHECK(name);
	CHECK(ttmem_is_chip_name(name) == !regexec(&chip, name, 0, NULL, 0));
	free(name);
	return 0;
}
