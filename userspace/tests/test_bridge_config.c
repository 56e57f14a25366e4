// SPDX-License-Identifier: GPL-2.0-only
/*
 * The configuration of the bridge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../ttmem/bridge.h"
/* After its ARRAY_SIZE(). */
#undef ARRAY_SIZE
#include "tree.h"

static struct config config;

/* What is wrong with a file, without its name, in a buffer; NULL if nothing is. */
static const char *take(const char *text, size_t len)
{
	static char wrong[256];
	char *said;

	config_free(&config);
	put("/conf", text, len);
	said = config_read(&config, in_root("/conf"), false);
	if (!said)
		return NULL;
	assert_memory_equal(said, in_root("/conf"), strlen(in_root("/conf")));
	strncpy(wrong, said + strlen(in_root("/conf")), sizeof(wrong) - 1);
	free(said);
	return wrong;
}

static const char *take_text(const char *text)
{
	return take(text, strlen(text));
}

static void check_defaults(void)
{
	assert_int_equal(config.interval_ms, 1000);
	assert_true(config.containers);
	assert_int_equal(config.nr_directories, 1);
	assert_string_equal(config.directories[0], "/dev/shm");
	assert_int_equal(config.nr_mappings, 0);
}

static void test_defaults(void **state)
{
	char *said;

	(void)state;
	assert_null(take_text(""));
	check_defaults();
	assert_null(take_text("# nothing = here\n\n   \t\n"));
	check_defaults();
	config_free(&config);
	assert_null(config_read(&config, in_root("/missing"), true));
	check_defaults();
	config_free(&config);
	said = config_read(&config, in_root("/missing"), false);
	assert_non_null(strstr(said, "/missing: No such file or directory"));
	free(said);
	said = config_read(&config, root, true);
	assert_non_null(strstr(said, ": Is a directory"));
	free(said);
}

static void test_all(void **state)
{
	(void)state;
	assert_null(take_text("interval = 0.25 # seconds\r\n"
			      "containers=no\n"
			      "  directory  =  /dev/shm\n"
			      "directory = /run/a b\n"
			      "chip = 12345678901234567890 0000:01:00.0\n"
			      "chip = 0x10\ttt0r1"));
	assert_int_equal(config.interval_ms, 250);
	assert_false(config.containers);
	assert_int_equal(config.nr_directories, 2);
	assert_string_equal(config.directories[1], "/run/a b");
	assert_int_equal(config.nr_mappings, 2);
	assert_true(config.mappings[0].uid == 12345678901234567890ull);
	assert_string_equal(config.mappings[0].chip, "0000:01:00.0");
	assert_int_equal(config.mappings[0].line, 5);
	assert_int_equal(config.mappings[1].uid, 16);
	assert_string_equal(config.mappings[1].chip, "tt0r1");
	config_free(&config);
}

static void test_wrong(void **state)
{
	static const char interval[] = ":1: an interval is a number of seconds from 0.05 to 3600";
	static const char chip[] = ":1: it takes a unique id and a chip";

	(void)state;
	assert_string_equal(take_text("interval"), ":1: it takes 'key = value'");
	assert_string_equal(take_text("\n\x1b[2J = 1"), ":2: unknown key '\\x1b[2J'");
	assert_string_equal(take_text("interval ="), interval);
	assert_string_equal(take_text("interval = 0.01"), interval);
	assert_string_equal(take_text("interval = -1"), interval);
	assert_string_equal(take_text("interval = nan"), interval);
	assert_string_equal(take_text("interval = inf"), interval);
	assert_string_equal(take_text("interval = 1e9"), interval);
	assert_string_equal(take_text("interval = 1s"), interval);
	assert_string_equal(take_text("containers = maybe"), ":1: it is yes or no");
	assert_string_equal(take_text("directory = shm"), ":1: a directory begins with /");
	assert_string_equal(take_text("directory = /a\ndirectory = /a"),
			    ":2: this directory is there already");
	assert_string_equal(take_text("chip = 1"), chip);
	assert_string_equal(take_text("chip = 0 tt0"), chip);
	assert_string_equal(take_text("chip = -1 tt0"), chip);
	assert_string_equal(take_text("chip = tt0 1"), chip);
	assert_string_equal(take_text("chip = 1 tt0 tt1"), chip);
	assert_string_equal(take_text("chip = 18446744073709551616 tt0"), chip);
	assert_string_equal(take_text("chip = 1 tt0\n\nchip = 1 tt1"),
			    ":3: line 1 is about this chip already");
	assert_string_equal(take_text("chip = 1 tt0\nchip = 2 tt0"),
			    ":2: line 1 is about this chip already");
	assert_string_equal(take("interval = 1\0", 13), ":1: a NUL byte");
	/* Nothing is left of it. */
	assert_int_equal(config.nr_directories, 0);
	assert_null(config.mappings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_all),
		TEST(test_wrong),
	};

	return cmocka_run_group_tests_name("configuration of the bridge", tests, NULL, NULL);
}
