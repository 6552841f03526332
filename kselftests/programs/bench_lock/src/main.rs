// SPDX-License-Identifier: GPL-2.0
//! Two programs of which only one takes and releases a lock.
#![no_std]
#![no_main]

use rex::linux::errno::ENOENT;
use rex::map::RexArrayMap;
use rex::spinlock::SpinLocked;
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_map, rex_xdp};

#[rex_map]
static VALUES: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);

#[rex_xdp]
pub fn lookup(obj: &xdp, _: &mut xdp_md) -> Result {
    obj.bpf_map_lookup_elem(&VALUES, &0).ok_or(-ENOENT)?;
    Ok(XDP_PASS as i32)
}

#[rex_xdp]
pub fn lock(obj: &xdp, _: &mut xdp_md) -> Result {
    let value = obj.bpf_map_lookup_elem(&VALUES, &0).ok_or(-ENOENT)?;
    value.lock()?.unlock();
    Ok(XDP_PASS as i32)
}
