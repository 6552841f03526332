// SPDX-License-Identifier: GPL-2.0
//! The runtime: what an object and the module share, and what the language wants.
//! Nothing here is for programs to use.

pub(crate) mod ffi;
pub mod kinds;
#[cfg(target_os = "none")]
mod note;
#[cfg(target_os = "none")]
mod panic;
pub mod prog;
pub(crate) mod text;
