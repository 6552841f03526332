// SPDX-License-Identifier: GPL-2.0
//@ error: field `base` of struct `rex::context::XdpContext` is private
//@ error: field `_run` of struct `rex::context::Context` is private
//! There is no other way to have a context.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn make<'a>(from: &'a XdpContext<'a>) -> Context<'a> {
    let XdpContext { base, .. } = *from;
    let _ = Context {
        _run: core::marker::PhantomData,
    };
    base
}

#[xdp]
fn prog(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}
