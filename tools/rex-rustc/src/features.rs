// SPDX-License-Identifier: GPL-2.0
//! The features of CPUs that a program may be compiled for: those whose instructions have
//! integer registers. The kernel does not save others for programs. The crate's note
//! declares them, for rex.ko.

/// Their names, in the order of their bits, `REX_CPU_*` of `uapi/linux/rex.h`.
const FEATURES: &[&str] = &["popcnt", "lzcnt", "bmi1", "bmi2", "movbe"];

/// A set of features.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Features(pub(crate) u32);

impl Features {
    /// Takes the value of `-C target-feature`, such as `+popcnt,-bmi1`. Later ones win, as
    /// in rustc; other features are none of these, and are passed over.
    pub(crate) fn apply(&mut self, value: &str) {
        for word in value.split(',') {
            let name = word.get(1..).unwrap_or("");
            let Some(bit) = FEATURES.iter().position(|known| *known == name)
            else {
                continue;
            };
            match word.as_bytes().first() {
                Some(b'+') => self.0 |= 1 << bit,
                Some(b'-') => self.0 &= !(1 << bit),
                _ => {}
            }
        }
    }

    /// Returns their names, those without one as a number.
    pub(crate) fn names(self) -> Vec<String> {
        (0..u32::BITS)
            .filter(|bit| self.0 & 1 << bit != 0)
            .map(|bit| {
                FEATURES
                    .get(bit as usize)
                    .map_or(format!("bit {bit}"), ToString::to_string)
            })
            .collect()
    }

    /// Returns the compiler's option, if there are any.
    pub(crate) fn option(self) -> Option<String> {
        let names: Vec<_> =
            self.names().iter().map(|name| format!("+{name}")).collect();
        (self.0 != 0).then(|| format!("-Ctarget-feature={}", names.join(",")))
    }

    /// Returns those that an object declares in the section `.note.rex`: `struct
    /// rex_note_cpu`, after the header and the name of the note.
    pub(crate) fn declared(note: &[u8]) -> Self {
        const AT: usize = 16 + 72;
        let bytes = note.get(AT..AT + 4).and_then(|b| b.try_into().ok());
        Self(bytes.map_or(0, u32::from_le_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(values: &[&str]) -> Features {
        let mut features = Features::default();
        values.iter().for_each(|value| features.apply(value));
        features
    }

    #[test]
    fn integer_features_are_taken() {
        let all = applied(&["+popcnt,+lzcnt,+bmi1,+bmi2,+movbe"]);
        assert_eq!(all, Features(31));
        assert_eq!(
            all.option().as_deref(),
            Some("-Ctarget-feature=+popcnt,+lzcnt,+bmi1,+bmi2,+movbe")
        );
        assert_eq!(applied(&["+movbe"]), Features(16));
    }

    #[test]
    fn later_ones_win() {
        assert_eq!(applied(&["+bmi1,-bmi1"]), Features(0));
        assert_eq!(applied(&["-bmi1", "+bmi1"]), Features(4));
        assert_eq!(applied(&["+bmi1,+popcnt", "-popcnt"]), Features(4));
    }

    #[test]
    fn others_are_passed_over() {
        let others = ["+sse4.2,-soft-float,+avx2", "popcnt", "", "+", "é"];
        assert_eq!(applied(&others), Features(0));
        assert_eq!(applied(&others).option(), None);
        assert_eq!(applied(&["+avx2,+bmi2,+adx"]), Features(8));
    }

    #[test]
    fn note_declares_them() {
        let mut note = vec![0; 88];
        assert_eq!(Features::declared(&note), Features(0));
        note.extend_from_slice(&[5, 0, 0, 0x80]);
        let declared = Features::declared(&note);
        assert_eq!(declared.names(), ["popcnt", "bmi1", "bit 31"]);
        assert_eq!(Features::declared(&note[..91]), Features(0));
    }
}
