// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of attachment that a program can have, and its events (rex_soak_hooks.h).
 */
#include <sys/resource.h>

#include "rex_net.h"
#include "rex_soak_hooks.h"
#include "rex_usdt.h"
#include "names/soak_unsafe.h"

#define ROOT "/sys/fs/cgroup"
#define FOLDER ROOT "/rex-soak"
/* Of UDP: that of the cgroup, and that of nobody. */
#define PORT 5001
#define OTHER_PORT 5002
#define NR_ARGS 12
#define NR_ELEMENTS 4
#define FRAME_SIZE 64
#define LINK_INFO_SIZE 16

#ifndef BPF_TCX_EGRESS
#define BPF_TCX_EGRESS 47
#endif

/* Sockets: the first two are of the cgroup. */
static int sender, receiver, outside, nobody, frames;
static int cgroup;
/* BPF_PROG_TEST_RUN of this program calls the traced function. */
static int caller;
/* Sleepable programs read it, and each time anew it is not there. */
static char *page;

/* ---- events ---- */

static void fire_usdt(void)
{
	PROBE("soak", "0", "-4@$1");
}

static void fire_traced(void)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (caller >= 0 && bpf_prog_test_run_opts(caller, &opts))
		_exit(40);
}

static void fire_nice(void)
{
	if (setpriority(PRIO_PROCESS, 0, 0))
		_exit(41);
}

static void fire_prctl(void)
{
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) < 0)
		_exit(42);
}

static void fire_open(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		_exit(43);
	close(fd);
}

/* A program that runs drops the packet, and the sender is told if it may not leave. */
static void send_to(int sock, int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	if (sendto(sock, "soak", 4, 0, (void *)&addr, sizeof(addr)) < 0 &&
	    errno != EPERM)
		_exit(44);
}

static void fire_egress(void)
{
	send_to(sender, OTHER_PORT);
}

static void fire_ingress(void)
{
	send_to(outside, PORT);
}

static void (*const shared_events[NR_SHARED_SOURCES])(void) = {
	[BY_DUP] = fire_dup,	     [BY_UPROBED] = fire_uprobe,
	[BY_USDT] = fire_usdt,	     [BY_TRACED] = fire_traced,
	[BY_NICE] = fire_nice,	     [BY_PRCTL] = fire_prctl,
	[BY_OPEN] = fire_open,	     [BY_EGRESS] = fire_egress,
	[BY_INGRESS] = fire_ingress,
};

void soak_fire(enum soak_source source, unsigned int count)
{
	madvise(page, 4096, MADV_DONTNEED);
	while (count--)
		shared_events[source]();
}

static int program_fd(const struct soak_place *place)
{
	return bpf_program__fd(program(place->obj, place->hook->hook->program));
}

static void fire_test_runs(const struct soak_place *place, unsigned int count)
{
	char packet[FRAME_SIZE] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = count);

	if (bpf_prog_test_run_opts(program_fd(place), &opts))
		_exit(45);
}

static void fire_requests(const struct soak_place *place, unsigned int count)
{
	__u64 args[NR_ARGS] = {};

	while (count--) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args,
			    .ctx_size_in = sizeof(args));

		if (bpf_prog_test_run_opts(program_fd(place), &opts))
			_exit(46);
	}
}

/* The program writes nothing, so the first call of read(2) is at the end. */
static void fire_iterations(const struct soak_place *place, unsigned int count)
{
	while (count--) {
		int fd = bpf_iter_create(bpf_link__fd(place->link));
		char byte;

		if (fd < 0 || read(fd, &byte, 1))
			_exit(47);
		close(fd);
	}
}

static void device_name(char *name, const char *end, unsigned int number)
{
	snprintf(name, IF_NAMESIZE, "%s%u", end, number);
}

static int device_of(const char *end, const struct soak_place *place)
{
	char name[IF_NAMESIZE];

	device_name(name, end, place->number);
	return if_nametoindex(name);
}

