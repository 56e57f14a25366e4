/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other way of keeping such books: a file in shared memory for each chip, which every process
 * that uses the chip maps and counts in, under its slot. It is what ledger pages are compared with.
 */
#ifndef PEER_H
#define PEER_H

#include <stdint.h>

#define PEER_PROCESSES	64
#define PEER_CHIPS	16

struct peer;

/* As it is with so many processes there already, this one being the last. */
struct peer *peer_open(unsigned int processes);
void peer_update(struct peer *peer, uint64_t chip, int64_t bytes);

#endif /* PEER_H */
