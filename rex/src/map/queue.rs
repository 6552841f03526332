// SPDX-License-Identifier: GPL-2.0
//! Queues and stacks.
//! C counterpart: `kernel/bpf/queue_stack_maps.c`.

use super::handle::RexMapHandle;
use crate::linux::bpf::{
    BPF_ANY, BPF_EXIST, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK,
};
use crate::pod::Pod;
use crate::utils::Result;

/// Last in, first out.
pub type RexStack<V> = RexMapHandle<BPF_MAP_TYPE_STACK, (), V>;
/// First in, first out.
pub type RexQueue<V> = RexMapHandle<BPF_MAP_TYPE_QUEUE, (), V>;

macro_rules! sequences {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Adds `value`; `-E2BIG` if there is no room.
                pub fn push(&'static self, value: &V) -> Result {
                    self.push_elem(value, BPF_ANY)
                }

                /// Adds `value`; if there is no room, the oldest value goes.
                pub fn force_push(&'static self, value: &V) -> Result {
                    self.push_elem(value, BPF_EXIST)
                }

                /// Takes the next value out.
                pub fn pop(&'static self) -> Option<V> {
                    self.pop_elem()
                }

                /// The next value, which stays.
                pub fn peek(&'static self) -> Option<V> {
                    self.peek_elem()
                }
            }
        )*
    };
}

sequences! { RexStack RexQueue }
