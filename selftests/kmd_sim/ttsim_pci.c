// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttsim_pci: a PCI bus made of software, with Tenstorrent chips on it
 *
 * Stands in for the hardware. The kernel finds a root bus in a domain of its own, 1e52:00, whose
 * functions have the PCI identity of real chips, so a driver can be bound, unbound, hot-removed
 * (the device's "remove" in sysfs) and found again (/sys/bus/pci/rescan) as with a card:
 *
 *	insmod ttsim_pci.ko chips=wormhole,blackhole
 *
 * makes 1e52:00:00.0 a Wormhole and 1e52:00:01.0 a Blackhole. Chip i has slot i % 32 and function
 * i / 32.
 *
 * Copied from the real thing: vendor, device, subsystem and class codes; three 64-bit memory BARs
 * of a Wormhole's sizes that can be sized, assigned, claimed and mapped; the parts of command,
 * status and the PCI Express capability that the PCI core looks at. Not there: whatever is behind
 * the BARs (they lie in a hole of the physical address space, which reads as ones), interrupts, DMA
 * and power management.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define TTSIM_DOMAIN		0x1e52
#define TTSIM_VENDOR		0x1e52
#define TTSIM_CLASS		0x120000	/* processing accelerator, vendor specific */
#define TTSIM_SLOTS		32
#define TTSIM_MAX_CHIPS		64

/* Address space of one chip: its BARs, rounded up to the next power of two. */
#define TTSIM_BAR0_SIZE		SZ_512M
#define TTSIM_BAR2_SIZE		SZ_1M
#define TTSIM_BAR4_SIZE		SZ_32M
#define TTSIM_CHIP_SIZE		SZ_1G

#define TTSIM_EXP_CAP		0x40		/* where the PCI Express capability is */
#define TTSIM_MULTI_FUNCTION	BIT(23)		/* in the dword that ends with the BIST register */

static char *chips[TTSIM_MAX_CHIPS] = { "wormhole" };
static unsigned int nr_chips = 1;
module_param_array(chips, charp, &nr_chips, 0444);
MODULE_PARM_DESC(chips, "up to 64 of wormhole, blackhole, grayskull and unknown (default: wormhole)");

static const struct ttsim_kind {
	const char *name;
	u16 device;
	u16 subsystem;
} ttsim_kinds[] = {
	{ "wormhole", 0x401e, 0x0014 },		/* n300 */
	{ "blackhole", 0xb140, 0x0040 },	/* p150a */
	{ "grayskull", 0xfaca, 0x0007 },	/* e75 */
	{ "unknown", 0xf00d, 0xf00d },
};

/* Configuration space is an array of dwords, indexed by REG(offset). */
#define REG(offset)		((offset) / 4)
#define TTSIM_REGS		REG(PCI_CFG_SPACE_SIZE)

static const u32 ttsim_reset_values[TTSIM_REGS] = {
	[REG(PCI_COMMAND)] = PCI_STATUS_CAP_LIST << 16,
	[REG(PCI_CLASS_REVISION)] = TTSIM_CLASS << 8,
	[REG(PCI_BASE_ADDRESS_0)] = PCI_BASE_ADDRESS_MEM_TYPE_64,
	[REG(PCI_BASE_ADDRESS_2)] = PCI_BASE_ADDRESS_MEM_TYPE_64,
	[REG(PCI_BASE_ADDRESS_4)] = PCI_BASE_ADDRESS_MEM_TYPE_64,
	[REG(PCI_CAPABILITY_LIST)] = TTSIM_EXP_CAP,
	/* Version 2. There is no port above the chip, which makes it part of the root complex. */
	[REG(TTSIM_EXP_CAP)] = PCI_CAP_ID_EXP | (2 | PCI_EXP_TYPE_RC_END << 4) << 16,
};

/* The bits that a write can change. Sizing a BAR (write ones, read back) takes no more. */
static const u32 ttsim_writable[TTSIM_REGS] = {
	[REG(PCI_COMMAND)] = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
			     PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE,
	[REG(PCI_CACHE_LINE_SIZE)] = 0xff,
	[REG(PCI_BASE_ADDRESS_0)] = ~(u32)(TTSIM_BAR0_SIZE - 1),
	[REG(PCI_BASE_ADDRESS_1)] = ~0U,
	[REG(PCI_BASE_ADDRESS_2)] = ~(u32)(TTSIM_BAR2_SIZE - 1),
	[REG(PCI_BASE_ADDRESS_3)] = ~0U,
	[REG(PCI_BASE_ADDRESS_4)] = ~(u32)(TTSIM_BAR4_SIZE - 1),
	[REG(PCI_BASE_ADDRESS_5)] = ~0U,
	[REG(PCI_INTERRUPT_LINE)] = 0xff,
	[REG(TTSIM_EXP_CAP + PCI_EXP_DEVCTL)] = 0xffff & ~PCI_EXP_DEVCTL_BCR_FLR,
};

/* Writes are read-modify-write and x86 does not serialize accesses to configuration space. */
static DEFINE_RAW_SPINLOCK(ttsim_lock);
static u32 ttsim_config[TTSIM_MAX_CHIPS][TTSIM_REGS];

static u32 *ttsim_reg(unsigned int devfn, int where)
{
	unsigned int chip = PCI_FUNC(devfn) * TTSIM_SLOTS + PCI_SLOT(devfn);

	if (chip >= nr_chips || where >= PCI_CFG_SPACE_SIZE)
		return NULL;
	return &ttsim_config[chip][REG(where)];
}

static int ttsim_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *val)
{
	u32 *reg = ttsim_reg(devfn, where);

	if (!reg) {
		*val = ~0U;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	*val = READ_ONCE(*reg) >> (where % 4 * 8) & GENMASK(size * 8 - 1, 0);
	return PCIBIOS_SUCCESSFUL;
}

static int ttsim_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 val)
{
	u32 *reg = ttsim_reg(devfn, where);
	int shift = where % 4 * 8;
	unsigned long flags;
	u32 mask;

	if (!reg)
		return PCIBIOS_DEVICE_NOT_FOUND;
	mask = (u32)GENMASK(size * 8 - 1, 0) << shift & ttsim_writable[REG(where)];
	raw_spin_lock_irqsave(&ttsim_lock, flags);
	WRITE_ONCE(*reg, (*reg & ~mask) | (val << shift & mask));
	raw_spin_unlock_irqrestore(&ttsim_lock, flags);
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops ttsim_ops = {
	.read = ttsim_read,
	.write = ttsim_write,
};

static struct pci_sysdata ttsim_sysdata = {
	.domain = TTSIM_DOMAIN,
	.node = NUMA_NO_NODE,
};

static struct resource ttsim_busn = {
	.name = "ttsim_pci",
	.flags = IORESOURCE_BUS,
};

static struct resource ttsim_window = {
	.name = "ttsim_pci",
	.flags = IORESOURCE_MEM,
};

static struct pci_bus *ttsim_bus;

static int __init ttsim_make_chip(unsigned int chip)
{
	u32 *config = ttsim_config[chip];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ttsim_kinds); i++) {
		const struct ttsim_kind *kind = &ttsim_kinds[i];

		if (strcmp(chips[chip], kind->name))
			continue;
		memcpy(config, ttsim_reset_values, sizeof(ttsim_reset_values));
		config[REG(PCI_VENDOR_ID)] = TTSIM_VENDOR | kind->device << 16;
		config[REG(PCI_SUBSYSTEM_VENDOR_ID)] = TTSIM_VENDOR | kind->subsystem << 16;
		if (nr_chips > TTSIM_SLOTS)
			config[REG(PCI_HEADER_TYPE)] |= TTSIM_MULTI_FUNCTION;
		return 0;
	}
	pr_err("no such kind of chip: '%s'\n", chips[chip]);
	return -EINVAL;
}

