// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem top - chips and clients on the whole screen
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "screen.h"
#include "top.h"

/* No more than ten pictures a second, however fast things change. */
#define PICTURE_MS	100

#define CTRL_L		'\f'

/* ---- keys ---------------------------------------------------------------------------------- */

static void sort_by(struct top *top, int column)
{
	top->sort = (column + NR_TOP_COLUMNS) % NR_TOP_COLUMNS;
	top_sort(top);
}

static void scroll_clients(struct top *top, int lines)
{
	if (lines < 0 && top->first_client < (size_t)-lines)
		top->first_client = 0;
	else
		top->first_client += lines;
}

static void take_letter(struct top *top, int key)
{
	int i;

	for (i = 0; i < NR_TOP_COLUMNS; i++)
		if (top_columns[i].key == key)
			sort_by(top, i);
}

/* Returns false to quit. */
static bool take_key(struct top *top, int key)
{
	if (key == 'q')
		return false;
	if (top->help) {
		top->help = false;
		return true;
	}
	switch (key) {
	case 'h':
	case '?':
		top->help = true;
		break;
	case SCREEN_UP:
		top_select(top, top->selected ? top->selected - 1 : 0);
		break;
	case SCREEN_DOWN:
		top_select(top, top->selected + 1);
		break;
	case '<':
		sort_by(top, top->sort - 1);
		break;
	case '>':
		sort_by(top, top->sort + 1);
		break;
	case 'r':
		top->reverse = !top->reverse;
		top_sort(top);
		break;
	case SCREEN_PAGE_UP:
		scroll_clients(top, -screen_lines() / 2);
		break;
	case SCREEN_PAGE_DOWN:
		scroll_clients(top, screen_lines() / 2);
		break;
	case ' ':
		top->paused = !top->paused;
		break;
	case CTRL_L:
		screen_repair();
		if (!top->paused)
			follow_refresh(&top->follower);
		break;
	default:
		take_letter(top, key);
	}
	return true;
}

/* Returns false to quit. */
static bool take_keys(struct top *top)
{
	int key;

	while ((key = screen_key()) != SCREEN_NO_KEY)
		if (!take_key(top, key))
			return false;
	return true;
}

/* ---- the loop ------------------------------------------------------------------------------ */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* While it is paused the last look is drawn again: the screen may be another one. */
static void show(struct top *top)
{
	if (!top->paused)
		top_look(top);
	top_draw(top);
}

/* They come through a file, so that each is met between two pictures. */
static int open_signals(void)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGWINCH);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		err(EX_FAILED, "signalfd");
	return fd;
}

/* Returns false to quit. */
static bool take_signals(int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGWINCH)
			return false;
		screen_resize();
	}
	return true;
}

/* Sleeps as long as nothing happens: there is a time to wake up at only after a change. */
static void loop(struct top *top, int signals)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
		{ .fd = top->follower.epoll, .events = POLLIN },
	};
	int64_t due = 0, wait;

	for (;;) {
		wait = top->dirty ? due - now_ms() : -1;
		if (top->dirty && wait <= 0) {
			show(top);
			due = now_ms() + PICTURE_MS;
			continue;
		}
		fds[2].fd = top->paused ? -1 : top->follower.epoll;
		if (poll(fds, ARRAY_SIZE(fds), wait) < 0) {
			if (errno == EINTR)
				continue;
			return;
		}
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			return;
		if (fds[1].revents && !take_signals(signals))
			return;
		if (fds[0].revents && !take_keys(top))
			return;
		if (fds[2].revents)
			follow_dispatch(&top->follower);
		if (fds[0].revents || fds[1].revents)
			show(top);
	}
}

static int show_top(const char *sysroot, int nr, char **names)
{
	struct top top = { .sort = TOP_L1 };
	int code, signals;

	code = tree_open(&top.tree, sysroot);
	if (code)
		return code;
	code = follow_start(&top.follower, &top.tree, nr, names, top_event, &top);
	if (!code) {
		signals = open_signals();
		code = screen_open();
		if (!code) {
			top.dirty = true;
			loop(&top, signals);
			screen_close();
		}
		close(signals);
		top_free(&top);
		follow_end(&top.follower);
	}
	tree_close(&top.tree);
	return code;
}

/* ---- options ------------------------------------------------------------------------------- */

static int print_help(void)
{
	fputs("Usage: ttmem top [OPTION...] [CHIP...]\n"
	      "\n"
	      "Show chips and their clients on the whole screen, as they change. Without CHIP: all chips,\n"
	      "also those that come later. The key h shows all keys.\n"
	      "\n"
	      "Options:\n"
	      "  -s, --sysroot DIR    look at the captured tree DIR, where nothing changes\n"
	      "  -h, --help           show this help\n"
	      "  -V, --version        show the version\n"
	      "\n"
	      "It sleeps until the driver wakes it: ages are those of the last change or key.\n"
	      "\n"
	      "Environment: TERM is the kind of terminal; with NO_COLOR there is no colour.\n"
	      "\n"
	      "Exit codes: 0 quit, 1 there is no such chip or no terminal, or something failed, 2 wrong\n"
	      "usage, 3 tt-kmd or ttmem is not loaded.\n", stdout);
	return 0;
}

static const struct option options[] = {
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

static int run(int argc, char **argv)
{
	const char *sysroot = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "s:hV", options, NULL)) != -1) {
		switch (option) {
		case 's':
			sysroot = optarg;
			break;
		case 'h':
			return print_help();
		case 'V':
			return print_version();
		default:
			return usage_error("top");
		}
	}
	return show_top(sysroot, argc - optind, argv + optind);
}

const struct command top_command = {
	.name = "top",
	.run = run,
	.help = "chips and clients on the whole screen",
};
