// SPDX-License-Identifier: GPL-2.0
/*
 * Fentry and fexit programs are attached to many functions, of which each has a carrier
 * (programs/many_traced). Their counts are compared with the calls of this process.
 * TEST-DEADLINE: 400
 */
#include <sys/resource.h>

#include "rex_calls.h"
#include "rex_ioctl.h"
#include "names/many_traced.h"

FIXTURE(object)
{
	struct rex_obj *obj;
};

FIXTURE_SETUP(object)
{
	self->obj = load_object("many_traced");
	map_set(self->obj, "WATCHED", PROCESS, getpid());
}

FIXTURE_TEARDOWN(object)
{
	rex_obj_close(self->obj);
}

static bool is_skipped(const struct rex_links *links, const char *name)
{
	const char *skipped;

	for (size_t i = 0; (skipped = rex_links_skipped(links, i)); i++)
		if (!strcmp(skipped, name))
			return true;
	return false;
}

/* ---- functions ---- */

/* The attribute has the pattern. Other names of the functions are not in the types. */
TEST_F(object, pattern_counts_calls_of_each_function)
{
	struct rex_links *links =
		attach_opts(self->obj, "on_traced", NULL, NULL);
	__u64 addr = find_attached(links, "__do_sys_getuid");
	char name[64];

	make_calls();
	EXPECT_EQ(calls_of(self->obj, links, "__do_sys_getuid").count, USERS);
	EXPECT_EQ(calls_of(self->obj, links, "__do_sys_getgid").count, GROUPS);
	EXPECT_EQ(calls_of(self->obj, links, "__do_sys_getpid").count, 0);
	EXPECT_EQ(calls_at(self->obj, 0).count, 0);
	EXPECT_EQ(prog_info(self->obj, "on_traced").errors, 0);
	EXPECT(!is_skipped(links, "__x64_sys_getuid"));
	EXPECT(!rex_symbol(addr, name, sizeof(name)));
	EXPECT_CONTAINS(name, "sys_getuid");
	EXPECT(rex_links_fd(links, rex_links_count(links) - 1) >= 0);
	EXPECT(rex_links_fd(links, rex_links_count(links)) < 0);
	rex_links_destroy(links);
	make_calls();
	EXPECT_EQ(calls_at(self->obj, addr).count, USERS);
}

TEST_F(object, program_with_a_pattern_is_attached_by_librex)
{
	EXPECT(!rex_obj_attach(self->obj, "on_traced"));
	EXPECT_CONTAINS(rex_last_error(), "rex_obj_attach_functions()");
}

static const char *const three[] = { "__do_sys_getppid", "__do_sys_getuid",
				     "__do_sys_getgid" };
static const __u64 three_cookies[] = { 0x1111222233334444, 2, 0 };

TEST_F(object, functions_of_a_list_have_their_cookies)
{
	REX_OPTS(rex_attach_opts, opts, .functions = three,
		 .cookies = three_cookies, .nr_functions = 3);
	struct rex_links *entry =
		attach_opts(self->obj, "on_traced", NULL, &opts);
	struct rex_links *exit =
		attach_opts(self->obj, "on_traced_return", NULL, &opts);

	EXPECT_EQ(rex_links_count(entry), 3);
	EXPECT_EQ(rex_links_count(exit), 3);
	make_calls();
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(calls_of(self->obj, entry, three[i]).cookie,
			  three_cookies[i]);
	EXPECT_EQ(calls_of(self->obj, exit, three[0]).count, PARENTS);
	EXPECT_EQ(calls_of(self->obj, exit, three[0]).returned, PARENTS);
	EXPECT_EQ(calls_of(self->obj, exit, three[0]).value, getppid());
	rex_links_destroy(entry);
	make_calls();
	EXPECT_EQ(calls_of(self->obj, exit, three[1]).count, USERS);
	EXPECT_EQ(calls_of(self->obj, exit, three[1]).returned, 2 * USERS);
	rex_links_destroy(exit);
}

