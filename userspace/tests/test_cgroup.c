// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which container and pod the path of a control group tells, as runtimes make them, and which of
 * the control groups of a process counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../ttmem/cgroup.h"
#include "../ttmem/ttmem.h"
#include "tree.h"

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2	"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID	"0a1b2c3d-1111-2222-3333-444455556666"
#define U_I_D	"0a1b2c3d_1111_2222_3333_444455556666"
#define HASH	"0123456789abcdef0123456789abcdef"

static const struct {
	const char *path;
	const char *runtime;
	const char *container;
	const char *pod;
} shapes[] = {
	/* docker: cgroupfs, systemd, rootless, with systemd inside, and in another container */
	{ "/docker/" ID, "docker", ID, NULL },
	{ "/system.slice/docker-" ID ".scope", "docker", ID, NULL },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" ID ".scope",
		"docker", ID, NULL },
	{ "/docker/" ID "/system.slice/ssh.service", "docker", ID, NULL },
	{ "/docker/" ID "/docker/" ID2, "docker", ID2, NULL },
	{ "/docker/" ID "/kubelet/kubepods/besteffort/pod" UID "/" ID2, NULL, ID2, UID },

	/* Kubernetes: cgroupfs, systemd, classes of service, both drivers at once, static pods */
	{ "/kubepods/pod" UID "/" ID, NULL, ID, UID },
	{ "/kubepods/burstable/pod" UID "/" ID, NULL, ID, UID },
	{ "/kubepods/besteffort/pod" UID "/crio-" ID, "cri-o", ID, UID },
	{ "/kubepods.slice/kubepods-pod" U_I_D ".slice/cri-containerd-" ID ".scope",
		"containerd", ID, UID },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_I_D ".slice/crio-"
		ID ".scope", "cri-o", ID, UID },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" U_I_D ".slice/docker-"
		ID ".scope", "docker", ID, UID },
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" U_I_D
		".slice/cri-containerd-" ID ".scope", "containerd", ID, UID },
	{ "/system.slice/containerd.service/kubepods-burstable-pod" U_I_D ".slice:cri-containerd:"
		ID, "containerd", ID, UID },
	{ "/kubepods/burstable/pod" HASH "/" ID, NULL, ID, HASH },
	{ "/kubepods/burstable/pod" UID, NULL, NULL, UID },
	/* From within another cgroup namespace. */
	{ "/../kubepods-pod" U_I_D ".slice/crio-" ID ".scope", "cri-o", ID, UID },

	/* podman, with its pods, and with a control group inside; nerdctl */
	{ "/machine.slice/libpod-" ID ".scope", "podman", ID, NULL },
	{ "/machine.slice/libpod-" ID ".scope/container", "podman", ID, NULL },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
		"podman", ID, NULL },
	{ "/libpod_parent/libpod-" ID, "podman", ID, NULL },
	{ "/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope",
		"podman", ID, ID2 },
	{ "/system.slice/nerdctl-" ID ".scope", "containerd", ID, NULL },

	/* none */
	{ "/", NULL, NULL, NULL },
	{ "/user.slice/user-1000.slice/session-3.scope", NULL, NULL, NULL },
	{ "/machine.slice/libpod-conmon-" ID ".scope", NULL, NULL, NULL },
	{ "/kubepods/burstable/podium/0123", NULL, NULL, NULL },
	{ "/kubepods/pod" UID "0/x", NULL, NULL, NULL },
	{ "/system.slice/my-pod" UID ".service", NULL, NULL, NULL },
	{ "/system.slice/docker-0123.scope", NULL, NULL, NULL },
	{ "/system.slice/docker-" ID "0.scope", NULL, NULL, NULL },
	{ "/docker/" ID "0", NULL, NULL, NULL },
	{ "/docker/0" ID, NULL, NULL, NULL },
	{ "/docker//" ID, NULL, ID, NULL },
	{ "/.scope", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
};

/* Also of NULL. */
static void assert_same(const char *path, const char *got, const char *wanted)
{
	char *both = format("%s: %s", path, got ? got : "none");
	char *expected = format("%s: %s", path, wanted ? wanted : "none");

	assert_string_equal(both, expected);
	free(both);
	free(expected);
}

static void test_shapes(void **state)
{
	struct cgroup cgroup;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		cgroup = cgroup_parse(shapes[i].path);
		assert_string_equal(cgroup.path, shapes[i].path);
		assert_same(shapes[i].path, cgroup.runtime, shapes[i].runtime);
		assert_same(shapes[i].path, cgroup.container, shapes[i].container);
		assert_same(shapes[i].path, cgroup.pod, shapes[i].pod);
		cgroup_free(&cgroup);
	}
}

/* ---- which of several ---------------------------------------------------------------------- */

static const struct {
	const char *file;
	const char *path;
} files[] = {
	{ "0::/a\n", "/a" },
	{ "0::/a (deleted)\n", "/a" },
	{ "0::/a:b\n", "/a:b" },
	{ "0::/a", "/a" },
	{ "12:memory:/m\n1:name=systemd:/s\n0::/u\n", "/u" },
	{ "12:memory:/m\n1:name=systemd:/s\n", "/s" },
	{ "12:cpu,cpuacct:/c\n11:memory:/m\n", "/c" },
	{ "12:memory:/docker/" ID "\n1:name=systemd:/s\n0::/u\n", "/docker/" ID },
	{ "12:memory:/docker/" ID "\n0::/docker/" ID2 "\n", "/docker/" ID },
	{ "0::\n", NULL },
	{ "0::a\n", NULL },
	{ "nonsense\n::\n", NULL },
	{ "", NULL },
};

static void test_files(void **state)
{
	struct tree tree = { .root = root };
	struct cgroup cgroup;
	bool found;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		put("/proc/7/cgroup", files[i].file, strlen(files[i].file));
		found = cgroup_read(&tree, 7, &cgroup);
		assert_int_equal(found, !!files[i].path);
		if (!found)
			continue;
		assert_same(files[i].file, cgroup.path, files[i].path);
		cgroup_free(&cgroup);
	}
	assert_false(cgroup_read(&tree, 8, &cgroup));
	assert_false(cgroup_read(&tree, 0, &cgroup));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		TEST(test_files),
	};

	return cmocka_run_group_tests_name("control groups", tests, NULL, NULL);
}
