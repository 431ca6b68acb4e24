//! The target of a path in a module.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, UseTree};

use crate::sources::{Modules, join};

pub(crate) enum Target {
    /// An item of the package, by its module and name.
    Own(String, String),
    /// A module of the package.
    Module(String),
    /// An item of another crate, by its path.
    Foreign(Vec<String>),
}

/// The names of every module.
pub(crate) struct Names {
    modules: BTreeSet<String>,
    entries: BTreeMap<String, BTreeMap<String, Entry>>,
}

enum Entry {
    Item,
    Use(Vec<String>),
}

/// One name that a `use` item imports.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    pub(crate) name: String,
}

impl Names {
    pub(crate) fn new(modules: &Modules) -> Self {
        let mut names = Self {
            modules: modules.keys().cloned().collect(),
            entries: BTreeMap::new(),
        };
        for (path, module) in modules {
            let entries = names.entries.entry(path.clone()).or_default();
            for item in &module.items {
                if let Item::Use(item) = item {
                    let imports = imports(&item.tree).0;
                    let uses = imports
                        .into_iter()
                        .map(|import| (import.name, Entry::Use(import.path)));
                    for (name, entry) in uses {
                        entries.entry(name).or_insert(entry);
                    }
                } else if let Some(name) = name(item) {
                    entries.insert(name, Entry::Item);
                }
            }
        }
        names
    }

    /// The target of a path, and how many segments after it name a part of it.
    ///
    /// # Errors
    ///
    /// Returns the segment that no item has.
    pub(crate) fn resolve(&self, module: &str, path: &[String]) -> Result<(Target, usize), String> {
        let (first, rest) = path.split_first().ok_or("the path is empty")?;
        match first.as_str() {
            "::" => Ok((Target::Foreign(rest.to_vec()), 0)),
            "crate" => self.descend("", rest),
            "self" => self.descend(module, rest),
            "super" => {
                let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
                match rest.first().map(String::as_str) {
                    Some("super") => self.resolve(parent, rest),
                    _ => self.descend(parent, rest),
                }
            }
            _ if self.has(module, first) => self.descend(module, path),
            _ if path.len() > 1 => Ok((Target::Foreign(path.to_vec()), 0)),
            _ => match prelude(first) {
                Some(path) => Ok((Target::Foreign(path), 0)),
                None => Err(format!(
                    "`{first}` is not defined, perhaps imported by a glob"
                )),
            },
        }
    }

    fn has(&self, module: &str, name: &str) -> bool {
        let entries = self.entries.get(module);
        self.modules.contains(&join(module, name))
            || entries.is_some_and(|entries| entries.contains_key(name))
    }

    fn descend(&self, module: &str, path: &[String]) -> Result<(Target, usize), String> {
        let Some((first, rest)) = path.split_first() else {
            return Ok((Target::Module(module.to_owned()), 0));
        };
        let child = join(module, first);
        let entry = self.entries.get(module).and_then(|names| names.get(first));
        match entry {
            _ if self.modules.contains(&child) && (!rest.is_empty() || entry.is_none()) => {
                self.descend(&child, rest)
            }
            Some(Entry::Item) => Ok((Target::Own(module.to_owned(), first.clone()), rest.len())),
            Some(Entry::Use(path)) => match self.resolve(module, path)? {
                (Target::Module(module), _) => self.descend(&module, rest),
                (Target::Foreign(path), _) => Ok((Target::Foreign([&path, rest].concat()), 0)),
                (own, parts) => Ok((own, parts + rest.len())),
            },
            None => Err(format!("`{first}` is not in `crate::{module}`")),
        }
    }
}

/// The name that an item defines, except for modules.
pub(crate) fn name(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::TraitAlias(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        Item::Union(item) => item.ident.to_string(),
        _ => return None,
    })
}

/// The names that a `use` item imports, and the paths of its globs.
pub(crate) fn imports(tree: &UseTree) -> (Vec<Import>, Vec<String>) {
    let mut found = (Vec::new(), Vec::new());
    add_imports(&[], tree, &mut found);
    found
}

fn add_imports(before: &[String], tree: &UseTree, found: &mut (Vec<Import>, Vec<String>)) {
    let with = |name: &syn::Ident| match name.to_string().as_str() {
        // `use a::b::{self}` imports `b`.
        "self" if !before.is_empty() => before.to_vec(),
        name => [before, &[name.to_owned()]].concat(),
    };
    let import = |path: Vec<String>, name: Option<String>| {
        let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
        // `use reqwest;` imports a crate, not itself.
        let is_crate = path.first() == Some(&name);
        let path = match is_crate {
            true => [&["::".to_owned()], path.as_slice()].concat(),
            false => path,
        };
        Import { path, name }
    };
    match tree {
        UseTree::Path(path) => add_imports(&with(&path.ident), &path.tree, found),
        UseTree::Name(name) => found.0.push(import(with(&name.ident), None)),
        UseTree::Rename(rename) if rename.rename == "_" => {}
        UseTree::Rename(rename) => {
            let name = rename.rename.to_string();
            found.0.push(import(with(&rename.ident), Some(name)));
        }
        UseTree::Glob(_) => found.1.push(before.join("::")),
        UseTree::Group(group) => {
            for tree in &group.items {
                add_imports(before, tree, found);
            }
        }
    }
}

/// The path of a name that is in scope everywhere.
fn prelude(name: &str) -> Option<Vec<String>> {
    const NAMES: [&str; 37] = [
        "AsMut",
        "AsRef",
        "Box",
        "Clone",
        "Copy",
        "Debug",
        "Default",
        "DoubleEndedIterator",
        "Drop",
        "Eq",
        "ExactSizeIterator",
        "Extend",
        "Fn",
        "FnMut",
        "FnOnce",
        "From",
        "FromIterator",
        "Future",
        "Hash",
        "Into",
        "IntoFuture",
        "IntoIterator",
        "Iterator",
        "Option",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Result",
        "Send",
        "Sized",
        "String",
        "Sync",
        "ToOwned",
        "ToString",
        "TryFrom",
        "TryInto",
        "Vec",
    ];
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128",
        "u16", "u32", "u64", "u8", "usize",
    ];
    let found = NAMES.contains(&name) || PRIMITIVES.contains(&name);
    found.then(|| vec!["std".to_owned(), name.to_owned()])
}
