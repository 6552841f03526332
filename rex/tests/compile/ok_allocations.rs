// SPDX-License-Identifier: GPL-2.0
//! Ordinary types, in a static too.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::sync::TryLock;
use rex::{Result, rex_kprobe, rex_printk};

type Action = Box<dyn Fn(u64) -> String + Send>;

static ACTIONS: TryLock<BTreeMap<u64, Action>> = TryLock::new(BTreeMap::new());

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let Some(mut actions) = ACTIONS.try_lock() else {
        return Ok(0);
    };
    let action = actions.entry(regs.rdi() % 10).or_insert_with(|| {
        let mut sum = 0;
        for i in [1, 2, 3] {
            sum += i;
        }
        Box::new(move |value| format!("{value} and {sum}"))
    });
    rex_printk!("{}\n", action(regs.rsi()))
}
