// SPDX-License-Identifier: GPL-2.0-only
/*
 * The runtime's side of the library: what exactly reaches the driver, and what comes back.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "libttmem.h"
#include "seam.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define FD		42
#define MAX_ARGUMENT	16384

static const int documented_errors[] = {
	ENOTTY, EFAULT, EINVAL, E2BIG, EOPNOTSUPP, ENODEV, EACCES, ERANGE, EOVERFLOW, ENODATA,
	EPERM, ENOSPC, EEXIST, EAGAIN, ENOMEM, ESRCH, EBUSY,
};

static const struct ttmem_geometry n300 = {
	.chip_uid = 0x0123456789abcdefULL,
	.tensix_enabled = 64,
	.tensix_harvest_mask = 0x201,
	.l1_core_bytes = 1499136,
	.dram_banks_enabled = 12,
	.dram_bank_bytes = 1ULL << 30,
};

static const struct ttmem_report_entry entries[] = {
	{
		.chip = 1,
		.pool = TTMEM_POOL_L1,
		.banks = 64,
		.bank_bytes = 1395424,
		.allocated_bytes = 4096,
		.largest_free_bytes = 1000000,
	},
	{
		.pool = TTMEM_POOL_CB,
		.flags = TTMEM_REPORT_WHOLE_POOL,
		.allocated_bytes = 0xfedcba9876543210ULL,
	},
};

/* ---- the seam ------------------------------------------------------------------------------ */

/* A negative result is an errno. */
static int result(int value)
{
	if (value >= 0)
		return value;
	errno = -value;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	check_expected_ptr(path);
	check_expected(flags);
	return result(mock_type(int));
}

int __wrap_close(int fd)
{
	check_expected(fd);
	return 0;
}

int __wrap_ioctl(int fd, unsigned long command, void *arg)
{
	const uint32_t *reply;

	assert_int_equal(fd, FD);
	check_expected(command);
	check_expected_ptr(arg);
	reply = mock_ptr_type(const uint32_t *);
	/* As every argument, it begins with its own size. */
	if (reply)
		memcpy(arg, reply, *reply);
	return result(mock_type(int));
}

void *__wrap_mmap(void *hint, size_t size, int prot, int flags, int fd, off_t offset)
{
	int error;

	assert_null(hint);
	assert_int_equal(fd, FD);
	assert_int_equal(prot, PROT_READ | PROT_WRITE);
	assert_int_equal(flags, MAP_SHARED);
	check_expected(size);
	check_expected(offset);
	error = mock_type(int);
	if (!error)
		return mock_ptr_type(void *);
	errno = error;
	return MAP_FAILED;
}

int __wrap_munmap(void *base, size_t size)
{
	check_expected_ptr(base);
	check_expected(size);
	return 0;
}

static void expect_open(const char *path, int value)
{
	expect_string(__wrap_open, path, path);
	expect_value(__wrap_open, flags, O_RDWR | O_CLOEXEC);
	will_return(__wrap_open, value);
}

static void expect_ioctl(unsigned long command, const void *arg, size_t size, const void *reply,
			 int value)
{
	expect_value(__wrap_ioctl, command, command);
	expect_memory(__wrap_ioctl, arg, arg, size);
	will_return(__wrap_ioctl, reply);
	will_return(__wrap_ioctl, value);
}

/* ---- open and close ------------------------------------------------------------------------ */

static int open_node(void **state)
{
	struct ttmem *handle;

	expect_open("/dev/ttmem/tt0", FD);
	assert_int_equal(ttmem_open(&handle, 0), 0);
	*state = handle;
	return 0;
}

static int close_node(void **state)
{
	expect_value(__wrap_close, fd, FD);
	ttmem_close(*state);
	return 0;
}

static void test_open(void **state)
{
	struct ttmem *handle;

	(void)state;
	expect_open("/dev/ttmem/tt4294967295", FD);
	assert_int_equal(ttmem_open(&handle, UINT_MAX), 0);
	assert_int_equal(ttmem_fd(handle), FD);
	expect_value(__wrap_close, fd, FD);
	ttmem_close(handle);
}

