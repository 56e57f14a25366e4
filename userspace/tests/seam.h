/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The linker puts __wrap_f() in the place of the C library's f(), and calls that one __real_f()
 * (option --wrap).
 */
#ifndef TTMEM_TESTS_SEAM_H
#define TTMEM_TESTS_SEAM_H

#include <sys/types.h>

int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long command, void *arg);
void *__wrap_mmap(void *hint, size_t size, int prot, int flags, int fd, off_t offset);
int __wrap_munmap(void *base, size_t size);

int __wrap_openat(int dir, const char *path, int flags, ...);
int __real_openat(int dir, const char *path, int flags, ...);
ssize_t __wrap_pread(int fd, void *buf, size_t size, off_t offset);
ssize_t __real_pread(int fd, void *buf, size_t size, off_t offset);

#endif /* TTMEM_TESTS_SEAM_H */
