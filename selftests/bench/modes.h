/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be measured; bench.c lists them. */
#ifndef MODES_H
#define MODES_H

void mode_operations(const char *argument);
void mode_clients(const char *argument);
void mode_pages(const char *argument);
void mode_chips(const char *argument);
void mode_gateway(const char *argument);
void mode_mesh(const char *argument);
void mode_memory(const char *argument);
void mode_chip_memory(const char *argument);
void mode_command(const char *argument);
void mode_contention(const char *argument);
void mode_loop(const char *argument);

/* Gateways of this machine. */
unsigned int gateways(void);

#endif /* MODES_H */