static void fire_frames(const struct soak_place *place, unsigned int count)
{
	char frame[FRAME_SIZE] = "";
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_ifindex = device_of("soak", place),
		.sll_halen = ETH_ALEN,
	};

	while (count--)
		if (sendto(frames, frame, sizeof(frame), 0, (void *)&addr,
			   sizeof(addr)) < 0)
			_exit(48);
}

static void fire_redirects(const struct soak_place *place, unsigned int count)
{
	char packet[FRAME_SIZE] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .repeat = count,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);

	if (bpf_prog_test_run_opts(place->fds[0], &opts))
		_exit(49);
}

static void (*const own_events[NR_SOURCES])(const struct soak_place *place,
					    unsigned int count) = {
	[BY_TEST_RUN] = fire_test_runs,	  [BY_REQUEST] = fire_requests,
	[BY_ITERATION] = fire_iterations, [BY_FRAME] = fire_frames,
	[BY_REDIRECT] = fire_redirects,
};

void soak_fire_at(const struct soak_place *place, unsigned int count)
{
	madvise(page, 4096, MADV_DONTNEED);
	own_events[place->hook->source](place, count);
}

/* The files of sysfs are those of another network. */
__u64 soak_dropped(const struct soak_place *place)
{
	char name[IF_NAMESIZE + 1], *text, *line;
	__u64 dropped;

	if (place->hook->source != BY_FRAME)
		return 0;
	device_name(name, "soak", place->number);
	strcat(name, ":");
	text = read_all("/proc/self/net/dev", NULL);
	line = strstr(text, name);
	/* Eight numbers of what was received are before those of what was sent. */
	ASSERT(line &&
	       sscanf(line + strlen(name),
		      "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %llu",
		      &dropped) == 1);
	free(text);
	return dropped;
}

/* ---- attachments by more than a link ---- */

static struct rex_links *must_attach(struct rex_links *links)
{
	ASSERT_MSG(links, "%s", rex_last_error());
	return links;
}

static void attach_functions(struct soak_place *place)
{
	static const char *const names[] = { KPROBED };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 1);

	place->links = must_attach(
		rex_obj_attach_functions(place->obj, place->hook->hook->program,
					 NULL, &opts));
}

static void attach_user_functions(struct soak_place *place)
{
	static const char *const names[] = { "uprobed" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 1);

	place->links = must_attach(
		rex_obj_attach_user_functions(place->obj,
					      place->hook->hook->program,
					      "/proc/self/exe", NULL, &opts));
}

static void attach_usdt(struct soak_place *place)
{
	place->links = must_attach(
		rex_obj_attach_usdt(place->obj, place->hook->hook->program,
				    "/proc/self/exe", "rex_test:soak", NULL));
}

/* What is iterated over. The headers of the build may lack members of the kernel's union. */
union iterated {
	union bpf_iter_link_info info;
	char bytes[LINK_INFO_SIZE];
};

/* The runs of an iterator are one for each object, and one after the last. */
static void attach_iterator(struct soak_place *place, union iterated *of)
{
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &of->info,
		    .link_info_len = sizeof(*of));

	place->link =
		bpf_program__attach_iter(program(place->obj,
						 place->hook->hook->program),
					 &opts);
	ASSERT_MSG(place->link, "iterator: %s", strerror(errno));
}

static void attach_to_elements(struct soak_place *place)
{
	union iterated of = {};

	place->fds[0] = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, NR_ELEMENTS, 0);
	of.info.map.map_fd = place->fds[0];
	attach_iterator(place, &of);
}

/* The only object is this thread. */
static void attach_to_thread(struct soak_place *place)
{
	const struct {
		__u32 tid, pid, pid_fd;
	} task = { .tid = getpid() };
	union iterated of = {};

	memcpy(&of, &task, sizeof(task));
	attach_iterator(place, &of);
}

/* ---- attachments to a cgroup ---- */

