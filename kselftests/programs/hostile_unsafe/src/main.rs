// SPDX-License-Identifier: GPL-2.0
//! Hostile acts that safe Rust cannot perform, as a hole in the crate or a wrong
//! compiler might: CPU exceptions, and accesses of memory that is not the
//! program's. It also has all safe acts, in every kind of program.
#![no_std]
#![no_main]
#![allow(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::multiple_unsafe_ops_per_block)]

#[macro_use]
#[path = "../../hostile/src/acts/mod.rs"]
mod acts;
#[macro_use]
#[path = "../../by_hand.rs"]
mod by_hand;
mod exceptions;
#[path = "../../hooks.rs"]
mod hooks;
mod loads;
mod memory;
mod registers;

use acts::Kernel;

acts! {
    exceptions {
        ud2 ud1 locked_nop int3 int3_of_two_bytes divide_error
        overflow_trap bounds_trap
        noncanonical_read noncanonical_write noncanonical_jump
        noncanonical_return noncanonical_stack_segment bad_segment
        bad_task_register xsetbv_of_no_register
        misaligned_cmpxchg16b
        ud2_with_direction_flag ud2_with_garbage_registers
        ud2_in_a_nested_call
    }
    loads {
        loads_of_anything copies_of_the_vsyscall_page loop_in_failing_loads loop_in_loads_of_no_address
        loop_in_refused_loads loop_in_loads
    }
    memory {
        null_read null_write null_offset_read user_read
        wild_read wild_write wild_last_byte
        write_to_rodata write_to_program_text write_to_kernel_text
        write_to_a_gate guard_page_write guard_page_read
        jump_to_null jump_to_data jump_to_rodata jump_to_stack jump_to_heap
        jump_to_user jump_to_hole return_to_null
        vsyscall_read jump_to_vsyscall jump_to_the_last_address
        copy_from_null copy_to_null copy_to_rodata fill_null compare_null
        move_from_a_hole null_read_with_garbage_registers
        half_of_an_access_in_a_hole hole_for_a_helper
    }
    registers {
        registers_after_a_run
    }
}

/// Performs an act of this crate, or a safe one.
pub(crate) fn perform_any(act: u64, obj: &dyn Kernel) -> bool {
    perform(act, obj) || acts::perform(act, obj)
}
