// SPDX-License-Identifier: GPL-2.0
/*
 * This is the only file that calls rex.ko.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

int rex_dev_call(unsigned long request, void *arg)
{
	int fd, ret;

	fd = open(REX_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENXIO || errno == ENODEV))
		return rex_error(-ENODEV, "no " REX_DEVICE
					  ": is the module rex loaded?");
	if (fd < 0)
		return rex_error_errno(-errno, "cannot open " REX_DEVICE);

	ret = ioctl(fd, request, arg);
	if (ret < 0)
		ret = rex_error_errno(-errno, "rex.ko refused the call");
	close(fd);
	return ret;
}
