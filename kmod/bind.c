// SPDX-License-Identifier: GPL-2.0
/*
 * An ftrace hook on bpf_prog_free() reports that the kernel frees a carrier. The kernel
 * calls the function once for each BPF program, after the grace period that follows its
 * last use. A kprobe would not do: it is missed when it hits while another kprobe's
 * handler runs on the same CPU. Programs run in such handlers with interrupts on, and the
 * softirq that frees programs can interrupt them. An ftrace hook that asks for no guard
 * against recursion misses nothing.
 */
#include <linux/completion.h>
#include <linux/filter.h>
#include <linux/ftrace.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate_trace.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "bind.h"
#include "carrier.h"
#include "compat.h"
#include "ksyms.h"
#include "progtype.h"
#include "selftest.h"
#include "tracepoints.h"
#include "watchdog.h"

/* Room for the reason of a refusal. */
#define REX_BIND_LOG_MAX 256

/**
 * struct rex_binding - a carrier and its program
 * @node:	in rex_bindings, by @carrier; removed when that is freed
 * @freed:	on the list of bindings to end
 * @carrier:	the BPF program; only compared, never dereferenced, unless the
 *		caller has a reference
 * @call:	address of the call in its JITed code
 * @prog:	the program; changed by REPLACE, under rex_bind_mutex and rex_bind_lock
 * @missed:	events that the carrier had lost when it was bound to @prog
 */
struct rex_binding {
	struct hlist_node node;
	struct llist_node freed;
	const struct bpf_prog *carrier;
	u8 *call;
	struct rex_prog *prog;
	u64 missed;
};

/**
 * struct rex_retired - a program that a carrier was moved away from
 *
 * Runs of the program may be in flight. The record has references on its image and on
 * this module.
 * @rcu:	for the grace period
 * @over:	on the list of records whose grace period is over
 * @node:	in rex_retired
 * @prog:	the program; bound until the runs are over
 * @done:	the runs are over, and the references are gone
 * @users:	bind_end_retired(), and the caller of BIND until it gives up waiting
 */
struct rex_retired {
	struct rcu_head rcu;
	struct llist_node over;
	struct list_head node;
	struct rex_prog *prog;
	struct completion done;
	refcount_t users;
};

/*
 * This mutex serialises BIND and the ends of bindings; it is the outermost lock. Its
 * holder does not wait for readers of RCU that may sleep, since a process can make one
 * of them sleep forever.
 */
static DEFINE_MUTEX(rex_bind_mutex);
/* Under rex_bind_mutex. */
static LIST_HEAD(rex_retired);
static unsigned int bind_nr_retired;
static LLIST_HEAD(over_retired);
/* This lock protects the chains, and rex_prog.missed. The hook takes it in any context but NMI. */
static DEFINE_RAW_SPINLOCK(rex_bind_lock);
static DEFINE_HASHTABLE(rex_bindings, 8);
static LLIST_HEAD(freed_bindings);

static struct rex_binding *bind_find_locked(const struct bpf_prog *carrier)
{
	struct rex_binding *binding;

	hash_for_each_possible(rex_bindings, binding, node,
			       (unsigned long)carrier)
		if (binding->carrier == carrier)
			return binding;
	return NULL;
}

/*
 * Find the binding of a carrier, or NULL. The caller has a reference on the carrier, so
 * that the binding cannot end meanwhile.
 */
static struct rex_binding *rex_binding_find(const struct bpf_prog *carrier)
{
	struct rex_binding *binding;

	raw_spin_lock_irq(&rex_bind_lock);
	binding = bind_find_locked(carrier);
	raw_spin_unlock_irq(&rex_bind_lock);
	return binding;
}

/* The events that a carrier, which is not freed yet, has lost. Any context. */
static u64 bind_carrier_missed(const struct bpf_prog *carrier)
{
	u64 missed = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		missed += u64_stats_read(
			&per_cpu_ptr(carrier->stats, cpu)->misses);
	return missed;
}

