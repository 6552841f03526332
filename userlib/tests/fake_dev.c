// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "../internal.h"
#include "fake_dev.h"

struct fake_dev fake_dev;

void fake_dev_reset(void)
{
	memset(&fake_dev, 0, sizeof(fake_dev));
	fake_dev.abi = REX_ABI_VERSION;
	fake_dev.fail_errno = EIO;
}

static int fake_version(struct rex_version *version)
{
	version->abi = fake_dev.abi;
	version->features = REX_FEATURE_OVERRIDE_RETURN;
	strcpy(version->module, "fake");
	return 0;
}

static void fake_write_log(struct rex_load *load)
{
	const char *log = fake_dev.log ? fake_dev.log : "";

	load->log_len = strlen(log) + 1;
	if (load->log_level && load->log_size)
		snprintf((char *)(uintptr_t)load->log_buf, load->log_size, "%s",
			 log);
}

static int fake_load(struct rex_load *load)
{
	fake_dev.loads++;
	fake_dev.load = *load;
	memcpy(fake_dev.elf_ident, (void *)(uintptr_t)load->elf, 4);
	if (load->nr_maps > FAKE_MAX)
		return -EINVAL;
	memcpy(fake_dev.maps, (void *)(uintptr_t)load->maps,
	       load->nr_maps * sizeof(fake_dev.maps[0]));
	fake_dev.image = eventfd(fake_dev.faults, EFD_CLOEXEC | EFD_SEMAPHORE);
	return fake_dev.image;
}

static int fake_bind(const struct rex_bind *bind)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (fake_dev.binds == FAKE_MAX)
		return -EINVAL;
	if (bpf_obj_get_info_by_fd(bind->prog_fd, &info, &len))
		return -EBADF;
	fake_dev.bound_prog_id[fake_dev.binds] = info.id;
	fake_dev.bind[fake_dev.binds++] = *bind;
	return 0;
}

static int fake_prog_info(struct rex_prog_info *info)
{
	fake_dev.prog_info = *info;
	info->runs = 42;
	return 0;
}

static int fake_fault_info(struct rex_fault_info *info)
{
	eventfd_t one;

	fake_dev.fault_info = *info;
	if (info->flags & REX_FAULT_NEXT) {
		if (!fake_dev.faults)
			return -EAGAIN;
		eventfd_read(info->image_fd, &one);
		fake_dev.faults--;
		info->index = 1;
	}
	info->cause = REX_FAULT_PANIC;
	info->number = 7;
	strcpy(info->message, "two\nlines");
	strcpy(info->file, "main.rs");
	info->line = 12;
	info->column = 5;
	return 0;
}

int rex_dev_call(unsigned long request, void *arg)
{
	int ret = -ENOTTY;

	if (request == REX_IOC_LOAD)
		fake_write_log(arg);
	if (++fake_dev.calls == fake_dev.fail_at)
		ret = -fake_dev.fail_errno;
	else if (request == REX_IOC_VERSION)
		ret = fake_version(arg);
	else if (request == REX_IOC_LOAD)
		ret = fake_load(arg);
	else if (request == REX_IOC_BIND)
		ret = fake_bind(arg);
	else if (request == REX_IOC_PROG_INFO)
		ret = fake_prog_info(arg);
	else if (request == REX_IOC_FAULT_INFO)
		ret = fake_fault_info(arg);
	else if (request == REX_IOC_IMAGE_INFO)
		ret = 0;
	return ret < 0 ? rex_error_errno(ret, "fake device") : ret;
}

/* There is no device to open. */
int rex_dev_begin(void)
{
	return 0;
}

void rex_dev_end(void)
{
}
