// SPDX-License-Identifier: GPL-2.0
//! The simulated parts of the kernel behave like the kernel's.

use core::sync::atomic::Ordering::Relaxed;
use std::string::ToString;
use std::vec;
use std::vec::Vec;

use super::{Kernel, Registers, Task};
use crate::context::KprobeContext;
use crate::error::Errno;
use crate::kprobe::kprobe;
use crate::linux::bpf::{BPF_ANY, BPF_EXIST, BPF_NOEXIST};
use crate::linux::errno::{E2BIG, EEXIST, EFAULT, EINVAL, ENOENT};
use crate::map::{
    CgroupArray, CgroupStorage, LpmKey, RexArrayMap, RexBloomFilter,
    RexHashMap, RexLpmTrie, RexLruHashMap, RexPerCPUArrayMap, RexQueue,
    RexRingBuf, RexStack, TaskStorage, UserRingBuf,
};
use crate::program::{Helpers, TaskHelpers};
use crate::pt_regs::PtRegs;
use crate::spinlock::SpinLocked;
use crate::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use crate::utils::Result;

/// Runs `program` once.
fn run(
    kernel: &mut Kernel,
    program: fn(&kprobe, &mut PtRegs) -> Result,
) -> Result {
    kernel.kprobe(program, &mut Registers::default())
}

#[test]
fn hash_tables_have_flags_and_a_size() {
    #[rex::map]
    static MAP: RexHashMap<u32, [u8; 5]> = RexHashMap::new(2, 0);
    let _kernel = Kernel::new();
    assert_eq!(MAP.get(&1), None);
    assert_eq!(MAP.update(&1, b"first"), Err(-ENOENT));
    assert_eq!(MAP.insert_new(&1, b"first"), Ok(0));
    assert_eq!(MAP.insert_new(&1, b"again"), Err(-EEXIST));
    assert_eq!(MAP.update(&1, b"later"), Ok(0));
    assert_eq!(MAP.insert(&2, b"other"), Ok(0));
    assert_eq!(MAP.insert(&3, b"third"), Err(-E2BIG));
    assert_eq!(MAP.get(&1), Some(*b"later"));
    assert_eq!(MAP.delete(&1), Ok(0));
    assert_eq!(MAP.delete(&1), Err(-ENOENT));
    assert_eq!(MAP.insert(&3, b"third"), Ok(0));
}

#[test]
fn elements_of_arrays_are_there() {
    #[rex::map]
    static MAP: RexArrayMap<u16> = RexArrayMap::new(3, 0);
    let _kernel = Kernel::new();
    assert_eq!(MAP.get(&2), Some(0));
    assert_eq!(MAP.get(&3), None);
    assert_eq!(MAP.insert(&2, &9), Ok(0));
    assert_eq!(MAP.insert(&3, &9), Err(-E2BIG));
    assert_eq!(MAP.delete(&2), Err(-EINVAL));
    assert_eq!(MAP.get(&2), Some(9));
}

#[test]
fn every_cpu_has_its_values() {
    #[rex::map]
    static MAP: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(1, 0);
    fn count(obj: &kprobe, _: &mut PtRegs) -> Result {
        let element = obj.bpf_map_lookup_elem(&MAP, &0).ok_or(-ENOENT)?;
        element.set(element.get() + 1);
        let other = obj.bpf_map_lookup_percpu_elem(&MAP, &0, 5);
        Ok(other.map_or(-1, |other| other.get() as i32))
    }
    let mut kernel = Kernel::new();
    kernel.set_cpu(5);
    assert_eq!(run(&mut kernel, count), Ok(1));
    assert_eq!(run(&mut kernel, count), Ok(2));
    kernel.set_cpu(1);
    assert_eq!(run(&mut kernel, count), Ok(2));
    assert_eq!(MAP.get(&0), Some(1));
}

#[test]
fn deleted_element_is_valid_until_the_run_ends() {
    #[rex::map]
    static MAP: RexHashMap<u8, u64> = RexHashMap::new(1, 0);
    fn delete(obj: &kprobe, _: &mut PtRegs) -> Result {
        let element = obj.bpf_map_lookup_elem(&MAP, &1).ok_or(-ENOENT)?;
        MAP.delete(&1)?;
        MAP.insert(&2, &5)?;
        element.set(element.get() + 1);
        Ok(element.get() as i32)
    }
    let mut kernel = Kernel::new();
    assert_eq!(run(&mut kernel, delete), Err(-ENOENT));
    assert_eq!(MAP.insert(&1, &41), Ok(0));
    assert_eq!(run(&mut kernel, delete), Ok(42));
    assert_eq!((MAP.get(&1), MAP.get(&2)), (None, Some(5)));
}