/* The events that the carrier has lost since it is bound to its program. */
static u64 bind_missed(const struct rex_binding *binding)
{
	return bind_carrier_missed(binding->carrier) - binding->missed;
}

/* The kernel does not free a carrier while the hook waits for this lock. */
u64 rex_bind_count_missed(const struct rex_prog *prog)
{
	struct rex_binding *binding;
	u64 missed;
	int bucket;

	raw_spin_lock_irq(&rex_bind_lock);
	missed = prog->missed;
	hash_for_each(rex_bindings, bucket, binding, node)
		if (binding->prog == prog)
			missed += bind_missed(binding);
	raw_spin_unlock_irq(&rex_bind_lock);
	return missed;
}

/* The shorter one of a timeout, which is 0 if there is none, and that of @prog. */
static u32 rex_bind_stricter(u32 timeout, const struct rex_prog *prog)
{
	return timeout ? min(timeout, prog->timeout_ms) : prog->timeout_ms;
}

/* The shortest timeout of the programs that carriers were moved away from, or 0. */
static u32 rex_retired_timeout(void)
{
	const struct rex_retired *old;
	u32 shortest = 0;

	list_for_each_entry(old, &rex_retired, node)
		shortest = rex_bind_stricter(shortest, old->prog);
	return shortest;
}

/*
 * Have the watchdog look as often as the strictest program requires: of the bound
 * programs, of those that may still run, and of @next, which a carrier is about to call,
 * if it is not NULL.
 */
static void rex_bind_update_watch(const struct rex_prog *next)
{
	struct rex_binding *binding;
	u32 shortest;
	int bucket;

	lockdep_assert_held(&rex_bind_mutex);
	shortest = rex_retired_timeout();
	if (next)
		shortest = rex_bind_stricter(shortest, next);
	raw_spin_lock_irq(&rex_bind_lock);
	hash_for_each(rex_bindings, bucket, binding, node)
		shortest = rex_bind_stricter(shortest, binding->prog);
	raw_spin_unlock_irq(&rex_bind_lock);
	rex_watchdog_set(shortest);
}

/* The caller sets @call. */
static struct rex_binding *rex_binding_new(const struct bpf_prog *carrier,
					   struct rex_prog *prog)
{
	struct rex_binding *binding;

	if (rex_selftest_fail_step())
		return NULL;
	binding = kzalloc(sizeof(*binding), REX_GFP);
	if (!binding)
		return NULL;
	binding->carrier = carrier;
	binding->prog = prog;
	binding->missed = bind_carrier_missed(carrier);
	return binding;
}

/* The carrier calls the program. From here on the binding ends with the carrier. */
static void rex_binding_add(struct rex_binding *binding)
{
	atomic_inc(&binding->prog->nr_bindings);
	raw_spin_lock_irq(&rex_bind_lock);
	hash_add(rex_bindings, &binding->node, (unsigned long)binding->carrier);
	raw_spin_unlock_irq(&rex_bind_lock);
}

/* The carrier calls @prog now. The old program counts as bound until its runs are over. */
static void rex_binding_move(struct rex_binding *binding, struct rex_prog *prog)
{
	atomic_inc(&prog->nr_bindings);
	raw_spin_lock_irq(&rex_bind_lock);
	binding->prog->missed += bind_missed(binding);
	binding->missed = bind_carrier_missed(binding->carrier);
	binding->prog = prog;
	raw_spin_unlock_irq(&rex_bind_lock);
}

static void bind_put_binding(struct rex_binding *binding)
{
	atomic_dec(&binding->prog->nr_bindings);
	rex_image_put(binding->prog->image);
	kfree(binding);
	module_put(THIS_MODULE);
}

/* This is a work item, since an RCU callback cannot put the last reference on an image. */
static void bind_end_freed_bindings(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&freed_bindings);
	struct rex_binding *binding, *next;

	mutex_lock(&rex_bind_mutex);
	llist_for_each_entry_safe(binding, next, list, freed)
		bind_put_binding(binding);
	rex_bind_update_watch(NULL);
	mutex_unlock(&rex_bind_mutex);
}

