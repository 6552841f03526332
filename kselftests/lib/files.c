// SPDX-License-Identifier: GPL-2.0
/*
 * Files, as tests read and write them.
 */
#include <linux/membarrier.h>
#include <linux/perf_event.h>

#include "rex_util.h"

char *read_all(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0, room = 1 << 16;
	char *text = malloc(room);
	ssize_t got;

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	while ((got = read(fd, text + len, room - len - 1)) > 0) {
		len += got;
		if (room - len < 4096)
			text = realloc(text, room *= 2);
		ASSERT(text);
	}
	ASSERT_MSG(got == 0, "%s: %s", path, strerror(errno));
	close(fd);
	text[len] = '\0';
	if (size)
		*size = len;
	return text;
}

long number_in(const char *path)
{
	char *text = read_all(path, NULL);
	long number = atol(text);

	free(text);
	return number;
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	ASSERT_MSG(write(fd, text, strlen(text)) == (ssize_t)strlen(text),
		   "%s: %s", path, strerror(errno));
	close(fd);
}

void set_sysctl(const char *name, const char *value)
{
	char path[256];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	write_file(path, value);
}

#define MOST_SETTINGS 8

static struct {
	const char *path;
	char *text;
} settings[MOST_SETTINGS];
static int nr_settings;

/*
 * A grace period of RCU that has begun keeps the limit of that time, so it ends before the next
 * setting changes.
 */
static void restore_settings(void)
{
	while (nr_settings) {
		nr_settings--;
		write_file(settings[nr_settings].path,
			   settings[nr_settings].text);
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	}
}

void set_until_exit(const char *path, const char *value)
{
	if (!nr_settings)
		ASSERT(!atexit(restore_settings));
	ASSERT(nr_settings < MOST_SETTINGS);
	settings[nr_settings].path = path;
	settings[nr_settings].text = read_all(path, NULL);
	nr_settings++;
	write_file(path, value);
}

void panic_on_warn(bool panic)
{
	char *arguments = read_all("/proc/cmdline", NULL);

	if (strstr(arguments, "panic_on_warn=1"))
		panic = true;
	free(arguments);
	if (access("/sys/kernel/debug/kcsan", F_OK))
		set_sysctl("kernel/panic_on_warn", panic ? "1" : "0");
}

int pmu_type(const char *pmu)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type",
		 pmu);
	return number_in(path);
}

int open_kprobe(const char *function)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = pmu_type("kprobe"),
		.sample_period = 1,
		.kprobe_func = (unsigned long)function,
	};
	int event = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
			    PERF_FLAG_FD_CLOEXEC);

	ASSERT_MSG(event >= 0, "kprobe at %s: %s", function, strerror(errno));
	ASSERT(!ioctl(event, PERF_EVENT_IOC_ENABLE, 0));
	return event;
}

/*
 * These programs have instructions that the machine-code check refuses. A test that may
 * not set the parameter, as in a namespace, does not load them either.
 */
static void allow_code_of(const char *name)
{
	int fd;

	if (strcmp(name, "hostile_unsafe") && strcmp(name, "sweep_unsafe"))
		return;
	fd = open("/sys/module/rex/parameters/unchecked", O_WRONLY);
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		ksft_note("%s: the check of its code is on", name);
	close(fd);
}

const char *object_path(const char *name)
{
	static __thread char path[256];

	allow_code_of(name);
	snprintf(path, sizeof(path), "%s/%s.rex.o", getenv("REX_TESTS"), name);
	if (access(path, R_OK))
		snprintf(path, sizeof(path), "%s/../samples/%s/%s.rex.o",
			 getenv("REX_TESTS"), name, name);
	return path;
}

const char *edited_object(const char *name, const char *from, const char *to)
{
	static const char path[] = "edited.rex.o";
	size_t size, len = strlen(from);
	char *file = read_all(object_path(name), &size), *at = file;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int replaced = 0;

	ASSERT(fd >= 0);
	ASSERT(strlen(to) <= len);
	while ((at = memmem(at, file + size - at, from, len))) {
		memset(at, 0, len);
		memcpy(at, to, strlen(to));
		at += len;
		replaced++;
	}
	ASSERT_MSG(replaced, "no %s in the object", from);
	ASSERT_EQ(write(fd, file, size), size);
	close(fd);
	free(file);
	return path;
}
