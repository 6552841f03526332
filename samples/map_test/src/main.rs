// SPDX-License-Identifier: GPL-2.0
//! A walk through five kinds of maps whenever a process calls `dup(2)`.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP_HASH: HashMap<u32, i64> = HashMap::with_max_entries(1024);

#[map]
static MAP_ARRAY: Array<i64> = Array::with_max_entries(256);

#[map]
static STACK: Stack<i64> = Stack::with_max_entries(256);

#[map]
static QUEUE: Queue<i64> = Queue::with_max_entries(256);

#[map]
static RINGBUF: RingBuf = RingBuf::with_size(4096);

fn show(what: &str, value: Option<i64>) {
    match value {
        None => info!("{what}: not found"),
        Some(value) => info!("{what}: found {value}"),
    }
}

fn test_hash(pid: i64) -> Result {
    show("hash before", MAP_HASH.get(0));
    MAP_HASH.insert(0, pid)?;
    show("hash inserted", MAP_HASH.get(0));
    MAP_HASH.remove(0)?;
    show("hash deleted", MAP_HASH.get(0));
    Ok(())
}

fn test_array(ctx: &Context, pid: i64) -> Result {
    MAP_ARRAY.set(0, pid)?;
    if let Some(element) = MAP_ARRAY.lookup(ctx, 0) {
        element.update(|value| *value += 1);
    }
    show("array", MAP_ARRAY.get(0));
    show("array beyond its end", MAP_ARRAY.get(256));
    Ok(())
}

fn test_stack(pid: i64) -> Result {
    STACK.push(pid)?;
    STACK.push(pid + 1)?;
    show("top of the stack", STACK.peek());
    show("stack", STACK.pop());
    show("stack", STACK.pop());
    show("empty stack", STACK.pop());
    Ok(())
}

fn test_queue(pid: i64) -> Result {
    QUEUE.push(pid)?;
    QUEUE.push(pid + 1)?;
    show("front of the queue", QUEUE.peek());
    show("queue", QUEUE.pop());
    show("queue", QUEUE.pop());
    show("empty queue", QUEUE.pop());
    Ok(())
}

fn test_ringbuf(ctx: &Context, pid: i64) {
    let Some(mut record) = RINGBUF.reserve(ctx, size_of::<i64>()) else {
        info!("ring buffer: no room");
        return;
    };
    record.copy_from_slice(bytes_of(&pid));
    record.submit();
    let waiting = RINGBUF.available_bytes();
    info!("ring buffer: {waiting} bytes wait");
}

#[tracepoint]
fn rex_prog1(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    let Some(task) = ctx.task() else {
        return Ok(());
    };
    let pid = i64::from(task.pid());
    test_hash(pid)?;
    test_array(ctx, pid)?;
    test_stack(pid)?;
    test_queue(pid)?;
    test_ringbuf(ctx, pid);
    Ok(())
}
