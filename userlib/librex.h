/* SPDX-License-Identifier: GPL-2.0 */
/*
 * librex - load Rex programs (safe Rust, native code) through rex.ko
 *
 * A Rex object is opened, loaded and closed much as libbpf does it with a BPF
 * object, and in between it *is* one: rex_obj_get_bpf() returns a genuine
 * struct bpf_object, whose programs and maps can be attached, pinned, updated
 * and shown by all of libbpf's functions.
 *
 *	struct rex_obj *obj = rex_obj_open("hello.rex.o", NULL);
 *	if (!obj || rex_obj_load_opened(obj))
 *		errx(1, "%s", rex_last_error());
 *	struct bpf_link *link = rex_obj_attach(obj, "on_open");
 *	int counts = rex_obj_map_fd(obj, "COUNTS");
 *	if (!link || counts < 0)
 *		errx(1, "%s", rex_last_error());
 *	... bpf_map_lookup_elem(counts, &key, &value) ...
 *	bpf_link__destroy(link);
 *	rex_obj_close(obj);
 *
 * Errors: a function that returns a pointer returns NULL and sets errno; a
 * function that returns int returns 0, or the documented value, or a negative errno,
 * and sets errno too. rex_last_error() then returns a sentence that names the reason.
 *
 * Threads: the library may be used from several threads at once. One object
 * must not be used by two threads at the same time without a lock.
 */
#ifndef LIBREX_H
#define LIBREX_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <linux/rex.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LIBREX_MAJOR_VERSION 1
#define LIBREX_MINOR_VERSION 1

#ifndef LIBREX_API
#define LIBREX_API __attribute__((visibility("default")))
#endif
#define LIBREX_NODISCARD __attribute__((warn_unused_result))

struct bpf_link;
struct bpf_object;
struct bpf_program;
struct rex_obj;

/* ---- the library ------------------------------------------------------- */

/**
 * rex_set_debug() - print to standard error what the library does
 * @val:	0: be silent; anything else: print
 *
 * Holds for all threads. Objects that are opened while it is set are loaded
 * with REX_LOG_DEBUG at least, and the kernel's log is printed as well.
 */
LIBREX_API void rex_set_debug(int val);

/**
 * rex_last_error() - return why the last call failed
 *
 * Returns one line of text, without a newline, about the last call in this
 * thread that failed; "" if none did. It belongs to the library, and stays until
 * the next call in the same thread fails.
 */
LIBREX_API const char *rex_last_error(void);

/** rex_lib_version() - return the version of this library, "major.minor" */
LIBREX_API const char *rex_lib_version(void);

/**
 * rex_version() - describe the module (REX_IOC_VERSION)
 * @version:	@version->size is set by the caller
 *
 * Fails with -ENODEV if rex.ko is not loaded, -EPERM or -EACCES if the caller
 * may not use it. So do all functions that need the module.
 */
LIBREX_API int rex_version(struct rex_version *version);

/* ---- opening, loading, closing ----------------------------------------- */

/**
 * struct rex_obj_open_opts - options of rex_obj_open() and rex_obj_open_mem()
 * @sz:		sizeof(struct rex_obj_open_opts); REX_OPTS() sets it
 * @name:	name of the object, instead of the file's base name
 * @log_level:	REX_LOG_ERROR (also if less is given) or REX_LOG_DEBUG
 * @log_buf:	buffer of the caller for the kernel's load log, which must stay until
 *		the object is closed. NULL: the library has a buffer.
 * @log_size:	its size in bytes
 * @pin_root_path: directory on a BPF file system. Each map gets the pin path
 *		@pin_root_path/<map name>: a map that is pinned there is used,
 *		otherwise the load pins a new one there. A load that
 *		fails unpins what it pinned.
 * @timeout_ms:	longest run of each program that has no limit of its own from
 *		rex_obj_set_timeout(); 0: what the program declares
 * @nr_map_fds:	number of elements of @map_fds
 * @map_fds:	maps to use in place of new ones, by name. The descriptors stay
 *		the caller's, and may be closed when the open has returned. To
 *		libbpf, a map that exists has the name that the kernel knows.
 * @restarts_per_min: how often in a minute the image may be restarted after a
 *		fault, with its data reset; 0: it stays dead
 * @time_runs:	measure how long runs take, for rex_obj_prog_info()
 * @heap_size:	bytes that the programs may allocate in all (Box, Vec ...), at most
 *		REX_MAX_HEAP; 0: the module's default, 1 MiB
 *
 * Between open and load, libbpf's functions on the maps and programs of
 * rex_obj_get_bpf() do the same and more: bpf_map__set_pin_path(),
 * bpf_map__reuse_fd(), bpf_program__set_autoload() (a program that is not
 * loaded is not bound either), bpf_map__set_autocreate() of a map that the
 * object declares as optional.
 */
