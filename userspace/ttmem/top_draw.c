// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem top: the picture. From the top: a line on all, bars, history, clients, a last line.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <time.h>

#include "screen.h"
#include "top.h"

/* A history is shown on a screen of so many lines, a bar if so many cells are left for it. */
#define MIN_LINES_FOR_PLOT	16
#define MIN_CELLS_FOR_BAR	4

static void put_owned(int y, int x, int width, enum look look, char *text)
{
	screen_put(y, x, width, look, text);
	free(text);
}

static char *bytes_or_dash(uint64_t bytes)
{
	return bytes == UNKNOWN ? copy_text("-") : format_bytes(bytes);
}

/* ---- the line on all ----------------------------------------------------------------------- */

static void draw_header(const struct top *top, int y)
{
	char when[32] = "captured";
	int columns = screen_columns();
	struct tm tm;
	char *text;

	if (!top->tree.captured)
		strftime(when, sizeof(when), "%T", localtime_r(&top->looked, &tm));
	text = format("ttmem top: %zu chip%s, %zu client%s%s", top->follower.nr,
		      top->follower.nr == 1 ? "" : "s", top->nr_clients,
		      top->nr_clients == 1 ? "" : "s", top->paused ? ", paused" : "");
	screen_put(y, 0, columns, LOOK_BOLD, text);
	if (strlen(text) + strlen(when) < (size_t)columns)
		screen_put(y, columns - strlen(when), columns, LOOK_PLAIN, when);
	free(text);
}

/* ---- bars ---------------------------------------------------------------------------------- */

/**
 * struct bar_layout - where the parts of bars are
 * @chip: width of names of chips
 * @pool: width of names of pools
 * @bar: cells of a bar; 0 for none
 * @sizes: used and total are shown
 */
struct bar_layout {
	int chip;
	int pool;
	int bar;
	bool sizes;
};

#define SIZES_WIDTH	25	/* " 1000.0 MiB /  1000.0 MiB" */
#define PERCENT_WIDTH	5	/* " 100%" */
#define BRACKETS_WIDTH	2

static struct bar_layout lay_out_bars(const struct top *top)
{
	struct bar_layout layout = { .chip = 3, .pool = 2 };
	int rest;
	size_t i;

	for (i = 0; i < top->nr_bars; i++) {
		layout.chip = MAX(layout.chip, (int)strlen(top->bars[i].chip->name));
		if (top->bars[i].pool >= 0)
			layout.pool = MAX(layout.pool,
					  (int)strlen(pool_names[top->bars[i].pool]));
	}
	rest = screen_columns() - layout.chip - layout.pool - 2 - BRACKETS_WIDTH - PERCENT_WIDTH;
	layout.sizes = rest - SIZES_WIDTH >= MIN_CELLS_FOR_BAR;
	layout.bar = layout.sizes ? rest - SIZES_WIDTH : rest;
	if (layout.bar < MIN_CELLS_FOR_BAR)
		layout.bar = 0;
	return layout;
}

static enum look look_of_share(uint64_t used, uint64_t total)
{
	if (used >= total * 0.9)
		return LOOK_FULL;
	return used >= total * 0.75 ? LOOK_MEDIUM : LOOK_LOW;
}

/*
 * Buffers from the left, circular buffers from the right, as they grow towards each other in L1.
 * Where a circular buffer lies over an L1 buffer, the L1 buffer is seen.
 */
static void draw_bar(int y, int x, int cells, uint64_t used, uint64_t cb, uint64_t total)
{
	const struct glyphs *glyphs = screen_glyphs();
	unsigned int fill, cb_fill;
	int i;

	screen_put(y, x, 1, LOOK_PLAIN, "[");
	for (i = 0; i < cells; i++) {
		fill = plot_fill(used, total, i, cells, glyphs->levels);
		cb_fill = plot_fill(cb, total, cells - 1 - i, cells, 1);
		if (fill || !cb_fill)
			screen_put_glyph(y, x + 1 + i, look_of_share(used, total),
					 glyphs->bar[fill]);
		else
			screen_put_glyph(y, x + 1 + i, LOOK_CB, glyphs->cb);
	}
	screen_put(y, x + 1 + cells, 1, LOOK_PLAIN, "]");
}

