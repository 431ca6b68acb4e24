//! Decides which pages of members to request, and when all members have been read.

use std::num::NonZeroU64;

use crate::groups::seen_ids::SeenIds;

/// The maximum number of times that the list is read, if it changes or is incomplete.
const MAX_PASSES: u8 = 3;

/// The maximum number of members.
const MAX_MEMBERS: u64 = 1_000_000;

/// The maximum number of pages in one pass, for any page size.
const MAX_PAGES: u64 = 100_000;

/// The maximum number of members to reserve memory for: about 150 kB if the IDs are UUIDs.
const MAX_RESERVED: usize = 4_000;

/// The maximum length of an ID, in bytes. A UUID has 36.
pub(crate) const MAX_ID_LENGTH: usize = 256;

/// The state of reading a list page by page.
///
/// A pass reads the list once. The number of pages follows from the total and the size of the first
/// page. The pass is complete when it has as many distinct members as the total, which must be the
/// same on all pages. To prevent an endless pass if the server reports a wrong total, a pass ends
/// early at a page without a member that is new in this pass.
pub(crate) struct MemberPages {
    outcome: Outcome,
    pass: u8,
    requested: u64,
    received: u64,
    /// The number of the last page of this pass; 1 until the first page arrives.
    last: u64,
    /// The total on the first page of this pass.
    total: u64,
    /// Whether another page of this pass has a different total.
    moved: bool,
    /// The number of distinct members seen in this pass.
    members: u64,
    /// Its size is limited, because the number of members and the length of an ID are.
    seen: SeenIds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Reading,
    Complete,
    /// No pass was complete.
    Incomplete,
}

