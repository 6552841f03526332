// SPDX-License-Identifier: GPL-2.0
/* The arguments of REX_IOC_LOAD, and copies of what they point to. */
#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "load_private.h"
#include "selftest.h"

/* The log takes no more kernel memory than this, however large the caller's buffer. */
#define LOG_MAX SZ_1M

static bool load_name_is_valid(const char *name)
{
	size_t i, len = strnlen(name, REX_NAME_LEN);

	if (len == REX_NAME_LEN)
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(name[i]) || !isprint(name[i]) || isspace(name[i]))
			return false;
	return true;
}

int rex_load_check_args(const struct rex_load *args)
{
	if (args->flags & ~(REX_LOAD_RESTART | REX_LOAD_TIME_RUNS) ||
	    args->reserved || args->reserved2 ||
	    args->log_level > REX_LOG_DEBUG)
		return -EINVAL;
	if (!(args->flags & REX_LOAD_RESTART) != !args->restarts_per_min)
		return -EINVAL;
	if (args->log_level && args->log_size && !args->log_buf)
		return -EINVAL;
	if (!load_name_is_valid(args->name))
		return -EINVAL;
	if (args->elf_size > REX_MAX_ELF_SIZE)
		return -EFBIG;
	if (args->nr_maps > REX_MAX_MAPS)
		return -EINVAL;
	if (args->nr_configs > REX_MAX_CONFIGS)
		return -EINVAL;
	if (args->heap_size > REX_MAX_HEAP)
		return -EFBIG;
	return 0;
}

void rex_load_init_log(struct rex_log *log, const struct rex_load *args)
{
	size_t size = min_t(size_t, args->log_size, LOG_MAX);

	rex_log_init(log, NULL, args->log_level ? size : 0, args->log_level);
}

/*
 * A load leaves the memory of its object for the next load, if that is no larger than this: the
 * kernel clears new memory, which the object then overwrites. There is one such spare, so that
 * loads that are under way at the same time have memory that is charged to their cgroup.
 */
#define SPARE_SIZE SZ_256K

struct load_object {
	bool is_spare;
	u8 data[] __aligned(16);
};

static struct load_object *load_spare;
static unsigned long load_has_spare; /* bit 0 */

/* Returns the spare, unless another load uses it or there is no memory for it. */
static struct load_object *load_take_spare(void)
{
	struct load_object *object = xchg(&load_spare, NULL);

	if (object || test_and_set_bit(0, &load_has_spare))
		return object;
	object = kvmalloc(SPARE_SIZE, REX_GFP_KEPT);
	if (!object)
		clear_bit(0, &load_has_spare);
	else
		object->is_spare = true;
	return object;
}

static void *load_alloc_object(size_t size)
{
	struct load_object *object = NULL;

	if (rex_selftest_fail_step())
		return NULL;
	if (REX_REUSES_MEMORY && struct_size(object, data, size) <= SPARE_SIZE)
		object = load_take_spare();
	if (!object) {
		object = kvmalloc(struct_size(object, data, size), REX_GFP);
		if (!object)
			return NULL;
		object->is_spare = false;
	}
	return object->data;
}

static void load_free_object(void *data)
{
	struct load_object *object;

	if (!data)
		return;
	object = container_of(data, struct load_object, data[0]);
	if (object->is_spare)
		object = xchg(&load_spare,
			      object); /* NULL: there is one spare */
	kvfree(object);
}

void rex_load_exit(void)
{
	kvfree(load_spare);
}

void rex_load_free_input(struct rex_load_input *in)
{
	kvfree(in->log.buf);
	kvfree(in->fds);
	kvfree(in->configs);
	load_free_object(in->elf);
}

static void *load_copy_in(u64 from, size_t size)
{
	void *mem = NULL;

	if (!rex_selftest_fail_step())
		mem = kvmalloc(max_t(size_t, size, 1), REX_GFP);
	if (!mem)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(mem, u64_to_user_ptr(from), size)) {
		kvfree(mem);
		return ERR_PTR(-EFAULT);
	}
	return mem;
}

int rex_load_copy_input(struct rex_load_input *in, const struct rex_load *args)
{
	int ret;

	in->elf = load_alloc_object(args->elf_size);
	if (!in->elf)
		return -ENOMEM;
	if (copy_from_user(in->elf, u64_to_user_ptr(args->elf), args->elf_size))
		return -EFAULT;
	in->fds = load_copy_in(args->maps, args->nr_maps * sizeof(*in->fds));
	if (IS_ERR(in->fds)) {
		ret = PTR_ERR(in->fds);
		in->fds = NULL;
		return ret;
	}
	in->configs = load_copy_in(args->configs,
				   args->nr_configs * sizeof(*in->configs));
	if (IS_ERR(in->configs)) {
		ret = PTR_ERR(in->configs);
		in->configs = NULL;
		return ret;
	}
	return 0;
}

int rex_load_copy_log(const struct rex_log *log, struct rex_load *args)
{
	const char *text = log->buf ?: "";

	args->log_len = args->log_level ? log->len + 1 : 0;
	if (!log->size)
		return 0;
	if (copy_to_user(u64_to_user_ptr(args->log_buf), text,
			 log->buf ? min(log->len + 1, log->size) : 1))
		return -EFAULT;
	return 0;
}
