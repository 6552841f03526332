// SPDX-License-Identifier: GPL-2.0
//! Reports USDT probes with their arguments.
#![no_std]
#![no_main]

use rex::prelude::*;

/// Arguments of a probe, at the most.
const ARGS: usize = 12;

/// The record that usdtsnoop prints for a probe.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Event {
    /// The cookie of the probe.
    cookie: u64,
    process: u32,
    thread: u32,
    comm: [u8; 16],
    nr_args: u32,
    /// A bit for each argument that cannot be read.
    unread: u32,
    args: [u64; ARGS],
}

#[map]
static EVENTS: RingBuf = RingBuf::with_size(1 << 20);

/// usdtsnoop says which.
#[usdt]
fn on_probe(ctx: &mut UsdtContext) -> Result {
    let mut event = Event {
        cookie: ctx.attach_cookie(),
        process: ctx.tgid(),
        thread: ctx.pid(),
        comm: ctx.comm()?.into(),
        nr_args: ctx.arg_count() as u32,
        unread: 0,
        args: [0; ARGS],
    };
    for index in 0..ctx.arg_count().min(ARGS) {
        match (ctx.arg(index), event.args.get_mut(index)) {
            (Ok(value), Some(arg)) => *arg = value,
            _ => event.unread |= 1 << index,
        }
    }
    EVENTS.output(&event)
}