/* A module's types are its own. */
TEST_F(object, functions_of_modules_are_attached_to)
{
	static const char *const names[] = { "tun_chr_open" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 1);
	struct rex_links *links;
	int fd;

	free(shell("modprobe tun"));
	links = attach_opts(self->obj, "on_traced", NULL, &opts);
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	ASSERT(fd >= 0);
	close(fd);
	EXPECT_EQ(calls_of(self->obj, links, names[0]).count, 1);
	rex_links_destroy(links);
}

/* ---- arguments ---- */

/* Reads from a file through a descriptor; returns its inode. */
static __u64 read_file(size_t size)
{
	int fd = open("/proc/version", O_RDONLY);
	char text[512];
	struct stat st;

	ASSERT(fd >= 0 && !fstat(fd, &st));
	ASSERT(read(fd, text, size) > 0);
	close(fd);
	return st.st_ino;
}

TEST_F(object, functions_with_other_arguments_are_left_out)
{
	struct rex_links *links = attach_opts(self->obj, "on_file", NULL, NULL);
	__u64 inode = read_file(123);
	struct calls calls = calls_of(self->obj, links, "vfs_read");

	ksft_note("%zu functions", rex_links_count(links));
	EXPECT(calls.count >= 1);
	EXPECT_EQ(calls.value, 123);
	EXPECT_EQ(calls.kept, inode);
	EXPECT(find_attached(links, "vfs_write"));
	EXPECT(is_skipped(links, "vfs_unlink"));
	EXPECT(is_skipped(links, "vfs_llseek"));
	EXPECT_EQ(prog_info(self->obj, "on_file").errors, 0);
	rex_links_destroy(links);

	links = attach_opts(self->obj, "on_result", NULL, NULL);
	read_file(4);
	EXPECT_EQ(calls_of(self->obj, links, "vfs_read").value, 4);
	EXPECT(is_skipped(links, "vfs_rmdir"));
	rex_links_destroy(links);
}

TEST_F(object, function_of_a_list_with_other_arguments_is_named)
{
	static const char *const names[] = { "vfs_read", "vfs_unlink" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 2);
	static const char *const other[] = { "vfs_llseek" };
	REX_OPTS(rex_attach_opts, seek, .functions = other, .nr_functions = 1);

	expect_refusal(self->obj, "on_file", NULL, &opts, EPROTOTYPE,
		       "of vfs_unlink is a pointer to struct ");
	expect_refusal(self->obj, "on_file", NULL, &seek, EPROTOTYPE,
		       "argument 2 (");
	expect_refusal(self->obj, "on_file", "vfs_unlink", NULL, ENOENT,
		       "the program wants a pointer to struct or union file");
	expect_refusal(self->obj, "on_result", NULL, &opts, EPROTOTYPE,
		       "vfs_unlink returns");
}

/* The program's name in Rust is r#match, and the pattern has no other sign than [. */
TEST_F(object, arguments_of_a_program_with_a_raw_name_are_compared)
{
	struct rex_links *links = attach_opts(self->obj, "match", NULL, NULL);
	__u64 inode = read_file(10);

	EXPECT(calls_of(self->obj, links, "vfs_read").count >= 1);
	EXPECT_EQ(calls_of(self->obj, links, "vfs_read").kept, inode);
	EXPECT(find_attached(links, "vfs_llseek"));
	EXPECT(!find_attached(links, "vfs_rmdir"));
	EXPECT(is_skipped(links, "vfs_rmdir"));
	rex_links_destroy(links);
	EXPECT(!rex_obj_attach(self->obj, "match"));
	EXPECT_CONTAINS(rex_last_error(), "rex_obj_attach_functions()");
}

/* ---- refused attachments ---- */

TEST_F(object, functions_that_cannot_be_traced_are_named)
{
	static const char *const names[] = { "vfs_read", "vfs_reed" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 2);

	expect_refusal(self->obj, "on_traced", "no_such_*", NULL, ENOENT,
		       "no_such_*");
	expect_refusal(self->obj, "on_traced", NULL, &opts, ENOENT,
		       "'vfs_reed' that can be traced");
	/* The handler of an exception. */
	expect_refusal(self->obj, "on_traced", "exc_int3", NULL, ENOENT,
		       "exc_int3");
	EXPECT(!rex_obj_attach_user_functions(self->obj, "on_traced",
					      "/proc/self/exe", "*", NULL));
	EXPECT_CONTAINS(rex_last_error(), "not for uprobes");
}

