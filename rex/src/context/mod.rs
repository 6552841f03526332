// SPDX-License-Identifier: GPL-2.0
//! What programs see of an event: registers, tasks, packets.

pub mod pt_regs;
pub(crate) mod skb;
pub mod task_struct;