static void draw_sizes(int y, int x, uint64_t used, uint64_t total)
{
	char *used_text = bytes_or_dash(used), *total_text = bytes_or_dash(total);

	put_owned(y, x, SIZES_WIDTH, LOOK_PLAIN, format(" %10s / %11s", used_text, total_text));
	free(used_text);
	free(total_text);
}

static void draw_pool(const struct bar *bar, const struct bar_layout *layout, int y, int x)
{
	const struct ttmem_stat *stat = bar->chip->stat;
	uint64_t used = figure_of(stat, pool_names[bar->pool], "used");
	uint64_t total = figure_of(stat, pool_names[bar->pool], "total");
	uint64_t cb = bar->pool == POOL_L1 ? figure(stat, "cb_used") : 0;
	bool known = used != UNKNOWN && total != UNKNOWN && total;

	if (cb == UNKNOWN)
		cb = 0;
	screen_put(y, x, layout->pool, LOOK_PLAIN, pool_names[bar->pool]);
	x += layout->pool + 1;
	/* An empty bar would say that nothing is used. */
	if (layout->bar && known)
		draw_bar(y, x, layout->bar, used, cb, total);
	if (layout->bar)
		x += layout->bar + BRACKETS_WIDTH;
	if (layout->sizes) {
		draw_sizes(y, x, used, total);
		x += SIZES_WIDTH;
	}
	put_owned(y, x, PERCENT_WIDTH, LOOK_PLAIN,
		  known ? format(" %3d%%", (int)(100.0 * MIN(used, total) / total + 0.5)) :
		  format("    -"));
}

static void draw_bars(struct top *top, int y, size_t lines)
{
	struct bar_layout layout = lay_out_bars(top);
	const struct bar *bar;
	size_t i;

	top->first_bar = MIN(top->first_bar, top->selected);
	if (top->selected >= top->first_bar + lines)
		top->first_bar = top->selected - lines + 1;
	for (i = top->first_bar; i < top->nr_bars && lines; i++, y++, lines--) {
		bar = &top->bars[i];
		put_owned(y, 0, layout.chip, i == top->selected ? LOOK_REVERSE : LOOK_PLAIN,
			  format("%-*s", layout.chip, bar->chip->name));
		if (bar->pool >= 0)
			draw_pool(bar, &layout, y, layout.chip + 1);
		else
			screen_put(y, layout.chip + 1, screen_columns(), LOOK_FULL,
				   bar->chip->error == EPROTO ? "mem/stat is not as documented" :
				   strerror(bar->chip->error));
	}
}

/* ---- history ------------------------------------------------------------------------------- */

static void draw_history(const struct top *top, int y, unsigned int rows)
{
	const struct bar *bar = &top->bars[top->selected];
	const struct glyphs *glyphs = screen_glyphs();
	const struct history *history = top_history(bar);
	size_t len = history_len(history), x, first;
	const char *pool = pool_names[bar->pool];
	uint64_t scale = figure_of(bar->chip->stat, pool, "total");
	size_t columns = screen_columns();
	unsigned int row;
	char *text;

	if (scale == UNKNOWN)
		scale = history_max(history);
	text = format_bytes(scale);
	put_owned(y, 0, columns, LOOK_BOLD,
		  format("%s %s used, a column for each change, up to %s", bar->chip->name, pool,
			 text));
	free(text);

	first = len > columns ? len - columns : 0;
	for (x = first; x < len; x++)
		for (row = 0; row < rows; row++)
			screen_put_glyph(y + rows - row, x - first, LOOK_PLAIN,
					 glyphs->plot[plot_fill(history_value(history, x), scale,
								row, rows, glyphs->levels)]);
}

/* ---- clients ------------------------------------------------------------------------------- */

