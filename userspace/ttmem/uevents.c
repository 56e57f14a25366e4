// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's uevents of chips, by libudev.
 */
#include <err.h>
#include <errno.h>
#include <libudev.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"
#include "ttmem.h"
#include "uevents.h"

#define UDEV(F) \
	F(udev_device_get_action) F(udev_device_unref) F(udev_monitor_enable_receiving) \
	F(udev_monitor_filter_add_match_subsystem_devtype) F(udev_monitor_get_fd) \
	F(udev_monitor_new_from_netlink) F(udev_monitor_receive_device) F(udev_monitor_unref) \
	F(udev_new) F(udev_unref)

static struct {
	UDEV(LIBRARY_POINTER)
} lib;

static const char *const names[] = { UDEV(LIBRARY_NAME) };

/**
 * struct uevents - the library's
 * @udev: its own
 * @monitor: what the events come from
 */
struct uevents {
	struct udev *udev;
	struct udev_monitor *monitor;
};

static bool start(struct uevents *uevents)
{
	uevents->udev = lib.udev_new();
	if (!uevents->udev)
		return false;
	uevents->monitor = lib.udev_monitor_new_from_netlink(uevents->udev, "kernel");
	return uevents->monitor &&
	       lib.udev_monitor_filter_add_match_subsystem_devtype(uevents->monitor, "tenstorrent",
								   NULL) >= 0 &&
	       lib.udev_monitor_enable_receiving(uevents->monitor) >= 0;
}

struct uevents *uevents_open(void)
{
	struct uevents *uevents;

	if (!library_load("libudev.so.1", names, ARRAY_SIZE(names), &lib))
		return NULL;
	uevents = calloc(1, sizeof(*uevents));
	if (!uevents)
		err(EX_FAILED, NULL);
	if (start(uevents))
		return uevents;
	warn("no uevents of the kernel");
	uevents_close(uevents);
	return NULL;
}

int uevents_fd(struct uevents *uevents)
{
	return lib.udev_monitor_get_fd(uevents->monitor);
}

bool uevents_take(struct uevents *uevents)
{
	struct udev_device *device;
	const char *action;
	bool moved = false;

	errno = 0;
	while ((device = lib.udev_monitor_receive_device(uevents->monitor))) {
		action = lib.udev_device_get_action(device);
		if (!action || strcmp(action, "change") != 0)
			moved = true;
		lib.udev_device_unref(device);
		errno = 0;
	}
	/* There were so many that some were lost. */
	return moved || errno == ENOBUFS;
}

void uevents_close(struct uevents *uevents)
{
	if (!uevents)
		return;
	lib.udev_monitor_unref(uevents->monitor);
	lib.udev_unref(uevents->udev);
	free(uevents);
}
