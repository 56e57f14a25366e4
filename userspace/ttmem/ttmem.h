/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the subcommands of ttmem share.
 */
#ifndef TTMEM_TTMEM_H
#define TTMEM_TTMEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <libttmem.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* An exit code that is none. */
#define GO_ON		-1

/* Documented, and scripts depend on them. 0 is success. */
enum {
	EX_FAILED = 1,
	EX_WRONG_USAGE = 2,
	EX_NOT_LOADED = 3,
	EX_UNKNOWN = 4,
};

/**
 * struct command - a subcommand
 * @name: as it is called on the command line
 * @run: gets the options that follow the name, and argv[0] for messages; returns the exit code
 * @help: one line for ttmem --help
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

extern const struct command list_command;
extern const struct command ps_command;
extern const struct command show_command;
extern const struct command why_command;
extern const struct command watch_command;
extern const struct command top_command;
extern const struct command metrics_command;
extern const struct command declare_command;
extern const struct command cdi_command;
extern const struct command bridge_command;

/* main.c */
int print_version(void);

/* options.c: after the message on what is wrong, where help is; returns the exit code */
int usage_error(const char *command);

/* tree.c: the system that is looked at, the running one or a captured one */

/**
 * struct tree - the system that is looked at
 * @root: prefix of all paths, "" for the running system
 * @captured: it is a captured tree, whose clock stands still
 * @has_uptime: the time is known at which it was captured
 * @uptime: that time, in nanoseconds
 * @sysfs: its chips
 */
struct tree {
	const char *root;
	bool captured;
	bool has_uptime;
	uint64_t uptime;
	struct ttmem_sysfs *sysfs;
};

/* These three say on stderr what is wrong, and return an exit code. */
int tree_open(struct tree *tree, const char *sysroot);
int tree_explain_no_chips(const struct tree *tree);
int tree_explain_unread(const char *chip, const char *file, int ret);
void tree_close(struct tree *tree);
/* Is it the error of what has gone, a chip or a client? */
bool is_gone(int ret);
int tree_clock(const struct tree *tree, uint64_t *ns);
int tree_unix_time(const struct tree *tree, uint64_t ns, uint64_t *seconds);

/*
 * chips.c: the chips that the arguments of a command name, in their order, all chips without one.
 * Ended by NULL, to be freed by ttmem_sysfs_free_chips(). Says on stderr what is wrong, and returns
 * an exit code.
 */
int chips_select(const struct tree *tree, int nr, char **args, char ***chips);
/* How many of @all have a name, and the last one of them. */
size_t chips_match(const struct tree *tree, char **all, const char *name, const char **chip);
/* Says why not one of the chosen chips could be shown; returns an exit code. */
int chips_explain_gone(const struct tree *tree, char **all, char **chosen);
/* Is it one of them? */
bool chips_have(char **chips, const char *name);
/* Is it a PCI function, or a chip behind one? */
bool chip_is_gateway(const char *chip);
bool chip_is_behind(const char *chip, const char *gateway);
/* PCI address of a gateway, to be freed; NULL if it is not known. */
char *chip_address(const struct tree *tree, const char *chip);

/* silence.c: @chips are all chips of the tree, ended by NULL */
int tree_silent(const struct tree *tree, char **chips, const char *chip, uint64_t **pids);
/* Who holds a gateway: their number, or -ENODATA. */
int tree_holders(const struct tree *tree, const char *gateway, uint64_t **pids);

/* units.c: of a value of mem/stat, by its name */
enum unit {
	UNIT_NONE,
	UNIT_BYTES,
	UNIT_NANOSECONDS,	/* of CLOCK_MONOTONIC */
};

enum unit unit_of(const char *name);
/* The length of what is before the ending of a name; 0 if it has none, or has nothing else. */
size_t before_ending(const char *name, const char *ending);

/* format.c: text to be freed; without memory the program ends */
char *copy_text(const char *text);
char *vformat(const char *fmt, va_list args);
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *format_escaped(const char *text);
char *format_bytes(uint64_t bytes);
char *format_age(uint64_t seconds);
/* The other way round: a number with an optional unit, as in 64K, 1.5GiB or 100MB. */
bool parse_bytes(const char *text, uint64_t *bytes);

#endif /* TTMEM_TTMEM_H */
