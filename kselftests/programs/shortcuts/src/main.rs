// SPDX-License-Identifier: GPL-2.0
//! Operations of queues, stacks and a ring buffer, as the packets say that the test makes.
#![no_std]
#![no_main]

mod names;

use rex::prelude::*;

use names::*;

/// Values of a word, of words and bytes, of as many bytes as a shortcut copies, and of one
/// byte more.
#[map]
static QUEUE4: Queue<u32> = Queue::with_max_entries(3);
#[map]
static QUEUE13: Queue<[u8; 13]> = Queue::with_max_entries(3);
#[map]
static QUEUE64: Queue<[u8; 64]> = Queue::with_max_entries(3);
#[map]
static QUEUE65: Queue<[u8; 65]> = Queue::with_max_entries(3);
#[map]
static STACK4: Stack<u32> = Stack::with_max_entries(3);
#[map]
static STACK13: Stack<[u8; 13]> = Stack::with_max_entries(3);
#[map]
static STACK64: Stack<[u8; 64]> = Stack::with_max_entries(3);
#[map]
static STACK65: Stack<[u8; 65]> = Stack::with_max_entries(3);

#[map]
static RECORDS: RingBuf = RingBuf::with_size(4096);
#[map]
static VALUES: Queue<[u32; 2]> = Queue::with_max_entries(16);

const VALUE_AT: usize = VALUE as usize;

/// What a packet asks for, and its value, which the answer takes the place of.
struct Request {
    map: u32,
    operation: u32,
    number: u32,
    value: [u8; PACKET as usize - VALUE_AT],
}

impl Request {
    fn parse(packet: &[u8; PACKET as usize]) -> Self {
        let mut value = [0; PACKET as usize - VALUE_AT];
        value.copy_from_slice(&packet[VALUE_AT..]);
        Self {
            map: packet[MAP as usize].into(),
            operation: packet[OPERATION as usize].into(),
            number: u16::from_le_bytes([
                packet[NUMBER as usize],
                packet[NUMBER as usize + 1],
            ])
            .into(),
            value,
        }
    }

    fn word(&self, index: usize) -> u32 {
        self.value
            .as_chunks()
            .0
            .get(index)
            .map_or(0, |word| u32::from_le_bytes(*word))
    }
}

fn status(result: Result) -> i32 {
    result.map_or_else(|error| -error.number(), |()| 0)
}

fn answer<const N: usize>(value: Option<[u8; N]>, to: &mut [u8]) -> i32 {
    let Some(value) = value else { return 0 };
    if let Some(to) = to.first_chunk_mut() {
        *to = value;
    }
    1
}

/// Performs an operation of a queue or a stack whose values are arrays of bytes.
macro_rules! perform {
    ($map:ident, $request:ident) => {{
        let Some(value) = $request.value.first_chunk() else {
            return -1;
        };
        match $request.operation {
            PUSH => status($map.push(*value)),
            FORCE_PUSH => status($map.force_push(*value)),
            POP => answer($map.pop(), &mut $request.value),
            PEEK => answer($map.peek(), &mut $request.value),
            _ => -1,
        }
    }};
}

/// The same for values that are numbers.
macro_rules! perform_on_numbers {
    ($map:ident, $request:ident) => {{
        let value = $request.word(0);
        match $request.operation {
            PUSH => status($map.push(value)),
            FORCE_PUSH => status($map.force_push(value)),
            POP => {
                answer($map.pop().map(u32::to_le_bytes), &mut $request.value)
            }
            PEEK => {
                answer($map.peek().map(u32::to_le_bytes), &mut $request.value)
            }
            _ => -1,
        }
    }};
}

fn reserve(ctx: &XdpContext, request: &Request) -> i32 {
    let size = request.number as usize;
    let mut records =
        [size, size / 2, size / 3].map(|size| RECORDS.reserve(ctx, size));
    let mut reserved = 0;
    for (i, record) in records.iter_mut().enumerate() {
        if let Some(record) = record {
            record.fill(request.value[0]);
            reserved |= 1 << i;
        }
    }
    let [first, second, third] = records;
    if let Some(record) = second {
        record.discard();
    }
    if let Some(record) = third {
        record.submit();
    }
    if let Some(record) = first {
        record.submit();
    }
    reserved
}

fn produce_records(ctx: &XdpContext, request: &Request) -> i32 {
    let (producer, begin) = (request.word(0), request.word(1));
    let mut reserved = 0;
    for i in 0..request.number {
        let Some(mut record) = RECORDS.reserve(ctx, 8) else {
            continue;
        };
        record[..4].copy_from_slice(&producer.to_le_bytes());
        record[4..].copy_from_slice(&(begin + i).to_le_bytes());
        record.submit();
        reserved += 1;
    }
    reserved
}

fn produce(request: &Request) -> i32 {
    let (producer, begin) = (request.word(0), request.word(1));
    let full = (0..request.number)
        .find(|i| VALUES.push([producer, begin + i]).is_err());
    full.unwrap_or(request.number) as i32
}

fn consume(request: &mut Request) -> i32 {
    let mut last: [u32; PRODUCERS as usize] =
        core::array::from_fn(|i| request.word(i));
    let mut count = 0;
    while count < request.number {
        let Some([producer, number]) = VALUES.pop() else {
            break;
        };
        match last.get_mut(producer as usize) {
            Some(last) if number > *last => *last = number,
            _ => return -1,
        }
        count += 1;
    }
    for (to, last) in request.value.as_chunks_mut().0.iter_mut().zip(last) {
        *to = last.to_le_bytes();
    }
    count as i32
}

fn perform(ctx: &XdpContext, request: &mut Request) -> i32 {
    match (request.map, request.operation) {
        (QUEUES, _) => perform_on_numbers!(QUEUE4, request),
        (1, _) => perform!(QUEUE13, request),
        (2, _) => perform!(QUEUE64, request),
        (3, _) => perform!(QUEUE65, request),
        (STACKS, _) => perform_on_numbers!(STACK4, request),
        (5, _) => perform!(STACK13, request),
        (6, _) => perform!(STACK64, request),
        (7, _) => perform!(STACK65, request),
        (RING, RESERVE) => reserve(ctx, request),
        (RING, PRODUCE_RECORDS) => produce_records(ctx, request),
        (BUSY, PRODUCE) => produce(request),
        (BUSY, CONSUME) => consume(request),
        _ => -1,
    }
}

#[xdp]
fn operate(ctx: &mut XdpContext) -> XdpAction {
    let Some(packet) = ctx.data().first_chunk() else {
        return XdpAction::Aborted;
    };
    let mut request = Request::parse(packet);
    let result = perform(ctx, &mut request);
    let Some(packet) = ctx.data_mut().first_chunk_mut::<{ PACKET as usize }>()
    else {
        return XdpAction::Aborted;
    };
    packet[RESULT as usize..VALUE_AT].copy_from_slice(&result.to_le_bytes());
    packet[VALUE_AT..].copy_from_slice(&request.value);
    XdpAction::Pass
}
