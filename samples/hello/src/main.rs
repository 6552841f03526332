// SPDX-License-Identifier: GPL-2.0
//! Prints a line to the trace pipe whenever a process calls `dup(2)`.
#![cfg_attr(not(test), no_std, no_main)]

use rex::prelude::*;

#[tracepoint]
fn rex_prog1(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) {
    if let Some(task) = ctx.task() {
        let (pid, cpu) = (task.pid(), ctx.cpu());
        info!("Rust triggered from PID {pid} on CPU {cpu}.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rex::host::{Kernel, Task};

    const EVENT: SyscallsEnterDupCtx = SyscallsEnterDupCtx {
        syscall_nr: 32,
        fildes: 1,
    };

    #[test]
    fn pid_and_cpu_are_printed() {
        let mut kernel = Kernel::new();
        kernel.set_cpu(3);
        kernel.set_task(Task {
            pid: 4711,
            ..Task::default()
        });
        kernel.tracepoint(rex_prog1, &EVENT);
        assert_eq!(
            kernel.printed(),
            ["[hello::rex_prog1] Rust triggered from PID 4711 on CPU 3."]
        );
    }

    #[test]
    fn each_event_is_a_line() {
        let mut kernel = Kernel::new();
        for _ in 0..5 {
            kernel.tracepoint(rex_prog1, &EVENT);
        }
        assert_eq!(kernel.printed().len(), 5);
        assert!(kernel.printed().is_empty());
    }
}
