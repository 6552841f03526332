/* SPDX-License-Identifier: GPL-2.0 */
/*
 * This file refuses kernels for which rex.ko cannot be built, or would not be safe.
 *
 * Each file in C includes it first (Kbuild), so that the refusal is the first thing that a
 * user reads, and no missing header of such a kernel comes before it. DKMS has the list of
 * single options in packaging/debian/rex-dkms.dkms, and docs/reliability.md has all of it.
 */
#ifndef _REX_SUPPORTED_H
#define _REX_SUPPORTED_H

#include <linux/kconfig.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "rex: kernels before 6.1 are not supported"
#endif
/*
 * 6.4, d319f344561d ("mm: Fix copy_from_user_nofault()."), 6.3.10 and 6.1.36: before that, a read of
 * userspace's memory to the stack of a run takes a lock of vmalloc's, in any context.
 */
#if defined(CONFIG_HARDENED_USERCOPY) &&                   \
	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 36) ||  \
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0) && \
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 10)))
#error "rex: before 6.1.36, 6.3.10 and 6.4, kernels with CONFIG_HARDENED_USERCOPY can wait forever in copy_from_user_nofault()"
#endif
#ifndef CONFIG_X86_64
#error "rex: only x86-64 is supported"
#endif
/* Emitted code reaches variables of the CPU by %gs. */
#ifndef CONFIG_SMP
#error "rex: the kernel needs CONFIG_SMP"
#endif
#ifndef CONFIG_BPF_JIT
#error "rex: the kernel needs CONFIG_BPF_JIT"
#endif
#ifndef CONFIG_KPROBES
#error "rex: the kernel needs CONFIG_KPROBES"
#endif
#ifndef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#error "rex: the kernel needs CONFIG_DYNAMIC_FTRACE_WITH_REGS"
#endif
#ifndef CONFIG_KALLSYMS_ALL
#error "rex: the kernel needs CONFIG_KALLSYMS_ALL"
#endif
#if !IS_ENABLED(CONFIG_CRYPTO_HASH)
#error "rex: the kernel needs CONFIG_CRYPTO_HASH"
#endif
/* Objects call by pointers through the kernel's thunks. 6.9 gave the option another name. */
#if !defined(CONFIG_MITIGATION_RETPOLINE) && !defined(CONFIG_RETPOLINE)
#error "rex: the kernel needs CONFIG_MITIGATION_RETPOLINE (CONFIG_RETPOLINE)"
#endif
#ifndef CONFIG_SYSTEM_DATA_VERIFICATION
#error "rex: the kernel needs CONFIG_SYSTEM_DATA_VERIFICATION, as with CONFIG_MODULE_SIG"
#endif
#ifndef CONFIG_HAVE_STATIC_CALL
#error "rex: the kernel needs CONFIG_HAVE_STATIC_CALL"
#endif
/*
 * 6.18, 23ef9d439769 ("kcfi: Rename CONFIG_CFI_CLANG to CONFIG_CFI"). An indirect
 * call of such a kernel checks a hash of the type before its target. To be done
 * for it: the functions of objects, which have hashes of Rust types or none; the
 * lookups of maps and the iterator of helpers_trace_line(), which are called by other
 * types than the kernel gives them.
 */
#if defined(CONFIG_CFI_CLANG) || defined(CONFIG_CFI)
#error "rex: kernels with CONFIG_CFI (CONFIG_CFI_CLANG) are not supported yet"
#endif
#if defined(CONFIG_KASAN) && !defined(CONFIG_KASAN_VMALLOC)
#error "rex: with CONFIG_KASAN, the kernel needs CONFIG_KASAN_VMALLOC"
#endif
#ifdef CONFIG_PREEMPT_RT
#error "rex: CONFIG_PREEMPT_RT kernels are not supported yet"
#endif

#endif /* _REX_SUPPORTED_H */
