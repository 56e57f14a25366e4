/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers in attributes, by the parts of seq_file that do not read a format. To read "%llu\n" is a
 * sixth of what it costs userspace to read one value, and a snapshot has sixty of them.
 */
#ifndef TTMEM_EMIT_H
#define TTMEM_EMIT_H

#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/string.h>

/* The buffer of an attribute; what was written is in @count. */
#define TTMEM_EMIT_TO(_buf)	{ .buf = (_buf), .size = PAGE_SIZE }

/* A line of a snapshot. The name is one whose length the compiler knows, or it has been counted. */
static __always_inline void ttmem_emit_counted(struct seq_file *m, const char *name, size_t length,
					       u64 value)
{
	seq_write(m, name, length);
	seq_put_decimal_ull(m, " ", value);
	seq_putc(m, '\n');
}

static __always_inline void ttmem_emit_line(struct seq_file *m, const char *name, u64 value)
{
	ttmem_emit_counted(m, name, strlen(name), value);
}

/* An attribute of one value. */
static inline ssize_t ttmem_emit_number(char *buf, u64 value)
{
	struct seq_file m = TTMEM_EMIT_TO(buf);

	seq_put_decimal_ull(&m, "", value);
	seq_putc(&m, '\n');
	return m.count;
}

#endif /* TTMEM_EMIT_H */