static void test_open_fails(void **state)
{
	static const int errors[] = { ENOENT, ENODEV, ENXIO, EACCES, EMFILE };
	struct ttmem *handle;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		memset(&handle, 0xa5, sizeof(handle));
		expect_open("/dev/ttmem/tt3", -errors[i]);
		assert_int_equal(ttmem_open(&handle, 3), -errors[i]);
		assert_null(handle);
	}
}

static void test_open_for(void **state)
{
	const struct ttmem_owner owner = {
		.size = sizeof(owner),
		.pid = 4711,
		.start_time = 0x123456789abcdULL,
	};
	struct ttmem *handle;

	(void)state;
	expect_open("/dev/ttmem/tt3", FD);
	expect_ioctl(TTMEM_OWNER, &owner, sizeof(owner), NULL, 0);
	assert_int_equal(ttmem_open_for(&handle, 3, 4711, 0x123456789abcdULL), 0);
	assert_int_equal(ttmem_fd(handle), FD);
	expect_value(__wrap_close, fd, FD);
	ttmem_close(handle);
}

/* Nobody is left with a handle that speaks for the caller instead. */
static void test_open_for_fails(void **state)
{
	const struct ttmem_owner owner = {
		.size = sizeof(owner),
		.pid = -1,
	};
	struct ttmem *handle;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		memset(&handle, 0xa5, sizeof(handle));
		expect_open("/dev/ttmem/tt3", FD);
		expect_ioctl(TTMEM_OWNER, &owner, sizeof(owner), NULL, -documented_errors[i]);
		expect_value(__wrap_close, fd, FD);
		assert_int_equal(ttmem_open_for(&handle, 3, -1, 0), -documented_errors[i]);
		assert_null(handle);
	}
	memset(&handle, 0xa5, sizeof(handle));
	expect_open("/dev/ttmem/tt3", -ENOENT);
	assert_int_equal(ttmem_open_for(&handle, 3, -1, 0), -ENOENT);
	assert_null(handle);
}

/* Without a handle nothing reaches the system: the seam would say so. */
static void test_no_handle(void **state)
{
	struct ttmem_query query;
	struct ttmem_page page;
	unsigned int chip = 99;

	(void)state;
	ttmem_close(NULL);
	assert_int_equal(ttmem_fd(NULL), -ENODEV);
	assert_int_equal(ttmem_query(NULL, 0, &query, sizeof(query)), -ENODEV);
	assert_int_equal(ttmem_declare(NULL, 0, &n300), -ENODEV);
	assert_int_equal(ttmem_declare_remote(NULL, &n300, &chip), -ENODEV);
	assert_int_equal(chip, 99);
	assert_int_equal(ttmem_pin(NULL, 0, &n300), -ENODEV);
	assert_int_equal(ttmem_unpin(NULL, TTMEM_CHIP_REMOTE, n300.chip_uid), -ENODEV);
	assert_int_equal(ttmem_report(NULL, entries, ARRAY_SIZE(entries), sizeof(entries[0])),
			 -ENODEV);
	assert_int_equal(ttmem_failure(NULL, 0, TTMEM_POOL_L1, 1), -ENODEV);
	assert_int_equal(ttmem_look(NULL), -ENODEV);
	memset(&page, 0xa5, sizeof(page));
	assert_int_equal(ttmem_page_map(NULL, 0, &page), -ENODEV);
	assert_null(ttmem_page_pool(&page, TTMEM_POOL_TRACE));
	ttmem_page_unmap(&page);
}

/* ---- calls --------------------------------------------------------------------------------- */

