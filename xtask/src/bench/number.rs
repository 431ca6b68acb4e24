//! Numbers for people.

/// The number with commas, rounded.
pub(crate) fn grouped(number: impl IntoRounded) -> String {
    let digits = number.into_rounded();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number that is not negative.
pub(crate) trait IntoRounded {
    /// The digits of the next integer.
    fn into_rounded(self) -> String;
}

impl IntoRounded for f64 {
    fn into_rounded(self) -> String {
        format!("{self:.0}")
    }
}

impl IntoRounded for usize {
    fn into_rounded(self) -> String {
        self.to_string()
    }
}

impl IntoRounded for u64 {
    fn into_rounded(self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(999.6), "1,000");
        assert_eq!(grouped(12_409_170_usize), "12,409,170");
        assert_eq!(grouped(7_usize), "7");
    }
}
