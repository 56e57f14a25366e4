// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bytes that userspace and the driver exchange. They are the same for every compiler, language
 * and word size, and what was released never changes; tests/uapi compiles this file.
 */
#include <libttmem.h>

#ifdef __cplusplus
#define CHECK(what)	static_assert(what, #what)
#else
#define CHECK(what)	_Static_assert(what, #what)
#endif

#define AT(type, member, offset)	CHECK(__builtin_offsetof(struct type, member) == (offset))
#define SIZE(type, size)		CHECK(sizeof(struct type) == (size))

CHECK(TTMEM_API_VERSION == 1);
CHECK(TTMEM_QUERY == 0xbe00);
CHECK(TTMEM_DECLARE == 0xbe01);
CHECK(TTMEM_REPORT == 0xbe02);
CHECK(TTMEM_FAILURE == 0xbe03);
CHECK(TTMEM_LOOK == 0xbe04);
CHECK(TTMEM_OWNER == 0xbe05);

CHECK(TTMEM_CHIP_LOCAL == 0);
CHECK(TTMEM_CHIP_REMOTE == 0xffffffff);
CHECK(TTMEM_MAX_CHIPS == 16);

CHECK(TTMEM_DECLARE_PIN == 1);
CHECK(TTMEM_DECLARE_UNPIN == 2);
CHECK(TTMEM_REPORT_WHOLE_POOL == 1);
CHECK(TTMEM_REPORT_RESET_PEAK == 2);

CHECK(TTMEM_ARCH_UNKNOWN == 0);
CHECK(TTMEM_ARCH_WORMHOLE_B0 == 1);
CHECK(TTMEM_ARCH_BLACKHOLE == 2);

CHECK(TTMEM_POOL_L1 == 0);
CHECK(TTMEM_POOL_L1_SMALL == 1);
CHECK(TTMEM_POOL_CB == 2);
CHECK(TTMEM_POOL_DRAM == 3);
CHECK(TTMEM_POOL_TRACE == 4);

CHECK(TTMEM_GEOMETRY_NONE == 0);
CHECK(TTMEM_GEOMETRY_DECLARED == 1);
CHECK(TTMEM_GEOMETRY_CONFLICT == 2);
CHECK(TTMEM_GEOMETRY_PINNED == 3);

SIZE(ttmem_geometry, 32);
AT(ttmem_geometry, chip_uid, 0);
AT(ttmem_geometry, tensix_enabled, 8);
AT(ttmem_geometry, tensix_harvest_mask, 12);
AT(ttmem_geometry, l1_core_bytes, 16);
AT(ttmem_geometry, dram_banks_enabled, 20);
AT(ttmem_geometry, dram_bank_bytes, 24);

SIZE(ttmem_query, 120);
CHECK(TTMEM_QUERY_SIZE_VER0 == 104);
CHECK(TTMEM_QUERY_SIZE_VER1 == 120);
AT(ttmem_query, size, 0);
AT(ttmem_query, chip, 4);
AT(ttmem_query, api_version, 8);
AT(ttmem_query, ordinal, 12);
AT(ttmem_query, arch, 16);
AT(ttmem_query, geometry_source, 20);
AT(ttmem_query, pci_vendor, 24);
AT(ttmem_query, pci_device, 26);
AT(ttmem_query, reserved, 28);
AT(ttmem_query, client_id, 32);
AT(ttmem_query, nominal, 40);
AT(ttmem_query, declared, 72);
AT(ttmem_query, page_offset, 104);
AT(ttmem_query, page_size, 112);
AT(ttmem_query, page_stride, 116);

SIZE(ttmem_declare, 48);
CHECK(TTMEM_DECLARE_SIZE_VER0 == 48);
AT(ttmem_declare, size, 0);
AT(ttmem_declare, chip, 4);
AT(ttmem_declare, flags, 8);
AT(ttmem_declare, reserved, 12);
AT(ttmem_declare, geometry, 16);

SIZE(ttmem_report_entry, 40);
CHECK(TTMEM_REPORT_ENTRY_SIZE_VER0 == 40);
AT(ttmem_report_entry, chip, 0);
AT(ttmem_report_entry, pool, 4);
AT(ttmem_report_entry, flags, 8);
AT(ttmem_report_entry, banks, 12);
AT(ttmem_report_entry, bank_bytes, 16);
AT(ttmem_report_entry, allocated_bytes, 24);
AT(ttmem_report_entry, largest_free_bytes, 32);

SIZE(ttmem_report, 16);
CHECK(TTMEM_REPORT_SIZE_VER0 == 16);
AT(ttmem_report, size, 0);
AT(ttmem_report, entry_size, 4);
AT(ttmem_report, nr_entries, 8);
AT(ttmem_report, flags, 12);
AT(ttmem_report, entries, 16);

SIZE(ttmem_failure, 24);
CHECK(TTMEM_FAILURE_SIZE_VER0 == 24);
AT(ttmem_failure, size, 0);
AT(ttmem_failure, chip, 4);
AT(ttmem_failure, pool, 8);
AT(ttmem_failure, flags, 12);
AT(ttmem_failure, bank_bytes, 16);

SIZE(ttmem_page_figures, 24);
AT(ttmem_page_figures, allocated_bytes, 0);
AT(ttmem_page_figures, largest_free_bytes, 8);
AT(ttmem_page_figures, peak_bytes, 16);

SIZE(ttmem_page_pool, 64);
AT(ttmem_page_pool, sequence, 0);
AT(ttmem_page_pool, reserved, 4);
AT(ttmem_page_pool, figures, 8);
AT(ttmem_page_pool, reserved2, 56);

SIZE(ttmem_look, 8);
CHECK(TTMEM_LOOK_SIZE_VER0 == 8);
AT(ttmem_look, size, 0);
AT(ttmem_look, flags, 4);

SIZE(ttmem_owner, 16);
CHECK(TTMEM_OWNER_SIZE_VER0 == 16);
AT(ttmem_owner, size, 0);
AT(ttmem_owner, pid, 4);
AT(ttmem_owner, start_time, 8);
