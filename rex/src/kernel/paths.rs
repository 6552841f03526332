// SPDX-License-Identifier: GPL-2.0
//! The paths of files.
//! C counterpart: `d_path()` in `fs/d_path.c`.

use core::ffi::CStr;

use super::{Ptr, dentry, file, mount, ns_common, path, vfsmount};
use crate::error::{Errno, Result};

/// The limit of steps on the way to the root: more than a path can have. It ends a walk
/// that a rename has led into a circle.
const MAX_STEPS: usize = 8192;

/// This follows the name of a deleted file.
const DELETED: &[u8] = b" (deleted)";

/// A text that grows towards the beginning of a buffer.
struct Text<'b> {
    buffer: &'b mut [u8],
    start: usize,
}

impl<'b> Text<'b> {
    /// Makes an empty text: a NUL at the end of the buffer.
    fn new(buffer: &'b mut [u8]) -> Result<Self> {
        let start = buffer.len();
        let mut text = Self { buffer, start };
        text.put(b"\0")?;
        Ok(text)
    }

    /// Returns room for `len` bytes in front of the text.
    fn room(&mut self, len: usize) -> Result<&mut [u8]> {
        let start = self.start.checked_sub(len).ok_or(Errno::ENAMETOOLONG)?;
        let room = self.buffer.get_mut(start..self.start);
        self.start = start;
        room.ok_or(Errno::ENAMETOOLONG)
    }

    fn put(&mut self, bytes: &[u8]) -> Result {
        self.room(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    fn put_number(&mut self, mut number: u64) -> Result {
        loop {
            self.put(&[b'0' + (number % 10) as u8])?;
            number /= 10;
            if number == 0 {
                return Ok(());
            }
        }
    }

    /// Puts the name of `dentry` in front.
    fn put_name(&mut self, dentry: Ptr<'_, dentry>) -> Result {
        let name = dentry.addr_of(|dentry| dentry.d_name);
        // A longer name could have another length by the time it is read.
        let len = name.get(|name| name.len)?;
        let bytes = name.get(|name| name.name)?;
        bytes.read_bytes(self.room(len as usize)?)
    }

    fn finish(self) -> Result<&'b CStr> {
        let text = self.buffer.get(self.start..).unwrap_or(&[]);
        CStr::from_bytes_until_nul(text).map_err(|_| Errno::EFAULT)
    }
}

/// Returns the word before the number of a file without a name.
fn nameless(kind: &[u8]) -> Option<&'static [u8]> {
    match kind {
        b"pipefs" => Some(b"pipe"),
        b"sockfs" => Some(b"socket"),
        _ => None,
    }
}

impl Text<'_> {
    /// Puts the kernel's name for a file that is in no folder.
    fn put_nameless(&mut self, dentry: Ptr<'_, dentry>) -> Result {
        let mut kind = [0; 16];
        let kind =
            crate::read!(dentry.d_sb.s_type.name)?.read_str(&mut kind)?;
        if let Some(kind) = nameless(kind.to_bytes()) {
            return self.put_numbered(dentry, kind);
        }
        match kind.to_bytes() {
            b"anon_inodefs" => {
                self.put_name(dentry)?;
                self.put(b"anon_inode:")
            }
            b"nsfs" => {
                let ns = crate::read!(dentry.d_inode.i_private)?;
                let name = crate::read!((ns.cast::<ns_common>()).ops.name)?;
                let mut kind = [0; 24];
                self.put_numbered(dentry, name.read_str(&mut kind)?.to_bytes())
            }
            _ => {
                self.put(DELETED)?;
                self.put_name(dentry)?;
                self.put(b"/")
            }
        }
    }

    /// Puts `kind:[inode]`.
    fn put_numbered(&mut self, dentry: Ptr<'_, dentry>, kind: &[u8]) -> Result {
        self.put(b"]")?;
        self.put_number(crate::read!(dentry.d_inode.i_ino)?)?;
        self.put(b":[")?;
        self.put(kind)
    }
}

/// A place on the way from a file to the root.
struct Walk<'run> {
    mnt: Ptr<'run, vfsmount>,
    dentry: Ptr<'run, dentry>,
}

