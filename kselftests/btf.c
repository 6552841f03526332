// SPDX-License-Identifier: GPL-2.0
/*
 * Symbols of the kernel's types (kmod/btf*.c). The test writes names into the
 * object of programs/btf_unsafe, whose program stores their values. It compares
 * these with libbpf's view of /sys/kernel/btf, or reads the reason of a refusal
 * in the log.
 */
#include "rex_util.h"
#include "names/btf_unsafe.h"

#define OBJECT "btf_unsafe"
/* Each kernel has this type. */
#define ANYTHING "__rex_btf:size:int::"

static char path[64];

/* Writes the object with these names of symbols, which end with NULL. */
static void write_object(const char *const *names)
{
	char slot[32], *at, *file;
	size_t size, len;
	FILE *out;

	file = read_all(object_path(OBJECT), &size);
	for (unsigned int i = 0; i < SLOTS; i++) {
		const char *name = *names ? *names++ : ANYTHING;

		snprintf(slot, sizeof(slot), "__rex_btf:s%03u:", i);
		at = memmem(file, size, slot, strlen(slot));
		ASSERT_MSG(at, "no %s in the object", slot);
		len = strlen(at);
		ASSERT_EQ(len, SLOT_SIZE - 1);
		ASSERT_MSG(strlen(name) < len, "%s", name);
		memset(at, 0, len);
		memcpy(at, name, strlen(name));
		ASSERT(!memmem(file, size, slot, strlen(slot)));
	}
	ASSERT(!*names);
	snprintf(path, sizeof(path), "btf_%d.rex.o", getpid());
	out = fopen(path, "w");
	ASSERT(out && fwrite(file, size, 1, out) == 1 && !fclose(out));
	free(file);
}

/* Opens the object, and loads only PROGRAM. */
static struct rex_obj *open_names_for(const char *name,
				      const char *const *names)
{
	struct bpf_program *prog;
	struct rex_obj *obj;

	write_object(names);
	obj = rex_obj_open(path, NULL);
	ASSERT_MSG(obj, "%s", rex_last_error());
	bpf_object__for_each_program(prog, rex_obj_get_bpf(obj))
		bpf_program__set_autoload(prog, !strcmp(bpf_program__name(prog),
							name));
	return obj;
}

static struct rex_obj *open_names(const char *const *names)
{
	return open_names_for("store_values", names);
}

static struct rex_obj *load_names(const char *const *names)
{
	struct rex_obj *obj = open_names(names);

	ASSERT_MSG(!rex_obj_load_opened(obj), "%s", rex_last_error());
	attach(obj, "store_values");
	fire(DUP_FD);
	ASSERT_EQ(map_get(obj, "results", RUNS), 1);
	return obj;
}

/* Returns the value of one symbol. */
static __u64 value_of(const char *name)
{
	struct rex_obj *obj = load_names((const char *[]){ name, NULL });
	__u64 value = map_get(obj, "values", 0);

	rex_obj_close(obj);
	return value;
}

static void expect_refused(const char *name, const char *why)
{
	struct rex_obj *obj = open_names((const char *[]){ name, NULL });
	int err = rex_obj_load_opened(obj);

	EXPECT_MSG(err == -ENOEXEC, "%s: %d", name, err);
	EXPECT_CONTAINS(rex_obj_log(obj), why);
	rex_obj_close(obj);
}

/* ---- what libbpf says ---- */

static struct btf *kernel;

/* Returns the bit offset of a member, also of a union or struct without a name; -1: none. */
static __s64 bit_in(const struct btf_type *t, const char *member)
{
	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *name = btf__name_by_offset(kernel, m->name_off);
		__s64 within;

		if (!strcmp(name, member))
			return btf_member_bit_offset(t, i);
		if (*name ||
		    !btf_is_composite(btf__type_by_id(kernel, m->type)))
			continue;
		within = bit_in(btf__type_by_id(kernel, m->type), member);
		if (within >= 0)
			return btf_member_bit_offset(t, i) + within;
	}
	return -1;
}

static __u64 bit_of(const char *name, const char *member)
{
	__s64 bit;
	__s32 id;

	kernel = kernel ?: btf__load_vmlinux_btf();
	ASSERT_MSG(kernel, "BTF of the kernel: %s", strerror(errno));
	id = btf__find_by_name_kind(kernel, name, BTF_KIND_STRUCT);
	ASSERT_MSG(id > 0, "struct %s", name);
	bit = bit_in(btf__type_by_id(kernel, id), member);
	ASSERT_MSG(bit >= 0, "struct %s has no %s", name, member);
	return bit;
}