struct rex_obj_open_opts {
	size_t sz;
	const char *name;
	__u32 log_level;
	char *log_buf;
	size_t log_size;
	const char *pin_root_path;
	__u32 timeout_ms;
	__u32 nr_map_fds;
	const struct rex_map_fd *map_fds;
	__u32 restarts_per_min;
	bool time_runs;
	__u64 heap_size;
};
#define rex_obj_open_opts__last_field heap_size

/* Declares the options NAME of type TYPE; options that are not given are 0. */
#define REX_OPTS(TYPE, NAME, ...)                                        \
	struct TYPE NAME = ({                                            \
		memset(&NAME, 0, sizeof(struct TYPE));                   \
		(struct TYPE){ .sz = sizeof(struct TYPE), __VA_ARGS__ }; \
	})

/**
 * rex_obj_open() - read an object file and prepare its maps and carriers
 * @path:	file that the Rust build made
 * @opts:	options, or NULL
 *
 * This needs neither the module nor a privilege. Returns an object that
 * rex_obj_close() frees, or NULL with errno:
 *
 *  ENOEXEC	not a Rex object; rex_last_error() names the reason
 *  EPROTO	the object is of another ABI version
 *  EFBIG	larger than REX_MAX_ELF_SIZE
 *  ESRCH	libbpf knows no section of the name that a program declares
 *  EPROTOTYPE	the section is one of another program type than declared
 *  EINVAL, E2BIG	the options are not valid, or are those of a newer library
 *  and those of open(2), read(2), and libbpf's bpf_object__open_mem()
 */
LIBREX_API LIBREX_NODISCARD struct rex_obj *
rex_obj_open(const char *path, const struct rex_obj_open_opts *opts);

/**
 * rex_obj_open_mem() - do the same as rex_obj_open(), with the file in memory
 * @buf:	whole contents of the file; copied
 * @size:	its size in bytes
 * @opts:	options, or NULL; without a name the object is called "rex"
 */
LIBREX_API LIBREX_NODISCARD struct rex_obj *
rex_obj_open_mem(const void *buf, size_t size,
		 const struct rex_obj_open_opts *opts);

/**
 * rex_obj_set_timeout() - limit the time that one run may take
 * @obj:	an object not loaded yet
 * @prog:	name of a program
 * @timeout_ms:	milliseconds; 0: what the program declares
 *
 * Fails with -ENOENT if there is no such program, -EBUSY once loaded. A limit above
 * the parameter max_timeout_ms of rex.ko makes the load fail, with -ERANGE.
 */
LIBREX_API int rex_obj_set_timeout(struct rex_obj *obj, const char *prog,
				   __u32 timeout_ms);

/**
 * rex_obj_set_default_ret() - set the value for runs that cannot be made or finished
 * @obj:	an object not loaded yet
 * @prog:	name of a program
 * @ret:	the value, in place of the one that the program declares; the load
 *		fails if the kernel does not accept it from such a program
 *
 * Fails with -ENOENT if there is no such program, -EBUSY once loaded.
 */
LIBREX_API int rex_obj_set_default_ret(struct rex_obj *obj, const char *prog,
				       __s32 ret);

/**
 * rex_obj_set_map_size() - set the number of elements of a map
 * @obj:	an object not loaded yet
 * @map:	name of the map
 * @max_entries: the number, in place of the one that the source gives it; of a ring
 *		buffer, its bytes, a power of two and a multiple of a page
 *
 * A map that is declared with 0 elements has to get a number this way, or the load fails.
 *
 *  ENOENT	no map has that name
 *  EINVAL	0; or an array, whose length is compiled into the programs; or a map of
 *		values of tasks, which has no size
 *  ERANGE	a ring buffer would become smaller than the programs expect
 *  EBUSY	the object is loaded, or the map exists already (it is reused)
 */
