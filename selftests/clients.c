// SPDX-License-Identifier: GPL-2.0-only
/* clients/<id>/ and fdinfo: who is a client, from when to when, and what each of them holds. */
#include <kselftest_harness.h>
#include <sys/stat.h>

#include "ttmem_chips.h"

FIXTURE(client) {
	int fd;		/* of tt0; no client yet */
};

FIXTURE_SETUP(client)
{
	ASSERT_EQ(restart_chips(), 0);
	self->fd = chip_open(WORMHOLE, O_RDWR);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_TEARDOWN(client)
{
	close(self->fd);
}

/* ---- from the first word to the last close ------------------------------------------------- */

TEST_F(client, appears_with_its_first_word)
{
	int reader = chip_open(WORMHOLE, O_RDONLY);
	int reporter = chip_open(WORMHOLE, O_RDWR);
	struct ttmem_query answer;

	/* To look, to be refused and to fail makes no client. */
	EXPECT_EQ(query(reader, &answer), 0);
	EXPECT_EQ(report_n300_l1(reader, 1), -EACCES);
	EXPECT_EQ(report_n300_l1(self->fd, N300_BANK + 1), -EINVAL);
	EXPECT_EQ(declare_remote(self->fd, 0), -EINVAL);
	EXPECT_EQ(fail(self->fd, 0, TTMEM_POOL_L1, 4096), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	EXPECT_EQ(client_id(self->fd), 0);

	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 1);
	EXPECT_EQ(client_number("tt0", client_id(self->fd), "l1_used"), 0);
	/* A report is as good a beginning as a declaration. */
	ASSERT_EQ(report_n300_l1(reporter, 1000), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 2);
	EXPECT_EQ(client_number("tt0", client_id(reporter), "l1_used"), 64000);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 2);

	close(reporter);
	EXPECT_EQ(chip_entries("tt0", "clients"), 1);
	close(self->fd);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 0);
	close(reader);
}

/* A client of several chips has one number, and a directory on each that it spoke of. */
TEST_F(client, is_the_same_on_each_of_its_chips)
{
	long long id;

	ASSERT_EQ(declare_remote(self->fd, UID), 1);
	id = client_id(self->fd);
	ASSERT_GT(id, 0);
	ASSERT_EQ(report_chip_l1(self->fd, 1, 1000), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
	EXPECT_EQ(client_number("tt0r1", id, "l1_used"), 64000);

	ASSERT_EQ(report_n300_l1(self->fd, 10), 0);
	EXPECT_EQ(client_id(self->fd), id);
	EXPECT_EQ(client_number("tt0", id, "l1_used"), 640);
	EXPECT_EQ(client_number("tt0r1", id, "l1_used"), 64000);
	close(self->fd);
	EXPECT_EQ(chip_entries("tt0", "clients") + chip_entries("tt0r1", "clients"), 0);
}

TEST_F(client, numbers_are_never_used_again)
{
	long long last = 0, id;
	int fd, i;

	for (i = 0; i < 50; i++) {
		fd = chip_open(i % 2, O_RDWR);
		ASSERT_EQ(report_n300_l1(fd, 1), 0);
		id = client_id(fd);
		EXPECT_GT(id, last);
		last = id;
		close(fd);
		if (i == 25) {
			ASSERT_EQ(kmd_unbind(WORMHOLE_BDF), 0);
			ASSERT_EQ(kmd_bind(WORMHOLE_BDF), 0);
		}
	}
}

/* ---- copies of a file ---------------------------------------------------------------------- */

/* Sends a file to whoever holds the other end, or receives one. */
static int pass(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	char received;

	if (fd >= 0) {
		control.header = (struct cmsghdr) {
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(int)),
		};
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
	}
	byte.iov_base = &received;
	if (recvmsg(socket, &message, 0) != 1)
		return -1;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

/* Speaks through a file that another process opened, until the other end of a socket closes. */
static void speak_for_another(int socket, long long id)
{
	int fd = pass(socket, -1);
	char byte;

	if (client_id(fd) != id || report_n300_l1(fd, 2000) || write(socket, "", 1) != 1)
		_exit(1);
	_exit(read(socket, &byte, 1) ? 2 : 0);
}

TEST_F(client, is_one_in_all_copies_of_its_file)
{
	int sockets[2], copy = dup(self->fd);
	long long id;
	pid_t child;
	char byte;

	ASSERT_EQ(report_n300_l1(self->fd, 1000), 0);
	id = client_id(self->fd);
	EXPECT_EQ(client_id(copy), id);
	EXPECT_EQ(declare(copy, &n300_geometry), 0);

	/* To a process that does not inherit it. */
	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	child = spawn();
	if (!child) {
		close(self->fd);
		close(copy);
		close(sockets[0]);
		speak_for_another(sockets[1], id);
	}
	close(sockets[1]);
	ASSERT_EQ(pass(sockets[0], self->fd), 0);
	ASSERT_EQ(read(sockets[0], &byte, 1), 1);
	EXPECT_EQ(chip_entries("tt0", "clients"), 1);
	EXPECT_EQ(client_number("tt0", id, "l1_used"), 128000);

	close(self->fd);
	close(copy);
	EXPECT_EQ(client_number("tt0", id, "l1_used"), 128000);
	EXPECT_EQ(mem(WORMHOLE, "clients"), 1);
	/* It is the opener's, whoever speaks through it. */
	EXPECT_EQ(client_number("tt0", id, "pid"), getpid());
	close(sockets[0]);
	EXPECT_EQ(verdict(child), 0);
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 0);
}