static struct bpf_link *attach_cgroup(struct rex_obj *obj,
				      const struct hook *hook, pid_t victim)
{
	struct bpf_link *link =
		bpf_program__attach_cgroup(program(obj, hook->program), cgroup);

	(void)victim;
	ASSERT_MSG(link, "%s: %s", hook->program, strerror(errno));
	return link;
}

/* ---- attachments to devices ---- */

static void need_devices(unsigned int number)
{
	char soak[IF_NAMESIZE], peer[IF_NAMESIZE];

	device_name(soak, "soak", number);
	device_name(peer, "peer", number);
	if (if_nametoindex(soak))
		return;
	make_pair(soak, peer);
	free(shell("ip link set %s up && ip link set %s up", peer, soak));
	await_queue(soak);
	await_queue(peer);
}

void soak_prepare(const struct soak_hook *hook, unsigned int number)
{
	if (hook->source == BY_FRAME || hook->source == BY_REDIRECT)
		need_devices(number);
}

static void attach_xdp_device(struct soak_place *place)
{
	place->link =
		bpf_program__attach_xdp(program(place->obj,
						place->hook->hook->program),
					device_of("peer", place));
	ASSERT_MSG(place->link, "xdp: %s", strerror(errno));
}

static int load_redirection(int devices)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = devices },
		{},
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_XDP, "redirects", "GPL", insns,
			     sizeof(insns) / sizeof(insns[0]), NULL);
}

/* A device of a pair takes such frames if there is a program of XDP at the other one. */
static int attach_taker(const struct soak_place *place)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int prog = bpf_prog_load(BPF_PROG_TYPE_XDP, "takes", "GPL", insns, 2,
				 NULL);
	int link =
		bpf_link_create(prog, device_of("peer", place), BPF_XDP, NULL);

	ASSERT_MSG(link >= 0, "takes: %s", strerror(errno));
	close(prog);
	return link;
}

/* The program runs for each frame that another one redirects to the device. */
static void attach_devmap(struct soak_place *place)
{
	struct bpf_devmap_val value;
	__u32 key = 0;

	value.ifindex = device_of("soak", place);
	value.bpf_prog.fd = program_fd(place);
	place->fds[1] = make_map(BPF_MAP_TYPE_DEVMAP, 4, sizeof(value), 1, 0);
	ASSERT_MSG(!bpf_map_update_elem(place->fds[1], &key, &value, 0),
		   "devmap: %s", strerror(errno));
	place->fds[0] = load_redirection(place->fds[1]);
	ASSERT_MSG(place->fds[0] >= 0, "redirects: %s", strerror(errno));
	place->fds[2] = attach_taker(place);
}

static void attach_filter(struct soak_place *place)
{
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = program_fd(place));
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_EGRESS);
	int err;

	hook.ifindex = device_of("soak", place);
	err = bpf_tc_hook_create(&hook);
	ASSERT_MSG(!err, "clsact: %s", strerror(-err));
	place->has_filter = true;
	err = bpf_tc_attach(&hook, &opts);
	ASSERT_MSG(!err, "tc: %s", strerror(-err));
}

/* The filter goes with clsact. */
static void detach_filter(const struct soak_place *place)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = device_of("soak", place),
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	ASSERT(!bpf_tc_hook_destroy(&hook));
}

static void attach_tcx(struct soak_place *place)
{
	union bpf_attr attr = {};

	attr.link_create.prog_fd = program_fd(place);
	attr.link_create.target_ifindex = device_of("soak", place);
	attr.link_create.attach_type = BPF_TCX_EGRESS;
	place->fds[0] = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	ASSERT_MSG(place->fds[0] >= 0, "tcx: %s", strerror(errno));
}

/* ---- the hooks ---- */

static struct bpf_link *attach_uretprobe(struct rex_obj *obj,
					 const struct hook *hook, pid_t victim)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = hook->at,
		    .retprobe = true);
	struct bpf_link *link =
		bpf_program__attach_uprobe_opts(program(obj, hook->program), -1,
						"/proc/self/exe", 0, &opts);

	(void)victim;
	ASSERT_MSG(link, "uretprobe: %s", strerror(errno));
	return link;
}