LIBREX_API int rex_obj_set_map_size(struct rex_obj *obj, const char *map,
				    __u32 max_entries);

/**
 * rex_obj_set_config() - set a constant of the programs
 * @obj:	an object not loaded yet
 * @name:	name of the config: that of the static with #[rex_config] in Rust
 * @value:	the value, as it lies in memory; copied
 * @size:	its size in bytes
 *
 * The programs read it from read-only memory: once loaded, it cannot change. A config
 * that is not set has the value that the source gives it.
 *
 *  ENOENT	no config has that name
 *  EMSGSIZE	the config is of another size; rex_last_error() says which
 *  EBUSY	the object is loaded
 */
LIBREX_API int rex_obj_set_config(struct rex_obj *obj, const char *name,
				  const void *value, size_t size);

/**
 * rex_obj_set_config_text() - set a constant of the programs by its text
 * @obj:	an object not loaded yet
 * @name:	name of the config
 * @text:	a number in decimal, hexadecimal (0x) or octal (0); "true", "false", "1"
 *		or "0" for a bool; for anything else the bytes themselves, or "hex:" and two
 *		digits for each, which are filled up with zeroes
 *
 *  EINVAL	not a text of the config's type; rex_last_error() says what is one
 *  ERANGE	a number that the type does not have, or a longer text
 *  and those of rex_obj_set_config()
 */
LIBREX_API int rex_obj_set_config_text(struct rex_obj *obj, const char *name,
				       const char *text);

/**
 * rex_obj_get_config() - read a constant of the programs
 * @obj:	an object, loaded or not
 * @name:	name of the config, else -ENOENT
 * @value:	receives the value that the object is or will be loaded with
 * @size:	the config's size in bytes, else -EMSGSIZE
 */
LIBREX_API int rex_obj_get_config(const struct rex_obj *obj, const char *name,
				  void *value, size_t size);

/**
 * struct rex_config_info - what a config is
 * @name:	its name; belongs to the object
 * @kind:	REX_CONFIG_*
 * @size:	of the value, in bytes
 */
struct rex_config_info {
	const char *name;
	__u32 kind;
	__u32 size;
};

/**
 * rex_obj_config() - describe a config of an object
 * @obj:	an object, loaded or not
 * @index:	which one, from 0, else -ENOENT
 * @info:	filled
 */
LIBREX_API int rex_obj_config(const struct rex_obj *obj, unsigned int index,
			      struct rex_config_info *info);

/**
 * rex_obj_load_opened() - load an opened object into the kernel
 * @obj:	from rex_obj_open() or rex_obj_open_mem()
 *
 * Makes the maps and the carrier programs, loads the image, and binds each
 * carrier to its program. On failure nothing is left in the kernel, the
 * struct bpf_object is gone (rex_obj_get_bpf() returns NULL), and all that can
 * be done with the object is to read rex_obj_log() and to close it.
 *
 *  ENODEV	rex.ko is not loaded
 *  EPROTO	the module or the object is of another ABI version
 *  ENOENT	the kernel has no function, hook or tracepoint of the name that a program
 *		is for; rex_last_error() has a similar name, if there is one
 *  EALREADY	the object has been loaded, or could not be, before
 *  and those of REX_IOC_LOAD, REX_IOC_BIND and bpf_object__load()
 */
LIBREX_API int rex_obj_load_opened(struct rex_obj *obj);

/**
 * rex_obj_load() - open and load an object in one step
 * @path:	file that the Rust build made
 *
 * On failure the reason, which ends with the last line of the kernel's log, is printed
 * to standard error.
 * Returns a loaded object, or NULL with errno as rex_obj_open() and
 * rex_obj_load_opened(). A process that never closes it leaks nothing: when it
 * ends, the kernel frees everything that others have not pinned or attached.
 */
LIBREX_API LIBREX_NODISCARD struct rex_obj *rex_obj_load(const char *path);

