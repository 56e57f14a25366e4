// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions of shared memory as tt-metal writes them, and as nobody should.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>
#include <linux/ttmem.h>

#include "../ttmem/region.h"
#include "region_layout.h"
#include "seam.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define UID	0x5454000000000001ull
#define NAME	"tt_device_6076481797229641729_memory"

static unsigned char bytes[REGION_BYTES] __attribute__((aligned(64)));

static struct layout *fresh(uint32_t version)
{
	struct layout *layout = (struct layout *)bytes;

	memset(bytes, 0, sizeof(bytes));
	layout->version = version;
	layout->asic = UID;
	layout->init = version >= 4 ? LAYOUT_READY : 0;
	return layout;
}

static void fill(struct layout *layout, unsigned int slot, int32_t pid)
{
	layout->slots[slot] = (struct layout_slot) {
		.pid = pid,
		.dram = 1000 + slot,
		.l1 = 2000 + slot,
		.l1_small = 3000 + slot,
		.trace = 4000 + slot,
		.cb = 5000 + slot,
		.time = 6000 + slot,
		.name = "python3",
	};
}

/* ---- bytes --------------------------------------------------------------------------------- */

static void test_layouts(void **state)
{
	struct region region;
	struct layout *layout;
	uint32_t version;

	(void)state;
	for (version = 2; version <= 4; version++) {
		layout = fresh(version);
		layout->totals[0] = 1ull << 63;
		layout->chips[0].used[1] = 77;
		fill(layout, 5, 42);
		fill(layout, 63, 43);
		assert_int_equal(region_parse(&region, bytes, UID), REGION_READY);
		assert_int_equal(region.layout, version);
		assert_int_equal(region.nr, 2);
		assert_int_equal(region.slots[0].number, 5);
		assert_int_equal(region.slots[0].pid, 42);
		assert_int_equal(region.slots[0].used[TTMEM_POOL_DRAM], 1005);
		assert_int_equal(region.slots[0].used[TTMEM_POOL_L1], 2005);
		assert_int_equal(region.slots[0].used[TTMEM_POOL_L1_SMALL], 3005);
		assert_int_equal(region.slots[0].used[TTMEM_POOL_TRACE], 4005);
		assert_int_equal(region.slots[0].used[TTMEM_POOL_CB], 5005);
		assert_int_equal(region.slots[0].updated_ns, 6005);
		assert_string_equal(region.slots[0].name, "python3");
		assert_false(region.slots[0].twice);
		assert_int_equal(region.slots[1].number, 63);
		assert_int_equal(region.slots[1].used[TTMEM_POOL_CB], 5063);
	}
}

static void test_unknown_layouts(void **state)
{
	static const uint32_t unknown[] = { 1, 5, UINT32_MAX, 0x04000000 };
	struct region region;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		fill(fresh(unknown[i]), 0, 42);
		assert_int_equal(region_parse(&region, bytes, UID), REGION_LAYOUT);
		assert_int_equal(region.layout, unknown[i]);
		assert_int_equal(region.nr, 0);
	}
}

/* Of a region that is half set up, nothing is taken. */
static void test_not_set_up(void **state)
{
	struct region region;
	struct layout *layout;

	(void)state;
	layout = fresh(0);
	fill(layout, 0, 42);
	assert_int_equal(region_parse(&region, bytes, UID), REGION_NEW);
	assert_int_equal(region.nr, 0);
	layout = fresh(4);
	fill(layout, 0, 42);
	layout->init = 1;
	assert_int_equal(region_parse(&region, bytes, UID), REGION_NEW);
	layout->init = 0;
	assert_int_equal(region_parse(&region, bytes, UID), REGION_NEW);
	assert_int_equal(region.nr, 0);
	layout->init = LAYOUT_READY;
	assert_int_equal(region_parse(&region, bytes, UID), REGION_READY);
	/* Older layouts have anything there. */
	layout->version = 3;
	layout->init = 1;
	assert_int_equal(region_parse(&region, bytes, UID), REGION_READY);
	assert_int_equal(region_parse(&region, bytes, UID + 1), REGION_OTHER);
	assert_int_equal(region.nr, 0);
}

static void test_slots(void **state)
{
	struct region region;
	struct layout *layout = fresh(4);
	unsigned int i;

	(void)state;
	for (i = 0; i < REGION_SLOTS; i++)
		fill(layout, i, 100 + i);
	layout->slots[9].pid = 107;
	layout->slots[11].pid = -1;
	memset(layout->slots[12].name, 'x', 64);
	assert_int_equal(region_parse(&region, bytes, UID), REGION_READY);
	assert_int_equal(region.nr, REGION_SLOTS);
	for (i = 0; i < REGION_SLOTS; i++) {
		assert_int_equal(region.slots[i].twice, i == 7 || i == 9);
		assert_int_equal(region.slots[i].used[TTMEM_POOL_L1], 2000 + i);
	}
	assert_int_equal(region.slots[11].pid, -1);
	assert_int_equal(strlen(region.slots[12].name), 64);
}

