// SPDX-License-Identifier: GPL-2.0
//! Reports the files that processes open, by their whole paths.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use rex::kernel::task_struct;
use rex::prelude::*;
use rex::time;

rex::kernel! {
    /// The argument of openat2(2).
    struct open_how {
        flags: u64,
    }
}

/// The longest path, with its NUL: `PATH_MAX`.
const PATH_SIZE: usize = 4096;

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// The selected thread; 0 selects all.
#[config]
static THREAD: Config<u32> = Config::new(0);

/// The selected user; `u32::MAX` selects all.
#[config]
static USER: Config<u32> = Config::new(u32::MAX);

/// Report failures only.
#[config]
static FAILED: Config<bool> = Config::new(false);

/// The beginning of a record. The path follows it, with a NUL.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Open {
    time: u64,
    process: u32,
    thread: u32,
    user: u32,
    flags: u32,
    /// The file descriptor, or a negative error number.
    result: i32,
    comm: [u8; 16],
    _reserved: u32,
}

#[map]
static OPENS: RingBuf = RingBuf::with_size(1 << 20);

fn is_wanted(ctx: &TaskContext, result: i32) -> bool {
    (PROCESS.get() == 0 || PROCESS.get() == ctx.tgid())
        && (THREAD.get() == 0 || THREAD.get() == ctx.pid())
        && (USER.get() == u32::MAX || USER.get() == ctx.uid())
        && (!FAILED.get() || result < 0)
}

/// Puts the path of the file at the end of the buffer, or the requested path if there is
/// no file. Returns its size without the NUL.
fn put_path(
    ctx: &TaskContext,
    name: u64,
    result: i32,
    buffer: &mut [u8],
) -> Result<usize> {
    if let Ok(fd) = u32::try_from(result) {
        let file = ctx.current::<task_struct>().file(fd)?;
        return Ok(file.path(buffer)?.count_bytes());
    }
    let len = ctx.read_user_str(name, buffer)?.count_bytes();
    let end = buffer.len() - 1;
    buffer.copy_within(..len, end - len);
    if let Some(nul) = buffer.last_mut() {
        *nul = 0;
    }
    Ok(len)
}

#[fexit("do_sys_openat2")]
fn on_open(
    ctx: &mut FexitContext,
    _: i32,
    name: Ptr<u8>,
    how: Ptr<open_how>,
) -> Result {
    let result = ctx.return_value() as i32;
    if !is_wanted(ctx, result) {
        return Ok(());
    }
    let open = Open {
        time: time::now().as_ns(),
        process: ctx.tgid(),
        thread: ctx.pid(),
        user: ctx.uid(),
        flags: read!(how.flags)? as u32,
        result,
        comm: ctx.comm()?.into(),
        _reserved: 0,
    };
    let open = bytes_of(&open);

    // A path is too long for the stack, and the heap may be full.
    let mut record = Vec::new();
    record
        .try_reserve_exact(open.len() + PATH_SIZE)
        .map_err(|_| Errno::ENOMEM)?;
    record.resize(open.len() + PATH_SIZE, 0);
    let len = put_path(ctx, name.addr(), result, &mut record[open.len()..])?;
    let start = PATH_SIZE - 1 - len;
    record[start..start + open.len()].copy_from_slice(open);
    OPENS.output_bytes(&record[start..])
}
