// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bind.h"
#include "dev.h"
#include "image.h"
#include "image_info.h"
#include "load.h"
#include "stack.h"

static long dev_do_version(void *arg)
{
	struct rex_version *version = arg;

	version->abi = REX_ABI_VERSION;
	version->features = REX_FEATURE_OVERRIDE_RETURN;
	memset(version->module, 0, sizeof(version->module));
	strscpy(version->module, THIS_MODULE->version, sizeof(version->module));
	version->cpu_memory = rex_stack_cpu_memory();
	return 0;
}

static long dev_do_load(void *arg)
{
	return rex_load(arg);
}

static long dev_do_bind(void *arg)
{
	return rex_bind(arg);
}

static long dev_do_image_info(void *arg)
{
	struct rex_image_info *info = arg;
	struct rex_image *image = rex_image_from_fd(info->image_fd);

	if (IS_ERR(image))
		return PTR_ERR(image);
	rex_image_fill_info(image, info);
	rex_image_put(image);
	return 0;
}

/*
 * Find the program that the caller names by a carrier, or by an image and an index.
 * It has a reference on its image.
 */
static struct rex_prog *dev_get_prog(int image_fd, int prog_fd, u32 index)
{
	struct rex_image *image;

	if (image_fd == -1)
		return rex_bind_find(prog_fd);
	if (prog_fd != -1)
		return ERR_PTR(-EINVAL);
	image = rex_image_from_fd(image_fd);
	if (IS_ERR(image))
		return ERR_CAST(image);
	if (index >= image->nr_progs) {
		rex_image_put(image);
		return ERR_PTR(-ENOENT);
	}
	return &image->ctl->progs[index];
}

static long dev_do_prog_info(void *arg)
{
	struct rex_prog_info *info = arg;
	struct rex_prog *prog;
	int ret;

	if (info->flags || info->reserved)
		return -EINVAL;
	prog = dev_get_prog(info->image_fd, info->prog_fd, info->index);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	rex_image_fill_prog_info(prog, info);
	ret = rex_image_put_map_ids(prog->image, info);
	rex_image_put(prog->image);
	return ret;
}

static long dev_do_next_fault(struct rex_fault_info *info)
{
	struct rex_image *image;
	int ret;

	if (info->prog_fd != -1 || info->index || info->number)
		return -EINVAL;
	image = rex_image_from_fd(info->image_fd);
	if (IS_ERR(image))
		return PTR_ERR(image);
	ret = rex_image_next_fault(image, info);
	rex_image_put(image);
	return ret;
}

static long dev_do_fault_info(void *arg)
{
	struct rex_fault_info *info = arg;
	struct rex_prog *prog;
	int ret;

	if (info->flags & ~REX_FAULT_NEXT || info->lost)
		return -EINVAL;
	if (info->flags & REX_FAULT_NEXT)
		return dev_do_next_fault(info);
	prog = dev_get_prog(info->image_fd, info->prog_fd, info->index);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	ret = rex_image_fill_fault_info(prog, info);
	rex_image_put(prog->image);
	return ret;
}

/**
 * struct rex_ioctl - an ioctl
 * @cmd:	its number
 * @size:	of its struct, as this module knows it
 * @min_size:	of its struct, as first published
 * @handler:	called with a kernel copy of the struct, zero-extended; what it
 *		returns is the ioctl's result, and the struct is copied back in
 *		any case, if @cmd says that the caller reads it
 * @flags:	DEV_*
 */
struct rex_ioctl {
	unsigned int cmd;
	u32 size;
	u32 min_size;
	long (*handler)(void *arg);
	u32 flags;
};

/* The ioctl has succeeded even if its struct cannot be copied back. */
#define DEV_HAS_EFFECT 0x01
/* The handler checks the caller's rights, to report which one is missing. */
#define DEV_CHECKS_RIGHTS 0x02

#define REX_IOCTL(ioc, type, last_field, function, ...)           \
	{                                                         \
		.cmd = (ioc), .size = sizeof(struct type),        \
		.min_size = offsetofend(struct type, last_field), \
		.handler = (function), __VA_ARGS__                \
	}

static const struct rex_ioctl rex_ioctls[] = {
	REX_IOCTL(REX_IOC_VERSION, rex_version, module, dev_do_version),
	REX_IOCTL(REX_IOC_LOAD, rex_load, reserved, dev_do_load,
		  .flags = DEV_HAS_EFFECT | DEV_CHECKS_RIGHTS),
	REX_IOCTL(REX_IOC_BIND, rex_bind, default_ret, dev_do_bind),
	REX_IOCTL(REX_IOC_IMAGE_INFO, rex_image_info, restarts,
		  dev_do_image_info),
	REX_IOCTL(REX_IOC_PROG_INFO, rex_prog_info, section, dev_do_prog_info),
	REX_IOCTL(REX_IOC_FAULT_INFO, rex_fault_info, trace, dev_do_fault_info),
};

/* Room for every struct. */
union rex_ioctl_arg {
	u32 size;
	struct rex_version version;
	struct rex_load load;
	struct rex_bind bind;
	struct rex_image_info image_info;
	struct rex_prog_info prog_info;
	struct rex_fault_info fault_info;
};

/* Find by type and nr: the size is part of the number, and a newer caller's differs. */
static const struct rex_ioctl *dev_find_ioctl(unsigned int cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rex_ioctls); i++)
		if (_IOC_TYPE(cmd) == REX_IOC_MAGIC &&
		    _IOC_NR(cmd) == _IOC_NR(rex_ioctls[i].cmd) &&
		    _IOC_DIR(cmd) == _IOC_DIR(rex_ioctls[i].cmd))
			return &rex_ioctls[i];
	return NULL;
}

static long rex_dev_ioctl(struct file *file, unsigned int cmd,
			  unsigned long user_arg)
{
	const struct rex_ioctl *ioctl = dev_find_ioctl(cmd);
	void __user *user = (void __user *)user_arg;
	union rex_ioctl_arg *arg;
	u32 size;
	long ret;

	if (!ioctl)
		return -ENOTTY;
	/* The file may have been passed to a process with fewer rights. */
	if (!(ioctl->flags & DEV_CHECKS_RIGHTS) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < ioctl->min_size)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	arg = kzalloc(sizeof(*arg), GFP_KERNEL);
	if (!arg)
		return -ENOMEM;
	ret = copy_struct_from_user(arg, ioctl->size, user, size);
	if (ret)
		goto out;
	ret = ioctl->handler(arg);
	arg->size = size;
	/*
	 * Last, when nothing can be undone: an ioctl with an effect reports nothing
	 * that its caller could not do without.
	 */
	if ((_IOC_DIR(ioctl->cmd) & _IOC_READ) &&
	    copy_to_user(user, arg, min(size, ioctl->size)) && ret >= 0 &&
	    !(ioctl->flags & DEV_HAS_EFFECT))
		ret = -EFAULT;
out:
	kfree(arg);
	return ret;
}

static int rex_dev_open(struct inode *inode, struct file *file)
{
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static const struct file_operations rex_dev_fops = {
	.owner = THIS_MODULE,
	.open = rex_dev_open,
	.unlocked_ioctl = rex_dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice rex_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "rex",
	.mode = 0600,
	.fops = &rex_dev_fops,
};

int __init rex_dev_init(void)
{
	return misc_register(&rex_dev);
}

void rex_dev_exit(void)
{
	misc_deregister(&rex_dev);
}
