// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ttmem watch says of two snapshots.
 */
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../ttmem/changes.h"
#include "tree.h"

static struct ttmem_stat *snapshot(const char *text)
{
	struct ttmem_sysfs *sysfs = open_root();
	struct ttmem_stat *stat;

	put(CLASS "/tt0/mem/stat", text, strlen(text));
	assert_int_equal(ttmem_stat_read(sysfs, "tt0", &stat), 0);
	ttmem_sysfs_close(sysfs);
	return stat;
}

static const char idle[] =
	"l1_used 0\nl1_total 95944704\ndram_banks_enabled 12\narch wormhole_b0\nclients 0\n";
static const char busy[] =
	"l1_used 47394816\nl1_largest_free 29360128\ndram_banks_enabled 12\narch wormhole_b0\n"
	"clients 1\ntensix_harvest_mask 0x201\nupdated_ns 17\n";

struct said {
	char *text;
	char *values;
	char json[512];
};

/* A line for each figure, in place of commas. */
static char *in_lines(char *text)
{
	char *comma;

	while ((comma = strstr(text, ", "))) {
		*comma = '\n';
		memmove(comma + 1, comma + 2, strlen(comma + 1));
	}
	return text;
}

/* What is said of a change; @before may be NULL. Returns the number of figures in it. */
static size_t say(const char *before, const char *now, const struct choice *choice, bool bytes,
		  struct said *said)
{
	struct ttmem_stat *first = before ? snapshot(before) : NULL;
	struct ttmem_stat *second = snapshot(now);
	struct json_object *json;
	struct change *changes;
	size_t nr;

	nr = changes_find(first, second, choice, &changes);
	said->text = in_lines(changes_text(changes, nr, bytes));
	said->values = in_lines(changes_values(changes, nr, bytes));
	json = changes_json(changes, nr);
	strncpy(said->json, json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY),
		sizeof(said->json) - 1);
	json_object_put(json);
	free(changes);
	ttmem_stat_free(first);
	ttmem_stat_free(second);
	return nr;
}

static void forget(struct said *said)
{
	free(said->text);
	free(said->values);
	*said = (struct said){};
}

static void test_changes(void **state)
{
	static const struct choice all = {};
	struct said said = {};

	(void)state;
	/* What was known and no longer is comes last, and nothing is taken for 0. */
	assert_int_equal(say(idle, busy, &all, false, &said), 5);
	assert_string_equal(said.text,
			    "l1_used 0 B -> 45.2 MiB\n"
			    "l1_largest_free - -> 28.0 MiB\n"
			    "clients 0 -> 1\n"
			    "tensix_harvest_mask - -> 0x201\n"
			    "l1_total 91.5 MiB -> -");
	assert_string_equal(said.json,
			    "{\n"
			    "  \"l1_used\":47394816,\n"
			    "  \"l1_largest_free\":29360128,\n"
			    "  \"clients\":1,\n"
			    "  \"tensix_harvest_mask\":\"0x201\",\n"
			    "  \"l1_total\":null\n"
			    "}");
	forget(&said);

	assert_int_equal(say(idle, busy, &all, true, &said), 5);
	assert_string_equal(said.text,
			    "l1_used 0 -> 47394816\n"
			    "l1_largest_free - -> 29360128\n"
			    "clients 0 -> 1\n"
			    "tensix_harvest_mask - -> 0x201\n"
			    "l1_total 95944704 -> -");
	forget(&said);
}

static void test_no_change(void **state)
{
	static const struct choice all = {}, times = { .times = true };
	struct said said = {};

	(void)state;
	assert_int_equal(say(busy, busy, &all, false, &said), 0);
	assert_string_equal(said.text, "");
	assert_string_equal(said.json, "{\n}");
	forget(&said);

	/* A report that changes nothing moves the time of the last one alone. */
	assert_int_equal(say("clients 5\nupdated_ns 1\n", "clients 5\nupdated_ns 2\n", &all, false,
			     &said), 0);
	forget(&said);
	assert_int_equal(say("clients 5\nupdated_ns 1\n", "clients 5\nupdated_ns 2\n", &times,
			     false, &said), 1);
	assert_string_equal(said.text, "updated_ns 1 -> 2");
	forget(&said);
	assert_int_equal(say("clients 5\nlast_failure_ns 1\n", "clients 5\n", &all, false,
			     &said), 0);
	forget(&said);
	assert_int_equal(say("clients 5\nlast_failure_ns 1\n", "clients 5\n", &times, false,
			     &said), 1);
	assert_string_equal(said.text, "last_failure_ns 1 -> -");
	forget(&said);
}

static void test_chosen(void **state)
{
	static const char *const names[] = { "clients", "updated_ns", "l1_free" };
	static const struct choice choice = { .names = names, .nr_names = ARRAY_SIZE(names) };
	struct said said = {};

	(void)state;
	assert_int_equal(say(idle, busy, &choice, false, &said), 2);
	assert_string_equal(said.text, "clients 0 -> 1\nupdated_ns - -> 17");
	forget(&said);
	/* Of the first state, the unknown ones, too: so a wrong name is seen. */
	assert_int_equal(say(NULL, busy, &choice, false, &said), 3);
	assert_string_equal(said.values, "clients 1\nupdated_ns 17\nl1_free -");
	assert_string_equal(said.json,
			    "{\n"
			    "  \"clients\":1,\n"
			    "  \"updated_ns\":17,\n"
			    "  \"l1_free\":null\n"
			    "}");
	forget(&said);
}

static void test_state(void **state)
{
	static const struct choice all = {};
	struct said said = {};

	(void)state;
	assert_int_equal(say(NULL, idle, &all, false, &said), 5);
	assert_string_equal(said.values, "l1_used 0 B\nl1_total 91.5 MiB\n"
			    "dram_banks_enabled 12\narch wormhole_b0\nclients 0");
	forget(&said);
	/* Times are not what a chip is like. */
	assert_int_equal(say(NULL, "clients 0\nupdated_ns 5\n", &all, false, &said), 1);
	forget(&said);
}

/* What ends like a size and is none, and what is no number at all. */
static void test_units(void **state)
{
	static const struct choice all = {};
	struct said said = {};

	(void)state;
	say(NULL, "tensix_nominal 8000\ndram_banks_nominal 8000\nl1_nominal 8192\nl1_used some\n"
	    "dram_used 18446744073709551616\nlast_failure_bank_bytes 921600\nl1_banks 2048\n",
	    &all, false, &said);
	assert_string_equal(said.values,
			    "tensix_nominal 8000\n"
			    "dram_banks_nominal 8000\n"
			    "l1_nominal 8.0 KiB\n"
			    "l1_used some\n"
			    "dram_used 18446744073709551616\n"
			    "last_failure_bank_bytes 900.0 KiB\n"
			    "l1_banks 2048");
	assert_string_equal(said.json,
			    "{\n"
			    "  \"tensix_nominal\":8000,\n"
			    "  \"dram_banks_nominal\":8000,\n"
			    "  \"l1_nominal\":8192,\n"
			    "  \"l1_used\":\"some\",\n"
			    "  \"dram_used\":\"18446744073709551616\",\n"
			    "  \"last_failure_bank_bytes\":921600,\n"
			    "  \"l1_banks\":2048\n"
			    "}");
	forget(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_changes),
		TEST(test_no_change),
		TEST(test_chosen),
		TEST(test_state),
		TEST(test_units),
	};

	return cmocka_run_group_tests_name("ttmem watch", tests, NULL, NULL);
}
