// SPDX-License-Identifier: GPL-2.0
//! Maps made of the standard library's collections.
//! C counterpart: `kernel/bpf/hashtab.c` and its siblings.

use core::ffi::{c_int, c_void};
use core::ptr;
use core::slice;
use std::boxed::Box;
use std::collections::{BTreeMap, VecDeque};
use std::vec;
use std::vec::Vec;

use super::{CPUS, with};
use crate::linux::bpf::{
    BPF_EXIST, BPF_LOCAL_STORAGE_GET_F_CREATE, BPF_NOEXIST,
};
use crate::linux::errno::{E2BIG, EAGAIN, EEXIST, EINVAL, ENODATA, ENOENT};
use crate::map::list::{is_per_cpu, storage};

/// The declaration of a map.
#[derive(Clone, Copy)]
pub(crate) struct Definition {
    pub(crate) map_type: u32,
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
}

/// The structure of a map, from `kmod/maps.def`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    Array,
    Table,
    Lru,
    Trie,
    Queue,
    Stack,
    Bloom,
    Records,
}

/// A value aligned to 8 bytes, or one for each CPU. It does not move.
type Value = Vec<Box<[u64]>>;

struct Map {
    definition: Definition,
    storage: Storage,
    /// The elements by key, with the time of their last use, for LRU.
    elements: BTreeMap<Vec<u8>, (u64, Value)>,
    /// The values of queues, stacks and Bloom filters.
    values: VecDeque<Vec<u8>>,
    /// The records that were submitted to a ring buffer.
    records: Vec<Vec<u8>>,
    uses: u64,
}

/// The maps of a kernel, by the address of their handle.
#[derive(Default)]
pub(super) struct Maps {
    maps: BTreeMap<u64, Map>,
    /// The values that were deleted in this run: references to them are valid
    /// until its end.
    deleted: Vec<Value>,
    /// Records of ring buffers that are not submitted: the map, and the bytes.
    reserved: BTreeMap<usize, (u64, Box<[u8]>)>,
}

impl Maps {
    pub(super) fn end_of_last_run(&mut self) {
        self.deleted.clear();
        self.reserved.clear();
    }
}

/// Returns the map of the handle at `address`, which stands for a `struct
/// bpf_map *`.
pub(crate) fn attach(address: usize, definition: Definition) -> u64 {
    let map = address as u64;
    let Some(storage) = storage(definition.map_type) else {
        panic!("maps of type {} are not simulated", definition.map_type);
    };
    with(|state| {
        state.maps.maps.entry(map).or_insert_with(|| Map {
            definition,
            storage,
            elements: BTreeMap::new(),
            values: VecDeque::new(),
            records: Vec::new(),
            uses: 0,
        });
    });
    map
}

/// Calls `use_it` with the map and the values that were deleted in this run.
fn with_map<T>(
    map: u64,
    use_it: impl FnOnce(&mut Map, &mut Vec<Value>) -> T,
) -> T {
    with(|state| {
        let maps = &mut state.maps;
        let map = maps.maps.get_mut(&map).expect("a map that was attached");
        use_it(map, &mut maps.deleted)
    })
}

impl Map {
    fn is_array(&self) -> bool {
        self.storage == Storage::Array
    }

    fn is_per_cpu(&self) -> bool {
        is_per_cpu(self.definition.map_type)
    }

    fn is_lru(&self) -> bool {
        self.storage == Storage::Lru
    }

    fn zeroed(&self) -> Value {
        let words = (self.definition.value_size as usize).div_ceil(8);
        let copies = if self.is_per_cpu() { CPUS as usize } else { 1 };
        vec![vec![0; words].into_boxed_slice(); copies]
    }

    /// Returns whether `key` is the index of an element, or one of a table.
    fn is_valid(&self, key: &[u8]) -> bool {
        !self.is_array()
            || key.first_chunk().is_some_and(|index| {
                u32::from_ne_bytes(*index) < self.definition.max_entries
            })
    }

