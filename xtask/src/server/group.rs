//! A child process, with whatever it starts in turn, that is never left behind.

use std::{
    io,
    process::ExitStatus,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process, kill_process_group},
};
use tokio::process::{Child, ChildStdin, Command};

/// How long a process may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// How long a drop waits for a killed process: it holds up the thread.
const KILL_LIMIT: Duration = Duration::from_secs(2);

/// How far signals to a [`Group`] go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To the process and everything it started, in a process group of its own.
    Group,
    /// To the process alone, which stays in our group.
    Process,
}

/// A running child. Dropping it kills it.
pub(crate) struct Group {
    child: Child,
    pid: Pid,
    reach: Reach,
    swept: bool,
    // Held for its end only: a child that reads from it learns of our death, however we die.
    _lifeline: Option<ChildStdin>,
}

impl Group {
    pub(crate) fn spawn(command: &mut Command, reach: Reach) -> io::Result<Self> {
        if reach == Reach::Group {
            command.process_group(0);
        }
        let mut child = command.kill_on_drop(true).spawn()?;
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
            .ok_or_else(|| io::Error::other("the process has no id"))?;
        // Taken, as waiting for the child would close it.
        let lifeline = child.stdin.take();
        Ok(Self {
            child,
            pid,
            reach,
            swept: false,
            _lifeline: lifeline,
        })
    }

    /// Waits until the process has ended by itself. May be cancelled and called again.
    pub(crate) async fn exited(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.sweep()?;
        Ok(status)
    }

    /// Whether the process has ended already.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Asks the process to end and kills what is left after a while.
    pub(crate) async fn stop(&mut self) -> io::Result<()> {
        if self.ended()?.is_none() {
            self.send(Signal::TERM)?;
            if let Ok(status) = tokio::time::timeout(GRACE, self.child.wait()).await {
                status?;
            } else {
                self.send(Signal::KILL)?;
                self.child.wait().await?;
            }
        }
        self.sweep()
    }

    /// Kills what the process left running. Only once: afterwards its number may be another's.
    fn sweep(&mut self) -> io::Result<()> {
        if self.swept {
            return Ok(());
        }
        self.swept = true;
        match self.reach {
            Reach::Group => self.send(Signal::KILL),
            Reach::Process => Ok(()),
        }
    }

    fn send(&self, signal: Signal) -> io::Result<()> {
        let sent = match self.reach {
            Reach::Group => kill_process_group(self.pid, signal),
            Reach::Process => kill_process(self.pid, signal),
        };
        match sent {
            // Nobody there is what we want; macOS says "not permitted" when only zombies are.
            Ok(()) | Err(Errno::SRCH | Errno::PERM) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Ok(None) = self.ended() {
            let _ = self.send(Signal::KILL);
            let patience = Instant::now() + KILL_LIMIT;
            while let Ok(None) = self.ended()
                && Instant::now() < patience
            {
                thread::sleep(Duration::from_millis(10));
            }
        }
        let _ = self.sweep();
    }
}
