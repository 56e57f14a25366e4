/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control groups of processes, and the container and the pod that the name of one tells.
 */
#ifndef TTMEM_CGROUP_H
#define TTMEM_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

struct tree;

/**
 * struct cgroup - a control group
 * @path: its place in the hierarchy, as the reader's cgroup namespace has it
 * @runtime: what has made its container: docker, containerd, cri-o or podman; NULL if that is not
 *	known
 * @container: id of the container that it is, or is in; NULL if its name tells of none
 * @pod: unique id of the pod of Kubernetes, or id of one of podman; NULL likewise
 */
struct cgroup {
	char *path;
	const char *runtime;
	char *container;
	char *pod;
};

/* What a path tells. To be freed with cgroup_free(). */
struct cgroup cgroup_parse(const char *path);
/* That of a process; false if it is not known, also with 0 for a process that is not visible. */
bool cgroup_read(const struct tree *tree, uint64_t pid, struct cgroup *cgroup);
void cgroup_free(struct cgroup *cgroup);

#endif /* TTMEM_CGROUP_H */
