/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A step: one thing that somebody does, as a line of a script. Whatever it needs may not be there
 * when it is done, then it does nothing; so any part of a script is a script.
 */
#ifndef STEP_H
#define STEP_H

#include <stdio.h>
#include <linux/types.h>

enum step_kind {
	STEP_OPEN,
	STEP_DUP,
	STEP_CLOSE,
	STEP_FORK,
	STEP_KILL,
	STEP_QUERY,
	STEP_DECLARE,
	STEP_REPORT,
	STEP_FAILURE,
	STEP_LOOK,
	STEP_BAD,
	STEP_MAP,
	STEP_UNMAP,
	STEP_PUT,
	STEP_POKE,
	STEP_RESET,
	STEP_HIGH,
	STEP_UNBIND,
	STEP_BIND,
	STEP_REMOVE,
	STEP_RESCAN,
	STEP_UNLOAD,
	STEP_LOAD,
	STEP_KINDS,
};

#define STEP_ENTRIES	3	/* of a report */
#define STEP_NUMBERS	(2 + STEP_ENTRIES * 7)

/**
 * struct step - one thing that somebody does
 * @kind: what
 * @quiet: nobody looks at the figures afterwards
 * @nr: how many numbers there are
 * @n: by whom, with what: see the table of kinds
 */
struct step {
	enum step_kind kind;
	int quiet;
	unsigned int nr;
	__u64 n[STEP_NUMBERS];
};

struct script {
	struct step *steps;
	unsigned int nr;
};

const char *step_name(enum step_kind kind);
unsigned int step_numbers(enum step_kind kind);
void step_print(FILE *file, const struct step *step);

/* Returns 0 if a line is no step. */
int step_parse(struct step *step, char *line);

void script_add(struct script *script, const struct step *step);
void script_free(struct script *script);

/* Reads a file of steps, one a line; what follows a # is a comment. Exits if it is none. */
void script_read(struct script *script, const char *path);

#endif /* STEP_H */
