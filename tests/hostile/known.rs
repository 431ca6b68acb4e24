//! Problems of the library that are not fixed yet.

/// A known problem without a fix. It is counted and printed, and does not fail the tests.
pub(crate) struct Known {
    /// The name of the attack, or `*` for any attack.
    pub(crate) attack: &'static str,
    operations: &'static [&'static str],
    /// A substring of the problem.
    pub(crate) problem: &'static str,
}

pub(crate) const KNOWN: &[Known] = &[
    // Values decoded from a body can be many times larger than the body.
    Known {
        attack: "data of many empty arrays",
        operations: &["*"],
        problem: "it allocates",
    },
    Known {
        attack: "an export as large as the limit",
        operations: &["*"],
        problem: "it allocates",
    },
    // Without optimization, hyper needs seconds to process the data of one read.
    Known {
        attack: "endless early hints at full speed",
        operations: &["*"],
        problem: "it lasts",
    },
    Known {
        attack: "endless chunk size at full speed",
        operations: &["*"],
        problem: "it lasts",
    },
];

impl Known {
    pub(crate) fn is(&self, attack: &str, operation: &str, problem: &str) -> bool {
        let is_of_attack = ["*", attack].contains(&self.attack);
        let mut operations = self.operations.iter();
        is_of_attack
            && operations.any(|name| ["*", operation].contains(name))
            && problem.contains(self.problem)
    }
}