/* A file on its way between two processes is in the hands of neither, but it is not closed. */
TEST_F(client, lives_in_a_message_that_nobody_has_read)
{
	int sockets[2];

	ASSERT_EQ(report_n300_l1(self->fd, 1000), 0);
	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	ASSERT_EQ(pass(sockets[0], self->fd), 0);
	close(self->fd);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 64000);
	self->fd = pass(sockets[1], -1);
	EXPECT_EQ(report_n300_l1(self->fd, 2000), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_used"), 128000);
}

/* ---- what it shows ------------------------------------------------------------------------- */

/* Every file but stat is a line of stat. */
TEST_F(client, files_agree_with_stat)
{
	static const char * const files[] = { "pid", "uid", "source", "l1_used", "l1_small_used",
					      "cb_used", "dram_used", "trace_used", "stat" };
	char path[128], text[64], expected[160], stat[4096] = "\n";
	struct stat info;
	long long id;
	int i;

	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_EQ(report_all_pools(self->fd, 0, 1000), 0);
	id = client_id(self->fd);
	ASSERT_GT(client_text("tt0", id, "stat", stat + 1, sizeof(stat) - 1), 0);
	snprintf(path, sizeof(path), "clients/%lld", id);
	EXPECT_EQ(chip_entries("tt0", path), 9);
	for (i = 0; i < 9; i++) {
		snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt0/clients/%lld/%s", id,
			 files[i]);
		ASSERT_EQ(lstat(path, &info), 0);
		EXPECT_EQ(info.st_mode, S_IFREG | 0444);
		if (!strcmp(files[i], "stat"))
			continue;
		ASSERT_GT(file_read(path, text, sizeof(text)), 0);
		snprintf(expected, sizeof(expected), "\n%s %s", files[i], text);
		EXPECT_NE(strstr(stat, expected), NULL) TH_LOG("%s", expected);
	}
	EXPECT_EQ(stat_number(stat, "pid"), getpid());
	EXPECT_EQ(stat_number(stat, "uid"), 0);
	EXPECT_NE(strstr(stat, "\nsource self\n"), NULL);
}

TEST_F(client, stat_says_what_it_reported)
{
	char stat[4096];

	ASSERT_EQ(report_all_pools(self->fd, 0, 1000), 0);
	ASSERT_GT(client_text("tt0", client_id(self->fd), "stat", stat, sizeof(stat)), 0);
	EXPECT_EQ(stat_number(stat, "l1_used"), 64000);
	EXPECT_EQ(stat_number(stat, "l1_peak"), 64000);
	EXPECT_EQ(stat_number(stat, "l1_allocatable"), 64 * N300_BANK);
	EXPECT_EQ(stat_number(stat, "l1_largest_free"), 64 * (N300_BANK - 1000));
	EXPECT_EQ(stat_number(stat, "l1_banks"), 64);
	EXPECT_EQ(stat_number(stat, "dram_largest_free"), 12 << 20);
	EXPECT_EQ(stat_number(stat, "cb_used"), 99);
	EXPECT_EQ(stat_number(stat, "updated_ns"), mem(WORMHOLE, "updated_ns"));
	/* What it has not said is left out, never 0. */
	EXPECT_EQ(stat_number(stat, "trace_used"), 0);
	EXPECT_EQ(stat_number(stat, "trace_allocatable"), -ENODATA);
	EXPECT_EQ(stat_number(stat, "tensix_enabled"), -ENODATA);

	ASSERT_EQ(declare(self->fd, &n300_geometry), 0);
	ASSERT_GT(client_text("tt0", client_id(self->fd), "stat", stat, sizeof(stat)), 0);
	EXPECT_EQ(stat_number(stat, "l1_total"), N300_TOTAL);
	EXPECT_EQ(stat_number(stat, "dram_total"), 12LL << 30);
	EXPECT_EQ(stat_number(stat, "tensix_enabled"), 64);
	EXPECT_EQ(stat_number(stat, "tensix_harvest_mask"), 65);
	EXPECT_EQ(stat_number(stat, "dram_banks_enabled"), 12);
	EXPECT_EQ(stat_number(stat, "chip_uid"), -ENODATA);
}

