// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "../ttmem_test.h"
#include "actor.h"
#include "check.h"
#include "machine.h"
#include "play.h"

/* Now and then everything is read, not only what can have changed. */
#define EVERYTHING	200

unsigned long steps_done[STEP_KINDS], steps_refused[STEP_KINDS];

static const unsigned int uids[ACTORS] = { 0, 0, 1000, 1000, 1001, 1002 };
static unsigned int played;

struct process *actor_of(__u64 actor)
{
	return actor < ACTORS ? &world.actors[actor] : NULL;
}

struct client *file_of(const struct step *step)
{
	struct process *process = actor_of(step->n[0]);

	return process && step->n[1] < SLOTS ? process->files[step->n[1]] : NULL;
}

static const char *name_of(int error)
{
	return error ? strerrorname_np(error) ?: "?" : "success";
}

int answered(const struct step *step, int ret, __u32 faults)
{
	char expected[256];
	int error = ret < 0 ? -ret : 0;

	values_compared++;
	steps_refused[step->kind] += ret < 0;
	if (error ? faults & fault(error) : !faults)
		return 1;
	faults_print(faults, expected, sizeof(expected));
	return differs("%s: %s, expected%s", step_name(step->kind), name_of(error),
		       faults ? expected : " success");
}

/* ---- files and processes -------------------------------------------------------------------- */

static int play_open(const struct step *step)
{
	struct process *process = actor_of(step->n[0]);
	struct gateway *gateway;
	int ret;

	if (!process || step->n[1] >= SLOTS || step->n[2] >= FUNCTIONS || file_of(step))
		return 1;
	gateway = &world.gateways[step->n[2]];
	ret = actor_open(step->n[0], step->n[1], step->n[2], step->n[3]);
	if (!answered(step, ret, gateway->there ? 0 : fault(ENOENT)))
		return 0;
	if (ret < 0)
		return 1;
	process->files[step->n[1]] = world_open(process, gateway, !!step->n[3]);
	process->fds[step->n[1]] = ret;
	return 1;
}

static int play_dup(const struct step *step)
{
	struct process *process = actor_of(step->n[0]);
	struct client *client = file_of(step);

	if (!client || step->n[2] >= SLOTS || process->files[step->n[2]])
		return 1;
	process->files[step->n[2]] = client;
	client->users++;
	process->fds[step->n[2]] = actor_dup(step->n[0], step->n[1], step->n[2]);
	return answered(step, process->fds[step->n[2]], 0);
}

static int play_close(const struct step *step)
{
	if (!file_of(step))
		return 1;
	if (!answered(step, actor_close(step->n[0], step->n[1]), 0))
		return 0;
	world_close(&actor_of(step->n[0])->files[step->n[1]]);
	return 1;
}

static void begin_process(unsigned int actor, int pid, unsigned int uid)
{
	struct process *process = &world.actors[actor];

	memset(process, 0, sizeof(*process));
	process->number = ++world.processes;
	process->pid = pid;
	process->uid = uid;
}

/* Its files are closed when it is gone; another one takes its place. */
static int play_kill(const struct step *step)
{
	struct process *process = actor_of(step->n[0]);

	if (!process)
		return 1;
	actor_kill(step->n[0]);
	world_end_process(process);
	begin_process(step->n[0], actor_spawn(step->n[0], uids[step->n[0]]), uids[step->n[0]]);
	return 1;
}

static int play_fork(const struct step *step)
{
	struct process *parent = actor_of(step->n[0]), *child = actor_of(step->n[1]);
	unsigned int i;
	int pid;

	if (!parent || !child || parent == child)
		return 1;
	pid = actor_fork(step->n[0], step->n[1]);
	world_end_process(child);
	begin_process(step->n[1], pid, parent->uid);
	for (i = 0; i < SLOTS; i++) {
		child->files[i] = parent->files[i];
		child->fds[i] = parent->fds[i];
		if (child->files[i])
			child->files[i]->users++;
	}
	return answered(step, pid, 0);
}

/* ---- marks ---------------------------------------------------------------------------------- */

static int play_high(const struct step *step)
{
	static const char * const pools[POOLS] = { "l1", "l1_small", "cb", "dram", "trace" };
	struct gateway *gateway;
	char path[96], text[24], remote[16];

	if (step->n[0] >= FUNCTIONS || step->n[1] >= TTMEM_MAX_CHIPS || step->n[2] >= POOLS)
		return 1;
	gateway = &world.gateways[step->n[0]];
	if (!gateway->chips[step->n[1]].there)
		return 1;
	snprintf(remote, sizeof(remote), "r%llu", step->n[1]);
	snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt%llu%s/mem/%s_high", step->n[0],
		 step->n[1] ? remote : "", pools[step->n[2]]);
	snprintf(text, sizeof(text), "%llu", step->n[3]);
	if (!answered(step, file_write(path, text), 0))
		return 0;
	gateway->chips[step->n[1]].high[step->n[2]] = step->n[3];
	gateway->touched = 1;
	world_look(gateway, step->n[1]);
	return 1;
}

