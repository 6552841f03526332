// SPDX-License-Identifier: GPL-2.0
//! A walk through five kinds of maps whenever a process calls `dup(2)`.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, bytes_of, rex_map, rex_printk, rex_tracepoint};

type Dup = tracepoint<SyscallsEnterDupCtx>;

#[rex_map]
static MAP_HASH: RexHashMap<u32, i64> = RexHashMap::new(1024, 0);

#[rex_map]
static MAP_ARRAY: RexArrayMap<i64> = RexArrayMap::new(256, 0);

#[rex_map]
static STACK: RexStack<i64> = RexStack::new(256, 0);

#[rex_map]
static QUEUE: RexQueue<i64> = RexQueue::new(256, 0);

#[rex_map]
static RINGBUF: RexRingBuf = RexRingBuf::new(4096, 0);

fn show(what: &str, value: Option<i64>) -> Result {
    match value {
        None => rex_printk!("{what}: not found\n"),
        Some(value) => rex_printk!("{what}: found {value}\n"),
    }
}

fn test_hash(pid: i64) -> Result {
    show("hash before", MAP_HASH.get(&0))?;
    MAP_HASH.insert(&0, &pid)?;
    show("hash inserted", MAP_HASH.get(&0))?;
    MAP_HASH.delete(&0)?;
    show("hash deleted", MAP_HASH.get(&0))
}

fn test_array(obj: &Dup, pid: i64) -> Result {
    MAP_ARRAY.insert(&0, &pid)?;
    if let Some(element) = obj.bpf_map_lookup_elem(&MAP_ARRAY, &0) {
        element.update(|value| *value += 1);
    }
    show("array", MAP_ARRAY.get(&0))?;
    show("array beyond its end", MAP_ARRAY.get(&256))
}

fn test_stack(pid: i64) -> Result {
    STACK.push(&pid)?;
    STACK.push(&(pid + 1))?;
    show("top of the stack", STACK.peek())?;
    show("stack", STACK.pop())?;
    show("stack", STACK.pop())?;
    show("empty stack", STACK.pop())
}

fn test_queue(pid: i64) -> Result {
    QUEUE.push(&pid)?;
    QUEUE.push(&(pid + 1))?;
    show("front of the queue", QUEUE.peek())?;
    show("queue", QUEUE.pop())?;
    show("queue", QUEUE.pop())?;
    show("empty queue", QUEUE.pop())
}

fn test_ringbuf(obj: &Dup, pid: i64) -> Result {
    let Some(mut record) = RINGBUF.reserve(obj, size_of::<i64>()) else {
        return rex_printk!("ring buffer: no room\n");
    };
    record.copy_from_slice(bytes_of(&pid));
    record.submit(0);
    let waiting = RINGBUF.available_bytes().unwrap_or(0);
    rex_printk!("ring buffer: {waiting} bytes wait\n")
}

#[rex_tracepoint]
fn rex_prog1(obj: &Dup, _: &'static SyscallsEnterDupCtx) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    let pid = i64::from(task.get_pid());
    test_hash(pid)?;
    test_array(obj, pid)?;
    test_stack(pid)?;
    test_queue(pid)?;
    test_ringbuf(obj, pid)
}
