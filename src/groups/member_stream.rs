//! Streams members, and requests pages before the consumer needs them.

use std::{
    fmt,
    num::NonZeroU64,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::{Duration, Instant},
    vec,
};

use futures_util::{
    FutureExt, Stream, StreamExt,
    future::{self, BoxFuture},
    stream::{self, BoxStream, FuturesOrdered},
};

use crate::{
    client::groups_client::GroupsClient,
    error::{Error, Result, kind::ErrorKind},
    groups::{
        idle_time::IdleTime,
        member_filter::MemberFilter,
        member_pages::{self, MemberPages, Outcome},
        pages_ahead::PagesAhead,
    },
    types::{Member, MembersPage},
    value::names::Operation,
};

/// A stream of the members of a group, created by
/// [`ListMembers::stream`](crate::ListMembers::stream), which documents requests, limits and errors.
#[must_use = "streams do nothing unless polled"]
pub struct MemberStream {
    ready: vec::IntoIter<Member>,
    idle_time: Arc<IdleTime>,
    batches: BoxStream<'static, Result<Vec<Member>>>,
}

impl MemberStream {
    pub(crate) fn new(client: &GroupsClient, filter: MemberFilter) -> Self {
        let client = client.composed();
        let idle_time = Arc::new(IdleTime::new(client.deadline().cloned()));
        let pages = Pages::new(client, filter, Arc::clone(&idle_time));
        let batches = stream::try_unfold(pages, |mut pages| async move {
            let batch = pages.read().await?;
            Ok(batch.map(|batch| (batch, pages)))
        });
        Self {
            ready: Vec::new().into_iter(),
            idle_time,
            batches: batches.boxed(),
        }
    }
}

impl Stream for MemberStream {
    type Item = Result<Member>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(member) = self.ready.next() {
                return Poll::Ready(Some(Ok(member)));
            }
            self.idle_time.end(context.waker());
            let waker = Waker::from(Arc::clone(&self.idle_time));
            let batch = self
                .batches
                .poll_next_unpin(&mut Context::from_waker(&waker));
            let batch = ready!(batch);
            self.idle_time.begin();
            match batch {
                None => return Poll::Ready(None),
                Some(Ok(batch)) => self.ready = batch.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl fmt::Debug for MemberStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MemberStream")
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}

/// The state of a stream: the requests under way, and the members that were read.
struct Pages {
    client: GroupsClient,
    filter: Arc<MemberFilter>,
    started: bool,
    pages: MemberPages,
    ahead: PagesAhead,
    under_way: FuturesOrdered<BoxFuture<'static, Fetched>>,
    idle_time: Arc<IdleTime>,
}

/// The outcome of the request for a page.
struct Fetched {
    number: NonZeroU64,
    since: Instant,
    idle_before: Duration,
    outcome: Result<MembersPage>,
}

impl Pages {
    fn new(client: GroupsClient, filter: MemberFilter, idle_time: Arc<IdleTime>) -> Self {
        Self {
            client,
            filter: Arc::new(filter),
            started: false,
            pages: MemberPages::new(),
            ahead: PagesAhead::new(),
            under_way: FuturesOrdered::new(),
            idle_time,
        }
    }

    /// Reads the next members that were not seen before. Returns `None` at the end.
    async fn read(&mut self) -> Result<Option<Vec<Member>>> {
        if !self.started {
            self.started = true;
            self.client.checked_id(&self.filter.id)?;
            if !self.filter.has_pages(&self.client).await? {
                let all = self.filter.without_hierarchy(&self.client).await?;
                self.pages.end();
                return Ok(Some(all.items));
            }
        }
        loop {
            match self.pages.outcome() {
                Outcome::Reading => {}
                Outcome::Complete => return Ok(None),
                Outcome::Incomplete => return Err(self.incomplete()),
            }
            self.request_pages().await;
            let polled = Instant::now();
            let Some(fetched) = self.under_way.next().await else {
                return Err(self.incomplete());
            };
            let page = match fetched.outcome {
                Ok(page) => page,
                Err(error) if self.failed_while_idle(&fetched, &error) => {
                    self.under_way.push_front(self.fetch(fetched.number));
                    continue;
                }
                Err(error) => return Err(error),
            };
            // No page is requested before the first one has arrived.
            if fetched.number != NonZeroU64::MIN {
                let since_request = fetched.since.elapsed();
                self.ahead.received(since_request, polled.elapsed());
            }
            let mut members = page.items.iter();
            if let Some(member) = members.find(|member| !member_pages::is_short(&member.id)) {
                return Err(self.too_long(&member.id));
            }
            let pass = self.pages.pass();
            let fresh = self
                .pages
                .receive(page.total, page.items, |member| &member.id);
            if self.pages.pass() != pass {
                self.under_way.clear();
            }
            if !fresh.is_empty() {
                // The server prepares further pages while the consumer processes this one.
                self.request_pages().await;
                return Ok(Some(fresh));
            }
        }
    }

    /// Requests the next pages. Each request is polled once, which sends it if a connection is
    /// available. The queue would not poll it while an earlier page is ready.
    async fn request_pages(&mut self) {
        while let Some(number) = self.pages.request(self.ahead.count()) {
            let mut page = self.fetch(number);
            let polled = future::poll_fn(|context| Poll::Ready(page.poll_unpin(context)));
            let page = match polled.await {
                Poll::Ready(fetched) => Box::pin(future::ready(fetched)),
                Poll::Pending => page,
            };
            self.under_way.push_back(page);
        }
    }

    fn fetch(&self, number: NonZeroU64) -> BoxFuture<'static, Fetched> {
        let (client, filter) = (self.client.clone(), Arc::clone(&self.filter));
        let (since, idle_before) = (Instant::now(), self.idle_time.total());
        Box::pin(async move {
            Fetched {
                number,
                since,
                idle_before,
                outcome: filter.page(&client, number).await,
            }
        })
    }

    /// Whether the request failed because the consumer did not poll the stream for most of the time.
    /// Timeouts also elapse while the stream is not polled.
    fn failed_while_idle(&self, fetched: &Fetched, error: &Error) -> bool {
        let idle = self.idle_time.total().saturating_sub(fetched.idle_before);
        matches!(
            error.kind(),
            ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Connect
        ) && idle.saturating_mul(2) > fetched.since.elapsed()
    }

    fn too_long(&self, id: &str) -> Error {
        self.error(
            ErrorKind::Decode,
            format!(
                "the ID of a member has {} bytes, more than the limit of {}",
                id.len(),
                member_pages::MAX_ID_LENGTH
            ),
        )
    }

    fn incomplete(&self) -> Error {
        self.error(ErrorKind::Conflict, self.pages.problem())
    }

    fn error(&self, kind: ErrorKind, message: String) -> Error {
        let operation = Operation::ListGroupMembers;
        let error = self.client.error(kind, operation, &self.filter.id);
        error.with_message(message)
    }
}
