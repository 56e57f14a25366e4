// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where a runtime calls libttmem, hook by hook: the code of runtime-integration.rst
 *
 *	c++ -std=c++17 hooks.cpp -o hooks $(pkg-config --cflags --libs libttmem)
 *	./hooks [BOARDS]
 *
 * ChipBooks is all that a runtime needs for a chip, and UpdateAllocatorStats() is what publishes the
 * figures of a mesh. The rest stands for the runtime: a mesh of n300 boards whose allocators give out
 * from the bottom up. It holds what it has allocated until its input ends; without the driver it does
 * the same, and nobody hears of it.
 */
#include <array>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <libttmem.h>

constexpr unsigned int NR_POOLS = 5;
constexpr std::uint64_t MIB = 1 << 20;

/* An allocator's own figures, of one bank: all banks move in lockstep. */
struct Statistics {
	std::uint32_t banks = 0;
	std::uint64_t bank_bytes = 0;
	std::uint64_t allocated = 0;
	std::uint64_t largest_free = 0;
};

/* ---- reporting: a gateway, and each chip that is reached through it ------------------------- */

static void complain(const char *what, int err)
{
	if (err)
		std::cerr << "hooks: " << what << ": " << std::strerror(-err) << '\n';
}

struct Close {
	void operator()(ttmem *handle) const { ttmem_close(handle); }
};

/* One handle for all chips behind /dev/tenstorrent/N. NULL without the driver: nothing is lost. */
using Gateway = std::unique_ptr<ttmem, Close>;

static Gateway open_gateway(unsigned int ordinal)
{
	ttmem *handle;

	complain("not reporting", ttmem_open(&handle, ordinal));
	return Gateway(handle);
}

class ChipBooks {
public:
	ChipBooks(ttmem *gateway, const ttmem_geometry &geometry, bool remote)
		: gateway_(gateway)
	{
		int err;

		if (remote)
			err = ttmem_declare_remote(gateway, &geometry, &chip_);
		else
			err = ttmem_declare(gateway, TTMEM_CHIP_LOCAL, &geometry);
		if (err)
			gateway_ = nullptr;
		else
			err = ttmem_page_map(gateway, chip_, &page_);
		if (gateway)
			complain("device", err);
	}

	~ChipBooks() { ttmem_page_unmap(&page_); }
	ChipBooks(const ChipBooks &) = delete;
	ChipBooks &operator=(const ChipBooks &) = delete;

	/* Pools that share a memory are set up together: their sizes change in one step. */
	void set_up(const std::map<unsigned int, Statistics> &pools)
	{
		std::vector<ttmem_report_entry> entries;

		for (const auto &[pool, now] : pools) {
			ttmem_report_entry entry = {};

			entry.chip = chip_;
			entry.pool = pool;
			entry.flags = pool == TTMEM_POOL_CB ? TTMEM_REPORT_WHOLE_POOL : 0;
			entry.banks = now.banks;
			entry.bank_bytes = now.bank_bytes;
			entry.allocated_bytes = now.allocated;
			entry.largest_free_bytes = now.largest_free;
			entries.push_back(entry);
			pools_[pool] = ttmem_page_pool(&page_, pool);
		}
		complain_once(ttmem_report(gateway_, entries.data(), entries.size(),
					   sizeof(entries[0])));
	}

	/* After each allocation and free, under the lock of that allocator: stores, no call. */
	void changed(unsigned int pool, const Statistics &now)
	{
		if (pools_[pool])
			ttmem_page_update(pools_[pool], now.allocated, now.largest_free);
	}

	/* What was asked for in each bank did not fit. */
	void failed(unsigned int pool, std::uint64_t bank_bytes)
	{
		ttmem_failure(gateway_, chip_, pool, bank_bytes);
	}

	/* What the programs that are there now occupy on all cores, each byte of L1 once. */
	void circular_buffers(std::uint64_t bytes)
	{
		Statistics now;

		now.allocated = bytes;
		changed(TTMEM_POOL_CB, now);
	}

private:
	/* It is a courtesy to others: no refusal is a failure of the runtime. */
	void complain_once(int err)
	{
		if (gateway_ && !complained_)
			complain("report", err);
		complained_ = complained_ || err;
	}

	ttmem *gateway_;
	unsigned int chip_ = TTMEM_CHIP_LOCAL;
	ttmem_page page_ = {};
	std::array<struct ttmem_page_pool *, NR_POOLS> pools_ = {};
	bool complained_ = false;
};

/* ---- the runtime --------------------------------------------------------------------------- */

/* What is free is one block, at the top: largest_free is all of it. */
class BankAllocator {
public:
	explicit BankAllocator(std::uint32_t banks = 0, std::uint64_t bank_bytes = 0)
	{
		statistics_.banks = banks;
		statistics_.bank_bytes = bank_bytes;
		statistics_.largest_free = bank_bytes;
	}

	const Statistics &get_statistics() const { return statistics_; }

	std::uint64_t share(std::uint64_t bytes) const
	{
		const std::uint64_t alignment = 32;

		return ((bytes + statistics_.banks - 1) / statistics_.banks + alignment - 1) /
		       alignment * alignment;
	}

