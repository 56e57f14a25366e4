// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: storm [for-ever]
 *
 * $TTMEM_RUNTIMES runtimes are started and killed at random moments, while others read all that
 * can be read and chips go and come back. Each answer has to be one that there can be, and at the
 * end nothing may be left. $TTMEM_SEED gives other moments.
 */
#include <sys/prctl.h>

#include "../ttmem_load.h"
#include "../ttmem_page.h"

#define ALIVE		16	/* runtimes at a time */
#define CHIPS		2
#define PAUSE_US	4000	/* longest time between two kills */
#define PLUG_PAUSE_US	30000

/* What all processes see. */
static struct shared {
	pid_t runtimes[ALIVE];
	int stop;		/* chips may not go any more */
	unsigned long looks, files, commands, plugs;
} *shared;

/* xorshift64*: the moments of a seed, though not what the scheduler makes of them. */
static unsigned long long state;

static unsigned int any(unsigned int below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 2685821657736338717ULL >> 33) % below;
}

static void count(unsigned long *number)
{
	__atomic_add_fetch(number, 1, __ATOMIC_RELAXED);
}

/* ---- runtimes ------------------------------------------------------------------------------ */

static void use_page(int client)
{
	struct ttmem_page_pool *page = page_map(client, TTMEM_CHIP_LOCAL);
	unsigned int i, updates = any(1000);

	if (!page)
		return;
	for (i = 0; i < updates; i++)
		page_put_l1(page, i);
	/* Half of them leave it mapped. */
	if (any(2))
		munmap(page, getpagesize());
}

/* Until it is killed. What it exits with is wrong. */
static int runtime(int number)
{
	int client, ret;

	for (;;) {
		client = chip_open(any(CHIPS), O_RDWR);
		if (client < 0) {
			usleep(1000);
			continue;
		}
		ret = say_everything(client, number);
		if (!ret && !may_answer(report_n300_l1(client, any(1000000))))
			ret = 5;
		if (ret)
			return ret;
		use_page(client);
		if (any(4))
			pause();
		close(client);
	}
}

static pid_t start(int (*function)(int), int argument)
{
	/* Each has moments of its own. */
	any(2);
	return child_start(function, argument);
}

static int end_runtime(unsigned int slot)
{
	int wrong = child_kill(shared->runtimes[slot]);

	if (wrong)
		printf("# a runtime could not go on after step %d\n", wrong);
	return !!wrong;
}

/* Returns how many were not at work when they were killed. */
static int runtimes_come_and_go(unsigned int number)
{
	unsigned int i, slot;
	int wrong = 0;

	for (i = 0; i < ALIVE; i++)
		shared->runtimes[i] = start(runtime, i);
	for (i = ALIVE; i < number; i++) {
		usleep(any(PAUSE_US));
		slot = any(ALIVE);
		wrong += end_runtime(slot);
		shared->runtimes[slot] = start(runtime, i);
	}
	for (i = 0; i < ALIVE; i++)
		wrong += end_runtime(i);
	return wrong;
}

/* ---- those beside them --------------------------------------------------------------------- */

static int snapshot_can_be(const char *text)
{
	long long used = stat_figure(text, "l1_used"), total = stat_figure(text, "l1_total");

	return used >= 0 && (total < 0 || used <= total);
}

static int look_for_ever(int chip)
{
	char text[STAT_SIZE], directory[64];
	int ret;

	snprintf(directory, sizeof(directory), "/sys/class/tenstorrent/tt%d", chip);
	for (;; count(&shared->looks)) {
		ret = mem_text(chip, "stat", text, sizeof(text));
		if (!may_be(ret) || (ret > 0 && !snapshot_can_be(text)))
			return 1;
		if (read_tree(directory, 2))
			return 2;
	}
}

static int look_at_runtimes(int unused)
{
	char path[64], text[STAT_SIZE];
	int ret;

	for (;; count(&shared->files)) {
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%u", shared->runtimes[any(ALIVE)],
			 3 + any(4));
		ret = file_read(path, text, sizeof(text));
		/* The process may go between open and read. */
		if (!may_be(ret) && ret != -ESRCH)
			return 1;
	}
}

