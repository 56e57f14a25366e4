// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal of ttmem top, by ncurses.
 */
#include <curses.h>
#include <err.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#include "top.h"

static struct screen *screen;

/* A program that ends for want of memory, too, leaves a terminal that can be used. */
void screen_close(void)
{
	if (!screen)
		return;
	/* Where there is no other screen to go back to, the shell goes on in the last line. */
	move(LINES - 1, 0);
	clrtoeol();
	refresh();
	endwin();
	delscreen(screen);
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
	if (setupterm(name, STDOUT_FILENO, &found) == ERR) {
		warnx("cannot draw on a terminal of type '%s': %s", name,
		      found < 0 ? "there is no database of terminals" : "it is not known");
		return EX_FAILED;
	}
	cup = tigetstr("cup");
	if (!cup || cup == (char *)-1) {
		warnx("cannot draw on a terminal of type '%s': it cannot place the cursor", name);
		return EX_FAILED;
	}
	del_curterm(cur_term);
	return 0;
}

static void start_colors(void)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(COLOR_LOW, COLOR_GREEN, -1);
	init_pair(COLOR_MEDIUM, COLOR_YELLOW, -1);
	init_pair(COLOR_FULL, COLOR_RED, -1);
	init_pair(COLOR_CB, COLOR_CYAN, -1);
}

int screen_open(void)
{
	int code;

	code = check_terminal();
	if (code)
		return code;
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		warnx("cannot draw on this terminal");
		return EX_FAILED;
	}
	atexit(screen_close);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	set_escdelay(25);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	start_colors();
	return 0;
}

void screen_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
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
