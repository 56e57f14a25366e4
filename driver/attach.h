/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TTMEM_ATTACH_H
#define TTMEM_ATTACH_H

int ttmem_attach_init(void);
void ttmem_attach_exit(void);

#endif /* TTMEM_ATTACH_H */
