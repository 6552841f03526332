// SPDX-License-Identifier: GPL-2.0
//! XDP programs for the test net_xdp.
#![no_std]
#![no_main]

#[path = "../../found.rs"]
mod found;
mod names;
#[path = "../../seen.rs"]
mod seen;

use core::mem::size_of;
use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::{BPF_F_BROADCAST, BPF_FIB_LKUP_RET_SUCCESS};
use rex::map::{RexCpuMap, RexDevMap, RexDevMapHash};
use rex::net::{checksum, replace_checksum};
use rex::xdp::*;
use rex::{Result, read_field, rex_map, rex_xdp};

use found::*;
use names::*;
use seen::*;

const DROP: Result = Ok(XDP_DROP as i32);
const PASS: Result = Ok(XDP_PASS as i32);

#[rex_map]
static devices: RexDevMap<[u32; 2]> = RexDevMap::new(4, 0);

#[rex_map]
static devices_by_key: RexDevMapHash = RexDevMapHash::new(4, 0);

#[rex_map]
static cpus: RexCpuMap<[u32; 2]> = RexCpuMap::new(4, 0);

fn count(obj: &xdp, index: u32) {
    if let Some(element) = obj.bpf_map_lookup_elem(&seen, &index) {
        element.atomic().fetch_add(1, Relaxed);
    }
}

