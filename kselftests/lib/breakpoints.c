// SPDX-License-Identifier: GPL-2.0
/*
 * Breakpoints on the code that rex.ko emits, which is found in the kernel's memory.
 */
#include <elf.h>

#include "rex_breakpoints.h"

/* ---- the kernel's memory ---- */

void read_kernel(__u64 addr, void *buf, size_t len)
{
	static int fd = -1;
	static Elf64_Ehdr ehdr;
	static Elf64_Phdr phdr[64];

	if (fd < 0) {
		fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
		ASSERT_MSG(fd >= 0, "/proc/kcore: %s", strerror(errno));
		ASSERT_EQ(pread(fd, &ehdr, sizeof(ehdr), 0), sizeof(ehdr));
		ASSERT(ehdr.e_phnum <= 64);
		ASSERT(pread(fd, phdr, sizeof(phdr), ehdr.e_phoff) > 0);
	}
	for (int i = 0; i < ehdr.e_phnum; i++) {
		__u64 at = addr - phdr[i].p_vaddr;

		if (phdr[i].p_type == PT_LOAD && addr >= phdr[i].p_vaddr &&
		    at + len <= phdr[i].p_memsz) {
			ASSERT_EQ(pread(fd, buf, len, phdr[i].p_offset + at),
				  (ssize_t)len);
			return;
		}
	}
	ASSERT_MSG(0, "%#llx is not in /proc/kcore", addr);
}

/* The functions in the order of their addresses. */
static struct function functions[2048];
static size_t nr_functions;

static int compare_functions(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void read_functions(void)
{
	char line[1024];
	FILE *f = fopen("/proc/kallsyms", "re");

	ASSERT(f);
	while (fgets(line, sizeof(line), f)) {
		struct function *fn = &functions[nr_functions];

		if (strstr(line, "\t[rex]") &&
		    sscanf(line, "%llx %*[tT] %63s", &fn->addr, fn->name) == 2)
			nr_functions++;
		ASSERT(nr_functions < 2048);
	}
	fclose(f);
	qsort(functions, nr_functions, sizeof(*functions), compare_functions);
}

const struct function *find_function(const char *name, size_t *len)
{
	if (!nr_functions)
		read_functions();
	for (size_t i = 0; i + 1 < nr_functions; i++) {
		if (strcmp(functions[i].name, name))
			continue;
		*len = functions[i + 1].addr - functions[i].addr;
		return &functions[i];
	}
	ASSERT_MSG(0, "rex.ko has no function %s", name);
	return NULL;
}

/*
 * Returns whether kprobes refuse the function, as it does not return. The
 * kernel refuses breakpoints in it, too.
 */
bool is_protected(const char *name)
{
	char *list = read_all("/sys/kernel/debug/kprobes/blacklist", NULL);
	char entry[128];
	bool found;

	ASSERT(list);
	snprintf(entry, sizeof(entry), "\t%s [rex]\n", name);
	found = strstr(list, entry);
	free(list);
	return found;
}

__u64 kernel_symbol(const char *name)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long addr, found = 0;
	char symbol[512], line[1024];

	ASSERT(f);
	while (!found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %511s", &addr, symbol) == 2 &&
		    !strcmp(symbol, name))
			found = addr;
	fclose(f);
	ASSERT_MSG(found, "no symbol %s", name);
	return found;
}

__u64 branch_target(__u64 addr, const unsigned char *code)
{
	__s32 rel;

	memcpy(&rel, code + 1, sizeof(rel));
	return addr + 5 + rel;
}

__u64 code_of(int prog_fd)
{
	__u64 addr = 0;
	struct bpf_prog_info info = {
		.jited_ksyms = u64_of(&addr),
		.nr_jited_ksyms = 1,
	};
	__u32 len = sizeof(info);

	ASSERT(!bpf_obj_get_info_by_fd(prog_fd, &info, &len));
	ASSERT(addr);
	return addr;
}