TEST_F(client, peak_is_its_own)
{
	struct ttmem_report_entry entry = n300_l1(500);
	int other = chip_open(WORMHOLE, O_RDWR);
	long long id, other_id;

	ASSERT_EQ(report_all_pools(self->fd, 0, 1000), 0);
	ASSERT_EQ(report_n300_l1(other, 2000), 0);
	id = client_id(self->fd);
	other_id = client_id(other);
	ASSERT_EQ(report_n300_l1(self->fd, 0), 0);
	ASSERT_EQ(report_n300_l1(other, 0), 0);
	EXPECT_EQ(client_stat("tt0", id, "l1_peak"), 64000);
	EXPECT_EQ(client_stat("tt0", other_id, "l1_peak"), 128000);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 192000);

	/* Starts again at what the entry says: of this pool, for this client, and no other. */
	entry.flags = TTMEM_REPORT_RESET_PEAK;
	ASSERT_EQ(report(self->fd, &entry, 1), 0);
	EXPECT_EQ(client_stat("tt0", id, "l1_peak"), 32000);
	EXPECT_EQ(client_stat("tt0", id, "dram_peak"), 12 << 20);
	EXPECT_EQ(client_stat("tt0", other_id, "l1_peak"), 128000);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 192000);

	/* A flag of that report alone: the next one only raises it. */
	ASSERT_EQ(report_n300_l1(self->fd, 100), 0);
	EXPECT_EQ(client_stat("tt0", id, "l1_peak"), 32000);
	ASSERT_EQ(report_n300_l1(self->fd, 600), 0);
	EXPECT_EQ(client_stat("tt0", id, "l1_peak"), 38400);
	close(other);
}

/* A chip's peak is that of the time since it was idle last, so that a run can be looked at. */
TEST_F(client, coming_to_an_idle_chip_restarts_its_peak)
{
	int late = chip_open(WORMHOLE, O_RDWR);

	ASSERT_EQ(report_all_pools(self->fd, 0, 1000), 0);
	ASSERT_EQ(report_n300_l1(late, 10), 0);
	close(late);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64640);
	close(self->fd);
	/* Nobody is there: it can still be read. */
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64640);
	EXPECT_EQ(mem(WORMHOLE, "dram_peak"), 12 << 20);

	self->fd = chip_open(WORMHOLE, O_RDWR);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 64640);
	ASSERT_EQ(report_n300_l1(self->fd, 100), 0);
	EXPECT_EQ(mem(WORMHOLE, "l1_peak"), 6400);
	EXPECT_EQ(mem(WORMHOLE, "dram_peak"), 0);
}

/* ---- readers ------------------------------------------------------------------------------- */

/* Reads all clients of a chip until it is killed; ends by itself on an answer that is wrong. */
static void read_clients(void)
{
	char path[400], text[4096];
	struct dirent *entry;
	int ret, i;
	DIR *dir;

	for (i = 0;; i++) {
		dir = opendir("/sys/class/tenstorrent/tt0/clients");
		if (!dir)
			_exit(1);
		while ((entry = readdir(dir))) {
			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "/sys/class/tenstorrent/tt0/clients/%s/%s",
				 entry->d_name, i % 2 ? "stat" : "l1_used");
			ret = file_read(path, text, sizeof(text));
			if (ret < 0 && ret != -ENOENT && ret != -ENODEV)
				_exit(2);
			if (ret > 0 && !(i % 2) && strtoll(text, NULL, 10) > 64000)
				_exit(3);
		}
		closedir(dir);
	}
}

TEST_F(client, comes_and_goes_beside_readers)
{
	pid_t readers[2];
	int i, fd, status;

	for (i = 0; i < 2; i++) {
		readers[i] = spawn();
		if (!readers[i])
			read_clients();
	}
	for (i = 0; i < 500; i++) {
		fd = chip_open(WORMHOLE, O_RDWR);
		ASSERT_EQ(report_n300_l1(fd, 1000), 0);
		ASSERT_EQ(client_number("tt0", client_id(fd), "l1_used"), 64000);
		close(fd);
	}
	for (i = 0; i < 2; i++) {
		kill(readers[i], SIGKILL);
		ASSERT_EQ(waitpid(readers[i], &status, 0), readers[i]);
		EXPECT_TRUE(WIFSIGNALED(status)) TH_LOG("reader saw %d", WEXITSTATUS(status));
	}
	EXPECT_EQ(chip_entries("tt0", "clients"), 0);
}

TEST_HARNESS_MAIN
