// SPDX-License-Identifier: GPL-2.0
//! Operations of helpers in programs of packets.

use rex::linux::bpf::BPF_FIB_LKUP_RET_NOT_FWDED;
use rex::prelude::*;
use rex::rex_trace_printk;

pub(crate) fn nothing_of_helpers(_: &XdpContext) -> bool {
    true
}

pub(crate) fn ktime(_: &XdpContext) -> bool {
    rex::time::now() != Instant::default()
}

pub(crate) fn ktime_boot(_: &XdpContext) -> bool {
    rex::time::since_boot() != Instant::default()
}

pub(crate) fn ktime_coarse(_: &XdpContext) -> bool {
    rex::time::coarse() != Instant::default()
}

pub(crate) fn ktime_tai(_: &XdpContext) -> bool {
    rex::time::tai() != Instant::default()
}

pub(crate) fn jiffies(_: &XdpContext) -> bool {
    rex::time::jiffies() != 0
}

pub(crate) fn random(ctx: &XdpContext) -> bool {
    ctx.random() != 1
}

pub(crate) fn cpu(ctx: &XdpContext) -> bool {
    ctx.cpu() < 4096
}

pub(crate) fn numa_node(ctx: &XdpContext) -> bool {
    ctx.numa_node() < 4096
}

#[inline(never)]
fn callee(x: &mut u32) -> u32 {
    *x = x.wrapping_mul(31).wrapping_add(1);
    *x & 1
}

pub(crate) fn three_calls(ctx: &XdpContext) -> bool {
    let mut x = ctx.cpu();
    callee(&mut x) + callee(&mut x) + callee(&mut x) != x
}

pub(crate) fn read_kernel(ctx: &XdpContext) -> bool {
    let address = ctx.data().as_ptr().addr() as u64;
    ctx.read_kernel::<u64>(address).is_ok()
}

pub(crate) fn read_kernel_str(ctx: &XdpContext) -> bool {
    let address = ctx.data().as_ptr().addr() as u64;
    let mut text = [0; 16];
    ctx.read_kernel_str(address, &mut text)
        .is_ok_and(|text| text.is_empty())
}

pub(crate) fn print(_: &XdpContext) -> bool {
    rex_trace_printk(format_args!("{} of {}\n", 12, 345)).is_ok()
}

pub(crate) fn csum_diff(ctx: &XdpContext) -> bool {
    let (from, to) = (1u32.to_ne_bytes(), 4u32.to_ne_bytes());
    ctx.csum_diff(&from, &to, 5) == Ok(8)
}

pub(crate) fn fib_lookup(ctx: &XdpContext) -> bool {
    let localhost = u32::from_ne_bytes([127, 0, 0, 1]);
    let mut params = bpf_fib_lookup {
        family: 2,
        ifindex: 1,
        ..Default::default()
    };
    params.src[0] = localhost;
    params.dst[0] = localhost;
    ctx.fib_lookup(&mut params, 0) == Ok(BPF_FIB_LKUP_RET_NOT_FWDED as u32)
}

pub(crate) fn redirect(ctx: &mut XdpContext) -> bool {
    ctx.redirect(1) == XdpAction::Redirect
}

pub(crate) fn xdp_adjust_head_and_back(ctx: &mut XdpContext) -> bool {
    ctx.adjust_head(-16).is_ok() && ctx.adjust_head(16).is_ok()
}

pub(crate) fn xdp_adjust_meta_and_back(ctx: &mut XdpContext) -> bool {
    ctx.adjust_meta(-4).is_ok() && ctx.adjust_meta(4).is_ok()
}

pub(crate) fn xdp_adjust_tail_and_back(ctx: &mut XdpContext) -> bool {
    ctx.adjust_tail(-4).is_ok() && ctx.adjust_tail(4).is_ok()
}

pub(crate) fn xdp_length(ctx: &XdpContext) -> bool {
    ctx.len() != 0
}

pub(crate) fn xdp_load_bytes(ctx: &XdpContext) -> bool {
    let mut bytes = [0; 16];
    ctx.load_bytes(14, &mut bytes).is_ok() && bytes[0] == 0x45
}

pub(crate) fn xdp_store_bytes(ctx: &mut XdpContext) -> bool {
    ctx.store_bytes(0, &[1; 8]).is_ok()
}
