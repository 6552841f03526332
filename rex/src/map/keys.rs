// SPDX-License-Identifier: GPL-2.0
//! Iteration over hash tables.

use core::marker::PhantomData;
use core::ptr;

use crate::pod::{Pod, zeroed};
use crate::rt::ffi;

/// The keys of a hash table, in no order.
///
/// Others may change the table during the iteration. It gives each key that stays in
/// the table. A key that it gave may be deleted at once: the iteration has found the next
/// key by then. If that one is deleted before its turn, the iteration begins again after
/// it, and gives keys twice. It gives at most as many keys as the table has room for.
///
/// A table of more than 1 048 576 elements gives no keys: the search for the next one
/// would take too long.
pub struct Keys<'run, K> {
    map: Option<u64>,
    /// The next key, once the first one has been found.
    ahead: Option<K>,
    is_begun: bool,
    left: u32,
    /// It ends with the run, which is an RCU read section.
    _run: PhantomData<(&'run (), *mut ())>,
}

impl<K: Pod> Keys<'_, K> {
    /// # Safety
    ///
    /// `map` is a hash table with keys K, of the current run, which does not end before
    /// the lifetime.
    #[inline(always)]
    pub(super) unsafe fn new(map: Option<u64>, max_entries: u32) -> Self {
        Self {
            map,
            ahead: None,
            is_begun: false,
            left: max_entries,
            _run: PhantomData,
        }
    }

    /// Returns the key that follows `key`, or the first one.
    #[inline]
    fn after(&self, key: Option<&K>) -> Option<K> {
        let key = key.map_or(ptr::null(), ptr::from_ref);
        let mut next = zeroed::<K>();
        // SAFETY: the table has keys K, by the contract of `new`; both pointers are to
        // keys, and the second one is writable.
        let ret = unsafe {
            ffi::rex_map_next_key(
                self.map?,
                key.cast(),
                ptr::from_mut(&mut next).cast(),
            )
        };
        (ret == 0).then_some(next)
    }
}

impl<K: Pod> Iterator for Keys<'_, K> {
    type Item = K;

    #[inline]
    fn next(&mut self) -> Option<K> {
        self.left = self.left.checked_sub(1)?;
        let key = if self.is_begun {
            self.ahead
        } else {
            self.is_begun = true;
            self.after(None)
        };
        self.ahead = key.as_ref().and_then(|key| self.after(Some(key)));
        key
    }
}

/// Makes the iterating methods of a hash table.
macro_rules! iteration {
    ($($name:ident)*) => {
        $(
            impl<K: Pod, V: Pod> $name<K, V> {
                /// Returns the keys, in no order: see [`Keys`](super::Keys).
                ///
                /// # Examples
                ///
                /// ```no_run
                /// # use rex::prelude::*;
                /// #[map]
                /// static BYTES: HashMap<u32, u64> = HashMap::with_max_entries(64);
                ///
                /// # fn f(ctx: &Context) -> u64 {
                /// let mut all = 0;
                /// for pid in BYTES.keys(ctx) {
                ///     all += BYTES.get(pid).unwrap_or(0);
                /// }
                /// # all
                /// # }
                /// ```
                #[doc(alias = "bpf_for_each_map_elem")]
                #[inline(always)]
                pub fn keys<'run>(
                    &'static self,
                    ctx: &crate::context::Context<'run>,
                ) -> super::Keys<'run, K> {
                    self.0.keys_in(*ctx)
                }

                /// Returns the keys, with their elements, in no order: see
                /// [`Keys`](super::Keys). Keys that are deleted during the iteration
                /// are left out.
                #[doc(alias = "bpf_for_each_map_elem")]
                #[inline(always)]
                pub fn iter<'run>(
                    &'static self,
                    ctx: &crate::context::Context<'run>,
                ) -> impl Iterator<Item = (K, super::MapRef<'run, V>)> + use<'run, K, V>
                {
                    let ctx = *ctx;
                    self.0.keys_in(ctx).filter_map(move |key| {
                        Some((key, self.0.element(ctx, &key)?))
                    })
                }
            }
        )*
    };
}
pub(super) use iteration;
