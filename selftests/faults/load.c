// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading the module, with allocations and copies failing in turn: it is loaded, or it is not and
 * nothing of it is left.
 *
 * No chip is there to be shown: the module shows one in the same way when tt-kmd binds it. Faults
 * are tried in steps, since each takes seconds: a kernel that checks the life of kobjects releases
 * the module's own so late.
 */
#include <kselftest_harness.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "inject.h"

#define MANY	1000000

FIXTURE(load) {
	int faults;
	void *image;
	size_t size;
};

FIXTURE_SETUP(load)
{
	char path[512];
	struct stat stat;
	int fd;

	ASSERT_EQ(faults_prepare(), 0);
	self->faults = fail_nth_open();
	ASSERT_GE(self->faults, 0);
	ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
	ASSERT_EQ(kmd_unbind(BLACKHOLE_BDF), 0);
	ASSERT_EQ(module_unload("ttmem"), 0);

	snprintf(path, sizeof(path), "%s/ttmem.ko", getenv("TTMEM_MODULES"));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(fstat(fd, &stat), 0);
	self->size = stat.st_size;
	self->image = mmap(NULL, self->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	ASSERT_NE(self->image, MAP_FAILED);
	close(fd);
}

FIXTURE_TEARDOWN(load)
{
	munmap(self->image, self->size);
	close(self->faults);
}

/* Returns 0, or an error if the fault made it fail; *left is how many more could have come. */
static int load_with_fault(struct _test_data_load *self, int nth, int *left)
{
	int ret;

	fault_arm(self->faults, nth);
	ret = syscall(SYS_init_module, self->image, self->size, "") ? -errno : 0;
	*left = fault_disarm(self->faults);
	return ret;
}

static void try_nth(struct __test_metadata *_metadata, struct _test_data_load *self, int nth,
		    struct outcome *outcome)
{
	int left, ret = load_with_fault(self, nth, &left);

	outcome->faults += !left;
	outcome->failures += ret < 0;
	EXPECT_TRUE(!ret || (!left && (ret == -ENOMEM || ret == -EFAULT))) {
		TH_LOG("fault %d: error %d", nth, ret);
	}
	EXPECT_EQ(!access("/sys/module/ttmem", F_OK), !ret) {
		TH_LOG("fault %d: error %d", nth, ret);
	}
	if (!ret)
		ASSERT_EQ(module_unload("ttmem"), 0);
}

TEST_F_TIMEOUT(load, a_failure_at_a_time, 3600)
{
	int faults, left, nth, step = fault_step();
	struct outcome outcome = {};

	ASSERT_EQ(load_with_fault(self, MANY, &left), 0);
	ASSERT_EQ(module_unload("ttmem"), 0);
	faults = MANY - left;
	printf("# figure: loading: %d faults are possible, each %dth is tried\n", faults, step);
	fflush(stdout);

	for (nth = fault_first(); nth <= faults; nth += step)
		try_nth(_metadata, self, nth, &outcome);
	outcome_say("loading the module", outcome);

	/* And the next one works. */
	EXPECT_EQ(module_load("ttmem", ""), 0);
	EXPECT_EQ(kmd_bind(WORMHOLE_BDF), 0);
	EXPECT_EQ(kmd_bind(BLACKHOLE_BDF), 0);
	EXPECT_TRUE(chip_exists(WORMHOLE) && chip_exists(BLACKHOLE));
}

TEST_HARNESS_MAIN
