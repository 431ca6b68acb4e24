//! Small sources and the expected lines.

use crate::{api, sources::Sources};

type Outcome = Result<(), String>;

/// The lines of a package named `it`.
fn describe(files: &[(&str, &str)]) -> Result<String, String> {
    let owned = |(file, code): &(&str, &str)| (file.to_string(), code.to_string());
    api::describe("it", &files.iter().map(owned).collect::<Sources>())
}

/// The lines without the last section.
fn lines(code: &str) -> Result<Vec<String>, String> {
    let text = describe(&[("src/lib.rs", code)])?;
    let lines = text.lines().take_while(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

fn error(code: &str) -> Option<String> {
    describe(&[("src/lib.rs", code)]).err()
}

#[test]
fn items_are_found_by_the_path_of_their_user() -> Outcome {
    let text = describe(&[
        (
            "src/lib.rs",
            "mod a; pub mod b; pub use crate::a::{inner::{One as First, Two}, three};",
        ),
        (
            "src/a.rs",
            "pub(crate) mod inner; pub fn three() {} pub struct Unreached;",
        ),
        (
            "src/a/inner.rs",
            "pub struct One; pub struct Two; pub(crate) struct Three;",
        ),
        (
            "src/b/mod.rs",
            "pub use super::Two; pub struct Four { pub first: crate::First }",
        ),
    ])?;
    let expected = "struct it::First;\n\
                    struct it::Two;\n\
                    use it::b::Two = it::Two\n\
                    struct it::b::Four\n    first: First\n\
                    fn it::three()\n";
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&text), sorted(expected));
    Ok(())
}

