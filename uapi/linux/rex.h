/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ABI of /dev/rex, and the format of the objects that it loads.
 *
 * Object model
 * ============
 *
 * An *image* is one loaded object file: its text, read-only data, data, and
 * the maps that it uses. REX_IOC_LOAD makes one and returns a file descriptor.
 * An image contains one or more *programs*, each with a name, a BPF program
 * type and an entry function.
 *
 * A *carrier* is an ordinary BPF program of that type, loaded through bpf(2),
 * whose body is `call bpf_ktime_get_boot_ns`, then instructions that force the value
 * into the bounds of its type (kmod/progtype.h), then `exit`; and nothing else.
 * REX_IOC_BIND makes the carrier call a program of an image in place of that helper.
 * From then on, everything that is done with the carrier (attach, link, pin, replace,
 * tail call) is done with the Rex program.
 *
 * Lifetime: an image lives as long as its file descriptor or a carrier that
 * is bound to it. The carrier keeps the image alive until the kernel frees the
 * carrier; nothing needs to be unbound. The maps live as long as the image.
 *
 * poll(2) and epoll(7) of an image's descriptor report
 *
 *  POLLIN	a fault has happened that REX_FAULT_NEXT has not given yet
 *  POLLHUP	the image is dead for good: none of its programs will run again
 *
 * Extensible structs
 * ==================
 *
 * Every argument begins with `size`, set by the caller to the size of the
 * struct that it was compiled with. A module that knows a shorter struct
 * accepts the call if the bytes that it does not know are zero, else -E2BIG.
 * A module that knows a longer struct takes the missing fields as zero, and
 * writes back no more than `size` bytes. A `size` below the first published
 * version of a struct is -EINVAL. Every `reserved` field and every unknown
 * flag must be zero, else -EINVAL.
 *
 * Errors common to all calls
 * ==========================
 *
 *  EPERM	the caller lacks CAP_SYS_ADMIN
 *  ENOTTY	unknown ioctl number
 *  EFAULT	the argument, or memory that it points to, is not accessible
 *  EINVAL	`size` too small, unknown flag, reserved field not zero
 *  E2BIG	bytes beyond the struct known to this module are not zero
 *  EBADF	a file descriptor is not open, or is of the wrong kind
 *  ENOMEM	no memory
 */
#ifndef _UAPI_LINUX_REX_H
#define _UAPI_LINUX_REX_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Version of the object format and of the symbols that programs link to. */
#define REX_ABI_VERSION 1

#define REX_DEVICE "/dev/rex"

/* Lengths include the terminating NUL. */
#define REX_NAME_LEN 64 /* program, map and image names */
#define REX_SECTION_LEN 128 /* libbpf section names, e.g. "kprobe/do_exit" */
#define REX_VERSION_LEN 64
#define REX_SIGNER_LEN 128
#define REX_SHA256_LEN 32 /* no text, and so without a NUL */

/* An object file above this size is refused with -EFBIG. */
#define REX_MAX_ELF_SIZE (16u << 20)
/* More programs or maps in one object are refused. */
#define REX_MAX_PROGS 256
#define REX_MAX_MAPS 256
#define REX_MAX_CONFIGS 256
/* A larger heap is refused with -EFBIG. */
#define REX_MAX_HEAP (256u << 20)
/* At most this many programs that carriers were moved away from are waited for at a time. */
#define REX_MAX_REPLACED 64

/* ---- the device ------------------------------------------------------- */

#define REX_IOC_MAGIC 0xB7

#define REX_IOC_VERSION _IOWR(REX_IOC_MAGIC, 0x00, struct rex_version)
#define REX_IOC_LOAD _IOWR(REX_IOC_MAGIC, 0x01, struct rex_load)
#define REX_IOC_BIND _IOW(REX_IOC_MAGIC, 0x02, struct rex_bind)
#define REX_IOC_IMAGE_INFO _IOWR(REX_IOC_MAGIC, 0x03, struct rex_image_info)
#define REX_IOC_PROG_INFO _IOWR(REX_IOC_MAGIC, 0x04, struct rex_prog_info)
#define REX_IOC_FAULT_INFO _IOWR(REX_IOC_MAGIC, 0x05, struct rex_fault_info)

/* Bits of rex_version.features. */
#define REX_FEATURE_OVERRIDE_RETURN (1ull << 0) /* bpf_override_return works */

/**
 * struct rex_version - REX_IOC_VERSION: describe the module
 * @size:	in: sizeof(struct rex_version)
 * @abi:	out: REX_ABI_VERSION of the module
 * @features:	out: REX_FEATURE_* bits
 * @module:	out: version of rex.ko, NUL-terminated
 * @cpu_memory:	out: bytes of kernel memory for each CPU that has been online: the
 *		stacks and the state of runs, whatever is loaded
 */
