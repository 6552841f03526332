// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! A reader of a packet ends with the run.
#![no_std]
#![no_main]

use rex::net::*;
use rex::sync::TryLock;
use rex::xdp::*;
use rex::{Result, rex_xdp};

static READER: TryLock<Option<Reader<'static>>> = TryLock::new(None);

#[rex_xdp]
fn prog(_: &xdp, ctx: &mut xdp_md) -> Result {
    *READER.try_lock().ok_or(-1)? = Some(Reader::new(ctx.data_slice()));
    Ok(XDP_PASS as i32)
}