/* It may find nothing, but it does not fail on what it finds. */
static int ask_the_command(int unused)
{
	pid_t child;
	int status;

	for (;; count(&shared->commands)) {
		child = fork();
		if (!child) {
			if (!freopen("/dev/null", "w", stdout) ||
			    !freopen("/dev/null", "w", stderr))
				_exit(126);
			execlp("ttmem", "ttmem", NULL);
			_exit(127);
		}
		status = child_wait(child);
		if (status < 0 || status >= 126)
			return 1;
	}
}

static int unbind_and_bind(void)
{
	const char *bdf = any(2) ? WORMHOLE_BDF : BLACKHOLE_BDF;

	return kmd_unbind(bdf) || kmd_bind(bdf);
}

static int remove_and_rescan(void)
{
	return pci_remove(any(2) ? WORMHOLE_BDF : BLACKHOLE_BDF) || pci_rescan();
}

static int reload_kmd(void)
{
	return module_unload("tenstorrent") || module_load("tenstorrent", "");
}

/* Ends with all chips there. */
static int chips_come_and_go(int unused)
{
	static int (* const ways[])(void) = { unbind_and_bind, remove_and_rescan, reload_kmd };
	int ret = 0;

	while (!ret && !__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE)) {
		ret = ways[any(3)]();
		count(&shared->plugs);
		usleep(any(PLUG_PAUSE_US));
	}
	return ret;
}

/* ---- the end ------------------------------------------------------------------------------- */

/* Nothing of anybody on this chip. */
static int chip_is_idle(const char *chip)
{
	static const char * const none[] = {
		"clients", "l1_used", "l1_small_used", "cb_used", "dram_used", "trace_used",
	};
	int stat = stat_open(chip), idle = stat >= 0;
	struct dirent *entry;
	char path[320];
	unsigned int i;
	DIR *dir;

	for (i = 0; i < 6; i++)
		idle &= stat_now(stat, none[i]) == 0;
	close(stat);
	snprintf(path, sizeof(path), "/sys/class/tenstorrent/%.64s/clients", chip);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		idle &= entry->d_name[0] == '.';
	closedir(dir);
	if (!idle)
		printf("# %s is not idle\n", chip);
	return idle;
}

static int all_chips_idle(void)
{
	DIR *dir = opendir("/sys/class/tenstorrent");
	struct dirent *entry;
	int chips = 0, idle = 1;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "tt", 2))
			continue;
		chips++;
		idle &= chip_is_idle(entry->d_name);
	}
	closedir(dir);
	printf("# %d chips, remote ones included\n", chips);
	return idle && chips >= CHIPS;
}

static int failed;

static void test(const char *what, int passed)
{
	static int number;

	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++number, what);
	fflush(stdout);
	failed |= !passed;
}

int main(int argc, char **argv)
{
	const char *runtimes = getenv("TTMEM_RUNTIMES"), *seed = getenv("TTMEM_SEED");
	unsigned int number = argc > 1 ? ~0U : runtimes ? atoi(runtimes) : 1000, i;
	pid_t chips, beside[6];
	int wrong;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	state = seed ? strtoull(seed, NULL, 0) : 1;
	printf("TAP version 13\n1..4\n# figure: %u runtimes, seed %llu\n", number, state);
	fflush(stdout);
	beside[0] = start(look_for_ever, 0);
	beside[1] = start(look_for_ever, 1);
	beside[2] = start(poll_for_ever, 0);
	beside[3] = start(poll_for_ever, 1);
	beside[4] = start(look_at_runtimes, 0);
	beside[5] = start(ask_the_command, 0);
	chips = start(chips_come_and_go, 0);

	wrong = runtimes_come_and_go(number);
	test("each runtime was at work until it was killed", !wrong);
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELEASE);
	test("chips went and came back", child_wait(chips) == 0 && shared->plugs);
	for (wrong = 0, i = 0; i < 6; i++)
		wrong |= child_kill(beside[i]);
	printf("# figure: %lu looks at all files of a chip, %lu fdinfos, %lu times the command\n",
	       shared->looks, shared->files, shared->commands);
	printf("# figure: %lu times a chip went\n", shared->plugs);
	test("whoever looked saw what can be",
	     !wrong && shared->looks && shared->files && shared->commands);
	test("nothing is left", all_chips_idle());
	return failed;
}
