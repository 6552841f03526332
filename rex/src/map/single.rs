// SPDX-License-Identifier: GPL-2.0
//! Values that programs and userspace share by their names: arrays of one element.

use core::sync::atomic::Ordering::{self, Relaxed};

use super::array::{RexArrayMap, RexPerCPUArrayMap};
use super::element::MapRef;
use crate::context::Context;
use crate::linux::bpf::BPF_F_MMAPABLE;
use crate::pod::Pod;

/// Makes a type of a single value, and its methods.
macro_rules! single {
    ($(#[$doc:meta])* $name:ident = $inner:ident, $flags:expr) => {
        $(#[$doc])*
        #[repr(transparent)]
        pub struct $name<T: Pod>($inner<T>);

        impl<T: Pod> super::handle::sealed::Sealed for $name<T> {}
        impl<T: Pod> super::__IsMap for $name<T> {}

        impl<T: Pod> $name<T> {
            /// Makes a value that is zero at first.
            pub const fn new() -> super::MissingMapAttribute<Self> {
                super::missing::made_of!($inner::new(1, $flags))
            }

            /// Returns the value's place.
            ///
            /// # Panics
            ///
            /// If the static lacks the attribute `map`.
            ///
            /// # Safety
            ///
            /// `'run` ends before the current run of the program.
            #[inline(always)]
            unsafe fn place<'run>(&'static self) -> MapRef<'run, T> {
                // SAFETY: the caller keeps the contract, which is the same.
                let place = unsafe { self.0.lookup(&0) };
                place.expect(concat!(
                    "a static of the type ",
                    stringify!($name),
                    " lacks the attribute `map`"
                ))
            }

            /// Returns a copy of the value.
            #[inline(always)]
            pub fn get(&'static self) -> T {
                // SAFETY: the place is used in this function only.
                unsafe { self.place() }.get()
            }

            /// Stores `value`.
            #[inline(always)]
            pub fn set(&'static self, value: T) {
                // SAFETY: the place is used in this function only.
                unsafe { self.place() }.set(value);
            }

            /// Reads the value, lets `change` change the copy, and stores it. It
            /// overwrites values that others store in between.
            #[inline(always)]
            pub fn update(&'static self, change: impl FnOnce(&mut T)) {
                // SAFETY: the place is used in this function only.
                unsafe { self.place() }.update(change);
            }

            /// Returns the value's place, whose parts can be changed: see [`MapRef`].
            #[inline(always)]
            pub fn lookup<'run>(
                &'static self,
                _ctx: &Context<'run>,
            ) -> MapRef<'run, T> {
                // SAFETY: the run does not end before `'run`, by the invariant of
                // `Context`.
                unsafe { self.place() }
            }
        }

        single!(atomics $name: u32 i32 u64 i64);
    };
    (atomics $name:ident: $($int:ty)*) => {
        $(
            impl $name<$int> {
                /// Loads the value atomically.
                #[inline(always)]
                pub fn load(&'static self, order: Ordering) -> $int {
                    // SAFETY: the place is used in this function only.
                    unsafe { self.place() }.atomic().load(order)
                }

                /// Stores `value` atomically.
                #[inline(always)]
                pub fn store(&'static self, value: $int, order: Ordering) {
                    // SAFETY: the place is used in this function only.
                    unsafe { self.place() }.atomic().store(value, order);
                }

                /// Adds `value` atomically, wrapping around, and returns the old
                /// value.
                #[inline(always)]
                pub fn fetch_add(&'static self, value: $int) -> $int {
                    // SAFETY: the place is used in this function only.
                    unsafe { self.place() }.atomic().fetch_add(value, Relaxed)
                }

                /// Stores the maximum of `value` and the old value, and returns the
                /// old value.
                #[inline(always)]
                pub fn fetch_max(&'static self, value: $int) -> $int {
                    // SAFETY: the place is used in this function only.
                    unsafe { self.place() }.atomic().fetch_max(value, Relaxed)
                }

                /// Stores `value` and returns the old value.
                #[inline(always)]
                pub fn swap(&'static self, value: $int, order: Ordering) -> $int {
                    // SAFETY: the place is used in this function only.
                    unsafe { self.place() }.atomic().swap(value, order)
                }

                /// Stores `new` if the value is `current`, and returns the old value.
                ///
                /// # Errors
                ///
                /// The value, if it is not `current`.
                #[inline(always)]
                pub fn compare_exchange(
                    &'static self,
                    current: $int,
                    new: $int,
                ) -> core::result::Result<$int, $int> {
                    // SAFETY: the place is used in this function only.
                    let place = unsafe { self.place() };
                    place.atomic().compare_exchange(
                        current,
                        new,
                        Ordering::AcqRel,
                        Ordering::Acquire,
                    )
                }
            }
        )*
    };
}

single! {
    /// A value that the programs of an object and userspace share, on all CPUs. It is
    /// zero at first, and a restart of the object leaves it as it is.
    ///
    /// It is an array map of one element with `BPF_F_MMAPABLE`, under the name of the
    /// static: userspace reads and writes it by `rex_obj_get_shared()`,
    /// `rex_obj_set_shared()` and `rex_obj_map_shared()` of librex, or as a map.
    /// Other users of the map may write any bytes at any time, so the type is plain
    /// data, and there is no reference to it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// #[map]
    /// static HITS: Shared<u64> = Shared::new();
    ///
    /// /// Set by userspace.
    /// #[map]
    /// static PAUSED: Shared<u32> = Shared::new();
    ///
    /// #[kprobe("vfs_read")]
    /// fn on_read(_: &mut KprobeContext) {
    ///     if PAUSED.get() == 0 {
    ///         HITS.fetch_add(1);
    ///     }
    /// }
    /// ```
    #[doc(alias = "bss")]
    Shared = RexArrayMap, BPF_F_MMAPABLE
}

single! {
    /// A value for each CPU; a program sees the one of its CPU. It is zero at first,
    /// and a restart of the object leaves it as it is.
    ///
    /// No other CPU changes it, but a run that interrupts this one does. So counters
    /// use [`fetch_add`](PerCpu::<u64>::fetch_add): `update` may lose the change of a
    /// nested run.
    ///
    /// It is a per-CPU array map of one element, under the name of the static.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// #[map]
    /// static READS: PerCpu<u64> = PerCpu::new();
    ///
    /// #[kprobe("vfs_read")]
    /// fn on_read(_: &mut KprobeContext) {
    ///     READS.fetch_add(1);
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_PERCPU_ARRAY")]
    PerCpu = RexPerCPUArrayMap, 0
}

impl<T: Pod> PerCpu<T> {
    /// Returns the place of another CPU's value; `None` if there is no such CPU.
    #[inline(always)]
    pub fn lookup_on_cpu<'run>(
        &'static self,
        ctx: &Context<'run>,
        cpu: u32,
    ) -> Option<MapRef<'run, T>> {
        self.0.element_on_cpu(*ctx, &0, cpu)
    }
}
