// SPDX-License-Identifier: GPL-2.0
#include <linux/file.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bind_private.h"
#include "carrier.h"
#include "compat.h"
#include "ksyms.h"
#include "progtype.h"
#include "selftest.h"
#include "tracepoints.h"
#include "watchdog.h"

/* Room for the reason of a refusal. */
#define REX_BIND_LOG_MAX 256

/*
 * This mutex serialises BIND and the ends of bindings; it is the outermost lock. Its
 * holder does not wait for readers of RCU that may sleep, since a process can make one
 * of them sleep forever. Nor does it wait for anybody who does: the kernel's mutex of events
 * and the lock of CPU hotplug are not taken below it.
 */
DEFINE_MUTEX(rex_bind_mutex);

/* The kernel answers 1 if the code is as it should be already. Returns 0 or -errno. */
static int bind_poked(int ret)
{
	return ret < 0 ? ret : 0;
}

static int bind_poke_call(const struct rex_carrier_code *code, const void *from,
			  const void *to)
{
	return bind_poked(rex_compat_poke_call(rex_kcall(bpf_arch_text_poke),
					       code->call, (void *)from,
					       (void *)to));
}

static int bind_poke_entry(const struct rex_carrier_code *code,
			   const void *from, const void *to)
{
	return bind_poked(rex_compat_poke_jump(rex_kcall(bpf_arch_text_poke),
					       code->entry, (void *)from,
					       (void *)to));
}

/*
 * Have a carrier lead to the thunk of @to, not to that of @from, which is NULL the first time.
 * A BPF program that tail-calls the carrier gets to the call, all others to the entry.
 */
static int bind_poke(const struct rex_carrier_code *code,
		     const struct rex_prog *from, const struct rex_prog *to)
{
	const void *helper = rex_ksyms.bpf_ktime_get_boot_ns;
	const void *old = from ? (void *)from->thunk : NULL;
	const void *new = (void *)to->thunk;
	int ret;

	if (rex_selftest_fail_step())
		return -EBUSY;
	if (!code->entry)
		return bind_poke_call(code, old ?: helper, new);
	ret = bind_poke_entry(code, old, new);
	if (ret)
		return ret;
	/*
	 * The kernel has no reason to refuse the call now: BIND has found or made it, and it is
	 * as near as the entry. Runs of the new program may be in flight, so nothing is undone;
	 * what a tail call still leads to is kept for good.
	 */
	if (WARN_ON_ONCE(bind_poke_call(code, old ?: helper, new)) && from)
		rex_image_get(from->image);
	return 0;
}

static void bind_set_options(struct rex_prog *prog, const struct rex_bind *args)
{
	if (args->timeout_ms)
		WRITE_ONCE(prog->timeout_ms, args->timeout_ms);
	if (args->flags & REX_BIND_DEFAULT_RET)
		WRITE_ONCE(prog->default_ret, args->default_ret);
}

/*
 * Let a carrier, which leads to @from, lead to @prog. The first run can begin before
 * bind_poke() returns, also on this CPU, and perhaps only the watchdog ends it. So the program
 * gets its options, and is watched, before that.
 */
