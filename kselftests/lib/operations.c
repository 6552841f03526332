// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on descriptors that all threads of a process share.
 */
#include <stdatomic.h>

#include "rex_operations.h"

#define SLOTS 3

/* Descriptors that all threads use, close and reopen. -1: none. */
struct table {
	_Atomic int fd[SLOTS];
};

static struct table images, carriers, links, packets;
static int orders, notes, turn, scratch, prog_array, event;
static struct rex_load load_template;
#define NR_MAPS 4
static struct rex_map_fd load_maps[NR_MAPS];
/* Two threads write to this at the same time. */
static union {
	__u32 size;
	struct rex_prog_info prog;
	struct rex_fault_info fault;
	struct rex_bind bind;
} shared;

static __thread unsigned long long seed;

void seed_random(unsigned long long number)
{
	seed = number;
}

unsigned int random_below(unsigned int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

/* ---- tables ---- */

static int pick(struct table *t)
{
	return t->fd[random_below(SLOTS)];
}

/* Replaces a descriptor, and closes the old one while other threads use it. */
static void put(struct table *t, int fd)
{
	int old = atomic_exchange(&t->fd[random_below(SLOTS)], fd);

	if (old >= 0)
		close(old);
}

static void clear(struct table *t)
{
	for (int i = 0; i < SLOTS; i++) {
		int old = atomic_exchange(&t->fd[i], -1);

		if (old >= 0)
			close(old);
	}
}

/* ---- operations ---- */

/*
 * A thread may find a descriptor closed, reused, or already bound. An ioctl
 * must not fail for other reasons.
 */
static void check(const char *what, long ret)
{
	static const int allowed[] = {
		EBADF,	EBUSY, ENOENT,	    EINVAL,  EPROTOTYPE, ENOEXEC,
		ENOMEM, E2BIG, EMEDIUMTYPE, ETXTBSY, EAGAIN,
	};

	if (ret >= 0)
		return;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (errno == allowed[i])
			return;
	EXPECT_MSG(0, "%s: %s", what, strerror(errno));
}

static void op_load(void)
{
	struct rex_load args = load_template;
	int fd;

	args.flags = random_below(2) ? REX_LOAD_RESTART : 0;
	args.restarts_per_min = args.flags ? 1000000 : 0;
	if (random_below(4) == 0)
		args.flags |= REX_LOAD_TIME_RUNS;
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	check("load", fd);
	if (fd >= 0)
		put(&images, fd);
}

static void op_load_without_memory(void)
{
	struct rex_load args = load_template;
	int fd, file = open("/sys/module/rex/parameters/fail_step", O_WRONLY);
	char text[16];

	ASSERT(file >= 0);
	snprintf(text, sizeof(text), "%u", 1 + random_below(20));
	ASSERT(write(file, text, strlen(text)) > 0);
	close(file);
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	if (fd >= 0)
		close(fd);
	else
		EXPECT(errno == ENOMEM || errno == ENFILE);
}

static void op_load_of_a_part(void)
{
	struct rex_load args = load_template;
	int fd;

	args.elf_size = random_below(args.elf_size);
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	/* The step that op_load_without_memory() lets fail may be one of this load. */
	EXPECT(fd < 0 && (errno == ENOEXEC || errno == ENOMEM));
}

static void op_load_with_other_maps(void)
{
	struct rex_map_fd maps[NR_MAPS];
	struct rex_load args = load_template;
	int fd;

	memcpy(maps, load_maps, sizeof(maps));
	maps[random_below(NR_MAPS)].fd =
		random_below(2) ? pick(&carriers) : (int)random_below(64);
	args.maps = u64_of(maps);
	fd = ioctl(device(), REX_IOC_LOAD, &args);
	check("load with other maps", fd);
	if (fd >= 0)
		put(&images, fd);
}

static void op_close_image(void)
{
	put(&images, -1);
}

static int dup_of(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static void op_share_image(void)
{
	int fd = dup_of(pick(&images));

	if (fd >= 0)
		put(&images, fd);
}

static void op_new_carrier(void)
{
	put(&carriers, carrier(BPF_PROG_TYPE_TRACEPOINT));
}

static void op_new_packet_carrier(void)
{
	put(&packets, carrier(BPF_PROG_TYPE_XDP));
}

static void op_close_carrier(void)
{
	put(random_below(2) ? &carriers : &packets, -1);
}

static void bind_any(__u32 flags)
{
	bool packet = random_below(2);
	struct rex_bind args = bind_args(pick(&images),
					 pick(packet ? &packets : &carriers),
					 packet ? "at_xdp" : "at_tracepoint");

	args.flags = flags;
	args.timeout_ms = 20 + random_below(80);
	if (random_below(2)) {
		args.flags |= REX_BIND_DEFAULT_RET;
		args.default_ret = XDP_PASS;
	}
	check("bind", ioctl(device(), REX_IOC_BIND, &args));
}

static void op_bind(void)
{
	bind_any(0);
}

static void op_replace(void)
{
	bind_any(REX_BIND_REPLACE);
}

static void op_bind_of_other_kinds(void)
{
	const int fds[] = { pick(&images), pick(&carriers), pick(&links),
			    device(),	   orders,	    prog_array,
			    event,	   random_below(64) };

	check("bind of other kinds",
	      bind_prog(fds[random_below(8)], fds[random_below(8)],
			"at_tracepoint", random_below(2)));
}

static void op_image_info(void)
{
	struct rex_image_info info = { .size = sizeof(info),
				       .image_fd = pick(&images) };

	check("image info", ioctl(device(), REX_IOC_IMAGE_INFO, &info));
}

static void op_prog_info(void)
{
	struct rex_prog_info info = { .size = sizeof(info),
				      .image_fd = -1,
				      .prog_fd = pick(&carriers) };

	if (random_below(2)) {
		info.image_fd = pick(&images);
		info.prog_fd = -1;
		info.index = random_below(10);
	}
	check("prog info", ioctl(device(), REX_IOC_PROG_INFO, &info));
}

static void op_fault_info(void)
{
	struct rex_fault_info info = { .size = sizeof(info),
				       .image_fd = -1,
				       .prog_fd = pick(&carriers),
				       .number = random_below(3) };

	if (random_below(2)) {
		info.image_fd = pick(&images);
		info.prog_fd = -1;
		if (random_below(2)) {
			info.flags = REX_FAULT_NEXT;
			info.number = 0;
		}
	}
	check("fault info", ioctl(device(), REX_IOC_FAULT_INFO, &info));
	EXPECT(memchr(info.trace, 0, sizeof(info.trace)));
}

/* Another thread changes the argument while the module reads and writes it. */
static void op_shared_argument(void)
{
	static const unsigned int ioctls[] = { REX_IOC_PROG_INFO,
					       REX_IOC_FAULT_INFO,
					       REX_IOC_BIND };
	volatile __u32 *word = (void *)&shared;

	word[random_below(16)] = random_below(2) ? (__u32)-1 : random_below(64);
	shared.size = random_below(2) ? sizeof(struct rex_prog_info) :
					random_below(5000);
	check("shared argument",
	      ioctl(device(), ioctls[random_below(3)], &shared));
}

/* The arguments of an ioctl, right but for some words that are random or at an edge. */
static void op_random_argument(void)
{
	static const __u32 edges[] = { 0, 1, 2, 63, 64, 4096, -1u, 1u << 31 };
	static const unsigned int ioctls[] = {
		REX_IOC_VERSION,    REX_IOC_LOAD,      REX_IOC_BIND,
		REX_IOC_IMAGE_INFO, REX_IOC_PROG_INFO, REX_IOC_FAULT_INFO,
	};
	union {
		__u32 words[1024];
		struct rex_load load;
		struct rex_bind bind;
	} arg = {};
	unsigned int which = random_below(6), size = _IOC_SIZE(ioctls[which]);
	int ret;

	if (ioctls[which] == REX_IOC_LOAD)
		arg.load = load_template;
	else if (ioctls[which] == REX_IOC_BIND)
		arg.bind = bind_args(pick(&images), pick(&carriers),
				     "at_tracepoint");
	else
		arg.words[2] = pick(&images);
	arg.words[0] = size;
	for (int n = random_below(3); n >= 0; n--)
		arg.words[random_below(size / 4)] =
			random_below(2) ? edges[random_below(8)] :
					  random_below(-1u);
	ret = ioctl(device(), ioctls[which], &arg);
	if (ret >= 0 && ioctls[which] == REX_IOC_LOAD)
		put(&images, ret);
	if (ret < 0 && (errno == EFAULT || errno == EFBIG || errno == ERANGE))
		return;
	check("random argument", ret);
}

static void op_attach(void)
{
	int fd = bpf_link_create(pick(&carriers), event, BPF_PERF_EVENT, NULL);

	if (fd >= 0)
		put(&links, fd);
}

static void op_detach(void)
{
	put(&links, -1);
}

static void op_event(void)
{
	for (int i = 0; i < 20; i++)
		syscall(SYS_dup, EVENT_FD);
}

static void op_packet(void)
{
	char packet[64] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet),
		    .repeat = 1 + random_below(50));

	bpf_prog_test_run_opts(pick(&packets), &opts);
}

