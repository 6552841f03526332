// SPDX-License-Identifier: GPL-2.0
/*
 * Processes, and the events that they make.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "rex_util.h"

bool kernel_is_from(int major, int minor)
{
	struct utsname name;
	int its_major, its_minor;

	ASSERT(!uname(&name));
	ASSERT_EQ(sscanf(name.release, "%d.%d", &its_major, &its_minor), 2);
	return its_major > major || (its_major == major && its_minor >= minor);
}

void fire(__u32 fd)
{
	EXPECT_ERRNO(syscall(SYS_dup, fd), EBADF);
}

void use_descriptors(int limit, int left)
{
	struct rlimit rlimit;
	int fd;

	ASSERT(!getrlimit(RLIMIT_NOFILE, &rlimit));
	rlimit.rlim_cur = limit;
	ASSERT(!setrlimit(RLIMIT_NOFILE, &rlimit));
	do {
		fd = dup(STDIN_FILENO);
		ASSERT(fd >= 0);
	} while (fd < limit - left - 1);
}

void pin_to_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	ASSERT(!sched_setaffinity(0, sizeof(set), &set));
}

int nr_cpus(void)
{
	int nr = sysconf(_SC_NPROCESSORS_ONLN);

	ASSERT(nr > 1 && nr <= MOST_CPUS);
	return nr;
}

void switch_cpu(int cpu, bool on)
{
	long end = ksft_ms() + 20000L * ksft_slower();
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online",
		 cpu);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	while (write(fd, on ? "1" : "0", 1) != 1) {
		ASSERT_MSG(errno == EBUSY && ksft_ms() < end, "%s: %s", path,
			   strerror(errno));
		ksft_pause_ms(10);
	}
	close(fd);
}

pid_t fork_idle(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

void *map_shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT(memory != MAP_FAILED);
	return memory;
}

void reap(pid_t pid)
{
	int status;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	EXPECT_MSG(status == 0, "process %d ended with status %#x", pid,
		   status);
}

char *shell(const char *fmt, ...)
{
	char command[1024], *text = calloc(1, 1 << 20);
	va_list args;
	FILE *f;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	f = popen(command, "re");
	ASSERT(f && text);
	text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
	EXPECT_MSG(pclose(f) == 0, "failed: %s: %s", command, text);
	return text;
}