/* Widths of columns; 0 for those that are left out. */
static void lay_out_clients(const struct top *top, int *widths)
{
	int column, worst, width = -1;
	size_t i;

	for (column = 0; column < NR_TOP_COLUMNS; column++) {
		widths[column] = MAX(top_columns[column].min,
				     (int)strlen(top_columns[column].name));
		/* The last one may be cut, for it is no figure. */
		for (i = 0; column != TOP_COMMAND && i < top->nr_clients; i++)
			widths[column] = MAX(widths[column],
					     (int)strlen(top->clients[i].cells[column]));
		width += widths[column] + 1;
	}
	while (width > screen_columns()) {
		worst = TOP_CHIP;
		for (column = 0; column < NR_TOP_COLUMNS; column++)
			if (widths[column] && top_columns[column].rank > top_columns[worst].rank)
				worst = column;
		if (worst == TOP_CHIP)
			break;
		width -= widths[worst] + 1;
		widths[worst] = 0;
	}
}

static void draw_row(int y, const int *widths, char *const *cells, int sorted)
{
	int column, width, x = 0;
	enum look look;

	for (column = 0; column < NR_TOP_COLUMNS; column++) {
		width = widths[column];
		if (!width)
			continue;
		look = column == sorted ? LOOK_REVERSE : LOOK_PLAIN;
		if (column == TOP_COMMAND)
			screen_put(y, x, screen_columns(), look, cells[column]);
		else
			put_owned(y, x, width, look,
				  format("%*s", column == TOP_CHIP ? -width : width,
					 cells[column]));
		x += width + 1;
	}
}

static void draw_clients(struct top *top, int y, size_t lines)
{
	char *headings[NR_TOP_COLUMNS];
	int widths[NR_TOP_COLUMNS];
	size_t i;

	for (i = 0; i < NR_TOP_COLUMNS; i++)
		headings[i] = (char *)top_columns[i].name;
	lay_out_clients(top, widths);
	draw_row(y, widths, headings, top->sort);

	if (top->nr_clients > lines)
		top->first_client = MIN(top->first_client, top->nr_clients - lines);
	else
		top->first_client = 0;
	for (i = top->first_client; i < top->nr_clients && lines; i++, lines--)
		draw_row(++y, widths, top->clients[i].cells, -1);
}

/* ---- help ---------------------------------------------------------------------------------- */

static void draw_help(void)
{
	static const char *const lines[] = {
		"q        quit",
		"h ?      these keys; any key goes back",
		"up down  choose a chip and pool, for its history",
		"< >      sort clients by the column to the left, right",
		"c p l m  sort by chip, pid, l1, its peak,",
		"b d e    circular buffers, dram, its peak,",
		"a n      age, name of the command",
		"r        the other way round",
		"pages    scroll clients",
		"space    pause, and go on",
		"^L       look at all again, and draw it",
		"",
		"In the bar of l1, L1 buffers are on the left and",
		"circular buffers on the right.",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		screen_put(i, 0, screen_columns(), LOOK_PLAIN, lines[i]);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void draw_bottom(const struct top *top, int y)
{
	if (top->failure)
		screen_put(y, 0, screen_columns(), LOOK_FAILURE, top->failure);
	else
		screen_put(y, 0, screen_columns(), LOOK_DIM,
			   "q quit  h help  up/down history  </> sort  space pause");
}

static void draw_all(struct top *top)
{
	size_t bars, rest;
	int lines = screen_lines(), y = 0;
	unsigned int plot;

	draw_header(top, y++);
	/* Without the first and the last line, and the headings of clients. */
	rest = MAX(1, lines - 3);
	bars = MIN(top->nr_bars, MAX(1, rest / 2));
	draw_bars(top, y, bars);
	y += bars;
	rest -= bars;
	if (lines >= MIN_LINES_FOR_PLOT && top->nr_bars && top->bars[top->selected].pool >= 0) {
		plot = MIN(MAX(3, lines / 6), rest - 2);
		draw_history(top, y, plot);
		y += plot + 1;
		rest -= plot + 1;
	}
	draw_clients(top, y, rest);
	draw_bottom(top, lines - 1);
}

void top_draw(struct top *top)
{
	screen_erase();
	if (top->help)
		draw_help();
	else
		draw_all(top);
	screen_show();
}
