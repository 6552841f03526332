// SPDX-License-Identifier: GPL-2.0
//! Programs that the kernel runs for each of its objects of a kind, when a process reads:
//! they write the text that the process reads.
//! C counterpart: BPF programs of type `BPF_PROG_TYPE_TRACING`, attached as
//! `BPF_TRACE_ITER`.
//!
//! ```no_run
//! # use rex::prelude::*;
//! use core::fmt::Write;
//!
//! use rex::kernel::task_struct;
//!
//! /// A line for each thread.
//! #[iter("task")]
//! fn list(ctx: &mut IterContext, task: Ptr<task_struct>) -> Result {
//!     if task.is_null() {
//!         return Ok(()); // the last run
//!     }
//!     let (tgid, pid) = (read!(task.tgid)?, read!(task.pid)?);
//!     writeln!(ctx, "{tgid} {pid}").map_err(|_| Errno::EOVERFLOW)
//! }
//! ```
//!
//! The kernel's types say which iterators there are, and which objects each has: a function
//! `bpf_iter_task` stands for `task`, with the iterator's state as its first argument. Only a
//! program with one argument, the context, can have objects as further ones.
//!
//! After the last object, most iterators run the program once more. In that run, the object is
//! a null pointer; for elements of maps, the key is. There is no such run if the process reads
//! only a part.
//!
//! A process reads the text from a descriptor of `bpf_iter_create`, or from the pin of the
//! link. The kernel collects the text in a buffer. If a write does not fit, it fails with
//! `EOVERFLOW`, and the kernel drops what the program has written for this object. It runs the
//! program again for the same object, with an empty buffer, when the process reads on. So the
//! error can be ignored, but a program counts such objects twice, unless it compares
//! [`IterContext::seq_num`]. If the text of one object does not fit into an empty buffer, of
//! 32 KB, the read fails with `E2BIG`. The iterator `cgroup` does not go on after a full buffer.
//!
//! A program that returns [`AGAIN`] has the kernel run it again for the same object.
//!
//! A sleepable program may wait for memory of the process that reads. The objects stay what
//! they are while it waits. LOAD takes such programs for `task` and `task_file`, where the
//! kernel holds no lock:
//!
//! ```no_run
//! # use rex::prelude::*;
//! use core::fmt::Write;
//!
//! use rex::kernel::task_struct;
//!
//! #[config]
//! static ADDRESS: Config<u64> = Config::new(0);
//!
//! /// The number at an address of the process that reads, beside each thread.
//! #[iter("task", sleepable)]
//! fn list(
//!     ctx: &mut Sleepable<IterContext>,
//!     task: Ptr<task_struct>,
//! ) -> Result {
//!     let number: u32 = ctx.copy_from_user(ADDRESS.get())?;
//!     let pid = read!(task.pid)?;
//!     writeln!(ctx.awake(), "{pid} {number}").map_err(|_| Errno::EOVERFLOW)
//! }
//! ```

#[cfg(not(target_os = "none"))]
use core::cell::RefCell;
use core::ffi::c_void;
use core::fmt;
#[cfg(not(target_os = "none"))]
use std::boxed::Box;
#[cfg(not(target_os = "none"))]
use std::vec::Vec;

use crate::context::Sleepable;
use crate::error::{Result, done};
use crate::kernel::{Arguments, Ptr};
#[cfg(not(target_os = "none"))]
use crate::linux::errno::EOVERFLOW;
use crate::program::function::{program, sleepable};
use crate::program::run::stack_of_caller;
use crate::rt::ffi;
use crate::utils::to_result;