#[test]
fn least_recently_used_element_makes_room() {
    #[rex::map]
    static MAP: RexLruHashMap<u32, u32> = RexLruHashMap::new(2, 0);
    let _kernel = Kernel::new();
    for key in [1, 2] {
        assert_eq!(MAP.insert(&key, &key), Ok(0));
    }
    assert_eq!(MAP.get(&1), Some(1));
    assert_eq!(MAP.insert(&3, &3), Ok(0));
    assert_eq!(MAP.get(&2), None);
    assert_eq!((MAP.get(&1), MAP.get(&3)), (Some(1), Some(3)));
}

#[test]
fn longest_prefix_is_found() {
    #[rex::map]
    static MAP: RexLpmTrie<[u8; 4], u32> = RexLpmTrie::new(8, 0);
    let _kernel = Kernel::new();
    for (length, network, value) in [
        (8, [10, 0, 0, 0], 8),
        (16, [10, 1, 0, 0], 16),
        (31, [10, 1, 2, 4], 31),
    ] {
        assert_eq!(MAP.insert(&LpmKey::new(length, network), &value), Ok(0));
    }
    let find = |address| MAP.get(&LpmKey::new(32, address));
    assert_eq!(find([10, 9, 9, 9]), Some(8));
    assert_eq!(find([10, 1, 9, 9]), Some(16));
    assert_eq!(find([10, 1, 2, 5]), Some(31));
    assert_eq!(find([10, 1, 2, 6]), Some(16));
    assert_eq!(find([11, 1, 2, 5]), None);
}

#[test]
fn queues_and_stacks_have_an_order() {
    #[rex::map]
    static QUEUE: RexQueue<u32> = RexQueue::new(2, 0);
    #[rex::map]
    static STACK: RexStack<u32> = RexStack::new(2, 0);
    let _kernel = Kernel::new();
    for value in [1, 2] {
        assert_eq!(QUEUE.push(&value), Ok(0));
        assert_eq!(STACK.push(&value), Ok(0));
    }
    assert_eq!(QUEUE.push(&3), Err(-E2BIG));
    assert_eq!(QUEUE.force_push(&3), Ok(0));
    assert_eq!((QUEUE.peek(), QUEUE.pop()), (Some(2), Some(2)));
    assert_eq!((QUEUE.pop(), QUEUE.pop()), (Some(3), None));
    assert_eq!((STACK.peek(), STACK.pop()), (Some(2), Some(2)));
    assert_eq!((STACK.pop(), STACK.pop()), (Some(1), None));
}

#[test]
fn filters_contain_what_was_added() {
    #[rex::map]
    static FILTER: RexBloomFilter<u64> = RexBloomFilter::new(10, 0);
    let _kernel = Kernel::new();
    assert!(!FILTER.contains(&5));
    assert_eq!(FILTER.insert(&5), Ok(0));
    assert!(FILTER.contains(&5));
}

#[test]
fn submitted_records_are_seen() {
    #[rex::map]
    static RING: RexRingBuf = RexRingBuf::new(4096, 0);
    fn write(obj: &kprobe, _: &mut PtRegs) -> Result {
        for (byte, submit) in [(1, true), (2, false), (3, true)] {
            let mut record = RING.reserve(obj, 3).ok_or(-ENOENT)?;
            record.fill(byte);
            if submit {
                record.submit(0);
            }
        }
        RING.output(b"out", 0)
    }
    let mut kernel = Kernel::new();
    assert_eq!(run(&mut kernel, write), Ok(0));
    let expected: Vec<Vec<u8>> = vec![vec![1; 3], vec![3; 3], b"out".to_vec()];
    assert_eq!(kernel.records(&RING), expected);
    assert!(kernel.records(&RING).is_empty());
}

#[test]
fn task_is_in_the_cgroups_that_the_test_says() {
    #[rex::map]
    static CGROUPS: CgroupArray = CgroupArray::with_max_entries(2);
    fn ask(ctx: &mut KprobeContext) -> [crate::error::Result<bool>; 3] {
        [0, 1, 2].map(|index| ctx.is_in_cgroup(&CGROUPS, index))
    }
    let mut kernel = Kernel::new();
    let mut registers = Registers::default();
    let (none, too_big) = (Err(Errno::EAGAIN), Err(Errno::E2BIG));
    assert_eq!(kernel.kprobe(ask, &mut registers), [none, none, too_big]);
    kernel.set_cgroup(&CGROUPS, 0, true);
    kernel.set_cgroup(&CGROUPS, 1, false);
    assert_eq!(
        kernel.kprobe(ask, &mut registers),
        [Ok(true), Ok(false), too_big],
    );
}

