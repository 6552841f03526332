// SPDX-License-Identifier: GPL-2.0
//! The part of memcached's text protocol that the cache needs.

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
pub(crate) fn make_first_and_only(payload: &mut [u8]) {
    payload[2..FRAME].copy_from_slice(&[0, 0, 0, 1, 0, 0]);
}

fn is_key(key: &[u8]) -> bool {
    (1..=MAX_KEY).contains(&key.len())
        && key.iter().all(|&byte| byte > b' ' && byte != 0x7f)
}

/// Returns the keys of a message that is a GET.
pub(crate) fn get(message: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let keys = message
        .strip_prefix(b"get ")?
        .strip_suffix(b"\r\n")?
        .split(|&byte| byte == b' ');
    keys.clone().all(is_key).then_some(keys)
}

/// Returns the key of a message that is the whole answer to a GET of a single key:
/// `VALUE <key> <flags> <bytes>\r\n<value>\r\nEND\r\n`.
pub(crate) fn value(message: &[u8]) -> Option<&[u8]> {
    let end = message.iter().position(|&byte| byte == b'\n')? + 1;
    let (line, value) = message.split_at(end);
    let mut words = line.strip_suffix(b"\r\n")?.split(|&byte| byte == b' ');
    if words.next()? != b"VALUE" {
        return None;
    }
    let key = words.next().filter(|key| is_key(key))?;
    let _flags = words.next()?;
    let len: usize = core::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let rest = value.get(len..)?;
    (words.next().is_none() && rest == b"\r\nEND\r\n").then_some(key)
}

/// The keys that a command changes.
pub(crate) enum Change<'a> {
    Key(&'a [u8]),
    Everything,
}

/// Returns the changes of the commands in `message`. A line of a value that looks
/// like a command counts as one, which only drops an answer.
pub(crate) fn changes(message: &[u8]) -> impl Iterator<Item = Change<'_>> {
    message.split(|&byte| byte == b'\n').filter_map(|line| {
        let mut words = line
            .split(|&byte| byte == b' ' || byte == b'\r')
            .filter(|word| !word.is_empty());
        match words.next()? {
            b"set" | b"add" | b"replace" | b"append" | b"prepend" | b"cas"
            | b"delete" | b"incr" | b"decr" | b"ms" | b"md" | b"ma" => {
                words.next().filter(|key| is_key(key)).map(Change::Key)
            }
            b"flush_all" => Some(Change::Everything),
            _ => None,
        }
    })
}
