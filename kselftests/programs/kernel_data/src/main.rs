// SPDX-License-Identifier: GPL-2.0
//! Programs read the kernel's data by name, at `dup(2)` of descriptors that no process
//! has, and in the arguments of functions.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use rex::kernel::{file, task_struct};
use rex::prelude::*;

use names::*;

/// Structs that the crate does not declare.
mod own {
    rex::kernel! {
        pub struct task_struct {
            pub comm: [u8; 16],
            pub state: u64 as _ from "__state|state",
            pub sched_reset_on_fork: bool as bits,
            pub in_execve: u8 as bits,
            pub mm_pages: Option<u64> from "there_is_no_such_member",
            pub nice: i32 from "static_prio",
            pub first_pid: Ptr<pid> from "thread_pid",
        }

        pub struct pid {
            pub nr: i32 from "numbers[0].nr",
        }
    }
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Facts {
    pid: i32,
    tgid: i32,
    parent: i32,
    uid: u32,
    euid: u32,
    gid: u32,
    pid_in_namespace: i32,
    namespaces: [u32; 8],
    sched_reset_on_fork: u32,
    static_prio: i32,
    first_pid: i32,
    start_boottime: u64,
    total_vm: u64,
    cgroup: u64,
    state: u64,
    arg_start: u64,
    comm: [u8; 16],
    own_comm: [u8; 16],
}

/// The data that a program at a function has read.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Call {
    runs: u64,
    inode: u64,
    count: u64,
    position: i64,
    result: i64,
    task: u64,
}

#[map]
static control: Array<u64> = Array::with_max_entries(2);
#[map]
static facts: Array<Facts> = Array::with_max_entries(1);
#[map]
static numbers: Array<u64> = Array::with_max_entries(NR_NUMBERS);
#[map]
static calls: Array<Call> = Array::with_max_entries(NR_CALLS);
#[map]
static paths: RingBuf = RingBuf::with_size(1 << 16);

/// Returns the number of a result.
fn code<T>(result: Result<T>) -> u64 {
    match result {
        Ok(_) => 0,
        Err(error) => error.number() as u64,
    }
}

fn who(ctx: &TaskContext) -> Result {
    let task = ctx.current::<task_struct>();
    let own = ctx.current::<own::task_struct>();
    let cred = task.cred()?;
    let all = task.namespaces()?;
    facts.set(
        0,
        Facts {
            pid: read!(task.pid)?,
            tgid: read!(task.tgid)?,
            parent: read!(task.real_parent.tgid)?,
            uid: read!(cred.uid)?,
            euid: read!(cred.euid)?,
            gid: read!(cred.gid)?,
            pid_in_namespace: task.pid_in_namespace()?,
            namespaces: [
                all.cgroup,
                all.ipc,
                all.mnt,
                all.net,
                all.pid,
                all.time.unwrap_or(0),
                all.user,
                all.uts,
            ],
            sched_reset_on_fork: read!(own.sched_reset_on_fork)?.into(),
            static_prio: read!(own.nice)?,
            first_pid: read!(own.first_pid.nr)?,
            start_boottime: read!(task.start_boottime)?,
            total_vm: read!(task.mm.total_vm)?,
            cgroup: task.cgroup_id()?,
            state: read!(own.state)?,
            arg_start: read!(task.mm.arg_start)?,
            comm: task.comm()?.into(),
            own_comm: read!(own.comm)?,
        },
    )
}

fn list<'run>(
    tasks: impl Iterator<Item = Result<Ptr<'run, task_struct>>>,
) -> Result {
    let mut index = 0;
    for task in tasks.take(NR_NUMBERS as usize - 1) {
        numbers.set(index, read!((task?).pid)? as u64)?;
        index += 1;
    }
    numbers.set(index, 0)
}

/// Sends the path, at the end of the record.
fn send(
    ctx: &TaskContext,
    path: impl FnOnce(&mut [u8]) -> Result<usize>,
) -> Result {
    let mut record = paths.reserve(ctx, 4096).ok_or(Errno::ENOSPC)?;
    record.fill(0);
    path(&mut record)?;
    record.submit();
    Ok(())
}

fn send_path(ctx: &TaskContext, file: Ptr<file>) -> Result {
    numbers.set(INODE, read!(file.f_inode.i_ino)?)?;
    send(ctx, |buffer| Ok(file.path(buffer)?.count_bytes()))
}

fn bad_pointers(ctx: &TaskContext) -> Result {
    let last = ctx.kernel_ptr::<task_struct>(u64::MAX - 4);
    for (index, address) in [
        0,
        0x1000,
        0x7fff_ffff_f000,
        0x8000_0000_0000_0000,
        0xffff_ffff_ff60_0000,
    ]
    .into_iter()
    .enumerate()
    {
        let pointer = ctx.kernel_ptr::<u64>(address);
        numbers.set(index as u32, code(pointer.read()))?;
    }
    numbers.set(5, code(last.cast::<u64>().read()))?;
    numbers.set(6, code(read!(last.real_parent.pid)))?;
    numbers.set(7, code(ctx.kernel_ptr::<[u64; 4]>(0x1000).read()))
}

