/* SPDX-License-Identifier: GPL-2.0 */
/*
 * This is what the pure parts of the module (btf_*, check*, cpu_features, demangle, elf*, isa*, log,
 * pool, reloc, signature) include in place of kernel headers. They are built twice: into
 * rex.ko, and into the host tests, where they run under ASan and UBSan. This is the only
 * file that knows both.
 */
#ifndef REX_PORTABLE_H
#define REX_PORTABLE_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/types.h>

#include <asm/elf.h>

/*
 * Memory of a load is charged to the memory cgroup of the loader. If the cgroup
 * or the machine has no room, the load fails, and no process is killed.
 */
#define REX_GFP (GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* Memory that a load leaves for the next ones belongs to no cgroup. */
#define REX_GFP_KEPT (GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/*
 * Lets other tasks run. Returns -EINTR if the process is being killed: a load that its author has made
 * long ends then. Context: task.
 */
static inline int rex_breathe(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* KASAN does not see the end of what is smaller than the memory that it lies in. */
#define REX_REUSES_MEMORY !IS_ENABLED(CONFIG_KASAN)

#else /* host tests */

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elf.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

#define __printf(a, b) __attribute__((format(printf, a, b)))
#define fallthrough __attribute__((__fallthrough__))
/* As the kernel's: C11 wants a message. */
#undef static_assert
#define static_assert(expr) _Static_assert(expr, #expr)
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "+r"(var))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define IS_ALIGNED(x, a) (((x) & ((typeof(x))(a)-1)) == 0)
#define ALIGN(x, a) (((x) + ((typeof(x))(a)-1)) & ~((typeof(x))(a)-1))
#define U8_MAX UINT8_MAX
#define U16_MAX UINT16_MAX
#define S32_MAX INT32_MAX
#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX
#define min(a, b)                   \
	({                          \
		typeof(a) _a = (a); \
		typeof(b) _b = (b); \
		_a < _b ? _a : _b;  \
	})

#define REX_GFP 0
#define REX_GFP_KEPT 0
#define REX_REUSES_MEMORY 1

/* The tests make the allocation of their choice fail through this hook. */
void *rex_host_calloc(size_t n, size_t size);

static inline void *kvcalloc(size_t n, size_t size, int flags)
{
	(void)flags;
	return rex_host_calloc(n, size);
}

static inline void kvfree(const void *p)
{
	free((void *)p);
}

static inline void cond_resched(void)
{
}

static inline int rex_breathe(void)
{
	return 0;
}

/* Atomic operations, all of them with full barriers. */
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, val) __atomic_store_n(&(x), (val), __ATOMIC_RELAXED)
/* Store VAL so that earlier accesses are seen before it. */
#define smp_store_release(p, val) __atomic_store_n((p), (val), __ATOMIC_RELEASE)
/* The operation before is seen before what follows. */
#define smp_mb__after_atomic() __atomic_thread_fence(__ATOMIC_SEQ_CST)
/* Order earlier accesses before the next operation. */
#define smp_mb__before_atomic() __atomic_thread_fence(__ATOMIC_SEQ_CST)
/* The loads before are done before those that follow. */
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define xchg(p, val) __atomic_exchange_n((p), (val), __ATOMIC_SEQ_CST)
#define try_cmpxchg(p, old, new)                                            \
	__atomic_compare_exchange_n((p), (old), (new), 0, __ATOMIC_SEQ_CST, \
				    __ATOMIC_SEQ_CST)

struct host_atomic {
	int counter;
};

#define atomic_t struct host_atomic

static inline int atomic_read(const atomic_t *v)
{
	return READ_ONCE(v->counter);
}

static inline void atomic_inc(atomic_t *v)
{
	__atomic_fetch_add(&v->counter, 1, __ATOMIC_SEQ_CST);
}

#define raw_local_irq_save(flags) ((flags) = 0)
#define raw_local_irq_restore(flags) ((void)(flags))

#define BIT_MASK(nr) (1ul << ((nr) % 64))

static inline bool test_bit(long nr, const unsigned long *map)
{
	return READ_ONCE(map[nr / 64]) & BIT_MASK(nr);
}

static inline void set_bit(long nr, unsigned long *map)
{
	__atomic_fetch_or(&map[nr / 64], BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline void clear_bit(long nr, unsigned long *map)
{
	__atomic_fetch_and(&map[nr / 64], ~BIT_MASK(nr), __ATOMIC_SEQ_CST);
}

static inline bool test_and_clear_bit(long nr, unsigned long *map)
{
	return __atomic_fetch_and(&map[nr / 64], ~BIT_MASK(nr),
				  __ATOMIC_SEQ_CST) &
	       BIT_MASK(nr);
}

static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static inline void sort(void *base, size_t n, size_t size,
			int (*cmp)(const void *, const void *), void *swap)
{
	(void)swap;
	if (n > 1)
		qsort(base, n, size, cmp);
}

#endif /* __KERNEL__ */

#include <linux/rex.h>

/* Not in every <linux/elf.h>. Values: System V gABI, x86-64 psABI, LLVM. */
#ifndef SHT_INIT_ARRAY
#define SHT_INIT_ARRAY 14
#define SHT_FINI_ARRAY 15
#define SHT_PREINIT_ARRAY 16
#endif
#ifndef SHT_GROUP
#define SHT_GROUP 17
#endif
#ifndef SHT_X86_64_UNWIND
#define SHT_X86_64_UNWIND 0x70000001
#endif
#ifndef SHF_TLS
#define SHF_TLS (1 << 10)
#endif
#ifndef SHF_COMPRESSED
#define SHF_COMPRESSED (1 << 11)
#endif
#ifndef STT_GNU_IFUNC
#define STT_GNU_IFUNC 10
#endif
#ifndef SHN_XINDEX
#define SHN_XINDEX 0xffff
#endif
#ifndef R_X86_64_NONE
#define R_X86_64_NONE 0
#define R_X86_64_64 1
#define R_X86_64_PC32 2
#define R_X86_64_PLT32 4
#define R_X86_64_GOTPCREL 9
#define R_X86_64_32 10
#define R_X86_64_32S 11
#define R_X86_64_PC64 24
#endif
#ifndef R_X86_64_GOTPCRELX
#define R_X86_64_GOTPCRELX 41
#define R_X86_64_REX_GOTPCRELX 42
#endif

#endif /* REX_PORTABLE_H */