static int bind_switch(const struct rex_carrier_code *code,
		       const struct rex_prog *from, struct rex_prog *prog,
		       const struct rex_bind *args)
{
	u32 timeout_ms = prog->timeout_ms;
	s32 default_ret = prog->default_ret;
	int ret;

	bind_set_options(prog, args);
	rex_bind_update_watch(prog);
	ret = bind_poke(code, from, prog);
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
 * writes first, and then counts the references. One belongs to the file of the caller's
 * descriptor, one to rex_bind().
 */
static int bind_restrict_carrier(struct bpf_prog *carrier,
				 const struct rex_prog *prog, u32 context_size,
				 struct rex_log *log)
{
	rex_tracepoints_restrict_carrier(carrier, prog, context_size);
	smp_mb(); /* pairs with the atomic increment of the code that attaches it */
	if (atomic64_read(&carrier->aux->refcnt) <= 2)
		return 0;
	rex_log_err(log,
		    "the BPF program is attached, pinned, or opened twice; bind it before");
	return -ETXTBSY;
}

/* Make the first binding of @carrier. Takes over the caller's image reference. */
static int bind_new(struct bpf_prog *carrier, struct rex_prog *prog,
		    const struct rex_bind *args, u32 context_size,
		    struct rex_log *log)
{
	struct rex_binding *binding;
	int ret;

	binding = rex_binding_new(carrier, prog);
	if (!binding)
		return -ENOMEM;
	if (!rex_carrier_find_code(carrier, &binding->code)) {
		rex_log_err(log, "the code of the BPF program has no call");
		ret = -ENOEXEC;
		goto err_free;
	}
	ret = bind_restrict_carrier(carrier, prog, context_size, log);
	if (ret)
		goto err_free;
	/* Cannot fail: the caller's file on our device has a reference. */
	__module_get(THIS_MODULE);
	ret = bind_switch(&binding->code, NULL, prog, args);
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
 * Move a bound carrier. The old image is kept until no run of the old program
 * through this carrier is in flight: the caller waits for @retired, without the
 * mutex. Takes over the caller's reference on the new image.
 */
static int bind_replace(struct rex_binding *binding, struct rex_prog *prog,
			const struct rex_bind *args, u32 context_size,
			struct rex_log *log, struct rex_retired **retired)
{
	struct rex_prog *old = binding->prog;
	struct rex_retired *record;
	int ret;

	if (!rex_tracepoints_fits_restriction(binding->carrier, prog,
					      context_size)) {
		rex_log_err(log,
			    "program %s reads more of its event, takes stacks, or asks for the function's address, and the carrier was bound to one that does not",
			    prog->name);
		return -EPROTOTYPE;
	}
	ret = rex_retired_check_room(log);
	if (ret)
		return ret;
	record = rex_retired_new(old);
	if (!record)
		return -ENOMEM;
	rex_binding_note_frags(binding->carrier, prog);
	ret = bind_switch(&binding->code, old, prog, args);
	if (ret) {
		kfree(record);
		return ret;
	}
	rex_binding_move(binding, prog);
	rex_retired_add(record);
	*retired = record;
	return 0;
}

static int bind_carrier(struct bpf_prog *carrier, struct rex_prog *prog,
			const struct rex_bind *args, struct rex_log *log,
			struct rex_retired **retired)
{
	u32 context_size = rex_tracepoints_context_size(prog);
	struct rex_binding *binding;
	int ret = -EBUSY;

	if (mutex_lock_killable(&rex_bind_mutex))
		return -EINTR;
	binding = rex_binding_find(carrier);
	if (!binding)
		ret = bind_new(carrier, prog, args, context_size, log);
	else if (args->flags & REX_BIND_REPLACE)
		ret = bind_replace(binding, prog, args, context_size, log,
				   retired);
	mutex_unlock(&rex_bind_mutex);
	return ret;
}

static struct bpf_prog *bind_get_carrier(int fd)
{
	struct bpf_prog *carrier = rex_kcall(bpf_prog_get)(fd);

	/* The kernel's error for a descriptor of another kind is EINVAL. */
	return IS_ERR(carrier) ? ERR_PTR(-EBADF) : carrier;
}

/*
 * bind_restrict_carrier() counts a reference for the file of the descriptor. So the caller
 * keeps the file until the binding is made: another thread may close the descriptor, or give
 * it to another file meanwhile. Returns NULL if that has happened already.
 */
static struct file *bind_get_file(int fd, const struct bpf_prog *carrier)
{
	struct file *file = fget(fd);

	if (file && file->private_data != carrier) {
		fput(file);
		return NULL;
	}
	return file;
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
	rex_log_err(log,
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
	struct file *file;
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
	file = bind_get_file(args->prog_fd, carrier);
	ret = file ? rex_carrier_check(carrier, prog, log) : -EBADF;
	if (!ret)
		ret = bind_carrier(carrier, prog, args, log, &retired);
	if (file)
		fput(file);
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
	if (mutex_lock_killable(&rex_bind_mutex)) {
		prog = ERR_PTR(-EINTR);
		goto put_carrier;
	}
	binding = rex_binding_find(carrier);
	if (binding) {
		prog = binding->prog;
		rex_image_get(prog->image);
	}
	mutex_unlock(&rex_bind_mutex);
put_carrier:
	bpf_prog_put(carrier);
	return prog;
}