/* A function of the kernel itself. */
struct function {
	__u64 addr;
	char name[48];
};

static struct function functions[400000];

static int compare_names(const void *a, const void *b)
{
	const struct function *first = a, *second = b;

	return strcmp(first->name, second->name);
}

/* Finds the static functions with short names, in the order of the names. */
static size_t read_functions(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512], type, text[256];
	__u64 addr;
	size_t nr = 0;

	ASSERT(symbols);
	while (nr < 400000 && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%llx %c %255s", &addr, &type, text) != 3 ||
		    type != 't' || strchr(text, '.') || strchr(line, '[') ||
		    strlen(text) > 40)
			continue;
		functions[nr].addr = addr;
		strcpy(functions[nr++].name, text);
	}
	fclose(symbols);
	qsort(functions, nr, sizeof(functions[0]), compare_names);
	return nr;
}

/* Finds a name that two functions have. */
static const char *find_shared_name(void)
{
	size_t nr = read_functions();

	for (size_t i = 1; i < nr; i++)
		if (!strcmp(functions[i].name, functions[i - 1].name))
			return functions[i].name;
	return NULL;
}

static __u64 traced[200000];

static int compare_addrs(const void *a, const void *b)
{
	const __u64 *first = a, *second = b;

	return *first < *second ? -1 : *first > *second;
}

/* A call of the tracer may come after an endbr64. */
static bool is_traced(__u64 addr, size_t nr)
{
	__u64 after = addr + 4;

	return bsearch(&addr, traced, nr, sizeof(addr), compare_addrs) ||
	       bsearch(&after, traced, nr, sizeof(after), compare_addrs);
}

/* Returns whether the functions before and at the index have a name that no other one has. */
static bool is_name_of_two(size_t i, size_t nr)
{
	const char *name = functions[i].name;

	return !strcmp(functions[i - 1].name, name) &&
	       (i < 2 || strcmp(functions[i - 2].name, name)) &&
	       (i + 1 == nr || strcmp(functions[i + 1].name, name));
}

/*
 * Finds a name that is one function's in the types, and belongs to a function that can be
 * traced and one that cannot.
 */
static const char *find_half_traced_name(FILE *addrs)
{
	struct btf *btf = btf__load_vmlinux_btf();
	size_t nr = read_functions(), nr_traced = 0;
	const char *found = NULL;
	char line[512];

	while (nr_traced < 200000 && fgets(line, sizeof(line), addrs))
		traced[nr_traced++] = strtoull(line, NULL, 16);
	qsort(traced, nr_traced, sizeof(traced[0]), compare_addrs);
	ASSERT_MSG(btf, "BTF of the kernel: %s", strerror(errno));
	for (size_t i = 1; !found && i < nr; i++)
		if (is_name_of_two(i, nr) &&
		    is_traced(functions[i].addr, nr_traced) !=
			    is_traced(functions[i - 1].addr, nr_traced) &&
		    btf__find_by_name_kind(btf, functions[i].name,
					   BTF_KIND_FUNC) > 0)
			found = functions[i].name;
	btf__free(btf);
	return found;
}

static void expect_left_out(struct rex_obj *obj, const char *name)
{
	const char *const list[] = { name };
	REX_OPTS(rex_attach_opts, opts, .functions = list, .nr_functions = 1);

	ASSERT(name);
	ksft_note("%s", name);
	expect_refusal(obj, "on_traced", NULL, &opts, ENOENT, name);
	expect_refusal(obj, "on_traced", name, NULL, ENOENT, name);
}

/* The kernel would trace one of them, and nobody would know which. */
TEST_F(object, name_of_several_functions_is_left_out)
{
	expect_left_out(self->obj, find_shared_name());
}

TEST_F(object, name_of_a_function_that_cannot_be_traced_too_is_left_out)
{
	FILE *addrs =
		fopen("/sys/kernel/tracing/available_filter_functions_addrs",
		      "re");

	if (!addrs)
		SKIP("this kernel does not tell the addresses");
	expect_left_out(self->obj, find_half_traced_name(addrs));
	fclose(addrs);
}

