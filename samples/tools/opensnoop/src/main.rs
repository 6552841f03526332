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
    /// What openat2(2) is asked for.
    struct open_how {
        flags: u64,
    }
}

/// The longest path, with its NUL: `PATH_MAX`.
const PATH_SIZE: usize = 4096;

/// Which files are of interest; 0: all.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Filter {
    process: u32,
    thread: u32,
    /// One more than the user's id.
    user: u32,
    failed_only: u32,
}

/// What a record begins with; the path is after it, with a NUL.
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
static FILTER: Array<Filter> = Array::with_max_entries(1);

#[map]
static OPENS: RingBuf = RingBuf::with_size(1 << 20);

impl Filter {
    fn wants(&self, ctx: &TaskContext, result: i32) -> bool {
        (self.process == 0 || self.process == ctx.tgid())
            && (self.thread == 0 || self.thread == ctx.pid())
            && (self.user == 0 || self.user - 1 == ctx.uid())
            && (self.failed_only == 0 || result < 0)
    }
}

/// Puts a path at the end of the buffer: of the file, or what the process has asked for if
/// there is none. Returns its size without the NUL.
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
    let filter = FILTER.get(0).ok_or(Errno::ENOENT)?;
    if !filter.wants(ctx, result) {
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

    // A path is longer than a stack should have: the heap, which may be full.
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
