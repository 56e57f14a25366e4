// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures as people read them.
 */
#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "ttmem.h"

char *format(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		err(EX_FAILED, NULL);
	va_end(args);
	return text;
}

char *format_bytes(uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	double size = bytes / 1024.0;
	int unit = 0;

	if (bytes < 1024)
		return format("%" PRIu64 " B", bytes);
	/* What would be rounded to 1024.0 belongs to the next unit. */
	for (; size >= 1023.95 && units[unit + 1]; unit++)
		size /= 1024;
	return format("%.1f %ciB", size, units[unit]);
}

char *format_age(uint64_t seconds)
{
	if (seconds < 60)
		return format("%" PRIu64 "s", seconds);
	if (seconds < 60 * 60)
		return format("%" PRIu64 "m", seconds / 60);
	if (seconds < 24 * 60 * 60)
		return format("%" PRIu64 "h", seconds / (60 * 60));
	return format("%" PRIu64 "d", seconds / (24 * 60 * 60));
}
