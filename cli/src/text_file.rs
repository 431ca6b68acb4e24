//! Text files, with or without a byte order mark.

use std::{fs, io, path::Path};

/// Reads a file in UTF-8, or in UTF-16 if it has the byte order mark of UTF-16. Windows programs
/// write both.
///
/// # Errors
///
/// Returns an error if the file cannot be read or is not text.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let bytes = fs::read(path)?;
    let text = match bytes.as_slice() {
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] => str::from_utf8(text).ok().map(str::to_owned),
        text => str::from_utf8(text).ok().map(str::to_owned),
    };
    text.ok_or_else(|| io::Error::other("it is not text in UTF-8 or UTF-16"))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks(2).map(|pair| pair.try_into().ok().map(unit));
    let units: Option<Vec<u16>> = pairs.collect();
    String::from_utf16(&units?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_an_error() {
        let file = std::env::temp_dir().join(format!("owui-groups-text-{}", std::process::id()));
        for content in [
            &b"\xff\xfea"[..],
            b"\xff\xfe\x00\xd8",
            b"\xe4",
            b"\xef\xbb\xbf\xe4",
        ] {
            assert!(fs::write(&file, content).is_ok() && read(&file).is_err());
        }
        assert!(fs::write(&file, b"\xef\xbb\xbf").is_ok());
        assert_eq!(read(&file).ok().as_deref(), Some(""));
        assert!(fs::remove_file(&file).is_ok());
    }
}
