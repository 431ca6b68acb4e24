//! Collects a body of unknown length.

use std::mem;

use bytes::{Bytes, BytesMut};

/// A chunk below this size, in bytes, is copied when it arrives. Otherwise the overhead of each
/// retained chunk could exceed its size.
const SMALL_CHUNK: usize = 1 << 10;

/// The chunks of a body. Large chunks are copied only once, when the total length is known.
/// Appending each chunk to a growing body would copy it several times.
#[derive(Default)]
pub(crate) struct ResponseBody {
    chunks: Vec<Bytes>,
    /// The small chunks after the other ones.
    small: BytesMut,
    length: usize,
}

impl ResponseBody {
    /// The length so far, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Appends a chunk.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        self.length += chunk.len();
        if chunk.len() < SMALL_CHUNK {
            self.small.extend_from_slice(&chunk);
            return;
        }
        self.end_small();
        self.chunks.push(chunk);
    }

    /// Returns the whole body. A single chunk is not copied.
    pub(crate) fn into_bytes(mut self) -> Bytes {
        self.end_small();
        if self.chunks.len() == 1 {
            return self.chunks.pop().unwrap_or_default();
        }
        let mut whole = BytesMut::with_capacity(self.length);
        for chunk in self.chunks {
            whole.extend_from_slice(&chunk);
        }
        whole.freeze()
    }

    fn end_small(&mut self) {
        if !self.small.is_empty() {
            self.chunks.push(mem::take(&mut self.small).freeze());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body_of(sizes: &[usize]) -> (ResponseBody, Vec<u8>) {
        let mut body = ResponseBody::default();
        let mut expected = Vec::new();
        for (chunk, size) in (0..).zip(sizes) {
            let chunk = vec![chunk; *size];
            expected.extend_from_slice(&chunk);
            body.push(chunk.into());
        }
        (body, expected)
    }

    #[test]
    fn chunks_of_any_size_are_in_their_order() {
        for sizes in [
            &[][..],
            &[1],
            &[5_000],
            &[1, 5_000, 2, 3, 1_024, 1_023],
            &[5_000, 0],
        ] {
            let (body, expected) = body_of(sizes);
            assert_eq!(body.len(), expected.len());
            assert_eq!(body.into_bytes(), expected, "{sizes:?}");
        }
    }

    #[test]
    fn chunk_is_held_without_a_copy() {
        let chunk = Bytes::from(vec![7; 5_000]);
        let mut body = ResponseBody::default();
        body.push(chunk.clone());
        body.push(chunk.clone());
        assert!(
            body.chunks
                .iter()
                .all(|held| held.as_ptr() == chunk.as_ptr())
        );
    }

    #[test]
    fn single_chunk_is_not_copied() {
        let chunk = Bytes::from(vec![7; 5_000]);
        let mut body = ResponseBody::default();
        body.push(chunk.clone());
        assert_eq!(body.into_bytes().as_ptr(), chunk.as_ptr());
    }

    /// The generated client reads the body from a response.
    #[tokio::test]
    async fn whole_body_is_not_copied_again() {
        let (body, _) = body_of(&[5_000, 5_000]);
        let whole = body.into_bytes();
        let response = reqwest::Response::from(http::Response::new(whole.clone()));
        assert_eq!(response.bytes().await.unwrap().as_ptr(), whole.as_ptr());
    }
}