#[test]
fn each_task_has_its_own_value() {
    #[rex::map]
    static CALLS: TaskStorage<u64> = TaskStorage::new();
    fn count(ctx: &mut KprobeContext) -> crate::error::Result<u64> {
        let task = ctx.task().ok_or(Errno::ESRCH)?;
        let calls = CALLS.get_or_insert(ctx, &task, 10).ok_or(Errno::ENOMEM)?;
        Ok(calls.atomic().fetch_add(1, Relaxed))
    }
    fn forget(ctx: &mut KprobeContext) -> crate::error::Result {
        let task = ctx.task().ok_or(Errno::ESRCH)?;
        CALLS.remove(&task)?;
        assert_eq!(CALLS.get(&task), None);
        assert!(CALLS.lookup(ctx, &task).is_none());
        CALLS.remove(&task)
    }
    let mut kernel = Kernel::new();
    let mut registers = Registers::default();
    assert_eq!(kernel.kprobe(count, &mut registers), Ok(10));
    assert_eq!(kernel.kprobe(count, &mut registers), Ok(11));
    kernel.set_task(Task {
        pid: 2,
        ..Task::default()
    });
    assert_eq!(kernel.kprobe(count, &mut registers), Ok(10));
    assert_eq!(kernel.kprobe(forget, &mut registers), Err(Errno::ENOENT));
    assert_eq!(kernel.kprobe(count, &mut registers), Ok(10));
    kernel.set_task(Task::default());
    assert_eq!(kernel.kprobe(count, &mut registers), Ok(12));
}

#[test]
fn each_cgroup_has_its_own_value() {
    #[rex::map]
    static CALLS: CgroupStorage<u64> = CgroupStorage::new();
    fn count(ctx: &mut KprobeContext) -> crate::error::Result<[u64; 2]> {
        let cgroup = ctx.cgroup().ok_or(Errno::ENOENT)?;
        let calls = CALLS
            .get_or_insert(ctx, &cgroup, 10)
            .ok_or(Errno::ENOMEM)?
            .atomic()
            .fetch_add(1, Relaxed);
        Ok([cgroup.id(), calls])
    }
    fn forget(ctx: &mut KprobeContext) -> crate::error::Result {
        let task = ctx.task().ok_or(Errno::ESRCH)?;
        let cgroup = task.cgroup().ok_or(Errno::ENOENT)?;
        CALLS.remove(&cgroup)?;
        assert_eq!(CALLS.get(&cgroup), None);
        assert!(CALLS.lookup(ctx, &cgroup).is_none());
        CALLS.remove(&cgroup)
    }
    fn ancestors(ctx: &mut KprobeContext) -> [Option<u64>; 3] {
        let cgroup = ctx.cgroup().unwrap();
        [0, 1, 2].map(|level| Some(cgroup.ancestor(level)?.id()))
    }
    let mut kernel = Kernel::new();
    let mut registers = Registers::default();
    let in_7 = |pid| Task {
        pid,
        cgroup: 7,
        ..Task::default()
    };
    assert_eq!(kernel.kprobe(count, &mut registers), Ok([1, 10]));
    let above = kernel.kprobe(ancestors, &mut registers);
    assert_eq!(above, [Some(1), None, None]);
    kernel.set_task(in_7(2));
    assert_eq!(kernel.kprobe(count, &mut registers), Ok([7, 10]));
    let above = kernel.kprobe(ancestors, &mut registers);
    assert_eq!(above, [Some(1), Some(7), None]);
    kernel.set_task(in_7(3));
    assert_eq!(kernel.kprobe(count, &mut registers), Ok([7, 11]));
    assert_eq!(kernel.kprobe(forget, &mut registers), Err(Errno::ENOENT));
    assert_eq!(kernel.kprobe(count, &mut registers), Ok([7, 10]));
    kernel.set_task(Task::default());
    assert_eq!(kernel.kprobe(count, &mut registers), Ok([1, 11]));
}

#[test]
fn records_of_userspace_are_taken_in_their_order() {
    #[rex::map]
    static ORDERS: UserRingBuf = UserRingBuf::with_size(4096);
    let mut kernel = Kernel::new();
    let mut buffer = [0; 4];
    assert!(ORDERS.read(&mut buffer).is_ok_and(|found| found.is_none()));
    for record in [&b"one"[..], b"truncated", b"", b"four"] {
        kernel.submit(&ORDERS, record);
    }
    let record = ORDERS.read(&mut buffer).unwrap().unwrap();
    assert_eq!(
        (record.bytes(), record.is_truncated()),
        (&b"one"[..], false)
    );
    let record = ORDERS.read(&mut buffer).unwrap().unwrap();
    assert_eq!((record.bytes(), record.size()), (&b"trun"[..], 9));
    assert!(record.is_truncated());
    let mut sizes = Vec::new();
    let drained = ORDERS.drain(&mut buffer, |record| {
        sizes.push(record.len());
        Ok(())
    });
    assert_eq!((drained, sizes), (Ok(2), vec![0, 4]));
    kernel.submit(&ORDERS, b"a");
    kernel.submit(&ORDERS, b"b");
    let failed = ORDERS.drain(&mut buffer, |_| Err(Errno::EIO));
    assert_eq!(failed, Err(Errno::EIO));
    assert_eq!(ORDERS.drain(&mut buffer, |_| Ok(())), Ok(1));
}

