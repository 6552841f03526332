// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! A function that waits, and is polled within the run, keeps the packet as it is.
#![no_std]
#![no_main]

use core::future::{Future, ready};
use core::pin::pin;
use core::task::{Context as Wakers, Waker};

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    let mut wakers = Wakers::from_waker(Waker::noop());
    let mut future = pin!(async {
        let data = ctx.data_mut();
        ready(()).await;
        data.fill(0);
    });
    ctx.adjust_head(4)?;
    let _ = future.as_mut().poll(&mut wakers);
    Ok(XdpAction::Pass)
}
