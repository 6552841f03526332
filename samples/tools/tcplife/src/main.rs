// SPDX-License-Identifier: GPL-2.0
//! Reports TCP connections when they end: who had them, for how long, how many bytes.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::time::{self, Instant};

rex::kernel! {
    /// A socket. Ports are in network byte order.
    struct sock {
        family: u16 from "__sk_common.skc_family",
        protocol: u16 as _ from "sk_protocol",
        peer_port: u16 from "__sk_common.skc_dport",
        addr: u32 from "__sk_common.skc_rcv_saddr",
        peer: u32 from "__sk_common.skc_daddr",
        addr6: [u8; 16] from "__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8",
        peer6: [u8; 16] from "__sk_common.skc_v6_daddr.in6_u.u6_addr8",
    }

    /// An IP socket, which begins with a `struct sock`. Its port remains when the
    /// connection has ended.
    struct inet_sock {
        port: u16 from "inet_sport",
    }

    /// A TCP socket, which begins with a `struct inet_sock`.
    struct tcp_sock {
        bytes_received: u64,
        bytes_acked: u64,
    }
}

const AF_INET: u16 = 2;
const IPPROTO_TCP: u16 = 6;

/// States of a connection, in `net/tcp_states.h`.
const TCP_ESTABLISHED: i32 = 1;
const TCP_SYN_SENT: i32 = 2;
const TCP_FIN_WAIT1: i32 = 4;
const TCP_CLOSE: i32 = 7;
const TCP_LAST_ACK: i32 = 9;

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// The selected address family; 0 selects all.
#[config]
static FAMILY: Config<u16> = Config::new(0);

/// The selected ports; 0 ends a list. An empty list selects all.
#[config]
static LOCAL_PORTS: Config<[u16; 64]> = Config::new([0; 64]);

#[config]
static PEER_PORTS: Config<[u16; 64]> = Config::new([0; 64]);

/// An open connection.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Life {
    start: Instant,
    /// The process, or 0 until one of its calls is seen.
    process: u64,
    comm: [u8; 16],
}

/// A connection that has ended.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Session {
    from: [u8; 16],
    to: [u8; 16],
    comm: [u8; 16],
    duration: u64,
    received: u64,
    acked: u64,
    process: u32,
    from_port: u16,
    to_port: u16,
    family: u16,
    _reserved: [u16; 3],
}

/// Open connections, by the address of the socket.
#[map]
static LIVES: HashMap<u64, Life> = HashMap::with_max_entries(65536);

#[map]
static SESSIONS: RingBuf = RingBuf::with_size(1 << 20);

fn lists(ports: [u16; 64], port: u16) -> bool {
    ports[0] == 0 || ports.iter().any(|listed| *listed == port && port != 0)
}

/// Returns the local port and the peer's. The first is 0 before the connection.
fn ports(sk: Ptr<sock>) -> Result<(u16, u16)> {
    let own = read!((sk.cast::<inet_sock>()).port)?;
    Ok((u16::from_be(own), u16::from_be(read!(sk.peer_port)?)))
}

/// Returns `life` with the current process as that of the connection.
fn owner(ctx: &TaskContext, life: Life) -> Result<Life> {
    Ok(Life {
        process: ctx.tgid().into(),
        comm: ctx.comm()?.into(),
        ..life
    })
}

/// Notes a connection that begins or changes its state.
fn open(ctx: &TaskContext, sk: Ptr<sock>, state: i32) -> Result {
    let (from_port, to_port) = ports(sk)?;
    let family = read!(sk.family)?;
    if !lists(LOCAL_PORTS.get(), from_port) && from_port != 0
        || !lists(PEER_PORTS.get(), to_port)
        || FAMILY.get() != 0 && FAMILY.get() != family
    {
        return Ok(());
    }
    let known = LIVES.get(sk.addr());
    let mut life = Life {
        start: time::now(),
        process: known.map_or(0, |life| life.process),
        comm: known.map_or([0; 16], |life| life.comm),
    };
    if state == TCP_SYN_SENT {
        life = owner(ctx, life)?;
    }
    LIVES.insert(sk.addr(), life)
}

fn close(sk: Ptr<sock>) -> Result {
    // Connections older than the program are not reported.
    let Some(life) = LIVES.get(sk.addr()) else {
        return Ok(());
    };
    LIVES.remove(sk.addr())?;
    let (from_port, to_port) = ports(sk)?;
    if PROCESS.get() != 0 && u64::from(PROCESS.get()) != life.process
        || !lists(LOCAL_PORTS.get(), from_port)
    {
        return Ok(());
    }
    let (mut from, mut to) = ([0; 16], [0; 16]);
    let family = read!(sk.family)?;
    if family == AF_INET {
        from[..4].copy_from_slice(&read!(sk.addr)?.to_ne_bytes());
        to[..4].copy_from_slice(&read!(sk.peer)?.to_ne_bytes());
    } else {
        (from, to) = (read!(sk.addr6)?, read!(sk.peer6)?);
    }
    let tcp = sk.cast::<tcp_sock>();
    SESSIONS.output(&Session {
        from,
        to,
        comm: life.comm,
        duration: life.start.elapsed().as_nanos() as u64,
        received: read!(tcp.bytes_received)?,
        acked: read!(tcp.bytes_acked)?,
        process: life.process as u32,
        from_port,
        to_port,
        family,
        _reserved: [0; 3],
    })
}

#[raw_tracepoint("inet_sock_set_state")]
fn on_state(
    ctx: &mut RawTracepointContext,
    sk: Ptr<sock>,
    _: (),
    state: i32,
) -> Result {
    if read!(sk.protocol)? != IPPROTO_TCP {
        return Ok(());
    }
    match state {
        TCP_ESTABLISHED..TCP_FIN_WAIT1 => open(ctx, sk, state),
        // The process has closed the connection, or ends.
        TCP_FIN_WAIT1 | TCP_LAST_ACK => match LIVES.get(sk.addr()) {
            Some(life) if life.process == 0 => {
                LIVES.insert(sk.addr(), owner(ctx, life)?)
            }
            _ => Ok(()),
        },
        TCP_CLOSE => close(sk),
        _ => Ok(()),
    }
}
