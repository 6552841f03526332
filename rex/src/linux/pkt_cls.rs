// SPDX-License-Identifier: GPL-2.0
//! The actions that tc programs return. C counterpart:
//! `include/uapi/linux/pkt_cls.h`.

/// Go on with the next filter.
pub const TC_ACT_UNSPEC: i32 = -1;
/// Let the packet pass.
pub const TC_ACT_OK: u32 = 0;
/// Classify the packet again, from the first filter on.
pub const TC_ACT_RECLASSIFY: u32 = 1;
/// Drop the packet.
pub const TC_ACT_SHOT: u32 = 2;
/// Go on with the next action, if there is one.
pub const TC_ACT_PIPE: u32 = 3;
/// Take the packet away, without counting it as dropped.
pub const TC_ACT_STOLEN: u32 = 4;
/// The same as `TC_ACT_STOLEN`.
pub const TC_ACT_QUEUED: u32 = 5;
/// The same as `TC_ACT_STOLEN`, for actions that are to be repeated.
pub const TC_ACT_REPEAT: u32 = 6;
/// Send the packet where a redirect helper said.
pub const TC_ACT_REDIRECT: u32 = 7;
/// The same as `TC_ACT_STOLEN`; hardware hands the packet to the kernel.
pub const TC_ACT_TRAP: u32 = 8;
