//! Runs a part of a contender as often as the command line requests.

use std::{
    env,
    error::Error,
    future::Future,
    hint::{black_box, spin_loop},
    pin::pin,
    time::{Duration, Instant},
};

use futures_util::{Stream, StreamExt};
use tokio::{runtime, time};

use crate::{
    data::{PAGE_SIZE, PAUSE, retained, user_ids},
    part::Part,
};

/// A client that takes part. Each method does the whole work of one call.
pub trait Contender: Sized {
    /// What a call returns if it fails.
    type Error: Error + 'static;

    /// A member of the stream.
    type Member;

    /// Creates a client for the server.
    fn new(url: &str, token: &str) -> Result<Self, Self::Error>;

    /// Reads the group.
    fn get(&self) -> impl Future<Output = Result<(), Self::Error>>;

    /// Lists all groups and returns their number.
    fn list(&self) -> impl Future<Output = Result<usize, Self::Error>>;

    /// Reads the users of the group and returns their number.
    fn users(&self) -> impl Future<Output = Result<usize, Self::Error>>;

    /// Adds members and returns the number of those that were seen to be added.
    fn add_members(&self, ids: &[String]) -> impl Future<Output = Result<usize, Self::Error>>;

    /// Sets the members and returns how many were seen to be added and removed.
    fn set_members(
        &self,
        ids: &[String],
    ) -> impl Future<Output = Result<(usize, usize), Self::Error>>;

    /// Streams the members of the group.
    fn members(&self) -> impl Stream<Item = Result<Self::Member, Self::Error>>;
}

/// Runs `contender PART COUNT [SIZE]`, with the server in `OPENWEBUI_URL` and the token in
/// `OPENWEBUI_TOKEN`, on one thread, so that the same work is the same instructions.
///
/// # Errors
///
/// Returns an error for wrong arguments, if a call fails, and if its result is incomplete.
pub fn run<C: Contender>() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(part), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("run it with `cargo xtask bench`".into());
    };
    let part: Part = part.parse()?;
    let count: u32 = count.parse()?;
    let size = arguments.next().map(|size| size.parse()).transpose()?;
    let size = size.unwrap_or_else(|| part.size());
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = C::new(&env::var("OPENWEBUI_URL")?, &env::var("OPENWEBUI_TOKEN")?)?;
        let ids = match part {
            Part::AddMembers | Part::SetMembers => user_ids(0..size),
            _ => Vec::new(),
        };
        for _ in 0..count {
            call(&client, part, size, &ids).await?;
        }
        Ok(())
    })
}

async fn call<C: Contender>(
    client: &C,
    part: Part,
    size: usize,
    ids: &[String],
) -> Result<(), Box<dyn Error>> {
    match part {
        Part::Get => client.get().await?,
        Part::List => expect(client.list().await?, size)?,
        Part::Users => expect(client.users().await?, size)?,
        Part::AddMembers => expect(client.add_members(ids).await?, ids.len())?,
        Part::SetMembers => {
            let (added, removed) = client.set_members(ids).await?;
            expect(added, size - retained(size))?;
            expect(removed, retained(size))?;
        }
        Part::Members => consume(client, size, None).await?,
        Part::MembersSlow => consume(client, size, Some(PAUSE)).await?,
        #[cfg(feature = "heap")]
        Part::MembersHeap => {
            let consume = async |client: &C| consume(client, size, Some(PAUSE)).await;
            crate::heap::report(client, consume).await?;
        }
        #[cfg(not(feature = "heap"))]
        Part::MembersHeap => return Err("built without the feature `heap`".into()),
    }
    Ok(())
}

async fn consume<C: Contender>(
    client: &C,
    size: usize,
    pause_per_page: Option<Duration>,
) -> Result<(), Box<dyn Error>> {
    let mut members = pin!(client.members());
    let mut count = 0;
    while let Some(member) = members.next().await {
        black_box(member?);
        count += 1;
        if let Some(length) = pause_per_page
            && count % PAGE_SIZE == 0
        {
            pause(length).await;
        }
    }
    expect(count, size)
}

/// Waits exactly this long. A timer of tokio is up to 2 ms late, which is 10 % of a pause, so the
/// end is spent spinning.
async fn pause(length: Duration) {
    let begun = Instant::now();
    time::sleep(length.saturating_sub(Duration::from_millis(3))).await;
    while begun.elapsed() < length {
        spin_loop();
    }
}

fn expect(count: usize, expected: usize) -> Result<(), Box<dyn Error>> {
    if count == expected {
        Ok(())
    } else {
        Err(format!("the result has {count} items instead of {expected}").into())
    }
}
