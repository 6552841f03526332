// SPDX-License-Identifier: GPL-2.0
//! The common methods of hash tables and tables of prefixes.

macro_rules! tables {
    ($($name:ident<$key:ty>)*) => {
        $(
            impl<K: Pod, V: Pod> $name<K, V> {
                /// Stores `value` at `key`, whether there is an element or not.
                pub fn insert(&'static self, key: &$key, value: &V) -> Result {
                    self.update_elem(key, value, $crate::linux::bpf::BPF_ANY)
                }

                /// Stores `value` at `key`; `-EEXIST` if there is an element.
                pub fn insert_new(
                    &'static self,
                    key: &$key,
                    value: &V,
                ) -> Result {
                    self.update_elem(key, value, $crate::linux::bpf::BPF_NOEXIST)
                }

                /// Stores `value` at `key`; `-ENOENT` if there is no element.
                pub fn update(&'static self, key: &$key, value: &V) -> Result {
                    self.update_elem(key, value, $crate::linux::bpf::BPF_EXIST)
                }

                /// Returns a copy of the value at `key`. To change it in place,
                /// look it up with `obj.bpf_map_lookup_elem`.
                pub fn get(&'static self, key: &$key) -> Option<V> {
                    // SAFETY: the reference does not leave this function.
                    unsafe { self.lookup(key) }.map(|element| element.get())
                }

                /// Deletes the element at `key`.
                pub fn delete(&'static self, key: &$key) -> Result {
                    self.delete_elem(key)
                }
            }
        )*
    };
}

pub(super) use tables;
