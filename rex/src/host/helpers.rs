// SPDX-License-Identifier: GPL-2.0
//! The simulated helpers, under the names that the crate links to: see `ffi`.
//! C counterpart: `kmod/helpers.h`.

use core::ffi::c_void;
use core::ptr;
use core::slice;
use core::time::Duration;
use std::string::String;

use super::{ancestor_of, cgroup_of, with};
use crate::linux::errno::{EDEADLK, EFAULT, EINVAL, ERANGE};
use crate::linux::perf_event::bpf_perf_event_value;
use crate::rt::ffi::Loaded;

/// Timer ticks in a second.
const HZ: u64 = 250;

macro_rules! helpers {
    ($(
        $(#[$meta:meta])*
        fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $ret:ty $body:block
    )*) => {
        $(
            $(#[$meta])*
            // SAFETY: no other function of the process has this name; `list` checks that
            // it has the type in `ffi`.
            #[unsafe(no_mangle)]
            pub(super) extern "C" fn $name($($arg: $ty),*) -> $ret $body
        )*
    };
}

/// Returns a copy of `len` bytes at `bytes`.
fn copy_of(bytes: *const u8, len: usize) -> std::vec::Vec<u8> {
    // SAFETY: the callers in the crate pass pointers and lengths of slices.
    unsafe { slice::from_raw_parts(bytes, len) }.to_vec()
}

/// Copies the bytes that were set at `address`, or zeroes `dst`.
fn probe_read(dst: *mut u8, size: u32, address: u64) -> i64 {
    let size = size as usize;
    let found: std::vec::Vec<u8> = with(|state| {
        (address..)
            .take(size)
            .map_while(|at| state.byte(at))
            .collect()
    });
    // SAFETY: the callers in the crate pass the pointer to, and the size of, writable
    // memory.
    let dst = unsafe { slice::from_raw_parts_mut(dst, size) };
    dst.fill(0);
    if found.len() < size {
        return -i64::from(EFAULT);
    }
    dst.copy_from_slice(&found);
    0
}

/// Copies the string that was set at `address`, and returns its size with the NUL.
fn probe_read_str(dst: *mut u8, size: u32, address: u64) -> i64 {
    let size = size as usize;
    if size == 0 {
        return 0;
    }
    let mut text: std::vec::Vec<u8> = with(|state| {
        (address..)
            .map_while(|at| state.byte(at))
            .take_while(|&byte| byte != 0)
            .take(size - 1)
            .collect()
    });
    let readable = with(|state| state.byte(address).is_some());
    text.push(0);
    // SAFETY: as in `probe_read`.
    let dst = unsafe { slice::from_raw_parts_mut(dst, size) };
    dst.fill(0);
    if !readable {
        return -i64::from(EFAULT);
    }
    dst[..text.len()].copy_from_slice(&text);
    text.len() as i64
}

/// Returns the integer of SIZE bytes at `address`, as rex.ko loads it: from the kernel's
/// half of the addresses only.
fn load<const SIZE: usize>(address: u64) -> Loaded {
    const KERNEL: u64 = 0xffff_8000_0000_0000;

    let mut bytes = [0; 8];
    let error = if address < KERNEL {
        -i64::from(ERANGE)
    } else {
        probe_read(bytes.as_mut_ptr(), SIZE as u32, address)
    };
    Loaded {
        value: u64::from_le_bytes(bytes),
        error,
    }
}

fn store_comm(buf: *mut u8, size: u32) -> i64 {
    let comm = with(|state| state.task.comm);
    if size as usize != comm.len() {
        return -i64::from(EINVAL);
    }
    // SAFETY: the crate passes an array of this size.
    unsafe { ptr::copy_nonoverlapping(comm.as_ptr(), buf, comm.len()) };
    0
}

/// Returns the sample of the run.
fn sample_of<'run>(ctx: *const c_void) -> &'run super::Sample {
    // SAFETY: the crate passes the context of the run, which `Kernel::sample` has made.
    let of_run = unsafe { &*ctx.cast::<super::SampleOfRun>() };
    // SAFETY: it was made of a reference that is valid during the run.
    unsafe { &*of_run.sample }
}

helpers! {
    fn rex_perf_sample_addr(ctx: *const c_void) -> u64 {
        sample_of(ctx).addr
    }

    fn rex_perf_sample_period(ctx: *const c_void) -> u64 {
        sample_of(ctx).period
    }

    fn bpf_perf_prog_read_value(
        ctx: *mut c_void,
        value: *mut c_void,
        size: u32,
    ) -> i64 {
        let sample = sample_of(ctx);
        assert_eq!(size as usize, size_of_val(&sample.value));
        // SAFETY: the crate passes such a value.
        unsafe { value.cast::<bpf_perf_event_value>().write(sample.value) };
        0
    }

    fn bpf_get_attach_cookie() -> u64 {
        with(|state| state.probe.cookie)
    }

    fn bpf_get_func_ip() -> u64 {
        with(|state| state.probe.function)
    }

    fn rex_traced_function(_args: *const u64) -> u64 {
        with(|state| state.probe.function)
    }

    fn rex_iter_write(meta: *mut c_void, data: *const u8, size: u64) -> i64 {
        // SAFETY: the crate calls it with the state of its iterator.
        unsafe { crate::iter::write_simulated(meta, data, size) }
    }

    fn bpf_session_is_return() -> u64 {
        with(|state| u64::from(state.probe.is_return))
    }

    fn rex_session_value() -> u64 {
        with(|state| state.probe.session_value)
    }

    fn rex_session_set_value(value: u64) -> i64 {
        with(|state| state.probe.session_value = value);
        0
    }
    fn rex_load_1(addr: u64) -> Loaded {
        load::<1>(addr)
    }

    fn rex_load_2(addr: u64) -> Loaded {
        load::<2>(addr)
    }

    fn rex_load_4(addr: u64) -> Loaded {
        load::<4>(addr)
    }

    fn rex_load_8(addr: u64) -> Loaded {
        load::<8>(addr)
    }

    fn rex_trace_printk(text: *const u8, len: u64) -> i64 {
        let text = copy_of(text, len as usize);
        let text = String::from_utf8_lossy(&text);
        with(|state| {
            state.printed.extend(text.lines().map(Into::into));
        });
        0
    }

    fn bpf_get_smp_processor_id() -> u32 {
        with(|state| state.cpu)
    }

    fn bpf_get_numa_node_id() -> u32 {
        0
    }

    fn bpf_ktime_get_ns() -> u64 {
        with(|state| state.time)
    }

    fn bpf_ktime_get_boot_ns() -> u64 {
        with(|state| state.time)
    }

    fn bpf_ktime_get_coarse_ns() -> u64 {
        with(|state| state.time)
    }

    fn bpf_ktime_get_tai_ns() -> u64 {
        with(|state| state.time)
    }

    fn bpf_jiffies64() -> u64 {
        with(|state| state.time) / (1_000_000_000 / HZ)
    }

    /// Fails, since a simulated kernel has no other run that could release the lock.
    fn rex_wait(_spins: u32) -> i64 {
        -i64::from(EDEADLK)
    }

    fn rex_heap_bytes(used: u32) -> u64 {
        with(|state| if used == 0 { state.heap.0 } else { state.heap.1 })
    }

    /// Does nothing: a test gets the result of a program itself.
    fn rex_note_error(_error: i32) -> i64 {
        0
    }

    fn bpf_get_prandom_u32() -> u32 {
        with(|state| {
            let number = state.random;
            state.random = number.wrapping_add(1);
            number
        })
    }

    fn bpf_get_current_pid_tgid() -> u64 {
        with(|state| {
            u64::from(state.task.tgid as u32) << 32
                | u64::from(state.task.pid as u32)
        })
    }

    fn bpf_get_current_uid_gid() -> u64 {
        with(|state| {
            u64::from(state.task.gid) << 32 | u64::from(state.task.uid)
        })
    }

    fn bpf_get_current_cgroup_id() -> u64 {
        with(|state| state.task.cgroup)
    }

    fn bpf_get_current_ancestor_cgroup_id(level: i32) -> u64 {
        let cgroup = with(|state| state.task.cgroup);
        ancestor_of(cgroup, level).unwrap_or(0)
    }

    // In place of a cgroup's address, there is its id.
    fn rex_task_cgroup(task: *mut c_void) -> *mut c_void {
        ptr::without_provenance_mut(cgroup_of(task) as usize)
    }

    fn rex_cgroup_id(cgroup: *const c_void) -> u64 {
        cgroup.addr() as u64
    }

    fn rex_cgroup_ancestor(cgroup: *mut c_void, level: i32) -> *mut c_void {
        ancestor_of(cgroup.addr() as u64, level).map_or(
            ptr::null_mut(),
            |id| ptr::without_provenance_mut(id as usize),
        )
    }

    /// Returns an address that is valid as long as the thread.
    fn bpf_get_current_task() -> *mut c_void {
        with(|state| ptr::from_ref(&state.task).cast_mut().cast())
    }

    fn bpf_get_current_comm(buf: *mut u8, size: u32) -> i64 {
        store_comm(buf, size)
    }

    fn bpf_probe_read_kernel(
        dst: *mut u8,
        size: u32,
        src: *const c_void,
    ) -> i64 {
        probe_read(dst, size, src.addr() as u64)
    }

    fn bpf_probe_read_user(dst: *mut u8, size: u32, src: u64) -> i64 {
        probe_read(dst, size, src)
    }

    fn bpf_probe_read_kernel_str(
        dst: *mut u8,
        size: u32,
        src: *const c_void,
    ) -> i64 {
        probe_read_str(dst, size, src.addr() as u64)
    }

    fn bpf_probe_read_user_str(dst: *mut u8, size: u32, src: u64) -> i64 {
        probe_read_str(dst, size, src)
    }

    fn bpf_copy_from_user(dst: *mut u8, size: u32, src: u64) -> i64 {
        probe_read(dst, size, src)
    }

    fn bpf_copy_from_user_str(dst: *mut u8, size: u32, src: u64) -> i64 {
        probe_read_str(dst, size, src)
    }

    fn rex_override_return(regs: *mut u64, rc: u64) -> i64 {
        /// The index of rax in `struct pt_regs`.
        const RAX: usize = 10;

        // SAFETY: these are the registers of the run.
        unsafe { regs.wrapping_add(RAX).write(rc) };
        with(|state| state.overridden = Some(rc));
        0
    }

    fn rex_timer_arm(name: *const u8, len: u64, ns: u64) -> i64 {
        if !(1_000_000..=86_400_000_000_000).contains(&ns) {
            return -i64::from(ERANGE);
        }
        let name = copy_of(name, len as usize);
        let name = String::from_utf8_lossy(&name).into_owned();
        let armed = (name, Duration::from_nanos(ns));
        with(|state| state.armed.push(armed));
        0
    }

    /// There is no other thread, so a held lock would never be released.
    fn bpf_spin_lock(lock: *mut c_void) -> i64 {
        let lock = lock.cast::<u32>();
        // SAFETY: the lock is in an element of a map of this thread.
        let held = unsafe { lock.replace(1) };
        if held != 0 {
            std::eprintln!("rex: the program waits for a lock that it holds");
            std::process::abort();
        }
        0
    }

    fn bpf_spin_unlock(lock: *mut c_void) -> i64 {
        // SAFETY: as above.
        unsafe { lock.cast::<u32>().write(0) };
        0
    }
}
