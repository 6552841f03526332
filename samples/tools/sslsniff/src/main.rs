// SPDX-License-Identifier: GPL-2.0
//! Reports what programs send and receive by TLS, before it is encrypted and after it is
//! decrypted.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use rex::prelude::*;
use rex::time::{self, Instant};

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// The selected user; `u32::MAX` selects all.
#[config]
static USER: Config<u32> = Config::new(u32::MAX);

/// The name of the selected threads; an empty name selects all.
#[config]
static COMM: Config<[u8; 16]> = Config::new([0; 16]);

/// The limit of reported bytes of each call.
#[config]
static MAX_BYTES: Config<u32> = Config::new(1 << 20);

/// Flags in the cookie of an attachment: the function sends; its fourth argument points
/// to the number of bytes.
const SENDS: u64 = 1;
const COUNTS: u64 = 2;

/// A call is reported in pieces of at most this size.
const PIECE: usize = 16384;

/// A call that has not returned.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Call {
    start: Instant,
    data: u64,
    counter: u64,
}

/// The beginning of a record. The data follow it.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Piece {
    time: Instant,
    /// Nanoseconds from the call to its return.
    took: u64,
    process: u32,
    thread: u32,
    user: u32,
    sends: u32,
    /// The size of all data of the call, and the offset of this piece.
    size: u32,
    offset: u32,
    /// The size of this piece, or 0 if the process's memory could not be read.
    bytes: u32,
    _reserved: u32,
    comm: [u8; 16],
}

/// The call of each thread.
#[map]
static CALLS: HashMap<u32, Call> = HashMap::with_max_entries(10240);

#[map]
static PIECES: RingBuf = RingBuf::with_size(1 << 22);

fn is_wanted(ctx: &TaskContext) -> Result<bool> {
    let comm: [u8; 16] = ctx.comm()?.into();
    Ok((PROCESS.get() == 0 || PROCESS.get() == ctx.tgid())
        && (USER.get() == u32::MAX || USER.get() == ctx.uid())
        && (COMM.get()[0] == 0 || COMM.get() == comm))
}

/// Runs at the call of `SSL_write(ssl, data, size)` and similar functions.
#[uprobe]
fn on_call(ctx: &mut UprobeContext) -> Result {
    if !is_wanted(ctx)? {
        return Ok(());
    }
    let call = Call {
        start: time::now(),
        data: ctx.regs().rsi(),
        counter: ctx.regs().rcx(),
    };
    CALLS.insert(ctx.pid(), call)
}

/// Runs when they return, with the number of bytes or a status.
#[uretprobe]
fn on_return(ctx: &mut UprobeContext) -> Result {
    let Some(call) = CALLS.get(ctx.pid()) else {
        return Ok(());
    };
    CALLS.remove(ctx.pid())?;
    let Ok(returned @ 1..) = u32::try_from(ctx.return_value() as i32) else {
        return Ok(());
    };
    let cookie = ctx.attach_cookie();
    let size = if cookie & COUNTS != 0 {
        ctx.read_user::<u64>(call.counter)? as u32
    } else {
        returned
    };
    let mut piece = Piece {
        time: time::now(),
        took: call.start.elapsed().as_nanos() as u64,
        process: ctx.tgid(),
        thread: ctx.pid(),
        user: ctx.uid(),
        sends: (cookie & SENDS) as u32,
        size,
        offset: 0,
        bytes: 0,
        _reserved: 0,
        comm: ctx.comm()?.into(),
    };
    const HEADER: usize = size_of::<Piece>();

    let end = size.min(MAX_BYTES.get());
    let room = HEADER + PIECE.min(end as usize);

    // A piece is too large for the stack, and the heap may be full.
    let mut record = Vec::new();
    record.try_reserve_exact(room).map_err(|_| Errno::ENOMEM)?;
    record.resize(room, 0);
    loop {
        let bytes = (end - piece.offset).min(PIECE as u32);
        let data = &mut record[HEADER..][..bytes as usize];
        let from = call.data.wrapping_add(piece.offset.into());
        piece.bytes = match ctx.read_user_bytes(from, data) {
            Ok(()) => bytes,
            Err(_) => 0,
        };
        record[..HEADER].copy_from_slice(bytes_of(&piece));
        PIECES.output_bytes(&record[..HEADER + piece.bytes as usize])?;
        piece.offset += bytes;
        if piece.offset == end || piece.bytes == 0 {
            return Ok(());
        }
    }
}