static __u64 offset_of(const char *name, const char *member)
{
	return bit_of(name, member) / 8;
}

/* ---- values ---- */

TEST(members_are_where_libbpf_finds_them)
{
	const char *const names[] = {
		"__rex_btf:off:task_struct:real_parent:ptask_struct",
		"__rex_btf:off:task_struct:tgid:s4",
		"__rex_btf:off:task_struct:comm:au1x16",
		"__rex_btf:off:task_struct:se.sum_exec_runtime:u8",
		"__rex_btf:off:task_struct:nonexistent|mm:pmm_struct",
		"__rex_btf:off:task_struct:tasks:tlist_head",
		"__rex_btf:off:task_struct:tasks.prev:p",
		"__rex_btf:opt:task_struct:pid:s4",
		"__rex_btf:opt:task_struct:nonexistent:s4",
		"__rex_btf:opt:nonexistent:pid:s4",
		"__rex_btf:has:task_struct:pid:s4",
		"__rex_btf:has:task_struct:pid:u8",
		"__rex_btf:has:task_struct:nonexistent:",
		"__rex_btf:has:nonexistent::",
		"__rex_btf:off:file:f_path.dentry:pdentry",
		"__rex_btf:enum:pid_type:PIDTYPE_PGID:",
		"__rex_btf:enum::PIDTYPE_PGID:",
		"__rex_btf:has:pid_type:PIDTYPE_NONE:e",
		"__rex_btf:size:task_struct::",
		"__rex_btf:size:task_struct:comm:",
		"__rex_btf:size:list_head::",
		"__rex_btf:off:sk_buff:len:u4",
		"__rex_btf:off:sock:__sk_common.skc_daddr:u4",
		NULL,
	};
	struct rex_obj *obj = load_names(names);
	const __u64 want[] = {
		offset_of("task_struct", "real_parent"),
		offset_of("task_struct", "tgid"),
		offset_of("task_struct", "comm"),
		offset_of("task_struct", "se") +
			offset_of("sched_entity", "sum_exec_runtime"),
		offset_of("task_struct", "mm"),
		offset_of("task_struct", "tasks"),
		offset_of("task_struct", "tasks") + 8,
		offset_of("task_struct", "pid"),
		REX_NO_FIELD,
		REX_NO_FIELD,
		1,
		0,
		0,
		0,
		offset_of("file", "f_path") + offset_of("path", "dentry"),
		2,
		2,
		0,
		btf__resolve_size(kernel,
				  btf__find_by_name_kind(kernel, "task_struct",
							 BTF_KIND_STRUCT)),
		16,
		16,
		offset_of("sk_buff", "len"),
		0, /* the first member of both */
	};

	for (int i = 0; names[i]; i++)
		EXPECT_MSG(map_get(obj, "values", i) == want[i],
			   "%s is %#llx, not %#llx", names[i],
			   map_get(obj, "values", i), want[i]);
	EXPECT_EQ(map_get(obj, "results", PARENT), getppid());
	EXPECT_EQ(map_get(obj, "results", ERROR), 0);
}

TEST(bit_fields_are_in_the_8_bytes_that_are_to_be_loaded)
{
	__u64 bit = bit_of("task_struct", "in_execve");
	__u64 value = value_of("__rex_btf:bits:task_struct:in_execve:b");
	__u64 start = value >> 16, shift = value >> 8 & 0xff;

	EXPECT_EQ(start * 8 + shift, bit);
	EXPECT_EQ(value & 0xff, 1);
	EXPECT(shift < 64 && start % 8 == 0);
}

/* A hundred members of a dozen structs, as large programs have them. */
TEST(many_symbols_take_little_time)
{
	static const char *const types[] = {
		"task_struct", "file",	    "inode",   "dentry",
		"super_block", "mm_struct", "sock",    "sk_buff",
		"cred",	       "pid",	    "nsproxy", "module",
	};
	char *names[SLOTS];
	const char *const none[] = { NULL };
	struct rex_obj *obj;
	long start, plain, full;

	for (unsigned int i = 0; i < SLOTS - 1; i++)
		ASSERT(asprintf(&names[i], "__rex_btf:has:%s:member%u:u4",
				types[i % 12], i) > 0);
	names[SLOTS - 1] = NULL;
	obj = open_names(none);
	start = ksft_ms();
	ASSERT(!rex_obj_load_opened(obj));
	plain = ksft_ms() - start;
	rex_obj_close(obj);
	obj = open_names((const char *const *)names);
	start = ksft_ms();
	ASSERT(!rex_obj_load_opened(obj));
	full = ksft_ms() - start;
	rex_obj_close(obj);
	ksft_note("%u symbols of %d structs took %ld ms, one type took %ld ms",
		  SLOTS - 1, 12, full, plain);
	/* The kernel reads all of its types for each struct, not for each symbol. */
	EXPECT_MSG(full < 3 * plain + 1000, "%ld ms", full);
}