static void test_names(void **state)
{
	static const char *const wrong[] = {
		"tt_device__memory", "tt_device_01_memory", "tt_device_+1_memory",
		"tt_device_ 1_memory", "tt_device_-1_memory", "tt_device_0x1_memory",
		"tt_device_1_memory2", "tt_device_1", "tt_device_18446744073709551616_memory",
		"xtt_device_1_memory", "",
	};
	char name[REGION_NAME];
	uint64_t uid;
	size_t i;

	(void)state;
	assert_true(region_parse_name(NAME, &uid));
	assert_int_equal(uid, UID);
	region_name(name, UID);
	assert_string_equal(name, NAME);
	assert_true(region_parse_name("tt_device_18446744073709551615_memory", &uid));
	assert_true(uid == UINT64_MAX);
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(region_parse_name(wrong[i], &uid));
}

static void test_reasons(void **state)
{
	enum region_state i;

	(void)state;
	for (i = REGION_READY; i <= REGION_OTHER; i++)
		assert_non_null(region_explain(i));
}

/* ---- files --------------------------------------------------------------------------------- */

static char root[64];
static int directory = -1;
static struct region_file file;
static struct region region;

/* What happens before a read: called with the number of the read. */
static void (*meanwhile)(int nr);
static int reads;

ssize_t __wrap_pread(int fd, void *buf, size_t size, off_t offset)
{
	if (meanwhile)
		meanwhile(++reads);
	return __real_pread(fd, buf, size, offset);
}