struct rex_version {
	__u32 size;
	__u32 abi;
	__aligned_u64 features;
	char module[REX_VERSION_LEN];
	__aligned_u64 cpu_memory;
};

/*
 * In place of the descriptor of a map with REX_MAP_OPTIONAL: programs find nothing in this
 * map, and cannot change it.
 */
#define REX_NO_MAP (-1)

/**
 * struct rex_map_fd - the kernel map to use for one map of the object
 * @name:	name of the map in the object (its ELF symbol)
 * @fd:		file descriptor of a BPF map; type, key size and value size must
 *		be those the object declares, and so must max_entries of an
 *		array, a ring buffer's be at least that. Or REX_NO_MAP
 * @reserved:	0
 */
struct rex_map_fd {
	char name[REX_NAME_LEN];
	__s32 fd;
	__u32 reserved;
};

/**
 * struct rex_config_value - the value to use for one config of the object
 * @name:	name of the config in the object (its ELF symbol)
 * @value:	pointer to the value, as it lies in memory
 * @size:	its size in bytes, which must be that of the object's declaration
 * @reserved:	0
 */
struct rex_config_value {
	char name[REX_NAME_LEN];
	__aligned_u64 value;
	__u32 size;
	__u32 reserved;
};

/* Flags of REX_IOC_LOAD. */
#define REX_LOAD_RESTART (1u << 0) /* @restarts_per_min is set */
#define REX_LOAD_TIME_RUNS (1u << 1) /* measure how long runs take */

/* Log levels of REX_IOC_LOAD. */
#define REX_LOG_NONE 0 /* log_buf is not written */
#define REX_LOG_ERROR 1 /* the reason of a refusal */
#define REX_LOG_DEBUG 2 /* also sections, symbols, and what was patched */

/**
 * struct rex_load - REX_IOC_LOAD: load an object file, return an image fd
 * @size:	in: sizeof(struct rex_load)
 * @flags:	in: REX_LOAD_*
 * @elf:	in: pointer to the whole object file; it may end with a signature, as that
 *		of a module (kmod/signature.h)
 * @elf_size:	in: its size in bytes
 * @maps:	in: pointer to an array of struct rex_map_fd, one for each map
 *		that the object declares, in any order
 * @nr_maps:	in: number of elements in @maps
 * @log_level:	in: REX_LOG_*
 * @log_buf:	in: pointer to the buffer that receives the load log; may be 0
 *		only if @log_level or @log_size is 0
 * @log_size:	in: its size in bytes, including the NUL
 * @log_len:	out: bytes that the whole log needs, including the NUL; a longer
 *		log is truncated at the end. Written on failure too; not written,
 *		without an error, if the struct cannot be written to.
 * @name:	in: name to show for the image, e.g. the base name of the file;
 *		printable ASCII without blanks; may be empty
 * @restarts_per_min: in: with REX_LOAD_RESTART, how often in a minute the image
 *		may be brought back after a fault, above 0: its data is set back
 *		to what it was, and its programs run again. A minute begins
 *		with the first restart after the one before. 0 without that flag:
 *		the image stays dead after a fault (crash-stop).
 * @reserved:	in: 0
 * @heap_size:	in: how many bytes the programs of the image may allocate in all,
 *		at most REX_MAX_HEAP; 0: the module's default. Rounded up to
 *		whole pages. It has no meaning if no program allocates: then
 *		there is no heap.
 * @configs:	in: pointer to an array of struct rex_config_value: values for
 *		configs of the object, in any order. Those that are not there keep
 *		the value that the object has.
 * @nr_configs:	in: number of elements in @configs
 * @reserved2:	in: 0
 *
 * All memory of the image, its heap included, is charged to the memory cgroup of the
 * caller when the image is loaded; if there is no room, that is ENOMEM. A program that
 * finds no room in the heap gets an error, or is stopped by a panic. Memory that programs
 * do not free is freed with the image, or by its restart.
 *
 * Returns a new file descriptor (close-on-exec), or:
 *
 *  EPERM	the caller must not load kernel code; the log says why: it lacks
 *		CAP_SYS_ADMIN or CAP_SYS_MODULE, or sysctl kernel.modules_disabled is set, or a
 *		security module forbids it (which may give another error); or the
 *		object has no signature, and module.sig_enforce, lockdown or the
 *		module's parameter unsigned=deny requires one;
 *		or programs may not read and write a map, or it lies in a device
 *  ENOEXEC	not an object that this module can load; the log says why and
 *		names the section, symbol or offset
 *  ENOKEY	a signature is required, and the object's is of a key that is not known
 *  EKEYREJECTED the object's signature is wrong; other errors of the kernel's keys
 *		(EKEYREVOKED, EKEYEXPIRED, ENOPKG) say more
 *  EBADMSG	the object ends with a signature that is none
 *  EFBIG	the object is larger than REX_MAX_ELF_SIZE, or the heap than
 *		REX_MAX_HEAP
 *  EPROTO	the object is of another ABI version; the log names both
 *  ERANGE	a program's timeout_ms is above the module's parameter
 *		max_timeout_ms; the log names the program and both
 *  EINVAL	also: @name is not what it may be, @nr_maps is above REX_MAX_MAPS or
 *		@nr_configs above REX_MAX_CONFIGS, or @maps or @configs has a name
 *		twice; or an iterator may sleep, and is not of tasks or their files
 *  EMFILE	the caller has no room for another file descriptor
 *  ENFILE	the kernel has none for another file
 *  ENOENT	a map of the object is not in @maps, or @maps names a map, or
 *		@configs a config, that is not in the object
 *  EMSGSIZE	a value in @configs has another size than the object declares
 *  EMEDIUMTYPE	a map's type, sizes or locks differ from the object's declaration, or
 *		it has locks and BPF_F_NO_PREALLOC
 */
