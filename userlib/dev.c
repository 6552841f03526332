// SPDX-License-Identifier: GPL-2.0
/*
 * This is the only file that calls rex.ko.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

/* The device of this thread between rex_dev_begin() and rex_dev_end(); otherwise -1. */
static _Thread_local int kept = -1;

static int dev_open(void)
{
	int fd = open(REX_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		return rex_error(-ENODEV, "no " REX_DEVICE
					  ": is the module rex loaded?");
	return rex_error_errno(-errno, "cannot open " REX_DEVICE);
}

int rex_dev_begin(void)
{
	int fd = dev_open();

	if (fd < 0)
		return fd;
	kept = fd;
	return 0;
}

void rex_dev_end(void)
{
	if (kept >= 0)
		close(kept);
	kept = -1;
}

int rex_dev_call(unsigned long request, void *arg)
{
	int fd = kept >= 0 ? kept : dev_open(), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, request, arg);
	if (ret < 0)
		ret = rex_error_errno(-errno, "rex.ko refused the call");
	if (fd != kept)
		close(fd);
	return ret;
}
