// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bridge says to its administrator: lines on stderr, and to systemd, how it is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "bridge.h"

/* In a minute. */
#define MAX_LINES	200

/* The journal takes the level from a prefix. It says which file leads to it. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

static void print(enum log_level level, const char *text)
{
	if (is_journal())
		fprintf(stderr, "<%d>%s\n", level, text);
	else
		fprintf(stderr, "ttmem: %s\n", text);
}

/* Users can be the cause of lines: they are not to fill the log. */
static bool is_too_much(void)
{
	static unsigned int lines;
	static time_t since;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!lines || now.tv_sec - since >= 60) {
		since = now.tv_sec;
		lines = 0;
	}
	if (++lines == MAX_LINES)
		print(LOG_IS_WARNING, "there is more to say: see 'ttmem bridge --status'");
	return lines >= MAX_LINES;
}

void bridge_log(enum log_level level, const char *fmt, ...)
{
	va_list args;
	char *text;

	if (level > LOG_IS_ERROR && is_too_much())
		return;
	va_start(args, fmt);
	text = vformat(fmt, args);
	va_end(args);
	print(level, text);
	free(text);
}

/* As sd_notify(3) describes it. Nobody is there to be told if the variable is not set. */
void bridge_notify(const char *state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (!len || len >= sizeof(address.sun_path) || (*path != '/' && *path != '@'))
		return;
	memcpy(address.sun_path, path, len);
	if (*path == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
		   offsetof(struct sockaddr_un, sun_path) + len) < 0)
		bridge_log(LOG_IS_WARNING, "%s: systemd cannot be told: %m", path);
	close(fd);
}