static void test_query(void **state)
{
	const struct ttmem_query question = {
		.size = sizeof(question),
		.chip = 5,
	};
	const struct ttmem_query answer = {
		.size = sizeof(answer),
		.chip = 5,
		.api_version = TTMEM_API_VERSION,
		.arch = TTMEM_ARCH_WORMHOLE_B0,
		.client_id = 0x1122334455667788ULL,
		.declared = n300,
	};
	struct ttmem_query out;

	memset(&out, 0xff, sizeof(out));
	expect_ioctl(TTMEM_QUERY, &question, sizeof(question), &answer, 0);
	assert_int_equal(ttmem_query(*state, 5, &out, sizeof(out)), 0);
	assert_memory_equal(&out, &answer, sizeof(out));
}

/* A program may be older or newer than the library: its own size counts, and no byte beyond. */
static void test_query_sizes(void **state)
{
	static const unsigned int sizes[] = {
		TTMEM_QUERY_SIZE_VER0, TTMEM_QUERY_SIZE_VER0 + 64,
	};
	unsigned char out[TTMEM_QUERY_SIZE_VER0 + 72], expected[sizeof(out)];
	struct ttmem_query head = { .chip = 5 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(out, 0xa5, sizeof(out));
		memset(expected, 0xa5, sizeof(expected));
		memset(expected, 0, sizes[i]);
		head.size = sizes[i];
		memcpy(expected, &head, TTMEM_QUERY_SIZE_VER0);
		expect_ioctl(TTMEM_QUERY, expected, sizes[i], NULL, 0);
		assert_int_equal(ttmem_query(*state, 5, (void *)out, sizes[i]), 0);
		assert_memory_equal(out, expected, sizeof(out));
	}

	memset(out, 0xa5, sizeof(out));
	memcpy(expected, out, sizeof(out));
	assert_int_equal(ttmem_query(*state, 5, (void *)out, TTMEM_QUERY_SIZE_VER0 - 1), -EINVAL);
	assert_int_equal(ttmem_query(*state, 5, (void *)out, 0), -EINVAL);
	assert_memory_equal(out, expected, sizeof(out));
}

static void test_query_fails(void **state)
{
	const struct ttmem_query question = {
		.size = sizeof(question),
	};
	struct ttmem_query out;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_QUERY, &question, sizeof(question), NULL, -documented_errors[i]);
		assert_int_equal(ttmem_query(*state, 0, &out, sizeof(out)), -documented_errors[i]);
	}
}

static void test_declare(void **state)
{
	const struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = 3,
		.geometry = n300,
	};
	size_t i;

	expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), NULL, 0);
	assert_int_equal(ttmem_declare(*state, 3, &n300), 0);
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), NULL, -documented_errors[i]);
		assert_int_equal(ttmem_declare(*state, 3, &n300), -documented_errors[i]);
	}
}

/* A remote chip gets its index from the driver. */
static void test_declare_remote(void **state)
{
	const struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = 0xffffffff,
		.geometry = n300,
	};
	struct ttmem_declare answer = arg;
	unsigned int chip = 99;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), NULL, -documented_errors[i]);
		assert_int_equal(ttmem_declare_remote(*state, &n300, &chip), -documented_errors[i]);
		assert_int_equal(chip, 99);
	}
	answer.chip = 7;
	expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), &answer, 0);
	assert_int_equal(ttmem_declare_remote(*state, &n300, &chip), 0);
	assert_int_equal(chip, 7);
}

static void test_pin(void **state)
{
	const struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = TTMEM_CHIP_REMOTE,
		.flags = TTMEM_DECLARE_PIN,
		.geometry = n300,
	};
	size_t i;

	expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), NULL, 0);
	assert_int_equal(ttmem_pin(*state, TTMEM_CHIP_REMOTE, &n300), 0);
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), NULL, -documented_errors[i]);
		assert_int_equal(ttmem_pin(*state, TTMEM_CHIP_REMOTE, &n300),
				 -documented_errors[i]);
	}
}

