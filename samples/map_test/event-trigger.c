// SPDX-License-Identifier: GPL-2.0
/*
 * Calls dup(1) once, which is what the program of map_test waits for.
 */
#include <err.h>
#include <unistd.h>

int main(void)
{
	int fd = dup(STDOUT_FILENO);

	if (fd < 0)
		err(1, "dup");
	close(fd);
	return 0;
}