impl MemberPages {
    pub(crate) fn new() -> Self {
        Self {
            outcome: Outcome::Reading,
            pass: 1,
            requested: 0,
            received: 0,
            last: 1,
            total: 0,
            moved: false,
            members: 0,
            seen: SeenIds::default(),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The current pass. When it changes, discard the pages that were requested but not yet received.
    pub(crate) fn pass(&self) -> u8 {
        self.pass
    }

    /// Returns the next page to request, unless this many requests are under way.
    pub(crate) fn request(&mut self, enough: u64) -> Option<NonZeroU64> {
        let under_way = self.requested - self.received;
        if self.outcome != Outcome::Reading || self.requested >= self.last || under_way >= enough {
            return None;
        }
        self.requested += 1;
        NonZeroU64::new(self.requested)
    }

    /// Ends reading, because all members were read by other means.
    pub(crate) fn end(&mut self) {
        self.outcome = Outcome::Complete;
    }

    /// Adds a page, and returns the members that no previous page had. Pages must be added in the
    /// order of the requests.
    pub(crate) fn receive<T>(
        &mut self,
        total: u64,
        mut items: Vec<T>,
        id: impl Fn(&T) -> &str,
    ) -> Vec<T> {
        self.received += 1;
        if self.received == 1 {
            self.total = total;
            self.last = number_of_pages(total, items.len());
            self.reserve(total);
        } else {
            self.moved |= total != self.total;
        }
        let before = self.members;
        items.retain(|item| self.is_new(id(item)));
        if !self.moved && self.members == self.total {
            self.outcome = Outcome::Complete;
        } else if self.received >= self.last || self.members == before || self.members > self.total
        {
            self.end_pass();
        }
        items
    }

    /// Reserves memory for members, up to a limit because the total may be wrong.
    fn reserve(&mut self, total: u64) {
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        self.seen.expect(total.min(MAX_RESERVED));
    }

    /// Explains why the list is incomplete.
    pub(crate) fn problem(&self) -> String {
        let (members, total) = (self.members, self.total);
        if total > MAX_MEMBERS {
            return format!(
                "the server reports {total} members, more than the limit of {MAX_MEMBERS}"
            );
        }
        format!(
            "the list of members changed or was incomplete each of the {MAX_PASSES} times it was \
             read; the last read found {members} of {total} members; try again while no other \
             client changes the group"
        )
    }

    fn is_new(&mut self, id: &str) -> bool {
        let last_seen = self.seen.see(id, self.pass);
        if last_seen != Some(self.pass) {
            self.members += 1;
        }
        last_seen.is_none()
    }

    fn end_pass(&mut self) {
        if self.pass == MAX_PASSES {
            self.outcome = Outcome::Incomplete;
            return;
        }
        self.pass += 1;
        (self.requested, self.received, self.last) = (0, 0, 1);
        (self.moved, self.members) = (false, 0);
    }
}

/// Whether an ID may be passed to [`MemberPages::receive`].
pub(crate) fn is_short(id: &str) -> bool {
    id.len() <= MAX_ID_LENGTH
}

/// The number of pages, from the total and the size of the first page; 0 if there are too many.
fn number_of_pages(total: u64, size: usize) -> u64 {
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    if total > MAX_MEMBERS || size == 0 {
        return 0;
    }
    let pages = total.div_ceil(size);
    if pages > MAX_PAGES { 0 } else { pages }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, VecDeque};

    use proptest::prelude::*;

    use super::*;
    use crate::groups::pages_ahead::MAX_AHEAD;

    /// The total and the IDs on a page.
    type Page = (u64, Vec<String>);

    struct Run {
        outcome: Outcome,
        yielded: Vec<String>,
        /// The requested pages of each pass.
        requests: Vec<Vec<u64>>,
    }

    impl Run {
        fn number_of_requests(&self) -> usize {
            self.requests.iter().map(Vec::len).sum()
        }

        fn distinct(&self) -> BTreeSet<&String> {
            let distinct: BTreeSet<_> = self.yielded.iter().collect();
            assert_eq!(
                distinct.len(),
                self.yielded.len(),
                "a member was yielded twice"
            );
            distinct
        }
    }

    /// Reads the list. `respond` receives the page numbers of the requests under way. It returns the
    /// index of one of them and its page.
    fn read(mut respond: impl FnMut(&[u64]) -> (usize, Page)) -> Run {
        let mut pages = MemberPages::new();
        let mut under_way: VecDeque<(u64, Option<Page>)> = VecDeque::new();
        let mut run = Run {
            outcome: Outcome::Reading,
            yielded: Vec::new(),
            requests: vec![Vec::new()],
        };
        while pages.outcome() == Outcome::Reading {
            while let Some(number) = pages.request(MAX_AHEAD) {
                under_way.push_back((number.get(), None));
                run.requests.last_mut().unwrap().push(number.get());
            }
            assert!((1..=4).contains(&under_way.len()));
            while under_way[0].1.is_none() {
                let open: Vec<usize> = (0..under_way.len())
                    .filter(|index| under_way[*index].1.is_none())
                    .collect();
                let numbers: Vec<u64> = open.iter().map(|index| under_way[*index].0).collect();
                let (index, page) = respond(&numbers);
                under_way[open[index]].1 = Some(page);
            }
            let (_, page) = under_way.pop_front().unwrap();
            let (total, items) = page.unwrap();
            let pass = pages.pass();
            run.yielded
                .extend(pages.receive(total, items, String::as_str));
            if pages.pass() != pass {
                under_way.clear();
                run.requests.push(Vec::new());
            }
        }
        run.outcome = pages.outcome();
        run
    }

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("m{number:04}")).collect()
    }

    fn cut(list: &[String], size: usize, number: u64) -> Vec<String> {
        let skip = (usize::try_from(number).unwrap() - 1) * size;
        list.iter().skip(skip).take(size).cloned().collect()
    }

    /// A change of the list between two pages.
    #[derive(Clone, Debug)]
    enum Change {
        Nothing,
        Insert(Vec<prop::sample::Index>),
        Remove(Vec<prop::sample::Index>),
    }

    fn changes() -> impl Strategy<Value = Change> {
        let places = || prop::collection::vec(any::<prop::sample::Index>(), 1..8);
        prop_oneof![
            12 => Just(Change::Nothing),
            1 => places().prop_map(Change::Insert),
            1 => places().prop_map(Change::Remove),
        ]
    }

    proptest! {
        #[test]
        fn unchanged_list_is_read_once(count in 0_usize..200, size in 1_usize..80) {
            let list = ids(count);
            let run = read(|numbers| (0, (count as u64, cut(&list, size, numbers[0]))));
            prop_assert_eq!(run.outcome, Outcome::Complete);
            prop_assert_eq!(&run.yielded, &list);
            let last = count.div_ceil(size).max(1) as u64;
            prop_assert_eq!(run.requests, [(1..=last).collect::<Vec<_>>()]);
        }

        #[test]
        fn complete_list_has_every_member_that_was_not_removed(
            count in 0_usize..120,
            steps in prop::collection::vec(
                (changes(), any::<prop::sample::Index>(), 1_usize..40, prop::bool::weighted(0.1)),
                0..60,
            ),
            size in 1_usize..40,
        ) {
            let mut list = ids(count);
            let mut stay: BTreeSet<String> = list.iter().cloned().collect();
            let (mut size, mut joined) = (size, 0);
            let mut steps = steps.into_iter();
            let run = read(|numbers| {
                let mut index = 0;
                if let Some((change, chosen, new_size, is_resized)) = steps.next() {
                    index = chosen.index(numbers.len());
                    if is_resized {
                        size = new_size;
                    }
                    match change {
                        Change::Nothing => {}
                        Change::Insert(places) => for place in places {
                            joined += 1;
                            list.insert(place.index(list.len() + 1), format!("n{joined}"));
                        },
                        Change::Remove(places) => for place in places {
                            if !list.is_empty() {
                                let gone = list.remove(place.index(list.len()));
                                stay.remove(&gone);
                            }
                        },
                    }
                }
                (index, (list.len() as u64, cut(&list, size, numbers[index])))
            });
            let distinct = run.distinct();
            if run.outcome == Outcome::Complete {
                for member in &stay {
                    prop_assert!(distinct.contains(member), "{} is missing", member);
                }
            }
            prop_assert!(run.requests.len() <= 3);
            // Each page except the last of a pass has a new member, and 3 more are under way.
            prop_assert!(run.number_of_requests() <= 3 * (count + joined + 4));
        }

        #[test]
        fn arbitrary_pages_do_not_cause_endless_reading(
            script in prop::collection::vec(
                (
                    prop_oneof![any::<u64>(), 0_u64..100, Just(u64::MAX), 999_990_u64..1_000_010],
                    prop::collection::vec(0_usize..60, 0..40),
                ),
                1..40,
            ),
        ) {
            let mut script = script.into_iter().cycle();
            let run = read(|_| {
                let (total, items) = script.next().unwrap();
                (0, (total, items.into_iter().map(|item| item.to_string()).collect()))
            });
            prop_assert!(run.distinct().len() <= 60);
            prop_assert!(run.number_of_requests() <= 3 * (60 + 4));
        }
    }

    /// Reads from a server with this total and an endless list, 30 members on each page.
    fn endless(total: u64) -> Run {
        let mut next = 0;
        read(|_| {
            next += 1;
            let page = (0..30).map(|item| format!("{next}-{item}")).collect();
            (0, (total, page))
        })
    }

    #[test]
    fn only_the_first_page_is_read_if_the_total_exceeds_the_limit() {
        for total in [1_000_001, u64::MAX] {
            let run = endless(total);
            assert_eq!(run.outcome, Outcome::Incomplete);
            assert_eq!(run.requests, [[1], [1], [1]], "{total}");
        }
        let mut pages = MemberPages::new();
        while let Some(number) = pages.request(MAX_AHEAD) {
            pages.receive(1_000_001, vec![number.to_string()], String::as_str);
        }
        assert!(pages.problem().contains("1000001"), "{}", pages.problem());
    }

    #[test]
    fn a_later_pass_yields_the_members_that_were_missed() {
        let list = ids(90);
        let mut requests = 0;
        let run = read(|numbers| {
            requests += 1;
            let mut page = cut(&list, 30, numbers[0]);
            if requests == 2 {
                page.pop();
            }
            (0, (90, page))
        });
        assert_eq!(run.outcome, Outcome::Complete);
        assert_eq!(run.requests, [[1, 2, 3], [1, 2, 3]]);
        assert_eq!(run.distinct(), list.iter().collect());
        assert_eq!(run.yielded.last(), Some(&list[59]));
    }

    #[test]
    fn number_of_members_up_to_the_limit_is_read() {
        let run = endless(999_990);
        assert_eq!(run.outcome, Outcome::Complete);
        assert_eq!(run.number_of_requests(), 33_333);
    }

    #[test]
    fn small_pages_are_read_up_to_the_limit_of_pages() {
        let one = |total: u64| {
            let mut next = 0;
            read(|_| {
                next += 1;
                (0, (total, vec![next.to_string()]))
            })
        };
        assert_eq!(one(100_000).outcome, Outcome::Complete);
        assert_eq!(one(100_000).number_of_requests(), 100_000);
        assert_eq!(one(100_001).requests, [[1], [1], [1]]);
    }

    #[test]
    fn a_page_with_far_more_members_than_the_total_ends_the_pass() {
        let mut next = 0;
        let run = read(|numbers| {
            next += 1;
            let items = if numbers[0] == 1 { 10 } else { 2000 };
            let page = (0..items).map(|item| format!("{next}-{item}")).collect();
            (0, (1000, page))
        });
        assert_eq!(run.outcome, Outcome::Incomplete);
        assert_eq!(run.yielded.len(), 3 * 2010);
        assert_eq!(run.number_of_requests(), 3 * 5);
    }
}
