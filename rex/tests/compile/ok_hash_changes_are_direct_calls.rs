// SPDX-License-Identifier: GPL-2.0
//@ calls: bpf_get_smp_processor_id rex_update_hash rex_delete_hash
//! Elements of a hash table are stored and deleted by direct calls of the kernel's
//! functions for just that type.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static COUNTS: HashMap<u32, u64> = HashMap::with_max_entries(64);

#[tracepoint]
fn prog(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) {
    let key = ctx.cpu();
    if COUNTS.insert(key, 1).is_err() {
        let _ = COUNTS.remove(key);
    }
}
