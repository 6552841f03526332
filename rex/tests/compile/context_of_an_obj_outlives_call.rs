// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A context that is made of an `obj` and an event has their lifetime, not a longer one.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::xdp::{ContextProgram, Function, xdp as Obj, xdp_md};

fn inner(_: &mut XdpContext<'static>) -> XdpAction {
    XdpAction::Pass
}

#[rex::rex_xdp]
fn prog(obj: &Obj, packet: &mut xdp_md) -> XdpAction {
    let inner: ContextProgram<XdpAction> = inner;
    Function::call(inner, obj, packet).unwrap_or(XdpAction::Drop)
}