struct rex_load {
	__u32 size;
	__u32 flags;
	__aligned_u64 elf;
	__aligned_u64 elf_size;
	__aligned_u64 maps;
	__u32 nr_maps;
	__u32 log_level;
	__aligned_u64 log_buf;
	__u32 log_size;
	__u32 log_len;
	char name[REX_NAME_LEN];
	__u32 restarts_per_min;
	__u32 reserved;
	__aligned_u64 heap_size;
	__aligned_u64 configs;
	__u32 nr_configs;
	__u32 reserved2;
};

/* Flags of REX_IOC_BIND. */
#define REX_BIND_REPLACE (1u << 0) /* the carrier may be bound already */
#define REX_BIND_DEFAULT_RET (1u << 1) /* @default_ret is set */

/**
 * struct rex_bind - REX_IOC_BIND: make a carrier run a program of an image
 * @size:	in: sizeof(struct rex_bind)
 * @flags:	in: REX_BIND_*
 * @image_fd:	in: image, from REX_IOC_LOAD
 * @prog_fd:	in: carrier, a BPF program fd; its type must be the program's
 * @entry:	in: name of the program in the image
 * @timeout_ms:	in: longest run in milliseconds, at most what the module's
 *		parameter max_timeout_ms says; 0: what the program declares, else
 *		the module's default
 * @default_ret: in: what the carrier returns when the program cannot run or is
 *		stopped by a fault, with REX_BIND_DEFAULT_RET; otherwise what
 *		the program declares, else its type's default, with which the
 *		kernel goes on as if there were no program (kmod/progtypes.def)
 * @log_buf:	in: pointer to the buffer that receives the reason of a refusal, a
 *		line with a NUL; may be 0 only if @log_size is 0
 * @log_size:	in: its size in bytes
 * @reserved:	in: 0
 *
 * @timeout_ms and @default_ret belong to the program, whichever carrier runs it: the
 * last BIND that sets them wins. They are set before the carrier runs the program; a
 * BIND that fails leaves them as they were.
 *
 * The first BIND of a carrier comes before it is attached or pinned, since BIND sets
 * what the carrier may be attached to.
 *
 * With REX_BIND_REPLACE, a carrier that is bound already is moved to the new
 * program at once; the call returns when no run of the old one through this
 * carrier is in flight, and the old image has lost the reference. That can take as long
 * as sleepable BPF programs do, of whatever process. A caller that is killed meanwhile
 * has moved the carrier, and the old image loses the reference when the runs are over.
 * REX_MAX_REPLACED old programs are waited for at a time, by whatever callers, killed
 * ones included; one more REPLACE is EAGAIN and moves nothing.
 *
 *  EAGAIN	with REX_BIND_REPLACE: runs of REX_MAX_REPLACED programs that carriers
 *		were moved away from are waited for; a sleepable BPF program holds
 *		them up, or many callers replace at once. Try again later
 *  EINVAL	also: @default_ret is none that a program of this type may return, or
 *		it redirects a packet (XDP_REDIRECT, TC_ACT_REDIRECT): where to, only
 *		a run could have said
 *  ENOENT	no program of that name in the image
 *  EPROTOTYPE	the carrier's program type is not the program's; or one of them
 *		is an XDP program for devmaps (BPF_XDP_DEVMAP), the other not; or with
 *		REX_BIND_REPLACE, the program reads more of its event than the first
 *		program of the carrier, or only the new one takes stacks, or asks for the
 *		address of its function
 *  ENOEXEC	the BPF program is not a carrier: not JITed, or with other
 *		instructions
 *  EBUSY	the carrier is bound already, and REX_BIND_REPLACE is not given
 *  ERANGE	@timeout_ms is above max_timeout_ms
 *  ETXTBSY	the carrier is not bound, and something else than @prog_fd has a
 *		reference on it: it is attached or pinned, or a process has opened it
 */
