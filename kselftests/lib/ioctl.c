// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/rex without librex.
 */
#include "rex_ioctl.h"

static int device_fd = -1;

int open_device(void)
{
	int fd = open(REX_DEVICE, O_RDWR | O_CLOEXEC);

	ASSERT_MSG(fd >= 0, "%s: %s", REX_DEVICE, strerror(errno));
	return fd;
}

int device(void)
{
	if (device_fd < 0)
		device_fd = open_device();
	return device_fd;
}

int idle_device(void)
{
	if (device_fd < 0)
		await_idle();
	return device();
}

static int load_calling(enum bpf_prog_type type, int attach_type, int helper)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = helper },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = attach_type);

	return bpf_prog_load(type, "carrier", "GPL", insns, 2, &opts);
}

int bpf_prog_calling(enum bpf_prog_type type, int helper)
{
	int fd = load_calling(type, 0, helper);

	ASSERT_MSG(fd >= 0, "carrier: %s", strerror(-fd));
	return fd;
}

int try_carrier(enum bpf_prog_type type, int attach_type)
{
	return load_calling(type, attach_type, BPF_FUNC_ktime_get_boot_ns);
}

int carrier(enum bpf_prog_type type)
{
	return bpf_prog_calling(type, BPF_FUNC_ktime_get_boot_ns);
}

int load_with_types(enum bpf_prog_type type, const struct bpf_insn *insns,
		    size_t nr, const __u32 *functions, size_t nr_functions,
		    struct bpf_prog_load_opts *opts)
{
	struct btf *btf = btf__new_empty();
	struct bpf_func_info infos[8];
	int number, proto, fd;

	ASSERT(btf && nr_functions <= 8);
	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(btf, number);
	for (size_t i = 0; i < nr_functions; i++) {
		int func = btf__add_func(btf, i ? "part" : "whole",
					 i ? BTF_FUNC_STATIC : BTF_FUNC_GLOBAL,
					 proto);

		ASSERT(func > 0);
		infos[i] = (struct bpf_func_info){ functions[i], func };
	}
	ASSERT_EQ(btf__load_into_kernel(btf), 0);
	opts->prog_btf_fd = btf__fd(btf);
	opts->func_info = infos;
	opts->func_info_cnt = nr_functions;
	opts->func_info_rec_size = sizeof(infos[0]);
	fd = bpf_prog_load(type, "typed", "GPL", insns, nr, opts);
	ASSERT_MSG(fd >= 0, "program with types: %s", strerror(-fd));
	btf__free(btf);
	return fd;
}

int make_map(enum bpf_map_type type, __u32 key_size, __u32 value_size,
	     __u32 max_entries, __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	int fd = bpf_map_create(type, "test", key_size, value_size, max_entries,
				&opts);

	ASSERT_MSG(fd >= 0, "map: %s", strerror(-fd));
	return fd;
}

int tail_caller(enum bpf_prog_type type, int attach_type, int array, int failed)
{
	struct bpf_insn insns[] = {
		TAIL_CALL_INSNS(array),
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = failed },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = attach_type);
	int fd = bpf_prog_load(type, "caller", "GPL", insns, 6, &opts);

	ASSERT_MSG(fd >= 0, "caller: %s", strerror(-fd));
	return fd;
}

int set_callee(int array, int prog)
{
	__u32 key = 0;

	return bpf_map_update_elem(array, &key, &prog, 0);
}

struct rex_load load_args(const char *name)
{
	struct rex_load args = { .size = sizeof(args) };
	size_t size;

	args.elf = u64_of(read_all(object_path(name), &size));
	args.elf_size = size;
	snprintf(args.name, sizeof(args.name), "%s", name);
	return args;
}

void give_maps(struct rex_load *args, const struct rex_map_fd *maps, __u32 nr)
{
	args->maps = u64_of(maps);
	args->nr_maps = nr;
}

int load(struct rex_load *args)
{
	int fd = ioctl(device(), REX_IOC_LOAD, args);

	ASSERT_MSG(fd >= 0, "load of %s: %s", args->name, strerror(errno));
	return fd;
}

