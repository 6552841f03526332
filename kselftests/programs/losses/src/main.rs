// SPDX-License-Identifier: GPL-2.0
//! Programs that return errors, have a full ring buffer, and cause their own events
//! while they run.
#![no_std]
#![no_main]

mod names;

use rex::prelude::*;

use names::*;

#[map]
static NOTHING: HashMap<u64, u64> = HashMap::with_max_entries(16);

/// A ring buffer of one page.
#[map]
static RECORDS: RingBuf = RingBuf::with_size(4096);

#[map]
static SAMPLES: PerfEventArray<[u64; 8]> = PerfEventArray::with_max_entries(0);

fn find(key: u64) -> Result<u64> {
    NOTHING.get(key).ok_or(Errno::ENOENT)
}

#[tracepoint]
fn fails(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result<i32, i32> {
    match ctx.event().fildes {
        ABSENT => {
            find(1)?;
        }
        SEVEN => return Err(-7),
        RESERVE => {
            if let Some(record) = RECORDS.reserve(ctx, 64) {
                record.submit();
            }
        }
        OUTPUT => _ = RECORDS.output(&[2u64; 8]),
        SAMPLE => _ = SAMPLES.output(ctx, &[3; 8]),
        _ => {}
    }
    Ok(1)
}

/// Passes one of four packets, and returns an error for another one.
#[xdp]
fn cannot_decide(ctx: &mut XdpContext) -> Result<XdpAction> {
    match ctx.data().first() {
        Some(0) => Ok(XdpAction::Pass),
        Some(1) => Err(Errno::EPERM),
        _ => Ok(XdpAction::Drop),
    }
}

/// Runs at a function that the program itself calls.
#[fentry("htab_map_update_elem")]
fn nested(_: &mut FentryContext) {
    _ = NOTHING.insert(2, 2);
}