#[test]
fn functions_are_shared_by_kinds_of_programs() {
    fn cpu(obj: &impl Helpers) -> i32 {
        obj.bpf_get_smp_processor_id()
    }
    fn process(obj: &impl TaskHelpers) -> i32 {
        (obj.bpf_get_current_pid_tgid() >> 32) as i32 + cpu(obj)
    }
    fn at_probe(obj: &kprobe, _: &mut PtRegs) -> Result {
        Ok(process(obj))
    }
    fn at_event(
        obj: &tracepoint<SyscallsEnterDupCtx>,
        _: &SyscallsEnterDupCtx,
    ) -> Result {
        Ok(process(obj) + 10)
    }
    let mut kernel = Kernel::new();
    kernel.set_cpu(3);
    let event = SyscallsEnterDupCtx {
        syscall_nr: 32,
        fildes: 1,
    };
    assert_eq!(run(&mut kernel, at_probe), Ok(4));
    assert_eq!(kernel.tracepoint(at_event, &event), Ok(14));
}

#[test]
fn locked_values_are_changed_under_their_lock() {
    #[rex::map]
    static MAP: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);
    fn add(obj: &kprobe, _: &mut PtRegs) -> Result {
        let element = obj.bpf_map_lookup_elem(&MAP, &0).ok_or(-ENOENT)?;
        let mut value = element.lock()?;
        *value += 2;
        Ok(*value as i32)
    }
    let mut kernel = Kernel::new();
    assert_eq!(run(&mut kernel, add), Ok(2));
    assert_eq!(run(&mut kernel, add), Ok(4));
}

#[test]
fn helpers_answer_what_was_set() {
    fn check(obj: &kprobe, _: &mut PtRegs) -> Result {
        let mut comm = [0; 16];
        obj.bpf_get_current_comm(&mut comm)?;
        assert_eq!(&comm, b"a name of many \0");
        let task = obj.bpf_get_current_task().ok_or(-ENOENT)?;
        assert_eq!((task.get_pid(), task.get_tgid()), (8, 9));
        assert_eq!((task.get_utime(), task.get_stime()), (10, 11));
        let name = task.get_comm().map_err(|_| -EINVAL)?;
        assert_eq!(name.to_bytes(), b"a name of many ");
        assert_eq!(obj.bpf_get_current_pid_tgid(), 9 << 32 | 8);
        assert_eq!(obj.bpf_get_current_uid_gid(), 7 << 32 | 6);
        assert_eq!(obj.bpf_get_current_cgroup_id(), 12);
        assert_eq!(obj.bpf_get_smp_processor_id(), 2);
        assert_eq!(obj.bpf_ktime_get_ns(), 8_000_000);
        assert_eq!(obj.bpf_jiffies64(), 2);
        let numbers = [(); 2].map(|()| obj.bpf_get_prandom_u32());
        assert_eq!(numbers, [u32::MAX, 0]);
        Ok(5)
    }
    let mut kernel = Kernel::new();
    kernel.set_cpu(2);
    kernel.set_time(8_000_000);
    kernel.set_random(u32::MAX);
    kernel.set_task(Task {
        pid: 8,
        tgid: 9,
        uid: 6,
        gid: 7,
        comm: "a name of many letters".to_string(),
        utime: 10,
        stime: 11,
        cgroup: 12,
    });
    assert_eq!(run(&mut kernel, check), Ok(5));
}

#[test]
fn memory_is_read_where_it_was_set() {
    fn read(obj: &kprobe, regs: &mut PtRegs) -> Result {
        let mut number = 5u32;
        let mut text = [1; 8];
        let size = obj.bpf_probe_read_user_str(&mut text, regs.rsi())?;
        assert_eq!((size, &text), (3, b"hi\0\0\0\0\0\0"));
        let bad = obj.bpf_probe_read_user(&mut number, regs.rdi() + 2);
        assert_eq!((bad, number), (Err(-EFAULT), 0));
        obj.bpf_probe_read_user(&mut number, regs.rdi())?;
        Ok(number as i32)
    }
    let mut kernel = Kernel::new();
    kernel.set_memory(0x1000, &1234u32.to_ne_bytes());
    kernel.set_memory(0x2000, b"hi\0there");
    let mut registers = Registers {
        rdi: 0x1000,
        rsi: 0x2000,
        ..Registers::default()
    };
    assert_eq!(kernel.kprobe(read, &mut registers), Ok(1234));
}

