// SPDX-License-Identifier: GPL-2.0
//! A program at USDT probes. It notes the arguments of the process in `WATCHED`, for a test
//! to compare with what it passed.
#![no_std]
#![no_main]

mod names;

use names::{ARGS, PROCESS};
use rex::prelude::*;

/// The data of the probes with a cookie.
#[repr(C)]
#[derive(Clone, Copy, Default, Pod)]
struct Seen {
    count: u64,
    nr_args: u64,
    args: [u64; ARGS],
    errors: [u64; ARGS],
}

#[map]
static WATCHED: Array<u64> = Array::with_max_entries(1);

#[map]
static SEEN: HashMap<u64, Seen> = HashMap::with_max_entries(64);

fn note(ctx: &UsdtContext) -> Result {
    let watched = WATCHED
        .lookup(ctx, PROCESS)
        .map_or(0, |process| process.get());
    if watched != u64::from(ctx.tgid()) {
        return Ok(());
    }
    let cookie = ctx.attach_cookie();
    let mut seen = SEEN
        .lookup(ctx, cookie)
        .map_or_else(Seen::default, |seen| seen.get());
    seen.count += 1;
    seen.nr_args = ctx.arg_count() as u64;
    for (index, (arg, error)) in
        seen.args.iter_mut().zip(&mut seen.errors).enumerate()
    {
        (*arg, *error) = match ctx.arg(index) {
            Ok(value) => (value, 0),
            Err(error) => (0, i32::from(error) as u64),
        };
    }
    SEEN.insert(cookie, seen)
}

/// The test chooses the probe.
#[usdt]
fn on_probe(ctx: &mut UsdtContext) -> Result {
    note(ctx)
}

#[usdt(path = "/rex/kselftests/usdt", probe = "rex_test:plain")]
fn on_plain(ctx: &mut UsdtContext) -> Result {
    note(ctx)
}

/// Also reads the target of a pointer argument, by types.
#[usdt]
fn on_string(ctx: &mut UsdtContext) -> Result {
    let mut buffer = [0; 16];
    let text = ctx.read_user_str(ctx.arg(0)?, &mut buffer)?;
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(text.to_bytes()) {
        *to = *from;
    }
    let seen = Seen {
        count: 1,
        nr_args: ctx.arg_count() as u64,
        args: [
            u64::from_le_bytes(first),
            ctx.arg::<i8>(1)? as u64,
            0,
            0,
            0,
            0,
            0,
            0,
        ],
        ..Seen::default()
    };
    SEEN.insert(ctx.attach_cookie(), seen)
}
