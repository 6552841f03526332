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
 * CPU, which makes nested calls with interrupts on fail.
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

static u64 storage_kernel_get(struct bpf_map *map, struct task_struct *task,
			      const void *value)
{
	u64 flags = BPF_LOCAL_STORAGE_GET_F_CREATE;
	u64 gfp = (__force u64)GFP_ATOMIC;

	if (rex_khas(bpf_task_storage_get_recur))
		return rex_kcall(
			bpf_task_storage_get_recur)((u64)map, (u64)task,
						    (u64)value, flags, gfp);
	if (rex_khas(bpf_task_storage_get))
		return rex_kcall(bpf_task_storage_get)((u64)map, (u64)task,
						       (u64)value, flags, gfp);
	return 0;
}

static s64 storage_kernel_delete(struct bpf_map *map, struct task_struct *task)
{
	if (rex_khas(bpf_task_storage_delete_recur))
		return rex_kcall(bpf_task_storage_delete_recur)((u64)map,
								(u64)task, 0, 0,
								0);
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
