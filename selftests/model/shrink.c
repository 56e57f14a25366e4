// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "play.h"
#include "shrink.h"
#include "world.h"

/* Enough for what any script takes; then the shortest so far has to do. */
#define SECONDS	180

static __u64 deadline;

/* Plays it from the beginning. Steps after the one that fails go. */
static int fails(struct script *script)
{
	unsigned int i;

	if (!play_begin())
		return 0;
	for (i = 0; i < script->nr; i++) {
		if (play_step(&script->steps[i]))
			continue;
		script->nr = i + 1;
		return 1;
	}
	return !play_end();
}

/* Without so many steps from one on; if it still fails, that is the script now. */
static int take_away(struct script *script, unsigned int at, unsigned int nr)
{
	struct script rest = { 0 };
	unsigned int i;

	for (i = 0; i < script->nr; i++)
		if (i < at || i >= at + nr)
			script_add(&rest, &script->steps[i]);
	if (!fails(&rest)) {
		script_free(&rest);
		return 0;
	}
	script_free(script);
	*script = rest;
	return 1;
}

/* Looks everywhere, for somebody who reads the script. */
static void speak_up(struct script *script)
{
	unsigned int i;
	struct step *step;

	for (i = 0; i < script->nr && now_ns() < deadline; i++) {
		step = &script->steps[i];
		if (!step->quiet)
			continue;
		step->quiet = 0;
		if (!fails(script))
			step->quiet = 1;
	}
}

int shrink(struct script *script)
{
	unsigned int chunk, at, before;

	deadline = now_ns() + SECONDS * 1000000000ULL;
	if (!fails(script))
		return 0;
	do {
		before = script->nr;
		for (chunk = (script->nr + 1) / 2; chunk; chunk /= 2) {
			/* From the end: what the last steps need is not known before. */
			for (at = script->nr; at > 0 && now_ns() < deadline;) {
				at = at > chunk ? at - chunk : 0;
				take_away(script, at, chunk);
				if (at > script->nr)
					at = script->nr;
			}
		}
	} while (script->nr < before && now_ns() < deadline);
	speak_up(script);
	/* The last one that was tried may have been another. */
	return fails(script);
}