program! {
    /// The helpers of iter programs. It is valid during the run only.
    iter;

    /// A run of the program of an iterator, for one object.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// use rex::kernel::task_struct;
    ///
    /// /// A number of 32 bits for each thread.
    /// #[iter("task")]
    /// fn numbers(ctx: &mut IterContext, task: Ptr<task_struct>) -> Result {
    ///     let pid = read!(task.pid)?;
    ///     ctx.write_bytes(&pid.to_ne_bytes())
    /// }
    /// ```
    IterContext(&'run IterArgs): TaskContext; simulated
}

sleepable! { iter: IterContext(&'run IterArgs) }

stack_of_caller! { [] iter: IterArgs }

/// `struct bpf_iter_meta`.
#[repr(C)]
struct Meta {
    seq: *mut c_void,
    session_id: u64,
    seq_num: u64,
}

/// So many bytes can be read from an iterator's words on, whichever iterator it is: they are a
/// variable of a function of the kernel, and above it on the stack are the frames of its callers,
/// down from the system call.
const READABLE: usize = 64;

/// The state of an iterator and its objects: words, of which the first one is the address of
/// the state.
pub struct IterArgs {
    words: *const u64,
    #[cfg(not(target_os = "none"))]
    simulated: Option<Box<Simulated>>,
}

impl IterArgs {
    #[inline(always)]
    fn meta(&self) -> &Meta {
        // SAFETY: the first word is the address of the state.
        let meta = unsafe { self.words.cast::<*const Meta>().read() };
        // SAFETY: the state stays as it is during the run.
        unsafe { &*meta }
    }

    /// Returns the word at an offset in bytes, or 0 if nothing can be read there. The loader
    /// takes the offset from the type of the function that stands for the iterator, but a
    /// program can ask for any other one as well: see [`Arguments`].
    #[inline(always)]
    fn word(&self, offset: usize) -> u64 {
        if cfg!(target_os = "none")
            && offset <= READABLE - size_of::<u64>()
            && offset.is_multiple_of(8)
        {
            // SAFETY: `READABLE` bytes can be read, and no fewer are the kernel's.
            let word = unsafe { self.words.byte_add(offset) };
            // SAFETY: as above.
            return unsafe { word.read() };
        }
        let words = Ptr::<u64>::new(self.words.addr() as u64);
        words.byte_add(offset).read().unwrap_or(0)
    }

    /// Returns the number of objects before this one. In the run after the last object it has
    /// no meaning.
    #[inline(always)]
    #[must_use]
    pub fn seq_num(&self) -> u64 {
        self.meta().seq_num
    }

    /// Returns the number of the open file. No other file of an iterator has it.
    #[inline(always)]
    #[must_use]
    pub fn session_id(&self) -> u64 {
        self.meta().session_id
    }

    /// Appends bytes to what the process reads.
    ///
    /// # Errors
    ///
    /// `EOVERFLOW` if there is no room.
    pub fn write_bytes(&self, bytes: &[u8]) -> Result {
        let meta = core::ptr::from_ref(self.meta()).cast_mut();
        // SAFETY: it is the state of this run's iterator, and the size is that of `bytes`.
        let ret = unsafe {
            ffi::rex_iter_write(meta.cast(), bytes.as_ptr(), bytes.len() as u64)
        };
        done(to_result(ret))
    }
}

impl IterContext<'_> {
    /// Returns the number of objects before this one. It is the same when the kernel runs the
    /// program again for an object. In the run after the last object it has no meaning.
    #[inline(always)]
    #[must_use]
    pub fn seq_num(&self) -> u64 {
        self.event.seq_num()
    }

    /// Returns the number of the open file. No other file of an iterator has it.
    #[inline(always)]
    #[must_use]
    pub fn session_id(&self) -> u64 {
        self.event.session_id()
    }

    /// Appends bytes to what the process reads. `write!` appends text.
    ///
    /// # Errors
    ///
    /// `EOVERFLOW` if there is no room: then the kernel runs the program for this object
    /// again.
    #[doc(alias = "bpf_seq_write")]
    #[doc(alias = "bpf_seq_printf")]
    pub fn write_bytes(&mut self, bytes: &[u8]) -> Result {
        self.event.write_bytes(bytes)
    }
}

impl fmt::Write for IterContext<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_bytes(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl<'run> Arguments<'run> for IterContext<'run> {
    #[inline(always)]
    fn register(&self, _index: usize, offset: usize) -> u64 {
        self.event.word(offset)
    }
}

// The kernel keeps the objects until the program returns, and a pointer can only be read
// through.
impl<'run> Arguments<'run> for Sleepable<IterContext<'run>> {
    #[inline(always)]
    fn register(&self, index: usize, offset: usize) -> u64 {
        self.context().register(index, offset)
    }
}

/// The result of a program that has the kernel run it for the same object again. If nothing has
/// been written before, the process gets `EAGAIN`, and can read on. The iterator `cgroup` ends
/// instead. All other results mean the same: the next object follows.
pub const AGAIN: i32 = 1;

/// Runs `function` for one object.
///
/// # Safety
///
/// The kernel calls this as a BPF program of type tracing and of this attach type, for the
/// iterator that the section names.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn run(ctx: *mut c_void, (): (), function: impl Function) -> u32 {
    let mut obj = iter::new();
    let args = IterArgs {
        words: ctx.cast(),
        #[cfg(not(target_os = "none"))]
        simulated: None,
    };
    // The carrier passes the lowest bit on, which is part of an error number as well.
    u32::from(function.call(&mut obj, &args) == AGAIN)
}

