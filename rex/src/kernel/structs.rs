// SPDX-License-Identifier: GPL-2.0
//! The most used structs of the kernel, with their most used members.

rex_macros::kernel! {
    /// A thread.
    pub struct task_struct {
        /// The thread's id, as the initial PID namespace counts.
        pub pid: i32,
        /// The process's id, as the initial PID namespace counts.
        pub tgid: i32,
        /// The thread's name, which ends with the first NUL.
        pub comm: [u8; 16],
        /// The process that forked this one, or that adopted it.
        pub real_parent: Ptr<task_struct>,
        /// Its parent or its debugger, which gets a signal when the thread ends.
        pub parent: Ptr<task_struct>,
        /// The first thread of the process.
        pub group_leader: Ptr<task_struct>,
        /// `TASK_*`: 0 for one that runs or is ready to run.
        pub state: u64 as _ from "__state|state",
        /// `PF_*`.
        pub flags: u32,
        /// The status that wait(2) returns.
        pub exit_code: i32,
        /// The static priority: the nice value + 120 for ordinary threads.
        pub static_prio: i32,
        /// Nanoseconds that it has run.
        pub sum_exec_runtime: u64 from "se.sum_exec_runtime",
        /// The number of voluntary context switches.
        pub nvcsw: u64,
        /// The number of involuntary context switches.
        pub nivcsw: u64,
        /// When it began, in nanoseconds since boot without time in suspend.
        pub start_time: u64,
        /// The same, with time in suspend.
        pub start_boottime: u64 from "start_boottime|real_start_time",
        /// Its memory; NULL for a kernel thread, and after its end.
        pub mm: Ptr<mm_struct>,
        /// The credentials that it acts with.
        pub cred: Ptr<cred>,
        /// The credentials that other tasks see.
        pub real_cred: Ptr<cred>,
        /// Its root and its working directory.
        pub fs: Ptr<fs_struct>,
        /// Its open files.
        pub files: Ptr<files_struct>,
        /// Its namespaces, except of PIDs and users; NULL after its end.
        pub nsproxy: Ptr<nsproxy>,
        /// Data that the threads of a process share.
        pub signal: Ptr<signal_struct>,
        /// Its ids in all PID namespaces that it is in; NULL after its end.
        pub thread_pid: Ptr<pid>,
        /// Its cgroups.
        pub cgroups: Ptr<css_set>,
        /// Its node in the list of all processes, which begins at the idle task.
        pub tasks: list_head,
        /// The list of its children, by `sibling`.
        pub children: list_head,
        /// Its node in its parent's list `children`.
        pub sibling: list_head,
        /// Its node in its process's list `signal.thread_head`.
        pub thread_node: list_head,
    }

    /// Data that the threads of a process share.
    pub struct signal_struct {
        /// The list of its threads, by `task_struct.thread_node`.
        pub thread_head: list_head,
        /// The number of threads.
        pub nr_threads: i32,
    }

    /// The memory of a process.
    pub struct mm_struct {
        /// The program's file; NULL for a kernel thread.
        pub exe_file: Ptr<file>,
        /// The number of mapped pages.
        pub total_vm: u64,
        /// The address of the arguments of exec(2): strings, one after the other.
        pub arg_start: u64,
        /// Their end.
        pub arg_end: u64,
        /// The address of the environment.
        pub env_start: u64,
        /// Its end.
        pub env_end: u64,
    }

    /// The credentials of a task. Ids are those of the initial user namespace.
    pub struct cred {
        /// Real user id.
        pub uid: u32 from "uid.val",
        /// Real group id.
        pub gid: u32 from "gid.val",
        /// Effective user id.
        pub euid: u32 from "euid.val",
        /// Effective group id.
        pub egid: u32 from "egid.val",
        /// The user namespace.
        pub user_ns: Ptr<user_namespace>,
    }

    /// The ids of a task in all PID namespaces that it is in.
    pub struct pid {
        /// The number of the innermost namespace: 0 is the initial one.
        pub level: u32,
        /// The ids, the initial namespace's first.
        pub numbers: [upid],
    }

    /// An id in a PID namespace.
    pub struct upid {
        /// The id.
        pub nr: i32,
        /// The namespace.
        pub ns: Ptr<pid_namespace>,
    }

    /// The namespaces of a task, except of PIDs and users.
    pub struct nsproxy {
        /// Host name.
        pub uts_ns: Ptr<uts_namespace>,
        /// System V IPC and POSIX message queues.
        pub ipc_ns: Ptr<ipc_namespace>,
        /// Mounts.
        pub mnt_ns: Ptr<mnt_namespace>,
        /// The PID namespace of its children.
        pub pid_ns_for_children: Ptr<pid_namespace>,
        /// The network.
        pub net_ns: Ptr<net>,
        /// Clocks.
        pub time_ns: Option<Ptr<time_namespace>>,
        /// The root of cgroups.
        pub cgroup_ns: Ptr<cgroup_namespace>,
    }

    /// A PID namespace.
    pub struct pid_namespace {
        /// The number in `/proc/PID/ns/pid`.
        pub inum: u32 from "ns.inum",
    }

    /// A user namespace.
    pub struct user_namespace {
        /// The number in `/proc/PID/ns/user`.
        pub inum: u32 from "ns.inum",
    }

    /// A UTS namespace.
    pub struct uts_namespace {
        /// The number in `/proc/PID/ns/uts`.
        pub inum: u32 from "ns.inum",
    }

    /// An IPC namespace.
    pub struct ipc_namespace {
        /// The number in `/proc/PID/ns/ipc`.
        pub inum: u32 from "ns.inum",
    }

    /// A mount namespace.
    pub struct mnt_namespace {
        /// The number in `/proc/PID/ns/mnt`.
        pub inum: u32 from "ns.inum",
    }

    /// A network namespace.
    pub struct net {
        /// The number in `/proc/PID/ns/net`.
        pub inum: u32 from "ns.inum",
    }

    /// A time namespace.
    pub struct time_namespace {
        /// The number in `/proc/PID/ns/time`.
        pub inum: u32 from "ns.inum",
    }

    /// A cgroup namespace.
    pub struct cgroup_namespace {
        /// The number in `/proc/PID/ns/cgroup`.
        pub inum: u32 from "ns.inum",
    }

    /// The cgroups of a task.
    pub struct css_set {
        /// Its cgroup in the unified hierarchy.
        pub dfl_cgrp: Ptr<cgroup>,
    }

    /// A cgroup.
    pub struct cgroup {
        /// Its depth; 0 is the root.
        pub level: i32,
        /// Its folder.
        pub kn: Ptr<kernfs_node>,
    }

    /// A file of sysfs or of a hierarchy of cgroups.
    pub struct kernfs_node {
        /// The number of its inode.
        pub id: u64,
        /// Its name, which is empty for a root.
        pub name: Ptr<u8>,
    }

    /// Root and working directory of a task.
    pub struct fs_struct {
        /// The root.
        pub root: path,
        /// The working directory.
        pub pwd: path,
    }

    /// The open files of a task.
    pub struct files_struct {
        /// The table of its file descriptors.
        pub fdt: Ptr<fdtable>,
    }

    /// A table of file descriptors.
    pub struct fdtable {
        /// The number of descriptors that there is room for.
        pub max_fds: u32,
        /// The files by descriptor; NULL for one that is not open.
        pub fd: Ptr<Ptr<file>>,
    }

    /// An open file.
    pub struct file {
        /// Its path.
        pub f_path: path,
        /// The inode.
        pub f_inode: Ptr<inode>,
        /// `O_*`.
        pub f_flags: u32,
        /// `FMODE_*`.
        pub f_mode: u32,
        /// The offset of the next read(2).
        pub f_pos: i64,
    }

    /// A place in a mount.
    pub struct path {
        /// The mount.
        pub mnt: Ptr<vfsmount>,
        /// The name in it.
        pub dentry: Ptr<dentry>,
    }

    /// A name of an inode.
    pub struct dentry {
        /// The folder that it is in; itself for the root of a filesystem.
        pub d_parent: Ptr<dentry>,
        /// The name.
        pub d_name: qstr,
        /// The inode; NULL if there is no such file.
        pub d_inode: Ptr<inode>,
        /// The filesystem.
        pub d_sb: Ptr<super_block>,
        /// NULL if lookups no longer find it: the file was deleted.
        pub d_hash_pprev: Ptr<()> from "d_hash.pprev",
    }

    /// A name with its length.
    pub struct qstr {
        /// The bytes.
        pub name: Ptr<u8>,
        /// The number of bytes.
        pub len: u32,
    }

    /// A mount, as filesystems see it: a member of `struct mount`.
    pub struct vfsmount {
        /// The root of what is mounted.
        pub mnt_root: Ptr<dentry>,
        /// The filesystem.
        pub mnt_sb: Ptr<super_block>,
    }

    /// A mount.
    pub struct mount {
        /// The part that filesystems see.
        pub mnt: vfsmount,
        /// The mount that it is mounted on; itself if there is none.
        pub mnt_parent: Ptr<mount>,
        /// The mount point.
        pub mnt_mountpoint: Ptr<dentry>,
        /// The number in `/proc/PID/mountinfo`.
        pub mnt_id: i32,
    }

    /// A file.
    pub struct inode {
        /// Its number.
        pub i_ino: u64,
        /// Type and permissions, as stat(2) has them.
        pub i_mode: u16,
        /// Its owner, in the initial user namespace.
        pub i_uid: u32 from "i_uid.val",
        /// Its group.
        pub i_gid: u32 from "i_gid.val",
        /// Its size in bytes.
        pub i_size: i64,
        /// The number of its links.
        pub i_nlink: u32,
        /// The filesystem.
        pub i_sb: Ptr<super_block>,
        /// The filesystem's own data.
        pub i_private: Ptr<()>,
    }

    /// A filesystem.
    pub struct super_block {
        /// The number of its device in the kernel: `major << 20 | minor`.
        pub s_dev: u32,
        /// `*_MAGIC` in `linux/magic.h`.
        pub s_magic: u64,
        /// Its type.
        pub s_type: Ptr<file_system_type>,
    }

    /// A type of filesystems.
    pub struct file_system_type {
        /// Its name, as mount(8) takes it.
        pub name: Ptr<u8>,
    }

    /// The common part of namespaces.
    pub struct ns_common {
        /// The number in `/proc/PID/ns`.
        pub inum: u32,
        /// Its operations.
        pub ops: Ptr<proc_ns_operations>,
    }

    /// The operations of a namespace.
    pub struct proc_ns_operations {
        /// The name in `/proc/PID/ns`.
        pub name: Ptr<u8>,
    }

    /// The head of a list, or a member of one: see [`Ptr::entries`](super::Ptr::entries).
    pub struct list_head {
        /// The next member, or the head.
        pub next: Ptr<list_head>,
        /// The member before, or the head.
        pub prev: Ptr<list_head>,
    }

    /// The head of a list of a hash table.
    pub struct hlist_head {
        /// The first member.
        pub first: Ptr<hlist_node>,
    }

    /// A member of a list of a hash table.
    pub struct hlist_node {
        /// The next member.
        pub next: Ptr<hlist_node>,
    }

    /// The root of a red-black tree.
    pub struct rb_root {
        /// The topmost node.
        pub rb_node: Ptr<rb_node>,
    }

    /// A node of a red-black tree.
    pub struct rb_node {
        /// The parent, and the colour in the lowest bit.
        pub __rb_parent_color: u64,
        /// The nodes after this one.
        pub rb_right: Ptr<rb_node>,
        /// The nodes before this one.
        pub rb_left: Ptr<rb_node>,
    }
}
