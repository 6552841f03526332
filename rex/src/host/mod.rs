// SPDX-License-Identifier: GPL-2.0
//! The kernel's part in unit tests: `cargo test` runs a program's functions on
//! this machine, as a process.
//!
//! The crate is the same; below it, in place of the kernel, are maps made of the
//! standard library's collections and helpers that answer what the test has set.
//! Each test thread has a kernel of its own, empty at first.
//!
//! ```no_run
//! #![cfg_attr(not(test), no_std, no_main)]
//!
//! use rex::prelude::*;
//!
//! #[map]
//! static CALLS: HashMap<i32, u64> = HashMap::with_max_entries(100);
//!
//! #[tracepoint]
//! fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
//!     let pid = ctx.task().ok_or(Errno::ESRCH)?.pid();
//!     let calls = CALLS.get(pid).unwrap_or(0);
//!     CALLS.insert(pid, calls + 1)
//! }
//!
//! #[cfg(test)]
//! mod tests {
//!     use super::*;
//!     use rex::host::{Kernel, Task};
//!
//!     #[test]
//!     fn calls_are_counted_by_pid() {
//!         let mut kernel = Kernel::new();
//!         let event = SyscallsEnterDupCtx { syscall_nr: 32, fildes: 1 };
//!         kernel.set_task(Task { pid: 7, ..Task::default() });
//!         assert_eq!(kernel.tracepoint(on_dup, &event), Ok(()));
//!         assert_eq!(CALLS.get(7), Some(1));
//!     }
//! }
//! ```
//!
//! Programs of all kinds run, except those for packets: [`Kernel::run`] gives a program its
//! event, [`Kernel::tracepoint`] a record, [`Kernel::kprobe`] the registers of any probe
//! and [`Kernel::sample`] a sample.
//!
//! A program's panic is the test's. What is not simulated (helpers for packets, signals
//! and stacks) ends the test process with a message that names the
//! helper. It does not simulate how long a run takes, how deep its stack is, or in
//! which context a helper refuses to work: tests in a VM show that.

#[macro_use]
mod absent;
pub(crate) mod data;
mod helpers;
mod list;
mod lookups;
pub(crate) mod maps;
mod program;
mod task;
#[cfg(test)]
mod tests;

use core::any::Any;
use core::marker::PhantomData;
use core::time::Duration;
use std::boxed::Box;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use crate::config::{Config, ConfigValue};
use crate::linux::perf_event::bpf_perf_event_value;
use crate::map::{
    CgroupArray, RexCgroupArray, RexRingBuf, RexUserRingBuf, RingBuf,
    UserRingBuf,
};
use crate::perf_event::bpf_perf_event_data;
use crate::pt_regs::PtRegs;
use crate::tracepoint::TracepointRecord;

/// The number of the USDT probe's place: librex begins with 1.
const USDT_PLACE: u32 = 1;

/// Number of CPUs of a simulated kernel.
pub const CPUS: u32 = 8;

#[doc(inline)]
pub use data::{__btf, Object, Stored};
#[doc(inline)]
pub use program::{Program, TracepointProgram};
#[doc(inline)]
pub use task::Task;
pub(crate) use task::offset;
use task::{TaskStruct, ancestor_of, cgroup_of, pid_of};

/// All that the kernel of one thread knows.
struct State {
    cpu: u32,
    time: u64,
    random: u32,
    task: TaskStruct,
    memory: BTreeMap<u64, u8>,
    data: data::Data,
    printed: Vec<String>,
    armed: Vec<(String, Duration)>,
    overridden: Option<u64>,
    probe: Probe,
    maps: maps::Maps,
    /// Its size, and what is in use.
    heap: (u64, u64),
    /// By the address of the static.
    configs: BTreeMap<usize, Box<dyn Any>>,
}

/// Of a run at a probe or a traced function, what registers and arguments do not show.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The address of the function.
    pub function: u64,
    /// The number given at attachment. A test of a USDT program sets it by
    /// [`Kernel::set_usdt`].
    pub cookie: u64,
    /// Whether a function of a session returns.
    pub is_return: bool,
    /// The value that a session keeps for the return.
    pub session_value: u64,
}

