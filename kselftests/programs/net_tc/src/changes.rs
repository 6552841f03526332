// SPDX-License-Identifier: GPL-2.0
//! Programs that change, resize, copy and redirect packets.

use rex::linux::bpf::{
    BPF_ADJ_ROOM_MAC, BPF_ADJ_ROOM_NET, BPF_F_ADJ_ROOM_ENCAP_L3_IPV4,
    BPF_F_ADJ_ROOM_ENCAP_L3_IPV6, BPF_F_ADJ_ROOM_ENCAP_L4_UDP,
    BPF_F_ADJ_ROOM_FIXED_GSO, BPF_F_INGRESS, BPF_F_PSEUDO_HDR,
    BPF_F_RECOMPUTE_CSUM,
};
use rex::linux::errno::EINVAL;
use rex::linux::if_ether::ETH_P_8021Q;

use super::*;

/// Changes the port of UDP to `PORT` to the next one, by helpers.
#[rex_tc]
fn changes_port(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let Ok(Some(transport)) =
        skb.headers().and_then(|headers| headers.transport)
    else {
        return OK;
    };
    if !is_ours(obj, skb) {
        return OK;
    }
    let (old, new) = (PORT.to_be(), (PORT + 1).to_be());
    let at = transport.at as u32;
    obj.bpf_l4_csum_replace(skb, at + 6, old.into(), new.into(), 2)?;
    obj.bpf_skb_store_bytes(skb, at + 2, &new.to_ne_bytes(), 0)?;
    count(obj, CHANGED);
    OK
}

/// Changes the source's address of UDP to `PORT`, with all checksums.
#[rex_tc]
fn changes_address(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    let old = obj.try_ip_header(skb)?.ok_or(TC_ACT_OK as i32)?.saddr;
    let new = u32::from_ne_bytes([10, 9, 8, 7]);
    let (from, to) = (u64::from(old), u64::from(new));
    obj.bpf_l4_csum_replace(skb, 40, from, to, BPF_F_PSEUDO_HDR | 4)?;
    obj.bpf_l3_csum_replace(skb, 24, from, to, 4)?;
    obj.bpf_skb_store_bytes(skb, 26, &new.to_ne_bytes(), 0)?;
    count(obj, CHANGED);
    OK
}

/// Overwrites the payload in place. Clones of the packet must not change.
#[rex_tc]
fn overwrites(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    let data = skb.data_slice_mut()?;
    if let Some(payload) = data.get_mut(42..) {
        payload.fill(b'W');
    }
    count(obj, CHANGED);
    OK
}

/// Does the same as `overwrites` by a view of the header: it increments the
/// port.
#[rex_tc]
fn overwrites_header(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if let Ok(Some(mut udp)) = obj.try_udp_header(skb)
        && u16::from_be(udp.dest) == PORT
    {
        udp.dest = (PORT + 1).to_be();
        udp.check = 0;
        count(obj, CHANGED);
    }
    OK
}

/// Sends a copy to the device that userspace names, and changes the original.
#[rex_tc]
fn clones(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    let queue = told(NEW_QUEUE) as u16;
    if queue != 0 {
        skb.set_queue_mapping(queue)?;
    }
    let (Ok(ret) | Err(ret)) =
        obj.bpf_clone_redirect(skb, told(TO_DEVICE) as u32, told(FLAGS));
    note(RET, ret as u64);
    note(LINEAR, skb.data_slice().len() as u64);
    if let Some(payload) = skb.data_slice_mut()?.get_mut(42..) {
        payload.fill(b'O');
    }
    OK
}

#[rex_tc]
fn redirects(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, REDIRECTED);
    obj.bpf_redirect(told(TO_DEVICE) as u32, told(FLAGS))
}

#[rex_tc]
fn redirects_to_peer(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, REDIRECTED);
    obj.bpf_redirect_peer(told(TO_DEVICE) as u32, 0)
}

