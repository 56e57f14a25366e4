/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line of a script, taken apart: words, then key=value options, then "on CHIP" or "on all".
 */
#ifndef LINE_H
#define LINE_H

#include <linux/types.h>
#include <stdbool.h>

#define LINE_MAX_WORDS	16

/**
 * struct line - a line of a script
 * @words: the plain words, the command first
 * @nr_words: their number
 * @options: the key=value words, cut at the "="
 * @nr_options: their number
 * @chip: number of the chip, 0 without "on CHIP"
 * @has_chip: there was an "on CHIP" or "on all"
 * @all_chips: there was an "on all"
 * @error: what is wrong, for the user
 */
struct line {
	char *words[LINE_MAX_WORDS];
	unsigned int nr_words;
	struct {
		const char *key;
		const char *value;
	} options[LINE_MAX_WORDS];
	unsigned int nr_options;
	unsigned int chip;
	bool has_chip;
	bool all_chips;
	char error[320];
};

int line_fail(struct line *line, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int line_parse(struct line *line, char *text);
const char *line_option(const struct line *line, const char *key);
int line_bytes(struct line *line, const char *text, __u64 *bytes);
int line_bytes_option(struct line *line, const char *key, __u64 *bytes);

#endif /* LINE_H */
