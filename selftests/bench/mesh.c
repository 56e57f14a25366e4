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

void mode_gateway(const char *argument)
{
	const struct row *row = row_find("report_gateway");

	subject_open();
	row_prepare(row);
	result(row->name, measure_row(row));
	subject_close();
}

void mode_mesh(const char *argument)
{
	unsigned int i;

	for (i = 0; i < LOCAL_CHIPS; i++) {
		mesh.fds[i] = client_open(i);
		client_declare(mesh.fds[i]);
		mesh.peers[i] = peer_open(1);
	}
	for (i = 0; i < 2; i++)
		words_make(&mesh.words[i], mesh.fds[0], 1, POOLS, i);
	report_mesh(NULL);
	result("report_mesh", measure(report_mesh, NULL));
	result("peer_mesh", measure(peer_mesh, NULL));
	for (i = 0; i < LOCAL_CHIPS; i++)
		close(mesh.fds[i]);
}