    /// Returns the key of the element that a lookup of `key` finds.
    fn find(&self, key: &[u8]) -> Option<Vec<u8>> {
        if self.storage != Storage::Trie {
            return self.elements.contains_key(key).then(|| key.to_vec());
        }
        self.elements
            .keys()
            .filter(|prefix| {
                let length = prefix_length(prefix);
                length <= prefix_length(key)
                    && bits(prefix)
                        .zip(bits(key))
                        .take(length)
                        .all(|(a, b)| a == b)
            })
            .max_by_key(|prefix| prefix_length(prefix))
            .cloned()
    }

    fn lookup(&mut self, key: &[u8], cpu: u32) -> *mut c_void {
        if !self.is_valid(key) || cpu >= CPUS {
            return ptr::null_mut();
        }
        if self.is_array() && !self.elements.contains_key(key) {
            let zeroed = self.zeroed();
            self.elements.insert(key.to_vec(), (0, zeroed));
        }
        let Some(key) = self.find(key) else {
            return ptr::null_mut();
        };
        let copy = if self.is_per_cpu() { cpu as usize } else { 0 };
        self.uses += 1;
        let uses = self.uses;
        let Some((last_use, value)) = self.elements.get_mut(&key) else {
            return ptr::null_mut();
        };
        *last_use = uses;
        value[copy].as_mut_ptr().cast()
    }

    fn make_room(&mut self, deleted: &mut Vec<Value>) -> Result<(), c_int> {
        if self.elements.len() < self.definition.max_entries as usize {
            return Ok(());
        }
        let oldest = self
            .elements
            .iter()
            .filter(|_| self.is_lru())
            .min_by_key(|(_, (last_use, _))| *last_use)
            .map(|(key, _)| key.clone())
            .ok_or(E2BIG)?;
        if let Some((_, value)) = self.elements.remove(&oldest) {
            deleted.push(value);
        }
        Ok(())
    }

    fn update(
        &mut self,
        key: &[u8],
        bytes: &[u8],
        flags: u64,
        cpu: u32,
        deleted: &mut Vec<Value>,
    ) -> Result<(), c_int> {
        if !self.is_valid(key) {
            return Err(E2BIG);
        }
        let exists = self.is_array() || self.elements.contains_key(key);
        if flags == BPF_NOEXIST && exists {
            return Err(EEXIST);
        }
        if flags == BPF_EXIST && !exists {
            return Err(ENOENT);
        }
        if !exists {
            self.make_room(deleted)?;
        }
        let zeroed = self.zeroed();
        let copy = if self.is_per_cpu() { cpu as usize } else { 0 };
        self.uses += 1;
        let (last_use, value) =
            self.elements.entry(key.to_vec()).or_insert((0, zeroed));
        *last_use = self.uses;
        let to = value[copy].as_mut_ptr().cast::<u8>();
        // SAFETY: the value has at least the size of the map's values.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
        Ok(())
    }

    fn delete(
        &mut self,
        key: &[u8],
        deleted: &mut Vec<Value>,
    ) -> Result<(), c_int> {
        if self.is_array() {
            return Err(EINVAL);
        }
        let (_, value) = self.elements.remove(key).ok_or(ENOENT)?;
        deleted.push(value);
        Ok(())
    }

    fn push(&mut self, value: Vec<u8>, flags: u64) -> Result<(), c_int> {
        if self.storage != Storage::Bloom
            && self.values.len() == self.definition.max_entries as usize
        {
            if flags != BPF_EXIST {
                return Err(E2BIG);
            }
            self.values.pop_front();
        }
        self.values.push_back(value);
        Ok(())
    }

    fn next(&mut self, remove: bool) -> Option<Vec<u8>> {
        let is_stack = self.storage == Storage::Stack;
        match (is_stack, remove) {
            (true, true) => self.values.pop_back(),
            (true, false) => self.values.back().cloned(),
            (false, true) => self.values.pop_front(),
            (false, false) => self.values.front().cloned(),
        }
    }
}