/* A trampoline waits for the functions that it calls. */
TEST_F(object, functions_that_never_return_have_no_fexit)
{
	static const char *const names[] = { "do_exit" };
	REX_OPTS(rex_attach_opts, opts, .functions = names, .nr_functions = 1);
	struct rex_links *links =
		attach_opts(self->obj, "on_traced", NULL, &opts);

	EXPECT_EQ(rex_links_count(links), 1);
	rex_links_destroy(links);
	expect_refusal(self->obj, "on_traced_return", NULL, &opts, ENOENT,
		       "it has to return");
	links = attach_opts(self->obj, "on_traced_return", "do_e*", NULL);
	EXPECT(!find_attached(links, "do_exit"));
	EXPECT(is_skipped(links, "do_exit"));
	rex_links_destroy(links);
}

/* Only functions have addresses: see the next test. */
TEST_F(object, carrier_of_a_tracepoint_takes_a_program_of_the_object)
{
	struct rex_obj *plain = load_object("tracing");
	struct bpf_link *link = attach(plain, "on_btf");
	int carrier = bpf_program__fd(program(plain, "on_btf"));

	EXPECT_MSG(!rex_obj_replace(self->obj, "on_syscall", carrier), "%s",
		   rex_last_error());
	make_calls();
	EXPECT(prog_info(self->obj, "on_syscall").runs >= USERS);
	bpf_link__destroy(link);
	rex_obj_close(plain);
}

/* What runs the program already, without the address: see BIND. */
TEST_F(object, carrier_that_is_called_without_the_address_is_refused)
{
	struct rex_obj *plain = load_object("tracing");
	int carrier = bpf_program__fd(program(plain, "on_read"));

	EXPECT_EQ(rex_obj_replace(self->obj, "on_traced", carrier),
		  -EPROTOTYPE);
	EXPECT_CONTAINS(rex_last_error(), "asks for the function's address");
	rex_obj_close(plain);
}

/* ---- many ---- */

TEST_F_TIMEOUT(object, many_functions_are_attached_to_and_detached_from, 200)
{
	long begin = ksft_ms(), attached, detached;
	struct rex_links *links =
		attach_opts(self->obj, "on_traced", "tcp_s*", NULL);
	size_t nr = rex_links_count(links);

	attached = ksft_ms() - begin;
	begin = ksft_ms();
	rex_links_destroy(links);
	detached = ksft_ms() - begin;
	ksft_note("%zu functions: attached in %ld ms, detached in %ld ms", nr,
		  attached, detached);
	EXPECT(nr > 30);
	EXPECT(detached < 60 * 1000);
}

/* Descriptors that are open already count. */
TEST_F(object, limit_of_descriptors_is_raised)
{
	struct rex_links *links;

	use_descriptors(400, 8);
	links = attach_opts(self->obj, "on_traced", "vfs_*", NULL);
	EXPECT(rex_links_count(links) > 8);
	rex_links_destroy(links);
}

