//! How many pages of members to request before they are needed.

use std::{mem, time::Duration};

/// The most pages that are requested before they are needed.
pub(crate) const MAX_AHEAD: u64 = 4;

/// With a single one, the next request would wait for the consumer.
const MIN_AHEAD: u64 = 2;

/// A stream had to wait for a page if that took more than this part of the time since its request.
/// A page that has arrived is not there at once: its body is read when the stream is polled.
const WAIT: u32 = 8;

/// After how many pages without a wait one page less is tried, at first and in the end.
const PATIENCE: (u32, u32) = (8, 64);

/// As many pages as it takes that the stream does not wait. Each page that is requested earlier is
/// held in memory for longer.
pub(crate) struct PagesAhead {
    count: u64,
    without_wait: u32,
    patience: u32,
    /// Whether one page less was tried since the last wait.
    has_tried_less: bool,
}

impl PagesAhead {
    pub(crate) fn new() -> Self {
        Self {
            count: MIN_AHEAD,
            without_wait: 0,
            patience: PATIENCE.0,
            has_tried_less: false,
        }
    }

    /// How many pages to request before they are needed.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// A page arrived this long after its request. The stream waited for a part of this time.
    pub(crate) fn received(&mut self, since_request: Duration, waited: Duration) {
        if waited.saturating_mul(WAIT) > since_request {
            self.without_wait = 0;
            self.count = MAX_AHEAD.min(self.count + 1);
            if mem::take(&mut self.has_tried_less) {
                self.patience = PATIENCE.1.min(self.patience * 2);
            }
            return;
        }
        self.without_wait += 1;
        if self.without_wait >= self.patience {
            self.without_wait = 0;
            self.has_tried_less |= self.count > MIN_AHEAD;
            self.count = MIN_AHEAD.max(self.count - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receives a page after 20 ms, of which the stream waited for some.
    fn receive(ahead: &mut PagesAhead, waited: u64) -> u64 {
        ahead.received(Duration::from_millis(20), Duration::from_millis(waited));
        ahead.count()
    }

    #[test]
    fn each_wait_is_one_page_more_up_to_4() {
        let mut ahead = PagesAhead::new();
        assert_eq!(ahead.count(), 2);
        let counts = [20, 3, 20].map(|waited| receive(&mut ahead, waited));
        assert_eq!(counts, [3, 4, 4]);
    }

    #[test]
    fn reading_a_page_that_has_arrived_is_not_a_wait() {
        let mut ahead = PagesAhead::new();
        assert_eq!(receive(&mut ahead, 2), 2);
    }

    #[test]
    fn pages_without_a_wait_are_one_page_less_down_to_2() {
        let mut ahead = PagesAhead::new();
        receive(&mut ahead, 20);
        receive(&mut ahead, 20);
        let counts: Vec<_> = (0..30).map(|_| receive(&mut ahead, 0)).collect();
        let pages_with = |count| counts.iter().filter(|one| **one == count).count();
        assert_eq!([4, 3, 2].map(pages_with), [7, 8, 15]);
    }

    #[test]
    fn number_that_led_to_a_wait_is_tried_less_and_less_often() {
        let mut ahead = PagesAhead::new();
        let mut until_less = || {
            receive(&mut ahead, 20);
            let before = ahead.count();
            (1..).find(|_| receive(&mut ahead, 0) < before)
        };
        let tries = [(); 5].map(|()| until_less());
        assert_eq!(tries, [8, 16, 32, 64, 64].map(Some));
    }
}
