// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "elf.h"
#include "image.h"
#include "load.h"
#include "maps.h"
#include "security.h"
#include "selftest.h"

/* Kernel memory for the log, however large the caller's buffer is. */
#define LOG_MAX SZ_1M

/* What the ioctl points to, copied. */
struct load_input {
	void *elf;
	struct rex_map_fd *fds;
	struct rex_log log;
};

static bool name_is_valid(const char *name)
{
	size_t i, len = strnlen(name, REX_NAME_LEN);

	if (len == REX_NAME_LEN)
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(name[i]) || !isprint(name[i]) || isspace(name[i]))
			return false;
	return true;
}

static int check_args(const struct rex_load *args)
{
	if (args->flags & ~(REX_LOAD_RESTART | REX_LOAD_TIME_RUNS) ||
	    args->reserved || args->log_level > REX_LOG_DEBUG)
		return -EINVAL;
	if (!(args->flags & REX_LOAD_RESTART) != !args->restarts_per_min)
		return -EINVAL;
	if (args->log_level && args->log_size && !args->log_buf)
		return -EINVAL;
	if (!name_is_valid(args->name))
		return -EINVAL;
	if (args->elf_size > REX_MAX_ELF_SIZE)
		return -EFBIG;
	if (args->nr_maps > REX_MAX_MAPS)
		return -EINVAL;
	if (args->heap_size > REX_MAX_HEAP)
		return -EFBIG;
	return 0;
}

static int init_log(struct rex_log *log, const struct rex_load *args)
{
	size_t size = min_t(size_t, args->log_size, LOG_MAX);
	char *buf = NULL;

	if (args->log_level && size) {
		buf = kvzalloc(size, GFP_KERNEL_ACCOUNT);
		if (!buf)
			return -ENOMEM;
	}
	rex_log_init(log, buf, buf ? size : 0, args->log_level);
	return 0;
}

static void free_input(struct load_input *in)
{
	kvfree(in->log.buf);
	kvfree(in->fds);
	kvfree(in->elf);
}

static void *copy_in(u64 from, size_t size)
{
	void *mem = NULL;

	if (!rex_selftest_fail_step())
		mem = kvmalloc(max_t(size_t, size, 1), GFP_KERNEL_ACCOUNT);
	if (!mem)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(mem, u64_to_user_ptr(from), size)) {
		kvfree(mem);
		return ERR_PTR(-EFAULT);
	}
	return mem;
}

static int copy_input(struct load_input *in, const struct rex_load *args)
{
	int ret;

	in->elf = copy_in(args->elf, args->elf_size);
	if (IS_ERR(in->elf)) {
		ret = PTR_ERR(in->elf);
		in->elf = NULL;
		return ret;
	}
	in->fds = copy_in(args->maps, args->nr_maps * sizeof(*in->fds));
	if (IS_ERR(in->fds)) {
		ret = PTR_ERR(in->fds);
		in->fds = NULL;
		return ret;
	}
	return 0;
}

/* The log goes out whether the load succeeded or not. */
static int copy_log(const struct rex_log *log, struct rex_load *args)
{
	args->log_len = args->log_level ? log->len + 1 : 0;
	if (!log->buf)
		return 0;
	if (copy_to_user(u64_to_user_ptr(args->log_buf), log->buf,
			 min(log->len + 1, log->size)))
		return -EFAULT;
	return 0;
}

static struct rex_image *create(const struct rex_elf *elf,
				const struct rex_load *args,
				struct load_input *in)
{
	struct bpf_map **maps;
	struct rex_image *image;
	int ret;

	if (rex_selftest_fail_step())
		return ERR_PTR(-ENOMEM);
	maps = kvcalloc(max(elf->nr_maps, 1u), sizeof(*maps), GFP_KERNEL);
	if (!maps)
		return ERR_PTR(-ENOMEM);
	ret = rex_maps_match(elf, in->fds, args->nr_maps, maps, &in->log);
	if (ret) {
		kvfree(maps);
		return ERR_PTR(ret);
	}
	image = rex_image_create(
		&(struct rex_image_source){
			.elf = elf,
			.name = args->name,
			.maps = maps,
			.restarts_per_min = args->restarts_per_min,
			.heap_size = args->heap_size,
			.timed = args->flags & REX_LOAD_TIME_RUNS,
		},
		&in->log);
	rex_maps_put(maps, elf->nr_maps);
	return image;
}

static struct rex_image *parse_and_create(const struct rex_load *args,
					  struct load_input *in)
{
	struct rex_image *image;
	struct rex_elf elf;
	int ret;

	ret = rex_security_may_load(&in->log);
	if (!ret)
		ret = copy_input(in, args);
	if (!ret)
		ret = rex_security_check_object(in->elf, args->elf_size,
						&in->log);
	if (!ret)
		ret = rex_elf_parse(&elf, in->elf, args->elf_size, &in->log);
	if (ret)
		return ERR_PTR(ret);
	image = create(&elf, args, in);
	rex_elf_free(&elf);
	return image;
}

int rex_load(struct rex_load *args)
{
	struct load_input in = {};
	struct rex_image *image;
	int ret, fd;

	ret = check_args(args);
	if (!ret)
		ret = init_log(&in.log, args);
	if (ret)
		return ret;
	image = parse_and_create(args, &in);
	ret = copy_log(&in.log, args);
	if (IS_ERR(image)) {
		ret = PTR_ERR(image);
		goto out_free;
	}
	if (ret) {
		rex_image_put(image);
		goto out_free;
	}
	fd = rex_image_new_fd(image);
	if (fd < 0)
		rex_image_put(image);
	ret = fd;
out_free:
	free_input(&in);
	return ret;
}
