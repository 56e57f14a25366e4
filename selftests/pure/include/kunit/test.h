/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of KUnit as the suites of pure code use, for a program in userspace: the same suites run
 * in a kernel, and here under sanitizers.
 */
#ifndef TTMEM_PURE_KUNIT_TEST_H
#define TTMEM_PURE_KUNIT_TEST_H

#include <linux/kernel.h>
#include <linux/types.h>
#include <setjmp.h>
#include <string.h>

struct kunit {
	void *priv;
	/* The rest is private. */
	bool failed;
	jmp_buf abort;
	struct kunit_block *blocks;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(function)			{ .run_case = function, .name = #function }

void kunit_register(struct kunit_suite **suites);

#define kunit_test_suites(...)									\
	static __attribute__((constructor)) void kunit_register_here(void)			\
	{											\
		static struct kunit_suite *suites[] = { __VA_ARGS__, NULL };			\
												\
		kunit_register(suites);								\
	}
#define kunit_test_suite(suite)			kunit_test_suites(&(suite))

void *kunit_kzalloc(struct kunit *test, size_t size, int gfp);
#define GFP_KERNEL				0

/* Notes a failure. */
__attribute__((format(printf, 5, 6)))
void kunit_fail(struct kunit *test, const char *file, int line, const char *what,
		const char *format, ...);

#define KUNIT_CHECK(test, abort_, condition, what, ...)						\
	do {											\
		if (!(condition)) {								\
			kunit_fail(test, __FILE__, __LINE__, what, __VA_ARGS__);		\
			if (abort_)								\
				longjmp((test)->abort, 1);					\
		}										\
	} while (0)

#define KUNIT_COMPARE(test, abort_, left, op, right)						\
	do {											\
		typeof(left) left_ = (left);							\
		typeof(right) right_ = (right);							\
												\
		KUNIT_CHECK(test, abort_, left_ op right_, #left " " #op " " #right,		\
			    "%lld and %lld", (long long)left_, (long long)right_);		\
	} while (0)

#define KUNIT_EXPECT_EQ(test, left, right)	KUNIT_COMPARE(test, false, left, ==, right)
#define KUNIT_EXPECT_NE(test, left, right)	KUNIT_COMPARE(test, false, left, !=, right)
#define KUNIT_EXPECT_LT(test, left, right)	KUNIT_COMPARE(test, false, left, <, right)
#define KUNIT_EXPECT_LE(test, left, right)	KUNIT_COMPARE(test, false, left, <=, right)
#define KUNIT_EXPECT_GT(test, left, right)	KUNIT_COMPARE(test, false, left, >, right)
#define KUNIT_EXPECT_GE(test, left, right)	KUNIT_COMPARE(test, false, left, >=, right)
#define KUNIT_ASSERT_EQ(test, left, right)	KUNIT_COMPARE(test, true, left, ==, right)

#define KUNIT_EXPECT_EQ_MSG(test, left, right, ...) \
	KUNIT_CHECK(test, false, (left) == (right), #left " == " #right, __VA_ARGS__)

#define KUNIT_EXPECT_TRUE(test, condition) \
	KUNIT_CHECK(test, false, condition, #condition, "it is not")
#define KUNIT_ASSERT_TRUE(test, condition) \
	KUNIT_CHECK(test, true, condition, #condition, "it is not")
#define KUNIT_EXPECT_FALSE(test, condition)	KUNIT_EXPECT_TRUE(test, !(condition))
#define KUNIT_ASSERT_FALSE(test, condition)	KUNIT_ASSERT_TRUE(test, !(condition))
/* Nothing here makes an ERR_PTR(). */
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p)	KUNIT_ASSERT_TRUE(test, p)

#define KUNIT_EXPECT_STREQ(test, left, right)							\
	do {											\
		const char *left_ = (left), *right_ = (right);					\
												\
		KUNIT_CHECK(test, false, !strcmp(left_, right_), #left " is " #right,		\
			    "\"%s\" and \"%s\"", left_, right_);				\
	} while (0)

#endif /* TTMEM_PURE_KUNIT_TEST_H */
