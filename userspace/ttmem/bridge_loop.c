// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bridge waits for. Writing to shared memory wakes nobody, so it looks at intervals; that
 * files, chips and processes come and go it hears at once.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "bridge.h"
#include "uevents.h"

#define NS_PER_MS	1000000L
/* What comes in a row is looked at together. */
#define SOON_MS		50

/**
 * struct loop - what it waits for, beside processes
 * @bridge: the bridge
 * @signals: to end, or to read the configuration anew
 * @interval: it is time to look again
 * @soon: something has happened a moment ago
 * @uevents: say when chips come, go and change; NULL if they cannot be heard
 * @chips: they have
 * @ended: it is to end
 */
struct loop {
	struct bridge *bridge;
	int signals;
	int interval;
	int soon;
	struct uevents *uevents;
	bool chips;
	bool ended;
};

static void set_timer(int timer, unsigned int first_ms, unsigned int then_ms)
{
	const struct itimerspec when = {
		.it_value = { first_ms / 1000, first_ms % 1000 * NS_PER_MS },
		.it_interval = { then_ms / 1000, then_ms % 1000 * NS_PER_MS },
	};

	timerfd_settime(timer, 0, &when, NULL);
}

/* ---- looking ------------------------------------------------------------------------------- */

static void look(struct loop *loop)
{
	struct bridge *bridge = loop->bridge;
	struct timespec now;
	struct shm *shm;

	clock_gettime(CLOCK_MONOTONIC, &now);
	bridge->now_ms = now.tv_sec * 1000ULL + now.tv_nsec / NS_PER_MS;
	if (loop->chips || bridge->now_ms - bridge->refreshed_ms >= REFRESH_MS) {
		loop->chips = false;
		bridge->refreshed_ms = bridge->now_ms;
		if (chips_refresh(bridge))
			TAILQ_FOREACH(shm, &bridge->shms, list)
				shm->changed = true;
	}
	shm_open_all(bridge);
	holders_refresh(bridge);
	reports_begin(bridge);
	shm_refresh(bridge);
	reports_send(bridge);
	claims_tell(bridge);
	status_write(bridge);
}

/* A wrong one is not taken. */
static void reload(struct loop *loop)
{
	struct bridge *bridge = loop->bridge;
	struct config config;

	bridge_notify("RELOADING=1");
	free(bridge->config_error);
	bridge->config_error = config_read(&config, bridge->config_path, bridge->config_optional);
	if (bridge->config_error) {
		bridge_log(LOG_IS_ERROR, "%s; the configuration stays as it was",
			   bridge->config_error);
	} else {
		config_free(&bridge->config);
		bridge->config = config;
		shm_configure(bridge);
		set_timer(loop->interval, config.interval_ms, config.interval_ms);
		bridge_log(LOG_IS_INFO, "%s was read", bridge->config_path);
	}
	loop->chips = true;
	look(loop);
	bridge_notify("READY=1");
}

/* ---- hearing ------------------------------------------------------------------------------- */

static void hear_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			reload(loop);
		else
			loop->ended = true;
	}
}

static void hear_chips(struct loop *loop)
{
	uevents_take(loop->uevents);
	loop->chips = true;
	set_timer(loop->soon, SOON_MS, 0);
}

/* Returns whether it is time to look. */
static bool hear(struct loop *loop, void *what)
{
	uint64_t times;

	if (what == &loop->interval || what == &loop->soon)
		return read(*(int *)what, &times, sizeof(times)) > 0;
	if (what == &loop->uevents)
		hear_chips(loop);
	else if (what == &loop->bridge->inotify && shm_hear(loop->bridge))
		set_timer(loop->soon, SOON_MS, 0);
	return false;
}

/* Processes that have ended come first: what they held is gone, whatever else there is. */
static void wait_and_hear(struct loop *loop)
{
	void *const own[] = {
		&loop->signals, &loop->interval, &loop->soon, &loop->uevents,
		&loop->bridge->inotify,
	};
	struct epoll_event events[32];
	bool signals = false, time = false;
	size_t i, at;
	int nr;

	nr = epoll_wait(loop->bridge->epoll, events, ARRAY_SIZE(events), -1);
	if (nr < 0 && errno != EINTR)
		err(EX_FAILED, "epoll");
	for (i = 0; (int)i < nr; i++) {
		for (at = 0; at < ARRAY_SIZE(own) && own[at] != events[i].data.ptr; at++)
			;
		if (at == ARRAY_SIZE(own)) {
			holder_drop(loop->bridge, events[i].data.ptr);
			set_timer(loop->soon, SOON_MS, 0);
		} else if (own[at] == &loop->signals) {
			signals = true;
		} else {
			time |= hear(loop, own[at]);
		}
	}
	if (time)
		look(loop);
	if (signals)
		hear_signals(loop);
}

/* ---- begin and end ------------------------------------------------------------------------- */

static void wait_for(struct loop *loop, int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	if (fd < 0 || epoll_ctl(loop->bridge->epoll, EPOLL_CTL_ADD, fd, &event))
		err(EX_FAILED, "cannot wait for events");
}

/* Chips are looked for without it, too, but later. */
static void hear_uevents(struct loop *loop)
{
	loop->uevents = uevents_open();
	if (loop->uevents)
		wait_for(loop, uevents_fd(loop->uevents), &loop->uevents);
	else
		bridge_log(LOG_IS_WARNING, "chips that come are seen late");
}

static void begin(struct loop *loop)
{
	struct bridge *bridge = loop->bridge;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	loop->signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	loop->interval = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	loop->soon = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	bridge->epoll = epoll_create1(EPOLL_CLOEXEC);
	bridge->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	wait_for(loop, loop->signals, &loop->signals);
	wait_for(loop, loop->interval, &loop->interval);
	wait_for(loop, loop->soon, &loop->soon);
	wait_for(loop, bridge->inotify, &bridge->inotify);
	hear_uevents(loop);
	set_timer(loop->interval, bridge->config.interval_ms, bridge->config.interval_ms);
}

static void end(struct loop *loop)
{
	struct bridge *bridge = loop->bridge;

	while (!TAILQ_EMPTY(&bridge->holders))
		holder_drop(bridge, TAILQ_FIRST(&bridge->holders));
	shm_drop_all(bridge);
	chips_forget(bridge);
	ttmem_sysfs_close(bridge->tree.sysfs);
	uevents_close(loop->uevents);
	close(loop->signals);
	close(loop->interval);
	close(loop->soon);
	close(bridge->inotify);
	close(bridge->epoll);
}

void bridge_loop(struct bridge *bridge)
{
	struct loop loop = { .bridge = bridge, .chips = true };

	begin(&loop);
	shm_configure(bridge);
	look(&loop);
	bridge_notify("READY=1");
	while (!loop.ended)
		wait_and_hear(&loop);
	bridge_notify("STOPPING=1");
	end(&loop);
}
