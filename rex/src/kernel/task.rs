// SPDX-License-Identifier: GPL-2.0
//! Getters of a task's data. C counterpart: `struct task_struct`.

use super::{Entries, Ptr, cred, file, mm_struct, path, task_struct};
use crate::error::{Errno, Result};
use crate::task_struct::TaskComm;

/// The numbers of a task's namespaces, as in `/proc/PID/ns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namespaces {
    /// The namespace of control groups.
    pub cgroup: u32,
    /// The namespace of System V IPC.
    pub ipc: u32,
    /// The namespace of mounts.
    pub mnt: u32,
    /// The namespace of the network.
    pub net: u32,
    /// The PID namespace of the task itself, not of its children.
    pub pid: u32,
    /// The namespace of clocks, if the kernel has them.
    pub time: Option<u32>,
    /// The namespace of users.
    pub user: u32,
    /// The namespace of host names.
    pub uts: u32,
}

impl<'run> Ptr<'run, task_struct> {
    /// Returns the thread's name.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    pub fn comm(self) -> Result<TaskComm> {
        Ok(TaskComm::new(self.get(|task| task.comm)?))
    }

    /// Returns the process that forked this one, or that adopted it.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn parent(self) -> Result<Ptr<'run, task_struct>> {
        self.get(|task| task.real_parent)
    }

    /// Returns the program's file. None for a kernel thread, and for a task that has
    /// exited.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    pub fn exe(self) -> Result<Option<Ptr<'run, file>>> {
        let Some(mm) = self.mm()? else {
            return Ok(None);
        };
        Ok(mm.get(|mm| mm.exe_file)?.non_null())
    }

    /// Returns its memory. None for a kernel thread, and for a task that has exited.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn mm(self) -> Result<Option<Ptr<'run, mm_struct>>> {
        Ok(self.get(|task| task.mm)?.non_null())
    }

    /// Returns the credentials that it acts with.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    #[inline(always)]
    pub fn cred(self) -> Result<Ptr<'run, cred>> {
        self.get(|task| task.cred)
    }

    /// Returns the id of its cgroup in the unified hierarchy: the number of its folder's
    /// inode.
    ///
    /// # Errors
    ///
    /// `EFAULT` if it cannot be read.
    pub fn cgroup_id(self) -> Result<u64> {
        crate::read!(self.cgroups.dfl_cgrp.kn.id)
    }

    /// Returns its namespaces.
    ///
    /// # Errors
    ///
    /// `ERANGE` for a task that has exited and has none; `EFAULT` if they cannot be read.
    pub fn namespaces(self) -> Result<Namespaces> {
        let proxy = self.get(|task| task.nsproxy)?;
        let pid = self.get(|task| task.thread_pid)?;
        let level = pid.get(|pid| pid.level)? as usize;
        // It is NULL in a kernel that was built without CONFIG_TIME_NS.
        let time = proxy.get(|proxy| proxy.time_ns)?;
        let time = match time.and_then(Ptr::non_null) {
            Some(time) => Some(time.get(|ns| ns.inum)?),
            None => None,
        };
        Ok(Namespaces {
            cgroup: crate::read!(proxy.cgroup_ns.inum)?,
            ipc: crate::read!(proxy.ipc_ns.inum)?,
            mnt: crate::read!(proxy.mnt_ns.inum)?,
            net: crate::read!(proxy.net_ns.inum)?,
            pid: crate::read!(pid.numbers[level].ns.inum)?,
            time,
            user: crate::read!(self.cred.user_ns.inum)?,
            uts: crate::read!(proxy.uts_ns.inum)?,
        })
    }

    /// Returns its id in its own PID namespace, the one that it sees itself.
    ///
    /// # Errors
    ///
    /// `ERANGE` of a task at its end, which has none any more; `EFAULT` if it cannot be read.
    pub fn pid_in_namespace(self) -> Result<i32> {
        let pid = self.get(|task| task.thread_pid)?;
        let level = pid.get(|pid| pid.level)? as usize;
        crate::read!(pid.numbers[level].nr)
    }

    /// Returns the threads of its process.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the list cannot be read.
    pub fn threads(
        self,
    ) -> Result<impl Iterator<Item = Result<Ptr<'run, task_struct>>>> {
        let threads: Entries<'run, task_struct, _> =
            crate::read!(self.signal.thread_head)?
                .entries(|task: task_struct| task.thread_node);
        Ok(threads)
    }

    /// Returns its root.
    ///
    /// # Errors
    ///
    /// `ERANGE` of a task at its end, which has none any more; `EFAULT` if it cannot be read.
    pub fn root(self) -> Result<Ptr<'run, path>> {
        crate::read!(self.fs.root)
    }

    /// Returns the file that it has open as `fd`.
    ///
    /// # Errors
    ///
    /// `EBADF` if there is none, `EFAULT` if it cannot be read.
    pub fn file(self, fd: u32) -> Result<Ptr<'run, file>> {
        let table = crate::read!(self.files.fdt)?;
        if fd >= table.get(|table| table.max_fds)? {
            return Err(Errno::EBADF);
        }
        let file = table.get(|table| table.fd)?.element(fd as usize)?;
        file.non_null().ok_or(Errno::EBADF)
    }
}