#[test]
fn hidden_items_are_not_public() -> Outcome {
    let code = "
        #[doc(hidden)] pub mod inner { pub struct A; }
        #[doc(hidden)] pub struct B;
        pub struct C;
        impl C { #[doc(hidden)] pub fn inner(&self) {} pub(crate) fn other(&self) {} }
        #[cfg(test)] pub mod tests { pub struct D; }
    ";
    assert_eq!(lines(code)?, ["struct it::C;"]);
    Ok(())
}

#[test]
fn structs_show_their_public_fields_and_whether_there_are_others() -> Outcome {
    let code = "
        pub struct All { pub a: u8 }
        #[non_exhaustive] #[must_use] pub struct Some { pub b: u8, c: u8 }
        pub struct Opaque(u8);
        pub struct Tuple(pub u8, u8);
    ";
    let expected = [
        "struct it::All",
        "    a: u8",
        "struct it::Opaque { .. }",
        "struct it::Some { .. } [non_exhaustive, must_use]",
        "    b: u8",
        "struct it::Tuple(u8, _)",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn enums_show_their_variants() -> Outcome {
    let code =
        "#[repr(u8)] pub enum Choice { One = 1, #[doc = \"x\"] Two(u8, bool), Three { a: u8 } }";
    let expected = [
        "enum it::Choice [repr(u8)]",
        "    One = 1",
        "    Two(u8, bool)",
        "    Three { a: u8 }",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn methods_are_collected_from_every_implementation() -> Outcome {
    let code = "
        mod a { impl crate::It<u8> { pub fn only_u8(&self) {} } }
        mod b {
            use super::It;
            impl<T> It<T> { pub const MAX: u8 = 1; pub async fn all(mut self, mut x: T) {} }
            impl<T: Clone> It<T> where T: Send { pub fn bounded(&self) {} }
        }
        pub struct It<T>(T);
    ";
    let expected = [
        "struct it::It<T> { .. }",
        "    const MAX: u8",
        "    async fn all(self, x: T)",
        "    fn bounded(&self) [impl<T: Clone> It<T> where T: Send]",
        "    fn only_u8(&self) [impl It<u8>]",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn traits_are_those_that_are_derived_and_those_that_are_implemented() -> Outcome {
    let code = "
        use std::fmt;
        #[derive(Clone, serde::Serialize)] pub struct It;
        impl fmt::Display for It {}
        impl<'a> From<&'a str> for It {}
        impl std::str::FromStr for It { type Err = u8; }
        impl From<It> for String {}
        impl<T: Into<u8>> FromIterator<T> for It {}
        impl<'de> serde::Deserialize<'de> for It {}
    ";
    let expected = [
        "struct it::It;",
        "    is Clone, Display, serde::Deserialize, serde::Serialize",
        "    impl From<&str>",
        "    impl From<It> for String",
        "    impl FromStr<Err = u8>",
        "    impl<T: Into<u8>> FromIterator<T> for It",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn private_traits_and_private_types_are_left_out() -> Outcome {
    let code = "
        trait Inner {} struct Secret; pub struct It;
        impl Inner for It {} impl From<Secret> for It {} impl From<It> for Secret {}
    ";
    assert_eq!(lines(code)?, ["struct it::It;"]);
    Ok(())
}

#[test]
fn public_traits_show_their_items_and_where_they_are_implemented() -> Outcome {
    let code = "
        mod private { pub trait Sealed {} }
        pub trait It: private::Sealed + Send {
            type Out: Clone;
            const MAX: u8;
            fn first(&self) -> Self::Out;
            fn second(&self) {}
        }
        impl It for () {}
    ";
    let expected = [
        "trait it::It: Send [sealed]",
        "    type Out: Clone",
        "    const MAX: u8",
        "    fn first(&self) -> Self::Out",
        "    fn second(&self) [provided]",
        "    impl It for ()",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn aliases_constants_and_macros_have_lines() -> Outcome {
    let code = "
        pub type Result<T, E = u8> = std::result::Result<T, E>;
        pub const MAX: u8 = 1;
        pub static TEXT: &str = \"\";
        pub fn make<T>(of: T) -> Result<T> where T: Into<u8>, {}
        #[macro_export] macro_rules! it { () => {} }
    ";
    let expected = [
        "const it::MAX: u8",
        "type it::Result<T, E = u8> = std::result::Result<T, E>",
        "static it::TEXT: &str",
        "macro it::it!",
        "fn it::make<T>(of: T) -> Result<T> where T: Into<u8>",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn features_are_notes() -> Outcome {
    let code = "
        #[cfg_attr(feature = \"a\", derive(Clone))] pub struct It;
        #[cfg(feature = \"b\")] impl Copy for It {}
        impl It { #[cfg(any(feature = \"a\", feature = \"b\"))] pub fn with(&self) {} }
        #[cfg(feature = \"c\")] pub mod inner { pub struct Other; }
    ";
    let expected = [
        "struct it::It;",
        "    fn with(&self) [feature \"a\" or feature \"b\"]",
        "    is Clone [feature \"a\"], Copy [feature \"b\"]",
        "struct it::inner::Other; [feature \"c\"]",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn a_module_that_is_always_declared_has_no_condition() -> Outcome {
    let code = "
        #[cfg(not(feature = \"a\"))] mod inner { pub struct It; }
        #[cfg(feature = \"a\")] #[doc(hidden)] pub mod inner { pub struct It; }
        pub use inner::It;
    ";
    assert_eq!(lines(code)?, ["struct it::It;"]);
    Ok(())
}

#[test]
fn serde_attributes_show_what_is_in_json() -> Outcome {
    let code = "pub struct It {
        #[serde(rename = \"type\", default = \"inner\", skip_serializing_if = \"x\")] pub kind: u8
    }";
    let expected = [
        "struct it::It",
        "    kind: u8 [serde(default, rename = \"type\")]",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn items_of_other_crates_are_listed_at_the_end() -> Outcome {
    let code = "
        use http::StatusCode as Code; use std::time::Duration;
        pub use reqwest;
        pub struct It { pub code: Code, pub value: Option<::json::Map<String, json::Value>>, x: other::X }
        impl It { pub fn wait(&self, time: Duration) {} fn inner(&self, x: other::X) {} }
    ";
    let expected = "struct it::It { .. }\n    \
            code: http::StatusCode\n    \
            value: Option<json::Map<String, json::Value>>\n    \
            fn wait(&self, time: Duration)\n\
        use it::reqwest = reqwest\n\
        \n\
        Foreign items:\n    \
            http::StatusCode\n    json::Map\n    json::Value\n";
    assert_eq!(describe(&[("src/lib.rs", code)])?, expected);
    Ok(())
}

#[test]
fn generated_files_and_simple_macros_are_read() -> Outcome {
    let included = "include!(concat!(env!(\"OUT_DIR\"), \"/names.rs\"));
        macro_rules! add { ($($of:ident),*) => { $(impl $of { pub fn added(&self) {} })* } }
        add!(A, B);";
    let text = describe(&[
        ("src/lib.rs", included),
        ("OUT_DIR/names.rs", "pub struct A; pub struct B;"),
    ])?;
    let expected = "struct it::A;\n    fn added(&self)\nstruct it::B;\n    fn added(&self)\n";
    assert_eq!(text, expected);
    Ok(())
}

#[test]
fn formatting_makes_no_difference() -> Outcome {
    let wide = "pub struct Row { pub cells: Option<Vec<i64>>, }";
    let long = "pub struct Row\n{\n pub cells:\n Option<\n Vec<i64,>,\n >\n}";
    assert_eq!(lines(wide)?, lines(long)?);
    Ok(())
}

#[test]
fn lifetimes_are_part_of_it() -> Outcome {
    let code = "
        pub struct It<'a>(&'a u8);
        impl<'a> It<'a> { pub fn get<'b>(&self, other: &'b str) -> &'a u8 { self.0 } }
        impl<'a> Iterator for It<'a> { type Item = &'a u8; }
    ";
    let expected = [
        "struct it::It<'a> { .. }",
        "    fn get<'b>(&self, other: &'b str) -> &'a u8",
        "    impl<'a> Iterator<Item = &'a u8> for It<'a>",
    ];
    assert_eq!(lines(code)?, expected);
    Ok(())
}

#[test]
fn unreadable_items_are_errors_with_their_file() {
    let cases = [
        (
            "pub use crate::a::B; mod a {}",
            "src/lib.rs: `pub use crate::a::B`: `B` is not in `crate::a`",
        ),
        (
            "pub use a::*; mod a {}",
            "src/lib.rs: `pub use a::*`; name the items",
        ),
        (
            "pub use E::V; pub enum E { V }",
            "src/lib.rs: `pub use E::V`: it names a part of `E`",
        ),
        (
            "make!(A);",
            "src/lib.rs: `make!` is not defined above and may define public items; write them out",
        ),
        (
            "macro_rules! make { ($a:ident) => {} } make!(A);",
            "src/lib.rs: `make!` is not of the form `($($name:ident),*) => { $(…)* }`; write its items out",
        ),
        (
            "#[cfg(unix)] make!(A);",
            "src/lib.rs: `make!` has a condition; put it into a module that has it",
        ),
        (
            "pub struct A { pub a: <u8 as B>::C }",
            "src/lib.rs: `A`: `<u8 as B>::C` is not supported; use a type parameter",
        ),
        (
            "include!(\"other.rs\");",
            "src/lib.rs: `include!` includes a file that the build script does not write",
        ),
        ("mod a;", "src/a.rs: there is no such file"),
        (
            "#[path = \"b.rs\"] mod a;",
            "src/lib.rs: `mod a` has a `#[path]`",
        ),
        (
            "pub fn f() {} pub mod a {} pub struct A; #[cfg(unix)] pub struct A;",
            "src/lib.rs: `A`: it is defined twice",
        ),
        (
            "pub union A { a: u8 }",
            "src/lib.rs: `A`: an item of an unknown kind",
        ),
        (
            "pub extern crate http;",
            "src/lib.rs: an item of an unknown kind",
        ),
        ("extern \"C\" {}", "src/lib.rs: an item of an unknown kind"),
        (
            "struct B; pub struct A { pub b: B }",
            "src/lib.rs: `A`: it names `B`, which is not public",
        ),
        (
            "pub struct A; impl A { pub fn f(&self, b: B) {} }",
            "src/lib.rs: `impl A`: `f`: `B` is not defined, perhaps imported by a glob",
        ),
        (
            "impl From<B> for String {}",
            "src/lib.rs: `impl From<B> for String`: `B` is not defined, perhaps imported by a glob",
        ),
        (
            "pub struct A; impl A { make!(); }",
            "src/lib.rs: `impl A`: `make!();` is of an unknown kind",
        ),
        (
            "pub struct A; fn f() { impl A { pub fn g(&self) {} } }",
            "src/lib.rs: an `impl` for `A` is inside a block; move it out",
        ),
        (
            "#[pin_project] pub struct A;",
            "src/lib.rs: `#[pin_project]` may define public items; add it to `HARMLESS` if it does not",
        ),
        (
            "trait T {} pub struct A; impl dyn T + A { pub fn f(&self) {} }",
            "src/lib.rs: `impl dyn T + A`: methods of such a type are not supported",
        ),
        (
            "pub struct A { pub a: make!(B) }",
            "src/lib.rs: `A`: `make!(B)` is a macro; write the type out",
        ),
    ];
    for (code, expected) in cases {
        assert_eq!(error(code).as_deref(), Some(expected), "{code}");
    }
}