static DECLARE_WORK(end_work, bind_end_freed_bindings);

/*
 * The kernel frees a BPF program, perhaps a carrier, and may use its address for a new
 * program as soon as this returns: the binding leaves the table here. Any context but NMI.
 */
static void notrace rex_binding_end(const struct bpf_prog *carrier)
{
	struct rex_binding *binding;
	unsigned long flags;

	raw_spin_lock_irqsave(&rex_bind_lock, flags);
	binding = bind_find_locked(carrier);
	if (binding) {
		hash_del(&binding->node);
		binding->prog->missed += bind_missed(binding);
	}
	raw_spin_unlock_irqrestore(&rex_bind_lock, flags);
	if (binding && llist_add(&binding->freed, &freed_bindings))
		schedule_work(&end_work);
}

/* Wait until no binding is being ended. */
static void rex_bindings_flush(void)
{
	flush_work(&end_work);
}

/* ---- programs that carriers were moved away from ---- */

static struct rex_retired *rex_retired_new(struct rex_prog *prog)
{
	struct rex_retired *old;

	if (rex_selftest_fail_step())
		return NULL;
	old = kzalloc(sizeof(*old), REX_GFP);
	if (!old)
		return NULL;
	old->prog = prog;
	init_completion(&old->done);
	refcount_set(&old->users, 2);
	return old;
}

static void bind_put_retired(struct rex_retired *old)
{
	if (refcount_dec_and_test(&old->users))
		kfree(old);
}

/*
 * Runs are read sides of RCU, and so is the carrier itself, of one flavour or the
 * other: kernels from 6.13 on call it preemptibly from tracepoints of system calls.
 * The readers that may sleep are done by now. The callback that reported it ran with
 * softirqs off, so that it is over as well when the module's reference goes.
 */
static void bind_end_retired(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&over_retired);
	struct rex_retired *old, *next;

	synchronize_rcu();
	mutex_lock(&rex_bind_mutex);
	llist_for_each_entry(old, list, over) {
		list_del(&old->node);
		bind_nr_retired--;
		atomic_dec(&old->prog->nr_bindings);
	}
	rex_bind_update_watch(NULL);
	mutex_unlock(&rex_bind_mutex);
	llist_for_each_entry_safe(old, next, list, over) {
		rex_image_put(old->prog->image);
		module_put(THIS_MODULE);
		complete(&old->done);
		bind_put_retired(old);
	}
}

static DECLARE_WORK(retired_work, bind_end_retired);

static void bind_on_sleepers_done(struct rcu_head *rcu)
{
	struct rex_retired *old = container_of(rcu, struct rex_retired, rcu);

	if (llist_add(&old->over, &over_retired))
		schedule_work(&retired_work);
}

/* No carrier calls the program any more. This takes over a reference on its image. */
static void rex_retired_add(struct rex_retired *old)
{
	/* Cannot fail: the caller's file on our device has a reference. */
	__module_get(THIS_MODULE);
	list_add(&old->node, &rex_retired);
	bind_nr_retired++;
	call_rcu_tasks_trace(&old->rcu, bind_on_sleepers_done);
}

/* Wait until no run is in flight, or the caller is killed. Nothing else waits here. */
static void rex_retired_await(struct rex_retired *old)
{
	wait_for_completion_killable(&old->done);
	bind_put_retired(old);
}

static void rex_retired_flush(void)
{
	flush_work(&retired_work);
}

/* ---- carriers ---- */

/* rex_bind_init() uses this BPF program to test whether the hook is called. */
static const struct bpf_prog *hook_test;
static DECLARE_COMPLETION(hook_test_freed);

static void notrace bind_on_prog_free(unsigned long ip, unsigned long parent_ip,
				      struct ftrace_ops *ops,
				      struct ftrace_regs *fregs)
{
	const struct bpf_prog *carrier = (void *)ftrace_get_regs(fregs)->di;

