// SPDX-License-Identifier: GPL-2.0-only
/* /proc/<pid>/fdinfo/<fd> of a chip's node, in the grammar of DRM's usage stats. */
#include <kselftest_harness.h>
#include <ctype.h>

#include "ttmem_chips.h"

static const char * const pools[] = { "l1", "l1_small", "cb", "dram", "trace" };

/* What report_all_pools() with 1000 bytes of L1 in each bank comes to. */
static const long long bytes[] = { 64000, 64 * 32, 99, 12 << 20, 0 };

FIXTURE(fdinfo) {
	int fd;		/* of tt0; no client yet */
	char text[4096];
};

FIXTURE_SETUP(fdinfo)
{
	ASSERT_EQ(restart_chips(), 0);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(fdinfo)
{
	close(self->fd);
}

/* The lines of the driver, which come after the kernel's own; each begins with a newline. */
static int read_info(int fd, char *text, size_t size)
{
	char path[64], *start;
	int ret;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	ret = file_read(path, text, size);
	if (ret < 0)
		return ret;
	start = strstr(text, "\ndrm-driver:");
	if (!start)
		return -ENODATA;
	memmove(text, start, strlen(start) + 1);
	return 0;
}

static const char *find(const char *text, const char *key)
{
	char line[64];
	const char *found;

	snprintf(line, sizeof(line), "\n%s:\t", key);
	found = strstr(text, line);
	return found ? found + strlen(line) : NULL;
}

static int says(const char *text, const char *key, const char *value)
{
	const char *found = find(text, key);
	size_t length = strlen(value);

	return found && !strncmp(found, value, length) && found[length] == '\n';
}

static long long number(const char *text, const char *key)
{
	const char *found = find(text, key);

	return found ? strtoll(found, NULL, 10) : -ENODATA;
}

/* A pool's figures below a prefix, which are the same: what is allocated is there. */
static long long pool_number(const char *text, const char *prefix, const char *pool)
{
	char total[64], resident[64];

	snprintf(total, sizeof(total), "%s-total-%s", prefix, pool);
	snprintf(resident, sizeof(resident), "%s-resident-%s", prefix, pool);
	return number(text, total) == number(text, resident) ? number(text, total) : -EINVAL;
}

/* Lines whose keys begin so. */
static int lines(const char *text, const char *prefix)
{
	char start[72];
	int lines = 0;

	snprintf(start, sizeof(start), "\n%s", prefix);
	while ((text = strstr(text, start))) {
		lines++;
		text++;
	}
	return lines;
}

/* Every line is a key without blanks, a colon, a tab and a value, and no key comes twice. */
static int grammatical(const char *text)
{
	char key[64];
	int length;

	for (; text[1]; text = strchr(text + 1, '\n')) {
		length = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-");
		if (!length || length > 60 || strncmp(text + 1 + length, ":\t", 2) ||
		    isspace(text[length + 3]))
			return 0;
		snprintf(key, sizeof(key), "%.*s:", length, text + 1);
		if (lines(text, key) != 1)
			return 0;
	}
	return 1;
}

TEST_F(fdinfo, of_a_file_that_has_said_nothing)
{
	ASSERT_EQ(read_info(self->fd, self->text, sizeof(self->text)), 0);
	EXPECT_TRUE(grammatical(self->text));
	EXPECT_TRUE(says(self->text, "drm-driver", "ttmem"));
	EXPECT_TRUE(says(self->text, "drm-pdev", WORMHOLE_BDF));
	/* No number, and no figures that somebody could take for zeros. */
	EXPECT_EQ(lines(self->text, ""), 2 + 1);	/* the last newline begins none */
}

TEST_F(fdinfo, of_a_client)
{
	int other = chip_open(BLACKHOLE, O_RDWR), i;

	ASSERT_EQ(report_all_pools(self->fd, 0, 1000), 0);
	ASSERT_EQ(report_n300_l1(other, 10), 0);
	ASSERT_EQ(read_info(self->fd, self->text, sizeof(self->text)), 0);
	EXPECT_TRUE(grammatical(self->text));
	EXPECT_EQ(number(self->text, "drm-client-id"), client_id(self->fd));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(pool_number(self->text, "drm", pools[i]), bytes[i]);
	EXPECT_EQ(lines(self->text, "drm-"), 3 + 2 * 5);
	EXPECT_EQ(lines(self->text, "ttmem-"), 0);

	ASSERT_EQ(read_info(other, self->text, sizeof(self->text)), 0);
	EXPECT_TRUE(says(self->text, "drm-pdev", BLACKHOLE_BDF));
	EXPECT_EQ(number(self->text, "drm-client-id"), client_id(other));
	EXPECT_EQ(pool_number(self->text, "drm", "l1"), 640);
	close(other);
}

/* What a tool that knows nothing of remote chips adds up is the local chip's, and only that. */
TEST_F(fdinfo, keeps_remote_chips_apart)
{
	int i;

	ASSERT_EQ(declare_remote(self->fd, UID + 1), 1);
	ASSERT_EQ(declare_remote(self->fd, UID + 2), 2);
	ASSERT_EQ(report_all_pools(self->fd, 2, 1000), 0);
	ASSERT_EQ(read_info(self->fd, self->text, sizeof(self->text)), 0);
	EXPECT_TRUE(grammatical(self->text));
	/* It has said nothing of the local chip. */
	EXPECT_EQ(lines(self->text, "drm-"), 3);
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(pool_number(self->text, "ttmem-r1", pools[i]), 0);
		EXPECT_EQ(pool_number(self->text, "ttmem-r2", pools[i]), bytes[i]);
	}

	ASSERT_EQ(report_n300_l1(self->fd, 10), 0);
	ASSERT_EQ(read_info(self->fd, self->text, sizeof(self->text)), 0);
	EXPECT_TRUE(grammatical(self->text));
	EXPECT_EQ(pool_number(self->text, "drm", "l1"), 640);
	EXPECT_EQ(pool_number(self->text, "ttmem-r2", "l1"), 64000);
	EXPECT_EQ(lines(self->text, "drm-"), 3 + 2 * 5);
	EXPECT_EQ(lines(self->text, "ttmem-r"), 2 * 2 * 5);
}