__u64 thunk_of(struct rex_obj *obj, const char *prog)
{
	unsigned char code[1024];
	struct bpf_prog_info info = {
		.jited_prog_insns = u64_of(code),
		.jited_prog_len = sizeof(code),
	};
	__u32 len = sizeof(info);
	int fd = bpf_program__fd(program(obj, prog));
	__u64 addr = code_of(fd);

	ASSERT(!bpf_obj_get_info_by_fd(fd, &info, &len));
	ASSERT(info.jited_prog_len <= sizeof(code));
	/* The first instruction, of 5 bytes, may be a jump to anywhere. */
	for (__u32 i = memcmp(code, "\xf3\x0f\x1e\xfa", 4) ? 5 : 9;
	     i + 5 <= info.jited_prog_len; i++) {
		/*
		 * The call's target is a helper in the kernel's text, or in a
		 * module.
		 */
		if (code[i] == 0xe8 &&
		    branch_target(addr + i, code + i) >= addr - (1ull << 30))
			return branch_target(addr + i, code + i);
	}
	ASSERT(!"a carrier has a call");
	return 0;
}

const unsigned char *find_bytes(const unsigned char *code, size_t size,
				const char *bytes, size_t len)
{
	const unsigned char *at = memmem(code, size, bytes, len);

	ASSERT(at);
	return at;
}

/* Returns the beginning of the stubs: the page of the stub that ends thunks. */
__u64 stubs_of(__u64 thunk)
{
	unsigned char code[THUNK_ROOM];
	const unsigned char *at;

	read_kernel(thunk, code, sizeof(code));
	/* mov $prog,%rdi; jmp dead */
	at = find_bytes(code, sizeof(code), "\x48\xc7\xc7", 3) + 7;
	ASSERT_EQ(*at, 0xe9);
	return branch_target(thunk + (at - code), at) & ~4095ull;
}

/* ---- breakpoints ---- */

static int open_breakpoint(struct perf_event_attr *attr)
{
	return syscall(SYS_perf_event_open, attr, 0, -1, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

/* Makes a perf event of this task, which runs a program. */
struct breakpoint set_breakpoint(struct rex_obj *obj, __u64 addr, __u32 type)
{
	struct breakpoint b = {
		.attr = {
			.size = sizeof(b.attr),
			.type = PERF_TYPE_BREAKPOINT,
			.bp_type = type,
			.bp_addr = addr,
			.bp_len = sizeof(long),
			.sample_period = 1,
		},
	};

	b.fd = open_breakpoint(&b.attr);
	ASSERT_MSG(b.fd >= 0, "breakpoint at %#llx: %s", addr, strerror(errno));
	b.link = bpf_program__attach_perf_event(program(obj, "at_perf_event"),
						b.fd);
	ASSERT(b.link);
	return b;
}

void expect_no_breakpoint(__u64 addr)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_X,
		.bp_addr = addr,
		.bp_len = sizeof(long),
		.sample_period = 1,
	};

	EXPECT_EQ(open_breakpoint(&attr), -1);
	EXPECT_EQ(errno, EINVAL);
}

void move_breakpoint(struct breakpoint *b, __u64 addr)
{
	b->attr.bp_addr = addr;
	ASSERT_MSG(!ioctl(b->fd, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, &b->attr),
		   "breakpoint at %#llx: %s", addr, strerror(errno));
}

__u64 hits(const struct breakpoint *b)
{
	__u64 count;

	ASSERT_EQ(read(b->fd, &count, sizeof(count)), sizeof(count));
	return count;
}

/* Detaches the program; the link has the descriptor. */
void clear_breakpoint(struct breakpoint *b)
{
	bpf_link__destroy(b->link);
}

void await_life(struct rex_obj *obj, const char *prog)
{
	long end = ksft_ms() + 10000;

	while (!is_live(obj, prog)) {
		ASSERT(ksft_ms() < end);
		usleep(100);
	}
}
