// SPDX-License-Identifier: GPL-2.0
#include <limits.h>

#include "signed.h"

char *read_signed(const char *name, size_t *size)
{
	char path[PATH_MAX] = "", *slash;

	ASSERT(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	slash = strrchr(path, '/');
	snprintf(slash, path + sizeof(path) - slash, "/signed/%s", name);
	return read_all(path, size);
}

int rex_keyring(void)
{
	char *keys = read_all("/proc/keys", NULL), *line;
	unsigned int serial = 0;

	for (line = strtok(keys, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, " keyring   .rex:"))
			sscanf(line, "%x", &serial);
	free(keys);
	ASSERT_MSG(serial, "no keyring .rex in /proc/keys");
	return serial;
}

int try_add_cert(const char *name)
{
	char file[64], *cert;
	int key, error;
	size_t size;

	snprintf(file, sizeof(file), "%s.der", name);
	cert = read_signed(file, &size);
	key = syscall(SYS_add_key, "asymmetric", name, cert, size,
		      rex_keyring());
	error = errno;
	free(cert);
	errno = error;
	return key;
}

int add_cert(const char *name)
{
	int key = try_add_cert(name);

	ASSERT_MSG(key > 0, "add_key: %s", strerror(errno));
	return key;
}

int load_file(const void *file, size_t size, char *log, size_t log_size)
{
	struct rex_load args = load_args("hello");
	int fd, error;

	free((void *)(unsigned long)args.elf);
	memset(log, 0, log_size);
	args.elf = u64_of(file);
	args.elf_size = size;
	args.log_level = REX_LOG_DEBUG;
	args.log_buf = u64_of(log);
	args.log_size = log_size;
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	error = errno;
	log[log_size - 1] = '\0';
	errno = error;
	return fd;
}
