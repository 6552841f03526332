// SPDX-License-Identifier: GPL-2.0
//! Errors by their names.
//! C counterpart: `include/linux/err.h`.

use core::ffi::c_int;
use core::fmt;
use core::num::NonZeroI32;

use crate::linux::errno;
use crate::net::Unknown;

/// An error number of the kernel.
///
/// It prints as its name, and becomes the negative number that the kernel expects
/// when a program returns it.
///
/// # Examples
///
/// ```no_run
/// use rex::prelude::*;
///
/// #[map]
/// static LIMITS: HashMap<u32, u64> = HashMap::with_max_entries(100);
///
/// fn limit(user: u32) -> Result<u64> {
///     LIMITS.get(user).ok_or(Errno::ENOENT)
/// }
///
/// /// Users with the limit 0 open no files.
/// #[lsm("file_open")]
/// fn on_open(ctx: &mut LsmContext) -> Result {
///     match limit(ctx.uid()) {
///         Ok(0) => Err(Errno::EPERM),
///         Ok(_) | Err(Errno::ENOENT) => Ok(()),
///         Err(error) => {
///             warn!("no limit: {error:?}");
///             Err(error)
///         }
///     }
/// }
/// ```
///
/// # Invariants
///
/// It is the number as helpers return it: it is negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Errno(NonZeroI32);

/// The result of a program or a helper. Other types of errors are possible:
/// `Result<Headers, Unknown>`.
pub type Result<T = (), E = Errno> = core::result::Result<T, E>;

macro_rules! errnos {
    ($($name:ident)*) => {
        impl Errno {
            $(
                #[doc = concat!("See [`errno::", stringify!($name), "`].")]
                pub const $name: Self = Self::of(errno::$name);
            )*

            /// Returns the name, such as `"ENOENT"`, if the kernel's userspace
            /// has one.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.number() {
                    $(errno::$name => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

errnos! {
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN
    ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR
    EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS
    EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS
    ENOTEMPTY ELOOP ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG
    EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT
    EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV
    ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ
    EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ
    ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE
    ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT
    EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET
    ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN
    ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY
    EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT
    ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED
    EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON
}

impl Errno {
    /// The same as [`EAGAIN`](Self::EAGAIN).
    pub const EWOULDBLOCK: Self = Self::EAGAIN;

    const fn of(number: i32) -> Self {
        assert!(number > 0);
        match NonZeroI32::new(-number) {
            // INVARIANT: as asserted.
            Some(number) => Self(number),
            None => unreachable!(),
        }
    }

    /// Returns the error of a load: a negative number, or 0 for none.
    #[inline(always)]
    pub(crate) const fn of_load(error: i64) -> Option<Self> {
        match NonZeroI32::new(error as i32) {
            // INVARIANT: rex.ko gives negative numbers.
            Some(error) => Some(Self(error)),
            None => None,
        }
    }

    /// Returns the positive number that userspace knows.
    #[must_use]
    #[inline(always)]
    pub const fn number(self) -> c_int {
        self.0.get().saturating_neg()
    }
}

/// Converts a negative number, as helpers return it. Other numbers, which no
/// helper returns, are `EINVAL`.
impl From<c_int> for Errno {
    #[inline(always)]
    fn from(ret: c_int) -> Self {
        match NonZeroI32::new(ret) {
            // INVARIANT: it is negative.
            Some(number) if ret < 0 => Self(number),
            _ => Self::EINVAL,
        }
    }
}

/// The negative number, as helpers return it.
impl From<Errno> for c_int {
    #[inline(always)]
    fn from(error: Errno) -> Self {
        error.0.get()
    }
}

/// `EBADMSG`.
impl From<Unknown> for Errno {
    #[inline(always)]
    fn from(_: Unknown) -> Self {
        Self::EBADMSG
    }
}

/// `ENOSPC`.
impl From<crate::bounded::Full> for Errno {
    #[inline(always)]
    fn from(_: crate::bounded::Full) -> Self {
        Self::ENOSPC
    }
}

/// The name, or the number if it has none.
impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.number()),
        }
    }
}

/// Prints the same as `Debug`.
impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl core::error::Error for Errno {}

/// Returns the result of a helper that reports only success or failure.
#[inline(always)]
pub(crate) fn done(result: crate::utils::Result) -> Result {
    match result {
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Returns the result of a helper that returns a number.
#[inline(always)]
pub(crate) fn number(result: crate::utils::Result) -> Result<u32> {
    match result {
        // It is not negative.
        Ok(number) => Ok(number as u32),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn errors_have_names() {
        assert_eq!(format!("{:?}", Errno::ENOENT), "ENOENT");
        assert_eq!(format!("{}", Errno::from(-110)), "ETIMEDOUT");
        assert_eq!(format!("{:?}", Errno::from(-524)), "Errno(524)");
    }

    #[test]
    fn errors_are_negative_numbers_to_the_kernel() {
        assert_eq!(c_int::from(Errno::EPERM), -1);
        assert_eq!(Errno::from(-2), Errno::ENOENT);
        for no_error in [0, 1, i32::MAX] {
            assert_eq!(Errno::from(no_error), Errno::EINVAL);
        }
    }
}
