// SPDX-License-Identifier: GPL-2.0
/*
 * The module itself.
 */
#include "rex_util.h"

int remove_module(void)
{
	return syscall(SYS_delete_module, "rex", O_NONBLOCK);
}

void insert_module(void)
{
	int fd = open(getenv("REX_KO"), O_RDONLY | O_CLOEXEC);

	ASSERT(fd >= 0);
	ASSERT_MSG(!syscall(SYS_finit_module, fd, "", 0), "insmod: %s",
		   strerror(errno));
	close(fd);
}
