// SPDX-License-Identifier: GPL-2.0
//! Hostile acts in safe Rust, and the maps by which a test orders one. An act
//! is named by the hash of its function's name. `crate::perform_any` performs
//! any act.

#[path = "../../../hash.rs"]
pub(crate) mod hash;
mod loops;
mod names;
mod nesting;
mod panics;
mod stack;

use core::sync::atomic::Ordering::Relaxed;

use rex::kprobe::kprobe;
use rex::map::RexArrayMap;
use rex::tracepoint::{TracepointContext, tracepoint};
use rex::{Result, rex_map};

use names::*;

/// The test writes this.
#[rex_map]
static orders: RexArrayMap<u64> = RexArrayMap::new(6, 0);

/// The program writes this.
#[rex_map]
static notes: RexArrayMap<u64> = RexArrayMap::new(8, 0);

/// The part of an `obj` of any kind that acts need.
pub(crate) trait Kernel {
    fn now(&self) -> u64;
    fn thread(&self) -> u64;
    fn cpu(&self) -> u64;
    fn random(&self) -> u32;
    fn comm(&self) -> [u8; 16];
    /// Returns whether `address` can be read.
    fn can_read(&self, address: usize) -> bool;
    fn print(&self, buf: &mut [u8; 64], number: u64) -> Result;
    /// Adds 1 to element `index` of `notes`, and returns the old value.
    fn count(&self, index: u32) -> u64;
}

macro_rules! kernel {
    () => {
        fn now(&self) -> u64 {
            self.bpf_ktime_get_ns()
        }

        fn thread(&self) -> u64 {
            self.bpf_get_current_pid_tgid() & 0xffff_ffff
        }

        fn cpu(&self) -> u64 {
            self.bpf_get_smp_processor_id() as u64
        }

        fn random(&self) -> u32 {
            self.bpf_get_prandom_u32()
        }

        fn comm(&self) -> [u8; 16] {
            let mut comm = [0; 16];
            let _ = self.bpf_get_current_comm(&mut comm);
            comm
        }

        fn can_read(&self, address: usize) -> bool {
            let mut value = 0u64;
            self.bpf_probe_read_kernel(&mut value, address as *const ())
                .is_ok()
        }

        fn print(&self, buf: &mut [u8; 64], number: u64) -> Result {
            self.bpf_snprintf(buf, "%llx", &[number])
        }

        fn count(&self, index: u32) -> u64 {
            match self.bpf_map_lookup_elem(&notes, &index) {
                Some(note) => note.atomic().fetch_add(1, Relaxed),
                None => 0,
            }
        }
    };
}

impl<C: TracepointContext> Kernel for tracepoint<C> {
    kernel!();
}

impl Kernel for kprobe {
    kernel!();
}

fn order(index: u32) -> u64 {
    orders.get(&index).unwrap_or(0)
}

/// Returns the number that the test gave to the act.
pub(crate) fn number() -> u64 {
    order(NUMBER)
}

/// Performs the act that is ordered after this one, if any.
pub(crate) fn go_on(obj: &dyn Kernel) {
    let act = order(THEN);
    if act != 0 && !crate::perform_any(act, obj) {
        obj.count(UNKNOWN);
    }
}

pub(crate) fn remark(value: u64) {
    let _ = notes.insert(&REMARK, &value);
}

/// Performs the act that is ordered for this place, if any.
pub(crate) fn on_event(obj: &dyn Kernel) -> Result {
    let (act, thread, cpu) = (order(ACT), order(THREAD), order(CPU));
    if act == 0
        || (thread != 0 && thread != obj.thread())
        || (cpu != 0 && cpu != obj.cpu() + 1)
    {
        return Ok(0);
    }
    let times = order(TIMES);
    if obj.count(BEGUN) >= times && times != 0 {
        return Ok(0);
    }
    let _ = notes.insert(&SINCE, &obj.now());
    if !crate::perform_any(act, obj) {
        obj.count(UNKNOWN);
    }
    obj.count(DONE);
    Ok(0)
}

/// Defines `perform`, which calls the function with the hash.
macro_rules! acts {
    ($($module:ident { $($act:ident)* })*) => {
        /// Performs an act; false if no act has that name.
        pub(crate) fn perform(
            act: u64,
            obj: &dyn $crate::acts::Kernel,
        ) -> bool {
            $($(
                if act == const { $crate::acts::hash::name_hash(stringify!($act)) } {
                    $module::$act(obj);
                    return true;
                }
            )*)*
            false
        }
    };
}

/// The act that tests that the kernel is healthy.
mod harmless {
    pub(super) fn nothing(_: &dyn super::Kernel) {}
}

acts! {
    harmless { nothing }
    panics {
        unwrap_none expect_err unwrap_after_two_calls index_out_of_bounds
        slice_end_out_of_range slice_start_after_end inside_a_character
        sum_overflows difference_overflows product_overflows
        negation_overflows shift_overflows division_by_zero remainder_by_zero
        division_overflows refcell_is_borrowed refcell_is_mutably_borrowed
        explicit_panic reaches_unreachable todo_is_left assertion_fails
        values_differ slices_of_different_lengths chunks_of_nothing
        invalid_utf8 conversion_fails panic_in_drop panic_in_a_closure
        panic_in_a_trait_object panic_in_an_iterator
        panic_while_formatting panic_in_the_debug_of_an_error huge_message
        message_of_many_lines message_of_control_characters message_of_formats
        message_of_many_bytes_a_character empty_message
    }
    nesting {
        nest loop_of_nested_runs busy_for_a_while busy_for_50_ms
        nest_again nest_after_4_s
    }
    stack {
        recursion recursion_of_two recursion_of_a_trait_object
        recursion_of_a_closure recursion_of_a_function_pointer
        recursion_in_drop recursion_in_formatting recursion_of_large_frames
        panic_at_the_limit large_frame_at_the_limit helpers_at_the_limit
        deep_but_not_too_deep
    }
    loops {
        loop_of_nothing loop_of_two_functions loop_of_a_trait_object
        loop_on_an_atomic loop_in_helpers loop_in_short_helpers
        loop_in_map_updates loop_in_copies loop_in_fills loop_in_comparisons
        loop_in_formatting loop_in_snprintf loop_in_failing_reads
        loop_in_drop loop_in_a_panic_message loop_after_recursion
        loop_until_told loop_for_some_ms loop_in_trace_printk
    }
}