static bool has_kprobe_multi(void)
{
	return kallsyms_has("kprobe_multi_link_handler");
}

static bool has_sessions(void)
{
	return kallsyms_has(" T bpf_session_is_return");
}

static bool is_from_6_6(void)
{
	return kernel_is_from(6, 6);
}

static bool has_traced(void)
{
	return caller >= 0;
}

#define NOWHERE(_name, _program) \
	static HOOK(_name, _program, attach_nowhere, NULL)
#define BY_SECTION(_name, _program, ...) \
	static HOOK(_name, _program, attach_section, NULL, ##__VA_ARGS__)
#define BY_CGROUP(_name, _program) \
	static HOOK(_name, _program, attach_cgroup, NULL)

static RAW_TRACEPOINT_HOOK(syscall, fire_dup, "sys_enter");
BY_SECTION(tp_btf, "at_tp_btf", .at = "sys_enter");
BY_SECTION(fexit, "at_fexit");
BY_SECTION(fentry_sleepable, "at_fentry_sleepable");
BY_SECTION(fexit_sleepable, "at_fexit_sleepable");
BY_SECTION(lsm, "at_lsm");
BY_SECTION(lsm_sleepable, "at_lsm_sleepable");
static HOOK(uretprobe, "at_kprobe", attach_uretprobe, NULL, .at = "uprobed");
static HOOK(uprobe_sleepable, "at_uprobe_sleepable", attach_uprobe, NULL,
	    .at = "uprobed");
static HOOK(uretprobe_sleepable, "at_uretprobe_sleepable", attach_uretprobe,
	    NULL, .at = "uprobed");
BY_CGROUP(cgroup_ingress, "at_cgroup_ingress");
BY_CGROUP(cgroup_egress, "at_cgroup_skb");
BY_CGROUP(cgroup_device, "at_cgroup_device");
/* They are attached otherwise, or to nothing. */
NOWHERE(kprobe_multi, "at_kprobe");
NOWHERE(kretprobe_multi, "at_kretprobe");
NOWHERE(kprobe_session, "at_kprobe_session");
NOWHERE(uprobe_multi, "at_uprobe");
NOWHERE(usdt, "at_usdt");
NOWHERE(iterator, "at_iter");
NOWHERE(iterator_sleepable, "at_iter_sleepable");
NOWHERE(request, "at_request");
NOWHERE(request_sleepable, "at_request_sleepable");
NOWHERE(timer, "at_timer");
NOWHERE(xdp_device, "at_xdp");
NOWHERE(xdp_devmap, "at_xdp_devmap");
NOWHERE(tc_filter, "at_tc");
NOWHERE(tcx, "at_tc");

const struct soak_hook soak_hooks[] = {
	{ "tracepoint", &hook_tracepoint, .source = BY_DUP },
	{ "kprobe by ftrace", &hook_kprobe_ftrace, .source = BY_DUP,
	  .is_slow = true },
	{ "kprobe by int3", &hook_kprobe_int3, .source = BY_DUP,
	  .is_slow = true },
	{ "kretprobe", &hook_kretprobe, .source = BY_DUP, .is_slow = true },
	{ "uprobe", &hook_uprobe, .source = BY_UPROBED, .is_slow = true },
	{ "packet of a test run: XDP", &hook_xdp, .source = BY_TEST_RUN },
	{ "packet of a test run: tc", &hook_tc, .source = BY_TEST_RUN },
	{ "packet of a test run: cgroup", &hook_cgroup, .source = BY_TEST_RUN },
	{ "raw tracepoint of system calls", &hook_syscall,
	  .source = BY_KERNEL },
	{ "hardirq", &hook_hardirq, .source = BY_KERNEL },
	{ "softirq", &hook_softirq, .source = BY_KERNEL },
	{ "switch of tasks", &hook_switch, .source = BY_KERNEL },
	{ "clock", &hook_clock, .source = BY_CLOCK },
	{ "timer", &hook_timer, .source = BY_CLOCK },
	{ "request", &hook_request, .source = BY_REQUEST },
	{ "sleepable request", &hook_request_sleepable, .source = BY_REQUEST },
	{ "cgroup ingress", &hook_cgroup_ingress, .source = BY_INGRESS },
	{ "cgroup egress", &hook_cgroup_egress, .source = BY_EGRESS },
	{ "cgroup device", &hook_cgroup_device, .source = BY_OPEN },
	{ "kprobes of a link", &hook_kprobe_multi, .attach = attach_functions,
	  .source = BY_DUP, .is_slow = true, .is_there = has_kprobe_multi },
	{ "kretprobes of a link", &hook_kretprobe_multi,
	  .attach = attach_functions, .source = BY_DUP, .is_slow = true,
	  .is_there = has_kprobe_multi },
	{ "session", &hook_kprobe_session, .attach = attach_functions,
	  .source = BY_DUP, .runs = 2, .is_slow = true,
	  .is_there = has_sessions },
	{ "fentry", &hook_fentry, .source = BY_DUP, .is_slow = true },
	{ "fexit", &hook_fexit, .source = BY_DUP, .is_slow = true },
	{ "sleepable fentry", &hook_fentry_sleepable, .source = BY_TRACED,
	  .is_slow = true, .is_there = has_traced },
	{ "sleepable fexit", &hook_fexit_sleepable, .source = BY_TRACED,
	  .is_slow = true, .is_there = has_traced },
	{ "uretprobe", &hook_uretprobe, .source = BY_UPROBED, .is_slow = true },
	{ "sleepable uprobe", &hook_uprobe_sleepable, .source = BY_UPROBED,
	  .is_slow = true },
	{ "sleepable uretprobe", &hook_uretprobe_sleepable,
	  .source = BY_UPROBED, .is_slow = true },
	{ "uprobes of a link", &hook_uprobe_multi,
	  .attach = attach_user_functions, .source = BY_UPROBED,
	  .is_slow = true, .is_there = is_from_6_6 },
	{ "USDT", &hook_usdt, .attach = attach_usdt, .source = BY_USDT,
	  .is_slow = true },
	{ "LSM", &hook_lsm, .source = BY_NICE, .is_slow = true },
	{ "sleepable LSM", &hook_lsm_sleepable, .source = BY_PRCTL,
	  .is_slow = true },
	{ "tp_btf", &hook_tp_btf, .source = BY_KERNEL, .is_slow = true },
	{ "iterator", &hook_iterator, .attach = attach_to_elements,
	  .source = BY_ITERATION, .runs = NR_ELEMENTS + 1, .is_slow = true },
	{ "sleepable iterator", &hook_iterator_sleepable,
	  .attach = attach_to_thread, .source = BY_ITERATION, .runs = 2,
	  .is_slow = true },
	{ "XDP", &hook_xdp_device, .attach = attach_xdp_device,
	  .source = BY_FRAME, .is_slow = true },
	{ "XDP of a devmap", &hook_xdp_devmap, .attach = attach_devmap,
	  .source = BY_REDIRECT, .is_slow = true },
	{ "filter of clsact", &hook_tc_filter, .attach = attach_filter,
	  .source = BY_FRAME },
	{ "tcx", &hook_tcx, .attach = attach_tcx, .source = BY_FRAME,
	  .is_there = is_from_6_6 },
};
const size_t nr_soak_hooks = sizeof(soak_hooks) / sizeof(soak_hooks[0]);

const struct soak_hook **find_soak_hooks(size_t *nr)
{
	static const struct soak_hook
		*found[sizeof(soak_hooks) / sizeof(soak_hooks[0])];

	*nr = 0;
	for (size_t i = 0; i < nr_soak_hooks; i++) {
		const struct soak_hook *hook = &soak_hooks[i];

		if (!hook->is_there || hook->is_there())
			found[(*nr)++] = hook;
		else
			ksft_note("this kernel has no %s", hook->name);
	}
	return found;
}

/* ---- places ---- */

/* Nobody reads these packets, and each one that a program lets through stays until there are so many. */
static void keep_few_packets(int sock)
{
	const int least = 1;

	ASSERT(!setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)));
}

