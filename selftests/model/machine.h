/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine: modules and PCI functions. Functions return a negative errno on failure. */
#ifndef MACHINE_H
#define MACHINE_H

/* All modules anew, with the functions that the model has. */
int machine_begin(void);

int machine_unload(unsigned int module);
int machine_load(unsigned int module);
int machine_unbind(unsigned int function);
int machine_bind(unsigned int function);
int machine_remove(unsigned int function);
int machine_rescan(void);

/* Nodes are root's as long as no udev rule is there: give them to everybody. */
void machine_open_nodes(void);

#endif /* MACHINE_H */