/**
 * rex_obj_close() - free an object
 * @obj:	object, or NULL
 *
 * Frees its struct bpf_object too and closes all descriptors. Links that were
 * made from it belong to the caller, who destroys them before. errno is kept.
 */
LIBREX_API void rex_obj_close(struct rex_obj *obj);

/* ---- what an object is made of ----------------------------------------- */

/**
 * rex_obj_get_bpf() - return the object as libbpf knows it
 * @obj:	object, or NULL
 *
 * Returns NULL if @obj is NULL or could not be loaded. The result belongs to
 * @obj: do not call bpf_object__load() or bpf_object__close() on it.
 */
LIBREX_API LIBREX_NODISCARD struct bpf_object *
rex_obj_get_bpf(struct rex_obj *obj);

/**
 * rex_obj_program() - a program of the object, as libbpf knows it
 * @obj:	object, or NULL
 * @prog:	name of the program: that of the function in Rust
 *
 * Returns a program that belongs to @obj, with which all of libbpf's functions
 * work: bpf_program__set_autoload() before the load, bpf_program__fd() and
 * bpf_program__attach_xdp(), for example, after it. NULL with errno:
 *
 *  ENOENT	no program has that name, or the object could not be loaded
 *  EINVAL	@obj or @prog is NULL
 */
LIBREX_API LIBREX_NODISCARD struct bpf_program *
rex_obj_program(const struct rex_obj *obj, const char *prog);

/**
 * rex_obj_attach() - attach a program to where its attribute says
 * @obj:	a loaded object
 * @prog:	name of the program
 *
 * For programs whose place is in their attribute, such as #[kprobe("vfs_read")], or in the
 * type of their event, as that of tracepoints. Others need libbpf's function
 * for their type: bpf_program__attach_xdp(), bpf_program__attach_cgroup() ...
 *
 * Returns a link that belongs to the caller: bpf_link__destroy() detaches the
 * program; call it before rex_obj_close(). NULL with errno:
 *
 *  ENOENT	no program has that name; @obj is not loaded; or there is nothing
 *		of the name that the attribute says
 *  EOPNOTSUPP	the attribute does not say where
 *  EINVAL	@obj or @prog is NULL
 *  and those of bpf_program__attach()
 */
LIBREX_API LIBREX_NODISCARD struct bpf_link *
rex_obj_attach(const struct rex_obj *obj, const char *prog);

/* ---- attaching to many functions ---------------------------------------- */

struct rex_links;

/**
 * struct rex_attach_opts - options of rex_obj_attach_functions() and its siblings
 * @sz:		sizeof(struct rex_attach_opts); REX_OPTS() sets it
 * @functions:	names of functions, if the pattern is NULL; each has to be there
 * @cookies:	a number for each of them, which the program reads by
 *		ctx.attach_cookie(), or NULL
 * @nr_functions: number of elements of either
 * @pid:	of functions of a file: only in this process; 0: in all
 * @one_by_one:	make a link for each function even if the kernel has links to many
 *		probes: for programs that change what a function returns
 */
struct rex_attach_opts {
	size_t sz;
	const char *const *functions;
	const __u64 *cookies;
	size_t nr_functions;
	int pid;
	bool one_by_one;
};

/**
 * rex_obj_attach_functions() - attach a program to many functions of the kernel
 * @obj:	a loaded object
 * @prog:	name of a program with the attribute kprobe, kretprobe or kprobe_session, or
 *		with fentry or fexit
 * @pattern:	which functions: a name with *, ? and [..] as in a shell. NULL: those of
 *		the options, or of the program's attribute, as in #[kprobe("vfs_*")]
 * @opts:	options, or NULL
 *
 * Makes one link for all of them where the kernel has such links (kprobe.multi, with
 * CONFIG_FPROBE), and one for each elsewhere. Then each link takes a descriptor, and
 * RLIMIT_NOFILE is raised to its hard limit if that is necessary. Sessions need the
 * kernel's links.
 *
 * The kernel has no links of fentry and fexit programs to many functions. Each function has
 * a carrier and a link, which several threads make. The attribute of such a program has a
 * pattern, and the object no carrier for it. If the program has typed arguments, each
 * function is compared with them.
 *
 * The program can run within its own run, when that calls another one of the functions.
 *
 * Functions that match the pattern and cannot be probed are left out:
 * rex_links_skipped(). Returns links that belong to the caller, who calls
 * rex_links_destroy() before rex_obj_close(). NULL with errno:
 *
 *  ENOENT	no program has that name; @obj is not loaded; or no function that can be
 *		probed matches, or has a name of the list
 *  EPROTOTYPE	the program is of another kind, or a function of the list has other
 *		arguments than the program
 *  EOPNOTSUPP	the kernel has no such probes, or no type information
 *  EINVAL	nothing says which functions; or @obj or @prog is NULL
 *  and those of perf_event_open(2), bpf(2) and REX_IOC_BIND
 */
