// SPDX-License-Identifier: GPL-2.0
//! Reading bytes whose parts begin with their length.

/// Reads numbers and parts from a slice, from its beginning to its end. A read
/// beyond the end is `None`: no length in a packet leads outside of it, or panics.
///
/// # Examples
///
/// ```no_run
/// /// The first name of a DNS query, without its length.
/// # fn first_label(payload: &[u8]) -> Option<&[u8]> {
/// let mut query = Reader::new(payload);
/// query.skip(12)?;
/// let length = query.u8()?;
/// let label = query.take(length)?;
/// # Some(label)
/// # }
/// ```
///
/// A part that begins with its length is another `Reader`:
///
/// ```no_run
/// /// The name of the server in an extension of TLS.
/// # fn server_name(extension: &[u8]) -> Option<&[u8]> {
/// let mut list = Reader::new(extension).part_u16()?;
/// let _kind = list.u8()?;
/// let name = list.part_u16()?.rest();
/// # Some(name)
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

macro_rules! numbers {
    ($($name:ident)*) => {
        $(
            #[doc = concat!("The next number, a `", stringify!($name), "` in network byte order.")]
            #[inline]
            pub fn $name(&mut self) -> Option<$name> {
                let (bytes, rest) = self.bytes.split_first_chunk()?;
                self.bytes = rest;
                Some($name::from_be_bytes(*bytes))
            }
        )*
    };
}

impl<'a> Reader<'a> {
    /// Makes a reader at the beginning of `bytes`.
    #[must_use]
    #[inline(always)]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    numbers! { u8 u16 u32 u64 }

    /// Returns the next `length` bytes; the length has any integer type. None, and
    /// nothing is read, if there are fewer.
    #[inline]
    pub fn take(&mut self, length: impl TryInto<usize>) -> Option<&'a [u8]> {
        let length = length.try_into().ok()?;
        let (bytes, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(bytes)
    }

    /// Returns the next N bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (bytes, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(bytes)
    }

    /// Skips `length` bytes.
    #[inline]
    pub fn skip(&mut self, length: impl TryInto<usize>) -> Option<()> {
        self.take(length).map(|_| ())
    }

    /// Returns the next part, whose length is in the byte before it.
    #[inline]
    pub fn part_u8(&mut self) -> Option<Self> {
        let mut after = *self;
        let length = after.u8()?;
        let part = after.take(length)?;
        *self = after;
        Some(Self::new(part))
    }

    /// Does the same as [`part_u8`](Self::part_u8), with a length of two bytes.
    #[inline]
    pub fn part_u16(&mut self) -> Option<Self> {
        let mut after = *self;
        let length = after.u16()?;
        let part = after.take(length)?;
        *self = after;
        Some(Self::new(part))
    }

    /// Returns the unread bytes.
    #[must_use]
    #[inline(always)]
    pub const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns whether all bytes were read.
    #[must_use]
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_beyond_the_end() {
        let mut reader = Reader::new(&[0, 5, 1, 2, 3]);
        assert!(reader.part_u16().is_none());
        assert_eq!(reader.u16(), Some(5));
        assert_eq!(reader.take(4), None);
        assert_eq!(reader.take(u64::MAX), None);
        assert_eq!(reader.take(-1i32), None);
        assert_eq!(reader.array::<4>(), None);
        assert_eq!(reader.u32(), None);
        assert_eq!(reader.take(2u8), Some(&[1, 2][..]));
        assert_eq!(reader.rest(), [3]);
        assert_eq!(reader.skip(1), Some(()));
        assert!(reader.is_empty());
        assert_eq!(reader.u8(), None);
    }

    #[test]
    fn parts_end_where_they_say() {
        let bytes = [0, 4, 1, 7, 1, 8, 9];
        let mut outer = Reader::new(&bytes);
        let mut inner = outer.part_u16().unwrap();
        assert_eq!(inner.part_u8().unwrap().rest(), [7]);
        assert_eq!(inner.part_u8().unwrap().rest(), [8]);
        assert!(inner.is_empty());
        assert_eq!(outer.rest(), [9]);
    }
}