static void test_unpin(void **state)
{
	const struct ttmem_declare arg = {
		.size = sizeof(arg),
		.chip = TTMEM_CHIP_REMOTE,
		.flags = TTMEM_DECLARE_UNPIN,
		.geometry.chip_uid = n300.chip_uid,
	};
	size_t i;

	expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), NULL, 0);
	assert_int_equal(ttmem_unpin(*state, TTMEM_CHIP_REMOTE, n300.chip_uid), 0);
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_DECLARE, &arg, sizeof(arg), NULL, -documented_errors[i]);
		assert_int_equal(ttmem_unpin(*state, TTMEM_CHIP_REMOTE, n300.chip_uid),
				 -documented_errors[i]);
	}
}

static void test_failure(void **state)
{
	const struct ttmem_failure arg = {
		.size = sizeof(arg),
		.chip = 1,
		.pool = TTMEM_POOL_DRAM,
		.bank_bytes = 0xfedcba9876543210ULL,
	};
	size_t i;

	expect_ioctl(TTMEM_FAILURE, &arg, sizeof(arg), NULL, 0);
	assert_int_equal(ttmem_failure(*state, 1, TTMEM_POOL_DRAM, arg.bank_bytes), 0);
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_FAILURE, &arg, sizeof(arg), NULL, -documented_errors[i]);
		assert_int_equal(ttmem_failure(*state, 1, TTMEM_POOL_DRAM, arg.bank_bytes),
				 -documented_errors[i]);
	}
}

/* What a report has to look like, written out apart from the library. */
static struct ttmem_report *new_report(const void *list, unsigned int nr, unsigned int size)
{
	struct ttmem_report *report = calloc(1, 16 + nr * size);

	assert_non_null(report);
	report->size = 16 + nr * size;
	report->entry_size = size;
	report->nr_entries = nr;
	memcpy((char *)report + 16, list, nr * size);
	return report;
}

static void test_report(void **state)
{
	struct ttmem_report *report = new_report(entries, ARRAY_SIZE(entries), 40);
	size_t i;

	expect_ioctl(TTMEM_REPORT, report, report->size, NULL, 0);
	assert_int_equal(ttmem_report(*state, entries, ARRAY_SIZE(entries), 40), 0);
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_REPORT, report, report->size, NULL, -documented_errors[i]);
		assert_int_equal(ttmem_report(*state, entries, ARRAY_SIZE(entries), 40),
				 -documented_errors[i]);
	}
	free(report);
}

/*
 * A program may be older or newer than the library, whose entries have 40 bytes: its own size
 * counts. All that the driver can take goes out in one call, for it to judge.
 */
static void test_report_sizes(void **state)
{
	static const struct {
		unsigned int nr, size;
	} shapes[] = {
		{ 0, 40 }, { 3, 8 }, { 3, 48 }, { 409, 40 }, { 1, MAX_ARGUMENT - 16 },
	};
	unsigned char list[MAX_ARGUMENT];
	struct ttmem_report *report;
	size_t i;

	for (i = 0; i < sizeof(list); i++)
		list[i] = i * 31;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		report = new_report(list, shapes[i].nr, shapes[i].size);
		expect_ioctl(TTMEM_REPORT, report, report->size, NULL, 0);
		assert_int_equal(ttmem_report(*state, (void *)list, shapes[i].nr, shapes[i].size),
				 0);
		free(report);
	}
}

/* What does not fit into an argument does not go out at all. */
static void test_report_too_large(void **state)
{
	assert_int_equal(ttmem_report(*state, entries, 410, 40), -E2BIG);
	assert_int_equal(ttmem_report(*state, entries, 1, MAX_ARGUMENT - 15), -E2BIG);
	assert_int_equal(ttmem_report(*state, entries, UINT_MAX, 40), -E2BIG);
	/* As 32 bits, the product is small. */
	assert_int_equal(ttmem_report(*state, entries, 1U << 30, 40), -E2BIG);
	assert_int_equal(ttmem_report(*state, entries, UINT_MAX, UINT_MAX), -E2BIG);
}