/* A socket belongs to the cgroup of the process that makes it. */
static void make_sockets(void)
{
	int net = own_net();

	soak_enter();
	sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	receiver = udp_socket(net, PORT);
	write_file(ROOT "/cgroup.procs", "0");
	outside = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	nobody = udp_socket(net, OTHER_PORT);
	frames = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ASSERT(sender >= 0 && outside >= 0 && frames >= 0);
	keep_few_packets(receiver);
	keep_few_packets(nobody);
	close(net);
}

static int load_caller(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_FENTRY);
	int prog;

	/* Older kernels let no program sleep at the function that it calls. */
	if (!kernel_is_from(6, 3))
		return -1;
	opts.attach_btf_id = libbpf_find_vmlinux_btf_id("bpf_fentry_test1",
							BPF_TRACE_FENTRY);
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "caller", "GPL", insns, 2,
			     &opts);
	ASSERT_MSG(prog >= 0, "caller: %s", strerror(errno));
	return prog;
}

void soak_enter(void)
{
	write_file(FOLDER "/cgroup.procs", "0");
}

void soak_set_up(void)
{
	free(shell(
		"modprobe veth && modprobe sch_ingress && modprobe cls_bpf"));
	ASSERT(!unshare(CLONE_NEWNET));
	be_quiet();
	free(shell("ip link set lo up"));
	ASSERT(!mkdir(FOLDER, 0755) || errno == EEXIST);
	cgroup = open(FOLDER, O_RDONLY | O_CLOEXEC);
	ASSERT(cgroup >= 0);
	make_sockets();
	caller = load_caller();
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(page != MAP_FAILED);
}

