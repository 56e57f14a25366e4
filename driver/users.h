/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TTMEM_USERS_H
#define TTMEM_USERS_H

#include <linux/uidgid.h>

struct ttmem_gateway;

void ttmem_users_init(struct ttmem_gateway *gateway);
int ttmem_users_admit(struct ttmem_gateway *gateway, kuid_t uid);
bool ttmem_users_may_create(struct ttmem_gateway *gateway, kuid_t uid);
void ttmem_users_dismiss(struct ttmem_gateway *gateway, kuid_t uid);

#endif /* TTMEM_USERS_H */
