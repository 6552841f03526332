// SPDX-License-Identifier: GPL-2.0
/*
 * How we learn that the kernel frees a carrier: an ftrace hook on
 * bpf_prog_free(), which is called once for each BPF program, after the grace
 * period behind its last use. A kprobe there would do, but a kprobe is missed
 * when it hits while another kprobe's handler runs on the same CPU, and a
 * handler that runs with interrupts on (ours does: programs run in it) can be
 * interrupted by just the softirq that frees programs. An ftrace hook that asks for
 * no guard against recursion loses nothing.
 */
#include <linux/filter.h>
#include <linux/ftrace.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate_trace.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "bind.h"
#include "compat.h"
#include "events.h"
#include "ksyms.h"
#include "testhook.h"
#include "watch.h"

/**
 * struct rex_binding - a carrier and its program
 * @node:	in rex_bindings, by @carrier; removed when that is freed
 * @freed:	on the list of bindings to end
 * @carrier:	the BPF program; only compared, never dereferenced, unless the
 *		caller has a reference
 * @call:	address of the call in its JITed code
 * @prog:	the program; changed by REPLACE, under rex_bind_mutex
 */
struct rex_binding {
	struct hlist_node node;
	struct llist_node freed;
	const struct bpf_prog *carrier;
	u8 *call;
	struct rex_prog *prog;
};

/* Serialises BIND and the ends of bindings: outermost lock. */
static DEFINE_MUTEX(rex_bind_mutex);
/* Protects the chains; taken by the hook in any context but NMI. */
static DEFINE_RAW_SPINLOCK(rex_bind_lock);
static DEFINE_HASHTABLE(rex_bindings, 8);
static LLIST_HEAD(freed_bindings);

static struct rex_binding *find_binding(const struct bpf_prog *carrier)
{
	struct rex_binding *binding;

	hash_for_each_possible(rex_bindings, binding, node,
			       (unsigned long)carrier)
		if (binding->carrier == carrier)
			return binding;
	return NULL;
}

/* The watchdog looks as often as the strictest of the bound programs needs. */
static void update_watch(void)
{
	struct rex_binding *binding;
	u32 shortest = 0;
	int bucket;

	raw_spin_lock_irq(&rex_bind_lock);
	hash_for_each(rex_bindings, bucket, binding, node) {
		u32 timeout = READ_ONCE(binding->prog->timeout_ms);

		if (!shortest || timeout < shortest)
			shortest = timeout;
	}
	raw_spin_unlock_irq(&rex_bind_lock);
	rex_watch_set(shortest);
}

static void put_binding(struct rex_binding *binding)
{
	atomic_dec(&binding->prog->nr_bindings);
	rex_image_put(binding->prog->image);
	kfree(binding);
	module_put(THIS_MODULE);
}

/* A work item, since the last reference on an image cannot go in an RCU callback. */
static void end_freed_bindings(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&freed_bindings);
	struct rex_binding *binding, *next;

	mutex_lock(&rex_bind_mutex);
	llist_for_each_entry_safe(binding, next, list, freed)
		put_binding(binding);
	update_watch();
	mutex_unlock(&rex_bind_mutex);
}

static DECLARE_WORK(end_work, end_freed_bindings);

/*
 * The address of the carrier may be used for a new program as soon as this
 * returns: the binding leaves the table here.
 */
static void notrace on_prog_free(unsigned long ip, unsigned long parent_ip,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
	const struct bpf_prog *carrier = (void *)ftrace_get_regs(fregs)->di;
	struct rex_binding *binding;
	unsigned long flags;

	raw_spin_lock_irqsave(&rex_bind_lock, flags);
	binding = find_binding(carrier);
	if (binding)
		hash_del(&binding->node);
	raw_spin_unlock_irqrestore(&rex_bind_lock, flags);
	if (binding && llist_add(&binding->freed, &freed_bindings))
		schedule_work(&end_work);
}

/*
 * FL_PERMANENT: sysctl kernel.ftrace_enabled cannot be cleared while we depend
 * on the hook. No FL_RECURSION, which asks ftrace for a guard: the hook calls nothing
 * that frees a program, and a guard could turn an event away.
 */
