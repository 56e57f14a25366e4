// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "line.h"

/* Note what is wrong; returns @err, so that a caller can return the call. */
int line_fail(struct line *line, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(line->error, sizeof(line->error), format, args);
	va_end(args);
	return err;
}

static int add_option(struct line *line, char *word)
{
	char *value = strchr(word, '=');

	*value++ = '\0';
	if (line_option(line, word))
		return line_fail(line, -EINVAL, "%s= is given twice", word);
	line->options[line->nr_options].key = word;
	line->options[line->nr_options].value = value;
	line->nr_options++;
	return 0;
}

static int take_chip(struct line *line)
{
	const char *last;
	char *end;

	if (line->nr_words < 2 || strcmp(line->words[line->nr_words - 2], "on"))
		return 0;
	last = line->words[line->nr_words - 1];
	line->nr_words -= 2;
	line->has_chip = true;
	line->all_chips = !strcmp(last, "all");
	if (line->all_chips)
		return 0;
	line->chip = strtoul(last, &end, 10);
	if (!isdigit((unsigned char)*last) || *end)
		return line_fail(line, -EINVAL, "\"%s\" is not the number of a chip", last);
	return 0;
}

/**
 * line_parse - take a line apart
 * @line: filled in; it points into @text
 * @text: the line, which is changed; from a "#" on it is a comment
 *
 * Return: 0, also for an empty line, or -EINVAL.
 */
int line_parse(struct line *line, char *text)
{
	char *word, *rest;
	int err;

	memset(line, 0, sizeof(*line));
	text[strcspn(text, "#")] = '\0';
	for (word = strtok_r(text, " \t\r\n", &rest); word;
	     word = strtok_r(NULL, " \t\r\n", &rest)) {
		if (line->nr_words + line->nr_options == LINE_MAX_WORDS)
			return line_fail(line, -EINVAL, "more than %d words", LINE_MAX_WORDS);
		if (!strchr(word, '=')) {
			line->words[line->nr_words++] = word;
			continue;
		}
		err = add_option(line, word);
		if (err)
			return err;
	}
	return take_chip(line);
}

/* Value of an option, NULL if it is not there. */
const char *line_option(const struct line *line, const char *key)
{
	unsigned int i;

	for (i = 0; i < line->nr_options; i++)
		if (!strcmp(line->options[i].key, key))
			return line->options[i].value;
	return NULL;
}

/* A number with an optional K, M or G for KiB, MiB or GiB; @text moves past it. */
static bool number(const char **text, __u64 *value)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*value = strtoull(*text, &end, 10);
	if (errno || *value > MAX_BYTES)
		return false;
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		*value <<= 10 * (unit - units + 1);
		end++;
	}
	*text = end;
	return *value <= MAX_BYTES;
}

/**
 * line_bytes - read a size
 * @line: where an error goes
 * @text: a sum of products of numbers, such as 64*2048+8*1088 or 3*16K
 * @bytes: where to put it
 *
 * Return: 0 or -EINVAL.
 */
int line_bytes(struct line *line, const char *text, __u64 *bytes)
{
	const char *at = text;
	__u64 product = 1, value;

	*bytes = 0;
	for (;;) {
		if (!number(&at, &value) ||
		    __builtin_mul_overflow(product, value, &product) ||
		    product > MAX_BYTES - *bytes)
			break;
		if (*at == '*') {
			at++;
			continue;
		}
		*bytes += product;
		product = 1;
		if (!*at)
			return 0;
		if (*at++ != '+')
			break;
	}
	return line_fail(line, -EINVAL, "\"%s\" is not a size up to 256 TiB", text);
}

/* The same for an option; @bytes stays as it is if the option is not there. */
int line_bytes_option(struct line *line, const char *key, __u64 *bytes)
{
	const char *text = line_option(line, key);

	return text ? line_bytes(line, text, bytes) : 0;
}
