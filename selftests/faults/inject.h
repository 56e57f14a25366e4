/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One fault at a time: the Nth allocation, or copy from or to user memory, of a call fails. A call
 * is tried with N = 1, 2, 3 and so on, until it is over before a fault has struck.
 */
#ifndef TTMEM_INJECT_H
#define TTMEM_INJECT_H

#include "../ttmem_chips.h"

#define FAULTS	"/sys/kernel/debug/"

/* Every kind of allocation may fail, and nothing is said of it in the kernel's log. */
static inline int faults_prepare(void)
{
	return file_write(FAULTS "failslab/ignore-gfp-wait", "N") ||
	       file_write(FAULTS "fail_page_alloc/ignore-gfp-wait", "N") ||
	       file_write(FAULTS "fail_page_alloc/min-order", "0") ||
	       file_write(FAULTS "failslab/verbose", "0") ||
	       file_write(FAULTS "fail_page_alloc/verbose", "0") ||
	       file_write(FAULTS "fail_usercopy/verbose", "0");
}

/* Of this thread: what other threads do, those of the kernel included, does not fail. */
static inline int fail_nth_open(void)
{
	return open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

static inline void fault_arm(int faults, unsigned int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", nth);
	if (pwrite(faults, text, strlen(text), 0) < 0)
		abort();
}

/* How many more could come before it strikes: 0 if it has. It will not any more. */
static inline int fault_disarm(int faults)
{
	char text[16] = "";
	int left = 1;

	/* The number is formatted before it is copied here, which may be what fails now. */
	if (pread(faults, text, sizeof(text) - 1, 0) > 0)
		left = atoi(text);
	while (pwrite(faults, "0", 1, 0) != 1)
		;
	return left;
}

/* ---- all at once --------------------------------------------------------------------------- */

/* Less than a node of a tree: each of those is once the first that fails. */
#define MEMORY_STEP	512
#define ENOUGH_FAULTS	"1000000"

/*
 * Memory of this thread ends after some more bytes: what the kernel tries twice fails, too. Returns
 * what memory_comes_back() needs, for then nothing can be opened.
 */
static inline int memory_ends(unsigned int bytes)
{
	int ends = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	char text[16];

	snprintf(text, sizeof(text), "%u", bytes);
	if (file_write(FAULTS "failslab/task-filter", "Y") ||
	    file_write(FAULTS "failslab/probability", "100") ||
	    file_write(FAULTS "failslab/space", text) ||
	    file_write(FAULTS "failslab/times", ENOUGH_FAULTS) || write(ends, "1", 1) != 1)
		abort();
	return ends;
}

/* Has anything failed? */
static inline int memory_comes_back(int ends)
{
	char text[16] = "";

	if (pwrite(ends, "0", 1, 0) != 1 || close(ends) ||
	    file_read(FAULTS "failslab/times", text, sizeof(text)) < 0 ||
	    file_write(FAULTS "failslab/probability", "0"))
		abort();
	return atoi(text) < atoi(ENOUGH_FAULTS);
}

static inline int number_of(const char *variable, int otherwise)
{
	const char *text = getenv(variable);

	return text ? atoi(text) : otherwise;
}

/* Where most faults are of the kernel's own, each TTMEM_STEPth is tried, from TTMEM_SEED on. */
static inline int fault_step(void)
{
	return number_of("TTMEM_STEP", 1);
}

static inline int fault_first(void)
{
	unsigned int seed = number_of("TTMEM_SEED", 1);

	return 1 + rand_r(&seed) % fault_step();
}

/* ---- what must not change ------------------------------------------------------------------ */

#define STAT_SIZE	4096

struct world {
	char text[16384];
};

static inline int names_add(struct world *world, const char *path)
{
	struct dirent *entry;
	size_t length = strlen(world->text);
	DIR *dir = opendir(path);

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		length += snprintf(world->text + length, sizeof(world->text) - length, "%s\n",
				   entry->d_name);
	closedir(dir);
	return 0;
}

/* All chips, and the figures and the clients of a gateway's local chip. */
static inline int world_look(struct world *world, unsigned int gateway)
{
	char path[64];
	int ret;

	world->text[0] = '\0';
	ret = names_add(world, "/sys/class/tenstorrent");
	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%u/clients", gateway);
	if (ret || !chip_exists(gateway))
		return ret;
	ret = names_add(world, path);
	return ret ? ret : mem_figures(gateway, world->text + strlen(world->text), STAT_SIZE);
}

/* ---- a call that is tried ------------------------------------------------------------------ */

/* Where it takes place. What is of one attempt only is made by prepare() and gone after undo(). */
struct scene {
	int faults;
	int fd;
	int round;
	void *page;
	const char *path;
};

/**
 * struct action - a call that is tried
 * @name: of the call
 * @rejects: the chip counts it if it is refused
 * @in_steps: not each fault is tried
 * @for_good: from a fault on memory ends, a little later each time
 * @prepare: returns 0
 * @act: the call; returns 0 or a negative errno
 * @works: is everything as it should be after it has succeeded?
 * @undo: returns 0
 */
struct action {
	const char *name;
	int rejects;
	int in_steps;
	int for_good;
	int (*prepare)(struct scene *scene);
	int (*act)(struct scene *scene);
	int (*works)(struct scene *scene);
	int (*undo)(struct scene *scene);
};

/* Faults that struck, and those that made the call fail. */
struct outcome {
	int faults;
	int failures;
};

static inline void check_failure(struct __test_metadata *_metadata, const struct action *action,
				 struct scene *scene, int error, const struct world *before,
				 long long rejected)
{
	struct world after;

	EXPECT_TRUE(error == -ENOMEM || error == -EFAULT) {
		TH_LOG("%s: fault %d: error %d", action->name, scene->round, error);
	}
	ASSERT_EQ(world_look(&after, WORMHOLE), 0);
	EXPECT_STREQ(before->text, after.text) {
		TH_LOG("%s: fault %d: something has changed", action->name, scene->round);
	}
	if (action->rejects)
		EXPECT_EQ(mem(WORMHOLE, "rejected"), rejected + 1);
	EXPECT_EQ(action->act(scene), 0) {
		TH_LOG("%s: after fault %d", action->name, scene->round);
	}
}

static inline int try_once(struct __test_metadata *_metadata, const struct action *action,
			   struct scene *scene, struct outcome *outcome)
{
	struct world before;
	long long rejected;
	int ret, struck, ends = -1;

	ASSERT_EQ(action->prepare(scene), 0) {
		TH_LOG("%s: before fault %d", action->name, scene->round);
	}
	ASSERT_EQ(world_look(&before, WORMHOLE), 0);
	rejected = mem(WORMHOLE, "rejected");

	if (action->for_good)
		ends = memory_ends((scene->round - 1) * MEMORY_STEP);
	else
		fault_arm(scene->faults, scene->round);
	ret = action->act(scene);
	struck = action->for_good ? memory_comes_back(ends) : !fault_disarm(scene->faults);

	outcome->faults += struck;
	outcome->failures += ret < 0;
	ASSERT_TRUE(struck || !ret) {
		TH_LOG("%s: error %d without a fault", action->name, ret);
	}
	if (ret)
		check_failure(_metadata, action, scene, ret, &before, rejected);
	if (action->works) {
		EXPECT_TRUE(action->works(scene)) {
			TH_LOG("%s: fault %d", action->name, scene->round);
		}
	}
	ASSERT_EQ(action->undo(scene), 0) {
		TH_LOG("%s: after fault %d", action->name, scene->round);
	}
	return struck;
}

static inline struct outcome try_all(struct __test_metadata *_metadata,
				     const struct action *action, struct scene *scene)
{
	struct outcome outcome = {};

	scene->round = action->in_steps ? fault_first() : 1;
	while (try_once(_metadata, action, scene, &outcome) && _metadata->passed)
		scene->round += action->in_steps ? fault_step() : 1;
	return outcome;
}

static inline void outcome_say(const char *name, struct outcome outcome)
{
	printf("# figure: %s: %d faults, %d errors\n", name, outcome.faults, outcome.failures);
	fflush(stdout);
}

#endif /* TTMEM_INJECT_H */