static struct ftrace_ops free_hook = {
	.func = on_prog_free,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT,
};

/*
 * The carrier's one call of its helper, in code that we know only roughly (the
 * JIT may put a prologue, call-depth accounting or padding around it).
 */
static u8 *find_call(const struct bpf_prog *carrier, const void *target)
{
	u8 *code = (u8 *)carrier->bpf_func;
	u32 i;

	for (i = 0; i + 5 <= carrier->jited_len; i++) {
		s32 rel;

		memcpy(&rel, &code[i + 1], sizeof(rel));
		if (code[i] == 0xe8 && &code[i + 5] + rel == target)
			return &code[i];
	}
	return NULL;
}

static int poke_call(u8 *call, const void *from, const void *to)
{
	int ret;

	if (rex_testhook_fail_step())
		return -EBUSY;
	ret = rex_compat_poke_call(rex_kcall(bpf_arch_text_poke), call,
				   (void *)from, (void *)to);
	/* 1: the call has the new target already. */
	return ret < 0 ? ret : 0;
}

static void set_options(struct rex_prog *prog, const struct rex_bind *args)
{
	if (args->timeout_ms)
		WRITE_ONCE(prog->timeout_ms, args->timeout_ms);
	if (args->flags & REX_BIND_DEFAULT_RET)
		WRITE_ONCE(prog->default_ret, args->default_ret);
}

/* The first binding of @carrier. Takes over the caller's image reference. */
static int bind_new(struct bpf_prog *carrier, struct rex_prog *prog)
{
	struct rex_binding *binding;
	int ret;

	if (rex_testhook_fail_step())
		return -ENOMEM;
	binding = kzalloc(sizeof(*binding), GFP_KERNEL);
	if (!binding)
		return -ENOMEM;
	binding->carrier = carrier;
	binding->prog = prog;
	binding->call = find_call(carrier, rex_ksyms.bpf_ktime_get_boot_ns);
	ret = -ENOEXEC;
	if (!binding->call)
		goto err_free;
	rex_events_restrict_carrier(carrier, prog);
	/* Cannot fail: the caller's file on our device has a reference. */
	__module_get(THIS_MODULE);
	ret = poke_call(binding->call, rex_ksyms.bpf_ktime_get_boot_ns,
			(void *)prog->thunk);
	if (ret)
		goto err_put_module;
	atomic_inc(&prog->nr_bindings);
	raw_spin_lock_irq(&rex_bind_lock);
	hash_add(rex_bindings, &binding->node, (unsigned long)carrier);
	raw_spin_unlock_irq(&rex_bind_lock);
	return 0;

err_put_module:
	module_put(THIS_MODULE);
err_free:
	kfree(binding);
	return ret;
}

/*
 * Move a bound carrier. Runs of the old program through this carrier are RCU
 * read sides, and so is the carrier itself, of one flavour or the other: kernels
 * from 6.13 on call it preemptibly from tracepoints of system calls. The old
 * image is kept until they are over. Takes over the caller's reference on the
 * new image.
 */
static int bind_replace(struct rex_binding *binding, struct rex_prog *prog)
{
	struct rex_prog *old = binding->prog;
	int ret;

	if (!rex_events_fits_restriction(binding->carrier, prog))
		return -EPROTOTYPE;
	ret = poke_call(binding->call, (void *)old->thunk, (void *)prog->thunk);
	if (ret)
		return ret;
	atomic_inc(&prog->nr_bindings);
	binding->prog = prog;
	synchronize_rcu_tasks_trace();
	synchronize_rcu();
	atomic_dec(&old->nr_bindings);
	rex_image_put(old->image);
	return 0;
}

static int bind_locked(struct bpf_prog *carrier, struct rex_prog *prog,
		       const struct rex_bind *args)
{
	struct rex_binding *binding;
	int ret;

	/* @carrier has a reference: its binding cannot end meanwhile. */
	raw_spin_lock_irq(&rex_bind_lock);
	binding = find_binding(carrier);
	raw_spin_unlock_irq(&rex_bind_lock);
	if (!binding)
		ret = bind_new(carrier, prog);
	else if (args->flags & REX_BIND_REPLACE)
		ret = bind_replace(binding, prog);
	else
		ret = -EBUSY;
	if (ret)
		return ret;
	set_options(prog, args);
	update_watch();
	return 0;
}

