// SPDX-License-Identifier: GPL-2.0
//! Lists and trees of the kernel.
//! C counterpart: `include/linux/list.h`, `include/linux/rbtree.h`.
//!
//! A program holds no lock of the kernel, so a list may change while it is read. Each step
//! is a load that can fail. A change can lead a walk into a circle, which ends at the run's
//! time limit: limit it by `take`.

use core::iter::FusedIterator;
use core::marker::PhantomData;

use super::{
    Layout, Member, Ptr, hlist_head, hlist_node, list_head, rb_node, rb_root,
};
use crate::error::Result;

/// The members of a list: see [`Ptr::entries`].
pub struct Entries<'run, S, const N: usize> {
    head: Ptr<'run, list_head>,
    at: Option<Ptr<'run, list_head>>,
    _of: PhantomData<fn() -> S>,
}

impl<'run> Ptr<'run, list_head> {
    /// Returns the structs S in the list that this heads. `member` is the one that links them.
    ///
    /// The iterator ends with the list, or after an error.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// use rex::kernel::task_struct;
    ///
    /// #[kprobe("do_exit")]
    /// fn on_exit(ctx: &mut KprobeContext) -> Result {
    ///     let threads = read!(ctx.current::<task_struct>().signal.thread_head)?;
    ///     for thread in threads.entries(|task: task_struct| task.thread_node) {
    ///         info!("thread {}", read!((thread?).pid)?);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "list_for_each_entry")]
    #[inline(always)]
    pub fn entries<S: Layout<N>, const N: usize>(
        self,
        member: impl FnOnce(S) -> Member<S, N, list_head>,
    ) -> Entries<'run, S, N> {
        member(S::MEMBERS);
        Entries {
            head: self,
            at: Some(self),
            _of: PhantomData,
        }
    }
}

impl<'run, S: Layout<N>, const N: usize> Iterator for Entries<'run, S, N> {
    type Item = Result<Ptr<'run, S>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.at.take()?.get(|at| at.next) {
            Ok(next) if next == self.head => None,
            Ok(next) => {
                self.at = Some(next);
                Some(Ok(next.cast().byte_sub(S::place().offset)))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl<S: Layout<N>, const N: usize> FusedIterator for Entries<'_, S, N> {}

/// Returns the struct S of the node `next`, and sets `next` to the node that `follow`
/// finds. The iteration ends at NULL, or after an error.
#[inline(always)]
fn step<'run, M, S: Layout<N>, const N: usize>(
    next: &mut Option<Result<Ptr<'run, M>>>,
    follow: impl FnOnce(Ptr<'run, M>) -> Result<Ptr<'run, M>>,
) -> Option<Result<Ptr<'run, S>>> {
    match next.take()? {
        Ok(node) if node.is_null() => None,
        Ok(node) => {
            *next = Some(follow(node));
            Some(Ok(node.cast().byte_sub(S::place().offset)))
        }
        Err(error) => Some(Err(error)),
    }
}

/// The members of a list of a hash table: see [`Ptr::entries`].
pub struct HlistEntries<'run, S, const N: usize> {
    next: Option<Result<Ptr<'run, hlist_node>>>,
    _of: PhantomData<fn() -> S>,
}

impl<'run> Ptr<'run, hlist_head> {
    /// Returns the structs S in the list that this heads. `member` is the one that links
    /// them. The iterator ends with the list, or after an error.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// rex::kernel! {
    ///     struct binder_proc in "binder_linux" {
    ///         proc_node: hlist_node,
    ///         pid: i32,
    ///     }
    /// }
    /// use rex::kernel::{hlist_head, hlist_node};
    ///
    /// fn print(processes: Ptr<hlist_head>) -> Result {
    ///     for process in processes.entries(|proc: binder_proc| proc.proc_node) {
    ///         info!("process {}", read!((process?).pid)?);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "hlist_for_each_entry")]
    #[inline(always)]
    pub fn entries<S: Layout<N>, const N: usize>(
        self,
        member: impl FnOnce(S) -> Member<S, N, hlist_node>,
    ) -> HlistEntries<'run, S, N> {
        member(S::MEMBERS);
        HlistEntries {
            next: Some(self.get(|head| head.first)),
            _of: PhantomData,
        }
    }
}

impl<'run, S: Layout<N>, const N: usize> Iterator for HlistEntries<'run, S, N> {
    type Item = Result<Ptr<'run, S>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        step(&mut self.next, |node| node.get(|node| node.next))
    }
}

impl<S: Layout<N>, const N: usize> FusedIterator for HlistEntries<'_, S, N> {}

/// The nodes of a tree, in their order: see [`Ptr::entries`].
pub struct RbEntries<'run, S, const N: usize> {
    next: Option<Result<Ptr<'run, rb_node>>>,
    _of: PhantomData<fn() -> S>,
}

impl<'run> Ptr<'run, rb_root> {
    /// Returns the structs S in the tree that this is the root of, in their order. `member`
    /// is the one that links them. The iterator ends with the tree, or after an error. The
    /// root of a `struct rb_root_cached` is its member `rb_root`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// rex::kernel! {
    ///     struct epitem {
    ///         rbn: rb_node,
    ///     }
    ///     struct eventpoll {
    ///         rbr: rb_root from "rbr.rb_root",
    ///     }
    /// }
    /// use rex::kernel::{rb_node, rb_root};
    ///
    /// /// Returns the number of files that an epoll waits for, up to 100.
    /// fn files(epoll: Ptr<eventpoll>) -> Result<usize> {
    ///     let items = read!(epoll.rbr)?;
    ///     Ok(items.entries(|item: epitem| item.rbn).take(100).count())
    /// }
    /// ```
    #[doc(alias = "rb_first")]
    #[doc(alias = "rb_next")]
    #[inline(always)]
    pub fn entries<S: Layout<N>, const N: usize>(
        self,
        member: impl FnOnce(S) -> Member<S, N, rb_node>,
    ) -> RbEntries<'run, S, N> {
        member(S::MEMBERS);
        RbEntries {
            next: Some(self.get(|root| root.rb_node).and_then(leftmost)),
            _of: PhantomData,
        }
    }
}

/// Returns the first node below `node`; `node` itself if it is NULL.
fn leftmost(mut node: Ptr<'_, rb_node>) -> Result<Ptr<'_, rb_node>> {
    if node.is_null() {
        return Ok(node);
    }
    loop {
        let left = node.get(|node| node.rb_left)?;
        if left.is_null() {
            return Ok(node);
        }
        node = left;
    }
}

/// Returns the node after `node`, NULL at the end.
fn after(mut node: Ptr<'_, rb_node>) -> Result<Ptr<'_, rb_node>> {
    let right = node.get(|node| node.rb_right)?;
    if !right.is_null() {
        return leftmost(right);
    }
    loop {
        let parent = node.get(|node| node.__rb_parent_color)? & !3;
        let parent = Ptr::<rb_node>::new(parent);
        if parent.is_null() || node != parent.get(|node| node.rb_right)? {
            return Ok(parent);
        }
        node = parent;
    }
}

impl<'run, S: Layout<N>, const N: usize> Iterator for RbEntries<'run, S, N> {
    type Item = Result<Ptr<'run, S>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        step(&mut self.next, after)
    }
}

impl<S: Layout<N>, const N: usize> FusedIterator for RbEntries<'_, S, N> {}
