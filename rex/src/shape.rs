// SPDX-License-Identifier: GPL-2.0
//! The shapes of keys and values, by which tools show the elements of maps.
//! C counterpart: the section `.rex.types` in `uapi/linux/rex.h`.

/// The shape of a type of plain data.
#[doc(hidden)]
pub enum Shape {
    /// So many bytes.
    Bytes(usize),
    /// An integer of so many bytes.
    Unsigned(usize),
    /// The same, signed.
    Signed(usize),
    /// An element, and how many there are.
    Array(&'static Self, usize),
    /// A name, and members without padding between them.
    Struct(&'static str, &'static [Member]),
    /// A lock, so many bytes of padding, plain data, and so many bytes of padding.
    Locked(usize, &'static Self, usize),
}

/// A member of a struct.
#[doc(hidden)]
pub struct Member {
    pub name: &'static str,
    pub shape: &'static Shape,
}

/// A type with a shape. `Pod` requires it; no code relies on what it says.
#[doc(hidden)]
pub trait Shaped {
    const SHAPE: &'static Shape;
}

/// Returns the shape of what `field` points to: see `__pod_size`.
#[doc(hidden)]
pub const fn __pod_shape<T: crate::Pod>(_field: *const T) -> &'static Shape {
    T::SHAPE
}

/// The shapes of a map's keys and values.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Shapes {
    pub(crate) key: &'static Shape,
    pub(crate) value: &'static Shape,
}

impl Shapes {
    /// Returns the length of [`text`](Self::text).
    #[must_use]
    pub const fn len(&self, map: &str) -> usize {
        self.write(map, Text::<0>::new()).len
    }

    /// Returns the text of `.rex.types` on the map of this name.
    #[must_use]
    pub const fn text<const N: usize>(&self, map: &str) -> [u8; N] {
        self.write(map, Text::new()).bytes
    }

    const fn write<const N: usize>(&self, map: &str, text: Text<N>) -> Text<N> {
        text.name(map)
            .byte(0)
            .shape(self.key)
            .byte(0)
            .shape(self.value)
            .byte(0)
    }
}

/// A text under construction. Only its length is counted after N bytes.
struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    const fn new() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
        }
    }

    const fn byte(mut self, byte: u8) -> Self {
        if self.len < N {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
        self
    }

    /// Appends a name, without `r#`.
    const fn name(mut self, name: &str) -> Self {
        let name = name.as_bytes();
        let mut i = match name {
            [b'r', b'#', ..] => 2,
            _ => 0,
        };
        while i < name.len() {
            self = self.byte(name[i]);
            i += 1;
        }
        self
    }

    const fn number(self, number: usize) -> Self {
        let this = if number < 10 {
            self
        } else {
            self.number(number / 10)
        };
        this.byte(b'0' + (number % 10) as u8)
    }

    const fn shape(self, shape: &Shape) -> Self {
        match shape {
            Shape::Bytes(size) => self.byte(b'b').number(*size),
            Shape::Unsigned(size) => self.byte(b'u').number(*size),
            Shape::Signed(size) => self.byte(b's').number(*size),
            Shape::Array(element, length) => {
                self.byte(b'[').number(*length).byte(b']').shape(element)
            }
            Shape::Struct(name, members) => {
                self.byte(b'{').name(name).members(members).byte(b'}')
            }
            Shape::Locked(before, value, after) => {
                self.locked(*before, value, *after)
            }
        }
    }

    const fn member(self, name: &str) -> Self {
        self.byte(b';').name(name).byte(b':')
    }

    const fn members(self, members: &[Member]) -> Self {
        let mut this = self;
        let mut i = 0;
        while i < members.len() {
            this = this.member(members[i].name).shape(members[i].shape);
            i += 1;
        }
        this
    }

    /// Appends a member without a name, unless it is empty.
    const fn padding(self, bytes: usize) -> Self {
        if bytes == 0 {
            return self;
        }
        self.member("").shape(&Shape::Bytes(bytes))
    }

    /// Appends a struct with the lock, and with the members of `value` if that is a struct.
    const fn locked(self, before: usize, value: &Shape, after: usize) -> Self {
        let this = self.byte(b'{');
        let this = match value {
            Shape::Struct(name, _) => this.name(name),
            _ => this,
        };
        let this = this.member("lock").byte(b'l').padding(before);
        let this = match value {
            Shape::Struct(_, members) => this.members(members),
            value => this.member("value").shape(value),
        };
        this.padding(after).byte(b'}')
    }
}

#[cfg(test)]
mod tests {
    use super::{Shaped, Shapes};
    use crate::map::MapValue;
    use crate::prelude::*;

    #[derive(Clone, Copy, Pod)]
    #[repr(C)]
    struct Event {
        pid: u32,
        delta: i32,
        r#type: u64,
        names: [[u8; 16]; 2],
    }

    #[derive(Clone, Copy, Pod)]
    #[repr(C)]
    struct Pair(u64, [Event; 3]);

    #[test]
    fn shapes_are_texts() {
        const SHAPES: Shapes = Shapes {
            key: u64::SHAPE,
            value: Pair::SHAPE,
        };
        const LEN: usize = SHAPES.len("r#MAP");
        let text: [u8; LEN] = SHAPES.text("r#MAP");
        assert_eq!(
            core::str::from_utf8(&text),
            Ok("MAP\0u8\0{Pair;0:u8;1:[3]{Event;pid:u4;delta:s4;type:u8;\
                names:[2][16]u1}}\0")
        );
    }

    #[test]
    fn shapes_of_locked_values_have_the_lock() {
        const SHAPES: Shapes = Shapes {
            key: <SpinLocked<[u8; 3]> as MapValue>::__SHAPE,
            value: <SpinLocked<Event> as MapValue>::__SHAPE,
        };
        const LEN: usize = SHAPES.len("A");
        let text: [u8; LEN] = SHAPES.text("A");
        assert_eq!(
            core::str::from_utf8(&text),
            Ok("A\0{;lock:l;:b4;value:[3]u1;:b5}\0\
                {Event;lock:l;:b4;pid:u4;delta:s4;type:u8;names:[2][16]u1}\0")
        );
    }
}
