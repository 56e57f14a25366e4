/* SPDX-License-Identifier: GPL-2.0-only */
/* Listening to what the kernel tells udev of a chip. */
#ifndef TTMEM_UEVENTS_H
#define TTMEM_UEVENTS_H

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>

#include "ttmem_test.h"

/* "ACTION@DEVPATH", then "KEY=VALUE"s, each ends with NUL. */
struct uevent {
	char text[4096];
	ssize_t length;
};

static inline int listen_to_kernel(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int listener = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	int bytes = 4 << 20;

	if (setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	return listener;
}

static inline const char *next_key(const struct uevent *event, const char *key)
{
	key += strlen(key) + 1;
	return key < event->text + event->length ? key : NULL;
}

/* NULL if the event does not have the key. */
static inline const char *value(const struct uevent *event, const char *name)
{
	const char *key;

	for (key = event->text; key; key = next_key(event, key))
		if (!strncmp(key, name, strlen(name)) && key[strlen(name)] == '=')
			return key + strlen(name) + 1;
	return NULL;
}

static inline int is_about(const struct uevent *event, const char *action, const char *chip)
{
	const char *path = value(event, "DEVPATH");

	return path && !strcmp(value(event, "ACTION"), action) &&
	       !strcmp(strrchr(path, '/') + 1, chip);
}

/* Returns 0 if nothing comes any more. */
static inline int receive(int listener, const char *action, const char *chip, struct uevent *event)
{
	struct pollfd poller = { .fd = listener, .events = POLLIN };

	while (poll(&poller, 1, NEVER_MS) == 1) {
		event->length = recv(listener, event->text, sizeof(event->text) - 1, 0);
		if (event->length <= 0)
			return 0;
		event->text[event->length] = '\0';
		if (is_about(event, action, chip))
			return 1;
	}
	return 0;
}

/* The next event of a chip in words: "kind pool used of total", without what it does not say. */
static inline const char *next(int listener, const char *chip)
{
	static char words[256];
	struct uevent event;
	const char *pool, *used, *total;

	if (!receive(listener, "change", chip, &event))
		return "nothing";
	pool = value(&event, "TTMEM_POOL");
	used = value(&event, "TTMEM_USED");
	total = value(&event, "TTMEM_TOTAL");
	snprintf(words, sizeof(words), "%s%s%s%s%s%s%s", value(&event, "TTMEM_EVENT"),
		 pool ? " " : "", pool ? pool : "", used ? " " : "", used ? used : "",
		 total ? " of " : "", total ? total : "");
	return words;
}

#endif /* TTMEM_UEVENTS_H */
