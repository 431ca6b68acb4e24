//! Command-line options in addition to those of the test harness.

use libtest_mimic::Arguments;

/// The options of a run.
pub(crate) struct Options {
    /// Whether to record the responses of the real server.
    pub(crate) record: bool,
    /// The number of random sequences.
    pub(crate) sequences: u32,
    /// The seed of the random sequences.
    pub(crate) seed: Option<u64>,
    pub(crate) harness: Arguments,
}

const SEQUENCES: u32 = 10;

impl Options {
    /// Removes the options of this suite from the arguments. The others are for the harness.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = (false, SEQUENCES, None);
        let mut rest = Vec::new();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.ok_or_else(|| format!("{argument} needs a number"))
            };
            match argument.as_str() {
                "--record" => options.0 = true,
                "--cases" => {
                    options.1 = value()?
                        .parse()
                        .map_err(|error| format!("--cases: {error}"))?;
                }
                "--seed" => {
                    let seed = value()?.parse();
                    options.2 = Some(seed.map_err(|error| format!("--seed: {error}"))?);
                }
                _ => rest.push(argument),
            }
        }
        let (record, sequences, seed) = options;
        Ok(Self {
            record,
            sequences,
            seed,
            harness: Arguments::from_iter(rest),
        })
    }
}
