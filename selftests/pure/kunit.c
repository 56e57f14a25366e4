// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the KUnit suites that the program was linked with and says in TAP how they went.
 */
#include <kunit/test.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_SUITES	32

/* Memory of a test, given back when it ends; a byte beyond it is a sanitizer's report. */
struct kunit_block {
	struct kunit_block *next;
	void *memory;
};

static struct kunit_suite *all_suites[MAX_SUITES];
static size_t nr_suites;

void kunit_register(struct kunit_suite **suites)
{
	for (; *suites; suites++) {
		if (nr_suites == MAX_SUITES)
			abort();
		all_suites[nr_suites++] = *suites;
	}
}

void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	struct kunit_block *block = malloc(sizeof(*block));

	if (!block)
		abort();
	block->memory = calloc(1, size);
	block->next = test->blocks;
	test->blocks = block;
	return block->memory;
}

static void free_blocks(struct kunit *test)
{
	while (test->blocks) {
		struct kunit_block *block = test->blocks;

		test->blocks = block->next;
		free(block->memory);
		free(block);
	}
}

void kunit_fail(struct kunit *test, const char *file, int line, const char *what,
		const char *format, ...)
{
	va_list args;

	test->failed = true;
	printf("        # %s:%d: expected %s: ", file, line, what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

static bool run_case(struct kunit_suite *suite, struct kunit_case *test_case)
{
	struct kunit test = {};

	if (!setjmp(test.abort)) {
		if (suite->init && suite->init(&test))
			kunit_fail(&test, suite->name, 0, "init", "it failed");
		else
			test_case->run_case(&test);
	}
	if (suite->exit)
		suite->exit(&test);
	free_blocks(&test);
	return !test.failed;
}

static bool run_suite(struct kunit_suite *suite)
{
	struct kunit_case *test_case;
	bool passed = true;
	int nr = 0;

	for (test_case = suite->test_cases; test_case->run_case; test_case++)
		nr++;
	printf("    # Subtest: %s\n    1..%d\n", suite->name, nr);

	if (suite->suite_init && suite->suite_init(suite))
		return false;
	for (nr = 0; suite->test_cases[nr].run_case; nr++) {
		bool ok = run_case(suite, &suite->test_cases[nr]);

		printf("    %sok %d - %s\n", ok ? "" : "not ", nr + 1, suite->test_cases[nr].name);
		passed &= ok;
	}
	if (suite->suite_exit)
		suite->suite_exit(suite);
	return passed;
}

int main(void)
{
	bool passed = true;
	size_t i;

	/* What was said before a sanitizer ends the program is not to be lost. */
	setlinebuf(stdout);
	printf("TAP version 13\n1..%zu\n", nr_suites);
	for (i = 0; i < nr_suites; i++) {
		bool ok = run_suite(all_suites[i]);

		printf("%sok %zu - %s\n", ok ? "" : "not ", i + 1, all_suites[i]->name);
		passed &= ok;
	}
	return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
