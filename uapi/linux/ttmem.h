/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * ttmem: memory accounting for Tenstorrent chips
 *
 * A runtime opens /dev/ttmem/ttN, declares the geometry of the chip behind it and reports what its
 * allocators hold. Everybody else reads the result below /sys/class/tenstorrent/ttN/mem/.
 */
#ifndef _UAPI_LINUX_TTMEM_H
#define _UAPI_LINUX_TTMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: rules
 *
 * Every argument begins with its own size. A caller sets it to the size of the structure that it
 * was compiled with; a newer, longer structure is accepted as long as the bytes that this driver
 * does not know are zero. All fields are of fixed width, without implicit padding, and are the
 * same for 32-bit callers. Reserved fields are zero.
 *
 * A refused call changes nothing but the chip's count of refused calls. All commands may fail with:
 *
 * - ENOTTY: unknown command.
 * - EFAULT: the argument cannot be read or written.
 * - EINVAL: the structure is shorter than its first version, a reserved field is not zero, or the
 *   argument contradicts itself.
 * - E2BIG: a longer structure whose extra bytes are not zero, or one of more than 16 KiB.
 * - EOPNOTSUPP: a pool or flag that this driver does not know.
 * - ENODATA: there is no chip with this index, or it is a remote one that this client would have
 *   to declare first.
 * - ENODEV: the chip is gone. The file stays an orphan; closing it is safe.
 *
 * All but QUERY may also fail with:
 *
 * - EACCES: the node was opened without write permission.
 * - ERANGE: beyond the chip: more cores than the die has, more bytes than the capacity.
 * - EOVERFLOW: banks times bytes does not fit into 64 bits.
 * - EPERM: to pin a geometry, or to speak for another process, takes CAP_SYS_ADMIN.
 * - ENOSPC: the user has too many clients already, or all slots for remote chips that
 *   it may have are in use.
 * - EEXIST: the remote chip lives behind another gateway; or the process that this file speaks for
 *   is reported already, by itself or through another file.
 * - ESRCH: the process that this file speaks for has ended, or there is none.
 * - EBUSY: this file has spoken for somebody before.
 * - EAGAIN: remote chips are being created too fast.
 * - ENOMEM: no kernel memory for a new client or chip.
 */

#define TTMEM_API_VERSION	1

/* The number of an ioctl does not carry the size of its argument, because arguments grow. */
#define TTMEM_IOCTL_MAGIC	0xBE
#define TTMEM_QUERY		_IO(TTMEM_IOCTL_MAGIC, 0)
#define TTMEM_DECLARE		_IO(TTMEM_IOCTL_MAGIC, 1)
#define TTMEM_REPORT		_IO(TTMEM_IOCTL_MAGIC, 2)
#define TTMEM_FAILURE		_IO(TTMEM_IOCTL_MAGIC, 3)
#define TTMEM_LOOK		_IO(TTMEM_IOCTL_MAGIC, 4)
#define TTMEM_OWNER		_IO(TTMEM_IOCTL_MAGIC, 5)

/* The chip that is the PCI function itself; other indices are remote chips behind it. */
#define TTMEM_CHIP_LOCAL	0
/* In TTMEM_DECLARE: the remote chip with the unique id of the geometry, whatever its index. */
#define TTMEM_CHIP_REMOTE	0xffffffff
/* Chips of one gateway: the local one and up to 15 remote ones. */
#define TTMEM_MAX_CHIPS		16

/**
 * enum ttmem_arch - architecture of a chip
 * @TTMEM_ARCH_UNKNOWN: the PCI device id is not known to this driver
 * @TTMEM_ARCH_WORMHOLE_B0: Wormhole B0, 8 x 10 Tensix cores, harvested by rows of 8
 * @TTMEM_ARCH_BLACKHOLE: Blackhole, 14 x 10 Tensix cores, harvested by columns of 10
 */
enum ttmem_arch {
	TTMEM_ARCH_UNKNOWN = 0,
	TTMEM_ARCH_WORMHOLE_B0 = 1,
	TTMEM_ARCH_BLACKHOLE = 2,
};

/**
 * enum ttmem_pool - one kind of memory of a chip
 * @TTMEM_POOL_L1: L1 buffers of the Tensix cores
 * @TTMEM_POOL_L1_SMALL: the small-buffer region at the top of L1
 * @TTMEM_POOL_CB: circular buffers; they live in L1 and may overlap L1 buffers, so they are
 *	never added to @TTMEM_POOL_L1
 * @TTMEM_POOL_DRAM: DRAM buffers
 * @TTMEM_POOL_TRACE: the trace region at the top of each DRAM bank
 */
