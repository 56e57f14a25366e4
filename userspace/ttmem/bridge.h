/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bridge: it reads what tt-metal counts in shared memory, and reports it on behalf of the
 * processes that it is about.
 *
 *   bridge.c            the command
 *   bridge_loop.c       what it waits for
 *   bridge_config.c     its configuration
 *   bridge_chips.c      which chip has which unique id
 *   bridge_holders.c    the processes that hold a chip
 *   bridge_shm.c        directories with regions
 *   bridge_sources.c    what is in one
 *   bridge_claims.c     which process a slot of a region is about
 *   bridge_report.c     what the driver is told
 *   bridge_status.c     what others are told
 *   bridge_show.c       what others are shown
 *   bridge_log.c        the log, and systemd
 */
#ifndef TTMEM_BRIDGE_H
#define TTMEM_BRIDGE_H

#include <sys/queue.h>
#include <linux/ttmem.h>

#include "region.h"
#include "ttmem.h"

#define BRIDGE_CONFIG	"/etc/ttmem/bridge.conf"
#define BRIDGE_RUN	"/run/ttmem"
#define BRIDGE_STATUS	BRIDGE_RUN "/bridge.json"

/* Of one directory, so many names without a chip are told, and counted beyond. */
#define MAX_STRAYS	64
/* What did not work is tried again, and what did is said again, after so long. */
#define AGAIN_MS	10000
/* Chips are looked for, and slots judged anew, even if nothing tells that it is time. */
#define REFRESH_MS	10000

/* ---- bridge_config.c ----------------------------------------------------------------------- */

/**
 * struct mapping - the administrator's word on a chip
 * @uid: unique id by which tt-metal knows it
 * @chip: a name of it, as on the command line
 * @line: where this stands
 */
struct mapping {
	uint64_t uid;
	char *chip;
	unsigned int line;
};

/**
 * struct config - the configuration
 * @interval_ms: time between two looks
 * @containers: look for regions in the mount namespaces of processes, too
 * @directories: where else they are
 * @nr_directories: how many
 * @mappings: chips that are known otherwise than by their ids
 * @nr_mappings: how many
 */
struct config {
	unsigned int interval_ms;
	bool containers;
	char **directories;
	size_t nr_directories;
	struct mapping *mappings;
	size_t nr_mappings;
};

/* Returns NULL, or what is wrong, to be freed: it begins with the file and the line. */
char *config_read(struct config *config, const char *path, bool may_be_missing);
void config_free(struct config *config);

/* ---- the rest ------------------------------------------------------------------------------ */

TAILQ_HEAD(holder_list, holder);
TAILQ_HEAD(report_list, report);
TAILQ_HEAD(shm_list, shm);
TAILQ_HEAD(source_list, source);

/**
 * enum known_by - how the unique id of a chip is known; a lower one is worth more
 * @BY_CONFIG: the administrator says so
 * @BY_KMD: tt-kmd says so, in tt_asic_id
 * @BY_TTMEM: it is pinned, or a remote chip is known by it, in mem/chip_uid
 */
enum known_by {
	BY_CONFIG,
	BY_KMD,
	BY_TTMEM,
};

/**
 * struct chip - a chip with a unique id
 * @name: ttN or ttNrM
 * @gateway: N
 * @index: M, or TTMEM_CHIP_LOCAL
 * @uid: its id
 * @by: how that is known
 */
struct chip {
	char *name;
	unsigned int gateway;
	unsigned int index;
	uint64_t uid;
	enum known_by by;
};

/**
 * struct holder - a process that holds a chip
 * @list: all of them
 * @pid: its number here
 * @inner: its number in its own pid namespace, which is what it calls itself
 * @pidfd: it, and no other one that gets its number later; tells when it ends
 * @started: clock ticks between boot and its start
 * @shm: /dev/shm as it sees it; NULL if that is not looked at
 * @there: it held a chip when that was looked at last
 */
struct holder {
	TAILQ_ENTRY(holder) list;
	pid_t pid;
	pid_t inner;
	int pidfd;
	uint64_t started;
	struct shm *shm;
	bool there;
};

/**
 * struct claim - a slot in use, and what became of it
 * @slot: what it says
 * @holder: the process that it is about; NULL if that is not known
 * @reason: why it is not reported; NULL if it is
 * @told: the reason that was logged
 * @epoch: &bridge.epoch when it was judged
 * @judged_ms: when that was
 * @there: it is in use now
 */
struct claim {
	struct region_slot slot;
	struct holder *holder;
	const char *reason;
	const char *told;
	unsigned int epoch;
	uint64_t judged_ms;
	bool there;
};

/**
 * struct source - the region of a chip in one directory
 * @list: those of the directory
 * @chip: a copy of what is known of the chip; its name is owned
 * @file: the region
 * @state: what can be said of it
 * @told: the state that was logged
 * @layout: its version
 * @claims: its slots
 */
struct source {
	TAILQ_ENTRY(source) list;
	struct chip chip;
	struct region_file file;
	enum region_state state;
	enum region_state told;
	uint32_t layout;
	struct claim claims[REGION_SLOTS];
};

/**
 * struct shm - a directory with regions
 * @list: all of them
 * @path: its name, for people
 * @fd: it; -1 if it cannot be opened
 * @problem: why not
 * @dev: where it is
 * @watch: of inotify
 * @configured: the configuration names it; else processes bring it along
 * @wanted: somebody still does
 * @sources: the regions of chips in it
 * @strays: names of regions without a chip
 * @nr_strays: how many of them
 * @more_strays: and how many that are not in the list
 * @changed: names have come or gone
 * @listed_ms: when these names were listed
 */
