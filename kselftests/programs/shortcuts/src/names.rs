// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The length of a packet, and the places of its parts: the map, the operation, a number of
/// 16 bits, the result of 32 bits, and a value.
pub(crate) const PACKET: u32 = 128;
pub(crate) const MAP: u32 = 0;
pub(crate) const OPERATION: u32 = 1;
pub(crate) const NUMBER: u32 = 2;
pub(crate) const RESULT: u32 = 4;
pub(crate) const VALUE: u32 = 8;

/// Maps: four queues, four stacks. The others have operations of their own.
pub(crate) const QUEUES: u32 = 0;
pub(crate) const STACKS: u32 = 4;
pub(crate) const RING: u32 = 8;
pub(crate) const BUSY: u32 = 9;

/// Operations on queues and stacks. The result is that of the push; or 1 if there was a value.
pub(crate) const PUSH: u32 = 0;
pub(crate) const FORCE_PUSH: u32 = 1;
pub(crate) const POP: u32 = 2;
pub(crate) const PEEK: u32 = 3;

/// Reserves records of `NUMBER` bytes, a half and a third of it, fills them with the first
/// byte of the value, discards the second one, and submits the others, the last one first. The
/// result has a bit for each record that was reserved.
pub(crate) const RESERVE: u32 = 4;

/// Reserves `NUMBER` records, and submits each with the producer, which is the first word
/// of the value, and a number, which begins with the second word. The result is how many were
/// reserved.
pub(crate) const PRODUCE_RECORDS: u32 = 5;

/// Pushes `NUMBER` values to `busy`, which are made like the records. The result is how many
/// there was room for; the others are not tried.
pub(crate) const PRODUCE: u32 = 6;

/// Pops up to `NUMBER` values from `busy`. The result is how many there were; the value has
/// the last number of each of four producers, which is smaller than the next one. With another
/// order, the result is -1.
pub(crate) const CONSUME: u32 = 7;

/// The number of producers.
pub(crate) const PRODUCERS: u32 = 4;
