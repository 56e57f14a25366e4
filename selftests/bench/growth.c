// SPDX-License-Identifier: GPL-2.0-only
/* What more clients and chips make dearer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "crowd.h"
#include "modes.h"
#include "operations.h"

#define FEW	10

static struct crowd crowd;
static int value;

unsigned int gateways(void)
{
	unsigned int number = 0;
	char path[64];

	for (;; number++) {
		snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%u", number);
		if (access(path, F_OK))
			return number;
	}
}

static void read_value(void *argument)
{
	char text[64];

	if (pread(value, text, sizeof(text), 0) <= 0)
		fail("read l1_used");
}

static void update_pages(void *argument)
{
	crowd_update(&crowd);
}

/* The one that is measured is one of them. */
void mode_clients(const char *argument)
{
	static const unsigned int sizes[] = { 1, 10, 100, CROWD_MAX, 0 };
	char format[32];
	unsigned int i;

	for (i = 0; sizes[i]; i++) {
		if (sizes[i] > 1)
			crowd_report(&crowd, sizes[i] - 1);
		subject_open();
		snprintf(format, sizeof(format), "growth.%%s.clients.%u", sizes[i]);
		measure_rows(format, 1);
		subject_close();
	}
	crowd_report(&crowd, CROWD_MAX);
	value = attribute_open(0, "mem/l1_used");
	result("pread_value_1000", measure(read_value, NULL));
	close(value);
	crowd_leave(&crowd);
}

static void report_beside_pages(void *argument)
{
	static struct words words;

	if (!words.head.size)
		words_make(&words, crowd.fds[0], 1, 1, 0);
	client_say(crowd.fds[0], &words);
}

/* Reads and reports look at all pages; what one costs is the slope between few and many. */
void mode_pages(const char *argument)
{
	double few, many, few_changed, many_changed, report;

	value = attribute_open(0, "mem/l1_used");
	if (!crowd_map(&crowd, FEW))
		return;
	report = measure(report_beside_pages, NULL);
	few = measure(read_value, NULL);
	few_changed = measure_after(update_pages, read_value, NULL);
	crowd_map(&crowd, CROWD_MAX);
	report = measure(report_beside_pages, NULL) - report;
	many = measure(read_value, NULL);
	many_changed = measure_after(update_pages, read_value, NULL);
	crowd_leave(&crowd);
	close(value);

	result("pread_value_pages_1000", many);
	result("pread_value_changed_1000", many_changed);
	result("page_client_report", report / (CROWD_MAX - FEW));
	result("page_client", (many - few) / (CROWD_MAX - FEW));
	result("page_client_changed", (many_changed - few_changed) / (CROWD_MAX - FEW));
}

/* Each other gateway has a client of all of its chips; the first one's stay when its own leaves. */
void mode_chips(const char *argument)
{
	unsigned int number = gateways(), chips = 1, i;
	int *fds = allocate(number * sizeof(*fds));
	char format[32];

	if (!strcmp(argument, "all"))
		chips = TTMEM_MAX_CHIPS;
	for (i = 0; i < number; i++) {
		fds[i] = client_open(i);
		if (chips > 1)
			client_declare_remotes(fds[i], i);
		client_say_all(fds[i], chips);
	}
	close(fds[0]);
	subject_open();
	snprintf(format, sizeof(format), "growth.%%s.chips.%u", number * chips);
	measure_rows(format, 1);
	subject_close();
	while (--number)
		close(fds[number]);
	free(fds);
}
