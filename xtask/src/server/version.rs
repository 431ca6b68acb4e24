//! Versions of Open WebUI.

use std::{fmt, str::FromStr};

use anyhow::{Result, bail};

/// What stands for the newest release on PyPI.
pub(crate) const NEWEST: &str = "newest";

/// A version as PyPI names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(String);

impl Version {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its numbers and that of its `.post`, by which releases are ordered; `None` for a version
    /// that precedes a release.
    pub(crate) fn release(&self) -> Option<(Vec<u64>, u64)> {
        let (release, post) = self.0.split_once(".post").unwrap_or((&self.0, "0"));
        let numbers = release.split('.').map(|number| number.parse().ok());
        let mut numbers: Vec<u64> = numbers.collect::<Option<_>>()?;
        // 1.0 is 1.
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some((numbers, post.parse().ok()?))
    }
}

impl FromStr for Version {
    type Err = anyhow::Error;

    // Strict, because it becomes an argument and the name of a folder.
    fn from_str(text: &str) -> Result<Self> {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let release_end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (release, suffix) = text.split_at(release_end);
        // The dot of ".dev1" belongs to the suffix.
        let (release, suffix_fits) = match suffix {
            "" => (release, true),
            _ => {
                let named = |names: &[&str]| {
                    names
                        .iter()
                        .any(|name| suffix.strip_prefix(name).is_some_and(is_number))
                };
                match release.strip_suffix('.') {
                    Some(release) => (release, named(&["dev", "post"])),
                    None => (release, named(&["rc", "a", "b"])),
                }
            }
        };
        if suffix_fits && release.split('.').all(is_number) {
            Ok(Self(text.to_owned()))
        } else {
            bail!(
                "{text:?} is no version of Open WebUI; write it like 0.12.4 or 0.12.0rc1, or \
                 `{NEWEST}` for the newest release"
            )
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for good in [
            "0.12.4",
            "1",
            "0.12.0rc1",
            "0.5.0.dev1",
            "1.0.post2",
            "1.0a3",
        ] {
            assert_eq!(good.parse::<Version>().expect(good).as_str(), good);
        }
        for bad in [
            "", ".", "1.", ".1", "1..2", "rc1", "1rc", "1.rc1", "1dev1", "../x", "1/2", "--help",
            "1 ", "latest", "1.0+cu", "1.0rc1.2", "١",
        ] {
            assert!(bad.parse::<Version>().is_err(), "{bad:?}");
        }
    }
}