int load_image(const char *name)
{
	struct rex_load args = load_args(name);
	int fd = load(&args);

	free((void *)(unsigned long)args.elf);
	return fd;
}

struct rex_bind bind_args(int image_fd, int prog_fd, const char *entry)
{
	struct rex_bind args = {
		.size = sizeof(args),
		.image_fd = image_fd,
		.prog_fd = prog_fd,
	};

	snprintf(args.entry, sizeof(args.entry), "%s", entry);
	return args;
}

int bind_prog(int image_fd, int prog_fd, const char *entry, __u32 flags)
{
	struct rex_bind args = bind_args(image_fd, prog_fd, entry);

	args.flags = flags;
	return ioctl(device(), REX_IOC_BIND, &args);
}

int bind_fresh(int image_fd, int prog_fd, const char *entry, __u32 flags)
{
	int ret;

	WAIT_FOR(!(ret = bind_prog(image_fd, prog_fd, entry, flags)) ||
			 errno != ETXTBSY,
		 2);
	return ret;
}

struct rex_image_info image_info_of(int image_fd)
{
	struct rex_image_info info = { .size = sizeof(info),
				       .image_fd = image_fd };

	ASSERT(!ioctl(device(), REX_IOC_IMAGE_INFO, &info));
	return info;
}

__u32 nr_bindings(int image_fd)
{
	return image_info_of(image_fd).nr_bindings;
}

struct rex_fault_info last_fault(struct rex_obj *obj, const char *prog)
{
	struct rex_prog_info info = prog_info(obj, prog);
	struct rex_fault_info fault = {
		.size = sizeof(fault),
		.image_fd = rex_obj_image_fd(obj),
		.prog_fd = -1,
		.index = info.index,
	};

	ASSERT_MSG(!ioctl(device(), REX_IOC_FAULT_INFO, &fault),
		   "no fault of %s: %s", prog, strerror(errno));
	return fault;
}

struct rex_prog_info info_of_carrier(int prog_fd)
{
	struct rex_prog_info info = {
		.size = sizeof(info),
		.image_fd = -1,
		.prog_fd = prog_fd,
	};

	ASSERT(!ioctl(device(), REX_IOC_PROG_INFO, &info));
	return info;
}

__u32 image_id(int image_fd)
{
	return image_info_of(image_fd).id;
}

void load_is_refused(struct rex_load *args, int want)
{
	struct census census;
	int ret;

	idle_device();
	census = take_census();
	ret = ioctl(device(), REX_IOC_LOAD, args);
	EXPECT_MSG(ret == -1 && errno == want,
		   "load gives %d, errno %d (%s), not %d", ret, errno,
		   strerror(errno), want);
	EXPECT_CENSUS(&census);
}

void load_is_refused_with(struct rex_load *args, int want, const char *words)
{
	char log[1024] = "";

	args->log_level = REX_LOG_ERROR;
	args->log_buf = u64_of(log);
	args->log_size = sizeof(log);
	load_is_refused(args, want);
	EXPECT_CONTAINS(log, words);
	EXPECT_EQ(args->log_len, strlen(log) + 1);
}

void give_counts_maps(struct rex_load *args, struct rex_map_fd *maps)
{
	memset(maps, 0, (NR_COUNTS_MAPS + 1) * sizeof(*maps));
	strcpy(maps[CONTROL].name, "control");
	maps[CONTROL].fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 2, 0);
	strcpy(maps[TOTALS].name, "totals");
	maps[TOTALS].fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 3, 0);
	strcpy(maps[BY_THREAD].name, "by_thread");
	maps[BY_THREAD].fd = make_map(BPF_MAP_TYPE_HASH, 4, 8, 64, 0);
	give_maps(args, maps, NR_COUNTS_MAPS);
}

void give_heap_maps(struct rex_load *args, struct rex_map_fd *maps)
{
	strcpy(maps[0].name, "control");
	maps[0].fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 2, 0);
	strcpy(maps[1].name, "results");
	maps[1].fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 8, 4, 0);
	strcpy(maps[2].name, "text");
	maps[2].fd = make_map(BPF_MAP_TYPE_ARRAY, 4, 128, 1, 0);
	give_maps(args, maps, 3);
}
