// SPDX-License-Identifier: GPL-2.0
//! Tests, on the host, of those parts of the crate that need no kernel. Built
//! from the crate's sources, since the crate itself has no host build.

#![allow(internal_features)]
#![feature(allow_internal_unsafe)]
#![allow(dead_code)]

#[path = "../src/map/bytes.rs"]
mod bytes;
#[path = "../src/map/element.rs"]
mod element;
#[path = "../src/map/names.rs"]
mod names;
#[path = "../src/pod.rs"]
mod pod;
#[path = "../src/sync/try_lock.rs"]
mod sync;
#[path = "../src/rt/text.rs"]
mod text;

/// The part of the crate's shapes that types of plain data use.
mod shape {
    pub enum Shape {
        Bytes(usize),
        Unsigned(usize),
        Signed(usize),
        Array(&'static Self, usize),
    }

    pub trait Shaped {
        const SHAPE: &'static Shape;
    }
}

/// The part of the crate's errors that elements of maps use.
mod error {
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum Errno {
        E2BIG,
    }

    pub(crate) type Result<T = (), E = Errno> = core::result::Result<T, E>;
}

mod text_tests {
    use std::fmt::Write;
    use std::mem::MaybeUninit;

    use crate::text::Text;

    fn written<const N: usize>(pieces: &[&str]) -> String {
        let mut buf = [MaybeUninit::uninit(); N];
        let mut text = Text::new(&mut buf);
        for piece in pieces {
            text.write_str(piece).unwrap();
        }
        String::from_utf8(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn short_text_is_kept() {
        assert_eq!(written::<16>(&[]), "");
        assert_eq!(written::<16>(&["one", " ", "two"]), "one two");
    }

    #[test]
    fn text_is_truncated_at_the_end_and_marked() {
        assert_eq!(written::<10>(&["0123456"]), "0123456");
        assert_eq!(written::<10>(&["01234567"]), "0123456...");
        assert_eq!(written::<10>(&["0123", "4567"]), "0123456...");
    }

    #[test]
    fn nothing_follows_the_end() {
        assert_eq!(written::<10>(&["01234567", "8", "9"]), "0123456...");
        assert_eq!(written::<10>(&["0123456", "7", "8"]), "0123456...");
    }

    #[test]
    fn characters_are_not_split() {
        // Each character has three bytes; two and a part would fit.
        assert_eq!(written::<10>(&["€€€"]), "€€...");
        assert_eq!(written::<11>(&["€€€"]), "€€...");
        assert_eq!(written::<12>(&["€€€"]), "€€€");
    }

    #[test]
    fn tiny_buffers_do_no_harm() {
        assert_eq!(written::<0>(&["text"]), "");
        assert_eq!(written::<2>(&["text"]), "..");
        assert_eq!(written::<3>(&["text"]), "...");
    }
}

mod sync_tests {
    use std::thread;

    use crate::sync::TryLock;

    #[test]
    fn taken_lock_is_an_error() {
        let lock = TryLock::new(5);
        let guard = lock.try_lock().unwrap();
        assert!(lock.try_lock().is_none());
        drop(guard);
        assert_eq!(*lock.try_lock().unwrap(), 5);
    }

    #[test]
    fn changes_under_the_lock_are_not_lost() {
        static LOCK: TryLock<[u64; 4]> = TryLock::new([0; 4]);
        let add = || {
            let mut done = 0;
            while done < 20_000 {
                if let Some(mut value) = LOCK.try_lock() {
                    for part in &mut *value {
                        *part += 1;
                    }
                    done += 1;
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(add);
            }
        });
        assert_eq!(*LOCK.try_lock().unwrap(), [80_000; 4]);
    }
}

mod element_tests {
    use std::ptr::NonNull;
    use std::sync::atomic::Ordering::Relaxed;

    use crate::element::{MapRef, MapRefOption};
    use crate::pod::Pod;

    /// Memory of an element as in the kernel, with a guard after it.
    #[repr(C, align(8))]
    struct Memory<const N: usize> {
        value: [u8; N],
        guard: [u8; 16],
    }

    fn round_trip<const N: usize>() {
        let mut memory = Memory::<N> {
            value: std::array::from_fn(|i| i as u8 + 1),
            guard: [0xee; 16],
        };
        let before = memory.value;
        let pointer = NonNull::from(&mut memory).cast::<[u8; N]>();
        // SAFETY: the memory outlives the element, and is only used through it.
        let element = unsafe { MapRef::new(pointer) };
        assert_eq!(element.get(), before);
        let after = std::array::from_fn(|i| 0xf0 ^ i as u8);
        element.set(after);
        assert_eq!(element.get(), after);
        element.update(|bytes| bytes.reverse());
        let mut reversed = after;
        reversed.reverse();
        assert_eq!(Some(element).cloned(), Some(reversed));
        assert_eq!(memory.value, reversed);
        assert_eq!(memory.guard, [0xee; 16]);
    }

    #[test]
    fn values_of_all_sizes_are_copied_whole() {
        round_trip::<1>();
        round_trip::<2>();
        round_trip::<3>();
        round_trip::<4>();
        round_trip::<5>();
        round_trip::<7>();
        round_trip::<8>();
        round_trip::<9>();
        round_trip::<15>();
        round_trip::<16>();
        round_trip::<31>();
        round_trip::<64>();
        round_trip::<100>();
    }

    #[test]
    fn no_element_has_no_copy() {
        let none: Option<MapRef<'_, u64>> = None;
        assert_eq!(none.cloned(), None);
        assert_eq!(none.copied(), None);
    }

    #[test]
    fn integers_are_atomic() {
        let mut value = 41u64;
        // SAFETY: the integer outlives the element, and is only used through it.
        let element = unsafe { MapRef::new(NonNull::from(&mut value)) };
        element.atomic().fetch_add(1, Relaxed);
        assert_eq!(element.get(), 42);
    }

    #[test]
    fn wide_integers_need_no_more_than_eight_bytes_of_alignment() {
        let mut memory = [[0u64; 2]; 3];
        let pointer = NonNull::from(&mut memory[0][1]).cast::<u128>();
        // SAFETY: 16 more bytes follow, aligned to 8, and are used through it
        // only.
        let element = unsafe { MapRef::new(pointer) };
        element.set(u128::MAX - 5);
        assert_eq!(element.get(), u128::MAX - 5);
    }

    fn is_pod<T: Pod>() {}

    #[test]
    fn integers_and_arrays_are_pod() {
        is_pod::<[[i16; 3]; 4]>();
        is_pod::<()>();
    }
}

mod name_tests {
    use std::panic::catch_unwind;

    use crate::names::__assert_name;

    fn is_allowed(name: &str) -> bool {
        catch_unwind(|| __assert_name(name)).is_ok()
    }

    #[test]
    fn plain_names_are_allowed() {
        for name in ["pid_to_errno", "a", "r#type", "MEMCPY", "memcpy2", "bpf"]
        {
            assert!(is_allowed(name), "{name}");
        }
    }

    #[test]
    fn names_of_the_runtime_are_not() {
        for name in [
            "memcpy",
            "r#memcpy",
            "fmod",
            "sqrtf",
            "__x",
            "bpf_x",
            "rex_panic",
            "rust_begin_unwind",
            "naïve",
        ] {
            assert!(!is_allowed(name), "{name}");
        }
        assert!(is_allowed(&"x".repeat(63)));
        assert!(!is_allowed(&"x".repeat(64)));
    }

    /// Prints the symbols that the compiler's library defines, one a line.
    #[test]
    fn names_of_the_compilers_library_are_not() {
        let file = std::env::var("BUILTIN_SYMBOLS").expect("set by the script");
        let symbols = std::fs::read_to_string(file).unwrap();
        assert!(
            symbols.lines().count() > 100,
            "a list too short to be right"
        );
        let missing: Vec<_> =
            symbols.lines().filter(|name| is_allowed(name)).collect();
        assert!(missing.is_empty(), "allowed: {missing:?}");
    }
}
