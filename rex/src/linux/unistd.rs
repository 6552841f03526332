// SPDX-License-Identifier: GPL-2.0
//! Numbers of system calls.
//! C counterpart: `asm/unistd_64.h`.

#![allow(non_upper_case_globals)]

/// `read(2)`.
pub const __NR_read: u32 = 0;
/// `write(2)`.
pub const __NR_write: u32 = 1;
/// `open(2)`.
pub const __NR_open: u32 = 2;
/// `close(2)`.
pub const __NR_close: u32 = 3;
/// `stat(2)`.
pub const __NR_stat: u32 = 4;
/// `fstat(2)`.
pub const __NR_fstat: u32 = 5;
/// `lstat(2)`.
pub const __NR_lstat: u32 = 6;
/// `poll(2)`.
pub const __NR_poll: u32 = 7;
/// `lseek(2)`.
pub const __NR_lseek: u32 = 8;
/// `mmap(2)`.
pub const __NR_mmap: u32 = 9;
/// `mprotect(2)`.
pub const __NR_mprotect: u32 = 10;
/// `munmap(2)`.
pub const __NR_munmap: u32 = 11;
/// `brk(2)`.
pub const __NR_brk: u32 = 12;
/// `rt_sigaction(2)`.
pub const __NR_rt_sigaction: u32 = 13;
/// `rt_sigprocmask(2)`.
pub const __NR_rt_sigprocmask: u32 = 14;
/// `rt_sigreturn(2)`.
pub const __NR_rt_sigreturn: u32 = 15;
/// `ioctl(2)`.
pub const __NR_ioctl: u32 = 16;
/// `pread64(2)`.
pub const __NR_pread64: u32 = 17;
/// `pwrite64(2)`.
pub const __NR_pwrite64: u32 = 18;
/// `readv(2)`.
pub const __NR_readv: u32 = 19;
/// `writev(2)`.
pub const __NR_writev: u32 = 20;
/// `access(2)`.
pub const __NR_access: u32 = 21;
/// `pipe(2)`.
pub const __NR_pipe: u32 = 22;
/// `select(2)`.
pub const __NR_select: u32 = 23;
/// `sched_yield(2)`.
pub const __NR_sched_yield: u32 = 24;
/// `mremap(2)`.
pub const __NR_mremap: u32 = 25;
/// `msync(2)`.
pub const __NR_msync: u32 = 26;
/// `mincore(2)`.
pub const __NR_mincore: u32 = 27;
/// `madvise(2)`.
pub const __NR_madvise: u32 = 28;
/// `shmget(2)`.
pub const __NR_shmget: u32 = 29;
/// `shmat(2)`.
pub const __NR_shmat: u32 = 30;
/// `shmctl(2)`.
pub const __NR_shmctl: u32 = 31;
/// `dup(2)`.
pub const __NR_dup: u32 = 32;
/// `dup2(2)`.
pub const __NR_dup2: u32 = 33;
/// `pause(2)`.
pub const __NR_pause: u32 = 34;
/// `nanosleep(2)`.
pub const __NR_nanosleep: u32 = 35;
/// `getitimer(2)`.
pub const __NR_getitimer: u32 = 36;
/// `alarm(2)`.
pub const __NR_alarm: u32 = 37;
/// `setitimer(2)`.
pub const __NR_setitimer: u32 = 38;
/// `getpid(2)`.
pub const __NR_getpid: u32 = 39;
/// `sendfile(2)`.
pub const __NR_sendfile: u32 = 40;
/// `socket(2)`.
pub const __NR_socket: u32 = 41;
/// `connect(2)`.
pub const __NR_connect: u32 = 42;
/// `accept(2)`.
pub const __NR_accept: u32 = 43;
/// `sendto(2)`.
pub const __NR_sendto: u32 = 44;
/// `recvfrom(2)`.
pub const __NR_recvfrom: u32 = 45;
/// `sendmsg(2)`.
pub const __NR_sendmsg: u32 = 46;
/// `recvmsg(2)`.
pub const __NR_recvmsg: u32 = 47;
/// `shutdown(2)`.
pub const __NR_shutdown: u32 = 48;
/// `bind(2)`.
pub const __NR_bind: u32 = 49;
/// `listen(2)`.
pub const __NR_listen: u32 = 50;
/// `getsockname(2)`.
pub const __NR_getsockname: u32 = 51;
/// `getpeername(2)`.
pub const __NR_getpeername: u32 = 52;
/// `socketpair(2)`.
pub const __NR_socketpair: u32 = 53;
/// `setsockopt(2)`.
pub const __NR_setsockopt: u32 = 54;
/// `getsockopt(2)`.
pub const __NR_getsockopt: u32 = 55;
/// `clone(2)`.
pub const __NR_clone: u32 = 56;
/// `fork(2)`.
pub const __NR_fork: u32 = 57;
/// `vfork(2)`.
pub const __NR_vfork: u32 = 58;
/// `execve(2)`.
pub const __NR_execve: u32 = 59;
/// `exit(2)`.
pub const __NR_exit: u32 = 60;
/// `wait4(2)`.
pub const __NR_wait4: u32 = 61;
/// `kill(2)`.
pub const __NR_kill: u32 = 62;
/// `uname(2)`.
pub const __NR_uname: u32 = 63;
/// `semget(2)`.
pub const __NR_semget: u32 = 64;
/// `semop(2)`.
pub const __NR_semop: u32 = 65;
/// `semctl(2)`.
pub const __NR_semctl: u32 = 66;
/// `shmdt(2)`.
pub const __NR_shmdt: u32 = 67;
/// `msgget(2)`.
pub const __NR_msgget: u32 = 68;
/// `msgsnd(2)`.
pub const __NR_msgsnd: u32 = 69;
/// `msgrcv(2)`.
pub const __NR_msgrcv: u32 = 70;
/// `msgctl(2)`.
pub const __NR_msgctl: u32 = 71;
/// `fcntl(2)`.
pub const __NR_fcntl: u32 = 72;
/// `flock(2)`.
pub const __NR_flock: u32 = 73;
/// `fsync(2)`.
pub const __NR_fsync: u32 = 74;
/// `fdatasync(2)`.
pub const __NR_fdatasync: u32 = 75;
/// `truncate(2)`.
pub const __NR_truncate: u32 = 76;
/// `ftruncate(2)`.
pub const __NR_ftruncate: u32 = 77;
/// `getdents(2)`.
pub const __NR_getdents: u32 = 78;
/// `getcwd(2)`.
pub const __NR_getcwd: u32 = 79;
/// `chdir(2)`.
pub const __NR_chdir: u32 = 80;
/// `fchdir(2)`.
pub const __NR_fchdir: u32 = 81;
/// `rename(2)`.
pub const __NR_rename: u32 = 82;
/// `mkdir(2)`.
pub const __NR_mkdir: u32 = 83;
/// `rmdir(2)`.
pub const __NR_rmdir: u32 = 84;
/// `creat(2)`.
pub const __NR_creat: u32 = 85;
/// `link(2)`.
pub const __NR_link: u32 = 86;
/// `unlink(2)`.
pub const __NR_unlink: u32 = 87;
/// `symlink(2)`.
pub const __NR_symlink: u32 = 88;
/// `readlink(2)`.
pub const __NR_readlink: u32 = 89;
/// `chmod(2)`.
pub const __NR_chmod: u32 = 90;
/// `fchmod(2)`.
pub const __NR_fchmod: u32 = 91;
/// `chown(2)`.
pub const __NR_chown: u32 = 92;
/// `fchown(2)`.
pub const __NR_fchown: u32 = 93;
/// `lchown(2)`.
pub const __NR_lchown: u32 = 94;
/// `umask(2)`.
pub const __NR_umask: u32 = 95;
/// `gettimeofday(2)`.
pub const __NR_gettimeofday: u32 = 96;
/// `getrlimit(2)`.
pub const __NR_getrlimit: u32 = 97;
/// `getrusage(2)`.
pub const __NR_getrusage: u32 = 98;
/// `sysinfo(2)`.
pub const __NR_sysinfo: u32 = 99;
/// `times(2)`.
pub const __NR_times: u32 = 100;
/// `ptrace(2)`.
pub const __NR_ptrace: u32 = 101;
/// `getuid(2)`.
pub const __NR_getuid: u32 = 102;
/// `syslog(2)`.
pub const __NR_syslog: u32 = 103;
/// `getgid(2)`.
pub const __NR_getgid: u32 = 104;
/// `setuid(2)`.
pub const __NR_setuid: u32 = 105;
/// `setgid(2)`.
pub const __NR_setgid: u32 = 106;
/// `geteuid(2)`.
pub const __NR_geteuid: u32 = 107;
/// `getegid(2)`.
pub const __NR_getegid: u32 = 108;
/// `setpgid(2)`.
pub const __NR_setpgid: u32 = 109;
/// `getppid(2)`.
pub const __NR_getppid: u32 = 110;
/// `getpgrp(2)`.
pub const __NR_getpgrp: u32 = 111;
/// `setsid(2)`.
pub const __NR_setsid: u32 = 112;
/// `setreuid(2)`.
pub const __NR_setreuid: u32 = 113;
/// `setregid(2)`.
pub const __NR_setregid: u32 = 114;
/// `getgroups(2)`.
pub const __NR_getgroups: u32 = 115;
/// `setgroups(2)`.
pub const __NR_setgroups: u32 = 116;
/// `setresuid(2)`.
pub const __NR_setresuid: u32 = 117;
/// `getresuid(2)`.
pub const __NR_getresuid: u32 = 118;
/// `setresgid(2)`.
pub const __NR_setresgid: u32 = 119;
/// `getresgid(2)`.
pub const __NR_getresgid: u32 = 120;
/// `getpgid(2)`.
pub const __NR_getpgid: u32 = 121;
/// `setfsuid(2)`.
pub const __NR_setfsuid: u32 = 122;
/// `setfsgid(2)`.
pub const __NR_setfsgid: u32 = 123;
/// `getsid(2)`.
pub const __NR_getsid: u32 = 124;
/// `capget(2)`.
pub const __NR_capget: u32 = 125;
/// `capset(2)`.
pub const __NR_capset: u32 = 126;
/// `rt_sigpending(2)`.
pub const __NR_rt_sigpending: u32 = 127;
/// `rt_sigtimedwait(2)`.
pub const __NR_rt_sigtimedwait: u32 = 128;
/// `rt_sigqueueinfo(2)`.
pub const __NR_rt_sigqueueinfo: u32 = 129;
/// `rt_sigsuspend(2)`.
pub const __NR_rt_sigsuspend: u32 = 130;
/// `sigaltstack(2)`.
pub const __NR_sigaltstack: u32 = 131;
/// `utime(2)`.
pub const __NR_utime: u32 = 132;
/// `mknod(2)`.
pub const __NR_mknod: u32 = 133;
/// `uselib(2)`.
pub const __NR_uselib: u32 = 134;
/// `personality(2)`.
pub const __NR_personality: u32 = 135;
/// `ustat(2)`.
pub const __NR_ustat: u32 = 136;
/// `statfs(2)`.
pub const __NR_statfs: u32 = 137;
/// `fstatfs(2)`.
pub const __NR_fstatfs: u32 = 138;
/// `sysfs(2)`.
pub const __NR_sysfs: u32 = 139;
/// `getpriority(2)`.
pub const __NR_getpriority: u32 = 140;
/// `setpriority(2)`.
pub const __NR_setpriority: u32 = 141;
/// `sched_setparam(2)`.
pub const __NR_sched_setparam: u32 = 142;
/// `sched_getparam(2)`.
pub const __NR_sched_getparam: u32 = 143;
/// `sched_setscheduler(2)`.
pub const __NR_sched_setscheduler: u32 = 144;
/// `sched_getscheduler(2)`.
pub const __NR_sched_getscheduler: u32 = 145;
/// `sched_get_priority_max(2)`.
pub const __NR_sched_get_priority_max: u32 = 146;
/// `sched_get_priority_min(2)`.
pub const __NR_sched_get_priority_min: u32 = 147;
/// `sched_rr_get_interval(2)`.
pub const __NR_sched_rr_get_interval: u32 = 148;
/// `mlock(2)`.
pub const __NR_mlock: u32 = 149;
/// `munlock(2)`.
pub const __NR_munlock: u32 = 150;
/// `mlockall(2)`.
pub const __NR_mlockall: u32 = 151;
/// `munlockall(2)`.
pub const __NR_munlockall: u32 = 152;
/// `vhangup(2)`.
pub const __NR_vhangup: u32 = 153;
/// `modify_ldt(2)`.
pub const __NR_modify_ldt: u32 = 154;
/// `pivot_root(2)`.
pub const __NR_pivot_root: u32 = 155;
/// `_sysctl(2)`.
pub const __NR__sysctl: u32 = 156;
/// `prctl(2)`.
pub const __NR_prctl: u32 = 157;
/// `arch_prctl(2)`.
pub const __NR_arch_prctl: u32 = 158;
/// `adjtimex(2)`.
pub const __NR_adjtimex: u32 = 159;
/// `setrlimit(2)`.
pub const __NR_setrlimit: u32 = 160;
/// `chroot(2)`.
pub const __NR_chroot: u32 = 161;
/// `sync(2)`.
pub const __NR_sync: u32 = 162;
/// `acct(2)`.
pub const __NR_acct: u32 = 163;
/// `settimeofday(2)`.
pub const __NR_settimeofday: u32 = 164;
/// `mount(2)`.
pub const __NR_mount: u32 = 165;
/// `umount2(2)`.
pub const __NR_umount2: u32 = 166;
/// `swapon(2)`.
pub const __NR_swapon: u32 = 167;
/// `swapoff(2)`.
pub const __NR_swapoff: u32 = 168;
/// `reboot(2)`.
pub const __NR_reboot: u32 = 169;
/// `sethostname(2)`.
pub const __NR_sethostname: u32 = 170;
/// `setdomainname(2)`.
pub const __NR_setdomainname: u32 = 171;
/// `iopl(2)`.
pub const __NR_iopl: u32 = 172;
/// `ioperm(2)`.
pub const __NR_ioperm: u32 = 173;
/// `create_module(2)`.
pub const __NR_create_module: u32 = 174;
/// `init_module(2)`.
pub const __NR_init_module: u32 = 175;
/// `delete_module(2)`.
pub const __NR_delete_module: u32 = 176;
/// `get_kernel_syms(2)`.
pub const __NR_get_kernel_syms: u32 = 177;
/// `query_module(2)`.
pub const __NR_query_module: u32 = 178;
/// `quotactl(2)`.
pub const __NR_quotactl: u32 = 179;
/// `nfsservctl(2)`.
pub const __NR_nfsservctl: u32 = 180;
/// `getpmsg(2)`.
pub const __NR_getpmsg: u32 = 181;
/// `putpmsg(2)`.
pub const __NR_putpmsg: u32 = 182;
/// `afs_syscall(2)`.
pub const __NR_afs_syscall: u32 = 183;
/// `tuxcall(2)`.
pub const __NR_tuxcall: u32 = 184;
/// `security(2)`.
pub const __NR_security: u32 = 185;
/// `gettid(2)`.
pub const __NR_gettid: u32 = 186;
/// `readahead(2)`.
pub const __NR_readahead: u32 = 187;
/// `setxattr(2)`.
pub const __NR_setxattr: u32 = 188;
/// `lsetxattr(2)`.
pub const __NR_lsetxattr: u32 = 189;
/// `fsetxattr(2)`.
pub const __NR_fsetxattr: u32 = 190;
/// `getxattr(2)`.
pub const __NR_getxattr: u32 = 191;
/// `lgetxattr(2)`.
pub const __NR_lgetxattr: u32 = 192;
/// `fgetxattr(2)`.
pub const __NR_fgetxattr: u32 = 193;
/// `listxattr(2)`.
pub const __NR_listxattr: u32 = 194;
/// `llistxattr(2)`.
pub const __NR_llistxattr: u32 = 195;
/// `flistxattr(2)`.
pub const __NR_flistxattr: u32 = 196;
/// `removexattr(2)`.
pub const __NR_removexattr: u32 = 197;
/// `lremovexattr(2)`.
pub const __NR_lremovexattr: u32 = 198;
/// `fremovexattr(2)`.
pub const __NR_fremovexattr: u32 = 199;
/// `tkill(2)`.
pub const __NR_tkill: u32 = 200;
/// `time(2)`.
pub const __NR_time: u32 = 201;
/// `futex(2)`.
pub const __NR_futex: u32 = 202;
/// `sched_setaffinity(2)`.
pub const __NR_sched_setaffinity: u32 = 203;
/// `sched_getaffinity(2)`.
pub const __NR_sched_getaffinity: u32 = 204;
/// `set_thread_area(2)`.
pub const __NR_set_thread_area: u32 = 205;
/// `io_setup(2)`.
pub const __NR_io_setup: u32 = 206;
/// `io_destroy(2)`.
pub const __NR_io_destroy: u32 = 207;
/// `io_getevents(2)`.
pub const __NR_io_getevents: u32 = 208;
/// `io_submit(2)`.
pub const __NR_io_submit: u32 = 209;
/// `io_cancel(2)`.
pub const __NR_io_cancel: u32 = 210;
/// `get_thread_area(2)`.
pub const __NR_get_thread_area: u32 = 211;
/// `lookup_dcookie(2)`.
pub const __NR_lookup_dcookie: u32 = 212;
/// `epoll_create(2)`.
pub const __NR_epoll_create: u32 = 213;
/// `epoll_ctl_old(2)`.
pub const __NR_epoll_ctl_old: u32 = 214;
/// `epoll_wait_old(2)`.
pub const __NR_epoll_wait_old: u32 = 215;
/// `remap_file_pages(2)`.
pub const __NR_remap_file_pages: u32 = 216;
/// `getdents64(2)`.
pub const __NR_getdents64: u32 = 217;
/// `set_tid_address(2)`.
pub const __NR_set_tid_address: u32 = 218;
/// `restart_syscall(2)`.
pub const __NR_restart_syscall: u32 = 219;
/// `semtimedop(2)`.
pub const __NR_semtimedop: u32 = 220;
/// `fadvise64(2)`.
pub const __NR_fadvise64: u32 = 221;
/// `timer_create(2)`.
pub const __NR_timer_create: u32 = 222;
/// `timer_settime(2)`.
pub const __NR_timer_settime: u32 = 223;
/// `timer_gettime(2)`.
pub const __NR_timer_gettime: u32 = 224;
/// `timer_getoverrun(2)`.
pub const __NR_timer_getoverrun: u32 = 225;
/// `timer_delete(2)`.
pub const __NR_timer_delete: u32 = 226;
/// `clock_settime(2)`.
pub const __NR_clock_settime: u32 = 227;
/// `clock_gettime(2)`.
pub const __NR_clock_gettime: u32 = 228;
/// `clock_getres(2)`.
pub const __NR_clock_getres: u32 = 229;
/// `clock_nanosleep(2)`.
pub const __NR_clock_nanosleep: u32 = 230;
/// `exit_group(2)`.
pub const __NR_exit_group: u32 = 231;
/// `epoll_wait(2)`.
pub const __NR_epoll_wait: u32 = 232;
/// `epoll_ctl(2)`.
pub const __NR_epoll_ctl: u32 = 233;
/// `tgkill(2)`.
pub const __NR_tgkill: u32 = 234;
/// `utimes(2)`.
pub const __NR_utimes: u32 = 235;
/// `vserver(2)`.
pub const __NR_vserver: u32 = 236;
/// `mbind(2)`.
pub const __NR_mbind: u32 = 237;
/// `set_mempolicy(2)`.
pub const __NR_set_mempolicy: u32 = 238;
/// `get_mempolicy(2)`.
pub const __NR_get_mempolicy: u32 = 239;
/// `mq_open(2)`.
pub const __NR_mq_open: u32 = 240;
/// `mq_unlink(2)`.
pub const __NR_mq_unlink: u32 = 241;
/// `mq_timedsend(2)`.
pub const __NR_mq_timedsend: u32 = 242;
/// `mq_timedreceive(2)`.
pub const __NR_mq_timedreceive: u32 = 243;
/// `mq_notify(2)`.
pub const __NR_mq_notify: u32 = 244;
/// `mq_getsetattr(2)`.
pub const __NR_mq_getsetattr: u32 = 245;
/// `kexec_load(2)`.
pub const __NR_kexec_load: u32 = 246;
/// `waitid(2)`.
pub const __NR_waitid: u32 = 247;
/// `add_key(2)`.
pub const __NR_add_key: u32 = 248;
/// `request_key(2)`.
pub const __NR_request_key: u32 = 249;
/// `keyctl(2)`.
pub const __NR_keyctl: u32 = 250;
/// `ioprio_set(2)`.
pub const __NR_ioprio_set: u32 = 251;
/// `ioprio_get(2)`.
pub const __NR_ioprio_get: u32 = 252;
/// `inotify_init(2)`.
pub const __NR_inotify_init: u32 = 253;
/// `inotify_add_watch(2)`.
pub const __NR_inotify_add_watch: u32 = 254;
/// `inotify_rm_watch(2)`.
pub const __NR_inotify_rm_watch: u32 = 255;
/// `migrate_pages(2)`.
pub const __NR_migrate_pages: u32 = 256;
/// `openat(2)`.
pub const __NR_openat: u32 = 257;
/// `mkdirat(2)`.
pub const __NR_mkdirat: u32 = 258;
/// `mknodat(2)`.
pub const __NR_mknodat: u32 = 259;
/// `fchownat(2)`.
pub const __NR_fchownat: u32 = 260;
/// `futimesat(2)`.
pub const __NR_futimesat: u32 = 261;
/// `newfstatat(2)`.
pub const __NR_newfstatat: u32 = 262;
/// `unlinkat(2)`.
pub const __NR_unlinkat: u32 = 263;
/// `renameat(2)`.
pub const __NR_renameat: u32 = 264;
/// `linkat(2)`.
pub const __NR_linkat: u32 = 265;
/// `symlinkat(2)`.
pub const __NR_symlinkat: u32 = 266;
/// `readlinkat(2)`.
pub const __NR_readlinkat: u32 = 267;
/// `fchmodat(2)`.
pub const __NR_fchmodat: u32 = 268;
/// `faccessat(2)`.
pub const __NR_faccessat: u32 = 269;
/// `pselect6(2)`.
pub const __NR_pselect6: u32 = 270;
/// `ppoll(2)`.
pub const __NR_ppoll: u32 = 271;
/// `unshare(2)`.
pub const __NR_unshare: u32 = 272;
/// `set_robust_list(2)`.
pub const __NR_set_robust_list: u32 = 273;
/// `get_robust_list(2)`.
pub const __NR_get_robust_list: u32 = 274;
/// `splice(2)`.
pub const __NR_splice: u32 = 275;
/// `tee(2)`.
pub const __NR_tee: u32 = 276;
/// `sync_file_range(2)`.
pub const __NR_sync_file_range: u32 = 277;
/// `vmsplice(2)`.
pub const __NR_vmsplice: u32 = 278;
/// `move_pages(2)`.
pub const __NR_move_pages: u32 = 279;
/// `utimensat(2)`.
pub const __NR_utimensat: u32 = 280;
/// `epoll_pwait(2)`.
pub const __NR_epoll_pwait: u32 = 281;
/// `signalfd(2)`.
pub const __NR_signalfd: u32 = 282;
/// `timerfd_create(2)`.
pub const __NR_timerfd_create: u32 = 283;
/// `eventfd(2)`.
pub const __NR_eventfd: u32 = 284;
/// `fallocate(2)`.
pub const __NR_fallocate: u32 = 285;
/// `timerfd_settime(2)`.
pub const __NR_timerfd_settime: u32 = 286;
/// `timerfd_gettime(2)`.
pub const __NR_timerfd_gettime: u32 = 287;
/// `accept4(2)`.
pub const __NR_accept4: u32 = 288;
/// `signalfd4(2)`.
pub const __NR_signalfd4: u32 = 289;
/// `eventfd2(2)`.
pub const __NR_eventfd2: u32 = 290;
/// `epoll_create1(2)`.
pub const __NR_epoll_create1: u32 = 291;
/// `dup3(2)`.
pub const __NR_dup3: u32 = 292;
/// `pipe2(2)`.
pub const __NR_pipe2: u32 = 293;
/// `inotify_init1(2)`.
pub const __NR_inotify_init1: u32 = 294;
/// `preadv(2)`.
pub const __NR_preadv: u32 = 295;
/// `pwritev(2)`.
pub const __NR_pwritev: u32 = 296;
/// `rt_tgsigqueueinfo(2)`.
pub const __NR_rt_tgsigqueueinfo: u32 = 297;
/// `perf_event_open(2)`.
pub const __NR_perf_event_open: u32 = 298;
/// `recvmmsg(2)`.
pub const __NR_recvmmsg: u32 = 299;
/// `fanotify_init(2)`.
pub const __NR_fanotify_init: u32 = 300;
/// `fanotify_mark(2)`.
pub const __NR_fanotify_mark: u32 = 301;
/// `prlimit64(2)`.
pub const __NR_prlimit64: u32 = 302;
/// `name_to_handle_at(2)`.
pub const __NR_name_to_handle_at: u32 = 303;
/// `open_by_handle_at(2)`.
pub const __NR_open_by_handle_at: u32 = 304;
/// `clock_adjtime(2)`.
pub const __NR_clock_adjtime: u32 = 305;
/// `syncfs(2)`.
pub const __NR_syncfs: u32 = 306;
/// `sendmmsg(2)`.
pub const __NR_sendmmsg: u32 = 307;
/// `setns(2)`.
pub const __NR_setns: u32 = 308;
/// `getcpu(2)`.
pub const __NR_getcpu: u32 = 309;
/// `process_vm_readv(2)`.
pub const __NR_process_vm_readv: u32 = 310;
/// `process_vm_writev(2)`.
pub const __NR_process_vm_writev: u32 = 311;
/// `kcmp(2)`.
pub const __NR_kcmp: u32 = 312;
/// `finit_module(2)`.
pub const __NR_finit_module: u32 = 313;
/// `sched_setattr(2)`.
pub const __NR_sched_setattr: u32 = 314;
/// `sched_getattr(2)`.
pub const __NR_sched_getattr: u32 = 315;
/// `renameat2(2)`.
pub const __NR_renameat2: u32 = 316;
/// `seccomp(2)`.
pub const __NR_seccomp: u32 = 317;
/// `getrandom(2)`.
pub const __NR_getrandom: u32 = 318;
/// `memfd_create(2)`.
pub const __NR_memfd_create: u32 = 319;
/// `kexec_file_load(2)`.
pub const __NR_kexec_file_load: u32 = 320;
/// `bpf(2)`.
pub const __NR_bpf: u32 = 321;
/// `execveat(2)`.
pub const __NR_execveat: u32 = 322;
/// `userfaultfd(2)`.
pub const __NR_userfaultfd: u32 = 323;
/// `membarrier(2)`.
pub const __NR_membarrier: u32 = 324;
/// `mlock2(2)`.
pub const __NR_mlock2: u32 = 325;
/// `copy_file_range(2)`.
pub const __NR_copy_file_range: u32 = 326;
/// `preadv2(2)`.
pub const __NR_preadv2: u32 = 327;
/// `pwritev2(2)`.
pub const __NR_pwritev2: u32 = 328;
/// `pkey_mprotect(2)`.
pub const __NR_pkey_mprotect: u32 = 329;
/// `pkey_alloc(2)`.
pub const __NR_pkey_alloc: u32 = 330;
/// `pkey_free(2)`.
pub const __NR_pkey_free: u32 = 331;
/// `statx(2)`.
pub const __NR_statx: u32 = 332;
/// `io_pgetevents(2)`.
pub const __NR_io_pgetevents: u32 = 333;
/// `rseq(2)`.
pub const __NR_rseq: u32 = 334;
/// `pidfd_send_signal(2)`.
pub const __NR_pidfd_send_signal: u32 = 424;
/// `io_uring_setup(2)`.
pub const __NR_io_uring_setup: u32 = 425;
/// `io_uring_enter(2)`.
pub const __NR_io_uring_enter: u32 = 426;
/// `io_uring_register(2)`.
pub const __NR_io_uring_register: u32 = 427;
/// `open_tree(2)`.
pub const __NR_open_tree: u32 = 428;
/// `move_mount(2)`.
pub const __NR_move_mount: u32 = 429;
/// `fsopen(2)`.
pub const __NR_fsopen: u32 = 430;
/// `fsconfig(2)`.
pub const __NR_fsconfig: u32 = 431;
/// `fsmount(2)`.
pub const __NR_fsmount: u32 = 432;
/// `fspick(2)`.
pub const __NR_fspick: u32 = 433;
/// `pidfd_open(2)`.
pub const __NR_pidfd_open: u32 = 434;
/// `clone3(2)`.
pub const __NR_clone3: u32 = 435;
/// `close_range(2)`.
pub const __NR_close_range: u32 = 436;
/// `openat2(2)`.
pub const __NR_openat2: u32 = 437;
/// `pidfd_getfd(2)`.
pub const __NR_pidfd_getfd: u32 = 438;
/// `faccessat2(2)`.
pub const __NR_faccessat2: u32 = 439;
/// `process_madvise(2)`.
pub const __NR_process_madvise: u32 = 440;
/// `epoll_pwait2(2)`.
pub const __NR_epoll_pwait2: u32 = 441;
/// `mount_setattr(2)`.
pub const __NR_mount_setattr: u32 = 442;
/// `quotactl_fd(2)`.
pub const __NR_quotactl_fd: u32 = 443;
/// `landlock_create_ruleset(2)`.
pub const __NR_landlock_create_ruleset: u32 = 444;
/// `landlock_add_rule(2)`.
pub const __NR_landlock_add_rule: u32 = 445;
/// `landlock_restrict_self(2)`.
pub const __NR_landlock_restrict_self: u32 = 446;
/// `memfd_secret(2)`.
pub const __NR_memfd_secret: u32 = 447;
/// `process_mrelease(2)`.
pub const __NR_process_mrelease: u32 = 448;
/// `futex_waitv(2)`.
pub const __NR_futex_waitv: u32 = 449;
/// `set_mempolicy_home_node(2)`.
pub const __NR_set_mempolicy_home_node: u32 = 450;
/// `cachestat(2)`.
pub const __NR_cachestat: u32 = 451;
/// `fchmodat2(2)`.
pub const __NR_fchmodat2: u32 = 452;
/// `map_shadow_stack(2)`.
pub const __NR_map_shadow_stack: u32 = 453;
/// `futex_wake(2)`.
pub const __NR_futex_wake: u32 = 454;
/// `futex_wait(2)`.
pub const __NR_futex_wait: u32 = 455;
/// `futex_requeue(2)`.
pub const __NR_futex_requeue: u32 = 456;
/// `statmount(2)`.
pub const __NR_statmount: u32 = 457;
/// `listmount(2)`.
pub const __NR_listmount: u32 = 458;
/// `lsm_get_self_attr(2)`.
pub const __NR_lsm_get_self_attr: u32 = 459;
/// `lsm_set_self_attr(2)`.
pub const __NR_lsm_set_self_attr: u32 = 460;
/// `lsm_list_modules(2)`.
pub const __NR_lsm_list_modules: u32 = 461;
/// `mseal(2)`.
pub const __NR_mseal: u32 = 462;