/* ---- modules ---- */

TEST(types_of_a_module_are_found_while_it_is_loaded)
{
	free(shell("modprobe tun"));
	value_of("__rex_btf:off:tun_struct:dev:pnet_device");
	value_of("__rex_btf:off:tun/tun_struct:dev:pnet_device");
	expect_refused("__rex_btf:off:tun/task_struct:pid:s4",
		       "there is no struct task_struct in the BTF of module "
		       "tun");
	free(shell("rmmod tun"));
	expect_refused("__rex_btf:off:tun_struct:dev:pnet_device",
		       "there is no struct tun_struct in the BTF of the "
		       "kernel and its loaded modules");
	expect_refused("__rex_btf:off:tun/tun_struct:dev:pnet_device",
		       "or the module is not loaded");
	EXPECT_EQ(value_of("__rex_btf:opt:tun/tun_struct:dev:pnet_device"),
		  REX_NO_FIELD);
}

/* ---- refusals ---- */

TEST(missing_types_are_refused_by_name)
{
	expect_refused("__rex_btf:off:task_struct:real_parnt:p",
		       "struct task_struct has no member real_parnt: "
		       "the program asks for it");
	expect_refused("__rex_btf:off:task_struct:se.nonexistent:u8",
		       "struct task_struct has no member se.nonexistent");
	expect_refused("__rex_btf:off:task_strukt:pid:s4",
		       "there is no struct task_strukt in the BTF of the "
		       "kernel and its loaded modules");
	expect_refused("__rex_btf:enum:pid_type:PIDTYPE_NONE:",
		       "enum pid_type has no enumerator PIDTYPE_NONE");
	expect_refused("__rex_btf:enum::PIDTYPE_NONE:",
		       "there is no enumerator PIDTYPE_NONE");
}

TEST(differences_are_refused_by_name)
{
	expect_refused("__rex_btf:off:task_struct:pid:u8",
		       "member pid of struct task_struct is a signed integer "
		       "of 4 bytes, the program wants an unsigned integer of "
		       "8 bytes");
	expect_refused("__rex_btf:opt:task_struct:pid:u4",
		       "is a signed integer of 4 bytes, the program wants an "
		       "unsigned integer of 4 bytes");
	expect_refused("__rex_btf:off:task_struct:mm:pfile",
		       "member mm of struct task_struct is a pointer to struct "
		       "mm_struct, the program wants a pointer to struct or "
		       "union file");
	expect_refused("__rex_btf:off:task_struct:comm:u4",
		       "member comm of struct task_struct is an array of 16 "
		       "of ");
	expect_refused("__rex_btf:off:task_struct:comm:au1x17",
		       "the program wants an array of at least 17 of an "
		       "unsigned integer of 1 byte");
	expect_refused("__rex_btf:off:task_struct:in_execve:u4",
		       "member in_execve of struct task_struct is a bit field "
		       "of 1 bit");
}

