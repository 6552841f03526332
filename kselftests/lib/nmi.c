// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <glob.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rex_nmi.h"
#include "rex_util.h"

#define DEVICES "/sys/bus/pci/devices/*"
#define INTEL_6300ESB \
	0x25ab8086u /* device and vendor, the first word of its configuration */

/* Bytes of the configuration. */
#define LOCK_REG 0x68
#define LOCK_ENABLE 0x02

/*
 * Registers in memory. The watchdog expires after both stages, each of so many times 2^15
 * periods of 33 MHz. A register can be written after the two unlocking writes.
 */
#define STAGE1_REG 0x00
#define STAGE2_REG 0x04
#define RELOAD_REG 0x0c
#define UNLOCK1 0x80
#define UNLOCK2 0x86

/* Opens a file of the device in sysfs. */
static int open_of(const char *folder, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return open(path, O_RDWR | O_SYNC | O_CLOEXEC);
}

/* Returns the folder of a watchdog, which the caller frees, or NULL. */
static char *find_folder(int which)
{
	char *found = NULL;
	glob_t devices;

	if (glob(DEVICES, 0, NULL, &devices))
		return NULL;
	for (size_t i = 0; i < devices.gl_pathc && !found; i++) {
		int config = open_of(devices.gl_pathv[i], "config");
		__u32 id;

		if (pread(config, &id, sizeof(id), 0) == sizeof(id) &&
		    id == INTEL_6300ESB && !which--)
			found = strdup(devices.gl_pathv[i]);
		close(config);
	}
	globfree(&devices);
	return found;
}

static void write_register(volatile __u8 *registers, int reg, __u32 value)
{
	registers[RELOAD_REG] = UNLOCK1;
	registers[RELOAD_REG] = UNLOCK2;
	*(volatile __u32 *)(registers + reg) = value;
}

bool has_nmi_timers(void)
{
	char *folder = find_folder(NMI_TIMERS - 1);

	free(folder);
	return folder;
}

void start_nmi_timer(int which, unsigned int ms)
{
	char *folder = find_folder(which), enable = LOCK_ENABLE;
	long page = sysconf(_SC_PAGESIZE);
	int config, memory, power;
	void *registers;

	ASSERT(folder);
	power = open_of(folder, "enable");
	ASSERT_EQ(write(power, "1", 1), 1);
	config = open_of(folder, "config");
	memory = open_of(folder, "resource0");
	registers =
		mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	ASSERT(registers != MAP_FAILED);
	write_register(registers, STAGE1_REG, 1);
	write_register(registers, STAGE2_REG, ms);
	ASSERT_EQ(pwrite(config, &enable, 1, LOCK_REG), 1);
	munmap(registers, page);
	close(memory);
	close(config);
	close(power);
	free(folder);
}
