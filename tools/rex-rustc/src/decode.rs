// SPDX-License-Identifier: GPL-2.0
//! The lengths of x86-64 instructions, and their effects on the stack pointer.
//!
//! The frame sizes that LLVM writes to `.stack_sizes` leave out values pushed
//! within a function. So the code is decoded.

/// The effect of an instruction on the stack pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stack {
    /// The stack does not grow.
    Kept,
    /// The stack grows by at most this many bytes.
    Grows(u64),
    /// The stack pointer is set to this many bytes below the frame pointer.
    Below(u64),
    /// The effect cannot be determined.
    Unknown,
}

/// An instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) length: usize,
    pub(crate) stack: Stack,
}

const RSP: u8 = 4;
const RBP: u8 = 5;

/// The operand after the opcode.
#[derive(Debug, Clone, Copy)]
struct Operands {
    mode: u8,
    /// The register, and the other register or the base, with their REX bits.
    reg: u8,
    rm: u8,
    displacement: i64,
    has_index: bool,
    length: usize,
}

/// The operands that follow an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    has_operands: bool,
    immediate: usize,
}

/// Returns the instruction that `code` begins with, or None if it is not known.
pub(crate) fn decode(code: &[u8]) -> Option<Instruction> {
    let mut at = 0;
    let (mut short, mut rex) = (false, 0);
    while let Some(byte) = code.get(at) {
        match byte {
            0x66 => short = true,
            0x26 | 0x2e | 0x36 | 0x3e | 0x64 | 0x65 | 0xf0 | 0xf2 | 0xf3 => {}
            _ => break,
        }
        at += 1;
    }
    if code.get(at)? & 0xf0 == 0x40 {
        rex = code[at];
        at += 1;
    }
    let wide = rex & 8 != 0;
    let mut vex = None;
    let (map, opcode);
    match *code.get(at)? {
        0x0f => match *code.get(at + 1)? {
            byte @ (0x38 | 0x3a) => {
                (map, opcode) = (byte, *code.get(at + 2)?);
                at += 3;
            }
            byte => {
                (map, opcode) = (0x0f, byte);
                at += 2;
            }
        },
        // VEX of three bytes, with integer registers: `kmod/isa.c` has the list.
        0xc4 => {
            let (first, second) = (*code.get(at + 1)?, *code.get(at + 2)?);
            opcode = *code.get(at + 3)?;
            map = vex_map(first, second, opcode)?;
            // The bits of registers are inverted there.
            rex = 0x40 | !first >> 5 | second >> 7 << 3;
            vex = Some((!second >> 3) & 15);
            at += 4;
        }
        // Prefixes of vector instructions and a few others.
        0xc5 | 0x62 => return None,
        byte => {
            (map, opcode) = (0, byte);
            at += 1;
        }
    }

    let mut form = form(map, opcode, short, wide)?;
    let mut operands = None;
    if form.has_operands {
        let found = operands_of(&code[at..], rex)?;
        // `test` is the only instruction of its group with an immediate.
        if map == 0 && matches!(opcode, 0xf6 | 0xf7) && found.reg & 7 < 2 {
            form.immediate = match (opcode, short) {
                (0xf6, _) => 1,
                (_, true) => 2,
                (_, false) => 4,
            };
        }
        at += found.length;
        operands = Some(found);
    }
    let immediate = signed(code.get(at..at + form.immediate)?);
    let length = at + form.immediate;
    let stack = match (map, operands) {
        (0, None) => plain_effect(opcode, rex),
        (0, Some(operands)) => effect(opcode, operands, immediate),
        (0x0f, Some(operands)) => effect_0f(opcode, operands),
        (0x38 | 0x3a, Some(operands)) => effect_38(opcode, operands, vex),
        _ => Stack::Kept,
    };
    (length <= 15).then_some(Instruction { length, stack })
}

/// Returns the map that VEX names, 0x38 or 0x3a, if the instruction has integer registers.
fn vex_map(first: u8, second: u8, opcode: u8) -> Option<u8> {
    if second & 4 != 0 {
        return None;
    }
    match (first & 31, second & 3, opcode) {
        (2, 0, 0xf2 | 0xf3 | 0xf5 | 0xf7)
        | (2, 1, 0xf7)
        | (2, 2, 0xf5 | 0xf7)
        | (2, 3, 0xf5..=0xf7) => Some(0x38),
        (3, 3, 0xf0) => Some(0x3a),
        _ => None,
    }
}

