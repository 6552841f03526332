// SPDX-License-Identifier: GPL-2.0
//! Maps whose keys and values are passed by value, and whose errors have names. Each
//! wraps a map with upstream's name.

/// Makes a type that is a map, and its constructors.
macro_rules! map {
    (
        $(#[$doc:meta])*
        $name:ident<$($param:ident: $bound:path),*> = $inner:ty
    ) => {
        $(#[$doc])*
        #[repr(transparent)]
        pub struct $name<$($param: $bound),*>($inner);

        impl<$($param: $bound),*> super::handle::sealed::Sealed
            for $name<$($param),*> {}
        impl<$($param: $bound),*> super::__IsMap for $name<$($param),*> {}

        impl<$($param: $bound),*> $name<$($param),*> {
            /// Makes a map with room for `max_entries` elements.
            pub const fn with_max_entries(
                max_entries: u32,
            ) -> super::MissingMapAttribute<Self> {
                Self::with_flags(max_entries, 0)
            }

            /// Makes a map with room for `max_entries` elements and the `BPF_F_*`
            /// flags `flags`.
            pub const fn with_flags(
                max_entries: u32,
                flags: u32,
            ) -> super::MissingMapAttribute<Self> {
                super::missing::made_of!(<$inner>::new(max_entries, flags))
            }
        }
    };
}

/// Makes the methods of a map with keys that change elements in place.
macro_rules! lookup {
    ($name:ident<$($param:ident: $bound:path),*>[$key:ty] -> $value:ty) => {
        impl<$($param: $bound),*> $name<$($param),*> {
            /// Returns the element at `key`, which can be changed in place.
            ///
            /// The element belongs to the map: other CPUs and userspace may change,
            /// delete or reuse it at any time. See [`MapRef`](super::MapRef).
            ///
            /// # Examples
            ///
            /// ```no_run
            /// # use core::sync::atomic::Ordering::Relaxed;
            /// # use rex::prelude::*;
            /// #[map]
            /// static CALLS: Array<u64> = Array::with_max_entries(1);
            ///
            /// #[kprobe("vfs_read")]
            /// fn on_read(ctx: &mut KprobeContext) {
            ///     if let Some(calls) = CALLS.lookup(ctx, 0) {
            ///         calls.atomic().fetch_add(1, Relaxed);
            ///     }
            /// }
            /// ```
            #[doc(alias = "bpf_map_lookup_elem")]
            #[inline(always)]
            pub fn lookup<'run>(
                &'static self,
                ctx: &crate::context::Context<'run>,
                key: $key,
            ) -> Option<super::MapRef<'run, $value>> {
                self.0.element(*ctx, &key)
            }
        }
    };
}

/// Makes the methods of a table.
macro_rules! table {
    ($name:ident<K, V>[$key:ty]) => {
        impl<K: crate::Pod, V: crate::Pod> $name<K, V> {
            /// Stores `value` at `key`, whether there is an element or not.
            ///
            /// # Errors
            ///
            /// `E2BIG` if there is no room, `ENOMEM` if there is no memory, `EBUSY`
            /// or `EDEADLK` if the program interrupts a change of the map.
            #[doc(alias = "bpf_map_update_elem")]
            #[inline(always)]
            pub fn insert(
                &'static self,
                key: $key,
                value: V,
            ) -> crate::error::Result {
                crate::error::done(self.0.insert(&key, &value))
            }

            /// Stores `value` at `key` if there is no element.
            ///
            /// # Errors
            ///
            /// `EEXIST` if there is one; otherwise as [`insert`](Self::insert).
            #[doc(alias = "bpf_map_update_elem")]
            #[doc(alias = "BPF_NOEXIST")]
            #[inline(always)]
            pub fn insert_new(
                &'static self,
                key: $key,
                value: V,
            ) -> crate::error::Result {
                crate::error::done(self.0.insert_new(&key, &value))
            }

            /// Stores `value` at `key` if there is an element.
            ///
            /// # Errors
            ///
            /// `ENOENT` if there is none; otherwise as [`insert`](Self::insert).
            #[doc(alias = "bpf_map_update_elem")]
            #[doc(alias = "BPF_EXIST")]
            #[inline(always)]
            pub fn update(
                &'static self,
                key: $key,
                value: V,
            ) -> crate::error::Result {
                crate::error::done(self.0.update(&key, &value))
            }

            /// Returns a copy of the value at `key`. To change it in place, see
            /// [`lookup`](Self::lookup).
            #[doc(alias = "bpf_map_lookup_elem")]
            #[inline(always)]
            pub fn get(&'static self, key: $key) -> Option<V> {
                self.0.get(&key)
            }

            /// Deletes the element at `key`.
            ///
            /// # Errors
            ///
            /// `ENOENT` if there is none; `EBUSY` or `EDEADLK` if the program
            /// interrupts a change of the map.
            #[doc(alias = "bpf_map_delete_elem")]
            #[inline(always)]
            pub fn remove(&'static self, key: $key) -> crate::error::Result {
                crate::error::done(self.0.delete(&key))
            }
        }
    };
}

/// Makes the method of a map with values for each CPU.
macro_rules! per_cpu {
    ($name:ident<$($param:ident),*>[$key:ty]) => {
        impl<$($param: crate::Pod),*> $name<$($param),*> {
            /// Returns the element at `key` of CPU `cpu`.
            #[doc(alias = "bpf_map_lookup_percpu_elem")]
            #[inline(always)]
            pub fn lookup_on_cpu<'run>(
                &'static self,
                ctx: &crate::context::Context<'run>,
                key: $key,
                cpu: u32,
            ) -> Option<super::MapRef<'run, V>> {
                self.0.element_on_cpu(*ctx, &key, cpu)
            }
        }
    };
}

pub(super) use {lookup, map, per_cpu, table};
