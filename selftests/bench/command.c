// SPDX-License-Identifier: GPL-2.0-only
/* What the command costs as a whole, its start included, beside one of util-linux that is alike. */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "modes.h"

static char * const ttmem[] = { "ttmem", NULL };
static char * const ttmem_json[] = { "ttmem", "--json", NULL };
static char * const lsmem[] = { "lsmem", NULL };

static void run(void *argument)
{
	posix_spawn_file_actions_t actions;
	char * const *command = argument;
	int status;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, command[0], &actions, NULL, command, environ) ||
	    waitpid(child, &status, 0) != child || status)
		fail(command[0]);
	posix_spawn_file_actions_destroy(&actions);
}

void mode_command(const char *argument)
{
	result("lsmem", measure(run, (void *)lsmem));
	result("ttmem_list", measure(run, (void *)ttmem));
	result("ttmem_list_json", measure(run, (void *)ttmem_json));
}