struct rex_bind {
	__u32 size;
	__u32 flags;
	__s32 image_fd;
	__s32 prog_fd;
	char entry[REX_NAME_LEN];
	__u32 timeout_ms;
	__s32 default_ret;
	__aligned_u64 log_buf;
	__u32 log_size;
	__u32 reserved;
};

/**
 * struct rex_image_info - REX_IOC_IMAGE_INFO: describe an image
 * @size:	in: sizeof(struct rex_image_info)
 * @image_fd:	in: the image
 * @id:		out: number of the image, unique while the module is loaded
 * @nr_progs:	out: number of programs
 * @nr_maps:	out: number of maps
 * @nr_bindings: out: carriers bound to programs of this image now
 * @text_size:	out: bytes of text, page granular
 * @rodata_size: out: bytes of read-only data, page granular
 * @data_size:	out: bytes of data and bss, page granular
 * @memory:	out: bytes of kernel memory that the image takes in all
 * @name:	out: rex_load.name
 * @rustc:	out: version of the compiler that built the object
 * @restarts_per_min: out: rex_load.restarts_per_min
 * @restarts:	out: number of its restarts
 * @heap_size:	out: bytes that its programs may allocate; 0 if they do not
 * @heap_used:	out: bytes that are allocated now
 * @heap_failed: out: allocations that failed for want of room
 * @signer:	out: who has signed the object: the common name of the certificate's issuer
 *		and its serial number, or the identifier of the key; empty if the object
 *		has no signature of a key that the kernel or the keyring .rex has
 * @sha256:	out: of the whole object file
 */
struct rex_image_info {
	__u32 size;
	__s32 image_fd;
	__u32 id;
	__u32 nr_progs;
	__u32 nr_maps;
	__u32 nr_bindings;
	__aligned_u64 text_size;
	__aligned_u64 rodata_size;
	__aligned_u64 data_size;
	__aligned_u64 memory;
	char name[REX_NAME_LEN];
	char rustc[REX_VERSION_LEN];
	__u32 restarts_per_min;
	__u32 restarts;
	__aligned_u64 heap_size;
	__aligned_u64 heap_used;
	__aligned_u64 heap_failed;
	char signer[REX_SIGNER_LEN];
	__u8 sha256[REX_SHA256_LEN];
};

/* Why a run was ended: rex_fault_info.cause */
#define REX_FAULT_PANIC 0
#define REX_FAULT_STACK_OVERFLOW 1
#define REX_FAULT_TIMEOUT 2
#define REX_FAULT_EXCEPTION 3 /* a CPU exception in program text */
#define REX_FAULT_PAGE_FAULT 4 /* in program text: a bug of the crate */
#define REX_FAULT_CPU_SHARE 5 /* its runs took too much of a CPU together */
#define REX_NR_FAULT_CAUSES 8 /* with room for more */

/* rex_prog_info.state */
#define REX_PROG_LIVE 0
#define REX_PROG_DEAD 1 /* stopped by a fault of this or a sibling program */

