// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A mesh of chips that reports its memory, for a runtime in C++
 *
 *	c++ -std=c++17 mesh.cpp -o mesh $(pkg-config --cflags --libs libttmem)
 *	./mesh [BOARDS]
 *
 * The first part stands for a runtime: a MeshDevice of devices, each with an Allocator that has
 * statistics for each type of buffer. The second part, MeshReporter, is all that reporting takes.
 * The mesh is made of n300 boards, with one chip on PCI and one behind it. It holds what it has
 * allocated until its input ends; without the driver it does the same, and nobody hears of it.
 */
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <libttmem.h>

/* ---- the runtime --------------------------------------------------------------------------- */

enum class BufferType { DRAM, L1, L1_SMALL, TRACE };

/* In bytes of one bank: all banks move in lockstep, so what is taken in one is taken in all. */
struct Statistics {
	std::uint64_t total_allocatable = 0;
	std::uint64_t total_allocated = 0;
	std::uint64_t largest_free_block = 0;
};

/* Buffers of one type: one map for all banks, and the first gap that is large enough. */
class BankAllocator {
public:
	BankAllocator(std::uint32_t banks, std::uint64_t bank_bytes)
		: banks_(banks), bank_bytes_(bank_bytes)
	{
	}

	std::uint32_t banks() const { return banks_; }

	/* What a buffer takes in each bank. */
	std::uint64_t share(std::uint64_t bytes) const
	{
		const std::uint64_t alignment = 32;

		return ((bytes + banks_ - 1) / banks_ + alignment - 1) / alignment * alignment;
	}

	bool allocate(std::uint64_t bytes, std::uint64_t &address)
	{
		const std::lock_guard<std::mutex> guard(lock_);

		for (const auto &[start, size] : gaps()) {
			if (size < share(bytes))
				continue;
			address = start;
			buffers_[address] = share(bytes);
			return true;
		}
		return false;
	}

	void deallocate(std::uint64_t address)
	{
		const std::lock_guard<std::mutex> guard(lock_);

		buffers_.erase(address);
	}

	Statistics statistics() const
	{
		const std::lock_guard<std::mutex> guard(lock_);
		Statistics result;

		result.total_allocatable = bank_bytes_;
		for (const auto &buffer : buffers_)
			result.total_allocated += buffer.second;
		for (const auto &gap : gaps())
			result.largest_free_block = std::max(result.largest_free_block, gap.second);
		return result;
	}

private:
	using Extent = std::pair<std::uint64_t, std::uint64_t>; /* where it starts, its size */

	std::vector<Extent> gaps() const
	{
		std::vector<Extent> result;
		std::uint64_t end = 0;

		for (const auto &[start, size] : buffers_) {
			if (start > end)
				result.emplace_back(end, start - end);
			end = start + size;
		}
		if (end < bank_bytes_)
			result.emplace_back(end, bank_bytes_ - end);
		return result;
	}

	const std::uint32_t banks_;
	const std::uint64_t bank_bytes_;
	mutable std::mutex lock_;
	std::map<std::uint64_t, std::uint64_t> buffers_;
};

/* The allocators of a device, here with a small-buffer region and without a trace region. */
class Allocator {
public:
	BankAllocator &pool(BufferType type) { return pools_[static_cast<std::size_t>(type)]; }

	Statistics get_statistics(BufferType type) { return pool(type).statistics(); }
	std::uint32_t get_num_banks(BufferType type) { return pool(type).banks(); }

private:
	std::array<BankAllocator, 4> pools_{{
		{ 12, 1071181792 }, { 64, 1362656 }, { 64, 32768 }, { 0, 0 },
	}};
};

/**
 * struct Device - a chip
 * @gateway: the N of /dev/tenstorrent/N through which it is reached
 * @remote: it is not that chip itself, but one behind it
 * @geometry: what the user-mode driver has found out of it
 * @allocator: of its buffers
 * @circular_buffers: what the programs that are there now take for them, over all cores
 */
struct Device {
	unsigned int gateway;
	bool remote;
	ttmem_geometry geometry;
	Allocator allocator = {};
	std::atomic<std::uint64_t> circular_buffers{ 0 };
};

class MeshDevice {
public:
	explicit MeshDevice(unsigned int boards)
	{
		for (unsigned int board = 0; board < boards; board++) {
			add(board, false);
			add(board, true);
		}
	}

	const std::vector<std::unique_ptr<Device>> &get_devices() const { return devices_; }

private:
	void add(unsigned int gateway, bool remote)
	{
		ttmem_geometry geometry = {};

		geometry.chip_uid = 0x6d65736800000000 + devices_.size();
		geometry.tensix_enabled = 64;
		geometry.tensix_harvest_mask = remote ? 0x5 : 0x41;
		geometry.l1_core_bytes = 1499136;
		geometry.dram_banks_enabled = 12;
		geometry.dram_bank_bytes = std::uint64_t(1) << 30;
		devices_.emplace_back(new Device{ gateway, remote, geometry });
	}

	std::vector<std::unique_ptr<Device>> devices_;
};

/* ---- reporting ----------------------------------------------------------------------------- */

/* Reports a mesh, which has to outlive it. It is a courtesy to others: no refusal is a failure. */
class MeshReporter {
public:
	explicit MeshReporter(const MeshDevice &mesh)
	{
		for (const auto &device : mesh.get_devices())
			attach(*device);
		report();
	}

