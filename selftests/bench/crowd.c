// SPDX-License-Identifier: GPL-2.0-only
#include <sys/resource.h>
#include <unistd.h>

#include "client.h"
#include "crowd.h"
#include "measure.h"
#include "operations.h"

static void allow_many_files(void)
{
	struct rlimit limit = { 4096, 4096 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("allow many files");
}

void crowd_open(struct crowd *crowd, unsigned int size)
{
	allow_many_files();
	for (; crowd->open < size; crowd->open++)
		crowd->fds[crowd->open] = client_open(0);
}

void crowd_report(struct crowd *crowd, unsigned int size)
{
	static struct words words;

	crowd_open(crowd, size);
	words_make(&words, crowd->fds[0], 1, POOLS, 0);
	for (; crowd->reported < size; crowd->reported++)
		client_say(crowd->fds[crowd->reported], &words);
}

/* Returns 0 if the driver has no ledger pages. */
int crowd_map(struct crowd *crowd, unsigned int size)
{
	crowd_report(crowd, size);
	for (; crowd->mapped < size; crowd->mapped++) {
		crowd->pools[crowd->mapped] = client_map(crowd->fds[crowd->mapped],
							 TTMEM_POOL_L1);
		if (!crowd->pools[crowd->mapped])
			return 0;
	}
	return 1;
}

void crowd_update(struct crowd *crowd)
{
	unsigned int i;

	crowd->round++;
	for (i = 0; i < crowd->mapped; i++)
		page_put(crowd->pools[i], crowd->round + i);
}

void crowd_leave(struct crowd *crowd)
{
	while (crowd->mapped)
		client_unmap(crowd->pools[--crowd->mapped]);
	while (crowd->open)
		close(crowd->fds[--crowd->open]);
	crowd->reported = 0;
}
