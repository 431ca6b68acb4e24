//! Computes the position and the message of a syntax error of Python's JSON parser.

/// Returns the position in characters, and the message. Returns `None` if Python would parse the text,
/// or if the nesting is too deep.
pub(crate) fn syntax_error(text: &str) -> Option<(usize, &'static str)> {
    let mut reader = Reader {
        text: text.chars().collect(),
        at: 0,
    };
    reader.skip_space();
    match reader.value(0) {
        Err(Stop::At(position, message)) => Some((position, message)),
        Err(Stop::TooDeep) => None,
        Ok(()) => {
            reader.skip_space();
            reader.peek().map(|_| (reader.at, "Extra data"))
        }
    }
}

/// The reason why the parser stops.
#[derive(Clone, Copy)]
enum Stop {
    At(usize, &'static str),
    TooDeep,
}

/// The maximum depth of nesting, to prevent a stack overflow.
const DEPTH: usize = 500;

struct Reader {
    text: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.at += 1;
        }
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), Stop> {
        let expected = Stop::At(self.at, "Expecting value");
        match self.peek() {
            Some('{' | '[') if depth >= DEPTH => Err(Stop::TooDeep),
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => self.string(),
            Some('-' | '0'..='9') => self.number().ok_or(expected),
            _ => {
                let words = ["true", "false", "null"];
                let word = words.iter().find(|word| self.starts_with(word));
                self.at += word.ok_or(expected)?.len();
                Ok(())
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Stop> {
        const NAME: &str = "Expecting property name enclosed in double quotes";
        self.at += 1;
        self.skip_space();
        if self.take('}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some('"') {
                return Err(Stop::At(self.at, NAME));
            }
            self.string()?;
            self.skip_space();
            if !self.take(':') {
                return Err(Stop::At(self.at, "Expecting ':' delimiter"));
            }
            self.skip_space();
            self.value(depth + 1)?;
            self.skip_space();
            if self.take('}') {
                return Ok(());
            }
            if !self.take(',') {
                return Err(Stop::At(self.at, "Expecting ',' delimiter"));
            }
            self.skip_space();
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), Stop> {
        self.at += 1;
        self.skip_space();
        if self.take(']') {
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.skip_space();
            if self.take(']') {
                return Ok(());
            }
            if !self.take(',') {
                return Err(Stop::At(self.at, "Expecting ',' delimiter"));
            }
            self.skip_space();
        }
    }

    fn string(&mut self) -> Result<(), Stop> {
        let unterminated = Stop::At(self.at, "Unterminated string starting at");
        self.at += 1;
        loop {
            let character = self.peek().ok_or(unterminated)?;
            match character {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '\\' => {
                    let begin = self.at;
                    self.at += 1;
                    match self.peek().ok_or(unterminated)? {
                        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => self.at += 1,
                        'u' => {
                            let digits = self.text.get(self.at + 1..self.at + 5);
                            let whole = digits
                                .is_some_and(|digits| digits.iter().all(char::is_ascii_hexdigit));
                            if !whole {
                                return Err(Stop::At(self.at, "Invalid \\uXXXX escape"));
                            }
                            self.at += 5;
                        }
                        _ => return Err(Stop::At(begin, "Invalid \\escape")),
                    }
                }
                '\0'..='\x1f' => return Err(Stop::At(self.at, "Invalid control character at")),
                _ => self.at += 1,
            }
        }
    }

    /// Stops after the longest prefix that is a number, like Python: `01` is a 0 and extra data.
    fn number(&mut self) -> Option<()> {
        let begin = self.at;
        self.take('-');
        if !self.take('0') && self.digits() == 0 {
            self.at = begin;
            return None;
        }
        let whole = self.at;
        if self.take('.') && self.digits() == 0 {
            self.at = whole;
        }
        let mantissa = self.at;
        if self.take('e') || self.take('E') {
            let _signed = self.take('+') || self.take('-');
            if self.digits() == 0 {
                self.at = mantissa;
            }
        }
        Some(())
    }

    fn digits(&mut self) -> usize {
        let begin = self.at;
        while self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - begin
    }

    fn starts_with(&self, word: &str) -> bool {
        let end = self.at + word.len();
        let found = self.text.get(self.at..end);
        found.is_some_and(|found| found.iter().copied().eq(word.chars()))
    }
}

#[cfg(test)]
mod tests {
    use super::syntax_error;

    /// The expected messages are those of `json.loads` of Python 3.11.
    #[test]
    fn errors_are_those_of_python() {
        for (text, expected) in [
            (
                "{",
                (1, "Expecting property name enclosed in double quotes"),
            ),
            ("{\"a\"", (4, "Expecting ':' delimiter")),
            ("{\"a\":", (5, "Expecting value")),
            ("{\"a\":1", (6, "Expecting ',' delimiter")),
            (
                "{\"a\":1,}",
                (7, "Expecting property name enclosed in double quotes"),
            ),
            ("[1,]", (3, "Expecting value")),
            ("[1 2]", (3, "Expecting ',' delimiter")),
            ("nope", (0, "Expecting value")),
            ("{} x", (3, "Extra data")),
            ("01", (1, "Extra data")),
            ("\"é\" 1", (4, "Extra data")),
            ("\"abc", (0, "Unterminated string starting at")),
            ("\"a\nb\"", (2, "Invalid control character at")),
            ("\"a\\x\"", (2, "Invalid \\escape")),
            ("-", (0, "Expecting value")),
            ("   ", (3, "Expecting value")),
        ] {
            assert_eq!(syntax_error(text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn what_python_reads_has_no_error() {
        for text in ["{}", " [1, 2.5e3, \"\\ud800\"] ", "1e999"] {
            assert_eq!(syntax_error(text), None, "{text:?}");
        }
        assert_eq!(syntax_error(&"[".repeat(100_000)), None);
    }
}
