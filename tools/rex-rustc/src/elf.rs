// SPDX-License-Identifier: GPL-2.0
//! Relocatable ELF files of x86-64, as the compiler and `ld -r` make them.

/// A malformed file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// `SHF_EXECINSTR`.
const EXECUTABLE: u64 = 4;
/// `SHT_SYMTAB`, `SHT_RELA` and `SHT_NOBITS`.
const SYMBOLS: u32 = 2;
const RELOCATIONS: u32 = 4;
const NO_BITS: u32 = 8;

/// A file.
#[derive(Debug)]
pub(crate) struct Elf<'a> {
    pub(crate) sections: Vec<Section<'a>>,
    pub(crate) symbols: Vec<Symbol<'a>>,
}

/// A section.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    pub(crate) name: &'a str,
    pub(crate) is_code: bool,
    pub(crate) bytes: &'a [u8],
    kind: u32,
    link: u32,
    info: u32,
}

/// The kind of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Function,
    Section,
    Other,
}

/// A symbol.
#[derive(Debug)]
pub(crate) struct Symbol<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
    /// True if other files can use it.
    pub(crate) is_global: bool,
    /// The number of its section; 0 if it is not defined.
    pub(crate) section: usize,
    pub(crate) value: u64,
    pub(crate) size: u64,
}

/// A relocation.
#[derive(Debug)]
pub(crate) struct Relocation {
    pub(crate) symbol: usize,
    pub(crate) addend: u64,
}

impl<'a> Elf<'a> {
    pub(crate) fn parse(file: &'a [u8]) -> Result<Self> {
        let magic = b"\x7fELF\x02\x01";
        if !file.starts_with(magic) || u16_at(file, 18)? != 62 {
            return Err(Malformed);
        }
        let start = to_usize(u64_at(file, 40)?)?;
        let number = usize::from(u16_at(file, 60)?);
        let names = usize::from(u16_at(file, 62)?);
        let headers = (0..number)
            .map(|i| slice(file, start + 64 * i, 64))
            .collect::<Result<Vec<_>>>()?;
        let bytes_of = |header: &[u8]| {
            let kind = u32_at(header, 4)?;
            if kind == NO_BITS {
                return Ok(&[][..]);
            }
            let offset = to_usize(u64_at(header, 24)?)?;
            slice(file, offset, to_usize(u64_at(header, 32)?)?)
        };
        let names = bytes_of(headers.get(names).ok_or(Malformed)?)?;
        let sections = headers
            .iter()
            .map(|header| {
                Ok(Section {
                    name: text(names, u32_at(header, 0)?)?,
                    is_code: u64_at(header, 8)? & EXECUTABLE != 0,
                    bytes: bytes_of(header)?,
                    kind: u32_at(header, 4)?,
                    link: u32_at(header, 40)?,
                    info: u32_at(header, 44)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let symbols = symbols(&sections)?;
        Ok(Self { sections, symbols })
    }

    pub(crate) fn section(&self, name: &str) -> Option<&Section<'a>> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// Returns the relocations of the section of this name, in their order.
    pub(crate) fn relocations(&self, name: &str) -> Result<Vec<Relocation>> {
        let mut relocations = Vec::new();
        for section in &self.sections {
            let target = self.sections.get(section.info as usize);
            if section.kind != RELOCATIONS
                || target.is_none_or(|target| target.name != name)
            {
                continue;
            }
            for entry in section.bytes.chunks_exact(24) {
                let symbol = to_usize(u64_at(entry, 8)? >> 32)?;
                let addend = u64_at(entry, 16)?;
                relocations.push(Relocation { symbol, addend });
            }
        }
        Ok(relocations)
    }

    /// Returns the function that begins here.
    pub(crate) fn function_at(
        &self,
        section: usize,
        value: u64,
    ) -> Option<&Symbol<'a>> {
        self.symbols.iter().find(|symbol| {
            symbol.kind == Kind::Function
                && (symbol.section, symbol.value) == (section, value)
        })
    }
}

fn symbols<'a>(sections: &[Section<'a>]) -> Result<Vec<Symbol<'a>>> {
    let Some(table) = sections.iter().find(|s| s.kind == SYMBOLS) else {
        return Ok(Vec::new());
    };
    let names = sections.get(table.link as usize).ok_or(Malformed)?.bytes;
    table
        .bytes
        .chunks_exact(24)
        .map(|entry| {
            let section = u16_at(entry, 6)?;
            Ok(Symbol {
                name: text(names, u32_at(entry, 0)?)?,
                kind: match entry[4] & 15 {
                    1 => Kind::Object,
                    2 => Kind::Function,
                    3 => Kind::Section,
                    _ => Kind::Other,
                },
                is_global: entry[4] >> 4 != 0,
                section: usize::from(section),
                value: u64_at(entry, 8)?,
                size: u64_at(entry, 16)?,
            })
        })
        .collect()
}

fn to_usize(value: u64) -> Result<usize> {
    usize::try_from(value).map_err(|_| Malformed)
}

fn slice(bytes: &[u8], at: usize, length: usize) -> Result<&[u8]> {
    let end = at.checked_add(length).ok_or(Malformed)?;
    bytes.get(at..end).ok_or(Malformed)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    slice(bytes, at, N)?.try_into().map_err(|_| Malformed)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

/// Returns the text up to the NUL.
fn text(bytes: &[u8], at: u32) -> Result<&str> {
    let rest = bytes.get(at as usize..).ok_or(Malformed)?;
    let text = rest.split(|&byte| byte == 0).next().ok_or(Malformed)?;
    str::from_utf8(text).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_malformed() {
        for file in [&b""[..], b"\x7fELF", b"!<arch>\n", &[0; 64]] {
            assert!(Elf::parse(file).is_err());
        }
        let mut cut = b"\x7fELF\x02\x01".to_vec();
        cut.resize(64, 0xff);
        cut[18..20].copy_from_slice(&[62, 0]);
        assert!(Elf::parse(&cut).is_err());
    }
}
