// SPDX-License-Identifier: GPL-2.0
//! Counts reads and writes of files, by thread.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::kernel::file;
use rex::prelude::*;

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// Count pipes, sockets and devices, too.
#[config]
static ALL: Config<bool> = Config::new(false);

/// The mask of the file type in `inode.i_mode`, and the types of sockets and
/// regular files.
const S_IFMT: u16 = 0o170_000;
const S_IFSOCK: u16 = 0o140_000;
const S_IFREG: u16 = 0o100_000;

const PATH_SIZE: usize = 4096;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct File {
    inode: u64,
    device: u32,
    _reserved: u32,
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Key {
    file: File,
    process: u32,
    thread: u32,
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Counts {
    reads: u64,
    writes: u64,
    bytes_read: u64,
    bytes_written: u64,
    comm: [u8; 16],
    /// R, S, or O for others.
    kind: u64,
}

#[map]
static COUNTS: HashMap<Key, Counts> = HashMap::with_max_entries(10240);

/// Paths of files in COUNTS. A record begins with a [`File`].
#[map]
static PATHS: RingBuf = RingBuf::with_size(1 << 22);

/// Reports the path of a file, or an empty path if it is too long.
fn send_path(ctx: &TaskContext, id: File, file: Ptr<file>) -> Result {
    const START: usize = size_of::<File>();
    let mut record =
        PATHS.reserve(ctx, START + PATH_SIZE).ok_or(Errno::EAGAIN)?;
    record.fill(0);
    record[..START].copy_from_slice(bytes_of(&id));
    let path = &mut record[START..];
    let len = match file.path(path) {
        Ok(text) => text.count_bytes(),
        Err(_) => 0,
    };
    // The path is at the end, with a NUL.
    let start = PATH_SIZE - 1 - len;
    path.copy_within(start.., 0);
    record.submit();
    Ok(())
}

/// Counts a call that has read or written some bytes.
fn account(
    ctx: &TaskContext,
    file: Ptr<file>,
    bytes: isize,
    is_write: bool,
) -> Result {
    if bytes < 0 || PROCESS.get() != 0 && PROCESS.get() != ctx.tgid() {
        return Ok(());
    }
    let inode = read!(file.f_inode)?;
    let kind = match read!(inode.i_mode)? & S_IFMT {
        S_IFREG => b'R',
        S_IFSOCK => b'S',
        _ => b'O',
    };
    if kind != b'R' && !ALL.get() {
        return Ok(());
    }
    let key = Key {
        file: File {
            inode: read!(inode.i_ino)?,
            device: read!(inode.i_sb.s_dev)?,
            _reserved: 0,
        },
        process: ctx.tgid(),
        thread: ctx.pid(),
    };
    if COUNTS.lookup(ctx, key).is_none() {
        let counts = Counts {
            reads: 0,
            writes: 0,
            bytes_read: 0,
            bytes_written: 0,
            comm: ctx.comm()?.into(),
            kind: kind.into(),
        };
        // Userspace may have cleared the map in between. Then the path is sent
        // twice.
        let _ = COUNTS.insert_new(key, counts);
        send_path(ctx, key.file, file)?;
    }
    let counts = COUNTS.lookup(ctx, key).ok_or(Errno::ENOSPC)?;
    let (calls, sum) = if is_write {
        (
            rex::part!(counts, Counts, writes),
            rex::part!(counts, Counts, bytes_written),
        )
    } else {
        (
            rex::part!(counts, Counts, reads),
            rex::part!(counts, Counts, bytes_read),
        )
    };
    calls.atomic().fetch_add(1, Relaxed);
    sum.atomic().fetch_add(bytes as u64, Relaxed);
    Ok(())
}

#[fexit("vfs_read")]
fn on_read(
    ctx: &mut FexitContext,
    file: Ptr<file>,
    _: (),
    _: (),
    _: (),
    ret: isize,
) -> Result {
    account(ctx, file, ret, false)
}

#[fexit("vfs_write")]
fn on_write(
    ctx: &mut FexitContext,
    file: Ptr<file>,
    _: (),
    _: (),
    _: (),
    ret: isize,
) -> Result {
    account(ctx, file, ret, true)
}
