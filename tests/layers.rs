//! Files, folders and layers depend on each other in one direction.
//!
//! The dependencies of a file are read from its `use` items, its paths and the tokens of its
//! macros. Calls of methods are ignored, because the methods of `GroupsClient` are in several files
//! and a call does not name the file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, ItemMod, ItemUse, Macro, Meta, UseTree,
    visit::{self, Visit},
};

/// The layers of the client. Each depends only on itself and the layers after it.
const LAYERS: [&str; 9] = [
    "groups",
    "users",
    "client",
    "http",
    "error",
    "model",
    "types",
    "generated",
    "value",
];

/// The only files outside of `src` that code includes. Each is read in its own folder, and depends
/// on nothing else of its package.
const INCLUDED: [&str; 6] = [
    "../../build/client.rs",
    "../../build/names.rs",
    "../../build/operations.rs",
    "../../mock/tests/conformance/crowd.rs",
    "../../tests/releases/table/mod.rs",
    "../../src/http/secrets/echo.rs",
];

#[test]
fn each_layer_of_the_client_uses_only_those_below_it() -> io::Result<()> {
    let position = |module: &str| {
        let layer = module.split("::").next().unwrap_or_default();
        LAYERS.iter().position(|name| *name == layer)
    };
    let modules = modules(".")?;
    for module in modules.keys().filter(|module| !module.is_empty()) {
        assert!(position(module).is_some(), "`{module}` is in no layer");
    }
    let upward: Vec<_> = imports(&modules)
        .into_iter()
        .filter(|(user, _)| !user.is_empty())
        .filter(|(user, used)| position(user) > position(used))
        .collect();
    assert!(upward.is_empty(), "these use a layer above: {upward:?}");
    Ok(())
}

#[test]
fn files_form_no_circle() -> io::Result<()> {
    for package in packages()? {
        let circles = circles(&imports(&modules(&package)?));
        assert!(circles.is_empty(), "{package}: {circles:?}");
    }
    Ok(())
}

#[test]
fn folders_form_no_circle() -> io::Result<()> {
    for package in packages()? {
        let circles = circles(&folder_imports(&imports(&modules(&package)?)));
        assert!(circles.is_empty(), "{package}: {circles:?}");
    }
    Ok(())
}

#[test]
fn imports_are_read_from_use_items_and_from_paths() {
    let modules = sources(&[
        ("", "pub use a::inner::Name; mod a; mod b; mod c; mod d;"),
        ("a", "pub mod inner;"),
        ("a::inner", "use crate::{b::{self, Thing}, c::Piece};"),
        (
            "b",
            "fn make() -> crate::c::Piece { vec![crate::d::new()] }",
        ),
        (
            "c",
            "use super::d; #[cfg(test)] mod tests { use crate::a; }",
        ),
        (
            "d",
            "use std::fmt; use http::c::Piece; fn own() -> self::Own {}",
        ),
        (
            "e",
            "mod inner { use super::Own; use super::super::d::new; }",
        ),
        (
            "f",
            "macro_rules! make { ($t:ident) => { crate::b::Thing::<$t>::new() } } \
             #[serde(with = \"crate::c\")] struct Row; \
             fn is(x: u8) -> bool { matches!(x, 1 if self::super::d::is(x)) }",
        ),
    ]);
    let expected = [
        ("", "a::inner"),
        ("a::inner", "b"),
        ("a::inner", "c"),
        ("b", "c"),
        ("b", "d"),
        ("c", "d"),
        ("e", "d"),
        ("f", "b"),
        ("f", "c"),
        ("f", "d"),
    ];
    assert_eq!(imports(&modules), edges(&expected));
}

#[test]
fn circles_of_files_and_of_folders_are_found() {
    let files = edges(&[("a::one", "b::one"), ("b::one", "c"), ("c", "b::one")]);
    assert_eq!(circles(&files), [["b::one", "c"]]);
    let folders = edges(&[("a::one", "b::one"), ("b::two", "a::two"), ("a::one", "")]);
    assert!(circles(&folders).is_empty());
    assert_eq!(circles(&folder_imports(&folders)), [["a", "b"]]);
}