/* ---- functions and modules ------------------------------------------------------------------ */

static struct function *function_of(const struct step *step)
{
	return step->n[0] < FUNCTIONS ? &world.functions[step->n[0]] : NULL;
}

static int play_unbind(const struct step *step)
{
	struct function *function = function_of(step);

	if (!function || !function->bound)
		return 1;
	world_detach(step->n[0]);
	return answered(step, machine_unbind(step->n[0]), 0);
}

static int play_bind(const struct step *step)
{
	struct function *function = function_of(step);

	if (!function || !world.loaded[MODULE_TT_KMD] || !function->present || function->bound)
		return 1;
	world_attach(step->n[0]);
	return answered(step, machine_bind(step->n[0]), 0);
}

static int play_remove(const struct step *step)
{
	struct function *function = function_of(step);

	if (!function || !function->present)
		return 1;
	if (function->bound)
		world_detach(step->n[0]);
	function->present = 0;
	return answered(step, machine_remove(step->n[0]), 0);
}

/* They come back as the last ones. */
static int play_rescan(const struct step *step)
{
	unsigned int i;

	for (i = 0; i < FUNCTIONS; i++) {
		if (world.functions[i].present)
			continue;
		world.functions[i].present = 1;
		world.functions[i].place = world.places++;
		if (world.loaded[MODULE_TT_KMD])
			world_attach(i);
	}
	return answered(step, machine_rescan(), 0);
}

static int play_unload(const struct step *step)
{
	unsigned int i;
	int ret;

	if (step->n[0] >= KERNEL_MODULES || !world.loaded[step->n[0]])
		return 1;
	ret = machine_unload(step->n[0]);
	if (!answered(step, ret,
		      step->n[0] == MODULE_TTMEM && world_busy() ? fault(EAGAIN) : 0))
		return 0;
	if (ret < 0)
		return 1;
	if (step->n[0] == MODULE_TTMEM)
		world_unpublish();
	for (i = 0; i < FUNCTIONS && step->n[0] == MODULE_TT_KMD; i++)
		if (world.functions[i].bound)
			world_detach(i);
	world.loaded[step->n[0]] = 0;
	return 1;
}

static int play_load(const struct step *step)
{
	if (step->n[0] >= KERNEL_MODULES || world.loaded[step->n[0]])
		return 1;
	world.loaded[step->n[0]] = 1;
	if (step->n[0] == MODULE_TTMEM)
		world_publish();
	else
		world_bind_all();
	return answered(step, machine_load(step->n[0]), 0);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static int (* const players[STEP_KINDS])(const struct step *step) = {
	[STEP_OPEN] = play_open,
	[STEP_DUP] = play_dup,
	[STEP_CLOSE] = play_close,
	[STEP_FORK] = play_fork,
	[STEP_KILL] = play_kill,
	[STEP_QUERY] = play_query,
	[STEP_DECLARE] = play_declare,
	[STEP_REPORT] = play_report,
	[STEP_FAILURE] = play_failure,
	[STEP_LOOK] = play_look,
	[STEP_BAD] = play_bad,
	[STEP_MAP] = play_map,
	[STEP_UNMAP] = play_unmap,
	[STEP_PUT] = play_put,
	[STEP_POKE] = play_poke,
	[STEP_RESET] = play_reset,
	[STEP_HIGH] = play_high,
	[STEP_UNBIND] = play_unbind,
	[STEP_BIND] = play_bind,
	[STEP_REMOVE] = play_remove,
	[STEP_RESCAN] = play_rescan,
	[STEP_UNLOAD] = play_unload,
	[STEP_LOAD] = play_load,
};

int play_begin(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ACTORS; i++)
		actor_kill(i);
	world_end();
	ret = machine_begin();
	if (ret)
		return differs("modules cannot be loaded anew: %s", name_of(-ret));
	world_begin();
	for (i = 0; i < ACTORS; i++)
		begin_process(i, actor_spawn(i, uids[i]), uids[i]);
	played = 0;
	why[0] = '\0';
	return 1;
}

int play_step(const struct step *step)
{
	unsigned int i;

	world.now = now_ns();
	steps_done[step->kind]++;
	if (!players[step->kind](step))
		return 0;
	if (step->kind >= STEP_UNBIND)
		machine_open_nodes();
	if (!check_departed())
		return 0;
	if (++played % EVERYTHING == 0)
		return check_everything();
	for (i = 0; i < FUNCTIONS; i++)
		if (!step->quiet && world.gateways[i].touched &&
		    !check_gateway(&world.gateways[i]))
			return 0;
	return 1;
}

int play_end(void)
{
	return check_everything();
}