/// A sample of a perf event.
#[derive(Debug, Default, Clone)]
pub struct Sample {
    /// The registers of the interrupted code.
    pub registers: Registers,
    /// The number of events since the last sample.
    pub period: u64,
    /// The address of the event's access.
    pub addr: u64,
    /// The event's counter, and the times that it has been enabled and running.
    pub value: bpf_perf_event_value,
}

/// A sample as programs see it, in place of `struct bpf_perf_event_data_kern`.
#[repr(C)]
struct SampleOfRun {
    regs: *const Registers,
    sample: *const Sample,
}

impl State {
    /// The byte at an address, if there is memory: what is not set in an object is 0.
    fn byte(&self, address: u64) -> Option<u8> {
        let set = self.memory.get(&address).copied();
        set.or_else(|| self.data.is_object(address).then_some(0))
    }

    fn new() -> Self {
        Self {
            cpu: 0,
            time: 0,
            random: 1,
            task: TaskStruct::from(&Task::default()),
            memory: BTreeMap::new(),
            data: data::Data::default(),
            printed: Vec::new(),
            armed: Vec::new(),
            overridden: None,
            probe: Probe::default(),
            maps: maps::Maps::default(),
            heap: (1 << 20, 0),
            configs: BTreeMap::new(),
        }
    }
}

std::thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::new());
}

/// Calls `use_it` with the kernel of this thread.
fn with<T>(use_it: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(use_it)
}

/// Returns the value that a test has given `config`.
pub(crate) fn config<T: ConfigValue>(config: &Config<T>) -> Option<T> {
    let address = core::ptr::from_ref(config).addr();
    with(|state| state.configs.get(&address)?.downcast_ref().copied())
}

/// The registers of a kprobe, in the order of `struct pt_regs`.
#[allow(missing_docs)]
#[repr(C)]
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub orig_rax: u64,
    pub rip: u64,
    pub cs: u64,
    pub eflags: u64,
    pub rsp: u64,
    pub ss: u64,
}

const _: () = assert!(
    size_of::<Registers>() == crate::pt_regs::NR_REGS * size_of::<u64>()
);

/// The kernel of this thread, for as long as there is this value: what the
/// programs of a test get to see, and what they have done.
///
/// Maps are used as programs use them: `MAP.insert(..)`, `MAP.get(..)`. They are
/// empty when a `Kernel` is made.
#[derive(Debug)]
pub struct Kernel {
    /// It belongs to one thread.
    _thread: PhantomData<*mut ()>,
}

impl Default for Kernel {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        with(|state| *state = State::new());
    }
}

impl Kernel {
    /// A kernel with empty maps; everything is as it is by default.
    #[must_use]
    pub fn new() -> Self {
        with(|state| *state = State::new());
        Self {
            _thread: PhantomData,
        }
    }

    /// The task that programs interrupt. At first this is [`Task::default`].
    pub fn set_task(&mut self, task: Task) {
        with(|state| {
            state.task = TaskStruct::from(&task);
            state.data.task = None;
        });
    }

    /// The CPU that programs run on, below [`CPUS`]. At first this is 0.
    pub fn set_cpu(&mut self, cpu: u32) {
        assert!(cpu < CPUS, "there are {CPUS} CPUs");
        with(|state| state.cpu = cpu);
    }

    /// Sets the time of all clocks, in nanoseconds. It is 0 at first, and stands still.
    pub fn set_time(&mut self, nanoseconds: u64) {
        with(|state| state.time = nanoseconds);
    }

    /// The next pseudo-random number; the ones after it count up from there.
    pub fn set_random(&mut self, number: u32) {
        with(|state| state.random = number);
    }

    /// Puts bytes at an address, of userspace or the kernel, where programs can
    /// read them.
    pub fn set_memory(&mut self, address: u64, bytes: &[u8]) {
        with(|state| {
            state.memory.extend((address..).zip(bytes.iter().copied()))
        });
    }