#[test]
fn overridden_return_is_that_of_the_last_run() {
    fn fail_odd(obj: &kprobe, regs: &mut PtRegs) -> Result {
        if regs.rdi() % 2 == 1 {
            return Ok(obj.bpf_override_return(regs, 77));
        }
        Ok(1)
    }
    let mut kernel = Kernel::new();
    let mut registers = Registers {
        rdi: 3,
        ..Registers::default()
    };
    assert_eq!(kernel.kprobe(fail_odd, &mut registers), Ok(0));
    assert_eq!((kernel.overridden(), registers.rax), (Some(77), 77));
    registers.rdi = 4;
    assert_eq!(kernel.kprobe(fail_odd, &mut registers), Ok(1));
    assert_eq!(kernel.overridden(), None);
}

#[test]
fn each_kernel_begins_with_empty_maps() {
    #[rex::map]
    static MAP: RexHashMap<u32, u32> = RexHashMap::new(1, 0);
    let kernel = Kernel::new();
    assert_eq!(MAP.insert(&1, &1), Ok(0));
    drop(kernel);
    let _kernel = Kernel::new();
    assert_eq!(MAP.get(&1), None);
    // Each thread has its own kernel.
    assert_eq!(MAP.insert(&1, &1), Ok(0));
    let there = std::thread::spawn(|| MAP.get(&1)).join();
    assert_eq!(there.ok(), Some(None));
}

#[test]
fn flags_of_the_helpers_are_those_of_the_maps() {
    #[rex::map]
    static MAP: RexHashMap<u32, u32> = RexHashMap::new(9, 0);
    fn store(obj: &kprobe, _: &mut PtRegs) -> Result {
        obj.bpf_map_update_elem(&MAP, &1, &2, BPF_NOEXIST)?;
        obj.bpf_map_update_elem(&MAP, &1, &3, BPF_EXIST)?;
        obj.bpf_map_update_elem(&MAP, &4, &5, BPF_ANY)?;
        obj.bpf_map_delete_elem(&MAP, &4)
    }
    let mut kernel = Kernel::new();
    assert_eq!(run(&mut kernel, store), Ok(0));
    assert_eq!((MAP.get(&1), MAP.get(&4)), (Some(3), None));
}

mod context {
    use std::string::ToString;

    use super::super::{Kernel, Registers, Task};
    use crate::config::__declare_config;
    use crate::lsm::LsmArgs;
    use crate::prelude::*;

    #[rex::map]
    static CALLS: HashMap<u32, u64> = HashMap::with_max_entries(2);
    #[rex::map]
    static NAMES: RingBuf = RingBuf::with_size(4096);

    fn count(ctx: &Context, key: u32) -> Result {
        if let Some(calls) = CALLS.lookup(ctx, key) {
            calls.update(|calls| *calls += 1);
            return Ok(());
        }
        CALLS.insert(key, 1)
    }

    fn on_open(ctx: &mut KprobeContext) -> Result<u32> {
        count(ctx, ctx.tgid())?;
        let mut buffer = [0; 16];
        let path = ctx.read_user_str(ctx.regs().rsi(), &mut buffer)?;
        NAMES.output_bytes(path.to_bytes())?;
        let word: u32 = ctx.read_user(ctx.regs().rsi())?;
        ctx.override_return(7)?;
        Ok(word)
    }

    #[test]
    fn kprobe_with_context_sees_what_one_with_obj_sees() {
        let mut kernel = Kernel::new();
        kernel.set_task(Task {
            pid: 3,
            tgid: 2,
            ..Task::default()
        });
        kernel.set_memory(0x1000, b"path\0");
        let mut registers = Registers {
            rsi: 0x1000,
            ..Registers::default()
        };
        let word = u32::from_ne_bytes(*b"path");
        assert_eq!(kernel.kprobe(on_open, &mut registers), Ok(word));
        assert_eq!(kernel.kprobe(on_open, &mut registers), Ok(word));
        assert_eq!(CALLS.get(2), Some(2));
        assert_eq!(kernel.overridden(), Some(7));
        assert_eq!(kernel.records(&NAMES), [b"path", b"path"]);
        registers.rsi = 0x2000;
        let result = kernel.kprobe(on_open, &mut registers);
        assert_eq!(result, Err(Errno::EFAULT));
    }

    #[test]
    fn errors_of_maps_have_names() {
        let _kernel = Kernel::new();
        assert_eq!(CALLS.remove(1), Err(Errno::ENOENT));
        assert_eq!(CALLS.update(1, 1), Err(Errno::ENOENT));
        assert_eq!(CALLS.insert_new(1, 1), Ok(()));
        assert_eq!(CALLS.insert_new(1, 1), Err(Errno::EEXIST));
        assert_eq!(CALLS.insert(2, 1), Ok(()));
        assert_eq!(CALLS.insert(3, 1), Err(Errno::E2BIG));
        assert_eq!(CALLS.remove(1), Ok(()));
    }

    fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) {
        let comm = ctx.comm().unwrap_or_default();
        info!("{} {}", comm.to_str().unwrap_or("?"), ctx.event().fildes);
        warn!("uid {}", ctx.uid());
    }

    #[test]
    fn lines_are_printed_one_by_one() {
        let mut kernel = Kernel::new();
        kernel.set_task(Task {
            uid: 5,
            comm: "cat".to_string(),
            ..Task::default()
        });
        let event = SyscallsEnterDupCtx {
            syscall_nr: 32,
            fildes: 4,
        };
        kernel.tracepoint(on_dup, &event);
        let function = "[rex::host::tests::context::on_dup]";
        assert_eq!(
            kernel.printed(),
            [
                std::format!("{function} cat 4"),
                std::format!("{function} warning: uid 5"),
            ]
        );
    }

    fn on_nice(ctx: &mut LsmContext) -> Result {
        match ctx.arg(1) {
            Some(11..) if ctx.uid() != 0 => Err(Errno::EPERM),
            Some(_) => Ok(()),
            None => Err(Errno::EINVAL),
        }
    }

    fn with_two(_: &crate::lsm::lsm, args: &LsmArgs) -> crate::Result {
        Ok(args.args().len() as i32)
    }

    fn on_path(ctx: &mut Sleepable<LsmContext>) -> Result {
        let address = ctx.awake().arg(0).unwrap_or(0);
        let mut buffer = [0; 16];
        let path = ctx.copy_from_user_str(address, &mut buffer)?;
        let length = path.count_bytes() as u64;
        let first: u16 = ctx.copy_from_user(address)?;
        match (length, first.to_le_bytes()) {
            (4, [b'/', b'e']) => Err(Errno::EACCES),
            _ => Ok(()),
        }
    }

    #[test]
    fn memory_of_the_process_need_not_be_waited_for() {
        let mut kernel = Kernel::new();
        kernel.set_memory(0x1000, b"/etc\0");
        let mut path = |address| {
            let mut words = [address];
            let args: &mut LsmArgs = (&mut words[..]).into();
            kernel.run(on_path, args)
        };
        assert_eq!(path(0x1000), Err(Errno::EACCES));
        assert_eq!(path(0x1001), Ok(()));
        assert_eq!(path(0x2000), Err(Errno::EFAULT));
    }

    #[test]
    fn programs_get_the_arguments_of_the_test() {
        let mut kernel = Kernel::new();
        kernel.set_task(Task {
            uid: 5,
            ..Task::default()
        });
        let mut nice = |args: &mut [u64]| {
            let args: &mut LsmArgs = args.into();
            (kernel.run(on_nice, args), kernel.run(with_two, args))
        };
        assert_eq!(nice(&mut [0, 10]), (Ok(()), Ok(2)));
        assert_eq!(nice(&mut [0, 11]), (Err(Errno::EPERM), Ok(2)));
        assert_eq!(nice(&mut [0]), (Err(Errno::EINVAL), Ok(1)));
    }

    fn sleepable(ctx: &mut Sleepable<LsmContext>) -> Result<u64> {
        let ctx = ctx.awake();
        ctx.arg(1)
            .ok_or(Errno::EINVAL)
            .map(|nice| nice + u64::from(ctx.uid()))
    }

    #[test]
    fn sleepable_programs_get_them_too() {
        let mut kernel = Kernel::new();
        kernel.set_task(Task {
            uid: 5,
            ..Task::default()
        });
        let mut ask = |args: &mut [u64]| {
            kernel.run(sleepable, <&mut LsmArgs>::from(args))
        };
        assert_eq!(ask(&mut [0, 10]), Ok(15));
        assert_eq!(ask(&mut [0]), Err(Errno::EINVAL));
    }

    #[rex::map]
    static NUMBERS: HashMap<u32, u64> = HashMap::with_max_entries(8);
    #[rex::map]
    static TIMES: Array<[u64; 4]> = Array::with_max_entries(1);
    #[rex::map]
    static HITS: Shared<u64> = Shared::new();
    #[rex::map]
    static LOCAL: PerCpu<u32> = PerCpu::new();
    static STEP: Config<u64> = __declare_config(Config::new(1));
    static SKIP: Config<bool> = __declare_config(Config::new(false));
    static TOTAL: Lock<u64> = Lock::new(0);

    fn on_state(
        ctx: &mut TracepointContext<SyscallsEnterDupCtx>,
    ) -> crate::error::Result {
        if SKIP.get() {
            return Ok(());
        }
        HITS.fetch_add(STEP.get());
        LOCAL.update(|local| *local += 1);
        *TOTAL.lock()? += 1;
        let mut sum = 0u64;
        for (key, value) in NUMBERS.iter(ctx) {
            sum += value.get();
            NUMBERS.remove(key)?;
        }
        let times = TIMES.lookup(ctx, 0).ok_or(Errno::ENOENT)?;
        let last = times.at(3).ok_or(Errno::ENOENT)?;
        last.set(sum);
        assert!(times.at(4).is_none());
        let mut bytes = [0; 9];
        times.read_at(23, &mut bytes)?;
        assert_eq!(bytes[1..], sum.to_ne_bytes());
        times.write_at(7, &bytes)?;
        assert_eq!(times.read_at(24, &mut bytes), Err(Errno::E2BIG));
        let _taken = TOTAL.lock()?;
        TOTAL.lock().map(drop)
    }

    #[test]
    fn state_is_shared_as_in_the_kernel() {
        let mut kernel = Kernel::new();
        let event = SyscallsEnterDupCtx {
            syscall_nr: 32,
            fildes: 4,
        };
        kernel.set_config(&STEP, 5);
        kernel.set_cpu(2);
        for key in 0..8 {
            assert_eq!(NUMBERS.insert(key, 10), Ok(()));
        }
        assert_eq!(kernel.tracepoint(on_state, &event), Err(Errno::EDEADLK));
        assert_eq!(HITS.get(), 5);
        assert_eq!(LOCAL.get(), 1);
        assert_eq!(TIMES.get(0), Some([0, 80, 0, 80]));
        assert_eq!(NUMBERS.get(1), None);
        kernel.set_cpu(1);
        assert_eq!(LOCAL.get(), 0);
        kernel.set_config(&SKIP, true);
        assert_eq!(kernel.tracepoint(on_state, &event), Ok(()));
        assert_eq!(HITS.get(), 5);
        // A new kernel has no objects.
        drop(kernel);
        let _kernel = Kernel::new();
        assert_eq!((STEP.get(), SKIP.get(), HITS.get()), (1, false, 0));
    }

    #[test]
    fn a_heap_can_be_asked() {
        let mut kernel = Kernel::new();
        assert_eq!((heap::size(), heap::used()), (1 << 20, 0));
        kernel.set_heap(1000, 600);
        assert_eq!((heap::size(), heap::free()), (1000, 400));
        let mut numbers = std::vec![1];
        assert_eq!(numbers.try_push(2), Ok(()));
        assert_eq!(numbers, [1, 2]);
        assert_eq!(*heap::try_box(7).expect("there is room"), 7);
        assert!(heap::try_box(()).is_ok());
    }
}

