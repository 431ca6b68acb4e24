//! Comparing versions, as far as cases need it.

/// The versions that are recorded.
pub(crate) const RECORDED: &[&str] = &["0.6.43", "0.9.6", "0.11.4", "0.12.4"];

/// Whether `version` is `since` or newer.
pub(crate) fn is_since(version: &str, since: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let parts = version.split('.');
        parts.map(|part| part.parse().unwrap_or_default()).collect()
    };
    numbers(version) >= numbers(since)
}