/**
 * struct rex_prog_info - REX_IOC_PROG_INFO: describe a program, with its counters
 * @size:	in: sizeof(struct rex_prog_info)
 * @flags:	in: 0
 * @image_fd:	in: the image, or -1 to name the program by @prog_fd
 * @prog_fd:	in: a bound carrier, where @image_fd is -1; otherwise -1
 * @index:	in: with @image_fd, index of the program, below nr_progs, in
 *		the order of .rex.progs; out: that index
 * @type:	out: enum bpf_prog_type
 * @state:	out: REX_PROG_*
 * @image_id:	out: rex_image_info.id of its image
 * @nr_bindings: out: carriers bound to this program now
 * @timeout_ms:	out: longest run in milliseconds
 * @default_ret: out: value returned instead of a run that could not be made
 *		or finished
 * @reserved:	out: 0
 * @runs:	out: completed or faulted runs, summed over all CPUs
 * @skipped:	out: runs that were not made (dead, or nested too deeply), or that slept
 *		while the image died
 * @faults:	out: runs ended by a fault, in all and by cause: REX_FAULT_*
 * @time:	out: nanoseconds that its runs took, in all; 0 without
 *		REX_LOAD_TIME_RUNS
 * @longest_run: out: nanoseconds of its longest run; 0 without REX_LOAD_TIME_RUNS
 * @name:	out: name of the program
 * @section:	out: libbpf section name the program declares
 * @heap_size:	out: bytes that the programs of its image may allocate
 * @heap_used:	out: bytes that they have allocated now
 * @heap_failed: out: their allocations that failed for want of room
 * @memory:	out: bytes of kernel memory that its image takes in all
 * @restarts:	out: number of its image's restarts
 * @map_ids:	in: 0, or pointer to an array of __u32, which receives the ids of its
 *		image's maps, in the order of .rex.maps
 * @nr_map_ids:	in: with @map_ids, number of its elements; out: number of maps, the
 *		first of which are in @map_ids
 * @restarts_per_min: out: rex_load.restarts_per_min of its image
 * @image_name:	out: rex_load.name of its image
 * @errors:	out: runs whose program returned an error; of an LSM program those
 *		are the refusals as well
 * @missed:	out: events that reached no run since another BPF program of the kind
 *		was running on that CPU, as far as the kernel counts them for the
 *		carriers that are or were bound: recursion_misses of bpf(2)
 * @lost_records: out: records that a ring buffer or a perf event array did not take
 *		from a run, most often since the earlier ones had not been read
 * @last_error: out: the last of the errors, as the program returned it
 * @reserved2:	out: 0
 * @signer:	out: rex_image_info.signer of its image
 * @sha256:	out: rex_image_info.sha256 of its image
 *
 *  ENOENT	@index is beyond the last program, or @prog_fd is not bound
 */
struct rex_prog_info {
	__u32 size;
	__u32 flags;
	__s32 image_fd;
	__s32 prog_fd;
	__u32 index;
	__u32 type;
	__u32 state;
	__u32 image_id;
	__u32 nr_bindings;
	__u32 timeout_ms;
	__s32 default_ret;
	__u32 reserved;
	__aligned_u64 runs;
	__aligned_u64 skipped;
	__aligned_u64 faults;
	__aligned_u64 faults_by_cause[REX_NR_FAULT_CAUSES];
	__aligned_u64 time;
	__aligned_u64 longest_run;
	char name[REX_NAME_LEN];
	char section[REX_SECTION_LEN];
	__aligned_u64 heap_size;
	__aligned_u64 heap_used;
	__aligned_u64 heap_failed;
	__aligned_u64 memory;
	__aligned_u64 restarts;
	__aligned_u64 map_ids;
	__u32 nr_map_ids;
	__u32 restarts_per_min;
	char image_name[REX_NAME_LEN];
	__aligned_u64 errors;
	__aligned_u64 missed;
	__aligned_u64 lost_records;
	__s32 last_error;
	__u32 reserved2;
	char signer[REX_SIGNER_LEN];
	__u8 sha256[REX_SHA256_LEN];
};

/* Lengths include the terminating NUL. */
#define REX_FAULT_MESSAGE_LEN 256
#define REX_FAULT_FILE_LEN 96
#define REX_FAULT_TRACE_LEN 2048

/* Flags of REX_IOC_FAULT_INFO. */
#define REX_FAULT_NEXT (1u << 0) /* the oldest fault not given yet */

/**
 * struct rex_fault_info - REX_IOC_FAULT_INFO: describe one of the last faults
 * @size:	in: sizeof(struct rex_fault_info)
 * @flags:	in: REX_FAULT_NEXT, or 0
 * @image_fd:	in: as in struct rex_prog_info
 * @prog_fd:	in: as in struct rex_prog_info
 * @index:	in: as in struct rex_prog_info; out: that index
 * @cause:	out: REX_FAULT_*
 * @number:	in: which fault of the program, counted from 1 since the image was
 *		loaded; 0: the last one; out: its number
 * @nr_faults:	out: number of faults of the program so far
 * @time:	out: CLOCK_MONOTONIC, nanoseconds
 * @cpu:	out: the CPU of the run
 * @pid:	out: id of the thread that was current
 * @tgid:	out: id of its process
 * @line:	out: line of a panic in @file; 0: unknown
 * @column:	out: column of a panic; 0: unknown
 * @lost:	in: 0; out: with REX_FAULT_NEXT, how many faults of the program it
 *		could not give so far, since their records were gone
 * @comm:	out: name of the thread
 * @file:	out: source file of a panic; truncated at the front
 * @message:	out: message of a panic, or what happened
 * @trace:	out: backtrace, innermost function first, one line each: the
 *		program's, with readable names, then the kernel's
 *
 * With REX_FAULT_NEXT, the call gives each fault of an image once, the oldest first,
 * and says whose it was. The caller names the image; @index and @number are 0 and
 * @prog_fd is -1. It does not wait: poll the image's descriptor. All who share an image
 * share what has been given.
 *
 *  EAGAIN	with REX_FAULT_NEXT: there is no fault that has not been given
 *  ENOENT	no such fault, or no program (see struct rex_prog_info), or the
 *		record was overwritten by newer ones or could not be kept
 *		because several faults came at once
 */
