// SPDX-License-Identifier: GPL-2.0
/*
 * Calls dup(0), and prints the result.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	int fd = dup(STDIN_FILENO);

	if (fd < 0) {
		fprintf(stderr, "dup: %s\n", strerror(errno));
		return 1;
	}
	printf("dup: descriptor %d\n", fd);
	close(fd);
	return 0;
}