fn form(map: u8, opcode: u8, short: bool, wide: bool) -> Option<Form> {
    match map {
        0x0f => Some(form_0f(opcode)),
        0x38 => Some(Form::with(0)),
        0x3a => Some(Form::with(1)),
        _ => plain_form(opcode, if short { 2 } else { 4 }, wide),
    }
}

impl Form {
    const fn with(immediate: usize) -> Self {
        Self {
            has_operands: true,
            immediate,
        }
    }

    const fn without(immediate: usize) -> Self {
        Self {
            has_operands: false,
            immediate,
        }
    }
}

/// Returns the form of a one-byte opcode. `z` is the size of most immediates.
fn plain_form(opcode: u8, z: usize, wide: bool) -> Option<Form> {
    Some(match opcode {
        0x00..=0x3f => match opcode & 7 {
            0..=3 => Form::with(0),
            4 => Form::without(1),
            5 => Form::without(z),
            _ => return None,
        },
        0x63 | 0x84..=0x8f | 0xd0..=0xd3 | 0xd8..=0xdf => Form::with(0),
        0xf6 | 0xf7 | 0xfe | 0xff => Form::with(0),
        0x6b | 0x80 | 0x83 | 0xc0 | 0xc1 | 0xc6 => Form::with(1),
        0x69 | 0x81 | 0xc7 => Form::with(z),
        0x50..=0x5f | 0x6c..=0x6f | 0x90..=0x99 | 0x9b..=0x9f => {
            Form::without(0)
        }
        0xa4..=0xa7 | 0xaa..=0xaf | 0xc3 | 0xc9 | 0xcb | 0xcc | 0xcf => {
            Form::without(0)
        }
        0xd7 | 0xec..=0xef | 0xf1 | 0xf4 | 0xf5 | 0xf8..=0xfd => {
            Form::without(0)
        }
        0x6a | 0x70..=0x7f | 0xa8 | 0xb0..=0xb7 | 0xcd => Form::without(1),
        0xe0..=0xe7 | 0xeb => Form::without(1),
        0xc2 | 0xca => Form::without(2),
        0xc8 => Form::without(3),
        0xe8 | 0xe9 => Form::without(4),
        0x68 | 0xa9 => Form::without(z),
        0xa0..=0xa3 => Form::without(8),
        0xb8..=0xbf => Form::without(if wide { 8 } else { z }),
        _ => return None,
    })
}

/// Returns the form of an opcode after 0x0f.
const fn form_0f(opcode: u8) -> Form {
    match opcode {
        0x80..=0x8f => Form::without(4),
        0x05..=0x09 | 0x0b | 0x0e | 0x30..=0x37 | 0x77 => Form::without(0),
        0xa0..=0xa2 | 0xa8..=0xaa | 0xc8..=0xcf => Form::without(0),
        0x70..=0x73 | 0xa4 | 0xac | 0xba | 0xc2 | 0xc4..=0xc6 => Form::with(1),
        _ => Form::with(0),
    }
}

fn operands_of(code: &[u8], rex: u8) -> Option<Operands> {
    let byte = *code.first()?;
    let mode = byte >> 6;
    let reg = (byte >> 3) & 7 | (rex & 4) << 1;
    let low = byte & 7;
    let mut rm = low | (rex & 1) << 3;
    let mut length = 1;
    let mut size = [0, 1, 4, 0][usize::from(mode)];
    let mut has_index = false;
    if mode != 3 && low == 4 {
        let sib = *code.get(1)?;
        length = 2;
        rm = sib & 7 | (rex & 1) << 3;
        has_index = (sib >> 3) & 7 | (rex & 2) << 2 != 4;
        if mode == 0 && sib & 7 == 5 {
            // There is no base, so the stack is not reached.
            (size, rm) = (4, 16);
        }
    } else if mode == 0 && low == 5 {
        (size, rm) = (4, 16);
    }
    let displacement = signed(code.get(length..length + size)?);
    Some(Operands {
        mode,
        reg,
        rm,
        displacement,
        has_index,
        length: length + size,
    })
}

fn signed(bytes: &[u8]) -> i64 {
    let mut value = [0; 8];
    for (to, from) in value.iter_mut().zip(bytes) {
        *to = *from;
    }
    let unused = 64 - 8 * bytes.len().min(8) as u32;
    if unused == 64 {
        return 0;
    }
    i64::from_le_bytes(value) << unused >> unused
}

/// Returns the effect of a one-byte opcode without operands.
fn plain_effect(opcode: u8, rex: u8) -> Stack {
    let other = rex & 1 != 0;
    match opcode {
        0x50..=0x57 | 0x68 | 0x6a | 0x9c => Stack::Grows(8),
        // pop, mov and xchg with the stack pointer; enter.
        0x5c | 0x94 | 0xbc if !other => Stack::Unknown,
        0xc8 => Stack::Unknown,
        _ => Stack::Kept,
    }
}

