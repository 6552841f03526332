// SPDX-License-Identifier: GPL-2.0
/*
 * Every ioctl of /dev/rex checks its pointer, number, size, tail, file and rights.
 */
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "rex_ioctl.h"
#include "names/panics.h"

/* A union of whole pages has room for any struct with any tail. */
union arg {
	__u32 size;
	struct rex_version version;
	struct rex_load load;
	struct rex_bind bind;
	struct rex_image_info image_info;
	struct rex_prog_info prog_info;
	struct rex_fault_info fault_info;
	unsigned char bytes[8192];
};

static union arg arg, before;

struct number {
	const char *name;
	unsigned int cmd;
	__u32 size;
	__u32 first_size; /* of the struct as first published */
	void (*valid)(void); /* fills in ARG for a call that succeeds */
};

static int image = -1;

static void valid_version(void)
{
}

static void valid_load(void)
{
	arg.load = load_args("hello");
}

static void valid_bind(void)
{
	arg.bind = bind_args(image, carrier(BPF_PROG_TYPE_TRACEPOINT),
			     "rex_prog1");
}

static void valid_image_info(void)
{
	arg.image_info.image_fd = image;
}

static void valid_prog_info(void)
{
	arg.prog_info.image_fd = image;
	arg.prog_info.prog_fd = -1;
}

/* Fills in a call for a program that has panicked. */
static void valid_fault_info(void)
{
	static struct rex_obj *obj;

	if (!obj) {
		obj = load_object("panics");
		attach(obj, "unwraps_none");
		fire(UNWRAP);
	}
	arg.fault_info.image_fd = -1;
	arg.fault_info.prog_fd = bpf_program__fd(program(obj, "unwraps_none"));
}

#define END_OF(_type, _field)             \
	(offsetof(struct _type, _field) + \
	 sizeof(((struct _type *)NULL)->_field))

#define NUMBER(_cmd, _type, _first_end, _valid)                               \
	{                                                                     \
#_cmd, _cmd, sizeof(struct _type), END_OF(_type, _first_end), \
			_valid                                                \
	}

static const struct number numbers[] = {
	NUMBER(REX_IOC_VERSION, rex_version, module, valid_version),
	NUMBER(REX_IOC_LOAD, rex_load, reserved, valid_load),
	NUMBER(REX_IOC_BIND, rex_bind, default_ret, valid_bind),
	NUMBER(REX_IOC_IMAGE_INFO, rex_image_info, restarts, valid_image_info),
	NUMBER(REX_IOC_PROG_INFO, rex_prog_info, section, valid_prog_info),
	NUMBER(REX_IOC_FAULT_INFO, rex_fault_info, trace, valid_fault_info),
};
#define NR_NUMBERS 6

#define for_each_number(_n) \
	for (const struct number *_n = numbers; _n < numbers + NR_NUMBERS; _n++)

/* Fills in ARG for a call of N that succeeds. */
static void fill_in(const struct number *n)
{
	if (image < 0)
		image = load_image("hello");
	memset(&arg, 0, sizeof(arg));
	n->valid();
	arg.size = n->size;
	before = arg;
}

/* Checks that the call fails with WANT, and writes nothing. */
static void refused(const struct number *n, unsigned int cmd, int want)
{
	int ret = ioctl(device(), cmd, &arg);

	EXPECT_MSG(ret == -1 && errno == want,
		   "%s of size %u gives %d, errno %d, not errno %d", n->name,
		   arg.size, ret, errno, want);
	EXPECT_MSG(!memcmp(&arg, &before, sizeof(arg)),
		   "%s wrote to its argument", n->name);
}

static void accepted(const struct number *n, unsigned int cmd)
{
	int ret = ioctl(device(), cmd, &arg);

	EXPECT_MSG(ret >= 0, "%s of size %u: %s", n->name, arg.size,
		   strerror(errno));
	if (n->cmd == REX_IOC_LOAD && ret >= 0)
		close(ret);
}

TEST(valid_calls_succeed)
{
	for_each_number(n) {
		fill_in(n);
		accepted(n, n->cmd);
	}
}

