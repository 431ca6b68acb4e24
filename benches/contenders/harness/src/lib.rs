//! What the contenders of `cargo xtask bench` share: the parts, the data that the loopback server
//! sends, and the composed calls of those that have none of their own.

pub mod careful;
pub mod data;
#[cfg(feature = "heap")]
mod heap;
mod part;
mod run;

pub use crate::{
    part::Part,
    run::{Contender, run},
};