/* Orders the act of the programs from now on. */
static void op_order(void)
{
	static const char *const acts[] = { "nothing",	 "explicit_panic",
					    "ud2",	 "null_read",
					    "recursion", "loop_of_nothing" };
	__u64 value = name_hash(acts[random_below(6)]);
	__u32 key = ACT;

	ASSERT(!bpf_map_update_elem(orders, &key, &value, 0));
}

static void op_tail_call_slot(void)
{
	__u32 key = random_below(4);
	int fd = pick(&packets);

	if (random_below(2))
		bpf_map_update_elem(prog_array, &key, &fd, 0);
	else
		bpf_map_delete_elem(prog_array, &key);
}

static void op_dump_carrier(void)
{
	static __thread char jited[4096], xlated[1024];
	struct bpf_prog_info info = {
		.jited_prog_insns = u64_of(jited),
		.jited_prog_len = sizeof(jited),
		.xlated_prog_insns = u64_of(xlated),
		.xlated_prog_len = sizeof(xlated),
	};
	__u32 len = sizeof(info);

	bpf_obj_get_info_by_fd(pick(&carriers), &info, &len);
}

/* Forks a child that holds all descriptors a little longer. */
static void op_fork(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		usleep(random_below(2000));
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
}

static void op_rmmod(void)
{
	EXPECT_ERRNO(remove_module(), EAGAIN);
}

