// SPDX-License-Identifier: GPL-2.0
/*
 * Values of maps that belong to an object of the kernel, and go with it.
 *
 * The object has a list of its values, one of each map. The kernel changes the list under
 * a lock, with interrupts off, and frees a value when a grace period of RCU has passed
 * since it left the list. A run is an RCU read side, so a value is found without a lock,
 * in any context, and is there until the run ends.
 *
 * To make a value, the kernel takes that lock, the lock of a bucket of the map, and before
 * 6.4 memory of kmalloc(); to delete one, the two locks, and that of a queue of RCU. All
 * of them are held with interrupts off. So values are made and deleted only where
 * interrupts are on: nothing below the run on this CPU has any of the locks. The kernel
 * also counts, for each CPU, who is in local storage, and fails on top of that; its counter
 * is what keeps programs within it apart that come with interrupts on.
 */
#include <linux/bpf.h>
#include <linux/bpf_local_storage.h>
#include <linux/gfp.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "helpers.h"
#include "ksyms.h"
#include "nowait.h"
#include "run.h"

/*
 * An object has as many values as there are maps of this kind, and userspace makes those:
 * a run that is killed meanwhile does not go through all of them.
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
	hlist_for_each_entry_rcu(elem, &storage->list, snode)
	{
		if (rcu_access_pointer(elem->sdata.smap) == smap)
			return elem->sdata.data;
		if (rex_run_is_marked(run, REX_RUN_KILLED_BIT))
			break;
	}
	return NULL;
}

static u64 storage_kernel_get(struct bpf_map *map, struct task_struct *task,
			      const void *value)
{
	u64 flags = BPF_LOCAL_STORAGE_GET_F_CREATE;

	if (rex_khas(bpf_task_storage_get_recur))
		return rex_kcall(bpf_task_storage_get_recur)(
			(u64)map, (u64)task, (u64)value, flags, GFP_ATOMIC);
	if (rex_khas(bpf_task_storage_get))
		return rex_kcall(bpf_task_storage_get)(
			(u64)map, (u64)task, (u64)value, flags, GFP_ATOMIC);
	return 0;
}

static s64 storage_kernel_delete(struct bpf_map *map, struct task_struct *task)
{
	if (rex_khas(bpf_task_storage_delete_recur))
		return rex_kcall(bpf_task_storage_delete_recur)(
			(u64)map, (u64)task, 0, 0, 0);
	if (rex_khas(bpf_task_storage_delete))
		return rex_kcall(bpf_task_storage_delete)((u64)map, (u64)task,
							  0, 0, 0);
	return -EOPNOTSUPP;
}

void *rex_task_storage_get(struct bpf_map *map, struct task_struct *task,
			   const void *value, u64 flags)
{
	struct rex_nowait nowait;
	void *found;

	if (flags & ~(u64)BPF_LOCAL_STORAGE_GET_F_CREATE)
		return NULL;
	rcu_read_lock();
	found = storage_find(&task->bpf_storage, map);
	if (!found && flags && !rex_nowait_begin(&nowait, map->map_type)) {
		found = (void *)storage_kernel_get(map, task, value);
		rex_nowait_end(&nowait);
	}
	rcu_read_unlock();
	return found;
}

s64 rex_task_storage_delete(struct bpf_map *map, struct task_struct *task)
{
	struct rex_nowait nowait;
	s64 ret = rex_nowait_begin(&nowait, map->map_type);

	if (ret)
		return ret;
	rcu_read_lock();
	ret = storage_kernel_delete(map, task);
	rcu_read_unlock();
	rex_nowait_end(&nowait);
	return ret;
}
