/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fields of records, and the arguments, of tracepoints of the running kernel.
 *
 * Programs name the fields and arguments that they read by absolute symbols:
 *
 *	__rex_tp:<category>/<event>:<field>:<kind>	offset of the field
 *	__rex_raw_tp:<tracepoint>			number of arguments
 *
 * The kind is the type that the program expects: s<bytes> and u<bytes> for signed and
 * unsigned integers, a<bytes>x<number> for an array, d4 for the place of data of
 * variable length (__data_loc).
 */
#ifndef _REX_TRACEPOINTS_H
#define _REX_TRACEPOINTS_H

#include <linux/types.h>

struct bpf_prog;
struct rex_image;
struct rex_log;
struct rex_prog;

/*
 * Verify that the fields of this kernel look as struct rex_compat_event_field says, since no
 * header of the kernel has that struct. 0 or -ENOEXEC. Context: insmod.
 */
int rex_tracepoints_verify(void);

/**
 * rex_tracepoints_resolve() - look up a symbol of a tracepoint
 * @name:	the symbol
 * @value:	receives its value
 * @log:	receives the reason of a refusal
 *
 * Context: may sleep. Return: 0; -ENOENT if it is no symbol of a tracepoint;
 * -ENOEXEC if the running kernel has no such thing, or it is of another kind.
 */
int rex_tracepoints_resolve(const char *name, u64 *value, struct rex_log *log);

/**
 * rex_tracepoints_check_askers() - find the program of each question about arguments
 * @image:	has its programs
 * @log:	receives the reason of a refusal
 *
 * BIND asks about the functions of a pattern as the program's name tells it.
 *
 * Return: 0; -ENOEXEC if a question is that of no fentry or fexit program of the image.
 */
int rex_tracepoints_check_askers(const struct rex_image *image,
				 struct rex_log *log);

/**
 * rex_tracepoints_check_carrier() - compare the context of a carrier with a program
 * @carrier:	the carrier, of the type of @prog
 * @prog:	the program
 * @log:	receives the reason of a refusal
 *
 * The carrier may be attached to another event than @prog names. The kernel then checks
 * that the event's record is large enough, if it knows what the program reads: see
 * rex_tracepoints_restrict_carrier().
 *
 * Context: may sleep. Return: 0; -EPROTOTYPE if the context that the carrier is called
 * with is not what @prog reads; -ENOMEM.
 */
int rex_tracepoints_check_carrier(const struct bpf_prog *carrier,
				  const struct rex_prog *prog,
				  struct rex_log *log);

/*
 * Returns the size of the context that @prog may read, that of the event that it names.
 * Context: may sleep, also for the kernel's mutex of events, whose holder may wait for a process
 * that sleeps in a run. So the caller holds no mutex of its own.
 */
u32 rex_tracepoints_context_size(const struct rex_prog *prog);

/*
 * Have the kernel attach the carrier only where @prog finds what it reads, store what it
 * asks for, and let no program that is attached elsewhere tail-call it.
 */
void rex_tracepoints_restrict_carrier(struct bpf_prog *carrier,
				      const struct rex_prog *prog,
				      u32 context_size);

/*
 * Returns whether a carrier that is restricted for another program may run
 * @prog, too.
 */
bool rex_tracepoints_fits_restriction(const struct bpf_prog *carrier,
				      const struct rex_prog *prog,
				      u32 context_size);

#endif /* _REX_TRACEPOINTS_H */
