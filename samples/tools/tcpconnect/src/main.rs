// SPDX-License-Identifier: GPL-2.0
//! Reports the TCP connections that processes open.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

rex::kernel! {
    /// A socket. The peer's port is in network byte order.
    struct sock {
        port: u16 from "__sk_common.skc_num",
        peer_port: u16 from "__sk_common.skc_dport",
        addr: u32 from "__sk_common.skc_rcv_saddr",
        peer: u32 from "__sk_common.skc_daddr",
        addr6: [u8; 16] from "__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8",
        peer6: [u8; 16] from "__sk_common.skc_v6_daddr.in6_u.u6_addr8",
    }
}

/// IPv4 addresses in their IPv6 form.
const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/// A cgroup: the inode number of its folder, and its depth.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Cgroup {
    id: u64,
    level: u32,
    _reserved: u32,
}

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// The selected user; `u32::MAX` selects all.
#[config]
static USER: Config<u32> = Config::new(u32::MAX);

/// The selected cgroup; the id 0 selects all.
#[config]
static CGROUP: Config<Cgroup> = Config::new(Cgroup {
    id: 0,
    level: 0,
    _reserved: 0,
});

/// The selected ports of the peer; 0 ends the list. An empty list selects all.
#[config]
static PORTS: Config<[u16; 64]> = Config::new([0; 64]);

/// Count connections instead of reporting each.
#[config]
static COUNT: Config<bool> = Config::new(false);

/// Connections that are counted together. Their local ports may differ.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Flow {
    from: [u8; 16],
    to: [u8; 16],
    to_port: u16,
    /// 4 or 6.
    version: u16,
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Connection {
    flow: Flow,
    process: u32,
    user: u32,
    from_port: u32,
    comm: [u8; 16],
}

#[map]
static CONNECTIONS: RingBuf = RingBuf::with_size(1 << 20);

#[map]
static COUNTS: HashMap<Flow, u64> = HashMap::with_max_entries(10240);

fn is_wanted(ctx: &TaskContext, to_port: u16) -> bool {
    let cgroup = CGROUP.get();
    let ports = PORTS.get();
    (PROCESS.get() == 0 || PROCESS.get() == ctx.tgid())
        && (USER.get() == u32::MAX || USER.get() == ctx.uid())
        && (cgroup.id == 0
            || ctx.ancestor_cgroup_id(cgroup.level as i32) == cgroup.id)
        && (ports[0] == 0
            || ports
                .iter()
                .take_while(|port| **port != 0)
                .any(|port| *port == to_port))
}

fn report(
    ctx: &TaskContext,
    sk: Ptr<sock>,
    version: u16,
    from: [u8; 16],
    to: [u8; 16],
) -> Result {
    let to_port = u16::from_be(read!(sk.peer_port)?);
    if !is_wanted(ctx, to_port) {
        return Ok(());
    }
    let flow = Flow {
        from,
        to,
        to_port,
        version,
    };
    if COUNT.get() {
        // This fails if another CPU has just inserted the element.
        let _ = COUNTS.insert_new(flow, 0);
        let count = COUNTS.lookup(ctx, flow).ok_or(Errno::ENOSPC)?;
        count.atomic().fetch_add(1, Relaxed);
        return Ok(());
    }
    CONNECTIONS.output(&Connection {
        flow,
        process: ctx.tgid(),
        user: ctx.uid(),
        from_port: read!(sk.port)?.into(),
        comm: ctx.comm()?.into(),
    })
}

/// Returns the IPv4 address, in network byte order, at the end.
fn mapped(address: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..12].copy_from_slice(&MAPPED);
    bytes[12..].copy_from_slice(&address.to_ne_bytes());
    bytes
}

#[fexit("tcp_v4_connect")]
fn on_connect_v4(
    ctx: &mut FexitContext,
    sk: Ptr<sock>,
    _: (),
    _: (),
    ret: i32,
) -> Result {
    if ret != 0 {
        return Ok(());
    }
    let (from, to) = (mapped(read!(sk.addr)?), mapped(read!(sk.peer)?));
    report(ctx, sk, 4, from, to)
}

#[fexit("tcp_v6_connect")]
fn on_connect_v6(
    ctx: &mut FexitContext,
    sk: Ptr<sock>,
    _: (),
    _: (),
    ret: i32,
) -> Result {
    let to = read!(sk.peer6)?;
    // For such an address, the function calls the one of IPv4.
    if ret != 0 || to.starts_with(&MAPPED) {
        return Ok(());
    }
    report(ctx, sk, 6, read!(sk.addr6)?, to)
}
