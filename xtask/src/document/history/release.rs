//! Releases of the server.

use std::{fmt, str::FromStr};

use anyhow::{Context, Error, Result};

/// A final release, such as 0.12.4; ordered by its numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release(Vec<u64>);

impl FromStr for Release {
    type Err = Error;

    /// # Errors
    ///
    /// If the text is anything but numbers that are joined by dots.
    fn from_str(text: &str) -> Result<Self> {
        let number = |part: &str| match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => part.parse().ok(),
            false => None,
        };
        let numbers: Option<Vec<u64>> = text.split('.').map(number).collect();
        numbers
            .map(Self)
            .with_context(|| format!("{text:?} is not a final release; write it like 0.12.4"))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.0.iter().map(u64::to_string).collect();
        formatter.write_str(&numbers.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_ordered_by_their_numbers() {
        let release = |text: &str| text.parse::<Release>().unwrap();
        assert!(release("0.6.43") < release("0.9.6"));
        assert!(release("0.9.6") < release("0.10.0"));
        assert_eq!(release("0.12.4").to_string(), "0.12.4");
    }

    #[test]
    fn only_final_releases_are_accepted() {
        for text in ["", "0.12.", "0.12.0rc1", "0.12.0.dev1", "v0.12.4", "+1.0"] {
            assert!(text.parse::<Release>().is_err(), "{text}");
        }
    }
}
