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

/* Another step in the place of one; if the script still fails, that is it now. */
static void simplify(struct script *script, unsigned int at, const struct step *simple)
{
	struct step before = script->steps[at];

	script->steps[at] = *simple;
	if (now_ns() >= deadline || !fails(script))
		script->steps[at] = before;
}

/* For somebody who reads it: looks everywhere, and reports of no more pools than it takes. */
static void simplify_all(struct script *script)
{
	unsigned int at, entry;
	struct step simple;

	for (at = 0; at < script->nr; at++) {
		simple = script->steps[at];
		simple.quiet = 0;
		if (script->steps[at].quiet)
			simplify(script, at, &simple);
		for (entry = 2; entry < script->steps[at].nr;) {
			simple = script->steps[at];
			if (simple.kind != STEP_REPORT || simple.nr <= 9)
				break;
			simple.nr -= 7;
			memmove(&simple.n[entry], &simple.n[entry + 7],
				(simple.nr - entry) * sizeof(*simple.n));
			simplify(script, at, &simple);
			/* If it is still there, on to the next one. */
			entry += script->steps[at].nr == simple.nr ? 0 : 7;
		}
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
	simplify_all(script);
	/* The last one that was tried may have been another. */
	return fails(script);
}
