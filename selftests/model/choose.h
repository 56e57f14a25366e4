/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of a step, once it is known what it is. */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "generate.h"
#include "world.h"

#define SOMETIMES	12	/* one in so many numbers is nonsense */

__u64 below(struct generator *generator, __u64 bound);
int one_in(struct generator *generator, unsigned int times);
/* A number at which something may break. */
__u64 edge(struct generator *generator);

/* Of an actor and a slot, most often one that is open, whose chip is there. */
struct client *choose_file(struct generator *generator, struct step *step);
/* A page that is mapped, most often: whose it is, and of what chip; NULL if nobody's. */
struct seat *choose_page(struct generator *generator, struct step *step);
/* A chip that a client knows. */
__u32 choose_chip(struct generator *generator, const struct client *client);

void choose_declaration(struct generator *generator, struct step *step);
void choose_report(struct generator *generator, struct step *step);
void choose_failure(struct generator *generator, struct step *step);
void choose_map(struct generator *generator, struct step *step);
void choose_put(struct generator *generator, struct step *step);
void choose_poke(struct generator *generator, struct step *step);

#endif /* CHOOSE_H */
