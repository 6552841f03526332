// SPDX-License-Identifier: GPL-2.0
//! Programs ask about the current task and act on it, at `dup(2)` of
//! descriptors that no process has: only a test triggers them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use rex::linux::errno::ENOENT;
use rex::map::{RexArrayMap, RexCgroupArray};
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(5, 0);
/// A string read into 8 bytes and into 1; then 5 bytes that were read, and
/// whether that succeeded.
#[rex_map]
static strings: RexArrayMap<[u8; 8]> = RexArrayMap::new(3, 0);
/// Filled by the test.
#[rex_map]
static cgroups: RexCgroupArray = RexCgroupArray::new(3, 0);

type Obj = tracepoint<SyscallsEnterDupCtx>;

#[rex_tracepoint]
fn tasks(obj: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    let number = control.get(&NUMBER).ok_or(-ENOENT)? as u32;
    match ctx.fildes {
        WHO => {
            results.insert(&FIRST, &obj.bpf_get_current_uid_gid())?;
            results.insert(&SECOND, &obj.bpf_get_current_cgroup_id())?;
            let root = obj.bpf_get_current_ancestor_cgroup_id(0);
            results.insert(&THIRD, &root)?;
            let none = obj.bpf_get_current_ancestor_cgroup_id(100);
            results.insert(&FOURTH, &none)
        }
        SIGNAL => note(RET, obj.bpf_send_signal(number)),
        SIGNAL_THREAD => note(RET, obj.bpf_send_signal_thread(number)),
        READ_USER | READ_KERNEL => read(obj, ctx.fildes == READ_USER),
        CLOCKS => {
            results.insert(&FIRST, &obj.bpf_ktime_get_tai_ns())?;
            results.insert(&SECOND, &obj.bpf_ktime_get_ns())?;
            results.insert(&THIRD, &obj.bpf_ktime_get_boot_ns())?;
            results.insert(&FOURTH, &obj.bpf_ktime_get_coarse_ns())
        }
        CGROUPS => {
            note(FIRST, obj.bpf_current_task_under_cgroup(&cgroups, 0))?;
            note(SECOND, obj.bpf_current_task_under_cgroup(&cgroups, 1))?;
            note(THIRD, obj.bpf_current_task_under_cgroup(&cgroups, 2))?;
            note(FOURTH, obj.bpf_current_task_under_cgroup(&cgroups, 3))
        }
        _ => Ok(0),
    }
}

#[inline(never)]
fn read(obj: &Obj, user: bool) -> Result {
    let user_address = control.get(&ADDRESS).ok_or(-ENOENT)?;
    let address = core::ptr::without_provenance(user_address as usize);
    let mut number = 0x5555_u64;
    let mut string = [0x55; 8];
    let mut letter = [0x55; 1];
    let mut bytes = [0x55; 5];
    let of_bytes = if user {
        obj.bpf_probe_read_user_buf(&mut bytes, user_address)
    } else {
        obj.bpf_probe_read_kernel_buf(&mut bytes, address)
    };
    let [a, b, c, d, e] = bytes;
    strings.insert(&2, &[a, b, c, d, e, of_bytes.is_ok().into(), 0, 0])?;
    let (of_number, of_string, of_letter, of_none) = if user {
        (
            obj.bpf_probe_read_user(&mut number, user_address),
            obj.bpf_probe_read_user_str(&mut string, user_address),
            obj.bpf_probe_read_user_str(&mut letter, user_address),
            obj.bpf_probe_read_user_str(&mut [], user_address),
        )
    } else {
        (
            obj.bpf_probe_read_kernel(&mut number, address),
            obj.bpf_probe_read_kernel_str(&mut string, address),
            obj.bpf_probe_read_kernel_str(&mut letter, address),
            obj.bpf_probe_read_kernel_str(&mut [], address),
        )
    };
    strings.insert(&0, &string)?;
    strings.insert(&1, &[letter[0]; 8])?;
    results.insert(&FIRST, &number)?;
    note(RET, of_number)?;
    note(SECOND, of_string)?;
    note(THIRD, of_letter)?;
    note(FOURTH, of_none)
}

fn note(index: u32, result: Result) -> Result {
    let (Ok(number) | Err(number)) = result;
    results.insert(&index, &(i64::from(number) as u64))
}
