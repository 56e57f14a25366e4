// SPDX-License-Identifier: GPL-2.0-only
#include <libttmem.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../ttmem_test.h"
#include "actor.h"
#include "world.h"

#define PATIENCE_S	120
#define ARGUMENT_SIZE	4096

struct request {
	int (*serve)(struct request *request);
	__u64 n[6];
	size_t size;
	char argument[ARGUMENT_SIZE];
};

struct reply {
	int ret;
	char argument[ARGUMENT_SIZE];
};

/* Ends of sockets: ours, and that of whoever is the actor. */
static int ours[ACTORS], theirs[ACTORS];
static pid_t pids[ACTORS];

/* What the process that is an actor has. */
static struct {
	unsigned int actor;
	int files[SLOTS];
	void *maps[MAPS];
} self;

/* ---- in the actor --------------------------------------------------------------------------- */

static int serve_open(struct request *request)
{
	int fd = chip_open(request->n[1], request->n[2] ? O_RDWR : O_RDONLY);

	if (fd >= 0)
		self.files[request->n[0]] = fd;
	return fd;
}

static int serve_dup(struct request *request)
{
	int fd = dup(self.files[request->n[0]]);

	self.files[request->n[1]] = fd;
	return fd < 0 ? -errno : fd;
}

static int serve_close(struct request *request)
{
	return close(self.files[request->n[0]]) ? -errno : 0;
}

static int serve_ioctl(struct request *request)
{
	void *argument = request->size ? request->argument : NULL;

	return call(self.files[request->n[0]], request->n[1], argument);
}

static int serve_map(struct request *request)
{
	size_t page = getpagesize();
	void *map = mmap(NULL, request->n[3] * page, PROT_READ | PROT_WRITE,
			 request->n[4] ? MAP_SHARED : MAP_PRIVATE, self.files[request->n[0]],
			 request->n[2] * page);

	if (map == MAP_FAILED)
		return -errno;
	self.maps[request->n[1]] = map;
	return 0;
}

static int serve_unmap(struct request *request)
{
	return munmap(self.maps[request->n[0]], getpagesize()) ? -errno : 0;
}

static struct ttmem_page_pool *pool_of(const struct request *request)
{
	return (struct ttmem_page_pool *)self.maps[request->n[0]] + request->n[1];
}

static int serve_put(struct request *request)
{
	ttmem_page_update(pool_of(request), request->n[2], request->n[3]);
	return 0;
}

static int serve_poke(struct request *request)
{
	if (request->n[2])
		((__u64 *)pool_of(request))[request->n[2]] = request->n[3];
	else
		pool_of(request)->sequence = request->n[3];
	return 0;
}

static int serve_reset(struct request *request)
{
	ttmem_page_reset_peak(pool_of(request));
	return 0;
}

static void serve_for_ever(void)
{
	struct request request;
	struct reply reply;

	while (recv(theirs[self.actor], &request, sizeof(request), 0) > 0) {
		reply.ret = request.serve(&request);
		memcpy(reply.argument, request.argument, request.size);
		send(theirs[self.actor], &reply, offsetof(struct reply, argument) + request.size,
		     0);
	}
	_exit(0);
}

/* Ledger pages are not inherited: there is nothing at their addresses. */
static void lose_pages(void)
{
	unsigned char there;
	unsigned int i;

	for (i = 0; i < MAPS; i++) {
		if (self.maps[i] && !mincore(self.maps[i], 1, &there))
			_exit(1);
		self.maps[i] = NULL;
	}
}

static int serve_fork(struct request *request)
{
	/* The child is one of the main process, as the actor itself. */
	pid_t child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);

	if (child)
		return child < 0 ? -errno : child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	self.actor = request->n[0];
	lose_pages();
	serve_for_ever();
	return 0;
}

/* ---- in the main process -------------------------------------------------------------------- */

static int ask(unsigned int actor, struct request *request, void *argument)
{
	struct reply reply;
	ssize_t size;

	send(ours[actor], request, offsetof(struct request, argument) + request->size, 0);
	size = recv(ours[actor], &reply, sizeof(reply), 0);
	if (size < (ssize_t)(offsetof(struct reply, argument) + request->size)) {
		printf("Bail out! actor %u does not answer\n", actor);
		exit(1);
	}
	if (argument)
		memcpy(argument, reply.argument, request->size);
	return reply.ret;
}

static int ask_numbers(unsigned int actor, int (*serve)(struct request *request), __u64 a, __u64 b,
		       __u64 c, __u64 d)
{
	struct request request = { .serve = serve, .n = { a, b, c, d } };

	return ask(actor, &request, NULL);
}

/* They take turns, which is quicker on one processor. */
static void use_one_processor(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

void actors_begin(void)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	unsigned int i;
	int pair[2];

	use_one_processor();
	for (i = 0; i < ACTORS; i++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair)) {
			perror("socketpair");
			exit(1);
		}
		setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		ours[i] = pair[0];
		theirs[i] = pair[1];
	}
}

pid_t actor_spawn(unsigned int actor, unsigned int uid)
{
	pid_t pid = spawn();

	if (pid) {
		pids[actor] = pid;
		return pid;
	}
	/* Whatever else the main process has open is its own. */
	close_range(theirs[ACTORS - 1] + 1, ~0U, 0);
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(1);
	self.actor = actor;
	serve_for_ever();
	return 0;
}

void actor_kill(unsigned int actor)
{
	if (!pids[actor])
		return;
	kill(pids[actor], SIGKILL);
	waitpid(pids[actor], NULL, 0);
	pids[actor] = 0;
}

pid_t actor_fork(unsigned int actor, unsigned int child)
{
	actor_kill(child);
	pids[child] = ask_numbers(actor, serve_fork, child, 0, 0, 0);
	return pids[child];
}

int actor_open(unsigned int actor, unsigned int slot, unsigned int ordinal, int writable)
{
	return ask_numbers(actor, serve_open, slot, ordinal, writable, 0);
}

int actor_dup(unsigned int actor, unsigned int slot, unsigned int to)
{
	return ask_numbers(actor, serve_dup, slot, to, 0, 0);
}

int actor_close(unsigned int actor, unsigned int slot)
{
	return ask_numbers(actor, serve_close, slot, 0, 0, 0);
}

int actor_ioctl(unsigned int actor, unsigned int slot, unsigned long command, void *argument,
		size_t size)
{
	struct request request = { .serve = serve_ioctl, .n = { slot, command }, .size = size };

	memcpy(request.argument, argument ?: "", size);
	return ask(actor, &request, argument);
}

int actor_map(unsigned int actor, unsigned int slot, unsigned int map, __u32 chip,
	      unsigned int pages, int shared)
{
	struct request request = { .serve = serve_map, .n = { slot, map, chip, pages, shared } };

	return ask(actor, &request, NULL);
}

int actor_unmap(unsigned int actor, unsigned int map)
{
	return ask_numbers(actor, serve_unmap, map, 0, 0, 0);
}

int actor_put(unsigned int actor, unsigned int map, int pool, __u64 allocated, __u64 largest_free)
{
	return ask_numbers(actor, serve_put, map, pool, allocated, largest_free);
}

int actor_poke(unsigned int actor, unsigned int map, int pool, unsigned int word, __u64 value)
{
	return ask_numbers(actor, serve_poke, map, pool, word, value);
}

int actor_reset(unsigned int actor, unsigned int map, int pool)
{
	return ask_numbers(actor, serve_reset, map, pool, 0, 0);
}
