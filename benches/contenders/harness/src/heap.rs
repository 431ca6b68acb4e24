//! Counts the heap.

use std::{error::Error, hint::black_box, pin::pin};

use futures_util::{Stream, StreamExt, TryStreamExt};
use peak_alloc::PeakAlloc;

use crate::{data::PAGE_SIZE, run::Contender};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Prints the peak of the heap while members are consumed, above that of the idle client with open
/// connections, and the heap of a decoded page, in bytes.
pub(crate) async fn report<C: Contender>(
    client: &C,
    consume: impl AsyncFn(&C) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    // Opens the connections.
    consume(client).await?;
    let idle = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    consume(client).await?;
    let peak = MEMORY.peak_usage().saturating_sub(idle);
    println!("peak {peak}");
    println!("page {}", page(pin!(client.members())).await?);
    Ok(())
}

/// The heap of a decoded page, in bytes.
async fn page<M, E: Error + 'static>(
    members: impl Stream<Item = Result<M, E>>,
) -> Result<usize, Box<dyn Error>> {
    let mut page = Vec::with_capacity(PAGE_SIZE);
    let mut members = pin!(members.take(PAGE_SIZE));
    while let Some(member) = members.try_next().await? {
        page.push(member);
    }
    let before = MEMORY.current_usage();
    drop(black_box(page));
    Ok(before.saturating_sub(MEMORY.current_usage()))
}