mod probes {
    use std::vec::Vec;

    use crate::cgroup_device::bpf_cgroup_dev_ctx;
    use crate::fentry::FentryArgs;
    use crate::fexit::FexitArgs;
    use crate::host::{Kernel, Probe, Program, Registers, Sample};
    use crate::iter::IterArgs;
    use crate::lsm::LsmArgs;
    use crate::perf_event::bpf_perf_event_data;
    use crate::prelude::*;
    use crate::pt_regs::PtRegs;
    use crate::raw_tracepoint::RawTracepointArgs;
    use crate::request::RequestArgs;
    use crate::timer::TimerEvent;

    #[test]
    fn programs_at_all_probes_have_registers() {
        fn at_entry(ctx: &mut UprobeContext) -> u64 {
            ctx.regs().rdi()
        }
        fn asleep(ctx: &mut Sleepable<UprobeContext>) -> u64 {
            ctx.awake().regs().rdi()
        }
        fn at_return(ctx: &mut KretprobeContext) -> u64 {
            ctx.return_value()
        }
        let mut kernel = Kernel::new();
        let mut regs = Registers {
            rdi: 5,
            rax: 6,
            ..Registers::default()
        };
        assert_eq!(kernel.kprobe(at_entry, &mut regs), 5);
        assert_eq!(kernel.kprobe(asleep, &mut regs), 5);
        assert_eq!(kernel.kprobe(at_return, &mut regs), 6);
    }

    #[test]
    fn traced_functions_have_an_address_and_a_cookie() {
        fn on_entry(ctx: &mut FentryContext) -> u64 {
            ctx.function().unwrap_or(0) + ctx.attach_cookie()
        }
        fn on_exit(ctx: &mut FexitContext) -> u64 {
            ctx.function().unwrap_or(0) + ctx.return_value()
        }
        let mut kernel = Kernel::new();
        kernel.set_probe(Probe {
            function: 0x1000,
            cookie: 3,
            ..Probe::default()
        });
        let mut args = [1, 2];
        assert_eq!(
            kernel.run::<FentryArgs, _, _>(on_entry, (&mut args[..]).into()),
            0x1003
        );
        let mut event = FexitArgs::new(&args, 7);
        assert_eq!(kernel.run(on_exit, &mut event), 0x1007);
    }

    fn before(ctx: &mut Sleepable<FentryContext>) -> Option<u64> {
        ctx.awake().arg(1)
    }

    fn after(ctx: &mut Sleepable<FexitContext>) -> (Option<u64>, u64) {
        let awake = ctx.awake();
        (awake.arg(0), awake.return_value())
    }

