/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal of ttmem top. It is restored when the program ends, however it does.
 */
#ifndef TTMEM_SCREEN_H
#define TTMEM_SCREEN_H

#include <stdbool.h>

/* How text looks; without colours, those that are one are plain. */
enum look {
	LOOK_PLAIN,
	LOOK_BOLD,
	LOOK_DIM,
	LOOK_REVERSE,
	LOOK_LOW,
	LOOK_MEDIUM,
	LOOK_FULL,
	LOOK_CB,
	LOOK_FAILURE,
	NR_LOOKS,
};

/* Keys that are no characters. */
enum {
	SCREEN_NO_KEY = -1,
	SCREEN_UP = 0x100,
	SCREEN_DOWN,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_OTHER_KEY,
};

/**
 * struct glyphs - what bars and plots are drawn with
 * @levels: into so many parts a cell is divided
 * @bar: a cell that is filled from the left, by @levels
 * @plot: a cell that is filled from the bottom, by @levels
 * @cb: circular buffers
 */
struct glyphs {
	unsigned int levels;
	const char *const *bar;
	const char *const *plot;
	const char *cb;
};

/* Says on stderr what is wrong, and returns an exit code. */
int screen_open(void);
void screen_close(void);
/* The terminal may have another size now. */
void screen_resize(void);
int screen_lines(void);
int screen_columns(void);
/* What was pressed; does not wait. */
int screen_key(void);

/* A picture begins empty, and is seen once it is shown. */
void screen_erase(void);
/* Text is ASCII, so a character is a cell. What does not fit is cut. */
void screen_put(int y, int x, int width, enum look look, const char *text);
void screen_put_glyph(int y, int x, enum look look, const char *glyph);
void screen_show(void);
/* The next picture is drawn anew, whatever others have written there. */
void screen_repair(void);

/* Those that the terminal has. */
const struct glyphs *screen_glyphs(void);

#endif /* TTMEM_SCREEN_H */