/// Code by module path. The path of the crate root is empty.
type Modules = BTreeMap<String, syn::File>;

/// Pairs of a module and another module that it depends on.
type Imports = BTreeSet<(String, String)>;

/// The folders of the packages of the workspace.
fn packages() -> io::Result<Vec<String>> {
    let mut packages = vec![".".to_owned()];
    for entry in fs::read_dir(env!("CARGO_MANIFEST_DIR"))? {
        let path = entry?.path();
        if path.join("Cargo.toml").is_file() {
            let name = path.file_name().unwrap_or_default();
            packages.push(name.to_string_lossy().into_owned());
        }
    }
    assert!(packages.len() > 3, "{packages:?}");
    Ok(packages)
}

fn modules(package: &str) -> io::Result<Modules> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(package)
        .join("src");
    let mut modules = Modules::new();
    read_folder(&folder, "", &mut modules)?;
    if package == "." {
        let generated = [
            (
                "generated",
                include_str!(concat!(env!("OUT_DIR"), "/client.rs")),
            ),
            (
                "value::names",
                include_str!(concat!(env!("OUT_DIR"), "/names.rs")),
            ),
        ];
        for (module, code) in generated {
            let file = modules.get_mut(module);
            let file = file.ok_or_else(|| io::Error::other(format!("there is no `{module}`")))?;
            file.items.extend(parse(code)?.items);
        }
    }
    Ok(modules)
}

fn read_folder(folder: &Path, module: &str, modules: &mut Modules) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let module = match &*name {
            "lib" | "main" if module.is_empty() => String::new(),
            _ if module.is_empty() => name.into_owned(),
            _ => format!("{module}::{name}"),
        };
        // Modules of unit tests have files too.
        if module == "tests" || module.ends_with("::tests") {
            continue;
        }
        if path.is_dir() {
            read_folder(&path, &module, modules)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            modules.insert(module, parse(&fs::read_to_string(&path)?)?);
        }
    }
    Ok(())
}

fn parse(code: &str) -> io::Result<syn::File> {
    syn::parse_str(code).map_err(io::Error::other)
}

fn imports(modules: &Modules) -> Imports {
    let mut imports = Imports::new();
    for (module, file) in modules {
        let mut paths = Paths::default();
        paths.visit_file(file);
        let used = paths
            .found
            .iter()
            .filter_map(|path| resolve(modules, module, path));
        let others = used.filter(|used| used != module);
        imports.extend(others.map(|used| (module.clone(), used)));
    }
    imports
}

/// The module that a path leads to, or none if it is in another crate.
fn resolve(modules: &Modules, module: &str, path: &[String]) -> Option<String> {
    let mut at: Vec<&str> = module.split("::").filter(|part| !part.is_empty()).collect();
    let mut rest = path.iter().map(String::as_str).peekable();
    match rest.peek()? {
        &"crate" => {
            rest.next();
            at.clear();
        }
        &"self" | &"super" => {
            while let Some(step) = rest.next_if(|part| ["self", "super"].contains(part)) {
                if step == "super" {
                    at.pop();
                }
            }
        }
        // A path without a keyword starts in a child module or in another crate.
        child => {
            let child = [at.as_slice(), &[child]].concat().join("::");
            modules.get(&child)?;
        }
    }
    for part in rest {
        let deeper = [at.as_slice(), &[part]].concat();
        if !modules.contains_key(&deeper.join("::")) {
            break;
        }
        at = deeper;
    }
    Some(at.join("::"))
}

/// Collects the paths of a file, except those of its tests.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
    /// The current depth of modules inside the file: 1 in `mod inner { … }`.
    nesting: usize,
}