/// Returns the effect of a one-byte opcode with operands.
fn effect(opcode: u8, operands: Operands, immediate: i64) -> Stack {
    let Operands { mode, reg, rm, .. } = operands;
    let group = reg & 7;
    let to_rm = mode == 3 && rm == RSP;
    let to_reg = reg == RSP;
    match opcode {
        0x81 | 0x83 if to_rm => match group {
            0 => grows(-immediate),
            5 => grows(immediate),
            // Rounds down to the next multiple.
            4 if immediate < 0 => grows(-immediate - 1),
            7 => Stack::Kept,
            _ => Stack::Unknown,
        },
        // cmp, test and push only read.
        0x38..=0x3b | 0x84 | 0x85 => Stack::Kept,
        0xff if group == 6 => Stack::Grows(8),
        0xff if group != 0 && group != 1 => Stack::Kept,
        0xf6 | 0xf7 if group < 2 => Stack::Kept,
        // mov to the stack pointer: from the frame pointer only.
        0x89 if to_rm && reg == RBP => Stack::Below(0),
        0x8b if to_reg && mode == 3 && rm == RBP => Stack::Below(0),
        0x89 if !to_rm => Stack::Kept,
        0x8d if to_reg => match rm {
            RBP if !operands.has_index => below(operands.displacement),
            RSP if !operands.has_index => grows(-operands.displacement),
            _ => Stack::Unknown,
        },
        // Operations from register to operand, of 32 or 64 bits.
        0x00..=0x3f if opcode & 3 == 1 && to_rm => Stack::Unknown,
        0x00..=0x3f if opcode & 3 == 3 && to_reg => Stack::Unknown,
        0x63 | 0x69 | 0x6b | 0x8b if to_reg => Stack::Unknown,
        0x87 if to_reg || to_rm => Stack::Unknown,
        0x8f | 0x89 | 0xc1 | 0xc7 | 0xd1 | 0xd3 | 0xf7 | 0xff if to_rm => {
            Stack::Unknown
        }
        _ => Stack::Kept,
    }
}

/// Returns the effect of an opcode after 0x0f.
fn effect_0f(opcode: u8, operands: Operands) -> Stack {
    let to_reg = operands.reg == RSP;
    let to_rm = operands.mode == 3 && operands.rm == RSP;
    match opcode {
        // cmov, movzx, movsx, imul, bsf, bsr and the like.
        0x40..=0x4f | 0xaf | 0xb6..=0xb8 | 0xbc..=0xbf if to_reg => {
            Stack::Unknown
        }
        // shld, shrd, bts, btr, btc, cmpxchg, xadd.
        0xa4 | 0xa5 | 0xac | 0xad | 0xab | 0xb3 | 0xbb | 0xb1 | 0xc1
            if to_rm =>
        {
            Stack::Unknown
        }
        0xc1 if to_reg => Stack::Unknown,
        _ => Stack::Kept,
    }
}

/// Returns the effect of an opcode after 0x0f 0x38 or 0x0f 0x3a, or with VEX, which has
/// another register: movbe, blsr and its like, mulx and others.
fn effect_38(opcode: u8, operands: Operands, vex: Option<u8>) -> Stack {
    let to_reg = match vex {
        None => opcode == 0xf0,
        Some(_) => opcode != 0xf3,
    };
    let to_third = vex == Some(RSP) && matches!(opcode, 0xf3 | 0xf6);
    if to_reg && operands.reg == RSP || to_third {
        Stack::Unknown
    } else {
        Stack::Kept
    }
}

fn grows(bytes: i64) -> Stack {
    match u64::try_from(bytes) {
        Ok(0) | Err(_) => Stack::Kept,
        Ok(bytes) => Stack::Grows(bytes),
    }
}

fn below(displacement: i64) -> Stack {
    match u64::try_from(-displacement) {
        Ok(bytes) => Stack::Below(bytes),
        Err(_) => Stack::Unknown,
    }
}

/// The reason why the stack of a function cannot be determined.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Untold {
    /// An unknown instruction at this offset.
    Instruction(usize),
    /// The stack pointer is moved by a number that is not in the code, at this
    /// offset.
    Moved(usize),
}

