// SPDX-License-Identifier: GPL-2.0
//! Queues and stacks.
//! C counterpart: `kernel/bpf/queue_stack_maps.c`.

use super::handle::RexMapHandle;
use crate::error::done;
use crate::linux::bpf::{
    BPF_ANY, BPF_EXIST, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK,
};
use crate::pod::Pod;
use crate::utils::Result;

/// A stack: last in, first out.
pub type RexStack<V> = RexMapHandle<BPF_MAP_TYPE_STACK, (), V>;
/// A queue: first in, first out.
pub type RexQueue<V> = RexMapHandle<BPF_MAP_TYPE_QUEUE, (), V>;

macro_rules! sequences {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Adds `value`; `-E2BIG` if there is no room.
                pub fn push(&'static self, value: &V) -> Result {
                    self.push_elem(value, BPF_ANY)
                }

                /// Adds `value`; if there is no room, removes the oldest value.
                pub fn force_push(&'static self, value: &V) -> Result {
                    self.push_elem(value, BPF_EXIST)
                }

                /// Removes and returns the next value.
                pub fn pop(&'static self) -> Option<V> {
                    self.pop_elem()
                }

                /// Returns the next value, and leaves it there.
                pub fn peek(&'static self) -> Option<V> {
                    self.peek_elem()
                }
            }
        )*
    };
}

sequences! { RexStack RexQueue }

super::wrapper::map! {
    /// A queue: first in, first out.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Threads that have exited. Userspace takes them.
    /// #[map]
    /// static EXITS: Queue<u32> = Queue::with_max_entries(1024);
    ///
    /// #[kprobe("do_exit")]
    /// fn on_exit(ctx: &mut KprobeContext) -> Result {
    ///     EXITS.force_push(ctx.pid())
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_QUEUE")]
    Queue<V: Pod> = RexQueue<V>
}
super::wrapper::map! {
    /// A stack: last in, first out.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Numbers that are free. Userspace fills it.
    /// #[map]
    /// static FREE: Stack<u32> = Stack::with_max_entries(1024);
    ///
    /// fn with_number(work: impl FnOnce(u32)) -> Result {
    ///     let number = FREE.pop().ok_or(Errno::EAGAIN)?;
    ///     work(number);
    ///     FREE.push(number)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_STACK")]
    Stack<V: Pod> = RexStack<V>
}

macro_rules! by_value {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Adds `value`.
                ///
                /// # Errors
                ///
                /// `E2BIG` if there is no room.
                #[doc(alias = "bpf_map_push_elem")]
                #[inline(always)]
                pub fn push(&'static self, value: V) -> crate::error::Result {
                    done(self.0.push(&value))
                }

                /// Adds `value`; if there is no room, removes the oldest value.
                ///
                /// # Errors
                ///
                /// `EBUSY` if the program interrupts a change of the map.
                #[doc(alias = "bpf_map_push_elem")]
                #[doc(alias = "BPF_EXIST")]
                #[inline(always)]
                pub fn force_push(
                    &'static self,
                    value: V,
                ) -> crate::error::Result {
                    done(self.0.force_push(&value))
                }

                /// Removes and returns the next value.
                #[doc(alias = "bpf_map_pop_elem")]
                #[inline(always)]
                pub fn pop(&'static self) -> Option<V> {
                    self.0.pop()
                }

                /// Returns the next value, and leaves it there.
                #[doc(alias = "bpf_map_peek_elem")]
                #[inline(always)]
                pub fn peek(&'static self) -> Option<V> {
                    self.0.peek()
                }
            }
        )*
    };
}

by_value! { Queue Stack }
