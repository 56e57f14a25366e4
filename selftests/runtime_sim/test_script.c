// SPDX-License-Identifier: GPL-2.0-only
/* The language of scripts, and the scripts that are there. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "line.h"
#include "test_fixture.h"

static void script_errors(void **state)
{
	static const struct {
		const char *script, *error;
	} cases[] = {
		{ "nonsense", "test:1: unknown command \"nonsense\"\n" },
		{ "# comment\n\n  alloc a l1\n",
		  "test:3: usage: alloc NAME POOL BYTES [page=BYTES] [from=top|bottom]\n" },
		{ "alloc a l2 1", "test:1: unknown pool \"l2\"\n" },
		{ "alloc a cb 1",
		  "test:1: circular buffers come with programs: compile and run one\n" },
		{ "alloc a l1 1x", "test:1: \"1x\" is not a size up to 256 TiB\n" },
		{ "alloc a l1 -1", "test:1: \"-1\" is not a size up to 256 TiB\n" },
		{ "alloc a l1 2*", "test:1: \"2*\" is not a size up to 256 TiB\n" },
		{ "alloc a l1 256*1024G+1",
		  "test:1: \"256*1024G+1\" is not a size up to 256 TiB\n" },
		{ "alloc a l1 99999999999999999999",
		  "test:1: \"99999999999999999999\" is not a size up to 256 TiB\n" },
		{ "alloc a l1 0", "test:1: a buffer and its pages must have bytes\n" },
		{ "alloc a l1 1 page=0", "test:1: a buffer and its pages must have bytes\n" },
		{ "alloc a l1 1 from=left", "test:1: from= is top or bottom\n" },
		{ "alloc a l1 1 page=1 page=2", "test:1: page= is given twice\n" },
		{ "alloc a l1 1 cb=1", "test:1: alloc takes no cb=\n" },
		{ "alloc a l1 1\nalloc a l1 1", "test:2: there is a \"a\" already\n" },
		{ "alloc a l1 1 on 2", "test:1: there is no chip 2\n" },
		{ "alloc a l1 1 on tt0", "test:1: \"tt0\" is not the number of a chip\n" },
		{ "free a on", "test:1: usage: free NAME\n" },
		{ "free a on all", "test:1: chip 0: there is no buffer \"a\"\n" },
		{ "on all", "test:1: a line begins with a command\n" },
		{ "on 1", "test:1: a line begins with a command\n" },
		{ "page=1", "test:1: a line begins with a command\n" },
		{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "test:1: more than 16 words\n" },
		{ "free a", "test:1: there is no buffer \"a\"\n" },
		{ "alloc b l1 1\nfree b\nfree b", "test:3: there is no buffer \"b\"\n" },
		{ "alloc c l1 1\nfree c on 1", "test:2: there is no buffer \"c\"\n" },
		{ "compile a", "test:1: cb= is missing\n" },
		{ "compile p cb=1\ncompile p cb=1", "test:2: there is a \"p\" already\n" },
		{ "run a", "test:1: there is no program \"a\"\n" },
		{ "expect dram", "test:1: nothing is expected\n" },
		{ "expect dram used=1", "test:1: dram used is 0, not 1\n" },
		{ "expect cb free=1", "test:1: cb has used= only\n" },
		{ "expect oom nonsense", "test:1: unknown command \"nonsense\"\n" },
		{}
	};
	unsigned int i;

	(void)state;
	for (i = 0; cases[i].script; i++) {
		tear_down(NULL);
		set_up(NULL);
		assert_int_equal(run(cases[i].script), -1);
		assert_string_equal(complained, cases[i].error);
		assert_string_equal(said, "");
	}
}

static void stops_at_first_error(void **state)
{
	(void)state;
	assert_int_equal(run("alloc a l1 1\nfree b\nfree a\n"), -1);
	assert_string_equal(complained, "test:2: there is no buffer \"b\"\n");
	assert_int_equal(run("expect l1 used=64*2048\n"), 0);
}

static void interactive(void **state)
{
	(void)state;
	sim.interactive = true;
	assert_int_equal(run("# nothing\nalloc a l1 1\nfree b\n\nfree a\n"), 0);
	assert_string_equal(said, "ok\nerror: test:3: there is no buffer \"b\"\nok\n");
	assert_string_equal(complained, "");
}

static void sizes(void **state)
{
	struct line line = {};
	__u64 bytes;

	(void)state;
	assert_int_equal(line_bytes(&line, "64*2048+8*1088", &bytes), 0);
	assert_int_equal(bytes, 64 * 2048 + 8 * 1088);
	assert_int_equal(line_bytes(&line, "1+2*3K+4M", &bytes), 0);
	assert_int_equal(bytes, 1 + 2 * (3 << 10) + (4 << 20));
	assert_int_equal(line_bytes(&line, "262144G", &bytes), 0);
	assert_int_equal(bytes, 1ULL << 48);
	assert_int_equal(line_bytes(&line, "262144G*2", &bytes), -EINVAL);
	assert_int_equal(line_bytes(&line, "262144G*262144G", &bytes), -EINVAL);
	assert_int_equal(line_bytes(&line, "", &bytes), -EINVAL);
	assert_int_equal(line_bytes(&line, "1++2", &bytes), -EINVAL);
}

static void run_file(const char *path)
{
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	/* "wait" gets its line at once. */
	assert_non_null(freopen("Makefile", "r", stdin));
	assert_int_equal(script_run(&sim, in, path), 0);
	fclose(in);
	fflush(sim.out);
}

/* What the old books said of an n300, and what was true. */
static void story_of_an_n300(void **state)
{
	(void)state;
	run_file("scripts/n300_story.txt");
	assert_non_null(strstr(said, " 159.7 MiB of  171.6 MiB   93 %"));
	assert_non_null(strstr(said, " 159.7 MiB of   91.5 MiB  174 %"));
	assert_non_null(strstr(said, " 45.2 MiB of   91.5 MiB   49 %  64 banks x 723.2 KiB, "));
}

static void story_of_a_mesh(void **state)
{
	(void)state;
	run_file("scripts/mesh_story.txt");
	assert_non_null(strstr(said, "chip 0: tt0, n300 (wormhole_N300.yaml:0), 64 of 80 "));
	assert_non_null(strstr(said, "chip 1: tt1, p150 (blackhole_P150.yaml:0), 120 of 140 "));
	assert_int_not_equal(machine.chips[0].pools[TTMEM_POOL_L1].alloc.allocated,
			     machine.chips[1].pools[TTMEM_POOL_L1].alloc.allocated);
}

static void story_of_a_pair(void **state)
{
	(void)state;
	attach_all();
	run_file("scripts/n300_pair.txt");
	assert_non_null(strstr(said, "chip 0: tt0, n300 (wormhole_N300.yaml:0), 64 of 80 "));
	assert_non_null(strstr(said, "chip 1: tt0r15, n300 (wormhole_N300.yaml:1), 64 of 80 "));
	assert_int_equal(drivers[0].failure.chip, 15);
}

static void story_of_a_t3000(void **state)
{
	(void)state;
	run_file("scripts/t3000_story.txt");
	assert_non_null(strstr(said, "chip 4: behind tt0, n300 (t3k_cluster_desc.yaml:4), "));
	assert_null(strstr(said, "chip 5"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		on_chips(script_errors),
		on_chips(stops_at_first_error),
		on_chips(interactive),
		cmocka_unit_test(sizes),
		on_chips(story_of_an_n300),
		on_chips(story_of_a_mesh),
		on_n300(story_of_a_pair),
		on_t3000(story_of_a_t3000),
	};

	return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