TEST_F(object, limit_of_descriptors_that_cannot_be_raised_is_named)
{
	const struct rlimit limit = { 400, 400 };

	use_descriptors(400, 8);
	ASSERT(!setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT(!rex_obj_attach_functions(self->obj, "on_traced", "vfs_*",
					 NULL));
	EXPECT_CONTAINS(rex_last_error(), "RLIMIT_NOFILE");
}

/* ---- runs within a run ---- */

static const char *const nesting[] = { "__do_sys_getuid",
				       "htab_map_update_elem" };

TEST_F(object, program_runs_within_its_own_run)
{
	REX_OPTS(rex_attach_opts, opts, .functions = nesting,
		 .nr_functions = 2);
	struct rex_links *links = attach_opts(self->obj, "nests", NULL, &opts);
	struct rex_prog_info info;

	make_calls();
	rex_links_destroy(links);
	/* The kernel does not let the carrier at the second one nest. */
	EXPECT_EQ(map_get(self->obj, "NESTED", DEEPEST), 2);
	EXPECT_EQ(map_get(self->obj, "NESTED", RUNS), 2 * USERS);
	EXPECT_EQ(map_get(self->obj, "NESTED", WRONG), 0);
	EXPECT_EQ(calls_at(self->obj, 1).count, 1);
	info = prog_info(self->obj, "nests");
	EXPECT(info.runs >= 2 * USERS);
	EXPECT_EQ(info.faults, 0);
}

TEST_F(object, fault_of_a_run_within_a_run_of_the_program_ends_it)
{
	REX_OPTS(rex_attach_opts, opts, .functions = nesting,
		 .nr_functions = 2);
	struct rex_links *links = attach_opts(self->obj, "nests", NULL, &opts);

	map_set(self->obj, "NESTED", BREAKS, 2);
	make_calls();
	EXPECT_EQ(prog_info(self->obj, "nests").faults, 1);
	EXPECT_EQ(prog_info(self->obj, "nests").state, REX_PROG_DEAD);
	/* The first run went on, or was ended: its level is free. */
	EXPECT_EQ(map_get(self->obj, "NESTED", RUNS), 1);
	rex_links_destroy(links);
}

/* ---- attacks ---- */

/* The kernel's functions that the program's own helpers call. */
TEST_F(object, program_at_functions_that_its_helpers_call_nests_and_ends)
{
	struct rex_links *links =
		attach_opts(self->obj, "on_traced", "*htab*", NULL);
	struct rex_links *ids = attach_opts(self->obj, "on_traced", NULL, NULL);
	struct rex_prog_info info;

	make_calls();
	info = prog_info(self->obj, "on_traced");
	ksft_note("%zu functions, %llu runs, %llu skipped, %llu errors",
		  rex_links_count(links), info.runs, info.skipped, info.errors);
	EXPECT(info.runs > PARENTS + USERS + GROUPS);
	EXPECT_EQ(info.faults, 0);
	rex_links_destroy(ids);
	rex_links_destroy(links);
}

TEST_F(object, fault_at_one_function_ends_the_program_at_all)
{
	REX_OPTS(rex_attach_opts, opts, .functions = three, .nr_functions = 3);
	struct rex_links *links = attach_opts(self->obj, "breaks", NULL, &opts);
	struct rex_links *other;

	make_calls();
	EXPECT_EQ(prog_info(self->obj, "breaks").faults, 1);
	EXPECT_EQ(prog_info(self->obj, "breaks").state, REX_PROG_DEAD);
	/* A dead program is attached as any other one. */
	other = attach_opts(self->obj, "on_traced", NULL, NULL);
	make_calls();
	EXPECT_EQ(prog_info(self->obj, "on_traced").runs, 0);
	rex_links_destroy(other);
	rex_links_destroy(links);
}

/* All that it has made goes with it. */
TEST_F_TIMEOUT(object, process_is_killed_while_it_attaches, 200)
{
	for (int i = 0; i < 4; i++) {
		pid_t child = fork();

		ASSERT(child >= 0);
		if (!child) {
			rex_links_destroy(
				rex_obj_attach_functions(self->obj, "on_traced",
							 "tcp_s*", NULL));
			_exit(0);
		}
		usleep((i + 1) * 400 * 1000);
		kill(child, SIGKILL);
		ASSERT(waitpid(child, NULL, 0) == child);
	}
	EXPECT(WAIT_FOR(prog_info(self->obj, "on_traced").nr_bindings == 0,
			60));
}

/* insmod takes this kernel for one whose trampolines keep the address in another place. */
TEST(function_that_is_kept_elsewhere_cannot_be_asked_for)
{
	REX_OPTS(rex_attach_opts, opts, .functions = three, .nr_functions = 1);
	struct rex_obj *obj;

	if (access("/sys/kernel/btf/vmlinux", R_OK))
		SKIP("this kernel has no BTF");
	announce_dmesg(
		"this kernel keeps the address of a traced function elsewhere");
	reload_module("other_kernel=0x1000");
	obj = load_object("many_traced");
	expect_refusal(
		obj, "on_traced", NULL, &opts, ENOEXEC,
		"asks for the address of the traced function, which this kernel keeps elsewhere");
	rex_obj_close(obj);
	reload_module("");
}