    #[test]
    fn sleepable_programs_of_functions_get_them_too() {
        let mut kernel = Kernel::new();
        let args: &mut [u64] = &mut [7, 8];
        let args: &mut FentryArgs = args.into();
        assert_eq!(kernel.run(before, args), Some(8));
        let mut args = FexitArgs::new(&[7], 9);
        assert_eq!(kernel.run(after, &mut args), (Some(7), 9));
    }

    #[test]
    fn session_keeps_a_value_until_the_return() {
        fn on_call(ctx: &mut KprobeSessionContext) -> Result<SessionAction> {
            if ctx.is_return() {
                assert_eq!(ctx.session_value(), 9);
                return Ok(SessionAction::Skip);
            }
            ctx.set_session_value(ctx.regs().rdi())?;
            Ok(SessionAction::Return)
        }
        let mut kernel = Kernel::new();
        let mut regs = Registers {
            rdi: 9,
            ..Registers::default()
        };
        let entered = kernel.kprobe(on_call, &mut regs);
        assert_eq!(entered, Ok(SessionAction::Return));
        let mut probe = kernel.probe();
        assert_eq!(probe.session_value, 9);
        probe.is_return = true;
        kernel.set_probe(probe);
        assert_eq!(kernel.kprobe(on_call, &mut regs), Ok(SessionAction::Skip));
    }

    #[test]
    fn usdt_programs_have_arguments_and_a_cookie() {
        fn on_query(ctx: &mut UsdtContext) -> Result<u64> {
            assert_eq!(ctx.arg_count(), 2);
            assert_eq!(ctx.arg::<i32>(2), Err(Errno::EINVAL));
            Ok(ctx.arg::<u64>(1)? + ctx.attach_cookie())
        }
        let mut kernel = Kernel::new();
        kernel.set_usdt(&[1, 20], 300);
        let result = kernel.kprobe(on_query, &mut Registers::default());
        assert_eq!(result, Ok(320));
    }

    #[test]
    fn fexit_programs_have_arguments_and_the_result() {
        fn on_read(ctx: &mut FexitContext) -> u64 {
            ctx.arg(1).unwrap_or(0) * 100 + ctx.return_value()
        }
        let mut kernel = Kernel::new();
        assert_eq!(kernel.run(on_read, &mut FexitArgs::new(&[1, 2], 7)), 207);
    }

    #[test]
    fn samples_have_registers_a_period_and_a_counter() {
        fn on_sample(ctx: &mut PerfEventContext) -> Result<u64> {
            let value = ctx.read_value()?;
            let here = ctx.regs().rip() + ctx.sample_period() + ctx.addr();
            Ok(here + value.counter)
        }
        let mut sample = Sample {
            period: 20,
            addr: 300,
            ..Sample::default()
        };
        sample.registers.rip = 1;
        sample.value.counter = 4000;
        let mut kernel = Kernel::new();
        assert_eq!(kernel.sample(on_sample, &sample), Ok(4321));
    }

    /// Checks that a program with this context can run, and returns the context's name.
    macro_rules! runs {
        ($($context:ident($event:ty))*) => {{
            fn program<E: ?Sized, Face, P: Program<E, Face>>(_: P) {}
            $(
                fn $context(_: &mut crate::prelude::$context) {}
                program::<$event, _, _>($context);
            )*
            [$(stringify!($context)),*]
        }};
    }

    /// Packets are parts of the kernel's structures, which are not simulated.
    const OF_PACKETS: [&str; 3] =
        ["XdpContext", "TcContext", "CgroupSkbContext"];

    /// The list has the context of each attribute in quotation marks, after its module.
    #[test]
    #[allow(non_snake_case)]
    fn programs_of_all_kinds_run_but_those_for_packets() {
        let list = include_str!("../../../kmod/progtypes.def");
        let mut simulated = Vec::from(runs! {
            KprobeContext(PtRegs) KretprobeContext(PtRegs)
            KprobeSessionContext(PtRegs) UprobeContext(PtRegs)
            UsdtContext(PtRegs) RawTracepointContext(RawTracepointArgs)
            TimerContext(TimerEvent) RequestContext(RequestArgs)
            PerfEventContext(bpf_perf_event_data) FentryContext(FentryArgs)
            FexitContext(FexitArgs<'_>) LsmContext(LsmArgs)
            CgroupDeviceContext(bpf_cgroup_dev_ctx) IterContext(IterArgs)
        });
        simulated.push("TracepointContext<E>"); // `Kernel::tracepoint`
        let mut found = 0;
        for entry in list.split("\nREX_PROG_ATTRIBUTE(").skip(1) {
            let context = entry.split('"').nth(1).unwrap();
            let known =
                simulated.contains(&context) || OF_PACKETS.contains(&context);
            assert!(known, "tests cannot run programs with a {context}");
            found += 1;
        }
        assert!(found > simulated.len());
    }
}