    /// Sets the size of the heap and the bytes in use, as programs see them: at first
    /// 1 MiB, and none. Programs really allocate from the standard library.
    pub fn set_heap(&mut self, size: u64, used: u64) {
        with(|state| state.heap = (size, used));
    }

    /// Sets a constant of the programs, as a loader does.
    pub fn set_config<T: ConfigValue>(
        &mut self,
        config: &'static Config<T>,
        value: T,
    ) {
        let address = core::ptr::from_ref(config).addr();
        with(|state| state.configs.insert(address, Box::new(value)));
    }

    /// Writes a record to a user ring buffer, as userspace does.
    pub fn submit(&mut self, map: &'static impl UserRecords, record: &[u8]) {
        if let Some(map) = map.__simulated() {
            maps::add_record(map, record);
        }
    }

    /// Puts a cgroup in `cgroups` at `index`, and says whether the current task is in it.
    /// At first there is none.
    pub fn set_cgroup(
        &mut self,
        cgroups: &'static impl Cgroups,
        index: u32,
        has_task: bool,
    ) {
        if let Some(map) = cgroups.__simulated() {
            maps::set_cgroup(map, index, has_task);
        }
    }

    /// Runs a program whose event a test can make: the arguments of a function, of a
    /// hook or of a tracepoint, or plain data.
    ///
    /// ```text
    /// use rex::host::Kernel;
    /// use rex::lsm::LsmArgs;
    /// use rex::prelude::*;
    ///
    /// #[lsm("task_setnice")]
    /// fn on_nice(ctx: &mut LsmContext) -> Result {
    ///     match ctx.arg(1) {
    ///         Some(11..) => Err(Errno::EPERM),
    ///         _ => Ok(()),
    ///     }
    /// }
    ///
    /// #[test]
    /// fn ten_is_nice_enough() {
    ///     let mut kernel = Kernel::new();
    ///     let mut nice = |value| {
    ///         let args: &mut LsmArgs = (&mut [0, value][..]).into();
    ///         kernel.run(on_nice, args)
    ///     };
    ///     assert_eq!(nice(10), Ok(()));
    ///     assert_eq!(nice(11), Err(Errno::EPERM));
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Runs the program, and returns its result.
    pub fn run<E: ?Sized, Face, P: Program<E, Face>>(
        &mut self,
        program: P,
        event: &mut E,
    ) -> P::Output {
        begin_run();
        program.simulate(event)
    }

    /// Runs a tracepoint program.
    ///
    /// # Errors
    ///
    /// Runs the program, and returns its result.
    pub fn tracepoint<
        C: TracepointRecord,
        Face,
        P: TracepointProgram<C, Face>,
    >(
        &mut self,
        program: P,
        event: &C,
    ) -> P::Output {
        begin_run();
        program.simulate(event)
    }

    /// Sets what programs at probes, and fentry and fexit programs, can ask about their probe
    /// or function.
    pub fn set_probe(&mut self, probe: Probe) {
        with(|state| state.probe = probe);
    }

    /// What programs at probes can ask about their probe: a session may have kept a
    /// value.
    #[must_use]
    pub fn probe(&self) -> Probe {
        with(|state| state.probe)
    }

    /// Sets the arguments of the USDT probe, of which there are at most 12, and the number
    /// given at attachment.
    ///
    /// ```text
    /// use rex::host::{Kernel, Registers};
    /// use rex::prelude::*;
    ///
    /// fn on_query(ctx: &mut UsdtContext) -> Result<i32> {
    ///     ctx.arg(1)
    /// }
    ///
    /// let mut kernel = Kernel::new();
    /// kernel.set_usdt(&[0x5000, 7], 0);
    /// assert_eq!(kernel.kprobe(on_query, &mut Registers::default()), Ok(7));
    /// ```
    pub fn set_usdt(&mut self, args: &[u64], cookie: u64) {
        crate::usdt::simulate_place(USDT_PLACE, args, cookie);
        with(|state| state.probe.cookie = USDT_PLACE.into());
    }

