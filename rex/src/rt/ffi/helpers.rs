// SPDX-License-Identifier: GPL-2.0
// Generated from kmod/helpers.def: `make gen`.
//! The helpers of rex.ko. Each may be called in every context that a program runs
//! in. A `map` is what the loader stored in `rex_map_def.map`.

use core::ffi::c_void;

unsafe extern "C" {
    /// Returns the number of the CPU that runs the program.
    pub(crate) safe fn bpf_get_smp_processor_id() -> u32;
    /// Returns the number of the NUMA node of that CPU.
    pub(crate) safe fn bpf_get_numa_node_id() -> u32;
    /// Returns the nanoseconds since boot without the time of suspends
    /// (`CLOCK_MONOTONIC`).
    pub(crate) safe fn bpf_ktime_get_ns() -> u64;
    /// Returns the nanoseconds since boot (`CLOCK_BOOTTIME`).
    pub(crate) safe fn bpf_ktime_get_boot_ns() -> u64;
    /// Returns the nanoseconds since boot as of the last tick of the clock, or
    /// the exact time where interrupts are off (`CLOCK_MONOTONIC_COARSE`).
    pub(crate) safe fn bpf_ktime_get_coarse_ns() -> u64;
    /// Returns the nanoseconds of international atomic time (`CLOCK_TAI`).
    pub(crate) safe fn bpf_ktime_get_tai_ns() -> u64;
    /// Returns the number of ticks of the clock since about boot.
    pub(crate) safe fn bpf_jiffies64() -> u64;
    /// Returns a pseudo-random number.
    pub(crate) safe fn bpf_get_prandom_u32() -> u32;
    /// Reads from any address of the kernel. `dst` is zeroed on failure:
    /// `-ERANGE` for an address that is not the kernel's, otherwise `-EFAULT`.
    pub(crate) fn bpf_probe_read_kernel(
        dst: *mut u8,
        size: u32,
        src: *const c_void,
    ) -> i64;
    /// Reads from an address of the current process. `dst` is zeroed on
    /// failure.
    pub(crate) fn bpf_probe_read_user(dst: *mut u8, size: u32, src: u64)
    -> i64;
    /// Reads a string from any address of the kernel. Returns its length with
    /// its NUL, which is there unless `size` is 0. `dst` is zeroed on failure.
    pub(crate) fn bpf_probe_read_kernel_str(
        dst: *mut u8,
        size: u32,
        src: *const c_void,
    ) -> i64;
    /// Reads a string from an address of the current process, as
    /// `bpf_probe_read_kernel_str` does.
    pub(crate) fn bpf_probe_read_user_str(
        dst: *mut u8,
        size: u32,
        src: u64,
    ) -> i64;
    /// Formats text as the kernel does. `fmt` ends in a NUL; `bytes` is the
    /// size of `args`, a multiple of 8. Three calls fit on top of each other;
    /// one more is `-EBUSY`. A field wider than 1024 is `-E2BIG`.
    pub(crate) fn bpf_snprintf(
        buf: *mut u8,
        size: u32,
        fmt: *const u8,
        args: *const u64,
        bytes: u32,
    ) -> i64;
    /// Writes `len` bytes of text to the trace, one `bpf_trace_printk` event a
    /// line.
    pub(crate) fn rex_trace_printk(text: *const u8, len: u64) -> i64;
    /// Counts that the program returns `error`; the crate calls it. It is in
    /// `rex_prog_info`.
    pub(crate) safe fn rex_note_error(error: i32) -> i64;
    /// Reads at most 4096 bytes from an address of the current process, and
    /// waits if they are not in memory. `dst` is zeroed on failure: `-EFAULT`,
    /// also for a thread of the kernel; `-EDEADLK` with a resource or in a lock
    /// of the kernel's; `-EWOULDBLOCK` on top of another run; `-EINTR` for a
    /// process that is killed; `-ENOMEM`.
    pub(crate) fn bpf_copy_from_user(dst: *mut u8, size: u32, src: u64) -> i64;
    /// Reads a string from an address of the current process, as
    /// `bpf_copy_from_user` does. Returns its length with its NUL, which is
    /// there unless `size` is 0.
    pub(crate) fn bpf_copy_from_user_str(
        dst: *mut u8,
        size: u32,
        src: u64,
    ) -> i64;
    /// Returns the current task, which is valid for the run.
    pub(crate) safe fn bpf_get_current_task() -> *mut c_void;
    /// Looks up a task by its pid in the initial namespace: NULL if there is
    /// none. Its reference belongs to the run until it is released.
    pub(crate) safe fn rex_task_from_pid(pid: i32) -> *mut c_void;
    /// Releases the reference on a task. A task that the run has not looked up
    /// is `-EINVAL`.
    pub(crate) fn rex_task_release(task: *mut c_void) -> i64;
    /// Returns the nanoseconds that all threads of the process have run, about.
    pub(crate) fn rex_task_process_runtime(task: *mut c_void) -> u64;
    /// Copies the registers that userspace had at its entry to the kernel to
    /// `regs`, a struct `pt_regs`. A kernel thread is `-EINVAL`.
    pub(crate) fn rex_task_user_regs(task: *mut c_void, regs: *mut u64) -> i64;
    /// Returns the current thread's id, and in the upper half its process's.
    pub(crate) safe fn bpf_get_current_pid_tgid() -> u64;
    /// Returns the current user id, and in the upper half the group id.
    pub(crate) safe fn bpf_get_current_uid_gid() -> u64;
    /// Copies the current thread's name to `buf`.
    pub(crate) fn bpf_get_current_comm(buf: *mut u8, size: u32) -> i64;
    /// Returns the id of the current task's cgroup: 0 if the kernel has none.
    pub(crate) safe fn bpf_get_current_cgroup_id() -> u64;
    /// Returns the id of the ancestor of that cgroup at `level`: 0 if it is not
    /// that deep.
    pub(crate) safe fn bpf_get_current_ancestor_cgroup_id(level: i32) -> u64;
    /// Returns whether the current task is in the cgroup that is at `index` of
    /// the map, or in one below it. `-E2BIG` if there is no such index,
    /// `-EAGAIN` if no cgroup is there.
    pub(crate) fn bpf_current_task_under_cgroup(map: u64, index: u32) -> i64;
    /// Sends a signal to the current process.
    pub(crate) safe fn bpf_send_signal(sig: u32) -> i64;
    /// Sends a signal to the current thread.
    pub(crate) safe fn bpf_send_signal_thread(sig: u32) -> i64;
    /// Returns the cgroup of `task` in the unified hierarchy; NULL if the
    /// kernel has none.
    pub(crate) fn rex_task_cgroup(task: *mut c_void) -> *mut c_void;
    /// Returns the id of `cgroup`, the number of its folder's inode.
    pub(crate) fn rex_cgroup_id(cgroup: *const c_void) -> u64;
    /// Returns the ancestor of `cgroup` at `level`, where the root is at level
    /// 0, and `cgroup` itself at its own level: NULL if it is not that deep.
    pub(crate) fn rex_cgroup_ancestor(
        cgroup: *mut c_void,
        level: i32,
    ) -> *mut c_void;
    /// Returns the cookie of the probe that the program was called for: 0 if
    /// the loader that attached it gave none, or if a subprogram of an eBPF
    /// program has tail-called the carrier.
    pub(crate) safe fn bpf_get_attach_cookie() -> u64;
    /// Returns the address of the probed function, in the kernel or in
    /// userspace: 0 if the probe is not at a function's beginning, at a
    /// function of userspace before Linux 6.6, and if a subprogram of an eBPF
    /// program has tail-called the carrier.
    pub(crate) safe fn bpf_get_func_ip() -> u64;
    /// Returns the address of the traced function, whose arguments the kernel
    /// has stored at `args` for this run: 0 in programs that are not called by
    /// a function.
    pub(crate) fn rex_traced_function(args: *const u64) -> u64;
    /// Appends `size` bytes to what the process reads that the program of an
    /// iterator runs for. `meta` is the state of the iterator. `-EOVERFLOW` if
    /// there is no room: then the kernel runs the program again for this
    /// object, with an empty buffer. `-EPERM` for programs of other kinds.
    pub(crate) fn rex_iter_write(
        meta: *mut c_void,
        data: *const u8,
        size: u64,
    ) -> i64;
    /// Returns whether the function of a session returns: 1, or 0 when it is
    /// entered.
    pub(crate) safe fn bpf_session_is_return() -> u64;
    /// Returns the value that a session has kept for this call of the function:
    /// 0 at its beginning.
    pub(crate) safe fn rex_session_value() -> u64;
    /// Keeps a value for the return of the function: `-EINVAL` if the program
    /// was not called by a session.
    pub(crate) safe fn rex_session_set_value(value: u64) -> i64;
    /// Has the timer program of the image that is called `name`, of `len`
    /// bytes, run once in `ns` nanoseconds, in place of when it was to run.
    /// `-ENOENT` if there is none, `-EINVAL` if it has a period, `-ERANGE`
    /// below a millisecond and above a day, `-ESHUTDOWN` if it is not loaded.
    pub(crate) fn rex_timer_arm(name: *const u8, len: u64, ns: u64) -> i64;
    /// Returns the bytes that the image's heap has, or with `used` those in
    /// use.
    pub(crate) safe fn rex_heap_bytes(used: u32) -> u64;
    /// Allocates a block of the image's heap, which is the program's until it
    /// is freed; `align` is a power of two. NULL if there is no room.
    pub(crate) safe fn rex_heap_alloc(size: u64, align: u64) -> *mut u8;
    /// Frees a block, with the size and alignment with which it was allocated.
    /// `-EINVAL` if there is no such block.
    pub(crate) fn rex_heap_free(ptr: *mut u8, size: u64, align: u64) -> i64;
    /// Moves a block to one of another size, or leaves it where it is. NULL if
    /// that failed: then the block is as it was.
    pub(crate) fn rex_heap_realloc(
        ptr: *mut u8,
        size: u64,
        align: u64,
        new_size: u64,
    ) -> *mut u8;
    /// Looks up the value of a key: NULL if there is none.
    pub(crate) fn bpf_map_lookup_elem(
        map: u64,
        key: *const c_void,
    ) -> *mut c_void;
    /// Looks up another CPU's value of a key: NULL if there is none.
    pub(crate) fn bpf_map_lookup_percpu_elem(
        map: u64,
        key: *const c_void,
        cpu: u32,
    ) -> *mut c_void;
    /// Sets the value of a key.
    pub(crate) fn bpf_map_update_elem(
        map: u64,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> i64;
    /// Deletes a key.
    pub(crate) fn bpf_map_delete_elem(map: u64, key: *const c_void) -> i64;
    /// Finds the key that follows `key` in a hash table, or the first one if
    /// `key` is NULL or is not there: `-ENOENT` after the last one. A table of
    /// more than 1048576 elements is `-E2BIG`, since the kernel looks for the
    /// next key without a break.
    pub(crate) fn rex_map_next_key(
        map: u64,
        key: *const c_void,
        next: *mut c_void,
    ) -> i64;
    /// Adds a value to a queue, a stack or a bloom filter.
    pub(crate) fn bpf_map_push_elem(
        map: u64,
        value: *const c_void,
        flags: u64,
    ) -> i64;
    /// Removes the next value of a queue or a stack, and copies it to `value`.
    pub(crate) fn bpf_map_pop_elem(map: u64, value: *mut c_void) -> i64;
    /// Copies the next value of a queue or a stack, or looks for one in a bloom
    /// filter.
    pub(crate) fn bpf_map_peek_elem(map: u64, value: *mut c_void) -> i64;
    /// Reserves a record of `size` bytes, which is the run's until it is
    /// submitted or discarded. NULL if there is no room, or for `-EBUSY`.
    pub(crate) fn bpf_ringbuf_reserve(
        map: u64,
        size: u64,
        flags: u64,
    ) -> *mut u8;
    /// Submits a record to userspace. `-EINVAL` unless the run has reserved it.
    pub(crate) fn bpf_ringbuf_submit(record: *mut u8, flags: u64) -> i64;
    /// Discards a record. `-EINVAL` unless the run has reserved it.
    pub(crate) fn bpf_ringbuf_discard(record: *mut u8, flags: u64) -> i64;
    /// Copies `data` to a record and submits it.
    pub(crate) fn bpf_ringbuf_output(
        map: u64,
        data: *const u8,
        size: u64,
        flags: u64,
    ) -> i64;
    /// Returns the number of the ring buffer that `flags` select: its size, its
    /// fill level, a position.
    pub(crate) fn bpf_ringbuf_query(map: u64, flags: u64) -> u64;
    /// Takes the next record of a user ring buffer, and copies it to `buf`,
    /// truncated if it has more than `size` bytes. Returns its size; `-ENODATA`
    /// if there is none, `-EBUSY` if another program is taking one, and the
    /// kernel's error for what is no record.
    pub(crate) fn rex_user_ringbuf_read(
        map: u64,
        buf: *mut u8,
        size: u64,
    ) -> i64;
    /// Looks up the value of `task`; with `BPF_LOCAL_STORAGE_GET_F_CREATE` in
    /// `flags`, makes one that is a copy of `value` if there is none. NULL if
    /// there is none, or no memory, or for `-EBUSY`: none is made where
    /// interrupts are off.
    pub(crate) fn bpf_task_storage_get(
        map: u64,
        task: *mut c_void,
        value: *const c_void,
        flags: u64,
    ) -> *mut c_void;
    /// Deletes the value of `task`. `-EBUSY` where interrupts are off, and
    /// while deleted values of 16 MB are not free yet: after very frequent
    /// deletes, or while a process sleeps in a program.
    pub(crate) fn bpf_task_storage_delete(map: u64, task: *mut c_void) -> i64;
    /// Looks up the value of `cgroup`, as `bpf_task_storage_get()` does that of
    /// a task. A cgroup that is being removed gets no new value: NULL.
    pub(crate) fn bpf_cgrp_storage_get(
        map: u64,
        cgroup: *mut c_void,
        value: *const c_void,
        flags: u64,
    ) -> *mut c_void;
    /// Deletes the value of `cgroup`. `-EBUSY` as for
    /// `bpf_task_storage_delete()`.
    pub(crate) fn bpf_cgrp_storage_delete(map: u64, cgroup: *mut c_void)
    -> i64;
    /// Writes a sample of at most 32767 bytes to a perf event. Three calls fit
    /// on top of each other; one more is `-EBUSY`.
    pub(crate) fn bpf_perf_event_output(
        map: u64,
        flags: u64,
        data: *const u8,
        size: u64,
    ) -> i64;
    /// Stores a stack in the map, and returns its id. The kernel's part begins
    /// at `regs`, or at the caller of the program if `regs` is NULL.
    pub(crate) fn bpf_get_stackid(regs: *mut u64, map: u64, flags: u64) -> i64;
    /// Copies a stack to `buf`, and returns its size. The kernel's part begins
    /// as in `bpf_get_stackid`.
    pub(crate) fn bpf_get_stack(
        regs: *mut u64,
        buf: *mut u64,
        size: u32,
        flags: u64,
    ) -> i64;
    /// Stores the stack of the sample, as `bpf_get_stackid`. `ctx` is the
    /// run's.
    pub(crate) fn bpf_get_stackid_pe(
        ctx: *mut c_void,
        map: u64,
        flags: u64,
    ) -> i64;
    /// Copies the stack of the sample, as `bpf_get_stack`. `ctx` is the run's.
    pub(crate) fn bpf_get_stack_pe(
        ctx: *mut c_void,
        buf: *mut u64,
        size: u32,
        flags: u64,
    ) -> i64;
    /// Takes a lock in a map's value; the run holds it until it unlocks it or
    /// ends. `-EWOULDBLOCK` where interrupts are off; `-ENOMEM`. A run that is
    /// killed while it waits does not see the result.
    pub(crate) fn bpf_spin_lock(lock: *mut c_void) -> i64;
    /// Releases a lock. `-EINVAL` unless the run holds it.
    pub(crate) fn bpf_spin_unlock(lock: *mut c_void) -> i64;
    /// Waits a moment for another CPU: `spins` of this one, at most 256.
    /// `-EWOULDBLOCK` if interrupts are off, `-EDEADLK` with a `bpf_spin_lock`,
    /// `-EOWNERDEAD` if the image is dead.
    pub(crate) safe fn rex_wait(spins: u32) -> i64;
    /// Returns the checksum `seed` as it is after `from` has become `to`. The
    /// sizes are multiples of 4.
    pub(crate) fn bpf_csum_diff(
        from: *const u32,
        from_size: u32,
        to: *const u32,
        to_size: u32,
        seed: u32,
    ) -> i64;
    /// Looks up a route. `ctx` is the run's; `params` is a struct
    /// `bpf_fib_lookup` of `size` bytes.
    pub(crate) fn bpf_fib_lookup(
        ctx: *mut c_void,
        params: *mut c_void,
        size: u32,
        flags: u32,
    ) -> i64;
    /// Sends the packet to another device when the program ends. In a
    /// classifier of a queueing discipline it drops, from Linux 6.11 on.
    pub(crate) safe fn bpf_redirect(ifindex: u32, flags: u64) -> i64;
    /// Sends the packet to the target in the map's entry when the program ends.
    /// `XDP_ABORTED` for `BPF_F_BROADCAST` in a program that accepts packets in
    /// several buffers, or of a cpumap.
    pub(crate) fn bpf_redirect_map(map: u64, key: u32, flags: u64) -> i64;
    /// Moves the beginning of the packet. `-EINVAL` also for one that would be
    /// more than 32767 bytes after that of its buffer, and in generic mode for
    /// taking bytes off a packet that is yet to be segmented, or if less would
    /// be left than the longest link-layer header: 34 bytes for Ethernet, 128
    /// for a tunnel.
    pub(crate) fn bpf_xdp_adjust_head(xdp: *mut c_void, offset: i32) -> i64;
    /// Moves the beginning of the metadata before the packet.
    pub(crate) fn bpf_xdp_adjust_meta(xdp: *mut c_void, offset: i32) -> i64;
    /// Moves the end of the packet. `-EINVAL` as for `bpf_xdp_adjust_head`.
    /// `-EOPNOTSUPP` for one in several buffers that would be shorter, in
    /// generic mode, on veth, and behind a devmap if the buffers are of a page
    /// pool: the kernel would get its length wrong, or free pages that are in
    /// use.
    pub(crate) fn bpf_xdp_adjust_tail(xdp: *mut c_void, offset: i32) -> i64;
    /// Returns the length of the packet with its fragments.
    pub(crate) fn bpf_xdp_get_buff_len(xdp: *mut c_void) -> i64;
    /// Copies from the packet, fragments included.
    pub(crate) fn bpf_xdp_load_bytes(
        xdp: *mut c_void,
        offset: u32,
        buf: *mut u8,
        len: u32,
    ) -> i64;
    /// Copies to the packet, fragments included.
    pub(crate) fn bpf_xdp_store_bytes(
        xdp: *mut c_void,
        offset: u32,
        buf: *const u8,
        len: u32,
    ) -> i64;
    /// Copies from the packet, fragments included.
    pub(crate) fn bpf_skb_load_bytes(
        skb: *mut c_void,
        offset: u32,
        to: *mut u8,
        len: u32,
    ) -> i64;
    /// Returns the id of the cgroup of the packet's socket: 0 if it has none.
    pub(crate) fn bpf_skb_cgroup_id(skb: *const c_void) -> u64;
    /// Returns the id of the ancestor of that cgroup at `level`: 0 if there is
    /// none.
    pub(crate) fn bpf_skb_ancestor_cgroup_id(
        skb: *const c_void,
        level: i32,
    ) -> u64;
    /// Returns the number of the packet's socket, which no other socket has
    /// until the next boot: 0 if the packet has none.
    pub(crate) fn bpf_get_socket_cookie(skb: *const c_void) -> u64;
    /// Returns the id of the user who owns the packet's socket, in the user
    /// namespace that owns the socket's network namespace: 0 is not root
    /// everywhere. 65534 (kernel.overflowuid) stands for an id that this
    /// namespace does not have, and for a packet without a full socket.
    pub(crate) fn bpf_get_socket_uid(skb: *const c_void) -> u64;
    /// Returns the cgroup of the packet's socket: NULL if it has none. In
    /// `helpers_cgroup.c`.
    pub(crate) fn rex_skb_cgroup(skb: *const c_void) -> *mut c_void;
    /// Sends a copy of the packet to another device at once. With a lock held
    /// it is `-EDEADLK`. It is `-EBUSY` in a classifier of a queueing
    /// discipline, which has a lock of the kernel held. From Linux 6.19 on, it
    /// may be elsewhere, while another CPU has that lock.
    pub(crate) fn bpf_clone_redirect(
        skb: *mut c_void,
        ifindex: u32,
        flags: u64,
    ) -> i64;
    /// Returns the hash of the packet's flow, and computes it if it is not
    /// known.
    pub(crate) fn bpf_get_hash_recalc(skb: *mut c_void) -> i64;
    /// Corrects the checksum of the network header at `offset`.
    pub(crate) fn bpf_l3_csum_replace(
        skb: *mut c_void,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> i64;
    /// Corrects the checksum of the transport header at `offset`.
    pub(crate) fn bpf_l4_csum_replace(
        skb: *mut c_void,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> i64;
    /// Redirects as `bpf_redirect`, and fills in the neighbour's address. A
    /// packet with nothing after its Ethernet header is dropped.
    pub(crate) safe fn bpf_redirect_neigh(ifindex: u32, flags: u64) -> i64;
    /// Redirects as `bpf_redirect`, to the peer of the device in its namespace.
    /// `-ELOOP` while this CPU could not switch tasks for long, as two such
    /// devices may send a packet to each other forever.
    pub(crate) safe fn bpf_redirect_peer(ifindex: u32, flags: u64) -> i64;
    /// Makes or removes room for headers: at most 4095 bytes, otherwise
    /// `-EFAULT`. `-EINVAL` as for `bpf_skb_change_head`, and for a packet that
    /// ends before the room. Without `BPF_F_ADJ_ROOM_FIXED_GSO`, it is also
    /// `-EINVAL` if segments would have fewer than 8 bytes or more than 65534.
    pub(crate) fn bpf_skb_adjust_room(
        skb: *mut c_void,
        diff: i32,
        mode: u32,
        flags: u64,
    ) -> i64;
    /// Makes room before the packet: at most 4095 bytes, otherwise `-EINVAL`.
    /// So is a header that would be more than 32767 bytes after the beginning
    /// of its buffer.
    pub(crate) fn bpf_skb_change_head(
        skb: *mut c_void,
        head_room: u32,
        flags: u64,
    ) -> i64;
    /// Changes the length of the packet. `-EINVAL` for one that would have
    /// nothing after its link-layer header. This and the other helpers that
    /// change packets give `-EBUSY` while somebody else has a reference to the
    /// packet, as pktgen.
    pub(crate) fn bpf_skb_change_tail(
        skb: *mut c_void,
        len: u32,
        flags: u64,
    ) -> i64;
    /// Makes the first `len` bytes linear and not shared; 0 stands for all that
    /// are linear. `-EOPNOTSUPP` for bytes of a list of packets that is yet to
    /// be segmented by the packets of the list, as of SCTP.
    pub(crate) fn bpf_skb_pull_data(skb: *mut c_void, len: u32) -> i64;
    /// Sets `__sk_buff.queue_mapping`. `-EINVAL`: the device has no such queue.
    pub(crate) fn rex_skb_set_queue_mapping(
        skb: *mut c_void,
        queue: u16,
    ) -> i64;
    /// Sets the time of delivery, in nanoseconds since boot (`CLOCK_MONOTONIC`)
    /// with `tstamp_type` `BPF_SKB_TSTAMP_DELIVERY_MONO`; `tstamp` 0 and
    /// `tstamp_type` `BPF_SKB_TSTAMP_UNSPEC` mean none. Newer kernels know
    /// other clocks. `-EOPNOTSUPP` if the packet is neither IPv4 nor IPv6, or
    /// has a VLAN tag among its bytes.
    pub(crate) fn bpf_skb_set_tstamp(
        skb: *mut c_void,
        tstamp: u64,
        tstamp_type: u32,
    ) -> i64;
    /// Copies to the packet. `-EOPNOTSUPP` as for `bpf_skb_pull_data`.
    pub(crate) fn bpf_skb_store_bytes(
        skb: *mut c_void,
        offset: u32,
        from: *const u8,
        len: u32,
        flags: u64,
    ) -> i64;
    /// Removes the VLAN tag of the packet. `-EINVAL` as for
    /// `bpf_skb_change_head`, and if the packet does not begin with its
    /// Ethernet header.
    pub(crate) fn bpf_skb_vlan_pop(skb: *mut c_void) -> i64;
    /// Returns whether the packet has a VLAN tag: 0 or 1.
    pub(crate) fn rex_skb_vlan_present(skb: *const c_void) -> i64;
    /// Gives the packet a VLAN tag. `proto` is big-endian. `-EINVAL` as for
    /// `bpf_skb_vlan_pop`.
    pub(crate) fn bpf_skb_vlan_push(
        skb: *mut c_void,
        proto: u16,
        tci: u16,
    ) -> i64;
    /// Copies the event's value to `value`, a struct `bpf_perf_event_value`.
    /// `ctx` is the run's.
    pub(crate) fn bpf_perf_prog_read_value(
        ctx: *mut c_void,
        value: *mut c_void,
        size: u32,
    ) -> i64;
    /// Returns the address of the sample: 0 if it has none.
    pub(crate) fn rex_perf_sample_addr(ctx: *const c_void) -> u64;
    /// Returns the period of the sample.
    pub(crate) fn rex_perf_sample_period(ctx: *const c_void) -> u64;
    /// Makes the function return `rc` without running. `-EPERM` unless it may
    /// fail: it is a system call, or is on the kernel's list for error
    /// injection; `-EINVAL` if the list does not name `rc`.
    pub(crate) fn rex_override_return(regs: *mut u64, rc: u64) -> i64;
}
