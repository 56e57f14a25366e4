/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the harnesses share: bytes of a fuzzer as numbers, and checks that end the program.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Called by libFuzzer for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must be true whatever the input is. */
#define CHECK(condition)								\
	do {										\
		if (!(condition)) {							\
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__,	\
				#condition);						\
			abort();							\
		}									\
	} while (0)

/**
 * struct input - what is left of an input
 * @at: its first byte
 * @end: behind its last byte
 */
struct input {
	const uint8_t *at;
	const uint8_t *end;
};

/* The next bytes as a number; zeros follow the last one. */
static inline uint64_t take(struct input *input, unsigned int bytes)
{
	uint64_t value = 0;
	unsigned int i;

	for (i = 0; i < bytes && input->at < input->end; i++)
		value |= (uint64_t)*input->at++ << 8 * i;
	return value;
}

/*
 * A number in few bytes, most often one of those where something begins or ends: a byte is itself
 * up to 127; above that it stands for one of @limits, the one before or behind it, or eight bytes.
 */
static inline uint64_t take_number(struct input *input, const uint64_t *limits, unsigned int nr)
{
	uint8_t byte = take(input, 1);

	if (byte < 128)
		return byte;
	if ((byte & 3) == 3)
		return take(input, 8);
	return limits[(byte >> 2 & 31) % nr] + (byte & 3) - 1;
}

#endif /* FUZZ_INPUT_H */
