// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures as people read and write them.
 */
#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ttmem.h"

char *copy_text(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		err(EX_FAILED, NULL);
	return copy;
}

char *vformat(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		err(EX_FAILED, NULL);
	return text;
}

char *format(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = vformat(fmt, args);
	va_end(args);
	return text;
}

/*
 * Names of processes can have any bytes. JSON is UTF-8, and terminals obey some of what is: what is
 * not printing ASCII is written \xNN, and so is the backslash, as libsmartcols does for --raw.
 */
char *format_escaped(const char *text)
{
	char *escaped = malloc(4 * strlen(text) + 1), *to = escaped;

	if (!escaped)
		err(EX_FAILED, NULL);
	for (; *text; text++) {
		if (*text < ' ' || *text > '~' || *text == '\\')
			to += sprintf(to, "\\x%02x", (unsigned char)*text);
		else
			*to++ = *text;
	}
	*to = '\0';
	return escaped;
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

/* What a unit stands for; 0 if it is none. K and KiB are powers of 1024, KB is one of 1000. */
static long double unit_bytes(const char *unit)
{
	long double base = 1024, bytes = 1;
	static const char letters[] = "KMGTPE";
	const char *letter = *unit ? strchr(letters, toupper((unsigned char)*unit)) : NULL;

	if (!*unit || strcasecmp(unit, "B") == 0)
		return 1;
	if (!letter)
		return 0;
	if (strcasecmp(unit + 1, "B") == 0)
		base = 1000;
	else if (unit[1] && strcasecmp(unit + 1, "iB") != 0)
		return 0;
	for (; letter >= letters; letter--)
		bytes *= base;
	return bytes;
}

bool parse_bytes(const char *text, uint64_t *bytes)
{
	long double number, factor;
	const char *unit = text + strspn(text, "0123456789.");
	char *end;

	/* It takes more for a number than a size can be: signs, exponents, names. */
	number = strtold(text, &end);
	if (end == text || end != unit)
		return false;
	factor = unit_bytes(unit + strspn(unit, " "));
	if (!factor || number * factor >= 18446744073709551616.0L)
		return false;
	*bytes = number * factor;
	return true;
}