struct rex_fault_info {
	__u32 size;
	__u32 flags;
	__s32 image_fd;
	__s32 prog_fd;
	__u32 index;
	__u32 cause;
	__aligned_u64 number;
	__aligned_u64 nr_faults;
	__aligned_u64 time;
	__u32 cpu;
	__u32 pid;
	__u32 tgid;
	__u32 line;
	__u32 column;
	__u32 lost;
	char comm[16];
	char file[REX_FAULT_FILE_LEN];
	char message[REX_FAULT_MESSAGE_LEN];
	char trace[REX_FAULT_TRACE_LEN];
};

/* ---- the object format ------------------------------------------------ */

/*
 * An object is an ELF64 x86-64 relocatable file (ET_REL). Its allocated
 * sections are placed by their flags: executable ones in text, writable ones
 * in data, others in read-only data. No section may be writable and
 * executable. These sections have a meaning of their own:
 *
 *  .note.rex		one ELF note, name "Rex", type REX_NOTE_TYPE,
 *			descriptor struct rex_note; or struct rex_note_cpu, if the
 *			code may have instructions beyond plain x86-64
 *  .rex.progs		array of struct rex_prog_def; type, attach type and section
 *			are a line of kmod/progtypes.def
 *  .rex.maps		array of struct rex_map_def; each has an object symbol,
 *			which is the map's name. Writable in the file (the
 *			loader fills it), read-only when loaded.
 *  .rex.config		array of struct rex_config_def; each has an object symbol,
 *			which is the config's name. Writable in the file (the
 *			loader sets values), read-only when loaded.
 *  .rex.types		what is in the maps, for tools: texts, see below. It is not
 *			allocated, and rex.ko does not read it
 *  .note.rex.manifest	one ELF note, name "Rex", type REX_NOTE_MANIFEST, which rex.ko
 *			does not read: see below
 *  .stack_sizes	frame size of every function, as LLVM writes it
 *  __patchable_function_entries	address of every function's entry pad
 *
 * Every function begins with an optional endbr64 and a pad of
 * REX_PAD_SIZE bytes of no-ops, where the loader writes the stack check.
 * The code after it consists of instructions that rustc makes of safe Rust, for plain
 * x86-64 and the features of CPUs that the note names, and
 * keeps the stack and the callee-saved registers; LOAD checks it, and refuses an
 * object with other code (ENOEXEC).
 *
 * The undefined symbols of an object are functions that the module provides, and
 * symbols whose addresses are numbers that differ between kernels:
 *
 *  __rex_off_STRUCT_FIELD	offset of a field that every kernel has
 *  __rex_opt_STRUCT_FIELD	offset of a field that not every kernel has;
 *				REX_NO_FIELD where the running one does not
 *  __rex_tp:CATEGORY/EVENT:FIELD:KIND	offset in the record of a tracepoint
 *  __rex_raw_tp:EVENT		number of arguments of a tracepoint
 *  __rex_btf:WHAT:TYPE:PATH:KIND	of a type: see below
 *  __rex_btf_arg:FUNCTION:INDEX:KIND	of an argument: see below
 *
 * The last two are answered by the BTF of the running kernel, or else by that of the
 * first of its loaded modules that has the type. An object is refused if the answer is
 * not there, or is not of the kind that the symbol says.
 *
 * WHAT is
 *  off		the offset of the member, in bytes
 *  bits	the place of a bit field: the offset of 8 bytes to load, shifted left by 16;
 *		the number of bits below the field, shifted left by 8; its width in bits
 *  size	the size of the member, or of the type if PATH is empty
 *  enum	the value of the enumerator PATH
 *  has		1 if there is such a member of that kind, otherwise 0; with the kind "e",
 *		if there is such an enumerator; with neither, if there is such a type
 *  opt, optbits, optsize, optenum	as off, bits, size and enum, but REX_NO_FIELD
 *		where there is no such type, member or enumerator
 *
 * TYPE is the name of a struct, union, enum or typedef, without these words. MODULE/TYPE
 * is looked for in the BTF of this module only. To find an enumerator in any enum, TYPE
 * may be empty. Types of the same name have to give the same answer.
 *
 * PATH has the names of members, with a dot before each but the first; [N] after a name
 * is an element of an array. A name a|b is the first of the two that exists. Structs and
 * unions without names are passed as C does. A path does not follow pointers.
 *
 * KIND is what the program takes the member or argument for:
 *  u1 u2 u4 u8	an unsigned integer, enum or bool of that many bytes, or a char
 *  s1 s2 s4 s8	a signed one
 *  i		an integer, enum or bool of any size
 *  p		a pointer
 *  pNAME	a pointer to the struct or union NAME, or a typedef of that name
 *  p*KIND	a pointer to something of this kind
 *  tNAME	the struct or union NAME; without the name, any
 *  aKINDxN	an array of N elements of this kind, or more
 *  b, B	for "bits" only: unsigned, or signed
 * It may be empty, for anything.
 *
 * FUNCTION is the name of a function of the kernel; lsm/HOOK is a hook of security
 * modules, tp/EVENT a raw tracepoint. INDEX counts its arguments from 0; "ret" is the
 * result. The value is the offset of the argument in the context of a tracing program,
 * that of "ret" the offset after the arguments.
 * FUNCTION may be PATTERN=PROGRAM, with a *, ? or [ in the pattern. It stands for the functions
 * that the program's carriers are for. LOAD requires a fentry or fexit program of that name and
 * that pattern. The value is INDEX times 8; BIND refuses a carrier for a function whose argument
 * is of another kind or elsewhere.
 *
 * The types of maps are three texts for each map, with a NUL after each: the map's name,
 * the type of its keys, and that of its values:
 *
 *  uN, sN		an unsigned or signed integer of N bytes
 *  bN			N bytes
 *  [N]TYPE		an array of N elements
 *  {NAME;NAME:TYPE..}	a struct: its name, and members without gaps between them; those of
 *			a tuple are named by their numbers, and padding has no name
 *  l			the struct bpf_spin_lock, as a member of the value itself
 *
 * The manifest says what the object was built from, so that others can build it again and
 * compare. It is text, lines with a key and a value each:
 *
 *  program NAME		the name of the file that cargo makes
 *  compiler TEXT		the first line of `rustc -vV`
 *  compiler-sha256 HASH	of the compiler and of the libraries that make it up
 *  library-sha256 HASH		of the sources of core, alloc and compiler_builtins
 *  wrapper TEXT		a checksum of the compiler's wrapper, which forbids unsafe code
 *  cargo TEXT			the first line of `cargo --version`
 *  linker TEXT			the first line of `ld --version`
 *  flags TEXT			the flags of code generation
 *  crate NAME VERSION sha256:HASH [features=LIST]	the program's crate first, then all
 *		that it depends on
 *
 * HASH is the SHA-256 of lines as sha256sum prints them, for each source file, with the
 * file's name in its package, sorted by these names; or "unknown".
 */