#[rex_tc]
fn redirects_to_neighbour(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, REDIRECTED);
    obj.bpf_redirect_neigh(told(TO_DEVICE) as u32, told(FLAGS))
}

/// Looks up the packet's route, and computes a checksum's difference.
#[rex_tc]
fn routes(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let headers = skb.headers()?;
    let data = skb.data_slice();
    let Some(ip) = headers.ipv4(data) else {
        return OK;
    };
    let mut params = bpf_fib_lookup {
        family: 2,
        ifindex: skb.ifindex(),
        tot_len: u16::from_be(ip.tot_len),
        ..Default::default()
    };
    params.src[0] = ip.saddr;
    params.dst[0] = ip.daddr;
    let (Ok(ret) | Err(ret)) = obj.bpf_fib_lookup(skb, &mut params, 0);
    note(RET, ret as u64);
    note(ROUTE_DEVICE, params.ifindex);
    note(ROUTE_MAC, params.dmac[5]);
    let sum = obj.bpf_csum_diff(&[0, 1, 0, 0], &[0, 3, 0, 0], 0);
    note(SUM_DIFF, or_none(sum.ok()));
    count(obj, ROUTED);
    OK
}

#[rex_tc]
fn tags(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let (Ok(ret) | Err(ret)) =
        obj.bpf_skb_vlan_push(skb, ETH_P_8021Q.into(), told(VLAN_ID) as u16);
    note(RET, ret as u64);
    note(HAS_TAG, skb.vlan_present());
    note(TAG, skb.vlan_tci() & 0xfff);
    if told(POP) != 0 {
        let (Ok(ret) | Err(ret)) = obj.bpf_skb_vlan_pop(skb);
        note(POP_RET, ret as u64);
        note(HAS_TAG_AFTER, skb.vlan_present());
    }
    OK
}

/// Changes the length in the way that userspace names.
fn resize(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let by = told(BY);
    let flags = told(ROOM_FLAGS);
    match told(HOW) {
        TAIL => obj.bpf_skb_change_tail(skb, by as u32, 0),
        HEAD => obj.bpf_skb_change_head(skb, by as u32, 0),
        ROOM | UNWRAP => {
            obj.bpf_skb_adjust_room(skb, by as i32, BPF_ADJ_ROOM_MAC, flags)
        }
        ROOM_AFTER_IP => {
            obj.bpf_skb_adjust_room(skb, by as i32, BPF_ADJ_ROOM_NET, flags)
        }
        PUSH => obj.bpf_skb_vlan_push(skb, ETH_P_8021Q.into(), 1),
        POP_TAG => obj.bpf_skb_vlan_pop(skb),
        _ => Err(-EINVAL),
    }
}

#[rex_tc]
fn resizes(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let (Ok(ret) | Err(ret)) = resize(obj, skb);
    note(RET, ret as u64);
    note(LENGTH, skb.len());
    note(LINEAR, skb.data_slice().len() as u64);
    OK
}

/// Makes the headers tags, of which the kernel knows the first two.
fn begin_with_tags(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let after_addresses = skb.data_slice_mut()?.get_mut(12..64);
    for tag in after_addresses.unwrap_or(&mut []).chunks_exact_mut(4) {
        tag.copy_from_slice(&[0x81, 0, 0, 1]);
    }
    obj.bpf_skb_vlan_push(skb, ETH_P_8021Q.into(), 1)?;
    obj.bpf_skb_vlan_push(skb, ETH_P_8021Q.into(), 1)
}

/// Puts the packet into one of UDP, between its first two headers.
fn wrap(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let flags = BPF_F_ADJ_ROOM_FIXED_GSO
        | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4
        | BPF_F_ADJ_ROOM_ENCAP_L4_UDP;
    obj.bpf_skb_adjust_room(skb, 28, BPF_ADJ_ROOM_MAC, flags)
}