enum ttmem_pool {
	TTMEM_POOL_L1 = 0,
	TTMEM_POOL_L1_SMALL = 1,
	TTMEM_POOL_CB = 2,
	TTMEM_POOL_DRAM = 3,
	TTMEM_POOL_TRACE = 4,
};

/**
 * struct ttmem_geometry - what is left of a chip after harvesting
 * @chip_uid: the chip's 64-bit unique id, 0 if it is not known
 * @tensix_enabled: number of enabled Tensix cores
 * @tensix_harvest_mask: a set bit for each row (Wormhole) or column (Blackhole) of Tensix cores
 *	that is fused off, in UMD's logical order; bits beyond the grid are ignored
 * @l1_core_bytes: bytes of L1 of one core
 * @dram_banks_enabled: number of enabled DRAM banks, in the unit in which DRAM is reported
 * @dram_bank_bytes: physical bytes of one DRAM bank; what the runtime carves out of it shows up as
 *	reserved
 *
 * A chip has cores, L1 and DRAM: none of their numbers is 0 (EINVAL). On an architecture that the
 * driver knows, each is checked against the whole die (ERANGE) and the mask against the number of
 * cores (EINVAL).
 *
 * This structure is frozen, for others have it in their midst: they grow at their end.
 */
struct ttmem_geometry {
	__u64 chip_uid;
	__u32 tensix_enabled;
	__u32 tensix_harvest_mask;
	__u32 l1_core_bytes;
	__u32 dram_banks_enabled;
	__u64 dram_bank_bytes;
};

/**
 * enum ttmem_geometry_source - where the geometry that a chip shows comes from
 * @TTMEM_GEOMETRY_NONE: nobody has declared any; totals are unknown
 * @TTMEM_GEOMETRY_DECLARED: the word that the clients agree on, or the last one they agreed on
 * @TTMEM_GEOMETRY_CONFLICT: live clients contradict each other; totals are unknown
 * @TTMEM_GEOMETRY_PINNED: the administrator's word, which stands whatever clients say
 */
enum ttmem_geometry_source {
	TTMEM_GEOMETRY_NONE = 0,
	TTMEM_GEOMETRY_DECLARED = 1,
	TTMEM_GEOMETRY_CONFLICT = 2,
	TTMEM_GEOMETRY_PINNED = 3,
};

/**
 * struct ttmem_query - argument of TTMEM_QUERY
 * @size: in: size of this structure
 * @chip: in: index of the chip, %TTMEM_CHIP_LOCAL for the PCI function itself
 * @api_version: out: %TTMEM_API_VERSION of the driver
 * @ordinal: out: tt-kmd's number of the gateway, the N of ttN
 * @arch: out: an &enum ttmem_arch
 * @geometry_source: out: an &enum ttmem_geometry_source
 * @pci_vendor: out: PCI vendor id of the gateway
 * @pci_device: out: PCI device id of the gateway
 * @reserved: zero
 * @client_id: out: number of this client below clients/, 0 before its first declaration or report
 * @nominal: out: the whole die as it would be without harvesting; zero if @arch is unknown
 * @declared: out: the geometry that the chip shows; zero if @geometry_source is
 *	%TTMEM_GEOMETRY_NONE or %TTMEM_GEOMETRY_CONFLICT
 * @page_offset: out: offset in the file of the ledger page of this chip, for mmap(2)
 * @page_size: out: bytes to map
 * @page_stride: out: bytes from one pool's &struct ttmem_page_pool to the next one's
 *
 * Works on a read-only file, too. Fails with ENODATA for a remote chip that nobody declared.
 */
struct ttmem_query {
	__u32 size;
	__u32 chip;
	__u32 api_version;
	__u32 ordinal;
	__u32 arch;
	__u32 geometry_source;
	__u16 pci_vendor;
	__u16 pci_device;
	__u32 reserved;
	__u64 client_id;
	struct ttmem_geometry nominal;
	struct ttmem_geometry declared;
	__u64 page_offset;
	__u32 page_size;
	__u32 page_stride;
};

#define TTMEM_QUERY_SIZE_VER0	104	/* size of the first version */
#define TTMEM_QUERY_SIZE_VER1	120	/* with the ledger page */

/* The geometry is the administrator's word: see &struct ttmem_declare. Needs CAP_SYS_ADMIN. */
#define TTMEM_DECLARE_PIN	0x1
/* Take the administrator's word back; the rest of the geometry is ignored. Needs CAP_SYS_ADMIN. */
#define TTMEM_DECLARE_UNPIN	0x2

