//! The CPU time of processes that this one started.

use std::fs;

use anyhow::{Context, Result};

/// Seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CpuTime {
    pub(crate) user: f64,
    pub(crate) system: f64,
}

/// The time of all processes that ended, with those that they started.
///
/// # Errors
///
/// When the system does not report it.
pub(crate) fn of_ended_processes() -> Result<CpuTime> {
    let stat = fs::read_to_string("/proc/self/stat").context("cannot read the CPU time")?;
    let (user, system) = ticks(&stat).context("cannot read the CPU time")?;
    #[expect(clippy::cast_precision_loss, reason = "processes do not run for years")]
    let seconds = |ticks: u64| ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
    Ok(CpuTime {
        user: seconds(user),
        system: seconds(system),
    })
}

/// The 16th and 17th fields of `/proc/PID/stat`; the second one may contain spaces.
fn ticks(stat: &str) -> Option<(u64, u64)> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(13);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some((next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_ended_processes_is_user_and_system_time() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194560 11 22 33 44 5 6 700 80 20 0 1 0 99";
        assert_eq!(ticks(stat), Some((700, 80)));
        assert_eq!(ticks("7 (a) S 1"), None);
    }
}