/*
 * What the context of an XDP program has beyond the packet: only those that run
 * for an entry of a devmap have a device that the packet goes to.
 */
static bool same_context(const struct bpf_prog *carrier,
			 const struct rex_prog *prog)
{
	return prog->type != BPF_PROG_TYPE_XDP ||
	       (carrier->expected_attach_type == BPF_XDP_DEVMAP) ==
		       (prog->attach_type == BPF_XDP_DEVMAP);
}

/*
 * A sleepable carrier is no RCU read side while it is between its call and our
 * thunk.
 */
static int check_carrier(const struct bpf_prog *carrier,
			 const struct rex_prog *prog)
{
	if (carrier->type != prog->type || !same_context(carrier, prog))
		return -EPROTOTYPE;
	if (rex_events_check_carrier(carrier, prog))
		return -EPROTOTYPE;
	if (!carrier->jited || rex_compat_prog_sleepable(carrier))
		return -ENOEXEC;
	return 0;
}

static struct bpf_prog *get_carrier(int fd)
{
	struct bpf_prog *carrier = rex_kcall(bpf_prog_get)(fd);

	/* The kernel says EINVAL for a descriptor of another kind. */
	return IS_ERR(carrier) ? ERR_PTR(-EBADF) : carrier;
}

int rex_bind(const struct rex_bind *args)
{
	struct rex_image *image;
	struct bpf_prog *carrier;
	struct rex_prog *prog;
	int ret;

	if (args->flags & ~(REX_BIND_REPLACE | REX_BIND_DEFAULT_RET))
		return -EINVAL;
	if (strnlen(args->entry, REX_NAME_LEN) == REX_NAME_LEN)
		return -EINVAL;
	if (args->default_ret && !(args->flags & REX_BIND_DEFAULT_RET))
		return -EINVAL;
	if (rex_watch_refuses(args->timeout_ms))
		return -ERANGE;
	image = rex_image_from_fd(args->image_fd);
	if (IS_ERR(image))
		return PTR_ERR(image);
	ret = -ENOENT;
	prog = rex_image_find_prog(image, args->entry);
	if (!prog)
		goto err_put_image;
	carrier = get_carrier(args->prog_fd);
	ret = PTR_ERR_OR_ZERO(carrier);
	if (ret)
		goto err_put_image;
	ret = check_carrier(carrier, prog);
	if (!ret) {
		mutex_lock(&rex_bind_mutex);
		ret = bind_locked(carrier, prog, args);
		mutex_unlock(&rex_bind_mutex);
	}
	bpf_prog_put(carrier);
	if (!ret)
		return 0;
err_put_image:
	rex_image_put(image);
	return ret;
}

struct rex_prog *rex_bind_find(int prog_fd)
{
	struct bpf_prog *carrier = get_carrier(prog_fd);
	struct rex_prog *prog = ERR_PTR(-ENOENT);
	struct rex_binding *binding;

	if (IS_ERR(carrier))
		return ERR_CAST(carrier);
	mutex_lock(&rex_bind_mutex);
	raw_spin_lock_irq(&rex_bind_lock);
	binding = find_binding(carrier);
	raw_spin_unlock_irq(&rex_bind_lock);
	if (binding) {
		prog = binding->prog;
		rex_image_get(prog->image);
	}
	mutex_unlock(&rex_bind_mutex);
	bpf_prog_put(carrier);
	return prog;
}

int __init rex_bind_init(void)
{
	int ret =
		ftrace_set_filter_ip(&free_hook, rex_ksyms.bpf_prog_free, 0, 0);

	if (!ret)
		ret = register_ftrace_function(&free_hook);
	if (ret)
		pr_err("cannot hook bpf_prog_free (%d); is kernel.ftrace_enabled 0?\n",
		       ret);
	return ret;
}

/* No binding is left, else the module could not be unloaded. */
void rex_bind_exit(void)
{
	unregister_ftrace_function(&free_hook);
	ftrace_free_filter(&free_hook);
	flush_work(&end_work);
}
