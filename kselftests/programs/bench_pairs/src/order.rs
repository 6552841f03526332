// SPDX-License-Identifier: GPL-2.0
//! Sorting and searching.

use core::array;

use crate::{Input, words};

const NR: usize = 64;

fn digest_of_words(words: impl Iterator<Item = u32>) -> u32 {
    words.fold(0, |hash: u32, word| {
        hash.wrapping_mul(31).wrapping_add(word)
    })
}

/// An array of the first words of the input.
fn first_words<const N: usize>(input: &Input) -> [u32; N] {
    let mut first = [0; N];
    for (to, word) in first.iter_mut().zip(words(input)) {
        *to = word;
    }
    first
}

pub(crate) fn insertion_sort(input: &Input) -> u32 {
    let mut sorted: [u32; NR] = first_words(input);
    for i in 1..NR {
        let word = sorted[i];
        let mut k = i;
        while k > 0 && sorted[k - 1] > word {
            sorted[k] = sorted[k - 1];
            k -= 1;
        }
        sorted[k] = word;
    }
    digest_of_words(sorted.into_iter())
}

fn sift_down(heap: &mut [u32], mut root: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && heap[child] < heap[child + 1] {
            child += 1;
        }
        if heap[root] >= heap[child] {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}

pub(crate) fn heap_sort(input: &Input) -> u32 {
    let mut heap: [u32; NR] = first_words(input);
    for root in (0..NR / 2).rev() {
        sift_down(&mut heap, root);
    }
    for end in (1..NR).rev() {
        heap.swap(0, end);
        sift_down(&mut heap[..end], 0);
    }
    digest_of_words(heap.into_iter())
}

/// The sums of the first words are sorted; each word is looked up in them.
pub(crate) fn binary_search(input: &Input) -> u32 {
    let mut words = words(input);
    let mut sum = 0_u32;
    let sums: [u32; 128] = array::from_fn(|_| {
        sum = sum.wrapping_add(words.next().unwrap_or(0) >> 8);
        sum
    });
    digest_of_words(
        words
            .take(64)
            .map(|wanted| sums.partition_point(|sum| *sum < wanted) as u32),
    )
}

/// The first place of the eight bytes with which the input begins, after them.
pub(crate) fn find(input: &Input) -> u32 {
    let Some((needle, rest)) = input.split_first_chunk::<8>() else {
        return 0;
    };
    rest.array_windows()
        .position(|window| window == needle)
        .map_or(0, |at| at as u32 + 8)
}

/// Does the same as find(), with the table of Horspool.
pub(crate) fn horspool(input: &Input) -> u32 {
    let Some((needle, _)) = input.split_first_chunk::<8>() else {
        return 0;
    };
    let mut shifts = [8_u8; 256];
    for (i, byte) in needle[..7].iter().enumerate() {
        shifts[usize::from(*byte)] = 7 - i as u8;
    }
    let mut at = 8;
    while let Some(window) =
        input.get(at..).and_then(|rest| rest.first_chunk::<8>())
    {
        if window == needle {
            return at as u32;
        }
        at += usize::from(shifts[usize::from(window[7])]);
    }
    0
}

/// Returns the fewest changes that make the second 32 bytes of the first.
pub(crate) fn levenshtein(input: &Input) -> u32 {
    let (a, b) = (&input[..32], &input[32..64]);
    let mut row = [0_u8; 33];
    for (i, cell) in row.iter_mut().enumerate() {
        *cell = i as u8;
    }
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        let mut left = i as u8 + 1;
        row[0] = left;
        for (cell, y) in row[1..].iter_mut().zip(b) {
            let above = *cell;
            left = (corner + u8::from(x != y)).min(above.min(left) + 1);
            corner = above;
            *cell = left;
        }
    }
    u32::from(row[32])
}
