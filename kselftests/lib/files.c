// SPDX-License-Identifier: GPL-2.0
/*
 * Files, as tests read and write them.
 */
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

int pmu_type(const char *pmu)
{
	char path[256], *text;
	int type;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type",
		 pmu);
	text = read_all(path, NULL);
	type = atoi(text);
	free(text);
	return type;
}

const char *object_path(const char *name)
{
	static __thread char path[256];

	snprintf(path, sizeof(path), "%s/%s.rex.o", getenv("REX_TESTS"), name);
	if (access(path, R_OK))
		snprintf(path, sizeof(path), "%s/../samples/%s/%s.rex.o",
			 getenv("REX_TESTS"), name, name);
	return path;
}