/// Returns an upper bound of the stack that a function uses, which is the sum of
/// all growth. Stack that it gives back is not subtracted, so its paths need not be
/// known.
pub(crate) fn frame(code: &[u8]) -> Result<u64, Untold> {
    let (mut sum, mut below) = (0, 0);
    let mut at = 0;
    while at < code.len() {
        let instruction = decode(&code[at..]).ok_or(Untold::Instruction(at))?;
        match instruction.stack {
            Stack::Kept => {}
            Stack::Grows(bytes) => sum += bytes,
            Stack::Below(bytes) => below = bytes.max(below),
            Stack::Unknown => return Err(Untold::Moved(at)),
        }
        at += instruction.length;
    }
    Ok(below.max(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(code: &[u8]) -> Stack {
        let instruction = decode(code).expect("it is known");
        assert_eq!(instruction.length, code.len(), "{code:x?}");
        instruction.stack
    }

    #[test]
    fn lengths_are_right() {
        let codes: &[&[u8]] = &[
            &[0x90],
            &[0xc3],
            &[0xf3, 0x0f, 0x1e, 0xfa],
            &[0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 2, 0, 0],
            &[0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x48, 0xc7, 0xc0, 1, 2, 3, 4],
            &[0x66, 0xc7, 0x44, 0x24, 8, 1, 2],
            &[0xf6, 0x45, 0xff, 1],
            &[0xf6, 0x5d, 0xff],
            &[0x48, 0x8d, 0x05, 1, 2, 3, 4],
            &[0x8b, 0x04, 0x25, 1, 2, 3, 4],
            &[0x48, 0x8b, 0x44, 0xc8, 8],
            &[0x0f, 0x84, 1, 2, 3, 4],
            &[0xe8, 1, 2, 3, 4],
            &[0x0f, 0xba, 0xe0, 7],
            &[0xf2, 0x0f, 0x38, 0xf1, 0xc8],
            &[0xf0, 0x48, 0x0f, 0xb1, 0x0f],
            &[0xf3, 0x48, 0xab],
            &[0x66, 0xf3, 0x0f, 0xb8, 0xc1],
            &[0xf3, 0x4c, 0x0f, 0xbd, 0x04, 0x24],
            &[0x66, 0x0f, 0x38, 0xf1, 0x4f, 8],
            &[0xc4, 0xe2, 0xe8, 0xf2, 0xc8],
            &[0xc4, 0x62, 0xf3, 0xf6, 0x84, 0x24, 1, 2, 3, 4],
            &[0xc4, 0xe3, 0xfb, 0xf0, 0x0d, 1, 2, 3, 4, 13],
        ];
        for code in codes {
            stack(code);
            let long = [code, &[0x90; 16][..]].concat();
            let found = decode(&long).expect("it is known");
            assert_eq!(found.length, code.len(), "{code:x?}");
        }
    }

    #[test]
    fn truncated_code_is_unknown() {
        let code = [0x48, 0x81, 0xec, 0, 0x10, 0, 0];
        for length in 0..code.len() {
            assert_eq!(decode(&code[..length]), None);
        }
    }

    #[test]
    fn pushes_and_subtractions_grow() {
        assert_eq!(stack(&[0x55]), Stack::Grows(8));
        assert_eq!(stack(&[0x41, 0x57]), Stack::Grows(8));
        assert_eq!(stack(&[0x6a, 1]), Stack::Grows(8));
        assert_eq!(stack(&[0xff, 0x75, 8]), Stack::Grows(8));
        assert_eq!(stack(&[0x48, 0x83, 0xec, 0x28]), Stack::Grows(0x28));
        let sub = [0x48, 0x81, 0xec, 0, 0xb0, 5, 0];
        assert_eq!(stack(&sub), Stack::Grows(0x5b000));
        assert_eq!(stack(&[0x48, 0x83, 0xc4, 0x80]), Stack::Grows(128));
        assert_eq!(stack(&[0x48, 0x83, 0xe4, 0xc0]), Stack::Grows(63));
        let lea = [0x48, 0x8d, 0x64, 0x24, 0xf0];
        assert_eq!(stack(&lea), Stack::Grows(16));
        assert_eq!(stack(&[0x48, 0x8d, 0x65, 0xd8]), Stack::Below(0x28));
    }

    #[test]
    fn what_gives_back_is_kept() {
        assert_eq!(stack(&[0x5d]), Stack::Kept);
        assert_eq!(stack(&[0x48, 0x83, 0xc4, 0x28]), Stack::Kept);
        assert_eq!(stack(&[0xc9]), Stack::Kept);
        assert_eq!(stack(&[0x48, 0x89, 0xec]), Stack::Below(0));
    }

    #[test]
    fn other_moves_are_unknown() {
        let codes: &[&[u8]] = &[
            &[0x48, 0x29, 0xc4],
            &[0x48, 0x2b, 0xe0],
            &[0x48, 0x89, 0xc4],
            &[0x48, 0x8b, 0x20],
            &[0x5c],
            &[0x48, 0x94],
            &[0xc8, 0, 0x10, 0],
            &[0x48, 0x21, 0xc4],
            &[0x48, 0x8d, 0x24, 0x04],
            &[0x48, 0xc7, 0xc4, 0, 0, 0, 0],
            &[0x48, 0x0f, 0x44, 0xe0],
            &[0xf3, 0x48, 0x0f, 0xb8, 0xe0],
            &[0x48, 0x0f, 0x38, 0xf0, 0x20],
            &[0xc4, 0xe2, 0xe8, 0xf2, 0xe0],
            &[0xc4, 0xe2, 0xd8, 0xf3, 0xc8],
            &[0xc4, 0xe2, 0xdb, 0xf6, 0xc8],
            &[0xc4, 0xe3, 0xfb, 0xf0, 0xe0, 1],
        ];
        for code in codes {
            assert_eq!(stack(code), Stack::Unknown, "{code:x?}");
        }
    }

    #[test]
    fn other_registers_are_not_the_stack_pointer() {
        // r12 has the same three bits.
        let codes: &[&[u8]] = &[
            &[0x49, 0x83, 0xec, 0x28],
            &[0x49, 0x89, 0xc4],
            &[0x4c, 0x8b, 0x20],
            &[0x41, 0x5c],
            &[0x49, 0xbc, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x48, 0x89, 0x04, 0x24],
            &[0x48, 0x39, 0xe0],
            &[0x48, 0x89, 0xe7],
            &[0x48, 0x0f, 0x38, 0xf1, 0x20],
            &[0xc4, 0x62, 0xe8, 0xf2, 0xe0],
            &[0xc4, 0xe2, 0x98, 0xf3, 0xc8],
            &[0xc4, 0xe2, 0xd8, 0xf2, 0xc4],
        ];
        for code in codes {
            assert_eq!(stack(code), Stack::Kept, "{code:x?}");
        }
    }

    #[test]
    fn vex_of_vectors_is_unknown() {
        for code in [
            [0xc4, 0xe2, 0xec, 0xf2, 0xc8],
            [0xc4, 0xe1, 0xe8, 0xf2, 0xc8],
            [0xc4, 0xe2, 0xe9, 0xf2, 0xc8],
            [0xc4, 0xe2, 0xe8, 0x18, 0xc8],
            [0xc5, 0xe8, 0x58, 0xc8, 0x90],
        ] {
            assert_eq!(decode(&code), None, "{code:x?}");
        }
    }

    #[test]
    fn frames_are_sums() {
        let code = [0x55, 0x48, 0x83, 0xec, 0x28, 0x48, 0x83, 0xc4, 0x28, 0x50];
        assert_eq!(frame(&code), Ok(8 + 0x28 + 8));
        assert_eq!(frame(&[0x90, 0x5c]), Err(Untold::Moved(1)));
        assert_eq!(frame(&[0x90, 0x06]), Err(Untold::Instruction(1)));
    }

    /// Compares the frames of all functions in the objects of $OBJECTS with
    /// objdump's.
    #[test]
    #[ignore = "needs binutils and objects"]
    fn lengths_are_as_objdump_says() {
        let objects = std::env::var("OBJECTS").expect("objects are named");
        let mut instructions = 0;
        for object in objects.lines() {
            let output = std::process::Command::new("objdump")
                .args(["-d", "-j", ".text", "--insn-width=16", object])
                .output()
                .expect("objdump is there");
            let text = String::from_utf8_lossy(&output.stdout);
            for line in text.lines() {
                let mut fields = line.split('\t');
                let (Some(_), Some(bytes), Some(words)) =
                    (fields.next(), fields.next(), fields.next())
                else {
                    continue;
                };
                let code: Vec<_> = bytes
                    .split_whitespace()
                    .map(|byte| u8::from_str_radix(byte, 16).expect("hex"))
                    .collect();
                let found = decode(&code)
                    .unwrap_or_else(|| panic!("{object}: {bytes} {words}"));
                assert_eq!(found.length, code.len(), "{object}: {line}");
                let is_sum =
                    words.starts_with("sub ") || words.starts_with("and ");
                if is_sum && words.ends_with(",%rsp") {
                    let grows = matches!(found.stack, Stack::Grows(_));
                    assert!(grows, "{object}: {line}");
                }
                if words.starts_with("push") {
                    assert_eq!(found.stack, Stack::Grows(8), "{line}");
                }
                instructions += 1;
            }
        }
        assert!(instructions > 10_000, "{instructions} instructions");
    }
}
