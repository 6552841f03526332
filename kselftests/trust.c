// SPDX-License-Identifier: GPL-2.0
/*
 * Only users who may load modules may load objects, and only while modules may
 * be loaded.
 */
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "rex_ioctl.h"
#include "rex_log.h"
#include "signed.h"
#include "names/lsm_hooks.h"
#include "names/poke_unsafe.h"

static char load_log[1024];

/* Loads a valid object, and returns 0 or the errno. */
static int load_error(void)
{
	struct rex_load args = load_args("hello");
	int fd;

	memset(load_log, 0, sizeof(load_log));
	args.log_level = REX_LOG_ERROR;
	args.log_buf = u64_of(load_log);
	args.log_size = sizeof(load_log);
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	free((void *)(unsigned long)args.elf);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

#define EXPECT_REFUSED(_error, _words)             \
	do {                                       \
		EXPECT_EQ(load_error(), _error);   \
		EXPECT_CONTAINS(load_log, _words); \
	} while (0)

/* ---- capabilities ---- */

static void drop_capability(int capability)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	ASSERT(!syscall(SYS_capget, &header, data));
	data[CAP_TO_INDEX(capability)].effective &= ~CAP_TO_MASK(capability);
	ASSERT(!syscall(SYS_capset, &header, data));
}

TEST(load_without_CAP_SYS_MODULE_is_EPERM)
{
	EXPECT_EQ(load_error(), 0);
	drop_capability(CAP_SYS_MODULE);
	EXPECT_REFUSED(EPERM, "CAP_SYS_MODULE");
}

TEST(load_without_CAP_SYS_ADMIN_is_EPERM)
{
	device();
	drop_capability(CAP_SYS_ADMIN);
	EXPECT_REFUSED(EPERM, "CAP_SYS_ADMIN");
}

/* The descriptor was opened outside, where it may be used. */
TEST(root_of_a_user_namespace_may_not_load)
{
	char map[64];

	device();
	snprintf(map, sizeof(map), "0 %u 1", getuid());
	ASSERT(!unshare(CLONE_NEWUSER));
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", map);
	EXPECT_EQ(geteuid(), 0);
	EXPECT_REFUSED(EPERM, "CAP_SYS_ADMIN");
	EXPECT_ERRNO(open(REX_DEVICE, O_RDWR), EPERM);
}

/* ---- the audit log ---- */

