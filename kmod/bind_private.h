/* SPDX-License-Identifier: GPL-2.0 */
/* Declarations that the files of bindings (bind.h) share. */
#ifndef _REX_BIND_PRIVATE_H
#define _REX_BIND_PRIVATE_H

#include <linux/minmax.h>
#include <linux/mutex.h>

#include "bind.h"
#include "carrier.h"

/* bind.c: serialises BIND and the ends of bindings. */
extern struct mutex rex_bind_mutex;

/**
 * struct rex_binding - a carrier and its program
 * @node:	in rex_bindings, by @carrier; removed when that is freed
 * @freed:	on the list of bindings to end
 * @carrier:	the BPF program; only compared, never dereferenced, unless the
 *		caller has a reference
 * @code:	the places in its JITed code
 * @prog:	the program; changed by REPLACE, under rex_bind_mutex and rex_bind_lock
 * @missed:	events that the carrier had lost when it was bound to @prog
 */
struct rex_binding {
	struct hlist_node node;
	struct llist_node freed;
	const struct bpf_prog *carrier;
	struct rex_carrier_code code;
	struct rex_prog *prog;
	u64 missed;
};

/*
 * Returns the shorter one of a timeout, which is 0 if there is none, and that
 * of @prog.
 */
static inline u32 rex_bind_stricter(u32 timeout, const struct rex_prog *prog)
{
	return timeout ? min(timeout, prog->timeout_ms) : prog->timeout_ms;
}

/* ---- bind_table.c: bindings ---- */

/*
 * Find the binding of a carrier, or NULL. The caller has a reference on the carrier, so
 * that the binding cannot end meanwhile.
 */
struct rex_binding *rex_binding_find(const struct bpf_prog *carrier);

/* Remember what packets @carrier accepts, before it leads to @prog. */
void rex_binding_note_frags(const struct bpf_prog *carrier,
			    struct rex_prog *prog);

/* Allocate a binding, or NULL. The caller sets @code, and frees it with kfree(). */
struct rex_binding *rex_binding_new(const struct bpf_prog *carrier,
				    struct rex_prog *prog);

/* The carrier calls the program. From here on the binding ends with the carrier. */
void rex_binding_add(struct rex_binding *binding);

/* The carrier calls @prog now. The old program counts as bound until its runs are over. */
void rex_binding_move(struct rex_binding *binding, struct rex_prog *prog);

/*
 * The kernel frees a BPF program, perhaps a carrier, and may use its address for a new
 * program as soon as this returns: the binding leaves the table here. Any context but NMI.
 */
void rex_binding_end(const struct bpf_prog *carrier);

/* Wait until no binding is being ended. */
void rex_bindings_flush(void);

/*
 * Have the watchdog look as often as the strictest program requires: of the bound
 * programs, of those that may still run, of those whose timer ticks, and of @next, which a
 * carrier is about to call, if it is not NULL.
 */
void rex_bind_update_watch(const struct rex_prog *next);

/* ---- bind_retired.c: programs that carriers were moved away from ---- */

struct rex_retired;

/* Allocate a record, or NULL. The caller frees it with kfree(), or adds it. */
struct rex_retired *rex_retired_new(struct rex_prog *prog);

/* No carrier calls the program any more. This takes over a reference on its image. */
void rex_retired_add(struct rex_retired *old);

/* Wait until no run is in flight, or the caller is killed. Nothing else waits here. */
void rex_retired_await(struct rex_retired *old);

/* Refuse one more of them where there are too many: -EAGAIN, with the reason. */
int rex_retired_check_room(struct rex_log *log);

/* Returns the shortest timeout of these programs, or 0. */
u32 rex_retired_timeout(void);

/* Wait until no record is being ended. */
void rex_retired_flush(void);

#endif /* _REX_BIND_PRIVATE_H */