static int make_directory(void **state)
{
	(void)state;
	strcpy(root, "/dev/shm/ttmem-test-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	directory = open(root, O_DIRECTORY | O_PATH);
	file.fd = -1;
	meanwhile = NULL;
	reads = 0;
	return directory < 0;
}

static int remove_directory(void **state)
{
	(void)state;
	region_close(&file);
	unlinkat(directory, NAME, 0);
	unlinkat(directory, NAME, AT_REMOVEDIR);
	close(directory);
	return rmdir(root);
}

static void write_file(size_t size, mode_t mode)
{
	int fd = openat(directory, NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size < sizeof(bytes) ? size : sizeof(bytes)),
			 size < sizeof(bytes) ? size : sizeof(bytes));
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void change(size_t at, const void *what, size_t size)
{
	int fd = openat(directory, NAME, O_WRONLY);

	memcpy(bytes + at, what, size);
	assert_int_equal(pwrite(fd, what, size, at), size);
	close(fd);
}

static enum region_state look(void)
{
	return region_read(&file, UID, &region);
}

static void test_file(void **state)
{
	uint64_t more = 123456;

	(void)state;
	fill(fresh(4), 3, 42);
	assert_int_equal(region_open(&file, directory, NAME), REGION_GONE);
	write_file(REGION_BYTES, 0600);
	assert_int_equal(region_open(&file, directory, NAME), REGION_READY);
	assert_int_equal(look(), REGION_READY);
	assert_int_equal(file.owner, geteuid());
	assert_int_equal(region.nr, 1);
	assert_int_equal(region.slots[0].used[TTMEM_POOL_DRAM], 1003);
	change(REGION_SLOT_AT(3) + 8, &more, sizeof(more));
	assert_int_equal(look(), REGION_READY);
	assert_int_equal(region.slots[0].used[TTMEM_POOL_DRAM], 123456);
	unlinkat(directory, NAME, 0);
	assert_int_equal(look(), REGION_GONE);
	assert_int_equal(region.nr, 0);
}

static void test_sizes(void **state)
{
	(void)state;
	fill(fresh(4), 3, 42);
	write_file(0, 0600);
	assert_int_equal(region_open(&file, directory, NAME), REGION_READY);
	assert_int_equal(look(), REGION_NEW);
	write_file(1, 0600);
	assert_int_equal(look(), REGION_SHORT);
	write_file(REGION_BYTES - 1, 0600);
	assert_int_equal(look(), REGION_SHORT);
	write_file(REGION_BYTES + 1, 0600);
	assert_int_equal(look(), REGION_LONG);
	write_file((size_t)1 << 40, 0600);
	assert_int_equal(look(), REGION_LONG);
	write_file(REGION_BYTES, 0600);
	assert_int_equal(look(), REGION_READY);
	assert_int_equal(region.nr, 1);
}

static void test_rights(void **state)
{
	(void)state;
	fill(fresh(4), 3, 42);
	write_file(REGION_BYTES, 0644);
	assert_int_equal(region_open(&file, directory, NAME), REGION_READY);
	assert_int_equal(look(), REGION_READY);
	write_file(REGION_BYTES, 0620);
	assert_int_equal(look(), REGION_WRITABLE);
	write_file(REGION_BYTES, 0602);
	assert_int_equal(look(), REGION_WRITABLE);
	assert_int_equal(region.nr, 0);
}

static void test_no_files(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	(void)state;
	assert_int_equal(symlinkat("/etc/passwd", directory, NAME), 0);
	assert_int_equal(region_open(&file, directory, NAME), REGION_NO_FILE);
	unlinkat(directory, NAME, 0);
	/* Nobody writes to it, and nobody waits for that. */
	assert_int_equal(mkfifoat(directory, NAME, 0600), 0);
	assert_int_equal(region_open(&file, directory, NAME), REGION_NO_FILE);
	unlinkat(directory, NAME, 0);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", root, NAME);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(region_open(&file, directory, NAME), REGION_NO_FILE);
	unlinkat(directory, NAME, 0);
	assert_int_equal(mkdirat(directory, NAME, 0700), 0);
	assert_int_equal(region_open(&file, directory, NAME), REGION_NO_FILE);
	assert_int_equal(file.fd, -1);
	assert_int_equal(region_open(&file, AT_FDCWD, "/proc/self/maps"), REGION_NO_SHM);
	assert_int_equal(file.fd, -1);
}

/* ---- what changes meanwhile ---------------------------------------------------------------- */

static void shrink(int nr)
{
	if (nr == 2)
		write_file(100, 0600);
}

static void test_shrinks(void **state)
{
	(void)state;
	fill(fresh(4), 3, 42);
	write_file(REGION_BYTES, 0600);
	assert_int_equal(region_open(&file, directory, NAME), REGION_READY);
	meanwhile = shrink;
	assert_int_equal(look(), REGION_SHORT);
	assert_int_equal(region.nr, 0);
}

/* Between two figures of a slot, once. */
static void tear(int nr)
{
	static const uint64_t figures[2] = { 55, 66 };

	if (nr == 2)
		change(REGION_SLOT_AT(3) + 8, figures, sizeof(figures));
}

static void test_torn(void **state)
{
	(void)state;
	fill(fresh(4), 3, 42);
	write_file(REGION_BYTES, 0600);
	assert_int_equal(region_open(&file, directory, NAME), REGION_READY);
	meanwhile = tear;
	assert_int_equal(look(), REGION_READY);
	assert_int_equal(reads, 3);
	assert_int_equal(region.slots[0].used[TTMEM_POOL_DRAM], 55);
	assert_int_equal(region.slots[0].used[TTMEM_POOL_L1], 66);
}

static void hurry(int nr)
{
	uint64_t figure = nr;

	change(REGION_SLOT_AT(3) + 8, &figure, sizeof(figure));
}

/* A slot that never holds still is as it was; others are not affected. */
static void test_never_still(void **state)
{
	struct layout *layout = fresh(4);
	uint64_t more = 99;

	(void)state;
	fill(layout, 3, 42);
	fill(layout, 4, 43);
	write_file(REGION_BYTES, 0600);
	assert_int_equal(region_open(&file, directory, NAME), REGION_READY);
	assert_int_equal(look(), REGION_READY);
	change(REGION_SLOT_AT(4) + 8, &more, sizeof(more));
	meanwhile = hurry;
	assert_int_equal(look(), REGION_READY);
	assert_int_equal(region.nr, 2);
	assert_int_equal(region.slots[0].used[TTMEM_POOL_DRAM], 1003);
	assert_int_equal(region.slots[1].used[TTMEM_POOL_DRAM], 99);
	assert_true(reads < 20);
	meanwhile = NULL;
	assert_int_equal(look(), REGION_READY);
	assert_int_equal(region.slots[0].used[TTMEM_POOL_DRAM], reads);
}

/* What was never seen in one piece is not there. */
static void test_never_seen(void **state)
{
	(void)state;
	fill(fresh(4), 3, 42);
	write_file(REGION_BYTES, 0600);
	assert_int_equal(region_open(&file, directory, NAME), REGION_READY);
	meanwhile = hurry;
	assert_int_equal(look(), REGION_READY);
	assert_int_equal(region.nr, 0);
}

#define FILE_TEST(name)	cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_unknown_layouts),
		cmocka_unit_test(test_not_set_up),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_reasons),
		FILE_TEST(test_file),
		FILE_TEST(test_sizes),
		FILE_TEST(test_rights),
		FILE_TEST(test_no_files),
		FILE_TEST(test_shrinks),
		FILE_TEST(test_torn),
		FILE_TEST(test_never_still),
		FILE_TEST(test_never_seen),
	};

	return cmocka_run_group_tests_name("regions of tt-metal", tests, NULL, NULL);
}
