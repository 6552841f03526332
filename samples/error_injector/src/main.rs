// SPDX-License-Identifier: GPL-2.0
//! Makes the probed function fail, with an error and for processes that
//! userspace chooses.
#![cfg_attr(not(test), no_std, no_main)]

use rex::kprobe::kprobe;
use rex::map::RexHashMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

#[allow(non_upper_case_globals)]
#[rex_map]
static pid_to_errno: RexHashMap<i32, u64> = RexHashMap::new(1, 0);

#[rex_kprobe]
pub fn err_injector(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    obj.bpf_get_current_task()
        .map(|t| t.get_pid())
        .and_then(|p| obj.bpf_map_lookup_elem(&pid_to_errno, &p).cloned())
        .map(|e| obj.bpf_override_return(ctx, e))
        .ok_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rex::host::{Kernel, Registers, Task};

    const EPERM: u64 = -1i64 as u64;

    /// Calls the probed function in the process `pid`, and returns the result
    /// that replaces its run, if any.
    fn call(kernel: &mut Kernel, pid: i32) -> Option<u64> {
        kernel.set_task(Task {
            pid,
            ..Task::default()
        });
        let mut registers = Registers::default();
        let result = kernel.kprobe(err_injector, &mut registers);
        assert_eq!(result.is_ok(), kernel.overridden().is_some());
        kernel.overridden()
    }

    #[test]
    fn chosen_process_gets_the_error() {
        let mut kernel = Kernel::new();
        assert_eq!(pid_to_errno.insert(&7, &EPERM), Ok(0));
        assert_eq!(call(&mut kernel, 7), Some(EPERM));
        assert_eq!(call(&mut kernel, 7), Some(EPERM));
    }

    #[test]
    fn others_do_not() {
        let mut kernel = Kernel::new();
        assert_eq!(call(&mut kernel, 7), None);
        assert_eq!(pid_to_errno.insert(&7, &EPERM), Ok(0));
        assert_eq!(call(&mut kernel, 8), None);
        assert_eq!(pid_to_errno.delete(&7), Ok(0));
        assert_eq!(call(&mut kernel, 7), None);
    }
}
