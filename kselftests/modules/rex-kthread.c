// SPDX-License-Identifier: GPL-2.0
/*
 * A thread of the kernel that borrows the memory of a process, as vhost has on older kernels, and
 * makes a socket, at which tests have sleepable programs.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mmu_context.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <net/net_namespace.h>

static struct task_struct *thread;
static struct mm_struct *mm;
static DECLARE_COMPLETION(done);

static int make_socket(void *unused)
{
	struct socket *sock;

	kthread_use_mm(mm);
	if (!sock_create_kern(&init_net, AF_UNIX, SOCK_DGRAM, 0, &sock))
		sock_release(sock);
	kthread_unuse_mm(mm);
	mmput(mm);
	/* The kernel completes it after the thread has left this module. */
	kthread_complete_and_exit(&done, 0);
}

/* 1: make the thread, which has the memory of the caller. 2: let it go, and wait for its end. */
static int set_step(const char *val, const struct kernel_param *kp)
{
	if (sysfs_streq(val, "1") && !thread) {
		thread = kthread_create(make_socket, NULL, "rex_kthread");
		if (IS_ERR(thread)) {
			int err = PTR_ERR(thread);

			thread = NULL;
			return err;
		}
		get_task_struct(thread);
		__module_get(THIS_MODULE);
		mm = current->mm;
		mmget(mm);
		return 0;
	}
	if (sysfs_streq(val, "2") && thread) {
		int err;

		wake_up_process(thread);
		err = wait_for_completion_killable(&done);
		if (err)
			return err;
		put_task_struct(thread);
		thread = NULL;
		module_put(THIS_MODULE);
		return 0;
	}
	return -EINVAL;
}

static int get_step(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", thread ? thread->pid : 0);
}

static const struct kernel_param_ops step_ops = {
	.set = set_step,
	.get = get_step,
};
module_param_cb(step, &step_ops, NULL, 0600);
MODULE_PARM_DESC(step, "1, then 2; it reads as the number of the thread");

static int __init rex_kthread_init(void)
{
	return 0;
}
module_init(rex_kthread_init);

/* The thread has ended: it had a reference on this module. */
static void __exit rex_kthread_exit(void)
{
}
module_exit(rex_kthread_exit);

MODULE_DESCRIPTION("A thread of the kernel for the tests of rex.ko");
MODULE_LICENSE("GPL");
