// SPDX-License-Identifier: GPL-2.0
//@ symbol: __rex_btf_arg:vfs_read:3:p*s8
//! The types of arguments are compared by the loader, whether their values are used or not.
#![no_std]
#![no_main]

use rex::prelude::*;

use rex::kernel::file;

#[fentry("vfs_read")]
fn prog(_: &mut FentryContext, _: Ptr<file>, _: (), _: u64, _: Ptr<i64>) {}
