// SPDX-License-Identifier: GPL-2.0
//! The part of memcached's text protocol that the cache needs.

use rex::prelude::*;

/// The port of memcached.
pub(crate) const PORT: u16 = 11211;
/// The length of the header of a UDP datagram: id of the request, number of this
/// datagram, number of datagrams, 0; 16 bits each.
pub(crate) const FRAME: usize = 8;
/// The end of an answer, after the values of the keys that there are.
pub(crate) const END: &[u8] = b"END\r\n";
/// The length of the longest key.
const MAX_KEY: usize = 250;

/// Returns the message in a payload of UDP, if it is in one datagram.
pub(crate) fn only_datagram(payload: &[u8]) -> Option<&[u8]> {
    let (frame, message) = payload.split_at_checked(FRAME)?;
    (frame[2..6] == [0, 0, 0, 1]).then_some(message)
}

/// Marks the message in a payload as one datagram. The id stays.
pub(crate) fn make_first_and_only(payload: &mut [u8]) -> Option<()> {
    let place = payload.get_mut(2..FRAME)?;
    place.copy_from_slice(&[0, 0, 0, 1, 0, 0]);
    Some(())
}

/// A key, and its hash.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) hash: u32,
}

impl<'a> Key<'a> {
    /// Splits the longest key off the beginning of `message`: FNV-1a of its bytes is the
    /// hash. `None` if there is no key, or it is too long.
    fn split_off(message: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut hash = 2_166_136_261;
        let mut len = 0;
        for &byte in message.iter().take_while(|byte| is_of_key(**byte)) {
            hash = (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
            len += 1;
        }
        let (bytes, rest) = message.split_at_checked(len)?;
        let known = (1..=MAX_KEY).contains(&len);
        known.then_some((Self { bytes, hash }, rest))
    }

    /// Returns the key that `word` is.
    fn whole(word: &'a [u8]) -> Option<Self> {
        let (key, rest) = Self::split_off(word)?;
        rest.is_empty().then_some(key)
    }
}

fn is_of_key(byte: u8) -> bool {
    byte > b' ' && byte != 0x7f
}

/// The keys of a GET. An error is in the place of the first one that is no key, and ends
/// the iteration.
#[derive(Clone)]
pub(crate) struct Keys<'a> {
    /// `None` after the last key.
    rest: Option<&'a [u8]>,
}

impl Keys<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_none()
    }
}

impl<'a> Iterator for Keys<'a> {
    type Item = Result<Key<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (key, rest) = match Key::split_off(self.rest.take()?) {
            Some((key, [])) => (key, None),
            Some((key, [b' ', rest @ ..])) => (key, Some(rest)),
            _ => return Some(Err(Errno::EINVAL)),
        };
        self.rest = rest;
        Some(Ok(key))
    }
}

/// Returns the keys of a message that is a GET; none of another one.
pub(crate) fn keys_of_get(message: &[u8]) -> Keys<'_> {
    let rest = message
        .strip_prefix(b"get ")
        .and_then(|rest| rest.strip_suffix(b"\r\n"));
    Keys { rest }
}

/// Returns the key of a message that is the whole answer to a GET of a single key:
/// `VALUE <key> <flags> <bytes>\r\n<value>\r\nEND\r\n`.
pub(crate) fn value(message: &[u8]) -> Option<Key<'_>> {
    let end = message.iter().position(|&byte| byte == b'\n')? + 1;
    let (line, value) = message.split_at(end);
    let mut words = line.strip_suffix(b"\r\n")?.split(|&byte| byte == b' ');
    if words.next()? != b"VALUE" {
        return None;
    }
    let key = Key::whole(words.next()?)?;
    let _flags = words.next()?;
    let len: usize = core::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let rest = value.get(len..)?;
    (words.next().is_none() && rest == b"\r\nEND\r\n").then_some(key)
}

/// The keys that a command changes.
pub(crate) enum Change<'a> {
    Key(Key<'a>),
    Everything,
}

/// The length of the longest command, `flush_all`.
const MAX_COMMAND: usize = 9;

/// Returns the changes of the commands in `message`. A line of a value that looks
/// like a command counts as one, which only drops an answer.
pub(crate) fn changes(message: &[u8]) -> impl Iterator<Item = Change<'_>> {
    message.split(|&byte| byte == b'\n').filter_map(|line| {
        let (_, line) = split_where(line, usize::MAX, |byte| !is_blank(byte));
        // A longer word, which a value may have, is not searched for its end.
        let (command, rest) = split_where(line, MAX_COMMAND + 1, is_blank);
        match command {
            b"set" | b"add" | b"replace" | b"append" | b"prepend" | b"cas"
            | b"delete" | b"incr" | b"decr" | b"ms" | b"md" | b"ma" => {
                let mut words = rest
                    .split(|&byte| is_blank(byte))
                    .filter(|word| !word.is_empty());
                words.next().and_then(Key::whole).map(Change::Key)
            }
            b"flush_all" => Some(Change::Everything),
            _ => None,
        }
    })
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\r'
}

/// Splits `line` in front of the first byte that is the `end`, or after `limit` bytes.
fn split_where(
    line: &[u8],
    limit: usize,
    end: impl Fn(u8) -> bool,
) -> (&[u8], &[u8]) {
    let limit = limit.min(line.len());
    let at = line[..limit].iter().position(|byte| end(*byte));
    line.split_at(at.unwrap_or(limit))
}
