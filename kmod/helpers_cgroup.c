// SPDX-License-Identifier: GPL-2.0
/*
 * The cgroups of tasks and of packets.
 *
 * The kernel frees a cgroup after a grace period of RCU, which begins when nothing refers
 * to the cgroup any more. A run is an RCU read side from its beginning until it ends or is
 * parked. So it can use a cgroup that it has found meanwhile, with no reference of its
 * own, and that cgroup's ancestors, on which each cgroup has a reference.
 */
#include <linux/cgroup.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>

#include <net/inet_sock.h>
#include <net/sock.h>

#include "helpers.h"

#ifdef CONFIG_CGROUPS

/* A task has a set of cgroups, which changes when the task moves, until the task is freed. */
struct cgroup *rex_task_cgroup(struct task_struct *task)
{
	struct cgroup *cgroup;

	rcu_read_lock();
	cgroup = task_dfl_cgroup(task);
	rcu_read_unlock();
	return cgroup;
}

u64 rex_cgroup_id(const struct cgroup *cgroup)
{
	return cgroup_id(cgroup);
}

struct cgroup *rex_cgroup_ancestor(struct cgroup *cgroup, s32 level)
{
	return cgroup_ancestor(cgroup, level);
}

#else /* no program can have a cgroup */

struct cgroup *rex_task_cgroup(struct task_struct *task)
{
	return NULL;
}

u64 rex_cgroup_id(const struct cgroup *cgroup)
{
	return 0;
}

struct cgroup *rex_cgroup_ancestor(struct cgroup *cgroup, s32 level)
{
	return NULL;
}

#endif /* CONFIG_CGROUPS */

#ifdef CONFIG_SOCK_CGROUP_DATA

/*
 * A socket has a reference on its cgroup until the socket is freed. A request for a
 * connection has the listening socket's, and a connection that is closing has none.
 */
struct cgroup *rex_skb_cgroup(const struct sk_buff *skb)
{
	struct sock *sk = skb_to_full_sk(skb);

	if (!sk || !sk_fullsock(sk))
		return NULL;
	return sock_cgroup_ptr(&sk->sk_cgrp_data);
}

#else

struct cgroup *rex_skb_cgroup(const struct sk_buff *skb)
{
	return NULL;
}

#endif /* CONFIG_SOCK_CGROUP_DATA */
