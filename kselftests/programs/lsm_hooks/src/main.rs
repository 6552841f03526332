// SPDX-License-Identifier: GPL-2.0
//! lsm programs for the test lsm_hooks. They decide only for the process in
//! `config`.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;
#[path = "../../seen.rs"]
mod seen;

use rex::linux::errno::{EACCES, EXDEV};
use rex::lsm::*;
use rex::{Result, rex_lsm};

use names::*;
use seen::*;

fn count_call() {
    note(CALLS, seen.get(&CALLS).unwrap_or(0) + 1);
}

fn answer(obj: &lsm) -> Result {
    match told(ANSWER) {
        FORBID => Err(-EXDEV),
        POSITIVE => Ok(7),
        HELPER => {
            let mut byte = 0u8;
            obj.bpf_probe_read_user(&mut byte, 8)
        }
        TOO_NEGATIVE => Ok(-5000),
        PANIC => panic!("asked to"),
        ALLOW => Ok(0),
        _ => panic!("no such answer"),
    }
}

fn is_watched(obj: &lsm) -> bool {
    told(PROCESS) == obj.bpf_get_current_pid_tgid() >> 32
}

#[rex_lsm("task_setnice")]
fn on_nice(obj: &lsm, ctx: &LsmArgs) -> Result {
    if !is_watched(obj) {
        return Ok(0);
    }
    count_call();
    note(NR_ARGS, ctx.args().len() as u64);
    note(NICE, ctx.arg(1).unwrap_or(0) & 0xffff_ffff);
    note(NO_THIRD_ARG, ctx.arg(2).is_none());
    answer(obj)
}

/// Does the same, and denies once it is dead.
#[rex_lsm("task_setnice", default_ret = -1)]
fn on_nice_closed(obj: &lsm, ctx: &LsmArgs) -> Result {
    on_nice(obj, ctx)
}

/// Runs at a hook whose own result is `-ENOSYS`.
#[rex_lsm("task_prctl")]
fn on_prctl(obj: &lsm, _: &LsmArgs) -> Result {
    if !is_watched(obj) {
        return Ok(0);
    }
    count_call();
    answer(obj)
}

/// Does the same at a hook whose own result is `-ENOPARAM`.
#[rex_lsm("fs_context_parse_param")]
fn on_mount_option(obj: &lsm, ctx: &LsmArgs) -> Result {
    on_prctl(obj, ctx)
}

/// Runs at a hook that returns nothing.
#[rex_lsm("bprm_committed_creds")]
fn on_exec(_: &lsm, ctx: &LsmArgs) -> Result {
    count_call();
    note(NR_ARGS, ctx.args().len() as u64);
    Ok(-1)
}

/// Denies loading kernel code that does not come from a file.
#[rex_lsm("kernel_load_data")]
fn on_load_data(obj: &lsm, _: &LsmArgs) -> Result {
    if !is_watched(obj) {
        return Ok(0);
    }
    count_call();
    Err(-EACCES)
}

/// Does the same after the data were read.
#[rex_lsm("kernel_post_load_data")]
fn on_object(obj: &lsm, ctx: &LsmArgs) -> Result {
    if !is_watched(obj) {
        return Ok(0);
    }
    let mut magic = 0u32;
    let data = ctx.arg(0).unwrap_or(0) as usize;
    note(OBJECT_SIZE, ctx.arg(1).unwrap_or(0));
    obj.bpf_probe_read_kernel(&mut magic, core::ptr::without_provenance(data))?;
    note(OBJECT_MAGIC, magic);
    Err(-EACCES)
}
