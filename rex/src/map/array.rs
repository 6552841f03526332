// SPDX-License-Identifier: GPL-2.0
//! Arrays.
//! C counterpart: `kernel/bpf/arraymap.c`.

use super::handle::RexMapHandle;
use crate::linux::bpf::{
    BPF_ANY, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY,
};
use crate::pod::Pod;
use crate::utils::Result;

/// An array. All elements exist, and are zero at first.
pub type RexArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_ARRAY, u32, V>;
/// An array of which every CPU has its own; programs see that of their CPU.
pub type RexPerCPUArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_ARRAY, u32, V>;

macro_rules! arrays {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Stores `value` at index `key`; `-E2BIG` if that is beyond the
                /// end.
                pub fn insert(&'static self, key: &u32, value: &V) -> Result {
                    self.update_elem(key, value, BPF_ANY)
                }

                /// A copy of the value at index `key`. To change it in place,
                /// look it up with `obj.bpf_map_lookup_elem`.
                pub fn get(&'static self, key: &u32) -> Option<V> {
                    // SAFETY: the reference does not leave this function.
                    unsafe { self.lookup(key) }.map(|element| element.get())
                }

                /// Always `-EINVAL`: elements of arrays cannot be deleted.
                pub fn delete(&'static self, key: &u32) -> Result {
                    self.delete_elem(key)
                }
            }
        )*
    };
}

arrays! { RexArrayMap RexPerCPUArrayMap }