LIBREX_API LIBREX_NODISCARD struct rex_links *
rex_obj_attach_functions(const struct rex_obj *obj, const char *prog,
			 const char *pattern,
			 const struct rex_attach_opts *opts);

/**
 * rex_obj_attach_user_functions() - attach a program to many functions of a file
 * @obj:	a loaded object
 * @prog:	name of a program with the attribute uprobe or uretprobe
 * @path:	of the program or library; or its name, "bash" or "libc.so.6", which is looked
 *		for in PATH, or in LD_LIBRARY_PATH and the usual folders
 * @pattern:	which functions; NULL: those of the options
 * @opts:	options, or NULL
 *
 * Its results and errors are those of rex_obj_attach_functions(). The kernel has links to
 * many of these (uprobe.multi) from Linux 6.6 on.
 */
LIBREX_API LIBREX_NODISCARD struct rex_links *
rex_obj_attach_user_functions(const struct rex_obj *obj, const char *prog,
			      const char *path, const char *pattern,
			      const struct rex_attach_opts *opts);

/**
 * rex_obj_attach_usdt() - attach a program to USDT probes of a file
 * @obj:	a loaded object
 * @prog:	name of a program with the attribute usdt
 * @path:	of the program or library, or its name; NULL: that of the attribute
 * @probe:	"provider:name", or a pattern such as "python:*". NULL: that of the options
 *		(names of that form) or of the attribute
 * @opts:	options, or NULL
 *
 * A probe may be at many places of the file; the links are to all of them, and
 * rex_links_count() counts them. Counters of probes ("semaphores") are raised while the
 * links are there. The programs of an object can be attached to 511 places in all.
 * Errors are those of rex_obj_attach_functions(), and E2BIG for more places.
 */
LIBREX_API LIBREX_NODISCARD struct rex_links *
rex_obj_attach_usdt(struct rex_obj *obj, const char *prog, const char *path,
		    const char *probe, const struct rex_attach_opts *opts);

/** rex_links_count() - return how many functions the program is attached to */
LIBREX_API size_t rex_links_count(const struct rex_links *links);

/**
 * rex_links_function() - a function that the program is attached to
 * @links:	from rex_obj_attach_functions()
 * @index:	which one, from 0
 * @addr:	receives its address, which the program reads by ctx.function(); of a
 *		function of a file, its offset there. NULL: not wanted
 *
 * Returns its name, which belongs to @links; NULL if there are fewer.
 */
LIBREX_API const char *rex_links_function(const struct rex_links *links,
					  size_t index, __u64 *addr);

/**
 * rex_links_skipped() - a function that matches and cannot be probed or traced
 * @links:	from rex_obj_attach_functions()
 * @index:	which one, from 0
 *
 * Returns its name, which belongs to @links; NULL if there are fewer.
 */
LIBREX_API const char *rex_links_skipped(const struct rex_links *links,
					 size_t index);

/**
 * rex_links_fd() - descriptor of a bpf_link
 * @links:	from rex_obj_attach_functions()
 * @index:	which one, from 0: there is one, or one for each function
 *
 * It belongs to @links. Fails with -ENOENT if there are fewer.
 */
LIBREX_API int rex_links_fd(const struct rex_links *links, size_t index);

/**
 * rex_links_destroy() - detach the program
 * @links:	links, or NULL
 *
 * Links that are pinned stay. Where there is a link for each function, several threads
 * close them: the kernel waits for each. errno is kept.
 */
