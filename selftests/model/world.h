/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: what there is, who said what, and so what every attribute has to read. Written from
 * the documents, not from the driver: everything is summed up anew each time, nothing is kept that
 * can be found out.
 */
#ifndef WORLD_H
#define WORLD_H

#include <linux/types.h>
#include <linux/ttmem.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define ACTORS		6
#define SLOTS		6	/* of files that an actor may have open */
#define FDS		64	/* numbers of open files are below */
#define MAPS		3	/* ledger pages that it may have mapped */
#define CLIENTS		(ACTORS * SLOTS)
#define FUNCTIONS	4
#define POOLS		5
#define KERNEL_MODULES	2
#define DEPARTED	1024	/* chips and seats that can go at once */

enum kernel_module { MODULE_TTMEM, MODULE_TT_KMD };

/* ---- what a client said --------------------------------------------------------------------- */

/* A time: between two, the same as far as anybody has seen it. Before low is never. */
struct moment {
	int known;
	__u64 low, high;
};

/* Bounds of what it may say of a memory. */
struct limits {
	__u64 bytes;
	__u32 banks;
};

/* What a report says of a pool that a ledger page does not. */
struct shape {
	int reported, whole, sized;
	__u32 banks;
	__u64 bank_bytes;
	__u64 region;
	__u64 limit;	/* bytes of the memory, at the time of the report */
};

struct holding {
	struct shape shape;
	__u64 used, largest_free, peak;		/* in bytes of the chip */
};

/* As it is in memory, and what the driver has read of it. */
struct page {
	int users;	/* mappings, and the client */
	struct ttmem_page_pool pools[POOLS];
	__u32 taken[POOLS];
	int refused[POOLS];
	__u64 written[POOLS];	/* when */
};

/* What a client is at one chip. */
struct seat {
	int there, declared;
	struct ttmem_geometry geometry;
	struct holding pools[POOLS];
	struct moment updated;
	struct page *page;
	int stat;	/* clients/<id>/stat, if it is open */
};

struct client {
	int users;	/* descriptors; 0: there is none */
	int writable;
	struct gateway *gateway;	/* NULL: an orphan */
	__u64 id;
	unsigned int uid;
	__u64 opener;	/* the process */
	struct seat seats[TTMEM_MAX_CHIPS];
};

/* ---- what there is -------------------------------------------------------------------------- */

struct failure {
	int pool, sized;
	__u64 bank_bytes, largest_free;
	__u64 process;
	struct moment when;	/* unknown: there was none */
};

struct chip {
	int there;
	__u64 uid;	/* of a remote chip */
	unsigned int creator;
	int pinned;
	struct ttmem_geometry pin;
	enum ttmem_geometry_source agreement;
	struct ttmem_geometry agreed;
	__u64 mismatches;
	__u64 failures[POOLS], high[POOLS];
	__u64 peak[POOLS];
	struct failure last;
	struct moment updated;
	__u64 rejected;
	struct moment last_rejected;
	int stat;	/* mem/stat, if it is open */
};

struct gateway {
	int there;
	unsigned int function;
	unsigned int created;	/* remote chips that anybody tried to bring into being */
	int touched;		/* since it was compared last */
	struct chip chips[TTMEM_MAX_CHIPS];
};

/* The facts of a PCI function, and whether it is there and tt-kmd has it. */
struct function {
	int present, bound;
	unsigned int ordinal;	/* if it is bound */
	unsigned int place;	/* on the bus, for the order of binding */
};

struct process {
	__u64 number;		/* never used again */
	int pid;
	unsigned int uid;
	struct client *files[SLOTS];
	int fds[SLOTS];		/* their numbers */
	struct page *pages[MAPS];
};

struct world {
	int loaded[KERNEL_MODULES];
	struct function functions[FUNCTIONS];
	struct gateway gateways[FUNCTIONS];	/* by ordinal */
	struct client clients[CLIENTS];
	struct process actors[ACTORS];
	__u64 processes, places, last_id;
	__u64 now;	/* before what is happening now */
	int departed[DEPARTED];	/* open files of what is gone */
	unsigned int nr_departed;
};

extern struct world world;

/* ---- architectures -------------------------------------------------------------------------- */

struct arch {
	const char *name;	/* NULL: unknown */
	enum ttmem_arch id;
	__u16 device;
	unsigned int units;	/* that harvesting takes away */
	struct ttmem_geometry die;
};

extern const struct arch arches[FUNCTIONS];	/* by function */

static inline unsigned int ordinal_of(const struct gateway *gateway)
{
	return gateway - world.gateways;
}

static inline const struct arch *arch_of(const struct gateway *gateway)
{
	return &arches[gateway->function];
}

/* ---- how it changes ------------------------------------------------------------------------- */

__u64 now_ns(void);
/* It has happened since. */
struct moment moment_since(__u64 low);

void world_begin(void);
void world_end(void);

/* Files. */
struct client *world_open(struct process *opener, struct gateway *gateway, int writable);
void world_close(struct client **slot);
void world_unmap(struct page **slot);
void world_end_process(struct process *process);

/* Calls that were not refused, and those that were. */
void world_refused(struct client *client, __u64 since);
void world_join(struct client *client, __u32 index);
void world_agree(struct gateway *gateway, __u32 index);
void world_declared(struct client *client, struct chip *chip, __u32 index,
		    const struct ttmem_geometry *geometry);
void world_pinned(struct chip *chip, __u32 index, struct gateway *gateway,
		  const struct ttmem_geometry *geometry);
void world_reported(struct client *client, const struct ttmem_report_entry *entry);
void world_failed(struct client *client, const struct ttmem_failure *failure);
struct chip *world_remote(struct gateway *gateway, __u64 uid, __u32 *index);
int world_idle(const struct gateway *gateway, __u32 index);
void world_add_remote(struct gateway *gateway, __u32 index, __u64 uid, unsigned int creator);
void world_drop_remote(struct gateway *gateway, __u32 index);

/* Chips come and go. */
int world_busy(void);
void world_attach(unsigned int function);
void world_detach(unsigned int function);
void world_publish(void);
void world_unpublish(void);
void world_bind_all(void);

/* Figures in ledger pages count when somebody looks. */
void world_look(struct gateway *gateway, __u32 index);
/* The client asks for it: returns the faults of what is refused. */
__u32 world_look_at_client(struct client *client);
void world_settle(struct gateway *gateway, __u32 index);

/* The next one that there is, from one on; NULL if there is none. */
struct client *next_client(struct client *client);
struct client *next_seat(struct client *client, const struct gateway *gateway, __u32 index);

#define for_each_client(client)								\
	for ((client) = next_client(world.clients); (client);				\
	     (client) = next_client((client) + 1))

/* Clients of a chip. */
#define for_each_seat(client, gateway, index)						\
	for ((client) = next_seat(world.clients, gateway, index); (client);		\
	     (client) = next_seat((client) + 1, gateway, index))

#endif /* WORLD_H */