static void op_read_symbols(void)
{
	char text[4096];
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);

	ASSERT(fd >= 0);
	/* Symbols of BPF come last in kallsyms, so all of it is read. */
	for (int i = 0; i < 200 && read(fd, text, sizeof(text)) > 0; i++)
		;
	close(fd);
}

#define OP(_name)                  \
	{                          \
#_name, op_##_name \
	}

const struct op ops[] = {
	OP(load),
	OP(load_without_memory),
	OP(load_of_a_part),
	OP(load_with_other_maps),
	OP(close_image),
	OP(share_image),
	OP(new_carrier),
	OP(new_packet_carrier),
	OP(close_carrier),
	OP(bind),
	OP(replace),
	OP(bind_of_other_kinds),
	OP(image_info),
	OP(prog_info),
	OP(fault_info),
	OP(shared_argument),
	OP(random_argument),
	OP(attach),
	OP(detach),
	OP(event),
	OP(packet),
	OP(order),
	OP(tail_call_slot),
	OP(dump_carrier),
	OP(fork),
	OP(rmmod),
	OP(read_symbols),
};

const size_t nr_ops = sizeof(ops) / sizeof(ops[0]);

/* ---- all of them ---- */

void fill_tables(void)
{
	op_load();
	op_new_carrier();
	op_new_packet_carrier();
	op_bind();
	op_replace();
	op_attach();
}

void set_up_operations(void)
{
	orders = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 6, 0);
	notes = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 8, 0);
	turn = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0);
	scratch = make_map(BPF_MAP_TYPE_HASH, 8, 8, 16, 0);
	prog_array = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 4, 0);
	load_maps[0] = (struct rex_map_fd){ "orders", orders, 0 };
	load_maps[1] = (struct rex_map_fd){ "notes", notes, 0 };
	load_maps[2] = (struct rex_map_fd){ "turn", turn, 0 };
	load_maps[3] = (struct rex_map_fd){ "scratch", scratch, 0 };
	load_template = load_args("hostile_unsafe");
	give_maps(&load_template, load_maps, NR_MAPS);
	close(load(&load_template));
	event = open_dup_event();
	for (int i = 0; i < SLOTS; i++)
		images.fd[i] = carriers.fd[i] = links.fd[i] = packets.fd[i] =
			-1;
}

void tear_down_operations(void)
{
	clear(&links);
	clear(&carriers);
	clear(&packets);
	clear(&images);
	for (__u32 key = 0; key < 4; key++)
		bpf_map_delete_elem(prog_array, &key);
}

void expect_health(const struct census *before)
{
	struct actor a;
	struct victim v;

	tear_down_operations();
	EXPECT_CENSUS(before);
	v = start_victim(&hook_tracepoint);
	a = start_actor(&hook_tracepoint, "explicit_panic", "health", v.pid, 0);
	let_go(&v);
	expect_actor_fault(&a, REX_FAULT_PANIC);
	EXPECT_EQ(actor_info(&a).skipped, 0);
	end_actor(&a);
}
