/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scripts: what a simulated runtime does, one command a line.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stdio.h>

#include "machine.h"

/**
 * struct sim - a runtime
 * @machine: the chips, at least one
 * @out: for what was asked for
 * @err: for errors
 * @interactive: answer each command with a line on @out, "ok" or "error: ...", and go on
 */
struct sim {
	struct machine *machine;
	FILE *out;
	FILE *err;
	bool interactive;
};

int script_run(struct sim *sim, FILE *in, const char *name);
void script_help(FILE *out);

#endif /* SCRIPT_H */