fn types(ctx: &TaskContext) -> Result {
    let own = ctx.current::<own::task_struct>();
    let number =
        |maybe: Option<i64>| maybe.map_or(u64::MAX, |number| number as u64);
    numbers.set(OFFSET_OF_COMM, kernel_offset!(task_struct.comm) as u64)?;
    numbers.set(SIZE_OF_COMM, kernel_size!(task_struct.comm) as u64)?;
    numbers.set(SIZE_OF_LIST, kernel_size!(list_head) as u64)?;
    numbers.set(HAS_COMM, kernel_has!(task_struct.comm).into())?;
    numbers.set(HAS_NOTHING, kernel_has!(task_struct.comm_).into())?;
    numbers.set(
        ENUMERATOR,
        kernel_enum!(bpf_map_type::BPF_MAP_TYPE_ARRAY) as u64,
    )?;
    numbers
        .set(NO_ENUMERATOR, number(kernel_enum!(pid_type::PIDTYPE_NONE?)))?;
    numbers.set(NO_MEMBER, read!(own.mm_pages)?.unwrap_or(u64::MAX))
}

#[tracepoint]
fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    let task = ctx.current::<task_struct>();
    match ctx.event().fildes {
        WHO => who(ctx),
        THREADS => list(task.threads()?),
        CHILDREN => {
            let children = read!(task.children)?;
            list(children.entries(|task: task_struct| task.sibling))
        }
        PATH => {
            let fd = control.get(FD).unwrap_or(0) as u32;
            send_path(ctx, task.file(fd)?)
        }
        EXE => send_path(ctx, task.exe()?.ok_or(Errno::ENOENT)?),
        PATH_BELOW_ROOT => {
            let fd = control.get(FD).unwrap_or(0) as u32;
            let path = read!((task.file(fd)?).f_path)?;
            let root = task.root()?;
            send(ctx, |buffer| Ok(path.below(root, buffer)?.count_bytes()))
        }
        BAD_POINTERS => bad_pointers(ctx),
        TYPES => types(ctx),
        _ => Ok(()),
    }
}

/// Changes the data of a kind of program, if this is the test's process.
fn note(ctx: &TaskContext, kind: u32, change: impl FnOnce(&mut Call)) {
    if control.get(WATCHED) != Some(u64::from(ctx.tgid())) {
        return;
    }
    if let Some(call) = calls.lookup(ctx, kind) {
        call.update(|call| {
            call.runs += 1;
            change(call);
        });
    }
}

fn inode(file: Ptr<file>) -> u64 {
    read!(file.f_inode.i_ino).unwrap_or(0)
}

#[fentry("vfs_read")]
fn on_fentry(
    ctx: &mut FentryContext,
    file: Ptr<file>,
    _: (),
    count: u64,
    position: Ptr<i64>,
) {
    note(ctx, FENTRY, |call| {
        call.inode = inode(file);
        call.count = count;
        call.position = position.read().unwrap_or(-1);
    });
}

#[fexit("vfs_read")]
fn on_fexit(
    ctx: &mut FexitContext,
    file: Ptr<file>,
    _buffer: Ptr<()>,
    count: u64,
    _: Ptr<i64>,
    ret: i64,
) {
    note(ctx, FEXIT, |call| {
        call.inode = inode(file);
        call.count = count;
        call.result = ret;
    });
}

#[kprobe("vfs_read")]
fn on_kprobe(
    ctx: &mut KprobeContext,
    file: Ptr<file>,
    _: Ptr<u8>,
    count: u64,
    position: Ptr<i64>,
) {
    note(ctx, KPROBE, |call| {
        call.inode = inode(file);
        call.count = count;
        call.position = position.read().unwrap_or(-1);
    });
}

#[kretprobe("vfs_read")]
fn on_kretprobe(ctx: &mut KretprobeContext, ret: i64) {
    note(ctx, KRETPROBE, |call| call.result = ret);
}

#[lsm("file_open")]
fn on_lsm(ctx: &mut LsmContext, file: Ptr<file>) -> Result {
    note(ctx, LSM, |call| call.inode = inode(file));
    Ok(())
}

#[tp_btf("sched_process_fork")]
fn on_tp_btf(
    ctx: &mut RawTracepointContext,
    parent: Ptr<task_struct>,
    child: Ptr<task_struct>,
) {
    note(ctx, TP_BTF, |call| {
        call.task = read!(parent.pid).unwrap_or(0) as u64;
        call.result = read!(child.pid).unwrap_or(0).into();
    });
}

#[raw_tracepoint("sched_process_fork")]
fn on_raw_tp(
    ctx: &mut RawTracepointContext,
    _: Ptr<task_struct>,
    child: Ptr<task_struct>,
) {
    note(ctx, RAW_TP, |call| {
        call.task = read!(child.real_parent.pid).unwrap_or(0) as u64;
        call.result = read!(child.pid).unwrap_or(0).into();
    });
}