static void set_auditing(__u32 enabled)
{
	struct {
		struct nlmsghdr head;
		struct audit_status status;
	} message = {
		.head = { .nlmsg_len = sizeof(message),
			  .nlmsg_type = AUDIT_SET,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.status = { .mask = AUDIT_STATUS_ENABLED, .enabled = enabled },
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
	char answer[1024];

	ASSERT(sock >= 0);
	ASSERT_EQ(sendto(sock, &message, sizeof(message), 0, (void *)&kernel,
			 sizeof(kernel)),
		  sizeof(message));
	ASSERT(recv(sock, answer, sizeof(answer), 0) > 0);
	close(sock);
}

/* A thread of the kernel writes the record, and prints it, since no daemon listens. */
static void expect_record(const char *mark, const char *words)
{
	long end = ksft_ms() + 5000;
	char *text = dmesg_since(mark);

	while (!strstr(text, words) && ksft_ms() < end) {
		free(text);
		ksft_pause_ms(20);
		text = dmesg_since(mark);
	}
	EXPECT_CONTAINS(text, words);
	free(text);
}

TEST(every_load_is_in_the_audit_log)
{
	static const char mark[] = "audit: loads begin";
	char *hash = shell("sha256sum %s", object_path("hello")), words[256];

	hash[64] = '\0';
	device();
	ksft_kmsg("%s", mark);
	EXPECT_EQ(load_error(), 0);
	set_auditing(1);
	snprintf(words, sizeof(words),
		 "op=rex_load name=\"hello\" sha256=%s signer=? res=1 ", hash);
	EXPECT_EQ(load_error(), 0);
	expect_record(mark, words);
	drop_capability(CAP_SYS_ADMIN);
	EXPECT_EQ(load_error(), EPERM);
	expect_record(mark,
		      "op=rex_load name=\"hello\" sha256=? signer=? res=0 ");
	set_auditing(0);
	free(hash);
}

/* A name in a signature that is wrong says nothing, so the record does not have it. */
TEST(the_audit_log_names_the_signer)
{
	static const char mark[] = "audit: signed loads begin";
	size_t size;
	char *file = read_signed("hello.good.o", &size);
	int fd;

	/* It fails if another test has restricted the keyring, where the key is then. */
	try_add_cert("good");
	device();
	ksft_kmsg("%s", mark);
	set_auditing(1);
	fd = load_file(file, size, load_log, sizeof(load_log));
	EXPECT_MSG(fd >= 0, "%s: %s", strerror(errno), load_log);
	close(fd);
	expect_record(mark,
		      " signer=\"Rex test key good, serial 4711\" res=1 ");
	file[size / 3] ^= 1;
	EXPECT_ERRNO(load_file(file, size, load_log, sizeof(load_log)),
		     EKEYREJECTED);
	expect_record(mark, " signer=? res=0 ");
	set_auditing(0);
	free(file);
}

/* ---- what the kernel says of modules ---- */

static struct rex_obj *poke_obj;

static void prepare_to_poke(void)
{
	poke_obj = load_object("poke_unsafe");
	attach(poke_obj, "poke");
}

static void clear_byte(__u64 address)
{
	map_set(poke_obj, "control", BYTE, 0);
	map_set(poke_obj, "control", ADDRESS, address);
	fire(POKE);
	map_set(poke_obj, "control", ADDRESS, 0);
}

/*
 * Sets all variables of the kernel with this name to 0: the setting would
 * persist for later tests.
 */
static void clear(const char *symbol)
{
	char *text = read_all("/proc/kallsyms", NULL), *line, *next, name[128];
	unsigned long long address;
	int found = 0;

	for (line = text; *line; line = next) {
		next = strchrnul(line, '\n');
		if (*next)
			*next++ = '\0';
		if (sscanf(line, "%llx %*c %127s", &address, name) == 2 &&
		    !strcmp(name, symbol)) {
			clear_byte(address);
			found++;
		}
	}
	ASSERT_MSG(found, "no symbol %s", symbol);
	free(text);
}

TEST(modules_disabled_holds_for_objects)
{
	prepare_to_poke();
	set_sysctl("kernel/modules_disabled", "1");
	EXPECT_REFUSED(EPERM, "kernel.modules_disabled");
	clear("modules_disabled");
	EXPECT_EQ(load_error(), 0);
}

TEST(sig_enforce_holds_for_objects)
{
	prepare_to_poke();
	write_file("/sys/module/module/parameters/sig_enforce", "1");
	EXPECT_REFUSED(EPERM, "module.sig_enforce");
	clear("sig_enforce");
	EXPECT_EQ(load_error(), 0);
}

TEST(lockdown_holds_for_objects)
{
	prepare_to_poke();
	write_file("/sys/kernel/security/lockdown", "integrity");
	EXPECT_REFUSED(EPERM, "locked down");
	clear("kernel_locked_down");
	EXPECT_EQ(load_error(), 0);
}

/* Trust is decided at the load alone. */
TEST(bind_is_allowed_while_load_is_not)
{
	int image = load_image("hello");

	prepare_to_poke();
	set_sysctl("kernel/modules_disabled", "1");
	EXPECT_EQ(bind_prog(image, carrier(BPF_PROG_TYPE_TRACEPOINT),
			    "rex_prog1", 0),
		  0);
	clear("modules_disabled");
}

/* ---- security modules ---- */

TEST(security_modules_are_asked_as_for_a_module)
{
	struct rex_obj *obj = load_object("lsm_hooks");
	struct bpf_link *link;

	link = attach(obj, "on_load_data");
	map_set(obj, "config", PROCESS, getpid());
	EXPECT_REFUSED(EACCES, "security module");
	EXPECT(map_get(obj, "seen", CALLS) == 1);
	bpf_link__destroy(link);
	EXPECT_EQ(load_error(), 0);
}

TEST(security_modules_see_the_object)
{
	struct rex_obj *obj = load_object("lsm_hooks");
	struct bpf_link *link;

	link = attach(obj, "on_object");
	map_set(obj, "config", PROCESS, getpid());
	EXPECT_REFUSED(EACCES, "security module");
	EXPECT(map_get(obj, "seen", OBJECT_SIZE) > 64);
	EXPECT_EQ(map_get(obj, "seen", OBJECT_MAGIC),
		  0x464c457f); /* "\x7fELF" */
	bpf_link__destroy(link);
	EXPECT_EQ(load_error(), 0);
}
