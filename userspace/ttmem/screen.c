// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal of ttmem top, by ncurses.
 */
#define NCURSES_NOMACROS
#include <curses.h>
#include <err.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <term.h>
#include <unistd.h>

#include "library.h"
#include "screen.h"
#include "ttmem.h"

#define NCURSES(F) \
	F(COLOR_PAIR) F(cbreak) F(clearok) F(cur_term) F(curs_set) F(curscr) F(del_curterm) \
	F(delscreen) F(endwin) F(getmaxx) F(getmaxy) F(has_colors) F(init_pair) F(keypad) \
	F(newterm) F(nodelay) F(noecho) F(nonl) F(resizeterm) F(set_escdelay) F(setupterm) \
	F(start_color) F(stdscr) F(tigetstr) F(use_default_colors) F(waddnstr) F(wattrset) \
	F(wclrtoeol) F(werase) F(wgetch) F(wmove) F(wrefresh)

static struct {
	NCURSES(LIBRARY_POINTER)
} curses;

static const char *const names[] = { NCURSES(LIBRARY_NAME) };

static SCREEN *screen;
static int attributes[NR_LOOKS] = {
	[LOOK_BOLD] = A_BOLD,
	[LOOK_DIM] = A_DIM,
	[LOOK_REVERSE] = A_REVERSE,
	[LOOK_FAILURE] = A_BOLD,
};

int screen_lines(void)
{
	return curses.getmaxy(*curses.stdscr);
}

int screen_columns(void)
{
	return curses.getmaxx(*curses.stdscr);
}

/* ---- begin and end ------------------------------------------------------------------------- */

/* A program that ends for want of memory, too, leaves a terminal that can be used. */
void screen_close(void)
{
	if (!screen)
		return;
	/* Where there is no other screen to go back to, the shell goes on in the last line. */
	curses.wmove(*curses.stdscr, screen_lines() - 1, 0);
	curses.wclrtoeol(*curses.stdscr);
	curses.wrefresh(*curses.stdscr);
	curses.endwin();
	curses.delscreen(screen);
	screen = NULL;
}

/* Can it be drawn on? newterm() would take what has no cursor to be placed, too. */
static int check_terminal(void)
{
	const char *name = getenv("TERM");
	char *cup;
	int found;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		warnx("top needs a terminal; 'ttmem list' and 'ttmem watch' do not");
		return EX_FAILED;
	}
	if (!name || !*name) {
		warnx("TERM is not set: what kind of terminal is this?");
		return EX_FAILED;
	}
	if (curses.setupterm(name, STDOUT_FILENO, &found) == ERR) {
		warnx("cannot draw on a terminal of type '%s': %s", name,
		      found < 0 ? "there is no database of terminals" : "it is not known");
		return EX_FAILED;
	}
	cup = curses.tigetstr("cup");
	if (!cup || cup == (char *)-1) {
		warnx("cannot draw on a terminal of type '%s': it cannot place the cursor", name);
		return EX_FAILED;
	}
	curses.del_curterm(*curses.cur_term);
	return 0;
}

static void start_colors(void)
{
	static const struct {
		enum look look;
		int color;
	} colors[] = {
		{ LOOK_LOW, COLOR_GREEN },
		{ LOOK_MEDIUM, COLOR_YELLOW },
		{ LOOK_FULL, COLOR_RED },
		{ LOOK_CB, COLOR_CYAN },
		{ LOOK_FAILURE, COLOR_RED },
	};
	const char *no_color = getenv("NO_COLOR");
	size_t i;

	if ((no_color && *no_color) || !curses.has_colors())
		return;
	curses.start_color();
	curses.use_default_colors();
	for (i = 0; i < ARRAY_SIZE(colors); i++)
		if (curses.init_pair(i + 1, colors[i].color, -1) != ERR)
			attributes[colors[i].look] |= curses.COLOR_PAIR(i + 1);
}

int screen_open(void)
{
	int code;

	if (!library_load("libncursesw.so.6", names, ARRAY_SIZE(names), &curses))
		return EX_FAILED;
	code = check_terminal();
	if (code)
		return code;
	screen = curses.newterm(NULL, stdout, stdin);
	if (!screen) {
		warnx("cannot draw on this terminal");
		return EX_FAILED;
	}
	atexit(screen_close);
	curses.cbreak();
	curses.noecho();
	curses.nonl();
	curses.curs_set(0);
	curses.set_escdelay(25);
	curses.keypad(*curses.stdscr, TRUE);
	curses.nodelay(*curses.stdscr, TRUE);
	start_colors();
	return 0;
}

void screen_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		curses.resizeterm(size.ws_row, size.ws_col);
}

/* ---- keys and pictures --------------------------------------------------------------------- */

int screen_key(void)
{
	int key = curses.wgetch(*curses.stdscr);

	switch (key) {
	case ERR:
		return SCREEN_NO_KEY;
	case KEY_UP:
		return SCREEN_UP;
	case KEY_DOWN:
		return SCREEN_DOWN;
	case KEY_PPAGE:
		return SCREEN_PAGE_UP;
	case KEY_NPAGE:
		return SCREEN_PAGE_DOWN;
	}
	return key < KEY_MIN ? key : SCREEN_OTHER_KEY;
}

void screen_erase(void)
{
	curses.werase(*curses.stdscr);
}

static void put(int y, int x, enum look look, const char *text, int bytes)
{
	if (y >= screen_lines() || x >= screen_columns())
		return;
	curses.wattrset(*curses.stdscr, attributes[look]);
	curses.wmove(*curses.stdscr, y, x);
	curses.waddnstr(*curses.stdscr, text, bytes);
	curses.wattrset(*curses.stdscr, A_NORMAL);
}

void screen_put(int y, int x, int width, enum look look, const char *text)
{
	put(y, x, look, text, MIN(width, screen_columns() - x));
}

void screen_put_glyph(int y, int x, enum look look, const char *glyph)
{
	put(y, x, look, glyph, -1);
}

void screen_show(void)
{
	curses.wrefresh(*curses.stdscr);
}

void screen_repair(void)
{
	curses.clearok(*curses.curscr, TRUE);
}

const struct glyphs *screen_glyphs(void)
{
	static const char *const ascii_bar[] = { " ", "#" };
	static const char *const ascii_plot[] = { " ", "#" };
	static const char *const blocks_bar[] = {
		" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█",
	};
	static const char *const blocks_plot[] = {
		" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
	};
	static const struct glyphs ascii = { 1, ascii_bar, ascii_plot, "c" };
	static const struct glyphs blocks = { 8, blocks_bar, blocks_plot, "░" };

	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? &blocks : &ascii;
}
