// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "helpers.h"
#include "ksyms.h"

struct task_struct *rex_get_current_task(void)
{
	return current;
}

u64 rex_get_current_pid_tgid(void)
{
	return (u64)current->tgid << 32 | (u32)current->pid;
}

u64 rex_get_current_uid_gid(void)
{
	kuid_t uid;
	kgid_t gid;

	current_uid_gid(&uid, &gid);
	return (u64)from_kgid(&init_user_ns, gid) << 32 |
	       from_kuid(&init_user_ns, uid);
}

s64 rex_get_current_comm(char *buf, u32 size)
{
	if (!size)
		return -EINVAL;
	strscpy_pad(buf, current->comm, size);
	return 0;
}

u64 rex_get_current_cgroup_id(void)
{
	if (!rex_ksyms.bpf_get_current_cgroup_id)
		return 0;
	return rex_ksyms.bpf_get_current_cgroup_id(0, 0, 0, 0, 0);
}

u64 rex_get_current_ancestor_cgroup_id(s32 level)
{
	if (!rex_ksyms.bpf_get_current_ancestor_cgroup_id)
		return 0;
	return rex_ksyms.bpf_get_current_ancestor_cgroup_id(level, 0, 0, 0, 0);
}

s64 rex_send_signal(u32 sig)
{
	return rex_ksyms.bpf_send_signal(sig, 0, 0, 0, 0);
}

s64 rex_send_signal_thread(u32 sig)
{
	return rex_ksyms.bpf_send_signal_thread(sig, 0, 0, 0, 0);
}