#define REX_SEC_NOTE ".note.rex"
#define REX_SEC_MANIFEST ".note.rex.manifest"
#define REX_SEC_PROGS ".rex.progs"
#define REX_SEC_MAPS ".rex.maps"
#define REX_SEC_CONFIG ".rex.config"
#define REX_SEC_TYPES ".rex.types"

#define REX_PAD_SIZE 16
/* No function may have a larger frame, in bytes. */
#define REX_MAX_FRAME 4096
/* The offset of a field that the kernel does not have. */
#define REX_NO_FIELD 0x7fffffff

#define REX_NOTE_NAME "Rex"
#define REX_NOTE_TYPE 1
#define REX_NOTE_MANIFEST 2

/**
 * struct rex_note - descriptor of the object's ELF note
 * @abi:	REX_ABI_VERSION the crate was written for
 * @crate_version: major << 16 | minor << 8 | patch of the rex crate
 * @rustc:	`rustc --version`, NUL-terminated
 */
struct rex_note {
	__u32 abi;
	__u32 crate_version;
	char rustc[REX_VERSION_LEN];
};

/* Features of a CPU whose instructions an object may have: those of integer registers. */
#define REX_CPU_POPCNT (1u << 0) /* popcnt */
#define REX_CPU_LZCNT (1u << 1) /* lzcnt */
#define REX_CPU_BMI1 (1u << 2) /* tzcnt, andn, bextr, blsi, blsmsk, blsr */
#define REX_CPU_BMI2 (1u << 3) /* bzhi, mulx, pdep, pext, rorx, and shifts */
#define REX_CPU_MOVBE (1u << 4) /* movbe */

/**
 * struct rex_note_cpu - the note of an object that needs more than plain x86-64
 * @note:	as in other objects
 * @cpu_features: REX_CPU_*; LOAD refuses the object if the CPU lacks one, or if the
 *		module does not know it
 *
 * A module that does not know this struct refuses the object, whose note is too long for
 * it. So a CPU executes no tzcnt as another instruction, as old ones do.
 */