/**
 * struct ttmem_declare - argument of TTMEM_DECLARE
 * @size: size of this structure
 * @chip: in: index of the chip, %TTMEM_CHIP_LOCAL for the PCI function itself, or
 *	%TTMEM_CHIP_REMOTE; out: for %TTMEM_CHIP_REMOTE the index that the chip has
 * @flags: zero, %TTMEM_DECLARE_PIN or %TTMEM_DECLARE_UNPIN
 * @reserved: zero
 * @geometry: what the caller found the chip to be
 *
 * The declaration is the client's own word: it neither blocks nor changes another client's. A later
 * one replaces it, and a report is checked against the declaration of the client that makes it.
 *
 * A remote chip is known by its unique id. Declared for the first time, it gets an index and a
 * device of its own, ttNrM, which stay until its gateway goes; whoever declares it later gets the
 * same index. A chip that nobody declares any more makes room for another when all slots are taken,
 * and for itself when it is declared behind another gateway.
 *
 * A pinned geometry is what the chip shows, without making the caller its client, until it is taken
 * back or the gateway goes. A client that declares something else is not refused, but counted.
 */
struct ttmem_declare {
	__u32 size;
	__u32 chip;
	__u32 flags;
	__u32 reserved;
	struct ttmem_geometry geometry;
};

#define TTMEM_DECLARE_SIZE_VER0	48	/* size of the first version */

/*
 * &ttmem_report_entry.allocated_bytes is the sum over all banks of the pool instead of the bytes of
 * one bank, for an allocator whose banks are not in lockstep; largest_free_bytes is then the
 * smallest over the banks. Always set for %TTMEM_POOL_CB.
 */
#define TTMEM_REPORT_WHOLE_POOL	0x1
/* The client's own peak of this pool starts again, at what the entry says. */
#define TTMEM_REPORT_RESET_PEAK	0x2

/**
 * struct ttmem_report_entry - state of one pool of one chip
 * @chip: index of the chip, %TTMEM_CHIP_LOCAL for the PCI function itself
 * @pool: an &enum ttmem_pool
 * @flags: %TTMEM_REPORT_WHOLE_POOL, %TTMEM_REPORT_RESET_PEAK
 * @banks: number of banks that the pool is cut into
 * @bank_bytes: bytes that the allocator manages in each bank. 0 means that this is not known,
 *	and then @largest_free_bytes is 0, too; but a lockstep entry that has no @banks either
 *	says that the pool is not set up, so that its size is known to be 0.
 * @allocated_bytes: bytes that are allocated in each bank now, alignment included; see
 *	%TTMEM_REPORT_WHOLE_POOL
 * @largest_free_bytes: the largest contiguous free block of one bank, in bytes
 *
 * Circular buffers have no region of their own: for %TTMEM_POOL_CB, @banks, @bank_bytes and
 * @largest_free_bytes are 0.
 */
struct ttmem_report_entry {
	__u32 chip;
	__u32 pool;
	__u32 flags;
	__u32 banks;
	__u64 bank_bytes;
	__u64 allocated_bytes;
	__u64 largest_free_bytes;
};

#define TTMEM_REPORT_ENTRY_SIZE_VER0	40	/* size of the first version */

/**
 * struct ttmem_report - argument of TTMEM_REPORT
 * @size: bytes of the whole argument: 16 + @nr_entries * @entry_size
 * @entry_size: bytes of one entry; a longer one than this driver knows is accepted as long as the
 *	extra bytes are zero
 * @nr_entries: number of entries, at least one; each pool of a chip at most once
 * @flags: zero; no flag is defined yet
 * @entries: the pools
 *
 * Each entry replaces what this client reported about that pool before: all of them or, if one is
 * refused, none. Pools that are not named stay as they are. These 16 bytes are frozen: the
 * structure grows by its entries.
 */
struct ttmem_report {
	__u32 size;
	__u32 entry_size;
	__u32 nr_entries;
	__u32 flags;
	struct ttmem_report_entry entries[];
};

#define TTMEM_REPORT_SIZE_VER0	16	/* size without entries */

/**
 * struct ttmem_failure - argument of TTMEM_FAILURE
 * @size: size of this structure
 * @chip: index of the chip, %TTMEM_CHIP_LOCAL for the PCI function itself
 * @pool: an &enum ttmem_pool
 * @flags: zero; no flag is defined yet
 * @bank_bytes: bytes that were asked for in each bank, or in all of them if the banks of the pool
 *	are not in lockstep
 *
 * An allocation has failed. It is counted, shown in mem/stat beside the largest block that the
 * client had reported by then, and told by an event. It does not make the caller a client.
 */