/// The iterator of a unit test.
#[cfg(not(target_os = "none"))]
struct Simulated {
    words: [u64; 1],
    meta: Meta,
    text: RefCell<Vec<u8>>,
}

/// The room for the text of an object: the kernel's buffer.
#[cfg(not(target_os = "none"))]
const ROOM: usize = 8 * 4096;

#[cfg(not(target_os = "none"))]
impl IterArgs {
    /// Makes the state of an iterator for a test: a program runs for the object with this
    /// number.
    #[must_use]
    pub fn new(seq_num: u64) -> Self {
        let mut simulated = Box::new(Simulated {
            words: [0],
            meta: Meta {
                seq: core::ptr::null_mut(),
                session_id: 1,
                seq_num,
            },
            text: RefCell::default(),
        });
        simulated.meta.seq =
            core::ptr::from_ref(&simulated.text).cast_mut().cast();
        simulated.words[0] = core::ptr::from_ref(&simulated.meta).addr() as u64;
        Self {
            words: simulated.words.as_ptr(),
            simulated: Some(simulated),
        }
    }

    /// Returns what programs have written.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        match &self.simulated {
            Some(simulated) => simulated.text.borrow().clone(),
            None => Vec::new(),
        }
    }
}

/// The helper of unit tests that appends to the text.
///
/// # Safety
///
/// `meta` is that of an [`IterArgs`], and there are `size` bytes at `data`.
#[cfg(not(target_os = "none"))]
pub(crate) unsafe fn write_simulated(
    meta: *mut c_void,
    data: *const u8,
    size: u64,
) -> i64 {
    // SAFETY: the caller keeps the contract.
    let meta = unsafe { &*meta.cast::<Meta>() };
    // SAFETY: the same.
    let bytes = unsafe { core::slice::from_raw_parts(data, size as usize) };
    // SAFETY: `new` has stored the address of the text there.
    let text = unsafe { &*meta.seq.cast::<RefCell<Vec<u8>>>() };
    if text.borrow().len() + bytes.len() >= ROOM {
        return -i64::from(EOVERFLOW);
    }
    text.borrow_mut().extend_from_slice(bytes);
    0
}

#[cfg(test)]
mod tests {
    use core::fmt::Write;

    use super::*;
    use crate::host::Kernel;
    use crate::prelude::*;

    fn count(ctx: &mut IterContext) -> Result {
        writeln!(ctx, "object {}", ctx.seq_num()).map_err(|_| Errno::EOVERFLOW)
    }

    fn fill(ctx: &mut Sleepable<IterContext>) -> Result {
        let mut awake = ctx.awake();
        awake.write_bytes(&[b'x'; ROOM - 1])?;
        awake.write_bytes(b"y")
    }

    #[test]
    fn programs_of_iterators_write_text() {
        let mut kernel = Kernel::new();
        let mut args = IterArgs::new(3);
        assert_eq!(kernel.run(count, &mut args), Ok(()));
        assert_eq!(args.text(), b"object 3\n");
    }

    #[test]
    fn text_that_does_not_fit_is_an_error() {
        let mut kernel = Kernel::new();
        let mut args = IterArgs::new(0);
        assert_eq!(kernel.run(fill, &mut args), Err(Errno::EOVERFLOW));
        assert_eq!(args.text().len(), ROOM - 1);
    }
}
