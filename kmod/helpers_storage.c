// SPDX-License-Identifier: GPL-2.0
/*
 * Values of maps that belong to an object of the kernel, and are freed with it.
 *
 * The object has a list of its values, one of each map. The kernel changes the
 * list under a lock, with interrupts off, and frees a removed value after a
 * grace period of RCU. A run is an RCU read side, so it finds a value without a
 * lock, in any context, and the value is valid until the run ends.
 *
 * To make a value, the kernel takes that lock, the lock of a bucket of the map,
 * and before 6.4 memory of kmalloc(). To delete one, it takes the two locks and
 * that of a queue of RCU. All of them are held with interrupts off. So values
 * are only made and deleted with interrupts on, when no code below the run on
 * this CPU can hold any of the locks. The kernel also has a counter for each
 * CPU and kind of object, which makes nested calls with interrupts on fail.
 *
 * The memory of a value that a program deletes is freed after a grace period of RCU Tasks
 * Trace. A process can prolong that as long as it wants, in a sleepable program that waits
 * for its memory. The kernel charges the memory to the cgroup of the map's maker, but
 * exceeds the cgroup's limit for an allocation that may not wait. So values that programs
 * have deleted are counted, and there is a limit.
 */
#include <linux/bpf.h>
#include <linux/bpf_local_storage.h>
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_trace.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "compat.h"
#include "helpers.h"
#include "ksyms.h"
#include "mapkind.h"
#include "nowait.h"
#include "run.h"
#include "selftest.h"

/*
 * An object can have a value for each map of this kind, and userspace decides
 * how many there are. A killed run does not search all of them.
 */