impl Paths {
    /// Adds a path relative to the module of the file. In an inner module, `super::super::x` is
    /// `super::x` of the file, and `super::x` is in the file itself.
    fn add(&mut self, mut path: Vec<String>) {
        let is_relative = path.first().is_some_and(|first| first != "crate");
        if self.nesting > 0 && is_relative {
            let leading_supers = path.iter().take_while(|part| *part == "super").count();
            if leading_supers <= self.nesting {
                return;
            }
            path.drain(..self.nesting);
        }
        self.found.push(path);
    }

    /// Adds all paths in the tokens of a macro or an attribute.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Punct(sign) if sign.as_char() == ':' && !path.is_empty() => continue,
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                // A string may be a path too, for example in attributes of serde.
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if let Ok(path) = syn::parse_str::<syn::Path>(text.trim_matches('"')) {
                        self.visit_path(&path);
                    }
                }
                TokenTree::Punct(_) => {}
            }
            let goes_on =
                matches!(tokens.peek(), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
            if !goes_on && !path.is_empty() {
                let path = std::mem::take(&mut path);
                if path.len() > 1 {
                    self.add(path);
                }
            }
        }
    }

    fn add_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.add(with(&name.ident)),
            UseTree::Rename(rename) => self.add(with(&rename.ident)),
            UseTree::Glob(_) => self.add(before.to_vec()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(before, tree);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !item.attrs.iter().any(is_for_tests) {
            self.nesting += 1;
            visit::visit_item_mod(self, item);
            self.nesting -= 1;
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !item.attrs.iter().any(is_for_tests) {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts = path.segments.iter().map(|part| part.ident.to_string());
        let parts: Vec<_> = parts.collect();
        if parts.len() > 1 {
            self.add(parts);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        let is_include = item.path.is_ident("include");
        let of_build_script = item.tokens.to_string().contains("OUT_DIR");
        assert!(
            !is_include || of_build_script,
            "`include!` of what is read nowhere"
        );
        self.add_tokens(item.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            Meta::List(list) => self.add_tokens(list.tokens.clone()),
            Meta::NameValue(pair) if pair.path.is_ident("path") => {
                let path = pair.value.to_token_stream().to_string();
                let is_known = INCLUDED.contains(&path.trim_matches('"'));
                assert!(is_known, "{path} is not in `INCLUDED`");
            }
            _ => {}
        }
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Ident>()
            .is_ok_and(|argument| argument == "test")
}

/// The same dependencies between the folders or files where the paths of two modules diverge: if
/// `a::b::c` depends on `a::d::e`, `a::b` depends on `a::d`.
fn folder_imports(imports: &Imports) -> Imports {
    let at_divergence = |(user, used): &(String, String)| {
        let user: Vec<_> = user.split("::").collect();
        let used: Vec<_> = used.split("::").collect();
        let pairs = user.iter().zip(&used);
        let common = pairs.take_while(|(one, other)| one == other).count();
        let cut = |path: &[&str]| Some(path.get(..=common)?.join("::"));
        Some((cut(&user)?, cut(&used)?))
    };
    imports.iter().filter_map(at_divergence).collect()
}

/// Groups of modules that depend on each other, each sorted.
fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let pairs = imports
        .iter()
        .map(|(user, used)| (user.as_str(), used.as_str()));
    let components = tarjan_scc(&DiGraphMap::<&str, ()>::from_edges(pairs));
    let circles = components
        .into_iter()
        .filter(|component| component.len() > 1);
    circles
        .map(|circle| {
            let mut circle: Vec<_> = circle.into_iter().map(str::to_owned).collect();
            circle.sort();
            circle
        })
        .collect()
}

fn sources(sources: &[(&str, &str)]) -> Modules {
    let parse = |(module, code): &(&str, &str)| Some((module.to_string(), parse(code).ok()?));
    sources.iter().filter_map(parse).collect()
}

fn edges(pairs: &[(&str, &str)]) -> Imports {
    let owned = |(user, used): &(&str, &str)| (user.to_string(), used.to_string());
    pairs.iter().map(owned).collect()
}