LIBREX_API void rex_links_destroy(struct rex_links *links);

/**
 * rex_symbol() - find the function of the kernel at an address
 * @addr:	of its beginning, as ctx.function() gives it
 * @name:	receives the name, truncated if it does not fit
 * @size:	of @name
 *
 * Fails with -ENOENT if no function begins there. It reads /proc/kallsyms;
 * rex_links_function() is quicker for what is attached.
 */
LIBREX_API int rex_symbol(__u64 addr, char *name, size_t size);

/**
 * rex_obj_map_fd() - descriptor of a map
 * @obj:	a loaded object
 * @map:	name of the map in Rust, even if an existing map of another name is
 *		used in its place
 *
 * Returns a descriptor that belongs to @obj and is closed with it, or
 *
 *  -ENOENT	no map has that name, or the map was left out, or @obj is not loaded
 *  -EINVAL	@obj or @map is NULL
 */
LIBREX_API int rex_obj_map_fd(const struct rex_obj *obj, const char *map);

/** rex_obj_name() - return the name of the object; it belongs to the object */
LIBREX_API const char *rex_obj_name(const struct rex_obj *obj);

/**
 * rex_obj_log() - return the kernel's log of the load
 *
 * Returns text that belongs to @obj (or is in the caller's log_buf), one line
 * for each message; "" before the load, and if the kernel logged nothing.
 */
LIBREX_API const char *rex_obj_log(const struct rex_obj *obj);

/**
 * rex_obj_image_fd() - return the descriptor of the loaded image
 *
 * It belongs to @obj. Fails with -ENOENT if @obj is not loaded.
 */
LIBREX_API int rex_obj_image_fd(const struct rex_obj *obj);

/**
 * rex_obj_image_info() - describe the loaded image (REX_IOC_IMAGE_INFO)
 * @obj:	a loaded object, else -ENOENT
 * @info:	@info->size is set by the caller
 */
LIBREX_API int rex_obj_image_info(const struct rex_obj *obj,
				  struct rex_image_info *info);

/**
 * rex_obj_prog_info() - describe a program, with its counters (REX_IOC_PROG_INFO)
 * @obj:	a loaded object, else -ENOENT
 * @prog:	name of one of its programs, else -ENOENT
 * @info:	@info->size is set by the caller
 */
LIBREX_API int rex_obj_prog_info(const struct rex_obj *obj, const char *prog,
				 struct rex_prog_info *info);

/**
 * rex_prog_info() - describe the program that a carrier runs, with its counters
 * @prog_fd:	any descriptor of a carrier: bpf_program__fd(), bpf_obj_get(),
 *		bpf_prog_get_fd_by_id() ...
 * @info:	@info->size is set by the caller
 *
 * Fails with -ENOENT if that BPF program does not run a Rex program.
 */
LIBREX_API int rex_prog_info(int prog_fd, struct rex_prog_info *info);

/* ---- values that are shared with programs -------------------------------- */

/**
 * rex_obj_map_shared() - map a value that programs share into this process
 * @obj:	a loaded object
 * @name:	name of a static of the type Shared in Rust
 * @size:	receives the value's size in bytes, or NULL
 *
 * Returns the value's address, which is page-aligned, readable and writable, and the
 * same at each call; it belongs to @obj, until rex_obj_close(). Programs read and write
 * there at the same time: use atomic accesses. NULL with errno:
 *
 *  ENOENT	nothing has that name; or @obj is not loaded
 *  EINVAL	what has that name is another map; or @obj or @name is NULL
 *  and those of mmap(2)
 */
LIBREX_API LIBREX_NODISCARD void *
rex_obj_map_shared(struct rex_obj *obj, const char *name, size_t *size);

/**
 * rex_obj_get_shared() - read a value that programs share
 * @obj:	a loaded object
 * @name:	name of a static of the type Shared in Rust
 * @value:	receives it; a value of 1, 2, 4 or 8 bytes in one piece
 * @size:	its size in bytes, else -EMSGSIZE
 *
 * Other errors are those of rex_obj_map_shared().
 */
LIBREX_API int rex_obj_get_shared(struct rex_obj *obj, const char *name,
				  void *value, size_t size);