TEST(bad_pointer_is_EFAULT)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *end;

	ASSERT(pages != MAP_FAILED && !munmap(pages + 4096, 4096));
	for_each_number(n) {
		EXPECT_ERRNO(ioctl(device(), n->cmd, NULL), EFAULT);
		EXPECT_ERRNO(ioctl(device(), n->cmd, -1ul), EFAULT);
		/* of the kernel */
		EXPECT_ERRNO(ioctl(device(), n->cmd, 0xffffffff81000000),
			     EFAULT);
		EXPECT_ERRNO(ioctl(device(), n->cmd, 1ul << 63), EFAULT);
		/* the last byte is missing */
		fill_in(n);
		end = pages + 4096 - (n->size - 1);
		memcpy(end, &arg, n->size - 1);
		EXPECT_ERRNO(ioctl(device(), n->cmd, end), EFAULT);
		/* only the size is there, and not even that */
		memcpy(pages + 4092, &arg, 4);
		EXPECT_ERRNO(ioctl(device(), n->cmd, pages + 4092), EFAULT);
		EXPECT_ERRNO(ioctl(device(), n->cmd, pages + 4094), EFAULT);
	}
}

/* The descriptor that the call made is closed then. */
TEST(argument_that_cannot_be_written_back_is_EFAULT)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct census census;

	idle_device();
	ASSERT(page != MAP_FAILED);
	for_each_number(n) {
		fill_in(n);
		if (n->cmd == REX_IOC_BIND || n->cmd == REX_IOC_LOAD)
			continue; /* see the next test; the descriptor */
		ASSERT(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
		memcpy(page, &arg, n->size);
		ASSERT(!mprotect(page, 4096, PROT_READ));
		census = take_census();
		EXPECT_ERRNO(ioctl(device(), n->cmd, page), EFAULT);
		EXPECT_CENSUS(&census);
	}
}

/* BIND has nothing to write back. */
TEST(bind_takes_an_argument_in_read_only_memory)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int image = load_image("hello"), prog;
	struct rex_bind args;

	prog = carrier(BPF_PROG_TYPE_TRACEPOINT);
	ASSERT(page != MAP_FAILED);
	args = bind_args(image, prog, "rex_prog1");
	memcpy(page, &args, sizeof(args));
	ASSERT(!mprotect(page, 4096, PROT_READ));
	EXPECT_EQ(ioctl(device(), REX_IOC_BIND, page), 0);
	EXPECT_ERRNO(ioctl(device(), REX_IOC_BIND, page), EBUSY);
	munmap(page, 4096);
	close(prog);
	close(image);
}

TEST(unknown_number_is_ENOTTY)
{
	fill_in(&numbers[0]);
	for (int nr = NR_NUMBERS; nr < 256; nr++)
		refused(&numbers[0],
			_IOWR(REX_IOC_MAGIC, nr, struct rex_version), ENOTTY);
	refused(&numbers[0], _IOWR(0xb8, 0, struct rex_version), ENOTTY);
	refused(&numbers[0], _IO(REX_IOC_MAGIC, 0), ENOTTY);
	refused(&numbers[0], _IOR(REX_IOC_MAGIC, 0, struct rex_version),
		ENOTTY);
	refused(&numbers[0], 0, ENOTTY);
	refused(&numbers[0], ~0u, ENOTTY);
}

TEST(size_below_the_first_version_is_EINVAL)
{
	for_each_number(n) {
		fill_in(n);
		for (__u32 size = 0; size < n->first_size; size++) {
			arg.size = before.size = size;
			refused(n, n->cmd, EINVAL);
		}
	}
}

/* A caller may have been built when the struct was shorter. */
TEST(sizes_since_the_first_version_are_accepted)
{
	for_each_number(n) {
		for (__u32 size = n->first_size; size < n->size; size++) {
			fill_in(n);
			arg.size = size;
			memset(arg.bytes + size, 0xee, 16);
			accepted(n, n->cmd);
			EXPECT_EQ(arg.size, size);
			for (int i = 0; i < 16; i++)
				EXPECT_EQ((__u8)arg.bytes[size + i], 0xee);
		}
	}
}

TEST(size_beyond_a_page_is_E2BIG)
{
	static const __u32 sizes[] = { 4097, 8192, 1u << 31, ~0u };

	for_each_number(n) {
		fill_in(n);
		for (int i = 0; i < 4; i++) {
			arg.size = before.size = sizes[i];
			refused(n, n->cmd, E2BIG);
		}
	}
}

TEST(tail_that_is_not_zero_is_E2BIG)
{
	for_each_number(n) {
		for (__u32 extra = 1; extra <= 64; extra++) {
			fill_in(n);
			arg.size = n->size + extra;
			arg.bytes[arg.size - 1] = 1;
			before = arg;
			refused(n, n->cmd, E2BIG);
		}
		fill_in(n);
		arg.size = 4096;
		arg.bytes[4095] = 0x80;
		before = arg;
		refused(n, n->cmd, E2BIG);
	}
}

