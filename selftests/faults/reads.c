// SPDX-License-Identifier: GPL-2.0-only
/* Every file that can be read, and poll, with every allocation and every copy failing in turn. */
#include <kselftest_harness.h>
#include <poll.h>

#include "scene.h"

static int act_read(struct scene *scene)
{
	char text[STAT_SIZE];
	int ret = file_read(scene->path, text, sizeof(text));

	/* What is not known is no fault. */
	return ret == -ENODATA || ret > 0 ? 0 : ret;
}

static const struct action reading = {
	.name = "read", .prepare = nothing, .act = act_read, .undo = nothing,
};

static void read_directory(struct __test_metadata *_metadata, struct scene *scene,
			   const char *directory, struct outcome *sum)
{
	struct outcome outcome;
	struct dirent *entry;
	char path[512];
	DIR *dir = opendir(directory);

	ASSERT_NE(dir, NULL);
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_REG)
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		scene->path = path;
		outcome = try_all(_metadata, &reading, scene);
		EXPECT_GT(outcome.failures, 0) {
			TH_LOG("%s", path);
		}
		sum->faults += outcome.faults;
		sum->failures += outcome.failures;
	}
	closedir(dir);
}

TEST_F_TIMEOUT(faults, attributes, 600)
{
	struct scene *scene = &self->scene;
	struct outcome sum = {};
	char path[96];

	ASSERT_EQ(open_report_and_map(scene), 0);
	read_directory(_metadata, scene, "/sys/class/tenstorrent/tt0/mem", &sum);
	outcome_say("reading mem/", sum);
	sum = (struct outcome){};
	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt0/clients/%lld",
		 client_id(scene->fd));
	read_directory(_metadata, scene, path, &sum);
	outcome_say("reading clients/", sum);

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", scene->fd);
	scene->path = path;
	outcome_say("reading fdinfo", try_all(_metadata, &reading, scene));
	EXPECT_EQ(unmap_and_close(scene), 0);
}

/* Opens, reads and waits for a change that has come already. */
static int act_poll(struct scene *scene)
{
	char text[STAT_SIZE];
	struct pollfd poller = { .events = POLLPRI };
	int ret;

	poller.fd = open("/sys/class/tenstorrent/tt0/mem/stat", O_RDONLY | O_CLOEXEC);
	if (poller.fd < 0)
		return -errno;
	ret = read(poller.fd, text, sizeof(text)) < 0 || poll(&poller, 1, 0) < 0 ? -errno : 0;
	close(poller.fd);
	return ret;
}

static int act_write_mark(struct scene *scene)
{
	return file_write("/sys/class/tenstorrent/tt0/mem/l1_high", "12345");
}

static int clear_mark(struct scene *scene)
{
	return file_write("/sys/class/tenstorrent/tt0/mem/l1_high", "0");
}

TEST_F_TIMEOUT(faults, poll_and_marks, 120)
{
	static const struct action polling = {
		.name = "poll", .prepare = nothing, .act = act_poll, .undo = nothing,
	};
	static const struct action mark = {
		.name = "writing a mark", .prepare = nothing, .act = act_write_mark,
		.undo = clear_mark,
	};

	TRY(polling);
	TRY(mark);
}

TEST_HARNESS_MAIN
