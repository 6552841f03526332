// SPDX-License-Identifier: GPL-2.0
//! The runtime: the part that an object shares with the module, and the language
//! items. Programs use nothing of it.

pub(crate) mod ffi;
pub mod kinds;
#[cfg(target_os = "none")]
mod note;
#[cfg(target_os = "none")]
mod panic;
pub mod prog;
pub(crate) mod text;
