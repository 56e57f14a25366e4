// SPDX-License-Identifier: GPL-2.0-only
/* Whole machines of chips: behind one gateway, and behind many. */
#include <unistd.h>

#include "client.h"
#include "modes.h"
#include "operations.h"
#include "peer.h"

#define LOCAL_CHIPS	32

static struct {
	int fds[LOCAL_CHIPS];
	struct words words[2];
	struct peer *peers[LOCAL_CHIPS];
	unsigned int turn;
} mesh;

static void report_gateway(void *argument)
{
	client_say(mesh.fds[0], &mesh.words[mesh.turn ^= 1]);
}

static void report_mesh(void *argument)
{
	unsigned int i;

	mesh.turn ^= 1;
	for (i = 0; i < LOCAL_CHIPS; i++)
		client_say(mesh.fds[i], &mesh.words[mesh.turn]);
}

static void peer_mesh(void *argument)
{
	unsigned int i;

	mesh.turn ^= 1;
	for (i = 0; i < LOCAL_CHIPS; i++)
		peer_update(mesh.peers[i], i + 1, mesh.turn);
}

static void words_of(unsigned int chips)
{
	int i;

	for (i = 0; i < 2; i++)
		words_make(&mesh.words[i], mesh.fds[0], chips, POOLS, i);
}

void mode_gateway(const char *argument)
{
	mesh.fds[0] = client_open(0);
	client_declare(mesh.fds[0]);
	client_declare_remotes(mesh.fds[0], 0);
	words_of(TTMEM_MAX_CHIPS);
	client_say(mesh.fds[0], &mesh.words[0]);
	result("report_gateway", measure(report_gateway, NULL));
	close(mesh.fds[0]);
}

void mode_mesh(const char *argument)
{
	unsigned int i;

	for (i = 0; i < LOCAL_CHIPS; i++) {
		mesh.fds[i] = client_open(i);
		client_declare(mesh.fds[i]);
		mesh.peers[i] = peer_open(1);
	}
	words_of(1);
	report_mesh(NULL);
	result("report_mesh", measure(report_mesh, NULL));
	result("peer_mesh", measure(peer_mesh, NULL));
	for (i = 0; i < LOCAL_CHIPS; i++)
		close(mesh.fds[i]);
}