TEST(symbols_that_are_not_well_formed_are_refused)
{
	static const char *const names[] = {
		"__rex_btf:",
		"__rex_btf::::",
		"__rex_btf:off",
		"__rex_btf:off:task_struct",
		"__rex_btf:off:task_struct:pid",
		"__rex_btf:off:task_struct:pid:s4:",
		"__rex_btf:off:task_struct::s4",
		"__rex_btf:off::pid:s4",
		"__rex_btf:off:/task_struct:pid:s4",
		"__rex_btf:off:a/b/task_struct:pid:s4",
		"__rex_btf:offset:task_struct:pid:s4",
		"__rex_btf:off:task_struct:pid:s3",
		"__rex_btf:off:task_struct:pid:q",
		"__rex_btf:off:task_struct:pid:b",
		"__rex_btf:bits:task_struct:pid:u4",
		"__rex_btf:off:task_struct:.pid:s4",
		"__rex_btf:off:task_struct:pid.:s4",
		"__rex_btf:off:task_struct:se..on_rq:s4",
		"__rex_btf:off:task_struct:comm[:u1",
		"__rex_btf:off:task_struct:comm[]:u1",
		"__rex_btf:off:task_struct:comm[1:u1",
		"__rex_btf:off:task_struct:comm[1]x:u1",
		"__rex_btf:off:task_struct:comm[-1]:u1",
		"__rex_btf:off:task_struct:comm[99999999999]:u1",
		"__rex_btf:off:task_struct:comm:a",
		"__rex_btf:off:task_struct:comm:au1",
		"__rex_btf:off:task_struct:comm:ax16",
		"__rex_btf:enum:pid_type::",
		"__rex_btf_arg:",
		"__rex_btf_arg:vfs_read:0",
		"__rex_btf_arg::0:p",
		"__rex_btf_arg:vfs_read:x:p",
		"__rex_btf_arg:vfs_read:0:b",
		"__rex_btf_arg:vfs_read:0:p:",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect_refused(names[i], "is not well formed");
}

/* ---- arguments ---- */

TEST(arguments_are_where_the_trampoline_stores_them)
{
	const char *const names[] = {
		"__rex_btf_arg:vfs_read:0:pfile",
		"__rex_btf_arg:vfs_read:2:u8",
		"__rex_btf_arg:vfs_read:3:p*s8",
		"__rex_btf_arg:vfs_read:ret:s8",
		"__rex_btf_arg:lsm/file_open:0:pfile",
		"__rex_btf_arg:lsm/file_open:ret:s4",
		"__rex_btf_arg:tp/sched_process_exit:0:ptask_struct",
		NULL,
	};
	const __u64 want[] = { 0, 16, 24, 32, 0, 8, 0 };
	struct rex_obj *obj = load_names(names);

	for (int i = 0; names[i]; i++)
		EXPECT_MSG(map_get(obj, "values", i) == want[i],
			   "%s is %#llx, not %#llx", names[i],
			   map_get(obj, "values", i), want[i]);
}

/*
 * Returns whether the program for vfs_read() is bound to a carrier at FUNCTION.
 */
static int bind_at(const char *function, const char *symbol)
{
	struct rex_obj *obj =
		open_names_for("at_fentry", (const char *[]){ symbol, NULL });
	int err;

	ASSERT(!bpf_program__set_attach_target(program(obj, "at_fentry"), 0,
					       function));
	err = rex_obj_load_opened(obj);
	if (err)
		ksft_note("%s", rex_last_error());
	rex_obj_close(obj);
	return err;
}

TEST(arguments_of_another_function_are_refused_when_it_is_bound)
{
	const char *typed = "__rex_btf_arg:vfs_read:0:pfile";

	EXPECT_EQ(bind_at("vfs_read", typed), 0);
	EXPECT_EQ(bind_at("vfs_write", typed), -EPROTOTYPE);
	/* The program reads no argument of vfs_read(). */
	EXPECT_EQ(bind_at("vfs_write", "__rex_btf_arg:vfs_write:0:pfile"), 0);
	EXPECT_EQ(bind_at("vfs_write", ANYTHING), 0);
}

/* Nothing would compare them: at_fentry is for one function, and named otherwise. */
TEST(arguments_of_a_pattern_that_no_program_has_are_refused)
{
	expect_refused("__rex_btf_arg:vfs_*=at_fentry:0:pfile",
		       "arguments of vfs_*=at_fentry are read by no fentry");
	expect_refused("__rex_btf_arg:vfs_[r]*=r#match:0:pfile",
		       "arguments of vfs_[r]*=r#match are read by no fentry");
}

TEST(arguments_that_are_different_are_refused_by_name)
{
	expect_refused("__rex_btf_arg:vfs_read:0:pinode",
		       "argument 0 (file) of vfs_read is a pointer to struct "
		       "file, the program wants a pointer to struct or union "
		       "inode");
	expect_refused("__rex_btf_arg:vfs_read:4:u8",
		       "vfs_read has 4 arguments, the program wants argument "
		       "4, counted from 0");
	expect_refused("__rex_btf_arg:vfs_read:ret:u4",
		       "vfs_read returns a signed integer of 8 bytes, the "
		       "program wants an unsigned integer of 4 bytes");
	expect_refused("__rex_btf_arg:vfs_reed:0:p",
		       "there is no function vfs_reed in the BTF of the "
		       "kernel and its loaded modules");
	expect_refused("__rex_btf_arg:tp/sched_swich:0:p",
		       "there is no raw tracepoint sched_swich");
	expect_refused("__rex_btf_arg:lsm/file_opne:0:p",
		       "there is no function file_opne");
}