void soak_tear_down(void)
{
	const int fds[] = { sender, receiver, outside, nobody, frames, cgroup };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		close(fds[i]);
	if (caller >= 0)
		close(caller);
	EXPECT(WAIT_FOR(!rmdir(FOLDER), 5));
}

struct soak_place soak_attach(const struct soak_hook *hook, unsigned int number,
			      const char *name, __u32 timeout_ms, __u64 odds,
			      bool loops, pid_t maker)
{
	struct soak_place place = { .hook = hook,
				    .maker = maker,
				    .number = number,
				    .fds = { -1, -1, -1 } };

	/* The carriers of a session are made when it is attached. */
	place.obj = load_act("soak_unsafe",
			     hook->hook == &hook_kprobe_session ?
				     "" :
				     hook->hook->program,
			     name, timeout_ms);
	map_set(place.obj, "control", LOOPS, loops);
	map_set(place.obj, "control", ADDRESS, (unsigned long)page);
	map_set(place.obj, "control", ODDS, odds);
	if (hook->attach)
		hook->attach(&place);
	else
		place.link = hook->hook->attach(place.obj, hook->hook, maker);
	return place;
}

/* A timer has no link; it runs until its carrier is gone. */
static bool has_ended(const struct soak_place *place)
{
	return !image_info(place->obj).nr_bindings;
}

void soak_detach(struct soak_place *place)
{
	bpf_link__destroy(place->link);
	rex_links_destroy(place->links);
	if (place->has_filter)
		detach_filter(place);
	for (int i = 0; i < 3; i++)
		if (place->fds[i] >= 0)
			close(place->fds[i]);
	if (place->hook->hook == &hook_timer) {
		bpf_program__unload(program(place->obj, "at_timer"));
		EXPECT(WAIT_FOR(has_ended(place), 10));
	}
}
