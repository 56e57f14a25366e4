// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metrics of clients, and of the control groups that their processes are in. There is no end to
 * how many there can be, so each kind is written only for who asks for it.
 */
#include "metrics.h"

static const struct metric client_info = {
	"ttmem_client_info", METRIC_INFO, NULL, "Whose client it is.",
};

static const struct metric client_used = {
	"ttmem_client_used_bytes", METRIC_GAUGE, "bytes",
	"What the client's buffers take of the pool.",
};

static const struct metric client_peak = {
	"ttmem_client_peak_bytes", METRIC_GAUGE, "bytes", "The most that they have taken.",
};

static const struct metric client_updated = {
	"ttmem_client_updated_timestamp_seconds", METRIC_GAUGE, "seconds",
	"When the client's last report was accepted.",
};

static const struct metric cgroup_info = {
	"ttmem_cgroup_info", METRIC_INFO, NULL, "The container and the pod of a control group.",
};

static const struct metric cgroup_clients = {
	"ttmem_cgroup_clients", METRIC_GAUGE, NULL, "Clients in the control group.",
};

static const struct metric cgroup_used = {
	"ttmem_cgroup_used_bytes", METRIC_GAUGE, "bytes",
	"What buffers of the clients in the control group take of the pool.",
};

/* ---- clients ------------------------------------------------------------------------------- */

typedef void put_client_fn(struct metrics *metrics, struct exposition *exposition,
			   const struct metrics_chip *chip, const struct metrics_client *client);

static void each_client(struct metrics *metrics, struct exposition *exposition, put_client_fn *put)
{
	const struct metrics_chip *chip;
	size_t i;

	for_each_chip(chip, metrics)
		for (i = 0; i < chip->nr_clients; i++)
			put(metrics, exposition, chip, &chip->clients[i]);
}

static void begin(struct exposition *exposition, const struct metric *metric,
		  const struct metrics_chip *chip, const struct metrics_client *client)
{
	sample_begin(exposition, metric);
	sample_label(exposition, "chip", chip->name);
	sample_number(exposition, "client", client->id);
}

static void put_info(struct metrics *metrics, struct exposition *exposition,
		     const struct metrics_chip *chip, const struct metrics_client *client)
{
	uint64_t uid;

	begin(exposition, &client_info, chip, client);
	if (client->pid)
		sample_number(exposition, "pid", client->pid);
	if (metrics_figure(metrics, chip, client->stat, "uid", &uid))
		sample_number(exposition, "uid", uid);
	sample_label(exposition, "source", ttmem_stat_str(client->stat, "source"));
	sample_label(exposition, "command", client->command);
	sample_label(exposition, "cgroup", client->cgroup ? client->cgroup->path : NULL);
	sample_end(exposition, 1);
}

static void put_pools(struct metrics *metrics, struct exposition *exposition,
		      const struct metrics_chip *chip, const struct metrics_client *client,
		      const struct metric *metric, const char *figure)
{
	const char *pool = NULL;
	uint64_t value;

	while ((pool = metrics_next_pool(client->stat, pool))) {
		if (!metrics_pool_figure(metrics, chip, client->stat, pool, figure, &value))
			continue;
		begin(exposition, metric, chip, client);
		metrics_label_pool(exposition, pool);
		sample_end(exposition, value);
	}
}

static void put_used(struct metrics *metrics, struct exposition *exposition,
		     const struct metrics_chip *chip, const struct metrics_client *client)
{
	put_pools(metrics, exposition, chip, client, &client_used, "used");
}

static void put_peak(struct metrics *metrics, struct exposition *exposition,
		     const struct metrics_chip *chip, const struct metrics_client *client)
{
	put_pools(metrics, exposition, chip, client, &client_peak, "peak");
}

static void put_updated(struct metrics *metrics, struct exposition *exposition,
			const struct metrics_chip *chip, const struct metrics_client *client)
{
	uint64_t seconds;

	if (!metrics_time(metrics, chip, client->stat, "updated_ns", &seconds))
		return;
	begin(exposition, &client_updated, chip, client);
	sample_end(exposition, seconds);
}

void metrics_write_clients(struct metrics *metrics, struct exposition *exposition)
{
	each_client(metrics, exposition, put_info);
	each_client(metrics, exposition, put_used);
	each_client(metrics, exposition, put_peak);
	each_client(metrics, exposition, put_updated);
}

/* ---- control groups ------------------------------------------------------------------------ */

static size_t count(const struct metrics_chip *chip, const struct cgroup *cgroup)
{
	size_t i, nr = 0;

	for (i = 0; i < chip->nr_clients; i++)
		nr += chip->clients[i].cgroup == cgroup;
	return nr;
}

/* A sum of which a part is unknown, or that is too large, is unknown. */
static bool sum(struct metrics *metrics, const struct metrics_chip *chip,
		const struct cgroup *cgroup, const char *pool, uint64_t *sum)
{
	const struct metrics_client *client = chip->clients;
	uint64_t value;

	*sum = 0;
	for (; client < chip->clients + chip->nr_clients; client++) {
		if (client->cgroup != cgroup)
			continue;
		if (!metrics_figure(metrics, chip, client->stat, pool, &value) ||
		    __builtin_add_overflow(*sum, value, sum))
			return false;
	}
	return true;
}

static void put_cgroup(struct exposition *exposition, const struct metric *metric,
		       const struct metrics_chip *chip, const struct cgroup *cgroup,
		       const char *pool, uint64_t value)
{
	sample_begin(exposition, metric);
	sample_label(exposition, "chip", chip->name);
	sample_label(exposition, "cgroup", cgroup->path);
	if (pool)
		metrics_label_pool(exposition, pool);
	sample_end(exposition, value);
}

/* Those that have clients of the chip. */
static void put_clients(struct metrics *metrics, struct exposition *exposition,
			const struct metrics_chip *chip)
{
	const struct cgroup *cgroup;
	size_t i, nr;

	for (i = 0; i < metrics->nr_cgroups; i++) {
		cgroup = metrics->cgroups[i];
		nr = count(chip, cgroup);
		if (nr)
			put_cgroup(exposition, &cgroup_clients, chip, cgroup, NULL, nr);
	}
}

/* Of the pools that the chip has. */
static void put_sums(struct metrics *metrics, struct exposition *exposition,
		     const struct metrics_chip *chip, const struct cgroup *cgroup)
{
	const char *pool = NULL;
	uint64_t value;

	while ((pool = metrics_next_pool(chip->stat, pool)))
		if (sum(metrics, chip, cgroup, pool, &value))
			put_cgroup(exposition, &cgroup_used, chip, cgroup, pool, value);
}

static void put_cgroup_info(struct exposition *exposition, const struct cgroup *cgroup)
{
	sample_begin(exposition, &cgroup_info);
	sample_label(exposition, "cgroup", cgroup->path);
	sample_label(exposition, "runtime", cgroup->runtime);
	sample_label(exposition, "container_id", cgroup->container);
	sample_label(exposition, "pod_uid", cgroup->pod);
	sample_end(exposition, 1);
}

void metrics_write_cgroups(struct metrics *metrics, struct exposition *exposition)
{
	const struct metrics_chip *chip;
	size_t i;

	for (i = 0; i < metrics->nr_cgroups; i++)
		put_cgroup_info(exposition, metrics->cgroups[i]);
	for_each_chip(chip, metrics)
		put_clients(metrics, exposition, chip);
	for_each_chip(chip, metrics)
		for (i = 0; i < metrics->nr_cgroups; i++)
			if (count(chip, metrics->cgroups[i]))
				put_sums(metrics, exposition, chip, metrics->cgroups[i]);
}