struct ttmem_failure {
	__u32 size;
	__u32 chip;
	__u32 pool;
	__u32 flags;
	__u64 bank_bytes;
};

#define TTMEM_FAILURE_SIZE_VER0	24	/* size of the first version */

/**
 * struct ttmem_page_figures - what a client says of a pool in its ledger page
 * @allocated_bytes: as &ttmem_report_entry.allocated_bytes
 * @largest_free_bytes: as &ttmem_report_entry.largest_free_bytes
 * @peak_bytes: the highest that @allocated_bytes was since the client began or reported with
 *	%TTMEM_REPORT_RESET_PEAK; never less than @allocated_bytes
 */
struct ttmem_page_figures {
	__u64 allocated_bytes;
	__u64 largest_free_bytes;
	__u64 peak_bytes;
};

/**
 * struct ttmem_page_pool - a pool in the ledger page of a chip
 * @sequence: the low bit says which of @figures is valid
 * @reserved: zero
 * @figures: the valid ones, and those that the next update writes
 * @reserved2: zero
 *
 * The ledger page is a report without a system call. mmap(2) of the node, shared and writable, at
 * the &ttmem_query.page_offset of a chip, gives this client's page of that chip, with an entry for
 * each pool, &ttmem_query.page_stride bytes apart, in the order of &enum ttmem_pool. It takes a
 * declaration or a report first (ENODATA).
 *
 * What rarely changes is said by TTMEM_REPORT: number and size of the banks, flags. After a pool
 * was reported once, an allocation or free is an update of its entry: write the @figures that are
 * not valid, then, when all of it is there, add one to @sequence. Between two updates of one pool
 * the first @sequence is to be visible before the second figures. Who writes to a pool holds
 * whatever lock its allocator has: one writer at a time.
 *
 * The driver reads the page when somebody looks at the chip, and when its client reports or closes
 * the file. The last word counts, whichever way it came. What it reads goes through the checks of
 * TTMEM_REPORT; what does not pass them, or changes all the time, counts as a refused call, and the
 * last good figures stay. Nobody is woken by a page alone: see &struct ttmem_look.
 *
 * The page is the client's as long as the file is open. Closed, the file's figures are gone, even
 * if the page is still mapped. A child of fork(2) does not inherit the mapping.
 */
struct ttmem_page_pool {
	__u32 sequence;
	__u32 reserved;
	struct ttmem_page_figures figures[2];
	__u64 reserved2;
};

/**
 * struct ttmem_look - argument of TTMEM_LOOK
 * @size: size of this structure
 * @flags: zero; no flag is defined yet
 *
 * Look at the ledger pages of this client now, of all chips: whoever polls one that has changed is
 * woken, and marks are checked. Fails with the error that a report of the same figures would have
 * had if a page says something absurd, with EAGAIN if it changes all the time. The rest is taken.
 */
struct ttmem_look {
	__u32 size;
	__u32 flags;
};

#define TTMEM_LOOK_SIZE_VER0	8	/* size of the first version */

/**
 * struct ttmem_owner - argument of TTMEM_OWNER
 * @size: size of this structure
 * @pid: the process, by its number in the caller's pid namespace
 * @start_time: when it started: field 22 of /proc/<pid>/stat, as read in the initial time namespace
 *
 * From now on this file speaks for a process that does not report itself: declarations, reports and
 * failures count as that process's, which the client shows as its pid and uid. Needs CAP_SYS_ADMIN,
 * and comes once, before the first declaration or report (EBUSY). Fails with EINVAL for a @pid that
 * is not positive, and with ESRCH if there is no such process, if it has ended, or if it started at
 * another time.
 *
 * When the process has ended, in all of its threads, what was reported of it is gone: whoever looks
 * at the chip next does not see it any more. Calls through this file fail with ESRCH then.
 *
 * A process is counted once on each chip. When it reports on a chip itself, what this file says of
 * it there is dropped, and calls about that chip fail with EEXIST as long as it does. A second file
 * that reports on the same process and chip gets EEXIST, too. What was dropped begins anew, with a
 * declaration if the chip is remote.
 *
 * There is no ledger page for such a file: mmap(2) fails with EOPNOTSUPP.
 */
struct ttmem_owner {
	__u32 size;
	__s32 pid;
	__u64 start_time;
};

#define TTMEM_OWNER_SIZE_VER0	16	/* size of the first version */

#endif /* _UAPI_LINUX_TTMEM_H */
