// SPDX-License-Identifier: GPL-2.0
#include <linux/filter.h>
#include <linux/init.h>
#include <linux/kernel.h>

#include "image.h"
#include "ksyms.h"
#include "probelink.h"
#include "progtype.h"
#include "run.h"

struct probelink_name {
	enum rex_probelink link;
	const char *name;
};

/*
 * Functions of the kernel that call the programs of links to many probes. The
 * first function of each link sets current->bpf_ctx and calls. The compiler may
 * have inlined it into the others, or specialised it, once or several times.
 */
static const struct probelink_name probelink_names[] __initconst = {
	{ REX_PROBELINK_KPROBE_MULTI, "kprobe_multi_link_prog_run" },
	{ REX_PROBELINK_KPROBE_MULTI, "kprobe_multi_link_handler" },
	{ REX_PROBELINK_KPROBE_MULTI, "kprobe_multi_link_exit_handler" },
	{ REX_PROBELINK_UPROBE_MULTI, "uprobe_prog_run" },
	{ REX_PROBELINK_UPROBE_MULTI, "uprobe_multi_link_handler" },
	{ REX_PROBELINK_UPROBE_MULTI, "uprobe_multi_link_ret_handler" },
};

/* What a compiler appends to the name of a function that it has specialised or split. */
static const char *const probelink_suffixes[] __initconst = {
	"",
	".isra.0",
	".constprop.0",
};

/* The address of a function with such a name. */
struct probelink_caller {
	enum rex_probelink link;
	unsigned long start;
	unsigned long size;
};

static struct probelink_caller
	probelink_callers[ARRAY_SIZE(probelink_names) *
			  ARRAY_SIZE(probelink_suffixes)] __ro_after_init;
static size_t nr_probelink_callers __ro_after_init;

/* Returns whether @addr is in the text of the kernel itself: not of a module, not of BPF. */
static bool probelink_in_kernel(unsigned long addr)
{
	return addr >= (unsigned long)rex_ksyms._stext &&
	       addr < (unsigned long)rex_ksyms._etext;
}

/*
 * Returns the return address of a carrier. It is that of the thunk, and in a function of the
 * kernel, unless it is behind the carrier's call: of a carrier that is tail-called, or has types.
 * There, the frame pointer points to the caller's, and the return address is above, as in all
 * code of the JIT; after a tail call, the frame is that of the program that made it. The answer
 * is 0 with a JIT that does something else.
 */
static unsigned long probelink_return_address(const struct rex_run *run)
{
	unsigned long addr = *(const unsigned long *)run->sp;
	const unsigned long *frame = (const unsigned long *)run->sp + 1;

	if (probelink_in_kernel(addr))
		return addr;
	return run->kept[REX_KEPT_BP] == (unsigned long)frame ? frame[1] : 0;
}

/*
 * A program that was called by another one, whose caller would have to be looked for further
 * up, is not told anything: a subprogram can make a tail call, and a trampoline calls a program
 * that is traced.
 */
enum rex_probelink rex_probelink_of(const struct rex_run *run)
{
	unsigned long addr = probelink_return_address(run);
	size_t i;

	if (!probelink_in_kernel(addr))
		return REX_PROBELINK_UNKNOWN;
	for (i = 0; i < nr_probelink_callers; i++) {
		const struct probelink_caller *caller = &probelink_callers[i];

		if (addr - caller->start < caller->size)
			return caller->link;
	}
	return REX_PROBELINK_ONE;
}

static bool probelink_is_known(enum rex_probelink link)
{
	size_t i;

	for (i = 0; i < nr_probelink_callers; i++)
		if (probelink_callers[i].link == link)
			return true;
	return false;
}

bool rex_probelink_accepts(const struct bpf_prog *carrier,
			   const struct rex_prog *prog)
{
	u32 type = carrier->expected_attach_type;

	if (type == prog->attach_type && type != BPF_TRACE_KPROBE_SESSION)
		return true;
	if (prog->attach_type == BPF_TRACE_KPROBE_SESSION)
		return type == BPF_TRACE_KPROBE_SESSION &&
		       rex_khas(bpf_session_is_return) &&
		       rex_khas(bpf_session_cookie) &&
		       probelink_is_known(REX_PROBELINK_KPROBE_MULTI);
	if (type == BPF_TRACE_KPROBE_MULTI)
		return probelink_is_known(REX_PROBELINK_KPROBE_MULTI);
	if (type == BPF_TRACE_UPROBE_MULTI)
		return probelink_is_known(REX_PROBELINK_UPROBE_MULTI);
	return false;
}

static void __init probelink_find(const struct probelink_name *name,
				  const char *suffix)
{
	unsigned long size, offset, addr;
	char symbol[KSYM_NAME_LEN];

	snprintf(symbol, sizeof(symbol), "%s%s", name->name, suffix);
	addr = rex_ksyms_lookup(symbol);
	if (!addr ||
	    !rex_kcall(kallsyms_lookup_size_offset)(addr, &size, &offset))
		return;
	probelink_callers[nr_probelink_callers++] = (struct probelink_caller){
		.link = name->link,
		.start = addr,
		.size = size,
	};
}

/* A kernel without links of a kind (CONFIG_FPROBE) has none of its functions. */
void __init rex_probelink_init(void)
{
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(probelink_names); i++)
		for (k = 0; k < ARRAY_SIZE(probelink_suffixes); k++)
			probelink_find(&probelink_names[i],
				       probelink_suffixes[k]);
}
