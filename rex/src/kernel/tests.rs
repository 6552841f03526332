// SPDX-License-Identifier: GPL-2.0
//! Objects of the simulated kernel are read as the kernel's are.

use std::string::{String, ToString};
use std::vec::Vec;

use super::{
    dentry, file, file_system_type, hlist_head, hlist_node, inode, list_head,
    mm_struct, mount, rb_node, rb_root, super_block, task_struct,
};
use crate::context::KprobeContext;
use crate::error::{Errno, Result};
use crate::host::{Kernel, Object, Registers, Task};
use crate::kernel::Ptr;
use crate::read;

rex_macros::kernel! {
    struct thing {
        byte: u8,
        small: i16,
        number: i32 from "inner.number",
        wide: u64,
        any: i64 as _,
        flag: bool as bits,
        field: i8 as bits,
        yes: bool,
        name: [u8; 8],
        words: [u64; 2],
        next: Ptr<thing>,
        raw: Ptr<()>,
        inner: part,
        parts: [part; 3],
        table: Ptr<Ptr<thing>>,
        text: Ptr<u8>,
        maybe: Option<u32>,
        maybe_next: Option<Ptr<thing>>,
        maybe_bits: Option<u16> as bits,
        list: list_head,
        hash: hlist_node,
        node: rb_node,
    }

    struct part {
        value: u32,
        of: Ptr<thing>,
    }
}

/// Calls `see` with a pointer to `object` in a run, and returns its result.
fn run<S, R>(
    kernel: &mut Kernel,
    object: Object<S>,
    see: impl Fn(&KprobeContext<'_>, Ptr<'_, S>) -> R,
) -> R {
    let address = object.address();
    let program =
        |ctx: &mut KprobeContext<'_>| see(ctx, ctx.kernel_ptr::<S>(address));
    kernel.kprobe(program, &mut Registers::default())
}

#[test]
fn members_have_the_value_that_was_set() {
    let mut kernel = Kernel::new();
    let object = kernel.object::<thing>();
    object.set(|thing| thing.byte, 200);
    object.set(|thing| thing.small, -2);
    object.set(|thing| thing.number, i32::MIN);
    object.set(|thing| thing.wide, u64::MAX);
    object.set(|thing| thing.any, -5);
    object.set(|thing| thing.flag, true);
    object.set(|thing| thing.field, -3);
    object.set(|thing| thing.yes, true);
    object.set(|thing| thing.name, *b"name\0\0\0\0");
    object.set(|thing| thing.words, [3, 4]);
    run(&mut kernel, object, |_, thing| {
        assert_eq!(read!(thing.byte), Ok(200));
        assert_eq!(read!(thing.small), Ok(-2));
        assert_eq!(read!(thing.number), Ok(i32::MIN));
        assert_eq!(read!(thing.wide), Ok(u64::MAX));
        assert_eq!(read!(thing.any), Ok(-5));
        assert_eq!(read!(thing.flag), Ok(true));
        assert_eq!(read!(thing.field), Ok(-3));
        assert_eq!(read!(thing.yes), Ok(true));
        assert_eq!(read!(thing.name), Ok(*b"name\0\0\0\0"));
        assert_eq!(read!(thing.words), Ok([3, 4]));
        assert_eq!(read!(thing.raw).map(Ptr::is_null), Ok(true));
    });
}

#[test]
fn chains_go_through_pointers_structs_and_arrays() {
    let mut kernel = Kernel::new();
    let first = kernel.object::<thing>();
    let second = kernel.object::<thing>();
    let third = kernel.object::<thing>();
    let table = kernel.pointers(&[None, Some(third)]);
    let text = kernel.string("text");
    first.set(|thing| thing.next, second);
    second
        .within(|thing| thing.inner)
        .set(|part| part.of, third);
    second
        .within(|thing| thing.parts)
        .element(2)
        .set(|part| part.value, 7);
    third.set(|thing| thing.wide, 1);
    third.set(|thing| thing.table, table);
    third.set(|thing| thing.text, text);
    run(&mut kernel, first, |_, thing| {
        assert_eq!(read!(thing.next.inner.of.wide), Ok(1));
        assert_eq!(read!(thing.next.parts[2].value), Ok(7));
        assert_eq!(read!(thing.next.parts[1].value), Ok(0));
        assert_eq!(read!(thing.next.inner.of.table[1].wide), Ok(1));
        assert_eq!(
            read!(thing.next.inner.of.table[0].wide),
            Err(Errno::ERANGE)
        );
        assert_eq!(read!(thing.next.inner.of.text[1]), Ok(b'e'));
        let mut buffer = [0; 4];
        let text = read!(thing.next.inner.of.text).unwrap();
        assert_eq!(text.read_str(&mut buffer), Ok(c"tex"));
        let inner = read!(thing.inner).unwrap();
        assert_eq!(inner.container(|thing: thing| thing.inner), thing);
        assert_eq!(read!((thing).byte), Ok(0));
    });
}