/* A struct of a later version has another size, and so another number. */
TEST(zero_tail_is_accepted)
{
	static const __u32 extra[] = { 1, 4, 8, 64, 1000 };

	for_each_number(n) {
		for (int i = 0; i < 5; i++) {
			__u32 size = n->size + extra[i];

			fill_in(n);
			arg.size = size;
			arg.bytes[size] = 0xee;
			accepted(n, _IOC(_IOC_DIR(n->cmd), REX_IOC_MAGIC,
					 _IOC_NR(n->cmd), size));
			EXPECT_EQ(arg.size, size);
			EXPECT_EQ(arg.bytes[n->size], 0);
			EXPECT_EQ(arg.bytes[size], 0xee);
		}
	}
}

/* Checks the call with this bit set in FIELD, which is 0 in a valid call. */
static void refused_bit(const struct number *n, __u32 *field, int bit)
{
	fill_in(n);
	*field = 1u << bit;
	before = arg;
	refused(n, n->cmd, EINVAL);
	if (n->cmd == REX_IOC_BIND)
		close(arg.bind.prog_fd);
}

TEST(unknown_flags_and_reserved_fields_are_EINVAL)
{
	const __u32 load = REX_LOAD_RESTART | REX_LOAD_TIME_RUNS;
	const __u32 bind = REX_BIND_REPLACE | REX_BIND_DEFAULT_RET;

	for (int bit = 0; bit < 32; bit++) {
		if (!(load >> bit & 1))
			refused_bit(&numbers[1], &arg.load.flags, bit);
		refused_bit(&numbers[1], &arg.load.reserved, bit);
		if (!(bind >> bit & 1))
			refused_bit(&numbers[2], &arg.bind.flags, bit);
		refused_bit(&numbers[2], &arg.bind.reserved, bit);
		refused_bit(&numbers[4], &arg.prog_info.flags, bit);
		refused_bit(&numbers[4], &arg.prog_info.reserved, bit);
		refused_bit(&numbers[5], &arg.fault_info.flags, bit);
		refused_bit(&numbers[5], &arg.fault_info.lost, bit);
	}
}

TEST(restarts_without_their_flag_or_without_a_number_are_EINVAL)
{
	fill_in(&numbers[1]);
	arg.load.restarts_per_min = 1;
	before = arg;
	refused(&numbers[1], REX_IOC_LOAD, EINVAL);
	refused_bit(&numbers[1], &arg.load.flags, 0);
}

/* ---- files of other kinds ---- */

static void expect_ebadf(int image_fd, int prog_fd, const char *what)
{
	struct rex_bind bind = bind_args(image_fd, prog_fd, "rex_prog1");
	int ret = ioctl(device(), REX_IOC_BIND, &bind);

	EXPECT_MSG(ret == -1 && errno == EBADF, "BIND with %s: %d, errno %d",
		   what, ret, errno);
}

static void expect_info_ebadf(int image_fd, int prog_fd, const char *what)
{
	struct rex_image_info image_info = { .size = sizeof(image_info),
					     .image_fd = image_fd };
	struct rex_prog_info prog_info = { .size = sizeof(prog_info),
					   .image_fd = image_fd,
					   .prog_fd = prog_fd };
	int ret = ioctl(device(), REX_IOC_PROG_INFO, &prog_info);

	EXPECT_MSG(ret == -1 && errno == EBADF,
		   "PROG_INFO with %s: %d, errno %d", what, ret, errno);
	if (image_fd == -1)
		return;
	ret = ioctl(device(), REX_IOC_IMAGE_INFO, &image_info);
	EXPECT_MSG(ret == -1 && errno == EBADF,
		   "IMAGE_INFO with %s: %d, errno %d", what, ret, errno);
}

/* Passes the same descriptor as an image and as a carrier. */
static void expect_neither(int fd, const char *what)
{
	int prog = carrier(BPF_PROG_TYPE_TRACEPOINT);

	expect_ebadf(fd, prog, what);
	expect_ebadf(image, fd, what);
	if (fd != -1)
		expect_info_ebadf(fd, -1, what);
	expect_info_ebadf(-1, fd, what);
	close(prog);
}

