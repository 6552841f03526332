// SPDX-License-Identifier: GPL-2.0
//! Ordinary uses of the types of `alloc`.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt::{self, Display};

use crate::text;

trait Shape {
    fn area(&self) -> u64;
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("shape")
    }
}

struct Square(u64);
struct Rectangle {
    width: u64,
    height: u64,
}

impl Shape for Square {
    fn area(&self) -> u64 {
        self.0 * self.0
    }
}

impl Shape for Rectangle {
    fn area(&self) -> u64 {
        self.width * self.height
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}x{}", self.width, self.height))
    }
}

struct Words<'a>(&'a [String]);

impl Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, word) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("+")?;
            }
            write!(f, "{word:_^5}")?;
        }
        Ok(())
    }
}

fn shapes() -> (u64, String) {
    let shapes: Vec<Box<dyn Shape>> = vec![
        Box::new(Square(3)),
        Box::new(Rectangle {
            width: 4,
            height: 5,
        }),
    ];
    let names: Vec<_> = shapes.iter().map(|shape| shape.name()).collect();
    (
        shapes.iter().map(|shape| shape.area()).sum(),
        names.join(","),
    )
}

fn closures() -> u64 {
    let mut steps: Vec<Box<dyn Fn(u64) -> u64>> = Vec::new();
    for factor in [2, 3, 5] {
        steps.push(Box::new(move |value| value * factor + 1));
    }
    steps.iter().fold(1, |value, step| step(value))
}

fn collections() -> u64 {
    let mut squares = BTreeMap::new();
    for i in (0..200u64).rev() {
        squares.insert(format!("{i:03}"), i * i);
    }
    squares.retain(|_, square| *square % 2 == 0);
    assert_eq!(squares.first_key_value(), Some((&"000".to_owned(), &0)));
    assert_eq!(squares.range("050".to_owned()..).count(), 75);

    let remainders: BTreeSet<u64> = squares.values().map(|s| s % 7).collect();
    let mut heap: BinaryHeap<u64> = squares.into_values().collect();
    let largest = heap.pop().unwrap_or(0);
    let mut queue: VecDeque<u64> = remainders.into_iter().collect();
    queue.rotate_left(1);
    largest
        + queue
            .iter()
            .zip(1..)
            .map(|(value, i)| value * i)
            .sum::<u64>()
}

fn counted() -> usize {
    let shared = Rc::new(vec![1u8; 100]);
    let others: Vec<_> = (0..9).map(|_| Rc::clone(&shared)).collect();
    let atomic: Arc<str> = Arc::from("shared");
    let again = Arc::clone(&atomic);
    Rc::strong_count(&others[0]) + Arc::strong_count(&again)
}

/// Uses all types, and returns a text that the test compares.
pub(crate) fn use_all() -> usize {
    let words: Vec<String> = "one two three"
        .split_whitespace()
        .map(str::to_string)
        .rev()
        .collect();
    let (area, names) = shapes();
    let line = format!(
        "{} {area} {names} {} {:#x} {:?}",
        Words(&words),
        closures(),
        collections(),
        "1,2,x"
            .split(',')
            .map(str::parse::<u8>)
            .map(core::result::Result::ok)
            .collect::<Vec<_>>(),
    );
    let mut bytes = [0; 128];
    for (to, from) in bytes.iter_mut().zip(line.bytes()) {
        *to = from;
    }
    if text.insert(&0, &bytes).is_err() {
        return 0;
    }
    counted()
}