impl Map {
    /// In place of a cgroup, the map stores whether the current task is in it. There
    /// is not a value of an entry that was never set.
    fn has_current_task(&self, index: u32) -> i64 {
        if index >= self.definition.max_entries {
            return -i64::from(E2BIG);
        }
        match self.elements.get(&index.to_ne_bytes()[..]) {
            Some((_, value)) => i64::from(value[0][0] != 0),
            None => -i64::from(EAGAIN),
        }
    }
}

impl Map {
    /// The value that belongs to an object, of which `key` is the number.
    fn belonging_to(
        &mut self,
        key: &[u8],
        value: Option<Vec<u8>>,
        create: bool,
    ) -> *mut c_void {
        if create && !self.elements.contains_key(key) {
            let mut made = self.zeroed();
            if let Some(bytes) = value {
                let to = made[0].as_mut_ptr().cast::<u8>();
                // SAFETY: the value has at least as many bytes as values of the map.
                unsafe {
                    ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len())
                };
            }
            self.elements.insert(key.to_vec(), (0, made));
        }
        self.elements
            .get_mut(key)
            .map_or(ptr::null_mut(), |(_, value)| value[0].as_mut_ptr().cast())
    }
}

/// Adds a record of userspace.
pub(super) fn add_record(map: u64, record: &[u8]) {
    with_map(map, |map, _| map.values.push_back(record.to_vec()));
}

/// Sets whether the current task is in the cgroup at `index`.
pub(super) fn set_cgroup(map: u64, index: u32, has_task: bool) {
    with_map(map, |map, deleted| {
        let value = u32::from(has_task).to_ne_bytes();
        let set = map.update(&index.to_ne_bytes(), &value, 0, 0, deleted);
        assert!(set.is_ok(), "the map has no entry {index}");
    });
}

/// Returns the prefix length of a trie's key, in bits.
fn prefix_length(key: &[u8]) -> usize {
    key.first_chunk()
        .map_or(0, |length| u32::from_ne_bytes(*length) as usize)
}

/// Returns the bits after the length, the highest of each byte first.
fn bits(key: &[u8]) -> impl Iterator<Item = bool> + '_ {
    key[4..]
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 != 0))
}

pub(super) fn take_records(map: &'static impl super::Records) -> Vec<Vec<u8>> {
    map.__simulated().map_or_else(Vec::new, |map| {
        with_map(map, |map, _| core::mem::take(&mut map.records))
    })
}

fn status(result: Result<(), c_int>) -> i64 {
    result.map_or_else(|error| -i64::from(error), |()| 0)
}

/// Returns a copy of `size` bytes.
fn bytes(from: *const c_void, size: u32) -> Vec<u8> {
    // SAFETY: the crate passes pointers to keys and values of the map's sizes.
    unsafe { slice::from_raw_parts(from.cast::<u8>(), size as usize) }.to_vec()
}

fn key_of(map: u64, key: *const c_void) -> Vec<u8> {
    let size = with_map(map, |map, _| map.definition.key_size);
    bytes(key, size)
}

fn value_of(map: u64, value: *const c_void) -> Vec<u8> {
    let size = with_map(map, |map, _| map.definition.value_size);
    bytes(value, size)
}

pub(super) fn lookup(map: u64, key: *const c_void) -> *mut c_void {
    let key = key_of(map, key);
    let cpu = with(|state| state.cpu);
    with_map(map, |map, _| map.lookup(&key, cpu))
}

fn get_next(map: u64, value: *mut c_void, remove: bool) -> i64 {
    match with_map(map, |map, _| map.next(remove)) {
        Some(bytes) => {
            let to = value.cast::<u8>();
            // SAFETY: the crate passes a pointer to room for a value.
            unsafe {
                ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len())
            };
            0
        }
        None => -i64::from(ENOENT),
    }
}

fn may_contain(map: u64, value: *const c_void) -> i64 {
    let value = value_of(map, value);
    if with_map(map, |map, _| map.values.contains(&value)) {
        0
    } else {
        -i64::from(ENOENT)
    }
}

