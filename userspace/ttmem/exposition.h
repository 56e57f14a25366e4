/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How metrics are written down: as OpenMetrics, or in the older text format of Prometheus. The two
 * differ in how counters and info metrics are announced, in units, and in the last line.
 */
#ifndef TTMEM_EXPOSITION_H
#define TTMEM_EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER,		/* its name ends in _total */
	METRIC_INFO,		/* labels, and the value 1; its name ends in _info */
};

/**
 * struct metric - what samples of one name have in common
 * @name: that name
 * @type: how its values are meant
 * @unit: with which the name of a gauge ends; NULL for a number
 * @help: a line about it
 */
struct metric {
	const char *name;
	enum metric_type type;
	const char *unit;
	const char *help;
};

/**
 * struct exposition - metrics that are being written
 * @file: where to
 * @text: in the older format
 * @metric: the one that has been announced
 * @labels: of the sample that is being written
 */
struct exposition {
	FILE *file;
	bool text;
	const struct metric *metric;
	unsigned int labels;
};

/* A sample: its begin, any number of labels, its value. Those of one metric follow each other. */
void sample_begin(struct exposition *exposition, const struct metric *metric);
/* NULL is no label. */
void sample_label(struct exposition *exposition, const char *name, const char *value);
void sample_number(struct exposition *exposition, const char *name, uint64_t number);
void sample_end(struct exposition *exposition, uint64_t value);

void exposition_end(struct exposition *exposition);

#endif /* TTMEM_EXPOSITION_H */
