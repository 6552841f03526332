// SPDX-License-Identifier: GPL-2.0
//! Electrode: the fast path of Paxos replication in the kernel. What a leader sends
//! once, goes to all replicas; they acknowledge at once; and the leader's process is
//! only told when there are enough acknowledgements.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod message;

use rex::linux::bpf::BPF_F_PSEUDO_HDR;
use rex::linux::errno::{ENODATA, ENOENT};
use rex::map::{RexArrayMap, RexRingBuf};
use rex::sched_cls::*;
use rex::spinlock::SpinLocked;
use rex::utils::{
    try_convert_slice_to_struct, try_convert_slice_to_struct_mut,
};
use rex::xdp::*;
use rex::{Pod, Result, rex_map, rex_tc, rex_xdp};

use message::{MAGIC, Message, PORT, PREPARE, PREPARE_OK};

const PASS: Result = Ok(XDP_PASS as i32);
const DROP: Result = Ok(XDP_DROP as i32);
const OK: Result = Ok(TC_ACT_OK as i32);

const MAX_REPLICAS: u32 = 8;
/// Operations whose acknowledgements are counted at the same time.
const WINDOW: u32 = 1024;

/// What this machine is.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Config {
    view: u32,
    /// This replica's number.
    me: u32,
    /// The leader: how many replicas there are in `replicas`.
    replicas: u32,
    /// The leader: how many have to acknowledge.
    quorum: u32,
}

/// Where the leader reaches a replica.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Replica {
    /// In network byte order.
    ip: u32,
    ifindex: u32,
    mac: [u8; 6],
    /// That of the leader's interface.
    source: [u8; 6],
}

/// The acknowledgements of an operation.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Acks {
    view: u32,
    op: u32,
    /// A bit for each replica.
    replicas: u64,
}

#[rex_map]
static config: RexArrayMap<Config> = RexArrayMap::new(1, 0);

#[rex_map]
static replicas: RexArrayMap<Replica> = RexArrayMap::new(MAX_REPLICAS, 0);

#[rex_map]
static acks: RexArrayMap<SpinLocked<Acks>> = RexArrayMap::new(WINDOW, 0);

/// What a replica has accepted: messages, for its process.
#[rex_map]
static accepted: RexRingBuf = RexRingBuf::new(1 << 16, 0);

/// The message in a packet to the port, and where it begins and ends.
fn message(data: &[u8]) -> Option<(Message, usize, usize)> {
    let headers = Headers::parse(data)?;
    let udp = headers.udp(data)?;
    if u16::from_be(udp.dest) != PORT || headers.ipv4(data).is_none() {
        return None;
    }
    let at = headers.transport? + size_of::<udphdr>();
    let bytes = data.get(at..headers.end)?;
    let message = *try_convert_slice_to_struct::<Message>(bytes)?;
    (u32::from_be(message.magic) == MAGIC).then_some((message, at, headers.end))
}

/// Messages that come in.
#[rex_xdp]
fn fast_paxos_rx(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let (Some((message, at, end)), Some(us)) =
        (message(ctx.data_slice()), config.get(&0))
    else {
        return PASS;
    };
    // Another view is nothing for the fast path.
    if u32::from_be(message.view) != us.view {
        return PASS;
    }
    match u32::from_be(message.kind) {
        PREPARE => acknowledge(obj, ctx, at, end, us.me).or(PASS),
        PREPARE_OK => wait_for_quorum(obj, &message, us.quorum).or(PASS),
        _ => PASS,
    }
}

/// Accepts the operation in the message from `at` to `end`, and sends the message
/// back as an acknowledgement.
fn acknowledge(
    obj: &xdp,
    ctx: &mut xdp_md,
    at: usize,
    end: usize,
    me: u32,
) -> Result {
    let data = ctx.data_slice();
    // Without room for it, the process gets the packet itself.
    accepted.output(data.get(at..end).ok_or(-ENODATA)?, 0)?;

    let cut = (at + Message::SIZE) as i32 - ctx.data_length() as i32;
    obj.bpf_xdp_adjust_tail(ctx, cut)?;
    let bytes = ctx.data_slice_mut().get_mut(at..).ok_or(-ENODATA)?;
    let mut message =
        try_convert_slice_to_struct_mut::<Message>(bytes).ok_or(-ENODATA)?;
    message.kind = PREPARE_OK.to_be();
    message.replica = me.to_be();
    drop(message);
    turn_round(obj, ctx).ok_or(-ENODATA)?;
    Ok(XDP_TX as i32)
}