	rex_binding_end(carrier);
	if (carrier == READ_ONCE(hook_test))
		complete(&hook_test_freed);
}

/*
 * With FL_PERMANENT, sysctl kernel.ftrace_enabled cannot be cleared while bindings
 * depend on the hook. FL_RECURSION is not set, which asks ftrace for a guard: the hook
 * calls nothing that frees a program, and a guard could miss an event.
 */
static struct ftrace_ops free_hook = {
	.func = bind_on_prog_free,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT,
};

static int bind_poke_call(u8 *call, const void *from, const void *to)
{
	int ret;

	if (rex_selftest_fail_step())
		return -EBUSY;
	ret = rex_compat_poke_call(rex_kcall(bpf_arch_text_poke), call,
				   (void *)from, (void *)to);
	/* The kernel answers 1 if the call has the new target already. */
	return ret < 0 ? ret : 0;
}

static void bind_set_options(struct rex_prog *prog, const struct rex_bind *args)
{
	if (args->timeout_ms)
		WRITE_ONCE(prog->timeout_ms, args->timeout_ms);
	if (args->flags & REX_BIND_DEFAULT_RET)
		WRITE_ONCE(prog->default_ret, args->default_ret);
}

/*
 * Let the carrier's call, which leads to @from, lead to @prog. The first run can begin
 * before bind_poke_call() returns, also on this CPU, and perhaps only the watchdog ends
 * it. So the program gets its options, and is watched, before that.
 */
static int bind_switch_call(u8 *call, const void *from, struct rex_prog *prog,
			    const struct rex_bind *args)
{
	u32 timeout_ms = prog->timeout_ms;
	s32 default_ret = prog->default_ret;
	int ret;

	bind_set_options(prog, args);
	rex_bind_update_watch(prog);
	ret = bind_poke_call(call, from, (void *)prog->thunk);
	if (!ret)
		return 0;
	WRITE_ONCE(prog->timeout_ms, timeout_ms);
	WRITE_ONCE(prog->default_ret, default_ret);
	rex_bind_update_watch(NULL);
	return ret;
}

/*
 * The kernel looks at what a carrier reads and requires when it attaches it, so that
 * has to be written before. Code that has attached the carrier, or is about to, gets a
 * reference before the kernel looks. This function does the same in the other order: it
 * writes first, and then counts the references. One belongs to the caller's descriptor,
 * one to rex_bind().
 */
static int bind_restrict_carrier(struct bpf_prog *carrier,
				 const struct rex_prog *prog,
				 struct rex_log *log)
{
	rex_tracepoints_restrict_carrier(carrier, prog);
	smp_mb(); /* pairs with the atomic increment of the code that attaches it */
	if (atomic64_read(&carrier->aux->refcnt) <= 2)
		return 0;
	rex_log_err(
		log,
		"the BPF program is attached, pinned, or opened twice; bind it before");
	return -ETXTBSY;
}

/* Make the first binding of @carrier. Takes over the caller's image reference. */
static int bind_new(struct bpf_prog *carrier, struct rex_prog *prog,
		    const struct rex_bind *args, struct rex_log *log)
{
	struct rex_binding *binding;
	int ret;

	binding = rex_binding_new(carrier, prog);
	if (!binding)
		return -ENOMEM;
	binding->call = rex_carrier_find_call(carrier);
	ret = -ENOEXEC;
	if (!binding->call) {
		rex_log_err(log, "the code of the BPF program has no call");
		goto err_free;
	}
	ret = bind_restrict_carrier(carrier, prog, log);
	if (ret)
		goto err_free;
	/* Cannot fail: the caller's file on our device has a reference. */
	__module_get(THIS_MODULE);
	ret = bind_switch_call(binding->call, rex_ksyms.bpf_ktime_get_boot_ns,
			       prog, args);
	if (ret)
		goto err_put_module;
	rex_binding_add(binding);
	return 0;

err_put_module:
	module_put(THIS_MODULE);
err_free:
	kfree(binding);
	return ret;
}