static void test_look(void **state)
{
	const struct ttmem_look arg = {
		.size = sizeof(arg),
	};
	size_t i;

	expect_ioctl(TTMEM_LOOK, &arg, sizeof(arg), NULL, 0);
	assert_int_equal(ttmem_look(*state), 0);
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_ioctl(TTMEM_LOOK, &arg, sizeof(arg), NULL, -documented_errors[i]);
		assert_int_equal(ttmem_look(*state), -documented_errors[i]);
	}
}

/* ---- the ledger page ----------------------------------------------------------------------- */

/* Of chip 3: where its page is and how it is cut is the driver's word alone. */
static void expect_page_query(unsigned int size, int value)
{
	static const struct ttmem_query question = {
		.size = sizeof(question),
		.chip = 3,
	};
	static struct ttmem_query answer;

	answer = (struct ttmem_query) {
		.size = sizeof(answer),
		.chip = 3,
		.page_offset = 0x30000,
		.page_size = size,
		.page_stride = 128,
	};
	expect_ioctl(TTMEM_QUERY, &question, sizeof(question), &answer, value);
}

static void expect_mmap(int error)
{
	expect_value(__wrap_mmap, size, 0x10000);
	expect_value(__wrap_mmap, offset, 0x30000);
	will_return(__wrap_mmap, error);
}

static void assert_not_mapped(struct ttmem_page *page)
{
	assert_null(page->base);
	assert_null(ttmem_page_pool(page, TTMEM_POOL_L1));
	/* There is nothing to unmap. */
	ttmem_page_unmap(page);
	memset(page, 0xa5, sizeof(*page));
}

static void test_page_map(void **state)
{
	static char memory[0x10000];
	struct ttmem_page page;

	expect_page_query(sizeof(memory), 0);
	expect_mmap(0);
	will_return(__wrap_mmap, memory);
	assert_int_equal(ttmem_page_map(*state, 3, &page), 0);
	assert_ptr_equal(ttmem_page_pool(&page, TTMEM_POOL_L1), memory);
	assert_ptr_equal(ttmem_page_pool(&page, TTMEM_POOL_TRACE), memory + 4 * 128);

	expect_value(__wrap_munmap, base, memory);
	expect_value(__wrap_munmap, size, sizeof(memory));
	ttmem_page_unmap(&page);
	assert_not_mapped(&page);
}

static void test_page_map_fails(void **state)
{
	struct ttmem_page page;
	size_t i;

	memset(&page, 0xa5, sizeof(page));
	for (i = 0; i < ARRAY_SIZE(documented_errors); i++) {
		expect_page_query(0x10000, -documented_errors[i]);
		assert_int_equal(ttmem_page_map(*state, 3, &page), -documented_errors[i]);
		assert_not_mapped(&page);

		expect_page_query(0x10000, 0);
		expect_mmap(documented_errors[i]);
		assert_int_equal(ttmem_page_map(*state, 3, &page), -documented_errors[i]);
		assert_not_mapped(&page);
	}
}

/* It answers in the structure of its time. */
static void test_page_of_older_driver(void **state)
{
	struct ttmem_page page;

	memset(&page, 0xa5, sizeof(page));
	expect_page_query(0, 0);
	assert_int_equal(ttmem_page_map(*state, 3, &page), -EOPNOTSUPP);
	assert_not_mapped(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_open_fails),
		cmocka_unit_test(test_open_for),
		cmocka_unit_test(test_open_for_fails),
		cmocka_unit_test(test_no_handle),
		cmocka_unit_test_setup_teardown(test_query, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_query_sizes, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_query_fails, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_declare, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_declare_remote, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_pin, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_unpin, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_report, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_report_sizes, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_report_too_large, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_failure, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_look, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_page_map, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_page_map_fails, open_node, close_node),
		cmocka_unit_test_setup_teardown(test_page_of_older_driver, open_node, close_node),
	};

	return cmocka_run_group_tests_name("libttmem report", tests, NULL, NULL);
}