/* By the number a tool counts a client once, however many files and processes show it. */
TEST_F(fdinfo, is_the_same_for_each_copy_of_a_file)
{
	char copied[4096];
	int copy;

	ASSERT_EQ(report_all_pools(self->fd, 0, 1000), 0);
	copy = dup(self->fd);
	ASSERT_EQ(read_info(self->fd, self->text, sizeof(self->text)), 0);
	ASSERT_EQ(read_info(copy, copied, sizeof(copied)), 0);
	EXPECT_STREQ(copied, self->text);
	close(copy);
}

/* The chip is gone, and so is what was held of it; whose file it was can still be told. */
TEST_F(fdinfo, of_an_orphan)
{
	long long id;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	ASSERT_EQ(report_n300_l1(self->fd, 1000), 0);
	ASSERT_EQ(report_chip_l1(self->fd, 1, 10), 0);
	id = client_id(self->fd);
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	ASSERT_EQ(read_info(self->fd, self->text, sizeof(self->text)), 0);
	EXPECT_TRUE(grammatical(self->text));
	EXPECT_TRUE(says(self->text, "drm-pdev", WORMHOLE_BDF));
	EXPECT_EQ(number(self->text, "drm-client-id"), id);
	EXPECT_EQ(lines(self->text, "drm-"), 3);
	EXPECT_EQ(lines(self->text, "ttmem-"), 0);
	ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	ASSERT_EQ(read_info(self->fd, self->text, sizeof(self->text)), 0);
	EXPECT_EQ(lines(self->text, "drm-"), 3);
}

TEST_HARNESS_MAIN
