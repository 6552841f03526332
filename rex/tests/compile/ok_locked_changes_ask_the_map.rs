// SPDX-License-Identifier: GPL-2.0
//@ calls: bpf_get_smp_processor_id bpf_map_update_elem bpf_map_delete_elem
//! Where the values have a lock, elements are stored and deleted by the helpers for all
//! types, which refuse that while a lock is held.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static COUNTS: HashMap<u32, SpinLocked<u64>> = HashMap::with_max_entries(64);

#[tracepoint]
fn prog(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) {
    let key = ctx.cpu();
    if COUNTS.insert_new(key, 1).is_err() {
        let _ = COUNTS.remove(key);
    }
}
