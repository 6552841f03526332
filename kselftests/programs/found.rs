// SPDX-License-Identifier: GPL-2.0
//! Converts a header to a number for a test.

use rex::Result;
use rex::net::Unknown;

use crate::names::{LATER_FRAGMENT, NONE, TRUNCATED};

pub(crate) fn or_none<T: Into<u64>>(value: Option<T>) -> u64 {
    value.map_or(NONE, Into::into)
}

/// Returns the value of a header, or the reason why it is unknown.
pub(crate) fn found<T>(
    header: Result<Option<T>, Unknown>,
    value: impl Fn(T) -> u64,
) -> u64 {
    match header {
        Ok(header) => header.map_or(NONE, value),
        Err(Unknown::Truncated) => TRUNCATED,
        Err(Unknown::LaterFragment) => LATER_FRAGMENT,
        Err(_) => u64::MAX - 3,
    }
}