struct rex_note_cpu {
	struct rex_note note;
	__u32 cpu_features;
};

/* Flags of struct rex_prog_def. */
#define REX_PROG_HAS_DEFAULT_RET (1u << 0)

/**
 * struct rex_prog_def - one program, an element of .rex.progs
 * @size:	sizeof(struct rex_prog_def)
 * @type:	enum bpf_prog_type
 * @entry:	address of the entry function, `u32 entry(void *ctx)`
 * @timeout_ms:	longest run in milliseconds; 0: the module's default. One that is
 *		above the module's parameter max_timeout_ms is refused
 * @flags:	REX_PROG_HAS_DEFAULT_RET
 * @default_ret: with that flag, the value returned when a run cannot be made
 *		or finished; within the bounds of kmod/progtypes.def
 * @attach_type: enum bpf_attach_type expected, 0 where the type needs none
 * @name:	name of the program: a C identifier, NUL-padded
 * @section:	libbpf section name for the carrier, e.g.
 *		"tracepoint/syscalls/sys_enter_dup", NUL-padded
 */
struct rex_prog_def {
	__u32 size;
	__u32 type;
	__aligned_u64 entry;
	__u32 timeout_ms;
	__u32 flags;
	__s32 default_ret;
	__u32 attach_type;
	char name[REX_NAME_LEN];
	char section[REX_SECTION_LEN];
};

/* Flags of struct rex_map_def. */
#define REX_MAP_HAS_SPIN_LOCK (1u << 0) /* @lock_offset is set */
#define REX_MAP_OPTIONAL (1u << 1) /* programs can do without: REX_NO_MAP */

/**
 * struct rex_map_def - one map, an element of .rex.maps
 * @size:	sizeof(struct rex_map_def)
 * @type:	enum bpf_map_type
 * @key_size:	bytes
 * @value_size:	bytes
 * @max_entries: as in bpf(2). For all but arrays, the map that the program is
 *		given may have another one: ring buffers are rounded up, event
 *		arrays of 0 have one entry for each CPU, and userspace may choose
 *		another size.
 * @map_flags:	BPF_F_* flags for creating the map
 * @map:	filled at load: the kernel's struct bpf_map
 * @value:	filled at load, array maps only: address of element 0
 * @elem_size:	filled at load, array maps only: bytes from one element to the
 *		next
 * @index_mask:	filled at load, array maps only: mask applied to the index
 *		after the check against max_entries (against speculation)
 * @flags:	REX_MAP_*
 * @lock_offset: with REX_MAP_HAS_SPIN_LOCK: offset of the struct bpf_spin_lock
 *		in each value, which only the lock helpers touch. Only in an
 *		array, or in a hash without BPF_F_NO_PREALLOC. Otherwise 0.
 * @map_extra:	as in bpf(2), whose field has 64 bits
 * @inner_type:	of a map of maps: enum bpf_map_type of the maps in it, like the
 *		following four; otherwise 0
 * @inner_key_size: bytes
 * @inner_value_size: bytes
 * @inner_max_entries: as in bpf(2)
 * @inner_map_flags: as in bpf(2)
 */
struct rex_map_def {
	__u32 size;
	__u32 type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	__aligned_u64 map;
	__aligned_u64 value;
	__u32 elem_size;
	__u32 index_mask;
	__u32 flags;
	__u32 lock_offset;
	__u32 map_extra;
	__u32 inner_type;
	__u32 inner_key_size;
	__u32 inner_value_size;
	__u32 inner_max_entries;
	__u32 inner_map_flags;
};

/* The meaning of a config's bytes: rex_config_def.kind, for tools that set it. */
#define REX_CONFIG_BYTES 0
#define REX_CONFIG_UNSIGNED 1 /* an integer of 1, 2, 4, 8 or 16 bytes */
#define REX_CONFIG_SIGNED 2
#define REX_CONFIG_BOOL 3 /* one byte: 0 is false */

/* No value of a config has more bytes. */
#define REX_CONFIG_LEN 240

/**
 * struct rex_config_def - one config, an element of .rex.config
 * @size:	sizeof(struct rex_config_def)
 * @kind:	REX_CONFIG_*
 * @value_size:	bytes of the value, from 1 to REX_CONFIG_LEN
 * @reserved:	0
 * @value:	the value, unless LOAD sets another one
 */
struct rex_config_def {
	__u32 size;
	__u32 kind;
	__u32 value_size;
	__u32 reserved;
	__u8 value[REX_CONFIG_LEN];
};

#endif /* _UAPI_LINUX_REX_H */