/*
 * A caller that is killed leaves its record behind, and a process that sleeps in a BPF
 * program decides for how long. Each record keeps an image, so their number has a limit.
 */
static int rex_retired_check_room(struct rex_log *log)
{
	lockdep_assert_held(&rex_bind_mutex);
	if (bind_nr_retired < REX_MAX_REPLACED)
		return 0;
	rex_log_err(
		log,
		"runs of %u programs that carriers were moved away from are waited for, perhaps because a sleepable BPF program sleeps; try again later",
		bind_nr_retired);
	return -EAGAIN;
}

/*
 * Move a bound carrier. The old image is kept until no run of the old program
 * through this carrier is in flight: the caller waits for @retired, without the
 * mutex. Takes over the caller's reference on the new image.
 */
static int bind_replace(struct rex_binding *binding, struct rex_prog *prog,
			const struct rex_bind *args, struct rex_log *log,
			struct rex_retired **retired)
{
	struct rex_prog *old = binding->prog;
	struct rex_retired *record;
	int ret;

	if (!rex_tracepoints_fits_restriction(binding->carrier, prog)) {
		rex_log_err(
			log,
			"program %s reads more of its event, or takes stacks, and the carrier was bound to one that does not",
			prog->name);
		return -EPROTOTYPE;
	}
	ret = rex_retired_check_room(log);
	if (ret)
		return ret;
	record = rex_retired_new(old);
	if (!record)
		return -ENOMEM;
	ret = bind_switch_call(binding->call, (void *)old->thunk, prog, args);
	if (ret) {
		kfree(record);
		return ret;
	}
	rex_binding_move(binding, prog);
	rex_retired_add(record);
	*retired = record;
	return 0;
}

static int bind_locked(struct bpf_prog *carrier, struct rex_prog *prog,
		       const struct rex_bind *args, struct rex_log *log,
		       struct rex_retired **retired)
{
	struct rex_binding *binding = rex_binding_find(carrier);

	if (!binding)
		return bind_new(carrier, prog, args, log);
	if (args->flags & REX_BIND_REPLACE)
		return bind_replace(binding, prog, args, log, retired);
	return -EBUSY;
}

static struct bpf_prog *bind_get_carrier(int fd)
{
	struct bpf_prog *carrier = rex_kcall(bpf_prog_get)(fd);

	/* The kernel's error for a descriptor of another kind is EINVAL. */
	return IS_ERR(carrier) ? ERR_PTR(-EBADF) : carrier;
}

static int bind_check_args(const struct rex_bind *args)
{
	if (args->flags & ~(REX_BIND_REPLACE | REX_BIND_DEFAULT_RET))
		return -EINVAL;
	if (strnlen(args->entry, REX_NAME_LEN) == REX_NAME_LEN)
		return -EINVAL;
	if (args->default_ret && !(args->flags & REX_BIND_DEFAULT_RET))
		return -EINVAL;
	if (rex_watchdog_refuses(args->timeout_ms))
		return -ERANGE;
	if (args->reserved || (args->log_size && !args->log_buf))
		return -EINVAL;
	return 0;
}

static int bind_check_default_ret(const struct rex_prog *prog,
				  const struct rex_bind *args,
				  struct rex_log *log)
{
	const struct rex_prog_kind *kind = prog->kind;

	if (!(args->flags & REX_BIND_DEFAULT_RET))
		return 0;
	if (args->default_ret >= kind->min_ret &&
	    args->default_ret <= kind->max_ret)
		return 0;
	rex_log_err(
		log,
		"a default of %d for program %s: one of type %s is from %d to %d",
		args->default_ret, prog->name, kind->name, kind->min_ret,
		kind->max_ret);
	return -EINVAL;
}

/* Takes over the caller's reference on the image, if it succeeds. */
static int bind_image(struct rex_image *image, const struct rex_bind *args,
		      struct rex_log *log)
{
	struct rex_prog *prog = rex_image_find_prog(image, args->entry);
	struct rex_retired *retired = NULL;
	struct bpf_prog *carrier;
	int ret;