#[test]
fn addresses_without_memory_are_errors() {
    let mut kernel = Kernel::new();
    let object = kernel.object::<thing>();
    run(&mut kernel, object, |ctx, thing| {
        assert_eq!(read!(thing.next.wide), Err(Errno::ERANGE));
        let user = ctx.kernel_ptr::<super::tests::thing>(0x1000);
        assert_eq!(read!(user.wide), Err(Errno::ERANGE));
        let nothing = thing.byte_add(1 << 40);
        assert_eq!(read!(nothing.wide), Err(Errno::EFAULT));
        assert_eq!(read!(nothing.name), Err(Errno::EFAULT));
        assert_eq!(nothing.cast::<u8>().read(), Err(Errno::EFAULT));
    });
}

#[test]
fn members_of_other_kernels_are_none() {
    let mut kernel = Kernel::new();
    let object = kernel.object::<thing>();
    object.set(|thing| thing.maybe, 4);
    object.set(|thing| thing.maybe_next, object);
    object.set(|thing| thing.maybe_bits, 6);
    run(&mut kernel, object, |_, thing| {
        assert_eq!(read!(thing.maybe), Ok(Some(4)));
        assert_eq!(read!(thing.maybe_next.maybe), Ok(Some(4)));
        assert_eq!(read!(thing.maybe_bits), Ok(Some(6)));
        assert!(rex_macros::kernel_has!(thing.maybe));
    });
    for member in ["maybe", "maybe_next", "maybe_bits"] {
        kernel.set_missing("thing", member);
    }
    run(&mut kernel, object, |_, thing| {
        assert_eq!(read!(thing.maybe), Ok(None));
        assert_eq!(read!(thing.maybe_bits), Ok(None));
        assert_eq!(read!(thing.maybe_next.maybe), Err(Errno::ENOENT));
        assert!(thing.addr_of(|thing| thing.maybe).is_null());
        assert!(!rex_macros::kernel_has!(thing.maybe));
        assert!(rex_macros::kernel_has!(thing.wide));
    });
    kernel.set_enumerator("kind", "FIRST", -1);
    kernel.set_missing("kind", "LAST");
    assert_eq!(rex_macros::kernel_enum!(kind::FIRST), -1);
    assert_eq!(rex_macros::kernel_enum!(kind::FIRST?), Some(-1));
    assert_eq!(rex_macros::kernel_enum!(kind::LAST?), None);
}

/// Links objects in a circle that begins at `head`.
fn link(head: Object<list_head>, members: &[Object<list_head>]) {
    let mut last = head;
    for &member in members {
        last.set(|list| list.next, member);
        last = member;
    }
    last.set(|list| list.next, head);
}

/// Returns the members and errors that an iterator gives.
fn seen<'run>(
    iterator: impl Iterator<Item = Result<Ptr<'run, thing>>>,
) -> Vec<Result<u64>> {
    iterator.take(9).map(|thing| read!((thing?).wide)).collect()
}

#[test]
fn lists_end() {
    let mut kernel = Kernel::new();
    let things: Vec<_> = (0..3).map(|_| kernel.object::<thing>()).collect();
    for (number, thing) in things.iter().enumerate() {
        thing.set(|thing| thing.wide, number as u64);
    }
    let head = kernel.object::<list_head>();
    let lists: Vec<_> = things
        .iter()
        .map(|thing| thing.within(|thing| thing.list))
        .collect();
    link(head, &lists);
    run(&mut kernel, head, |_, head| {
        let list = head.entries(|thing: thing| thing.list);
        assert_eq!(seen(list), [Ok(0), Ok(1), Ok(2)]);
    });
    link(head, &[]);
    run(&mut kernel, head, |_, head| {
        assert_eq!(seen(head.entries(|thing: thing| thing.list)), []);
    });
    let broken = kernel.object::<list_head>();
    link(broken, &lists[..1]);
    lists[0].set(|list| list.next, Object::<list_head>::nowhere());
    run(&mut kernel, broken, |_, head| {
        let list = head.entries(|thing: thing| thing.list);
        // The pointer can be read, but its target cannot: neither the thing nor the next
        // pointer.
        let end = Err(Errno::EFAULT);
        assert_eq!(seen(list), [Ok(0), end, end]);
    });
}

#[test]
fn lists_of_hash_tables_end() {
    let mut kernel = Kernel::new();
    let things: Vec<_> = (0..2).map(|_| kernel.object::<thing>()).collect();
    let nodes: Vec<_> = things
        .iter()
        .map(|thing| thing.within(|thing| thing.hash))
        .collect();
    things[1].set(|thing| thing.wide, 1);
    let head = kernel.object::<hlist_head>();
    run(&mut kernel, head, |_, head| {
        assert_eq!(seen(head.entries(|thing: thing| thing.hash)), []);
    });
    head.set(|head| head.first, nodes[0]);
    nodes[0].set(|node| node.next, nodes[1]);
    run(&mut kernel, head, |_, head| {
        let list = head.entries(|thing: thing| thing.hash);
        assert_eq!(seen(list), [Ok(0), Ok(1)]);
    });
}

