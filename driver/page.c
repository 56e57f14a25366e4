// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ledger page: a page of a client and a chip in which a runtime keeps its figures by plain
 * stores. The client gets it by mmap(); the driver reads it when somebody looks at the chip, and
 * when the client speaks or leaves.
 *
 * A mapping must not keep its client alive. One of an ordinary file holds that file, so it would
 * outlive close(), and a forked child's copy would outlive even the process that was killed. So the
 * mapping belongs to a file of its own, which holds the page and nothing else, and is not copied by
 * fork().
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>

#include "client.h"
#include "compat.h"
#include "gateway.h"
#include "page.h"
#include "seat.h"
#include "trace.h"

/* ---- the mapping --------------------------------------------------------------------------- */

static vm_fault_t mapping_fault(struct vm_fault *vmf)
{
	struct page *page = vmf->vma->vm_file->private_data;

	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct mapping_ops = {
	.fault = mapping_fault,
};

static int mapping_release(struct inode *inode, struct file *file)
{
	put_page(file->private_data);
	return 0;
}

static const struct file_operations mapping_fops = {
	.owner = THIS_MODULE,
	.release = mapping_release,
};

static int map_page(struct vm_area_struct *vma, struct page *page)
{
	struct file *file = anon_inode_getfile("[ttmem]", &mapping_fops, page, O_RDWR);

	if (IS_ERR(file))
		return PTR_ERR(file);
	get_page(page);
	ttmem_vma_set_flags(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &mapping_ops;
	vma_set_file(vma, file);
	/* The mapping has a reference of its own now. */
	fput(file);
	return 0;
}

/* Under the client's lock. */
static int seat_get_page(struct ttmem_seat *seat)
{
	struct ttmem_gateway *gateway = seat->chip->gateway;
	struct page *page;

	BUILD_BUG_ON(TTMEM_NR_POOLS * TTMEM_PAGE_STRIDE > PAGE_SIZE);
	if (seat->page)
		return 0;
	page = alloc_page(TTMEM_GFP_MAPPED | __GFP_ZERO);
	if (!page)
		return -ENOMEM;
	seat->page = page;
	spin_lock(&gateway->books_lock);
	ttmem_ledger_add_page(&seat->chip->ledger, &seat->account, page_address(page));
	spin_unlock(&gateway->books_lock);
	return 0;
}

/**
 * ttmem_page_offset - where in the file the page of a chip is
 * @index: index of the chip
 */
u64 ttmem_page_offset(u32 index)
{
	return (u64)index << PAGE_SHIFT;
}

/**
 * ttmem_client_mmap - map a client's page of a chip
 * @client: the client
 * @vma: what is to be mapped
 *
 * Context: in mmap() of a file that may be written to; may sleep.
 *
 * Return: 0, -EINVAL if it is not one shared page, -EOPNOTSUPP if the client speaks for another
 * process, -ENODATA if it has not said anything of the chip yet, -ENODEV if the chip is gone, or
 * -ENOMEM.
 */
int ttmem_client_mmap(struct ttmem_client *client, struct vm_area_struct *vma)
{
	struct ttmem_gateway *gateway = client->gateway;
	struct ttmem_seat *seat = NULL;
	int ret;

	if (!(vma->vm_flags & VM_SHARED) || vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	ret = ttmem_gateway_enter(gateway);
	if (ret)
		return ret;
	mutex_lock(&client->lock);
	if (vma->vm_pgoff < TTMEM_MAX_CHIPS)
		seat = client->seats[array_index_nospec(vma->vm_pgoff, TTMEM_MAX_CHIPS)];
	if (client->bridge)
		ret = -EOPNOTSUPP;
	else
		ret = seat && seat->account.joined ? seat_get_page(seat) : -ENODATA;
	if (!ret)
		ret = map_page(vma, seat->page);
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(gateway);
	return ret;
}

/**
 * ttmem_seat_free_page - let go of a client's page
 * @seat: a seat whose account has left the books
 *
 * Where it is still mapped it is memory that nobody reads.
 */
void ttmem_seat_free_page(struct ttmem_seat *seat)
{
	if (seat->page)
		put_page(seat->page);
	seat->page = NULL;
}

/* ---- looking ------------------------------------------------------------------------------- */

/* Returns the error of what was refused; @pools as in ttmem_ledger_take_page(). */
static int take_page(struct ttmem_seat *seat, unsigned int *pools, u64 now_ns)
{
	int ret;

	ret = ttmem_ledger_take_page(&seat->chip->ledger, &seat->account, pools, now_ns);
	ttmem_trace_usage(seat, seat->client->id, *pools);
	return ret;
}

/* Nobody is there to be told: what is refused is counted. */
static void take_news(struct ttmem_seat *seat, unsigned int pools, u64 now_ns)
{
	struct ttmem_gateway *gateway = seat->chip->gateway;
	int ret;

	ret = take_page(seat, &pools, now_ns);
	if (!ret)
		return;
	ttmem_ledger_reject(&gateway->local.ledger, now_ns);
	trace_ttmem_rejected(&gateway->local, ret);
}

/**
 * ttmem_chip_take_pages - take over what the pages of all clients of a chip say
 * @chip: the chip
 *
 * Context: under &ttmem_gateway.books_lock.
 */
void ttmem_chip_take_pages(struct ttmem_chip *chip)
{
	struct ttmem_account *account;
	unsigned int news;
	u64 now = 0;

	list_for_each_entry(account, &chip->ledger.pages, page_node) {
		news = ttmem_account_news(account);
		if (!news)
			continue;
		if (!now)
			now = ktime_get_ns();
		take_news(container_of(account, struct ttmem_seat, account), news, now);
	}
	if (!now)
		return;
	ttmem_ledger_watch(&chip->ledger);
	/* Who polls is woken by calls, but an event that has been found is not kept. */
	ttmem_notify_events(chip);
}

/**
 * ttmem_chip_begin_look - bring a chip's books up to date, to read figures in them
 * @chip: the chip
 *
 * Context: takes &ttmem_gateway.books_lock until ttmem_chip_end_look().
 *
 * Return: false if the chip is gone.
 */
bool ttmem_chip_begin_look(struct ttmem_chip *chip) __acquires(&chip->gateway->books_lock)
{
	spin_lock(&chip->gateway->books_lock);
	if (chip->gone)
		return false;
	ttmem_chip_catch_up(chip, NULL);
	return true;
}

/**
 * ttmem_chip_end_look - end what ttmem_chip_begin_look() began
 * @chip: the chip
 */
void ttmem_chip_end_look(struct ttmem_chip *chip) __releases(&chip->gateway->books_lock)
{
	spin_unlock(&chip->gateway->books_lock);
}

/* Under the client's lock. */
static int look_at_seat(struct ttmem_seat *seat)
{
	struct ttmem_gateway *gateway = seat->chip->gateway;
	unsigned int pools;
	int ret;

	spin_lock(&gateway->books_lock);
	/* The client asks: what others were told of a mistake, it has not been. */
	ttmem_account_forget_refused(&seat->account);
	pools = ttmem_account_news(&seat->account);
	ret = take_page(seat, &pools, ktime_get_ns());
	ttmem_chip_catch_up(seat->chip, NULL);
	if (pools)
		ttmem_ledger_watch(&seat->chip->ledger);
	spin_unlock(&gateway->books_lock);
	if (pools)
		ttmem_notify(seat->chip);
	return ret;
}

/**
 * ttmem_client_look - look at a client's pages because it says so
 * @client: the client
 *
 * Context: may sleep.
 *
 * Return: 0, -ENODEV, or the error of figures that were refused; the others were taken.
 */
int ttmem_client_look(struct ttmem_client *client)
{
	struct ttmem_seat *seat;
	int ret, error;
	u32 index;

	error = ttmem_gateway_enter(client->gateway);
	if (error)
		return error;
	mutex_lock(&client->lock);
	for (index = 0; index < TTMEM_MAX_CHIPS; index++) {
		seat = client->seats[index];
		if (!seat || !seat->page)
			continue;
		ret = look_at_seat(seat);
		if (ret)
			error = ret;
	}
	mutex_unlock(&client->lock);
	ttmem_gateway_leave(client->gateway);
	return error;
}