    /// Runs a program at a probe: a kprobe, kretprobe, kprobe_session, uprobe, uretprobe or
    /// USDT program.
    pub fn kprobe<Face, P: Program<PtRegs, Face>>(
        &mut self,
        program: P,
        registers: &mut Registers,
    ) -> P::Output {
        begin_run();
        // SAFETY: these are as many integers as `struct pt_regs` has, and borrowed
        // for the call.
        let regs =
            unsafe { PtRegs::from_ctx(core::ptr::from_mut(registers).cast()) };
        program.simulate(regs)
    }

    /// Runs a perf event program.
    ///
    /// ```text
    /// use rex::host::{Kernel, Sample};
    /// use rex::prelude::*;
    ///
    /// fn on_sample(ctx: &mut PerfEventContext) -> u64 {
    ///     ctx.sample_period()
    /// }
    ///
    /// let mut kernel = Kernel::new();
    /// let sample = Sample { period: 100, ..Sample::default() };
    /// assert_eq!(kernel.sample(on_sample, &sample), 100);
    /// ```
    pub fn sample<Face, P: Program<bpf_perf_event_data, Face>>(
        &mut self,
        program: P,
        sample: &Sample,
    ) -> P::Output {
        begin_run();
        let mut of_run = SampleOfRun {
            regs: &raw const sample.registers,
            sample,
        };
        let ctx = (&raw mut of_run).cast();
        // SAFETY: `offset` gives the place of the registers in it, the helpers know the
        // type, and it is there during the call.
        let mut data = unsafe { bpf_perf_event_data::simulated(ctx) };
        program.simulate(&mut data)
    }

    /// The lines that programs have printed since the last call.
    pub fn printed(&mut self) -> Vec<String> {
        with(|state| core::mem::take(&mut state.printed))
    }

    /// The timers that programs have armed since the last call, by their names. None runs
    /// by itself: the test runs it.
    pub fn armed(&mut self) -> Vec<(String, Duration)> {
        with(|state| core::mem::take(&mut state.armed))
    }

    /// Returns the value that the last run made the probed function return, if it did.
    #[must_use]
    pub fn overridden(&self) -> Option<u64> {
        with(|state| state.overridden)
    }

    /// The records that were submitted to a ring buffer since the last call.
    pub fn records(&mut self, map: &'static impl Records) -> Vec<Vec<u8>> {
        maps::take_records(map)
    }
}

/// A ring buffer: [`RingBuf`] or [`RexRingBuf`].
pub trait Records {
    #[doc(hidden)]
    fn __simulated(&'static self) -> Option<u64>;
}

impl Records for RexRingBuf {
    fn __simulated(&'static self) -> Option<u64> {
        self.simulated()
    }
}

impl Records for RingBuf {
    fn __simulated(&'static self) -> Option<u64> {
        self.simulated()
    }
}

/// A user ring buffer: [`UserRingBuf`] or [`RexUserRingBuf`].
pub trait UserRecords {
    #[doc(hidden)]
    fn __simulated(&'static self) -> Option<u64>;
}

impl UserRecords for RexUserRingBuf {
    fn __simulated(&'static self) -> Option<u64> {
        self.simulated()
    }
}

impl UserRecords for UserRingBuf {
    fn __simulated(&'static self) -> Option<u64> {
        self.simulated()
    }
}

/// An array of cgroups: [`CgroupArray`] or [`RexCgroupArray`].
pub trait Cgroups {
    #[doc(hidden)]
    fn __simulated(&'static self) -> Option<u64>;
}

impl Cgroups for RexCgroupArray {
    fn __simulated(&'static self) -> Option<u64> {
        self.simulated()
    }
}

impl Cgroups for CgroupArray {
    fn __simulated(&'static self) -> Option<u64> {
        self.inner().simulated()
    }
}

fn begin_run() {
    with(|state| {
        state.overridden = None;
        state.maps.end_of_last_run();
    });
}