/// Resizes packets that the kernel is yet to segment, until that fails, and redirects them if a
/// device is given.
#[rex_tc]
fn resizes_large(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if skb.len() < 4000 {
        return OK;
    }
    count(obj, LARGE);
    if told(TIMES) != 0 {
        match told(HOW) {
            POP_TAG => begin_with_tags(obj, skb)?,
            UNWRAP => wrap(obj, skb)?,
            _ => 0,
        };
    }
    let mut resized = 0;
    while resized < told(TIMES) {
        let (Ok(ret) | Err(ret)) = resize(obj, skb);
        note(RET, ret as u64);
        if ret < 0 {
            break;
        }
        resized += 1;
    }
    note(RESIZED, resized);
    match told(TO_DEVICE) {
        device if device != 0 && resized != 0 => {
            obj.bpf_redirect(device as u32, 0)
        }
        _ => OK,
    }
}

/// Has an IPv4 packet be taken for IPv6, whose header is longer, and makes room after that.
#[rex_tc]
fn resizes_short(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let flags = BPF_F_ADJ_ROOM_ENCAP_L3_IPV6;
    obj.bpf_skb_adjust_room(skb, 0, BPF_ADJ_ROOM_MAC, flags)?;
    let (Ok(ret) | Err(ret)) =
        obj.bpf_skb_adjust_room(skb, 4, BPF_ADJ_ROOM_NET, 0);
    note(RET, ret as u64);
    OK
}

/// Corrects the sum by storing.
#[rex_tc]
fn stores(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let bytes = told(NEW_BYTES).to_be_bytes();
    let at = told(AT) as u32;
    let (Ok(ret) | Err(ret)) =
        obj.bpf_skb_store_bytes(skb, at, &bytes, BPF_F_RECOMPUTE_CSUM);
    note(RET, ret as u64);
    let (Ok(ret) | Err(ret)) =
        obj.bpf_skb_store_bytes(skb, at, &bytes, BPF_F_INGRESS << 40);
    note(BAD_FLAG_RET, ret as u64);
    OK
}

/// Replaces bytes at an offset from userspace, and corrects checksums.
#[rex_tc]
fn replaces(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    let bytes = told(NEW_BYTES).to_be_bytes();
    let to = bytes.get(..told(SIZE) as usize).unwrap_or(&[]);
    let headers = skb.headers()?;
    let result = obj.replace(skb, &headers, told(AT) as usize, to);
    note(RET, result.err().unwrap_or(0) as u64);
    Ok(TcAction::Ok)
}

/// An end of a connection: address and port, as in packets.
type Place = ([u8; 4], [u8; 2]);

/// The destination of packets, and the one that replaces it.
const VIRTUAL: Place = ([10, 0, 0, 9], (PORT + 1).to_be_bytes());
const REAL: Place = ([10, 0, 0, 2], PORT.to_be_bytes());

/// Replaces `from` by `to`, if it is at these places of the TCP headers.
fn translate(
    obj: &sched_cls,
    skb: &mut __sk_buff,
    (address, port): (usize, usize),
    from: &Place,
    to: &Place,
) -> Result<TcAction> {
    let headers = skb.headers()?;
    let data = skb.data_slice();
    let Some(transport) = headers.transport? else {
        return Ok(TcAction::Unspec);
    };
    let address = headers.network + address;
    let port = transport.at + port;
    if headers.tcp(data)?.is_none()
        || data.get(address..address + 4) != Some(&from.0)
        || data.get(port..port + 2) != Some(&from.1)
    {
        return Ok(TcAction::Unspec);
    }
    obj.replace(skb, &headers, address, &to.0)?;
    obj.replace(skb, &headers, port, &to.1)?;
    count(obj, CHANGED);
    Ok(TcAction::Ok)
}

#[rex_tc]
fn translates_destination(
    obj: &sched_cls,
    skb: &mut __sk_buff,
) -> Result<TcAction> {
    translate(obj, skb, (16, 2), &VIRTUAL, &REAL)
}

#[rex_tc]
fn translates_source(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    translate(obj, skb, (12, 0), &REAL, &VIRTUAL)
}
