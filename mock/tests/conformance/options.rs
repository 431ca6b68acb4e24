//! What may stand on the command line beside the usual of a test.

use libtest_mimic::Arguments;

/// How the cases run.
pub(crate) struct Options {
    /// Whether the real server's answers become the recorded ones.
    pub(crate) record: bool,
    /// How many random sequences there are.
    pub(crate) sequences: u32,
    /// What the random sequences come from.
    pub(crate) seed: Option<u64>,
    pub(crate) harness: Arguments,
}

const SEQUENCES: u32 = 10;

impl Options {
    /// Takes what is ours out of the arguments; the rest is the harness's.
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
