// SPDX-License-Identifier: GPL-2.0
//! Calls every helper at `dup(2)` of a descriptor that no process has, and leaves
//! the results in maps, for a test to compare with what userspace knows.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_printk, rex_tracepoint};

use names::*;

const NR_RESULTS: u32 = 23;

const NR_TEXTS: u32 = 4;

#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(NR_RESULTS, 0);
#[rex_map]
static texts: RexArrayMap<[u8; 32]> = RexArrayMap::new(NR_TEXTS, 0);

type Obj = tracepoint<SyscallsEnterDupCtx>;

#[rex_tracepoint]
fn helpers(obj: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    match ctx.fildes {
        CALL => call(obj),
        PRINT_LONG => print_long(),
        PRINT_LINES => rex_printk!("first line\nsecond line\n"),
        _ => Ok(0),
    }
}

fn call(obj: &Obj) -> Result {
    let numbers = [
        (CPU, obj.bpf_get_smp_processor_id() as u64),
        (NUMA_NODE, obj.bpf_get_numa_node_id() as u64),
        (KTIME, obj.bpf_ktime_get_ns()),
        (KTIME_BOOT, obj.bpf_ktime_get_boot_ns()),
        (KTIME_COARSE, obj.bpf_ktime_get_coarse_ns()),
        (JIFFIES, obj.bpf_jiffies64()),
        (RANDOM_1, obj.bpf_get_prandom_u32().into()),
        (RANDOM_2, obj.bpf_get_prandom_u32().into()),
        (PID_TGID, obj.bpf_get_current_pid_tgid()),
        (UID_GID, obj.bpf_get_current_uid_gid()),
    ];
    for (index, number) in &numbers {
        results.insert(index, number)?;
    }
    tasks(obj)?;
    reads(obj)?;
    formats(obj)?;
    results.insert(&STATE, &DONE)
}

/// Returns a result as one number.
fn number(result: Result) -> u64 {
    let (Ok(number) | Err(number)) = result;
    i64::from(number) as u64
}

/// Returns a text of up to 31 bytes.
fn text(bytes: &[u8]) -> [u8; 32] {
    let mut text = [0; 32];
    for (to, from) in text.iter_mut().zip(bytes) {
        *to = *from;
    }
    text
}

#[inline(never)]
fn tasks(obj: &Obj) -> Result {
    if let Some(task) = obj.bpf_get_current_task() {
        results.insert(&TASK_PID, &(task.get_pid() as u64))?;
        results.insert(&TASK_TGID, &(task.get_tgid() as u64))?;
        let comm = task.get_comm().unwrap_or_default();
        texts.insert(&TASK_COMM, &text(comm.to_bytes()))?;
    }
    let mut comm = [0xff; 16];
    let ret = obj.bpf_get_current_comm(&mut comm);
    results.insert(&COMM_RET, &number(ret))?;
    texts.insert(&CURRENT_COMM, &text(&comm))
}

#[inline(never)]
fn reads(obj: &Obj) -> Result {
    static NUMBER: u64 = 0x0123_4567_89ab_cdef;
    let mut value = 0u64;
    let address = core::hint::black_box(&raw const NUMBER).cast();
    let ret = obj.bpf_probe_read_kernel(&mut value, address);
    results.insert(&READ_RET, &number(ret))?;
    results.insert(&READ_VALUE, &value)?;

    let mut value = u64::MAX;
    let ret = obj.bpf_probe_read_kernel(&mut value, core::ptr::null());
    results.insert(&READ_FAULT_RET, &number(ret))?;
    results.insert(&READ_FAULT_VALUE, &value)
}

#[inline(never)]
fn formats(obj: &Obj) -> Result {
    let mut buf = [0; 32];
    let ret = obj.bpf_snprintf(&mut buf, "%d of %u: %llx", &[1, 2, 0xabcdef]);
    results.insert(&SNPRINTF_RET, &number(ret))?;
    texts.insert(&FORMATTED, &buf)?;

    let mut buf = [0; 8];
    let ret = obj.bpf_snprintf(&mut buf, "0123456789", &[]);
    results.insert(&SNPRINTF_CUT_RET, &number(ret))?;
    texts.insert(&FORMATTED_CUT, &text(&buf))?;

    // There are fewer arguments than the format needs.
    let ret = obj.bpf_snprintf(&mut buf, "%d %d", &[1]);
    results.insert(&SNPRINTF_BAD_RET, &number(ret))?;

    // A field has the largest width, after text that looks like a wider one; the
    // next one is wider.
    let ret = obj.bpf_snprintf(&mut buf, "%%9999d%-1024d", &[1]);
    results.insert(&SNPRINTF_WIDE_RET, &number(ret))?;
    let ret = obj.bpf_snprintf(&mut buf, "%d %+0 8388607d", &[1, 2]);
    results.insert(&SNPRINTF_TOO_WIDE_RET, &number(ret))
}

/// A text that is written piece by piece, 3000 bytes in all.
struct Long;

impl core::fmt::Display for Long {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for _ in 0..1000 {
            f.write_str("\u{20ac}")?;
        }
        Ok(())
    }
}

#[inline(never)]
fn print_long() -> Result {
    rex_printk!("{}\n", Long)
}