static int __init ttsim_init(void)
{
	LIST_HEAD(resources);
	unsigned int i;
	int err;

	for (i = 0; i < nr_chips; i++) {
		err = ttsim_make_chip(i);
		if (err)
			return err;
	}

	err = allocate_resource(&iomem_resource, &ttsim_window, nr_chips * (u64)TTSIM_CHIP_SIZE,
				SZ_4G, iomem_resource.end, TTSIM_CHIP_SIZE, NULL, NULL);
	if (err) {
		pr_err("no hole in the address space for %u chips\n", nr_chips);
		return err;
	}
	pci_add_resource(&resources, &ttsim_window);
	pci_add_resource(&resources, &ttsim_busn);

	pci_lock_rescan_remove();
	ttsim_bus = pci_scan_root_bus(NULL, 0, &ttsim_ops, &ttsim_sysdata, &resources);
	if (ttsim_bus) {
		pci_assign_unassigned_bus_resources(ttsim_bus);
		pci_bus_add_devices(ttsim_bus);
	}
	pci_unlock_rescan_remove();
	if (!ttsim_bus) {
		pci_free_resource_list(&resources);
		release_resource(&ttsim_window);
		return -ENOMEM;
	}
	return 0;
}

static void __exit ttsim_exit(void)
{
	struct device *bridge = ttsim_bus->bridge;

	pci_lock_rescan_remove();
	pci_stop_root_bus(ttsim_bus);
	pci_remove_root_bus(ttsim_bus);
	pci_unlock_rescan_remove();
	/* Which deletes the bridge that the scan has made, but leaves the first reference to it. */
	put_device(bridge);
	release_resource(&ttsim_window);
}

module_init(ttsim_init);
module_exit(ttsim_exit);

MODULE_DESCRIPTION("Software PCI bus with Tenstorrent chips, for tests");
MODULE_LICENSE("GPL");