/// Links the nodes to a tree in their order, and returns its topmost node.
fn tree(
    nodes: &[Object<rb_node>],
    above: Option<Object<rb_node>>,
) -> Option<Object<rb_node>> {
    let middle = nodes.len() / 2;
    let &node = nodes.get(middle)?;
    let red = above.map_or(0, |above| above.address()) | 1;
    node.set(|node| node.__rb_parent_color, red);
    if let Some(left) = tree(&nodes[..middle], Some(node)) {
        node.set(|node| node.rb_left, left);
    }
    if let Some(right) = tree(&nodes[middle + 1..], Some(node)) {
        node.set(|node| node.rb_right, right);
    }
    Some(node)
}

#[test]
fn trees_are_walked_in_order() {
    for size in 0..8 {
        let mut kernel = Kernel::new();
        let things: Vec<_> =
            (0..size).map(|_| kernel.object::<thing>()).collect();
        for (number, thing) in things.iter().enumerate() {
            thing.set(|thing| thing.wide, number as u64);
        }
        let nodes: Vec<_> = things
            .iter()
            .map(|thing| thing.within(|thing| thing.node))
            .collect();
        let root = kernel.object::<rb_root>();
        if let Some(top) = tree(&nodes, None) {
            root.set(|root| root.rb_node, top);
        }
        run(&mut kernel, root, |_, root| {
            let numbers: Vec<_> = (0..size).map(Ok).collect();
            let tree = root.entries(|thing: thing| thing.node);
            assert_eq!(seen(tree), numbers);
        });
    }
}

/// Makes a folder or a file in `parent`, or a root.
fn entry(
    kernel: &mut Kernel,
    name: &str,
    parent: Option<Object<dentry>>,
) -> Object<dentry> {
    let entry = kernel.object::<dentry>();
    let text = kernel.string(name);
    entry.set(|entry| entry.d_parent, parent.unwrap_or(entry));
    let name_of = entry.within(|entry| entry.d_name);
    name_of.set(|of| of.name, text);
    name_of.set(|of| of.len, name.len() as u32);
    entry.set(|entry| entry.d_hash_pprev, Object::nowhere());
    entry
}

/// Makes a mount of `root`, on a mount point or on none.
fn mount(
    kernel: &mut Kernel,
    root: Object<dentry>,
    on: Option<(Object<mount>, Object<dentry>)>,
) -> Object<mount> {
    let mount = kernel.object::<mount>();
    mount
        .within(|mount| mount.mnt)
        .set(|mnt| mnt.mnt_root, root);
    mount.set(|mount| mount.mnt_parent, on.map_or(mount, |on| on.0));
    mount.set(|mount| mount.mnt_mountpoint, on.map_or(root, |on| on.1));
    mount
}

/// Makes an open file.
fn open(
    kernel: &mut Kernel,
    at: Object<mount>,
    entry: Object<dentry>,
) -> Object<file> {
    let file = kernel.object::<file>();
    let path = file.within(|file| file.f_path);
    path.set(|path| path.mnt, at.within(|mount| mount.mnt));
    path.set(|path| path.dentry, entry);
    file
}

fn path_of(
    kernel: &mut Kernel,
    file: Object<file>,
    room: usize,
) -> Result<String> {
    run(kernel, file, |_, file| {
        let mut buffer = [0; 64];
        let path = file.path(&mut buffer[..room])?;
        Ok(path.to_str().expect("it is text").to_string())
    })
}