	/* Says what all devices hold now: one call for each gateway, whatever is behind it. */
	void report()
	{
		/* What was read last has to be said last. */
		const std::lock_guard<std::mutex> guard(lock_);

		for (auto &[ordinal, gateway] : gateways_) {
			std::vector<ttmem_report_entry> entries;

			for (const auto &[device, index] : gateway.chips)
				add_entries(*device, index, entries);
			if (!entries.empty())
				send(ordinal, gateway, entries);
		}
	}

	/* Says that a buffer did not fit, after what there was. */
	void failed(Device &device, BufferType type, std::uint64_t bytes)
	{
		const Gateway &gateway = gateways_.at(device.gateway);

		report();
		const auto chip = gateway.chips.find(&device);

		if (chip != gateway.chips.end())
			ttmem_failure(gateway.handle.get(), chip->second, pool_of(type),
				      device.allocator.pool(type).share(bytes));
	}

private:
	struct Close {
		void operator()(ttmem *handle) const { ttmem_close(handle); }
	};

	/* The chips are those that were declared, with their index: without the driver there are none. */
	struct Gateway {
		std::unique_ptr<ttmem, Close> handle;
		std::map<Device *, unsigned int> chips;
	};

	static void complain(unsigned int ordinal, const char *what, int err)
	{
		if (err)
			std::cerr << "mesh: tt" << ordinal << ": " << what << ": "
				  << std::strerror(-err) << '\n';
	}

	void attach(Device &device)
	{
		const auto [place, is_new] = gateways_.try_emplace(device.gateway);
		Gateway &gateway = place->second;
		unsigned int index = TTMEM_CHIP_LOCAL;
		ttmem *handle;
		int err;

		if (is_new) {
			err = ttmem_open(&handle, device.gateway);
			gateway.handle.reset(handle);
			complain(device.gateway, "not reporting", err);
		}
		if (!gateway.handle)
			return;
		if (device.remote)
			err = ttmem_declare_remote(gateway.handle.get(), &device.geometry, &index);
		else
			err = ttmem_declare(gateway.handle.get(), index, &device.geometry);
		complain(device.gateway, "declaration", err);
		if (!err)
			gateway.chips[&device] = index;
	}

	static void send(unsigned int ordinal, Gateway &gateway,
			 const std::vector<ttmem_report_entry> &entries)
	{
		const int err = ttmem_report(gateway.handle.get(), entries.data(), entries.size(),
					     sizeof(entries[0]));

		complain(ordinal, "report", err);
		/* It has gone, and never comes back to this handle. */
		if (err == -ENODEV)
			gateway.chips.clear();
	}

	static unsigned int pool_of(BufferType type)
	{
		switch (type) {
		case BufferType::DRAM:
			return TTMEM_POOL_DRAM;
		case BufferType::L1:
			return TTMEM_POOL_L1;
		case BufferType::L1_SMALL:
			return TTMEM_POOL_L1_SMALL;
		case BufferType::TRACE:
			return TTMEM_POOL_TRACE;
		}
		return std::numeric_limits<unsigned int>::max();
	}

	/* Statistics are of one bank, and so are entries. What is free follows from them. */
	static void add_entries(Device &device, unsigned int index,
				std::vector<ttmem_report_entry> &entries)
	{
		ttmem_report_entry entry = {};

		entry.chip = index;
		for (const auto type : { BufferType::DRAM, BufferType::L1, BufferType::L1_SMALL,
					 BufferType::TRACE }) {
			const Statistics statistics = device.allocator.get_statistics(type);

			entry.pool = pool_of(type);
			entry.banks = device.allocator.get_num_banks(type);
			entry.bank_bytes = statistics.total_allocatable;
			entry.allocated_bytes = statistics.total_allocated;
			entry.largest_free_bytes = statistics.largest_free_block;
			entries.push_back(entry);
		}

		/* They have no region of their own, and are in no allocator's statistics. */
		entry = {};
		entry.chip = index;
		entry.pool = TTMEM_POOL_CB;
		entry.flags = TTMEM_REPORT_WHOLE_POOL;
		entry.allocated_bytes = device.circular_buffers;
		entries.push_back(entry);
	}

	std::mutex lock_;
	std::map<unsigned int, Gateway> gateways_;
};

/* ---- a model is loaded --------------------------------------------------------------------- */

constexpr std::uint64_t MIB = 1 << 20;

/* Device number i holds i + 1 shards, and a gap where an input was. */
static bool load(Device &device, unsigned int shards)
{
	Allocator &allocator = device.allocator;
	std::uint64_t input, other;

	for (unsigned int i = 0; i < shards; i++)
		if (!allocator.pool(BufferType::DRAM).allocate(96 * MIB, other))
			return false;
	device.circular_buffers = 64 * 65536;
	if (!allocator.pool(BufferType::L1_SMALL).allocate(64 * 1024, other) ||
	    !allocator.pool(BufferType::L1).allocate(32 * MIB, input) ||
	    !allocator.pool(BufferType::L1).allocate(shards * MIB, other))
		return false;
	allocator.pool(BufferType::L1).deallocate(input);
	return true;
}

int main(int argc, char **argv)
{
	MeshDevice mesh(argc > 1 ? std::stoul(argv[1]) : 1);
	MeshReporter reporter(mesh);
	unsigned int shards = 0;
	std::uint64_t address;

	for (const auto &device : mesh.get_devices())
		if (!load(*device, ++shards))
			return 1;
	reporter.report();

	/* More is free in each bank, but in two pieces. */
	Device &last = *mesh.get_devices().back();

	if (last.allocator.pool(BufferType::L1).allocate(56 * MIB, address))
		return 1;
	reporter.failed(last, BufferType::L1, 56 * MIB);

	std::cout << "ready" << std::endl;
	std::cin.ignore(std::numeric_limits<std::streamsize>::max());
	return 0;
}