	if (!prog) {
		rex_log_err(log, "the image has no program \"%s\"",
			    args->entry);
		return -ENOENT;
	}
	ret = bind_check_default_ret(prog, args, log);
	if (ret)
		return ret;
	carrier = bind_get_carrier(args->prog_fd);
	if (IS_ERR(carrier))
		return PTR_ERR(carrier);
	ret = rex_carrier_check(carrier, prog, log);
	if (!ret) {
		mutex_lock(&rex_bind_mutex);
		ret = bind_locked(carrier, prog, args, log, &retired);
		mutex_unlock(&rex_bind_mutex);
	}
	bpf_prog_put(carrier);
	/* The carrier is moved, whether the caller learns of it or is killed. */
	if (retired)
		rex_retired_await(retired);
	return ret;
}

int rex_bind(const struct rex_bind *args)
{
	char text[REX_BIND_LOG_MAX];
	struct rex_image *image;
	struct rex_log log;
	int ret;

	ret = bind_check_args(args);
	if (ret)
		return ret;
	rex_log_init(&log, text, min_t(size_t, args->log_size, sizeof(text)),
		     REX_LOG_ERROR);
	image = rex_image_from_fd(args->image_fd);
	if (IS_ERR(image))
		return PTR_ERR(image);
	ret = bind_image(image, args, &log);
	if (!ret)
		return 0;
	rex_image_put(image);
	if (log.size && copy_to_user(u64_to_user_ptr(args->log_buf), log.buf,
				     min(log.len + 1, log.size)))
		return -EFAULT;
	return ret;
}

struct rex_prog *rex_bind_find(int prog_fd)
{
	struct bpf_prog *carrier = bind_get_carrier(prog_fd);
	struct rex_prog *prog = ERR_PTR(-ENOENT);
	struct rex_binding *binding;

	if (IS_ERR(carrier))
		return ERR_CAST(carrier);
	mutex_lock(&rex_bind_mutex);
	binding = rex_binding_find(carrier);
	if (binding) {
		prog = binding->prog;
		rex_image_get(prog->image);
	}
	mutex_unlock(&rex_bind_mutex);
	bpf_prog_put(carrier);
	return prog;
}

/* No binding and no retired program is left, else the module could not be unloaded. */
void rex_bind_exit(void)
{
	unregister_ftrace_function(&free_hook);
	ftrace_free_filter(&free_hook);
	rex_bindings_flush();
	rex_retired_flush();
}

/* RCU's grace periods may be long on a machine that is busy. */
#define HOOK_TEST_TIMEOUT (10 * HZ)

/*
 * Test that carriers of the running kernel look as this file expects, and that the hook
 * sees the end of one. A compiler may have copied bpf_prog_free() to its callers, and a
 * binding without an end would outlive its carrier.
 */
static int __init bind_test_hook(void)
{
	struct bpf_prog *carrier = rex_carrier_load_test();
	int ret = 0;

	if (IS_ERR(carrier))
		return PTR_ERR(carrier);
	WRITE_ONCE(hook_test, carrier);
	bpf_prog_put(carrier);
	if (!wait_for_completion_timeout(&hook_test_freed, HOOK_TEST_TIMEOUT)) {
		pr_err("the kernel frees BPF programs without bpf_prog_free()\n");
		ret = -ENOEXEC;
	}
	WRITE_ONCE(hook_test, NULL);
	return ret;
}

int __init rex_bind_init(void)
{
	int ret =
		ftrace_set_filter_ip(&free_hook, rex_ksyms.bpf_prog_free, 0, 0);

	if (!ret)
		ret = register_ftrace_function(&free_hook);
	if (ret) {
		pr_err("cannot hook bpf_prog_free (%d); is kernel.ftrace_enabled 0?\n",
		       ret);
		return ret;
	}
	ret = bind_test_hook();
	if (ret)
		rex_bind_exit();
	return ret;
}