#[test]
fn paths_go_through_mounts() {
    let mut kernel = Kernel::new();
    let kernel = &mut kernel;
    let bottom = entry(kernel, "/", None);
    let at_bottom = mount(kernel, bottom, None);
    let root = entry(kernel, "/", None);
    let at_root = mount(kernel, root, Some((at_bottom, bottom)));
    let mnt = entry(kernel, "mnt", Some(root));
    let disk = entry(kernel, "/", None);
    let at_disk = mount(kernel, disk, Some((at_root, mnt)));
    let folder = entry(kernel, "folder", Some(disk));
    let name = entry(kernel, "name", Some(folder));

    let file = open(kernel, at_disk, name);
    assert_eq!(path_of(kernel, file, 64), Ok("/mnt/folder/name".into()));
    assert_eq!(path_of(kernel, file, 17), Ok("/mnt/folder/name".into()));
    assert_eq!(path_of(kernel, file, 16), Err(Errno::ENAMETOOLONG));
    assert_eq!(path_of(kernel, file, 0), Err(Errno::ENAMETOOLONG));

    let root_file = open(kernel, at_root, root);
    assert_eq!(path_of(kernel, root_file, 64), Ok("/".into()));
    let disk_file = open(kernel, at_disk, disk);
    assert_eq!(path_of(kernel, disk_file, 64), Ok("/mnt".into()));

    // This is the view of a process whose root is the folder.
    let below = open(kernel, at_disk, folder);
    let address = below.address();
    run(kernel, file, |ctx, file| {
        let root = ctx.kernel_ptr::<super::file>(address);
        let root = root.addr_of(|file| file.f_path);
        let path = file.addr_of(|file| file.f_path);
        let mut buffer = [0; 64];
        assert_eq!(path.below(root, &mut buffer), Ok(c"/name"));
        assert_eq!(root.below(root, &mut buffer), Ok(c"/"));
    });

    name.set(|entry| entry.d_hash_pprev, Object::null());
    let deleted = Ok("/mnt/folder/name (deleted)".into());
    assert_eq!(path_of(kernel, file, 64), deleted);
    name.set(|entry| entry.d_parent, Object::nowhere());
    assert_eq!(path_of(kernel, file, 64), Err(Errno::EFAULT));
    // The folders form a circle.
    name.set(|entry| entry.d_parent, folder);
    folder.within(|entry| entry.d_name).set(|of| of.len, 0);
    name.within(|entry| entry.d_name).set(|of| of.len, 0);
    folder.set(|entry| entry.d_parent, name);
    assert_eq!(path_of(kernel, file, 64), Err(Errno::ENAMETOOLONG));
    let circle = mount(kernel, name, None);
    circle.set(|mount| mount.mnt_parent, at_disk);
    at_disk.set(|mount| mount.mnt_parent, circle);
    at_disk.set(|mount| mount.mnt_mountpoint, name);
    circle.set(|mount| mount.mnt_mountpoint, disk);
    assert_eq!(path_of(kernel, disk_file, 64), Err(Errno::ELOOP));
}

#[test]
fn files_without_a_name_have_a_number() {
    let mut kernel = Kernel::new();
    let kernel = &mut kernel;
    for (kind, wanted) in [
        ("pipefs", "pipe:[4711]"),
        ("sockfs", "socket:[4711]"),
        ("anon_inodefs", "anon_inode:[eventfd]"),
        ("tmpfs", "/[eventfd] (deleted)"),
    ] {
        let name = entry(kernel, "[eventfd]", None);
        let number = kernel.object::<inode>();
        number.set(|inode| inode.i_ino, 4711);
        name.set(|entry| entry.d_inode, number);
        let fs = kernel.object::<super_block>();
        let fs_type = kernel.object::<file_system_type>();
        let text = kernel.string(kind);
        fs_type.set(|fs| fs.name, text);
        fs.set(|fs| fs.s_type, fs_type);
        name.set(|entry| entry.d_sb, fs);
        let root = entry(kernel, "/", None);
        let at = mount(kernel, root, None);
        let file = open(kernel, at, name);
        assert_eq!(path_of(kernel, file, 64), Ok(wanted.into()), "{kind}");
    }
}

#[test]
fn current_task_is_known() {
    let mut kernel = Kernel::new();
    kernel.set_task(Task {
        pid: 7,
        tgid: 6,
        comm: "seven".into(),
        ..Task::default()
    });
    let see = |ctx: &mut KprobeContext<'_>| {
        let task = ctx.current::<task_struct>();
        (read!(task.pid), read!(task.tgid), task.comm())
    };
    let mut regs = Registers::default();
    let (pid, tgid, comm) = kernel.kprobe(see, &mut regs);
    assert_eq!((pid, tgid), (Ok(7), Ok(6)));
    assert_eq!(&*comm.unwrap(), c"seven");

    let parent = kernel.object::<task_struct>();
    parent.set(|task| task.tgid, 1);
    let task = kernel.object::<task_struct>();
    task.set(|task| task.real_parent, parent);
    let memory = kernel.object::<mm_struct>();
    kernel.set_current(task);
    let see = |ctx: &mut KprobeContext<'_>| {
        let task = ctx.task().expect("it is there");
        let no_exe = task.exe().map(|exe| exe.is_none());
        (read!((task.parent().unwrap()).tgid), no_exe)
    };
    assert_eq!(kernel.kprobe(see, &mut regs), (Ok(1), Ok(true)));
    task.set(|task| task.mm, memory);
    memory.set(|mm| mm.exe_file, Object::nowhere());
    let see = |ctx: &mut KprobeContext<'_>| {
        ctx.current::<task_struct>().exe().map(|exe| exe.is_some())
    };
    assert_eq!(kernel.kprobe(see, &mut regs), Ok(true));
}