/// Makes a packet that was cut to a bare message one to its sender.
fn turn_round(obj: &xdp, ctx: &mut xdp_md) -> Option<()> {
    let mut eth = obj.eth_header(ctx)?;
    let ethh = &mut *eth;
    core::mem::swap(&mut ethh.h_dest, &mut ethh.h_source);
    drop(eth);

    let len = size_of::<udphdr>() + Message::SIZE;
    let mut ip = obj.ip_header(ctx)?;
    let iph = &mut *ip;
    core::mem::swap(&mut iph.saddr, &mut iph.daddr);
    iph.tot_len = ((iph.header_len() + len) as u16).to_be();
    iph.check = compute_ip_checksum(iph);
    drop(ip);

    let mut udp = obj.udp_header(ctx)?;
    let udph = &mut *udp;
    core::mem::swap(&mut udph.source, &mut udph.dest);
    udph.len = (len as u16).to_be();
    udph.check = 0; // none, which is allowed
    Some(())
}

/// Counts an acknowledgement. The one that completes the quorum goes to the process,
/// the others nowhere.
fn wait_for_quorum(obj: &xdp, message: &Message, quorum: u32) -> Result {
    let (view, op) = (u32::from_be(message.view), u32::from_be(message.op));
    let replica = u32::from_be(message.replica);
    if replica >= MAX_REPLICAS {
        return DROP;
    }
    let element = obj
        .bpf_map_lookup_elem(&acks, &(op % WINDOW))
        .ok_or(-ENOENT)?;
    let mut seen = element.lock()?;
    if seen.view != view || seen.op != op {
        return PASS; // not asked for by `fast_paxos_tx`
    }
    let before = seen.replicas.count_ones();
    seen.replicas |= 1 << replica;
    match seen.replicas.count_ones() {
        now if now == quorum && before < quorum => PASS,
        _ => DROP,
    }
}

/// Messages that go out: what the leader sends to the first replica goes to the
/// others as well.
#[rex_tc]
fn fast_paxos_tx(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let len = skb.len().min(256);
    if (skb.data_slice().len() as u32) < len {
        obj.bpf_skb_pull_data(skb, len).or(OK)?;
    }
    let (Some((message, _, _)), Some(us), Some(first)) =
        (message(skb.data_slice()), config.get(&0), replicas.get(&0))
    else {
        return OK;
    };
    let to = obj.ip_header(skb).map(|ip| ip.daddr);
    if u32::from_be(message.kind) != PREPARE || to != Some(first.ip) {
        return OK;
    }
    expect(obj, &message)?;
    for i in 1..us.replicas.min(MAX_REPLICAS) {
        let replica = replicas.get(&i).ok_or(TC_ACT_OK as i32)?;
        readdress(obj, skb, &replica)?;
        // If it cannot be sent, it is lost like other packets.
        let _ = obj.bpf_clone_redirect(skb, replica.ifindex, 0);
    }
    readdress(obj, skb, &first)?;
    OK
}

/// From now on, acknowledgements of this operation are counted.
fn expect(obj: &sched_cls, message: &Message) -> Result {
    let op = u32::from_be(message.op);
    let element = obj
        .bpf_map_lookup_elem(&acks, &(op % WINDOW))
        .ok_or(TC_ACT_OK as i32)?;
    let mut seen = element.lock().or(Err(TC_ACT_OK as i32))?;
    let view = u32::from_be(message.view);
    // What is sent again has its acknowledgements already.
    if (seen.view, seen.op) != (view, op) || seen.replicas == 0 {
        *seen = Acks {
            view,
            op,
            replicas: 0,
        };
    }
    Ok(0)
}

/// Makes the packet one to `replica`.
fn readdress(
    obj: &sched_cls,
    skb: &mut __sk_buff,
    replica: &Replica,
) -> Result {
    let drop = TC_ACT_SHOT as i32;
    let headers = Headers::parse(skb.data_slice()).ok_or(drop)?;
    let from = obj.ip_header(skb).ok_or(drop)?.daddr;
    let ip = headers.network as u32;
    let udp = headers.transport.ok_or(drop)? as u32;
    let (from, to) = (u64::from(from), u64::from(replica.ip));
    // Flags: the size of what changes; it counts for UDP's checksum, of which 0
    // stands for none.
    let flags = 4 | BPF_F_PSEUDO_HDR | rex::linux::bpf::BPF_F_MARK_MANGLED_0;
    obj.bpf_l4_csum_replace(skb, udp + 6, from, to, flags)
        .and_then(|_| obj.bpf_l3_csum_replace(skb, ip + 10, from, to, 4))
        .or(Err(drop))?;
    obj.ip_header(skb).ok_or(drop)?.daddr = replica.ip;
    let mut eth = obj.eth_header(skb).ok_or(drop)?;
    eth.h_dest = replica.mac;
    eth.h_source = replica.source;
    Ok(0)
}
