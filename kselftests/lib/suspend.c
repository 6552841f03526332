// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's test of suspend: the machine goes to sleep as far as TEST says, and wakes up.
 */
#include "rex_util.h"

bool try_suspend(const char *test)
{
	bool slept;
	int fd;

	if (access("/sys/power/pm_test", W_OK))
		return false;
	write_file("/sys/power/pm_test", test);
	fd = open("/sys/power/state", O_WRONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	slept = write(fd, "mem", 3) == 3 || write(fd, "freeze", 6) == 6;
	if (!slept)
		ksft_note("%s: %s", test, strerror(errno));
	close(fd);
	write_file("/sys/power/pm_test", "none");
	return slept;
}
