// SPDX-License-Identifier: GPL-2.0
//! All kinds of members, of arguments and of questions.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    /// With documentation.
    pub struct task_struct {
        /// A member.
        pub pid: i32,
        comm: [u8; 16],
        real_parent: Ptr<task_struct>,
        mm: Ptr<mm_struct>,
        runtime: u64 from "se.sum_exec_runtime",
        state: u64 as _ from "__state|state",
        in_iowait: bool as bits,
        faults: Option<u64>,
        no_new_privs: Option<u8> as bits,
        any_size: Option<i64> as _,
        stack: Ptr<()>,
        thread_node: rex::kernel::list_head,
        cpus_ptr: Ptr<rex::kernel::list_head>,
        r#type: u8,
    }

    union mm_struct {
        saved_auxv: [u64],
        rss_stat: [part; 4],
        table: Ptr<Ptr<task_struct>>,
        names: [Ptr<u8>; 2],
    }

    struct part in "a_module" {
        value: u8,
    }
}

#[fexit("vfs_read")]
fn on_read(
    ctx: &mut FexitContext,
    _: (),
    _: Ptr<()>,
    size: usize,
    pos: Ptr<i64>,
    ret: isize,
) -> Result {
    let task = ctx.current::<task_struct>();
    let value: u8 = read!(task.mm.rss_stat[2].value)?;
    let pid: i32 = read!(task.mm.table[size].pid)?;
    let byte: u8 = read!(task.mm.names[1])?.element(3)?;
    let word: u64 = read!(task.mm.saved_auxv[4])?;
    let kind: u8 = read!(task.r#type)?;
    let waits: bool = read!(task.in_iowait)?;
    let optional: Option<u8> = read!(task.no_new_privs)?;
    info!(
        "{value} {pid} {byte} {word} {kind} {waits} {optional:?} {ret} {:?}",
        pos.read()
    );
    info!(
        "{:?} {:?} {:?}",
        read!(task.any_size),
        read!(task.faults),
        read!(task.stack)
    );
    info!(
        "{:?} {:?} {:?}",
        read!(task.state),
        read!(task.runtime),
        read!(task.comm)
    );
    Ok(())
}

#[kprobe("vfs_write")]
fn on_write(
    _: &mut KprobeContext,
    file: Ptr<rex::kernel::file>,
    _: Ptr<u8>,
    size: u64,
) {
    info!("{:?} {size}", read!(file.f_inode.i_ino));
}

#[kretprobe("vfs_write")]
fn after_write(_: &mut KretprobeContext, ret: i64) {
    info!("{ret}");
}

#[tp_btf("sched_switch")]
fn on_switch(
    _: &mut RawTracepointContext,
    preempt: bool,
    prev: Ptr<task_struct>,
) -> Result {
    info!("{preempt} {}", read!(prev.pid)?);
    Ok(())
}

#[lsm("file_open")]
fn on_open(_: &mut LsmContext, file: Ptr<rex::kernel::file>) -> Result {
    info!("{}", read!(file.f_flags)?);
    Ok(())
}

#[raw_tracepoint("sched_wakeup")]
fn on_wakeup(_: &mut RawTracepointContext, task: Ptr<task_struct>) {
    let size =
        rex::kernel_size!(task_struct.comm) + rex::kernel_size!(task_struct);
    let offset = rex::kernel_offset!(task_struct.comm);
    let has = rex::kernel_has!(task_struct.comm)
        && rex::kernel_has!(pid_type::PIDTYPE_PID);
    let number: i64 = rex::kernel_enum!(pid_type::PIDTYPE_TGID);
    let maybe: Option<i64> = rex::kernel_enum!(pid_type::PIDTYPE_TGID?);
    info!("{task:?} {size} {offset} {has} {number} {maybe:?}");
}
