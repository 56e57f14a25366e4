// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file that is replaced as a whole: the new one is written beside it, under a name with another
 * ending, so that nobody takes it for the real one, and then gets the name.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replace.h"
#include "ttmem.h"

static int write_all(int fd, const char *text, size_t len)
{
	ssize_t written;

	while (len) {
		written = write(fd, text, len);
		if (written < 0 && errno != EINTR)
			return -1;
		if (written > 0) {
			text += written;
			len -= written;
		}
	}
	return 0;
}

/* Not synced: after a crash of the machine there are other figures anyway. */
static int fill(int fd, const char *text, size_t len)
{
	int ret = write_all(fd, text, len);

	if (!ret)
		ret = fchmod(fd, 0644);
	if (close(fd))
		ret = -1;
	return ret;
}

/* A device, a pipe or a link would no longer be one. */
static bool may_replace(const char *path)
{
	struct stat there;

	if (lstat(path, &there) || S_ISREG(there.st_mode))
		return true;
	warnx("%s: not a regular file", path);
	return false;
}

int replace_file(const char *path, const char *text, size_t len)
{
	char *beside;
	int fd, failed;

	if (!may_replace(path))
		return EX_FAILED;
	beside = format("%s.XXXXXX", path);
	fd = mkostemp(beside, O_CLOEXEC);
	failed = fd < 0;
	if (!failed && (fill(fd, text, len) || rename(beside, path))) {
		failed = errno;
		unlink(beside);
		errno = failed;
	}
	if (failed)
		warn("%s", path);
	free(beside);
	return failed ? EX_FAILED : 0;
}