static void *storage_find(struct bpf_local_storage __rcu *const *owner,
			  const struct bpf_map *map)
{
	const struct bpf_local_storage_map *smap =
		container_of(map, const struct bpf_local_storage_map, map);
	const struct rex_run *run = rex_run_current();
	struct bpf_local_storage *storage = rcu_dereference(*owner);
	struct bpf_local_storage_data *data;
	struct bpf_local_storage_elem *elem;

	if (!storage)
		return NULL;
	data = rcu_dereference(storage->cache[smap->cache_idx]);
	if (data && rcu_access_pointer(data->smap) == smap)
		return data->data;
	hlist_for_each_entry_rcu(elem, &storage->list, snode) {
		if (rcu_access_pointer(elem->sdata.smap) == smap)
			return elem->sdata.data;
		if (rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			break;
	}
	return NULL;
}

/*
 * Makes a value of a map that has values of tasks, or of cgroups. Of two calls for the
 * same owner, one makes the value and the other one returns it.
 */
static u64 storage_kernel_get(struct bpf_map *map, void *owner,
			      const void *value)
{
	u64 flags = BPF_LOCAL_STORAGE_GET_F_CREATE;
	u64 gfp = (__force u64)GFP_ATOMIC;

	if (map->map_type == BPF_MAP_TYPE_CGRP_STORAGE) {
		if (rex_khas(bpf_cgrp_storage_get))
			return rex_kcall(
				bpf_cgrp_storage_get)((u64)map, (u64)owner,
						      (u64)value, flags, gfp);
		return 0;
	}
	if (rex_khas(bpf_task_storage_get_recur))
		return rex_kcall(
			bpf_task_storage_get_recur)((u64)map, (u64)owner,
						    (u64)value, flags, gfp);
	if (rex_khas(bpf_task_storage_get))
		return rex_kcall(bpf_task_storage_get)((u64)map, (u64)owner,
						       (u64)value, flags, gfp);
	return 0;
}

static s64 storage_kernel_delete(struct bpf_map *map, void *owner)
{
	if (map->map_type == BPF_MAP_TYPE_CGRP_STORAGE) {
		if (rex_khas(bpf_cgrp_storage_delete))
			return rex_kcall(bpf_cgrp_storage_delete)((u64)map,
								  (u64)owner, 0,
								  0, 0);
		return -EOPNOTSUPP;
	}
	if (rex_khas(bpf_task_storage_delete_recur))
		return rex_kcall(bpf_task_storage_delete_recur)((u64)map,
								(u64)owner, 0,
								0, 0);
	if (rex_khas(bpf_task_storage_delete))
		return rex_kcall(bpf_task_storage_delete)((u64)map, (u64)owner,
							  0, 0, 0);
	return -EOPNOTSUPP;
}

static void *storage_get(struct bpf_map *map, void *owner,
			 struct bpf_local_storage __rcu *const *values,
			 const void *value, u64 flags)
{
	struct rex_nowait nowait;
	void *found;

	if (flags & ~(u64)BPF_LOCAL_STORAGE_GET_F_CREATE)
		return NULL;
	rcu_read_lock();
	found = storage_find(values, map);
	if (!found && flags && !rex_nowait_begin(&nowait, map->map_type)) {
		found = (void *)storage_kernel_get(map, owner, value);
		rex_nowait_end(&nowait);
	}
	rcu_read_unlock();
	return found;
}

/* ---- deleted values that are not free yet ---- */

/* The bytes of deleted values, of all images, that may not be free: -EBUSY above. */
#define STORAGE_MAX_DELETED SZ_16M

/* Of values that are deleted, or are about to be. */
static atomic_long_t storage_reserved;

/* Of values that the kernel has queued. */
static atomic_long_t storage_deleted;

/*
 * A callback that is queued after the values whose bytes it covers. While it is queued, it
 * has a reference on this module.
 */
static struct {
	struct rcu_head rcu;
	atomic_t is_queued;
	long covers;
} storage_marker;

static void storage_queue_marker(void);

/* The callback runs with softirqs off, so it is over before the module's memory goes. */
static void storage_on_freed(struct rcu_head *rcu)
{
	atomic_long_sub(storage_marker.covers, &storage_deleted);
	atomic_long_sub(storage_marker.covers, &storage_reserved);
	/* A full barrier: who finds the marker queued has been counted before. */
	atomic_xchg(&storage_marker.is_queued, 0);
	if (atomic_long_read(&storage_deleted))
		storage_queue_marker();
	module_put(THIS_MODULE);
}

static void storage_queue_marker(void)
{
	if (atomic_cmpxchg(&storage_marker.is_queued, 0, 1))
		return;
	/* Cannot fail: the program's binding has a reference, or the marker has. */
	__module_get(THIS_MODULE);
	storage_marker.covers = atomic_long_read(&storage_deleted);
	call_rcu_tasks_trace(&storage_marker.rcu, storage_on_freed);
}

/* An element, which has the value at its end, and the list that it was the last one of. */
static long storage_bytes_of(const struct bpf_map *map)
{
	return sizeof(struct bpf_local_storage_elem) +
	       round_up(map->value_size, 8) + sizeof(struct bpf_local_storage);
}

static s64 storage_delete(struct bpf_map *map, void *owner)
{
	long bytes = storage_bytes_of(map);
	struct rex_nowait nowait;
	s64 ret;

	if (atomic_long_add_return(bytes, &storage_reserved) >
		    STORAGE_MAX_DELETED &&
	    !rex_selftest_undeleted())
		ret = -EBUSY;
	else
		ret = rex_nowait_begin(&nowait, map->map_type);
	if (ret)
		goto out;
	rcu_read_lock();
	ret = storage_kernel_delete(map, owner);
	rcu_read_unlock();
	if (!ret) {
		atomic_long_add_return(bytes, &storage_deleted);
		storage_queue_marker();
	}
	rex_nowait_end(&nowait);
out:
	if (ret)
		atomic_long_sub(bytes, &storage_reserved);
	return ret;
}

void *rex_task_storage_get(struct bpf_map *map, struct task_struct *task,
			   const void *value, u64 flags)
{
	return storage_get(map, task, &task->bpf_storage, value, flags);
}

s64 rex_task_storage_delete(struct bpf_map *map, struct task_struct *task)
{
	return storage_delete(map, task);
}

/* The kernel makes no value for a cgroup that is being removed. */
void *rex_cgrp_storage_get(struct bpf_map *map, struct cgroup *cgroup,
			   const void *value, u64 flags)
{
	struct bpf_local_storage __rcu *const *values =
		rex_compat_cgroup_storage(cgroup);

	return values ? storage_get(map, cgroup, values, value, flags) : NULL;
}

s64 rex_cgrp_storage_delete(struct bpf_map *map, struct cgroup *cgroup)
{
	if (!rex_compat_cgroup_storage(cgroup))
		return -EOPNOTSUPP;
	return storage_delete(map, cgroup);
}