struct shm {
	TAILQ_ENTRY(shm) list;
	char *path;
	int fd;
	const char *problem;
	dev_t dev;
	int watch;
	bool configured;
	bool wanted;
	struct source_list sources;
	char **strays;
	size_t nr_strays;
	size_t more_strays;
	bool changed;
	uint64_t listed_ms;
};

/**
 * struct told - what the driver was told of a process on one chip
 * @claim: what it is to be told; NULL for nothing
 * @uid: unique id of the chip
 * @by: how that is known
 * @declared: the chip was declared
 * @sent: @used was accepted
 * @reason: why it was not; NULL if it was
 * @used: the figures of the last try
 * @tried_ms: when that was
 */
struct told {
	struct claim *claim;
	uint64_t uid;
	enum known_by by;
	bool declared;
	bool sent;
	const char *reason;
	uint64_t used[REGION_POOLS];
	uint64_t tried_ms;
};

/**
 * struct report - what is told of a process through one gateway
 * @list: all of them
 * @holder: the process
 * @gateway: tt-kmd's number
 * @handle: an open file that speaks for it; NULL if there is none
 * @closed: there was one
 * @chips: its chips, by index
 */
struct report {
	TAILQ_ENTRY(report) list;
	struct holder *holder;
	unsigned int gateway;
	struct ttmem *handle;
	bool closed;
	struct told chips[TTMEM_MAX_CHIPS];
};

/**
 * struct bridge - all of it
 * @config_path: the configuration
 * @config_optional: it may be missing
 * @config: what it says
 * @config_error: why a newer one is not in use; NULL if it is
 * @tree: the running system; its sysfs is NULL while tt-kmd is not there
 * @chips: chips with a unique id
 * @nr_chips: how many
 * @gateways: names of all PCI functions, ended by NULL
 * @refreshed_ms: when chips were looked for
 * @epoch: changes with the processes
 * @now_ms: when this look began
 * @epoll: what it waits for
 * @inotify: for directories
 * @holders: processes that hold a chip
 * @shms: directories
 * @reports: what the driver is told
 * @status: what others were told last
 */
struct bridge {
	const char *config_path;
	bool config_optional;
	struct config config;
	char *config_error;
	struct tree tree;
	struct chip *chips;
	size_t nr_chips;
	char **gateways;
	uint64_t refreshed_ms;
	unsigned int epoch;
	uint64_t now_ms;
	int epoll;
	int inotify;
	struct holder_list holders;
	struct shm_list shms;
	struct report_list reports;
	char *status;
};

/* bridge_loop.c: returns when it is told to end */
void bridge_loop(struct bridge *bridge);

/* bridge_chips.c */
/* Returns whether an id is another chip's now. */
bool chips_refresh(struct bridge *bridge);
const struct chip *chips_find_uid(const struct bridge *bridge, uint64_t uid);
const char *chips_known_by(enum known_by by);
void chips_forget(struct bridge *bridge);

/* bridge_holders.c */
/* When a process started, in clock ticks since boot. */
bool process_started(pid_t pid, uint64_t *started);
void holders_refresh(struct bridge *bridge);
bool holder_is_alive(const struct holder *holder);
int holder_maps(const struct holder *holder, dev_t dev, ino_t ino);
int holder_uid(const struct holder *holder, uid_t *uid);
uint64_t holder_started_ns(const struct holder *holder);
void holder_drop(struct bridge *bridge, struct holder *holder);

/* bridge_shm.c */
void shm_configure(struct bridge *bridge);
void shm_open_all(struct bridge *bridge);
void shm_refresh(struct bridge *bridge);
/* Returns whether a region may have come or gone. */
bool shm_hear(struct bridge *bridge);
/* @holder's own /dev/shm, which it may share with others. */
struct shm *shm_of(struct bridge *bridge, const struct holder *holder);
void shm_drop_all(struct bridge *bridge);

/* bridge_sources.c */
void sources_look(struct bridge *bridge, struct shm *shm);
void sources_drop(struct shm *shm);
/* Has it the name of a region, of any chip or none? */
bool region_looks_like(const char *name);

/* bridge_claims.c */
void claims_take(struct bridge *bridge, struct source *source, const struct region *region);
/* Logs why slots are not reported. */
void claims_tell(struct bridge *bridge);
void claims_forget(struct bridge *bridge, const struct holder *holder);

/* bridge_report.c */
void reports_begin(struct bridge *bridge);
void report_want(struct bridge *bridge, const struct source *source, struct claim *claim);
void reports_send(struct bridge *bridge);
void reports_forget(struct bridge *bridge, const struct holder *holder);

/* bridge_status.c */
/* There is one bridge at a time: returns an exit code, after a message. */
int status_begin(void);
void status_write(struct bridge *bridge);
void status_end(void);

/* bridge_show.c: returns an exit code */
int status_show(const char *sysroot, bool json);

/* bridge_log.c: as syslog has it, on stderr */
enum log_level {
	LOG_IS_ERROR = 3,
	LOG_IS_WARNING = 4,
	LOG_IS_INFO = 6,
};

void bridge_log(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void bridge_notify(const char *state);

#endif /* TTMEM_BRIDGE_H */
