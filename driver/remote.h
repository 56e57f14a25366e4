/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remote chips: known by their unique id, reached through a gateway.
 */
#ifndef TTMEM_REMOTE_H
#define TTMEM_REMOTE_H

#include <linux/types.h>
#include <linux/uidgid.h>

struct ttmem_chip;
struct ttmem_gateway;

struct ttmem_chip *ttmem_remote_find(struct ttmem_gateway *gateway, u64 uid);
struct ttmem_chip *ttmem_remote_get(struct ttmem_gateway *gateway, u64 chip_uid, kuid_t uid);
void ttmem_remote_drop(struct ttmem_chip *chip);
bool ttmem_remote_let_go(struct ttmem_gateway *gateway, u64 uid);
void ttmem_remote_del_all(struct ttmem_gateway *gateway);
void ttmem_remote_put_all(struct ttmem_gateway *gateway);

#endif /* TTMEM_REMOTE_H */
