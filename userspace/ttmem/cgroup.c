// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control group of a process, from /proc, and whose it is. Runtimes of containers put ids into
 * its path, in one of these shapes:
 *
 *	.../docker/ID					cgroupfs
 *	.../docker-ID.scope				systemd; so do others, see below
 *	.../kubepods/burstable/podUID/ID		Kubernetes, cgroupfs
 *	.../kubepods-podU_I_D.slice/crio-ID.scope	Kubernetes, systemd
 *	.../kubepods-podU_I_D.slice:crio:ID		Kubernetes, of which only a part has systemd
 *	.../machine-libpod_pod_ID.slice/libpod-ID.scope	a pod of podman, systemd
 *
 * Others may stand before and behind that, as where one runtime is in a container of another: the
 * last container counts.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "ttmem.h"

#define HEX		"0123456789abcdef"
#define SCOPE		".scope"
#define ID_LEN		64
/* That of a pod made by the API server, and that of one from a file of its node, a hash. */
#define UID_LEN		36
#define HASH_LEN	32

/* What stands before an id, and who puts it there. */
static const struct {
	const char *prefix;
	const char *runtime;
} runtimes[] = {
	{ "docker", "docker" },
	{ "cri-containerd", "containerd" },
	{ "nerdctl", "containerd" },
	{ "crio", "cri-o" },
	{ "libpod", "podman" },
};

/* ---- a path -------------------------------------------------------------------------------- */

static const char *runtime_of(const char *prefix, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(runtimes); i++)
		if (strlen(runtimes[i].prefix) == len && !strncmp(runtimes[i].prefix, prefix, len))
			return runtimes[i].runtime;
	return NULL;
}

static void set(char **to, const char *text, size_t len)
{
	free(*to);
	*to = format("%.*s", (int)len, text);
}

/*
 * One name of a path: an id alone, or behind the name of a runtime. Alone, the directory that it is
 * in may tell the runtime.
 */
static void find_container(struct cgroup *cgroup, const char *parent, const char *name, size_t len)
{
	const char *runtime, *id, *prefix;

	if (len > strlen(SCOPE) && !strncmp(name + len - strlen(SCOPE), SCOPE, strlen(SCOPE)))
		len -= strlen(SCOPE);
	if (len < ID_LEN)
		return;
	id = name + len - ID_LEN;
	if (strspn(id, HEX) != ID_LEN)
		return;
	if (id == name) {
		runtime = runtime_of(parent, strcspn(parent, "/"));
	} else {
		for (prefix = id - 1; prefix > name && prefix[-1] != ':'; prefix--)
			;
		runtime = strchr("-:", id[-1]) ? runtime_of(prefix, id - 1 - prefix) : NULL;
		if (!runtime)
			return;
	}
	cgroup->runtime = runtime;
	set(&cgroup->container, id, ID_LEN);
}

/* The length of the unique id that a text begins with, or 0. */
static size_t uid_len(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	if (strspn(text, HEX) == HASH_LEN)
		return HASH_LEN;
	for (i = 0; i < UID_LEN; i++)
		if (!text[i] || !strchr(form[i] == 'x' ? HEX : "-_", text[i]))
			return 0;
	return UID_LEN;
}

/* systemd has its own use for dashes, so that the uid of a pod has none there. */
static void find_pod(struct cgroup *cgroup, const char *name, size_t len)
{
	static const char podman[] = "machine-libpod_pod_";
	const char *at;
	char *dash;
	size_t uid;

	if (!strncmp(name, podman, strlen(podman)) &&
	    strspn(name + strlen(podman), HEX) == ID_LEN) {
		set(&cgroup->pod, name + strlen(podman), ID_LEN);
		return;
	}
	at = name;
	if (strncmp(name, "pod", strlen("pod"))) {
		at = memmem(name, len, "kubepods", strlen("kubepods"));
		at = at ? memmem(at, name + len - at, "-pod", strlen("-pod")) : NULL;
		if (!at)
			return;
		at++;
	}
	at += strlen("pod");
	uid = uid_len(at);
	if (!uid || !strchr("/.:", at[uid]))
		return;
	set(&cgroup->pod, at, uid);
	for (dash = cgroup->pod; (dash = strchr(dash, '_'));)
		*dash = '-';
}

struct cgroup cgroup_parse(const char *path)
{
	struct cgroup cgroup = { .path = copy_text(path) };
	const char *parent = "", *name = path;
	size_t len;

	while (*name) {
		len = strcspn(name, "/");
		find_pod(&cgroup, name, len);
		find_container(&cgroup, parent, name, len);
		parent = name;
		name += len;
		name += *name == '/';
	}
	return cgroup;
}

void cgroup_free(struct cgroup *cgroup)
{
	free(cgroup->path);
	free(cgroup->container);
	free(cgroup->pod);
}

/* ---- a process ----------------------------------------------------------------------------- */

/* Which one tells most, where a process is in several hierarchies. */
static int rank(const char *line, const struct cgroup *cgroup)
{
	if (cgroup->container)
		return 3;
	if (!strncmp(line, "0::", strlen("0::")))
		return 2;
	return strstr(line, ":name=systemd:") ? 1 : 0;
}

/* Of a line "hierarchy:controllers:path"; NULL if it is none. */
static char *path_in(char *line)
{
	static const char deleted[] = " (deleted)";
	char *path = strchr(line, ':');
	size_t len;

	path = path ? strchr(path + 1, ':') : NULL;
	if (!path || path[1] != '/')
		return NULL;
	path++;
	len = strcspn(path, "\n");
	path[len] = '\0';
	if (len > strlen(deleted) && !strcmp(path + len - strlen(deleted), deleted))
		path[len - strlen(deleted)] = '\0';
	return path;
}

static bool read_best(FILE *file, struct cgroup *best)
{
	struct cgroup cgroup;
	int best_rank = -1;
	size_t size = 0;
	char *line = NULL, *path;

	while (getline(&line, &size, file) > 0) {
		path = path_in(line);
		if (!path)
			continue;
		cgroup = cgroup_parse(path);
		if (rank(line, &cgroup) > best_rank) {
			if (best_rank >= 0)
				cgroup_free(best);
			*best = cgroup;
			best_rank = rank(line, best);
		} else {
			cgroup_free(&cgroup);
		}
	}
	free(line);
	return best_rank >= 0;
}

bool cgroup_read(const struct tree *tree, uint64_t pid, struct cgroup *cgroup)
{
	char *path = format("%s/proc/%" PRIu64 "/cgroup", tree->root, pid);
	FILE *file = pid ? fopen(path, "re") : NULL;
	bool found;

	free(path);
	if (!file)
		return false;
	found = read_best(file, cgroup);
	fclose(file);
	return found;
}
