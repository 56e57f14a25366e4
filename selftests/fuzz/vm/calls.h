/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An input for the driver: what a process does with the nodes of two chips.
 */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include <stdbool.h>

#include "../input.h"

#define NR_FILES	4
#define NR_MAPS		4
#define NR_POOLS	5

/**
 * struct process - what the process has
 * @files: open files, -1 for none
 * @maps: mappings of ledger pages
 * @pinned: a geometry may be pinned
 * @marked: a mark may be set
 */
struct process {
	int files[NR_FILES];
	struct {
		char *at;
		size_t length;
	} maps[NR_MAPS];
	bool pinned;
	bool marked;
};

/* process.c */
void process_begin(struct process *process);
bool process_step(struct process *process, struct input *input);
void process_end(struct process *process);
int process_file(struct process *process, struct input *input);

/* calls.c */
uint64_t a_number(struct input *input);
void call_query(struct process *process, struct input *input);
void call_declare(struct process *process, struct input *input);
void call_report(struct process *process, struct input *input);
void call_failure(struct process *process, struct input *input);
void call_look(struct process *process, struct input *input);
void call_owner(struct process *process, struct input *input);
void call_raw(struct process *process, struct input *input);

/* mapping.c */
void map_step(struct process *process, struct input *input);
void unmap_all(struct process *process);

/* figures.c; the functions return NULL, or what is wrong */
extern const char *const pool_names[NR_POOLS];
const char *figures_wrong(bool idle);
const char *all_figures_wrong(void);

#endif /* FUZZ_CALLS_H */
