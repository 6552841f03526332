// SPDX-License-Identifier: GPL-2.0
/*
 * The module itself.
 */
#include "rex_util.h"

int remove_module(void)
{
	return syscall(SYS_delete_module, "rex", O_NONBLOCK);
}

/* Inserts the module of the descriptor, which is closed, and returns 0 or an error. */
static int insert_and_close(int fd, const char *parameters)
{
	int err = syscall(SYS_finit_module, fd, parameters, 0) ? errno : 0;

	close(fd);
	return err;
}

static int try_module_file(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char all[256];

	ASSERT_MSG(fd >= 0, "%s: %s", path, strerror(errno));
	snprintf(all, sizeof(all), "selftest=1 %s", parameters);
	return insert_and_close(fd, all);
}

int try_module(const char *parameters)
{
	return try_module_file(getenv("REX_KO"), parameters);
}

static void insert_module_file(const char *path, const char *parameters)
{
	int err = try_module_file(path, parameters);

	ASSERT_MSG(!err, "insmod: %s", strerror(err));
}

void insert_module(const char *parameters)
{
	insert_module_file(getenv("REX_KO"), parameters);
}

static void reload_module_file(const char *path, const char *parameters)
{
	ASSERT(WAIT_FOR(remove_module() == 0, 10));
	insert_module_file(path, parameters);
}

void reload_module(const char *parameters)
{
	reload_module_file(getenv("REX_KO"), parameters);
}

void reload_module_with_btf(const char *parameters)
{
	const char *path = getenv("REX_KO");
	char with_btf[256];

	snprintf(with_btf, sizeof(with_btf), "%.*s-btf.ko",
		 (int)(strlen(path) - strlen(".ko")), path);
	if (access(with_btf, R_OK))
		SKIP("there is no rex.ko with BTF for this kernel");
	reload_module_file(with_btf, parameters);
}

static int open_test_module(const char *name)
{
	const char *rex = getenv("REX_KO");
	char path[256];

	snprintf(path, sizeof(path), "%.*s/modules/%s.ko",
		 (int)(strrchr(rex, '/') - rex), rex, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

void need_test_module(const char *name)
{
	int fd = open_test_module(name);

	if (fd < 0)
		SKIP("this kernel lacks what the module needs");
	close(fd);
}

int insert_test_module(const char *name, const char *parameters)
{
	int fd = open_test_module(name);

	ASSERT_MSG(fd >= 0, "%s: %s", name, strerror(errno));
	return insert_and_close(fd, parameters);
}

void remove_test_module(const char *name)
{
	ASSERT(WAIT_FOR(!syscall(SYS_delete_module, name, O_NONBLOCK), 10));
}

static void parameter_path(char *path, size_t size, const char *name)
{
	snprintf(path, size, "/sys/module/rex/parameters/%s", name);
}

unsigned int module_parameter(const char *name)
{
	unsigned int value;
	char path[128];
	char *text;

	parameter_path(path, sizeof(path), name);
	text = read_all(path, NULL);
	value = strtoul(text, NULL, 10);
	free(text);
	return value;
}

void set_module_parameter(const char *name, unsigned int value)
{
	char path[128], text[16];

	parameter_path(path, sizeof(path), name);
	snprintf(text, sizeof(text), "%u", value);
	write_file(path, text);
}
