// SPDX-License-Identifier: GPL-2.0
/* rex.ko: fresh before each test, gone after it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

#define POLL_MS 20

bool module_is_loaded(void)
{
	return access("/sys/module/rex/refcnt", F_OK) == 0;
}

int module_load(const char *file, const char *parameters)
{
	int fd, err = 0;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, parameters, 0))
		err = -errno;
	close(fd);
	return err;
}

int module_unload(int seconds)
{
	int waited = 0;

	while (syscall(SYS_delete_module, "rex", O_NONBLOCK)) {
		if (errno != EWOULDBLOCK || waited >= seconds * 1000)
			return -errno;
		poll(NULL, 0, POLL_MS);
		waited += POLL_MS;
	}
	return 0;
}