/// Records the headers that it finds in a packet.
#[rex_xdp]
fn parses(obj: &xdp, ctx: &mut xdp_md) -> Result {
    match ctx.headers() {
        Err(_) => note(PARSED, false),
        Ok(headers) => {
            note(PARSED, true);
            note(ETHERTYPE, headers.ethertype);
            note(NETWORK, headers.network as u64);
            note(
                PROTOCOL,
                found(headers.transport, |to| u64::from(to.protocol)),
            );
            note(TRANSPORT, found(headers.transport, |to| to.at as u64));
            note(END, headers.end as u64);
        }
    }
    let port = |port| u64::from(u16::from_be(port));
    note(ETH, found(obj.try_eth_header(ctx), |h| port(h.h_proto)));
    note(
        VLAN,
        found(obj.try_vlan_header(ctx), |h| h.vlan_id().into()),
    );
    let source = |source| u64::from(u32::from_be(source));
    note(IP4, found(obj.try_ip_header(ctx), |h| source(h.saddr)));
    note(IP6, found(obj.try_ipv6_header(ctx), |h| h.hop_limit.into()));
    note(TCP, found(obj.try_tcp_header(ctx), |h| port(h.dest)));
    note(UDP, found(obj.try_udp_header(ctx), |h| port(h.dest)));
    note(ICMP, found(obj.try_icmp_header(ctx), |h| h.r#type.into()));
    note(LINEAR, ctx.data_length() as u64);
    note(LENGTH, obj.bpf_xdp_get_buff_len(ctx) as u64);
    PASS
}

/// Reads headers by upstream's methods: at fixed offsets, with a panic if the
/// packet is too short.
#[allow(deprecated)]
#[rex_xdp]
fn takes_headers(obj: &xdp, ctx: &mut xdp_md) -> Result {
    note(ETHERTYPE_TAKEN, u16::from_be(obj.eth_header(ctx).h_proto));
    note(PROTOCOL_TAKEN, obj.ip_header(ctx).protocol);
    note(UDP_PORT_TAKEN, u16::from_be(obj.udp_header(ctx).dest));
    note(TCP_PORT_TAKEN, u16::from_be(obj.tcp_header(ctx).dest));
    obj.ip_header(ctx).ttl = 5;
    DROP
}

/// Reads by upstream's macro, which panics when the packet is too short.
#[rex_xdp]
fn reads_field(_: &xdp, ctx: &mut xdp_md) -> Result {
    let base = size_of::<ethhdr>();
    let protocol = read_field!(ctx.data_slice(), base, iphdr, protocol, u8);
    let check = read_field!(ctx.data_slice(), base, iphdr, check, u16);
    note(PROTOCOL_READ, protocol);
    note(CHECK_READ, u16::from_be(check));
    DROP
}

/// Records the context's other fields.
#[rex_xdp]
fn fields(_: &xdp, ctx: &mut xdp_md) -> Result {
    note(INGRESS, ctx.ingress_ifindex());
    note(RX_QUEUE, ctx.rx_queue_index());
    note(EGRESS, ctx.egress_ifindex());
    note(LINEAR, ctx.data_length() as u64);
    note(SLICE, ctx.data_slice().len() as u64);
    note(
        METADATA_SIZE,
        (ctx.data_slice().as_ptr().addr() - ctx.data_meta()) as u64,
    );
    note(METADATA_LENGTH, ctx.metadata().len() as u64);
    note(HAS_FEATURES, ctx.device_features().is_some());
    note(
        FEATURES,
        or_none(ctx.device_features().map(|bits| bits & 3)),
    );
    PASS
}

#[rex_xdp]
fn passes(obj: &xdp, _: &mut xdp_md) -> Result {
    count(obj, PASSED);
    PASS
}

fn udp_port(obj: &xdp, ctx: &mut xdp_md) -> Option<u16> {
    let udp = obj.try_udp_header(ctx).ok()??;
    Some(u16::from_be(udp.dest))
}

/// Drops UDP to `PORT`.
#[rex_xdp]
fn drops(obj: &xdp, ctx: &mut xdp_md) -> Result {
    match udp_port(obj, ctx) {
        Some(PORT) => {
            count(obj, DROPPED);
            DROP
        }
        Some(_) => {
            count(obj, OTHER_PORTS);
            PASS
        }
        None => {
            count(obj, OTHER_PACKETS);
            PASS
        }
    }
}

fn swap_addresses(obj: &xdp, ctx: &mut xdp_md) -> Option<()> {
    {
        let eth: &mut ethhdr = &mut *obj.try_eth_header(ctx).ok()??;
        core::mem::swap(&mut eth.h_dest, &mut eth.h_source);
    }
    {
        let mut ip = obj.try_ip_header(ctx).ok()??;
        let source = *ip.saddr();
        *ip.saddr() = *ip.daddr();
        *ip.daddr() = source;
    }
    let udp: &mut udphdr = &mut *obj.try_udp_header(ctx).ok()??;
    core::mem::swap(&mut udp.source, &mut udp.dest);
    Some(())
}

/// Sends UDP to `PORT` back to where it came from.
#[rex_xdp]
fn answers(obj: &xdp, ctx: &mut xdp_md) -> Result {
    if udp_port(obj, ctx) != Some(PORT) || swap_addresses(obj, ctx).is_none() {
        return PASS;
    }
    count(obj, ANSWERED);
    Ok(XDP_TX as i32)
}

/// Decrements the time to live, with a new checksum and by its difference.
#[rex_xdp]
fn decrements_ttl(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let Ok(Some(mut ip)) = obj.try_ip_header(ctx) else {
        return PASS;
    };
    let old = u16::from_be_bytes([ip.ttl, ip.protocol]).to_be();
    ip.ttl -= 1;
    let new = u16::from_be_bytes([ip.ttl, ip.protocol]).to_be();
    let differential = replace_checksum(ip.check, old, new);
    if ip.ihl() == 5 {
        ip.check = compute_ip_checksum(&mut ip);
        note(SUMS_AGREE, ip.check == differential);
    } else {
        ip.check = differential;
    }
    PASS
}

/// Records whether the checksum of the header with its options is right.
#[rex_xdp]
fn checks_ip(_: &xdp, ctx: &mut xdp_md) -> Result {
    let data = ctx.data_slice();
    let header = |headers: Headers| {
        let end = headers.transport.ok()??.at;
        data.get(headers.network..end)
    };
    let header = Headers::parse(data).ok().and_then(header);
    note(
        IP_SUM,
        header.map_or(2, |header| u64::from(checksum(header))),
    );
    PASS
}

/// Sends packets out of the device that userspace names.
#[rex_xdp]
fn redirects(obj: &xdp, _: &mut xdp_md) -> Result {
    count(obj, REDIRECTED);
    obj.bpf_redirect(told(TO_DEVICE) as u32, told(FLAGS))
}

#[rex_xdp]
fn redirects_by_map(obj: &xdp, _: &mut xdp_md) -> Result {
    count(obj, REDIRECTED);
    obj.bpf_redirect_map(&devices, told(TO_KEY) as u32, u64::from(XDP_PASS))
}

/// Names an entry as the target, and lets the packet pass; or panics, if told so.
#[rex_xdp]
fn arms(obj: &xdp, _: &mut xdp_md) -> Result {
    let key = told(TO_KEY) as u32;
    let (Ok(ret) | Err(ret)) = obj.bpf_redirect_map(&devices, key, 0);
    note(RET, ret as u64);
    count(obj, ARMED);
    assert_eq!(told(DIE), 0, "asked to");
    PASS
}

/// Redirects packets without a target.
#[rex_xdp]
fn fires(obj: &xdp, _: &mut xdp_md) -> XdpAction {
    count(obj, FIRED);
    XdpAction::Redirect
}

/// Does the same after the second of two targets turned out to be none.
#[rex_xdp]
fn fires_after_failure(obj: &xdp, _: &mut xdp_md) -> Result {
    let key = told(TO_KEY) as u32;
    let (Ok(ret) | Err(ret)) = obj.bpf_redirect_map(&devices, key, 0);
    note(RET, ret as u64);
    let (Ok(ret) | Err(ret)) = obj.bpf_redirect(1, 1);
    note(SECOND_RET, ret as u64);
    count(obj, FIRED);
    Ok(XDP_REDIRECT as i32)
}

#[rex_xdp]
fn redirects_by_hash(obj: &xdp, _: &mut xdp_md) -> Result {
    count(obj, REDIRECTED);
    obj.bpf_redirect_map(
        &devices_by_key,
        told(TO_KEY) as u32,
        u64::from(XDP_PASS),
    )
}

#[rex_xdp]
fn broadcasts(obj: &xdp, _: &mut xdp_md) -> Result {
    obj.bpf_redirect_map(&devices, 0, BPF_F_BROADCAST)
}

#[rex_xdp(frags)]
fn broadcasts_frags(obj: &xdp, _: &mut xdp_md) -> Result {
    obj.bpf_redirect_map(&devices, 0, BPF_F_BROADCAST)
}

#[rex_xdp]
fn redirects_to_cpu(obj: &xdp, _: &mut xdp_md) -> Result {
    note(FROM_CPU, obj.bpf_get_smp_processor_id() as u64);
    obj.bpf_redirect_map(&cpus, told(TO_KEY) as u32, 0)
}

#[rex_xdp(devmap)]
fn leaves(obj: &xdp, ctx: &mut xdp_md) -> Result {
    count(obj, LEFT);
    note(EGRESS, ctx.egress_ifindex());
    note(INGRESS, ctx.ingress_ifindex());
    PASS
}

#[rex_xdp(cpumap)]
fn arrives(obj: &xdp, ctx: &mut xdp_md) -> Result {
    note(ON_CPU, obj.bpf_get_smp_processor_id() as u64);
    note(INGRESS, ctx.ingress_ifindex());
    note(EGRESS, ctx.egress_ifindex());
    count(obj, ARRIVED);
    PASS
}

/// Truncates or extends the packet, and writes its last byte.
#[rex_xdp]
fn adjusts_tail(obj: &xdp, ctx: &mut xdp_md) -> Result {
    note(LINEAR_BEFORE, ctx.data_slice().len() as u64);
    match obj.bpf_xdp_adjust_tail(ctx, told(BY) as i32) {
        Ok(ret) => note(RET, ret as u64),
        Err(error) => {
            note(RET, error as u64);
            return PASS;
        }
    }
    note(LINEAR, ctx.data_slice().len() as u64);
    if let Some(last) = ctx.data_slice_mut().last_mut() {
        note(LAST_BYTE, *last);
        *last = 0xee;
    }
    PASS
}

/// Puts a VLAN tag after the addresses of the Ethernet header.
fn push_tag(obj: &xdp, ctx: &mut xdp_md, vlan: u16) -> Result {
    obj.bpf_xdp_adjust_head(ctx, -4)?;
    let data = ctx.data_slice_mut();
    data.copy_within(4..16, 0);
    data[12..14].copy_from_slice(&[0x81, 0x00]);
    data[14..16].copy_from_slice(&vlan.to_be_bytes());
    Ok(0)
}

#[rex_xdp]
fn tags(obj: &xdp, ctx: &mut xdp_md) -> Result {
    if let Err(error) = push_tag(obj, ctx, told(VLAN_ID) as u16) {
        note(RET, error as u64);
        return DROP;
    }
    PASS
}

/// Removes userspace's number of bytes from the beginning.
#[rex_xdp]
fn adjusts_head(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let (Ok(ret) | Err(ret)) = obj.bpf_xdp_adjust_head(ctx, told(BY) as i32);
    note(RET, ret as u64);
    note(LINEAR, ctx.data_length() as u64);
    note(HAS_ETH, found(obj.try_eth_header(ctx), |_| 1) == 1);
    PASS
}

/// Writes metadata for the tc program `reads_metadata`.
#[rex_xdp]
fn writes_metadata(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let (Ok(ret) | Err(ret)) = obj.bpf_xdp_adjust_meta(ctx, -8);
    note(RET, ret as u64);
    note(METADATA_LENGTH, ctx.metadata().len() as u64);
    if let Ok(place) = <&mut [u8; 8]>::try_from(ctx.metadata_mut()) {
        *place = *b"metadata";
    }
    PASS
}

/// Copies bytes from all buffers.
#[rex_xdp(frags)]
fn copies(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let mut bytes = [0; 8];
    note(LINEAR, ctx.data_slice().len() as u64);
    note(LENGTH, obj.bpf_xdp_get_buff_len(ctx) as u64);
    let at = told(AT) as u32;
    let (Ok(ret) | Err(ret)) = obj.bpf_xdp_load_bytes(ctx, at, &mut bytes);
    note(RET, ret as u64);
    note(BYTES, u64::from_be_bytes(bytes));
    bytes.reverse();
    let (Ok(ret) | Err(ret)) = obj.bpf_xdp_store_bytes(ctx, at, &bytes);
    note(STORE_RET, ret as u64);
    PASS
}

/// Removes userspace's number of bytes from the end, which may be other buffers.
#[rex_xdp(frags)]
fn cuts(obj: &xdp, ctx: &mut xdp_md) -> Result {
    note(LINEAR, ctx.data_length() as u64);
    let (Ok(ret) | Err(ret)) = obj.bpf_xdp_adjust_tail(ctx, told(BY) as i32);
    note(RET, ret as u64);
    note(LENGTH, obj.bpf_xdp_get_buff_len(ctx) as u64);
    PASS
}

/// Indexes beyond the end of a short packet.
#[rex_xdp]
fn panics(_: &xdp, ctx: &mut xdp_md) -> Result {
    let at = told(AT) as usize;
    note(LAST_BYTE, ctx.data_slice()[at]);
    DROP
}

/// Does the same, and drops packets when the program is dead.
#[rex_xdp(default_ret = 1)]
fn panics_and_drops(_: &xdp, _: &mut xdp_md) -> Result {
    panic!("nothing passes");
}

/// Returns userspace's number, in `Ok` or in `Err`.
#[rex_xdp]
fn returns(_: &xdp, _: &mut xdp_md) -> Result {
    let number = told(NUMBER) as i32;
    if told(AS_ERROR) == 0 {
        Ok(number)
    } else {
        Err(number)
    }
}

/// Returns the error of a helper.
#[rex_xdp]
fn fails(obj: &xdp, ctx: &mut xdp_md) -> Result<XdpAction> {
    obj.bpf_xdp_adjust_tail(ctx, 1 << 20)?;
    Ok(XdpAction::Tx)
}

/// Does the same, and passes packets on errors.
#[rex_xdp(default_ret = 2)]
fn fails_open(obj: &xdp, ctx: &mut xdp_md) -> Result<XdpAction> {
    fails(obj, ctx)
}

/// Looks up a packet's route.
#[rex_xdp]
fn routes(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let mut params = bpf_fib_lookup {
        family: 2,
        ifindex: ctx.ingress_ifindex(),
        ..Default::default()
    };
    let Ok(Some(ip)) = obj.try_ip_header(ctx) else {
        return PASS;
    };
    params.src[0] = ip.saddr;
    params.dst[0] = ip.daddr;
    params.tot_len = u16::from_be(ip.tot_len);
    drop(ip);
    let (Ok(ret) | Err(ret)) = obj.bpf_fib_lookup(ctx, &mut params, 0);
    note(RET, ret as u64);
    if ret == BPF_FIB_LKUP_RET_SUCCESS {
        note(ROUTE_DEVICE, params.ifindex);
        note(ROUTE_MAC, params.dmac[5]);
    }
    let ones = [0xff; 4];
    let zeros = [0; 4];
    note(
        SUM_DIFF,
        obj.bpf_csum_diff(&ones, &zeros, 0).map_or(0, u64::from),
    );
    let large = [0; 1024];
    note(LARGE_DIFF_FAILS, obj.bpf_csum_diff(&large, &[], 0).is_err());
    PASS
}