/**
 * rex_obj_set_shared() - write a value that programs share
 * @obj:	a loaded object
 * @name:	name of a static of the type Shared in Rust
 * @value:	the value; of 1, 2, 4 or 8 bytes, it is stored in one piece
 * @size:	its size in bytes, else -EMSGSIZE
 *
 * Other errors are those of rex_obj_map_shared().
 */
LIBREX_API int rex_obj_set_shared(struct rex_obj *obj, const char *name,
				  const void *value, size_t size);

/* ---- faults ------------------------------------------------------------- */

/**
 * rex_obj_fault_info() - describe a fault of a program (REX_IOC_FAULT_INFO)
 * @obj:	a loaded object, else -ENOENT
 * @prog:	name of one of its programs, else -ENOENT
 * @number:	which of the program's faults, from 1; 0: the last one
 * @info:	@info->size is set by the caller
 *
 * Fails with -ENOENT if there was no such fault, or there is no record of it any more:
 * the last four of each program are kept.
 */
LIBREX_API int rex_obj_fault_info(const struct rex_obj *obj, const char *prog,
				  __u64 number, struct rex_fault_info *info);

/**
 * rex_fault_info() - describe a fault of the program that a carrier runs
 * @prog_fd:	as for rex_prog_info(), else -ENOENT
 * @number:	as for rex_obj_fault_info()
 * @info:	@info->size is set by the caller
 */
LIBREX_API int rex_fault_info(int prog_fd, __u64 number,
			      struct rex_fault_info *info);

/**
 * rex_obj_wait_fault() - wait for a fault of any program of an object
 * @obj:	a loaded object, else -ENOENT
 * @timeout_ms:	how long to wait, in milliseconds; 0: not at all; negative: forever
 * @info:	@info->size is set by the caller
 *
 * Gives each fault once, the oldest first, also those that happened before the call.
 * @info->lost counts the faults of the program that came too quickly to be given.
 * A process that has other things to wait for polls rex_obj_image_fd() for POLLIN, and
 * then calls this with a timeout of 0. POLLHUP of that descriptor says that no program
 * of the object will run again.
 *
 *  -ETIMEDOUT	there was no fault
 *  -ESHUTDOWN	all faults have been given, and there will be no other one: the
 *		programs are dead, and the object was not opened with restarts_per_min
 *  -EINTR	a signal came
 *  -EOPNOTSUPP	the module is too old
 */
LIBREX_API int rex_obj_wait_fault(const struct rex_obj *obj, int timeout_ms,
				  struct rex_fault_info *info);

/**
 * rex_obj_describe_fault() - say in a sentence what happened
 * @obj:	the object that @info is from
 * @info:	from rex_obj_wait_fault() or rex_obj_fault_info()
 * @buf:	receives one line of printable text, without a newline
 * @size:	of @buf; REX_FAULT_LINE_LEN is always enough
 *
 * For example "program on_open stopped by a panic: index out of bounds, at
 * src/main.rs:14:9". Returns the length of the text, which is truncated if
 * @size is not larger.
 */
LIBREX_API int rex_obj_describe_fault(const struct rex_obj *obj,
				      const struct rex_fault_info *info,
				      char *buf, size_t size);

#define REX_FAULT_LINE_LEN 512

/* ---- replacing ---------------------------------------------------------- */

/**
 * rex_obj_replace() - make a carrier that exists run a program of @obj
 * @obj:	a loaded object, else -ENOENT
 * @prog:	name of one of its programs, else -ENOENT
 * @carrier_fd:	descriptor of a carrier of the same program type, usually one
 *		that is attached and bound to an older program
 *
 * Moves the carrier at once and without a gap: it stays attached.
 * When this returns, the old program no longer runs through this carrier. The
 * carrier keeps the new image alive; @obj may be closed.
 *
 * The new program does not inherit maps: open @obj with the old map_fds for that.
 * A program that will only replace another needs no carrier of its own: call
 * bpf_program__set_autoload(prog, false) before the load.
 */
LIBREX_API int rex_obj_replace(struct rex_obj *obj, const char *prog,
			       int carrier_fd);

#ifdef __cplusplus
}
#endif

#endif /* LIBREX_H */
