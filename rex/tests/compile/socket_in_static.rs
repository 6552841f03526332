// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A socket cannot be kept for another run.
#![no_std]
#![no_main]

use rex::net::Socket;
use rex::sync::TryLock;

static KEPT: TryLock<Option<Socket<'static>>> = TryLock::new(None);
