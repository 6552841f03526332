// SPDX-License-Identifier: GPL-2.0
//! Programs that see packets, with everything that they do.
#![no_std]
#![no_main]

use core::mem::{size_of, swap};

use rex::cgroup_skb::{CgroupAction, CgroupPacket, cgroup_skb};
use rex::map::RexDevMapHash;
use rex::sched_cls::{__sk_buff, TC_ACT_OK, TcAction, sched_cls};
use rex::utils::*;
use rex::xdp::*;
use rex::{Pod, Result, read_field, rex_cgroup_skb, rex_map, rex_tc, rex_xdp};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Request {
    id: u16,
    number: u16,
}

#[rex_map]
static devices: RexDevMapHash = RexDevMapHash::new(4, 0);

/// Slices that were borrowed in turn.
#[rex_xdp(frags, timeout_ms = 10)]
fn in_turn(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let length = ctx.data_slice().len();
    obj.bpf_xdp_adjust_tail(ctx, 4)?;
    let data = ctx.data_slice_mut();
    data[length] = 1;
    {
        let eth: &mut ethhdr = &mut *obj.try_eth_header(ctx)?.ok_or(0)?;
        swap(&mut eth.h_dest, &mut eth.h_source);
    }
    let mut ip = obj.try_ip_header(ctx)?.ok_or(XDP_PASS as i32)?;
    ip.check = compute_ip_checksum(&mut ip);
    drop(ip);
    let payload = size_of::<ethhdr>() + size_of::<iphdr>();
    let data = ctx.data_slice();
    let request = convert_slice_to_struct::<Request>(&data[payload..]);
    let id = read_field!(data, payload, Request, id, u16);
    if request.id != id || request.number != 0 {
        return obj.bpf_redirect_map(&devices, 1, 0);
    }
    Ok(XDP_PASS as i32)
}

/// Upstream's surface: a field with the bytes, and headers that are taken to be there.
#[allow(deprecated)]
#[rex_xdp]
fn as_upstream(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let base = size_of::<ethhdr>();
    if read_field!(ctx.data_slice, base, iphdr, protocol, u8) as u32
        != IPPROTO_UDP
    {
        return Ok(XDP_PASS as i32);
    }
    {
        let eth: &mut ethhdr = &mut obj.eth_header(ctx);
        swap(&mut eth.h_dest, &mut eth.h_source);
    }
    let mut ip = obj.ip_header(ctx);
    *ip.saddr() = *ip.daddr();
    ip.check = compute_ip_checksum(&mut ip);
    drop(ip);
    let source = obj.tcp_header(ctx).source;
    obj.udp_header(ctx).dest = source;
    let length = ctx.data_slice.len();
    let payload = &mut ctx.data_slice[length - 1..];
    payload[0] = 1;
    Ok(XDP_TX as i32)
}

#[rex_xdp(devmap, frags)]
fn for_devices(_: &xdp, ctx: &mut xdp_md) -> Result {
    Ok((ctx.egress_ifindex() == 0) as i32)
}

#[rex_tc(default_ret = 2)]
fn in_tc(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let tcp = obj.try_tcp_header(skb)?.map(|tcp| (tcp.dest, tcp.syn()));
    let protocol: u16 = skb.protocol().into();
    if tcp.is_some() && protocol == 0x800 {
        skb.data_slice_mut()?[0] = 0;
        skb.data_slice[1] = 0;
        obj.bpf_clone_redirect(skb, skb.ifindex(), 0)?;
        #[allow(deprecated)]
        let mut udp = obj.udp_header(skb);
        udp.check = 0;
    }
    Ok(TC_ACT_OK as i32)
}

/// Verdicts that are no numbers, with and without errors.
#[rex_xdp]
fn decides(_: &xdp, ctx: &mut xdp_md) -> XdpAction {
    match ctx.data_length() {
        0..60 => XdpAction::Drop,
        _ => XdpAction::Pass,
    }
}

#[rex_xdp(default_ret = 2)]
fn may_fail(obj: &xdp, ctx: &mut xdp_md) -> Result<XdpAction> {
    obj.bpf_xdp_adjust_head(ctx, -4)?;
    match obj.try_udp_header(ctx)? {
        Some(_) => Ok(obj.bpf_redirect(1, 0).into()),
        None => Ok(XdpAction::Pass),
    }
}

#[rex_tc]
fn may_not_know(
    _: &sched_cls,
    skb: &mut __sk_buff,
) -> Result<TcAction, Unknown> {
    match skb.headers()?.transport? {
        Some(transport) if transport.protocol == 17 => Ok(TcAction::Shot),
        _ => Ok(TcAction::Unspec),
    }
}

#[rex_cgroup_skb("ingress")]
fn in_cgroup(
    _: &cgroup_skb,
    packet: &CgroupPacket,
) -> Result<CgroupAction, Unknown> {
    let data = packet.data_slice();
    match packet.headers()?.tcp(data)? {
        Some(tcp) if tcp.syn() && !tcp.ack() => Ok(CgroupAction::Drop),
        _ => Ok(CgroupAction::Pass),
    }
}
