//! Values that cannot be sent.

/// The reason why a value cannot be sent to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvalidValue(pub(crate) String);

impl From<InvalidValue> for String {
    fn from(InvalidValue(why): InvalidValue) -> Self {
        why
    }
}
