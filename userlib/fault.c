// SPDX-License-Identifier: GPL-2.0
/*
 * Faults of programs: described, and waited for.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "internal.h"

static const char *const rex_fault_causes[] = {
#define REX_FAULT_CAUSE(cause, in_sentences, in_tables) \
	[REX_FAULT_##cause] = (in_sentences),
#include "../kmod/causes.def"
};

/*
 * The caller may have been compiled with another header: only the fields that go into
 * the kernel are in every version of the struct.
 */
static int rex_fault_check(struct rex_fault_info *info)
{
	if (!info)
		return rex_error(-EINVAL, "no struct to fill");
	if (info->size < offsetof(struct rex_fault_info, comm))
		return rex_error(-EINVAL, "struct rex_fault_info of size %u",
				 info->size);
	info->flags = 0;
	info->image_fd = -1;
	info->prog_fd = -1;
	info->index = 0;
	info->number = 0;
	info->lost = 0;
	return 0;
}

static int rex_fault_ask(struct rex_fault_info *info, const char *whose)
{
	__u64 number = info->number;
	int err = rex_dev_call(REX_IOC_FAULT_INFO, info);

	if (err == -ENOENT && number)
		return rex_error(err, "there is no record of fault %llu of %s",
				 (unsigned long long)number, whose);
	if (err == -ENOENT)
		return rex_error(err, "there is no record of a fault of %s",
				 whose);
	return err < 0 ? err : 0;
}

int rex_fault_info(int prog_fd, __u64 number, struct rex_fault_info *info)
{
	char whose[32];
	int err = rex_fault_check(info);

	if (err)
		return err;
	snprintf(whose, sizeof(whose), "BPF program fd %d", prog_fd);
	info->prog_fd = prog_fd;
	info->number = number;
	return rex_fault_ask(info, whose);
}

int rex_obj_fault_info(const struct rex_obj *obj, const char *prog,
		       __u64 number, struct rex_fault_info *info)
{
	int fd = rex_obj_image_fd(obj);
	int err, index;

	if (fd < 0)
		return fd;
	err = rex_fault_check(info);
	if (err)
		return err;
	index = rex_obj_find_prog(obj, prog);
	if (index < 0)
		return index;
	info->image_fd = fd;
	info->index = index;
	info->number = number;
	return rex_fault_ask(info, prog);
}

static int rex_fault_next(const struct rex_obj *obj,
			  struct rex_fault_info *info)
{
	int err = rex_fault_check(info);

	if (err)
		return err;
	info->flags = REX_FAULT_NEXT;
	info->image_fd = obj->image_fd;
	err = rex_dev_call(REX_IOC_FAULT_INFO, info);
	/* Everything else is right, so an older module does not know the flag. */
	if (err == -EINVAL)
		return rex_error(
			-EOPNOTSUPP,
			"this version of rex.ko does not give faults in order");
	return err < 0 ? err : 0;
}

static long long rex_fault_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* Waits for an event of the image. Returns the event, or a negative errno. */
static int rex_fault_poll(const struct rex_obj *obj, int timeout_ms)
{
	struct pollfd fd = { .fd = obj->image_fd, .events = POLLIN };
	int ready = poll(&fd, 1, timeout_ms);

	if (ready < 0)
		return rex_error_errno(-errno, "%s: poll of its image",
				       obj->name);
	if (!ready)
		return rex_error(-ETIMEDOUT, "%s had no fault", obj->name);
	return fd.revents;
}

/*
 * Nothing but poll(2) is called while there is no fault: a program that watches calls would
 * see each question to the device, and a loader that is woken by its program would ask again.
 * The wait goes on if another reader takes the fault that poll has reported.
 */
int rex_obj_wait_fault(const struct rex_obj *obj, int timeout_ms,
		       struct rex_fault_info *info)
{
	int err = rex_obj_image_fd(obj), events;
	long long end, left = timeout_ms;

	if (err < 0)
		return err;
	err = rex_fault_check(info);
	if (err)
		return err;
	end = rex_fault_now_ms() + timeout_ms;
	for (;;) {
		events = rex_fault_poll(obj, left);
		if (events < 0)
			return events;
		err = rex_fault_next(obj, info);
		if (err != -EAGAIN)
			return err;
		if (events & (POLLHUP | POLLNVAL))
			return rex_error(-ESHUTDOWN,
					 "the programs of %s are dead",
					 obj->name);
		if (timeout_ms > 0)
			left = end - rex_fault_now_ms();
		if (timeout_ms > 0 && left < 0)
			left = 0;
	}
}

/* The message of a panic can contain anything. */
static void rex_fault_make_printable(char *line)
{
	for (; *line; line++)
		if (iscntrl((unsigned char)*line))
			*line = ' ';
}

int rex_obj_describe_fault(const struct rex_obj *obj,
			   const struct rex_fault_info *info, char *buf,
			   size_t size)
{
	const char *cause = "fault", *prog = "of an unknown name";
	int len;

	if (!obj || !info || (!buf && size))
		return rex_error(-EINVAL, "no object, fault or buffer");
	if (info->size < sizeof(*info))
		return rex_error(-EINVAL, "struct rex_fault_info of size %u",
				 info->size);
	if (info->cause < REX_ARRAY_SIZE(rex_fault_causes))
		cause = rex_fault_causes[info->cause];
	if (info->index < obj->decls.nr_progs)
		prog = obj->decls.progs[info->index].name;
	len = snprintf(buf, size, "program %s stopped by a %s: %.*s", prog,
		       cause, (int)sizeof(info->message), info->message);
	if (info->line && len >= 0)
		len += snprintf((size_t)len < size ? buf + len : NULL,
				(size_t)len < size ? size - len : 0,
				", at %.*s:%u:%u", (int)sizeof(info->file),
				info->file, info->line, info->column);
	if (size)
		rex_fault_make_printable(buf);
	return len;
}