/// Returns the key of a cgroup's value.
fn id_of(cgroup: *mut c_void) -> [u8; 8] {
    (cgroup.addr() as u64).to_ne_bytes()
}

fn storage_get(
    map: u64,
    key: &[u8],
    value: *const c_void,
    flags: u64,
) -> *mut c_void {
    let value = (!value.is_null()).then(|| value_of(map, value));
    let create = flags == BPF_LOCAL_STORAGE_GET_F_CREATE;
    with_map(map, |map, _| map.belonging_to(key, value, create))
}

macro_rules! helpers {
    ($(fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $ret:ty $body:block)*) => {
        $(
            // SAFETY: no other function of the process has this name; `list`
            // checks that it has the type in `ffi`.
            #[unsafe(no_mangle)]
            pub(super) extern "C" fn $name($($arg: $ty),*) -> $ret $body
        )*
    };
}

/// Makes the functions for maps of one type.
macro_rules! typed {
    ($($operation:ident $name:ident,)*) => {
        $($crate::host::maps::typed_function! { $operation $name })*
    };
}
pub(super) use typed;

/// Makes one of them, which has the type in `ffi`. No other function of the process has its
/// name.
macro_rules! typed_function {
    (lookup $name:ident) => {
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        extern "C" fn $name(
            map: u64,
            key: *const core::ffi::c_void,
        ) -> *mut core::ffi::c_void {
            $crate::host::maps::lookup(map, key)
        }
    };
    (update $name:ident) => {
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        extern "C" fn $name(
            map: u64,
            key: *const core::ffi::c_void,
            value: *const core::ffi::c_void,
            flags: u64,
        ) -> i32 {
            $crate::host::maps::bpf_map_update_elem(map, key, value, flags)
                as i32
        }
    };
    (delete $name:ident) => {
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        extern "C" fn $name(map: u64, key: *const core::ffi::c_void) -> i32 {
            $crate::host::maps::bpf_map_delete_elem(map, key) as i32
        }
    };
    (push $name:ident) => {
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        extern "C" fn $name(
            map: u64,
            value: *const core::ffi::c_void,
            flags: u64,
        ) -> i32 {
            $crate::host::maps::bpf_map_push_elem(map, value, flags) as i32
        }
    };
    (pop $name:ident) => {
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        extern "C" fn $name(map: u64, value: *mut core::ffi::c_void) -> i32 {
            $crate::host::maps::bpf_map_pop_elem(map, value) as i32
        }
    };
    (peek $name:ident) => {
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        extern "C" fn $name(map: u64, value: *mut core::ffi::c_void) -> i32 {
            $crate::host::maps::bpf_map_peek_elem(map, value) as i32
        }
    };
}
pub(super) use typed_function;

