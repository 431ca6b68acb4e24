//! The IDs of the members that were read.

use std::collections::HashMap;

/// In which pass each ID was seen last.
///
/// A UUID is retained as its 16 bytes. As text it would take 44 bytes more.
#[derive(Default)]
pub(crate) struct SeenIds {
    uuids: HashMap<[u8; 16], u8>,
    others: HashMap<String, u8>,
    /// For how many IDs to make room at the first one.
    expected: usize,
}

impl SeenIds {
    /// Expects this many IDs in all.
    pub(crate) fn expect(&mut self, count: usize) {
        self.expected = count;
    }

    /// Notes that an ID was seen in a pass, and returns the pass in which it was seen before.
    pub(crate) fn see(&mut self, id: &str, pass: u8) -> Option<u8> {
        if let Some(uuid) = uuid(id) {
            if self.uuids.is_empty() {
                self.uuids.reserve(self.expected);
            }
            return self.uuids.insert(uuid, pass);
        }
        if let Some(seen) = self.others.get_mut(id) {
            return Some(std::mem::replace(seen, pass));
        }
        if self.others.is_empty() {
            self.others.reserve(self.expected);
        }
        self.others.insert(id.to_owned(), pass)
    }
}

/// The bytes of a UUID as servers write it, with lower case and hyphens. Another form is another
/// ID.
fn uuid(id: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = id.as_bytes().try_into().ok()?;
    let mut bytes = [0; 16];
    let mut digits = bytes.iter_mut();
    let mut rest = text.as_slice();
    for length in [8, 4, 4, 4, 12] {
        let (group, behind) = rest.split_at_checked(length)?;
        for pair in group.chunks_exact(2) {
            let &[high, low] = pair else { return None };
            *digits.next()? = digit(high)? << 4 | digit(low)?;
        }
        rest = match behind {
            [b'-', behind @ ..] => behind,
            [] if length == 12 => behind,
            _ => return None,
        };
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "5be5e52a-cc60-4307-a9a5-33af4518f1c1";

    #[test]
    fn the_last_pass_of_an_id_is_returned() {
        for id in [UUID, "ann"] {
            let mut seen = SeenIds::default();
            assert_eq!(seen.see(id, 1), None, "{id}");
            assert_eq!(seen.see(id, 1), Some(1), "{id}");
            assert_eq!(seen.see(id, 3), Some(1), "{id}");
            assert_eq!(seen.see(id, 3), Some(3), "{id}");
        }
    }

    #[test]
    fn ids_that_resemble_each_other_are_different() {
        let same_digits = "5be5e52acc-60-4307-a9a5-33af4518f1c1";
        let upper = UUID.to_uppercase();
        let braces = format!("{{{UUID}}}");
        let plain = UUID.replace('-', "");
        let other = UUID.replace("5be", "5bf");
        let mut seen = SeenIds::default();
        for id in [UUID, same_digits, &upper, &braces, &plain, &other, ""] {
            assert_eq!(seen.see(id, 1), None, "{id}");
        }
    }

    #[test]
    fn uuid_has_the_bytes_of_its_digits() {
        let bytes = u128::to_be_bytes(0x5be5_e52a_cc60_4307_a9a5_33af_4518_f1c1);
        assert_eq!(uuid(UUID), Some(bytes));
        for wrong in [
            "5be5e52a-cc60-4307-a9a5-33af4518f1c",
            "5be5e52a-cc60-4307-a9a5-33af4518f1cg",
            "5be5e52a_cc60-4307-a9a5-33af4518f1c1",
            "5be5e52a-cc60-4307-a9a5-33af4518f1-1",
        ] {
            assert_eq!(uuid(wrong), None, "{wrong}");
        }
    }
}
