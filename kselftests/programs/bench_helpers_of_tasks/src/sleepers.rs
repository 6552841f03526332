// SPDX-License-Identifier: GPL-2.0
//! Operations of helpers in programs that may sleep. Their first argument is as in `tasks`.

use rex::prelude::*;

pub(crate) fn nothing_of_sleepers(_: &mut Sleepable<RequestContext>) -> bool {
    true
}

pub(crate) fn copy_from_user(ctx: &mut Sleepable<RequestContext>) -> bool {
    let address = ctx.awake().arg(0).unwrap_or(0);
    ctx.copy_from_user::<u64>(address).is_ok()
}