helpers! {
    fn bpf_map_lookup_elem(map: u64, key: *const c_void) -> *mut c_void {
        lookup(map, key)
    }

    fn bpf_map_lookup_percpu_elem(
        map: u64,
        key: *const c_void,
        cpu: u32,
    ) -> *mut c_void {
        let key = key_of(map, key);
        with_map(map, |map, _| map.lookup(&key, cpu))
    }

    fn bpf_map_update_elem(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i64 {
        let (key, value) = (key_of(map, key), value_of(map, value));
        let cpu = with(|state| state.cpu);
        status(with_map(map, |map, deleted| {
            map.update(&key, &value, flags, cpu, deleted)
        }))
    }

    fn bpf_map_delete_elem(map: u64, key: *const c_void) -> i64 {
        let key = key_of(map, key);
        status(with_map(map, |map, deleted| map.delete(&key, deleted)))
    }

    fn rex_map_next_key(
        map: u64,
        key: *const c_void,
        next: *mut c_void,
    ) -> i64 {
        let last = (!key.is_null()).then(|| key_of(map, key));
        let found = with_map(map, |map, _| {
            // As in the kernel, the first key follows a key that is not there.
            let last = last.filter(|key| map.elements.contains_key(key));
            map.elements
                .keys()
                .find(|key| last.as_ref().is_none_or(|last| *key > last))
                .cloned()
        });
        let Some(found) = found else {
            return -i64::from(ENOENT);
        };
        let next = next.cast::<u8>();
        // SAFETY: the crate passes a pointer to room for a key.
        unsafe { ptr::copy_nonoverlapping(found.as_ptr(), next, found.len()) };
        0
    }

    fn rex_user_ringbuf_read(map: u64, buf: *mut u8, size: u64) -> i64 {
        let Some(record) = with_map(map, |map, _| map.next(true)) else {
            return -i64::from(ENODATA);
        };
        let copied = record.len().min(size as usize);
        // SAFETY: the crate passes a slice and its length.
        unsafe { ptr::copy_nonoverlapping(record.as_ptr(), buf, copied) };
        record.len() as i64
    }

    fn bpf_task_storage_get(
        map: u64,
        task: *mut c_void,
        value: *const c_void,
        flags: u64,
    ) -> *mut c_void {
        let key = super::pid_of(task).to_ne_bytes();
        storage_get(map, &key, value, flags)
    }

    fn bpf_task_storage_delete(map: u64, task: *mut c_void) -> i64 {
        let key = super::pid_of(task).to_ne_bytes();
        status(with_map(map, |map, deleted| map.delete(&key, deleted)))
    }

    fn bpf_cgrp_storage_get(
        map: u64,
        cgroup: *mut c_void,
        value: *const c_void,
        flags: u64,
    ) -> *mut c_void {
        storage_get(map, &id_of(cgroup), value, flags)
    }

    fn bpf_cgrp_storage_delete(map: u64, cgroup: *mut c_void) -> i64 {
        status(with_map(map, |map, deleted| {
            map.delete(&id_of(cgroup), deleted)
        }))
    }

    fn bpf_current_task_under_cgroup(map: u64, index: u32) -> i64 {
        with_map(map, |map, _| map.has_current_task(index))
    }

    fn bpf_map_push_elem(map: u64, value: *const c_void, flags: u64) -> i64 {
        let value = value_of(map, value);
        status(with_map(map, |map, _| map.push(value, flags)))
    }

    fn bpf_map_pop_elem(map: u64, value: *mut c_void) -> i64 {
        get_next(map, value, true)
    }

    fn bpf_map_peek_elem(map: u64, value: *mut c_void) -> i64 {
        let storage = with_map(map, |map, _| map.storage);
        if storage == Storage::Bloom {
            may_contain(map, value)
        } else {
            get_next(map, value, false)
        }
    }

    fn bpf_ringbuf_reserve(map: u64, size: u64, _flags: u64) -> *mut u8 {
        let mut record = vec![0; size as usize].into_boxed_slice();
        let at = record.as_mut_ptr();
        with(|state| state.maps.reserved.insert(at.addr(), (map, record)));
        at
    }

    fn bpf_ringbuf_submit(record: *mut u8, _flags: u64) -> i64 {
        let Some((map, bytes)) =
            with(|state| state.maps.reserved.remove(&record.addr()))
        else {
            return -i64::from(EINVAL);
        };
        with_map(map, |map, _| map.records.push(bytes.into_vec()));
        0
    }

    fn bpf_ringbuf_discard(record: *mut u8, _flags: u64) -> i64 {
        let found = with(|state| state.maps.reserved.remove(&record.addr()));
        if found.is_some() { 0 } else { -i64::from(EINVAL) }
    }

    fn bpf_ringbuf_output(
        map: u64,
        data: *const u8,
        size: u64,
        _flags: u64,
    ) -> i64 {
        let record = bytes(data.cast(), size as u32);
        with_map(map, |map, _| map.records.push(record));
        0
    }

    // Simulated records are consumed at once, and take no room.
    fn bpf_ringbuf_query(map: u64, what: u64) -> u64 {
        // `BPF_RB_RING_SIZE`.
        const RING_SIZE: u64 = 1;

        if what == RING_SIZE {
            with_map(map, |map, _| map.definition.max_entries.into())
        } else {
            0
        }
    }
}