impl Walk<'_> {
    /// Goes from the root of a mount to its mount point; false if there is none.
    fn leave_mount(&mut self) -> Result<bool> {
        let mount = self.mnt.container(|mount: mount| mount.mnt);
        let parent = mount.get(|mount| mount.mnt_parent)?;
        if parent == mount {
            return Ok(false);
        }
        self.dentry = mount.get(|mount| mount.mnt_mountpoint)?;
        self.mnt = parent.addr_of(|mount| mount.mnt);
        Ok(true)
    }

    /// Puts the names on the way to the root.
    fn climb(
        &mut self,
        text: &mut Text<'_>,
        root: (Ptr<'_, vfsmount>, Ptr<'_, dentry>),
    ) -> Result {
        for _ in 0..MAX_STEPS {
            if (self.mnt, self.dentry) == root {
                return Ok(());
            }
            if self.dentry == self.mnt.get(|mnt| mnt.mnt_root)? {
                if self.leave_mount()? {
                    continue;
                }
                return Ok(());
            }
            let parent = self.dentry.get(|dentry| dentry.d_parent)?;
            if parent == self.dentry {
                return Ok(());
            }
            text.put_name(self.dentry)?;
            text.put(b"/")?;
            self.dentry = parent;
        }
        Err(Errno::ELOOP)
    }
}

impl Ptr<'_, path> {
    /// Copies the path from the root of its mount namespace to the end of `buffer`.
    ///
    /// # Errors
    ///
    /// Errors are those of [`below`](Self::below).
    pub fn to_str(self, buffer: &mut [u8]) -> Result<&CStr> {
        self.below(Ptr::new(0), buffer)
    }

    /// Copies the path from `root` (such as a process's `read!(task.fs.root)`) to the end
    /// of `buffer`. If the file is not below `root`, the path is from the root of the mount
    /// namespace.
    ///
    /// The result equals `readlink` of the file's link in `/proc/PID/fd`: ` (deleted)`
    /// follows the name of a deleted file, `pipe:[4711]` is a pipe. No lock is taken, so a
    /// rename at the same time can give a path that never existed.
    ///
    /// # Errors
    ///
    /// `ENAMETOOLONG` if the buffer is too small, `EFAULT` if a name cannot be read,
    /// `ELOOP` if the way to the root does not end.
    #[doc(alias = "bpf_d_path")]
    #[doc(alias = "d_path")]
    pub fn below<'b>(
        self,
        root: Ptr<'_, path>,
        buffer: &'b mut [u8],
    ) -> Result<&'b CStr> {
        let mut text = Text::new(buffer)?;
        let mut at = Walk {
            mnt: self.get(|path| path.mnt)?,
            dentry: self.get(|path| path.dentry)?,
        };
        let root = match root.non_null() {
            Some(root) => {
                (root.get(|path| path.mnt)?, root.get(|path| path.dentry)?)
            }
            None => (Ptr::new(0), Ptr::new(0)),
        };

        let parent = at.dentry.get(|dentry| dentry.d_parent)?;
        let is_root = parent == at.dentry;
        if is_root && at.dentry != at.mnt.get(|mnt| mnt.mnt_root)? {
            text.put_nameless(at.dentry)?;
            return text.finish();
        }
        let hash = at.dentry.get(|dentry| dentry.d_hash_pprev)?;
        if !is_root && hash.is_null() {
            text.put(DELETED)?;
        }
        let end = text.start;

        at.climb(&mut text, root)?;
        if text.start == end {
            text.put(b"/")?;
        }
        text.finish()
    }
}

impl<'run> Ptr<'run, file> {
    /// Copies the path of the file to the end of `buffer`, as [`Ptr::to_str`] does for a
    /// [`path`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// use rex::kernel::file;
    ///
    /// #[lsm("file_open")]
    /// fn on_open(ctx: &mut LsmContext, file: Ptr<file>) -> Result {
    ///     let mut buffer = [0; 512];
    ///     let path = file.path(&mut buffer)?;
    ///     info!("{} opens {}", ctx.pid(), path.to_str().unwrap_or("?"));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Errors are those of [`Ptr::below`].
    #[doc(alias = "bpf_d_path")]
    #[inline(always)]
    pub fn path(self, buffer: &mut [u8]) -> Result<&CStr> {
        self.addr_of(|file| file.f_path).to_str(buffer)
    }
}