TEST(descriptor_of_another_kind_is_EBADF)
{
	int prog = carrier(BPF_PROG_TYPE_TRACEPOINT), ends[2];

	image = load_image("hello");
	expect_neither(-1, "-1");
	expect_neither(-2, "-2");
	expect_neither(12345, "a closed descriptor");
	expect_neither(0x7fffffff, "a huge descriptor");
	expect_neither(device(), "the device");
	expect_neither(open("/", O_RDONLY), "a folder");
	expect_neither(open("/", O_PATH), "a path");
	expect_neither(open("/dev/null", O_RDWR), "/dev/null");
	expect_neither(memfd_create("test", 0), "a memfd");
	expect_neither(socket(AF_UNIX, SOCK_STREAM, 0), "a socket");
	ASSERT(!pipe(ends));
	expect_neither(ends[0], "a pipe");
	expect_neither(make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0), "a BPF map");
	expect_ebadf(prog, prog, "a BPF program for the image");
	expect_info_ebadf(prog, -1, "a BPF program for the image");
	expect_ebadf(image, image, "an image for the carrier");
	expect_info_ebadf(-1, image, "an image for the carrier");
}

TEST(image_descriptor_has_no_ioctl_of_its_own)
{
	image = load_image("hello");
	for_each_number(n) {
		fill_in(n);
		EXPECT_ERRNO(ioctl(image, n->cmd, &arg), ENOTTY);
	}
}

TEST(image_descriptor_is_closed_on_exec)
{
	image = load_image("hello");
	EXPECT_EQ(fcntl(image, F_GETFD), FD_CLOEXEC);
}

/* ---- rights ---- */

static void drop_cap_sys_admin(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
						 0 };
	struct __user_cap_data_struct data[2];

	ASSERT(!syscall(SYS_capget, &head, data));
	data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	data[0].permitted &= ~(1u << CAP_SYS_ADMIN);
	ASSERT(!syscall(SYS_capset, &head, data));
}

TEST(open_without_cap_sys_admin_is_EPERM)
{
	drop_cap_sys_admin();
	EXPECT_ERRNO(open(REX_DEVICE, O_RDWR), EPERM);
	EXPECT_ERRNO(open(REX_DEVICE, O_RDONLY), EPERM);
}

TEST(open_as_another_user_is_EACCES)
{
	ASSERT(!setuid(65534));
	EXPECT_ERRNO(open(REX_DEVICE, O_RDWR), EACCES);
	EXPECT_ERRNO(open(REX_DEVICE, O_RDONLY), EACCES);
}

TEST(ioctl_without_cap_sys_admin_is_EPERM)
{
	union arg args[NR_NUMBERS];

	for (int i = 0; i < NR_NUMBERS; i++) {
		fill_in(&numbers[i]);
		args[i] = arg;
	}
	drop_cap_sys_admin();
	for (int i = 0; i < NR_NUMBERS; i++) {
		arg = before = args[i];
		refused(&numbers[i], numbers[i].cmd, EPERM);
	}
}

TEST(ioctl_as_another_user_is_EPERM)
{
	union arg args[NR_NUMBERS];

	for (int i = 0; i < NR_NUMBERS; i++) {
		fill_in(&numbers[i]);
		args[i] = arg;
	}
	ASSERT(!setuid(65534));
	for (int i = 0; i < NR_NUMBERS; i++) {
		arg = before = args[i];
		refused(&numbers[i], numbers[i].cmd, EPERM);
	}
}

/* A capability in another user namespace gives no right over the kernel. */
TEST(root_of_a_user_namespace_is_not_enough)
{
	union arg args[NR_NUMBERS];

	for (int i = 0; i < NR_NUMBERS; i++) {
		fill_in(&numbers[i]);
		args[i] = arg;
	}
	ASSERT(!unshare(CLONE_NEWUSER));
	EXPECT_MSG(open(REX_DEVICE, O_RDWR) == -1, "the device opens");
	for (int i = 0; i < NR_NUMBERS; i++) {
		arg = before = args[i];
		refused(&numbers[i], numbers[i].cmd, EPERM);
	}
}

TEST(version_is_that_of_the_header)
{
	char *module = read_all("/sys/module/rex/version", NULL);

	fill_in(&numbers[0]);
	ASSERT(!ioctl(device(), REX_IOC_VERSION, &arg));
	EXPECT_EQ(arg.version.abi, REX_ABI_VERSION);
	EXPECT(arg.version.features & REX_FEATURE_OVERRIDE_RETURN);
	ksft_note("each CPU takes %llu bytes", arg.version.cpu_memory);
	EXPECT(arg.version.cpu_memory >= 6 * 32768); /* six stacks */
	EXPECT(arg.version.cpu_memory <= 320 * 1024);
	module[strcspn(module, "\n")] = '\0';
	EXPECT_STREQ(arg.version.module, module);
	for (size_t i = strlen(module); i < REX_VERSION_LEN; i++)
		EXPECT_EQ(arg.version.module[i], 0);
}