	bool allocate(std::uint64_t bytes)
	{
		if (share(bytes) > statistics_.largest_free)
			return false;
		statistics_.allocated += share(bytes);
		statistics_.largest_free -= share(bytes);
		return true;
	}

private:
	Statistics statistics_;
};

/* What the user-mode driver has found out of a chip, and through which one it is reached. */
struct Device {
	unsigned int gateway;
	bool remote;
	ttmem_geometry geometry;
	std::unique_ptr<ChipBooks> books = {};
};

/* Its allocators move in lockstep over all devices: a buffer has the same place on each of them. */
class MeshDevice {
public:
	explicit MeshDevice(unsigned int boards)
	{
		for (unsigned int board = 0; board < boards; board++)
			for (const bool remote : { false, true })
				devices_.push_back({ board, remote, geometry(remote) });
	}

	std::vector<Device> &get_devices() { return devices_; }
	std::map<unsigned int, BankAllocator> &allocators() { return allocators_; }

private:
	ttmem_geometry geometry(bool remote) const
	{
		ttmem_geometry result = {};

		result.chip_uid = 0x686f6f6b00000000 + devices_.size();
		result.tensix_enabled = 8 * 8;	/* the worker grid after harvesting */
		result.tensix_harvest_mask = remote ? 0x5 : 0x41;
		result.l1_core_bytes = 1499136;
		result.dram_banks_enabled = 12;
		result.dram_bank_bytes = std::uint64_t(1) << 30;
		return result;
	}

	std::vector<Device> devices_;
	std::map<unsigned int, BankAllocator> allocators_;
};

/*
 * All pools of all devices of a mesh, as they are now: in the place of what stored the same figures
 * in shared memory, a counter of each device after another.
 */
static void UpdateAllocatorStats(MeshDevice &mesh)
{
	std::map<unsigned int, Statistics> now;

	for (const auto &[pool, allocator] : mesh.allocators())
		now[pool] = allocator.get_statistics();
	for (Device &device : mesh.get_devices())
		device.books->set_up(now);
}

class Runtime {
public:
	explicit Runtime(unsigned int boards) : mesh_(boards)
	{
		for (Device &device : mesh_.get_devices()) {
			const auto [place, is_new] = gateways_.try_emplace(device.gateway);

			if (is_new)
				place->second = open_gateway(device.gateway);
			device.books = std::make_unique<ChipBooks>(place->second.get(),
								   device.geometry,
								   device.remote);
		}
		mesh_.allocators()[TTMEM_POOL_L1] = BankAllocator(64, 1362656);
		mesh_.allocators()[TTMEM_POOL_L1_SMALL] = BankAllocator(64, 32768);
		mesh_.allocators()[TTMEM_POOL_CB] = BankAllocator();
		mesh_.allocators()[TTMEM_POOL_DRAM] = BankAllocator(12, 1071181792);
		mesh_.allocators()[TTMEM_POOL_TRACE] = BankAllocator();
		UpdateAllocatorStats(mesh_);
	}

	bool allocate(unsigned int pool, std::uint64_t bytes)
	{
		BankAllocator &allocator = mesh_.allocators()[pool];
		const bool fits = allocator.allocate(bytes);

		for (Device &device : mesh_.get_devices())
			if (fits)
				device.books->changed(pool, allocator.get_statistics());
			else
				device.books->failed(pool, allocator.share(bytes));
		return fits;
	}

	/* A trace region is carved out at the top of each bank of DRAM, before there are buffers. */
	void set_up_trace(std::uint64_t bank_bytes)
	{
		mesh_.allocators()[TTMEM_POOL_DRAM] = BankAllocator(12, 1071181792 - bank_bytes);
		mesh_.allocators()[TTMEM_POOL_TRACE] = BankAllocator(12, bank_bytes);
		UpdateAllocatorStats(mesh_);
	}

	/* A program has replaced another one, whose circular buffers were at the same place. */
	void dispatch(std::uint64_t core_bytes)
	{
		for (Device &device : mesh_.get_devices())
			device.books->circular_buffers(core_bytes * device.geometry.tensix_enabled);
	}

	/* Where it waits anyway: who sleeps until figures change is woken. */
	void pause()
	{
		for (auto &gateway : gateways_)
			ttmem_look(gateway.second.get());
	}

private:
	/* Devices go before the gateways that they report through. */
	std::map<unsigned int, Gateway> gateways_;
	MeshDevice mesh_;
};

int main(int argc, char **argv)
{
	Runtime runtime(argc > 1 ? std::stoul(argv[1]) : 1);

	runtime.set_up_trace(16 * MIB);
	if (!runtime.allocate(TTMEM_POOL_DRAM, 3072 * MIB) ||
	    !runtime.allocate(TTMEM_POOL_TRACE, 12 * MIB) ||
	    !runtime.allocate(TTMEM_POOL_L1_SMALL, MIB) ||
	    !runtime.allocate(TTMEM_POOL_L1, 40 * MIB))
		return 1;
	runtime.dispatch(147456);
	runtime.dispatch(65536);
	if (runtime.allocate(TTMEM_POOL_L1, 64 * MIB))
		return 1;
	runtime.pause();

	std::cout << "ready" << std::endl;
	std::cin.ignore(std::numeric_limits<std::streamsize>::max());
	return 0;
}
