//! The modules of a package, including the generated code, with simple macros expanded.

use std::{collections::BTreeMap, fs, io, path::Path};

use proc_macro2::{TokenStream, TokenTree};
use syn::{File, Item, ItemMacro, visit::Visit};

use crate::{
    attributes::{self, Conditions},
    expand,
    nested::NestedImpls,
};

/// Code by its path in the package, such as `src/lib.rs`. Generated files are in `OUT_DIR/`.
pub(crate) type Sources = BTreeMap<String, String>;

/// Modules by their path, such as `value::names`. The path of the crate root is empty.
pub(crate) type Modules = BTreeMap<String, Module>;

pub(crate) struct Module {
    pub(crate) file: String,
    /// The features that it and the modules above it require.
    pub(crate) conditions: Conditions,
    /// Without those of tests. Modules are in it without their content.
    pub(crate) items: Vec<Item>,
}

/// Reads the folder `src` of a package.
///
/// # Errors
///
/// Returns an error if a file cannot be read.
pub(crate) fn read(package: &Path) -> io::Result<Sources> {
    let mut sources = Sources::new();
    read_folder(&package.join("src"), "src", &mut sources)?;
    Ok(sources)
}

fn read_folder(folder: &Path, name: &str, sources: &mut Sources) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &name, sources)?;
        } else if name.ends_with(".rs") {
            sources.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

/// Follows the modules from `src/lib.rs`.
///
/// # Errors
///
/// Returns the file and the item that cannot be read.
pub(crate) fn modules(sources: &Sources) -> Result<Modules, String> {
    let mut loader = Loader {
        sources,
        modules: Modules::new(),
    };
    let root = loader.parse("src/lib.rs")?;
    loader.load(Place::root(), root.items)?;
    Ok(loader.modules)
}

struct Loader<'a> {
    sources: &'a Sources,
    modules: Modules,
}

/// A module that is being loaded.
#[derive(Clone)]
struct Place {
    module: String,
    file: String,
    /// Where the files of its child modules are.
    folder: String,
    conditions: Conditions,
    /// The macros that are defined above.
    macros: BTreeMap<String, TokenStream>,
}

impl Place {
    fn root() -> Self {
        Self {
            module: String::new(),
            file: "src/lib.rs".to_owned(),
            folder: "src".to_owned(),
            conditions: Conditions::default(),
            macros: BTreeMap::new(),
        }
    }

    fn child(&self, name: &str) -> Self {
        let mut child = self.clone();
        child.module = join(&self.module, name);
        child.folder = format!("{}/{name}", self.folder);
        child
    }
}

impl Loader<'_> {
    fn parse(&self, file: &str) -> Result<File, String> {
        let code = self.sources.get(file);
        let code = code.ok_or_else(|| format!("{file}: there is no such file"))?;
        syn::parse_str(code).map_err(|error| format!("{file}: {error}"))
    }

    fn load(&mut self, mut place: Place, items: Vec<Item>) -> Result<(), String> {
        let mut found = Vec::new();
        self.add(&mut place, items, &mut found)?;
        let module = Module {
            file: place.file,
            conditions: place.conditions,
            items: found,
        };
        self.modules.insert(place.module, module);
        Ok(())
    }

    fn add(
        &mut self,
        place: &mut Place,
        items: Vec<Item>,
        found: &mut Vec<Item>,
    ) -> Result<(), String> {
        let modules = items.iter().filter_map(|item| match item {
            Item::Mod(item) => Some(item.ident.clone()),
            _ => None,
        });
        let modules: Vec<_> = modules.collect();
        for item in items {
            if attributes::is_for_tests(attributes::of(&item)) {
                continue;
            }
            if let Some(name) = attributes::unknown(attributes::of(&item)) {
                return Err(format!(
                    "{}: `#[{name}]` may define public items; add it to `HARMLESS` if it does not",
                    place.file
                ));
            }
            let mut nested = NestedImpls::default();
            nested.visit_item(&item);
            if let Some(of) = nested.found {
                return Err(format!(
                    "{}: an `impl` for `{of}` is inside a block; move it out",
                    place.file
                ));
            }
            match item {
                Item::Mod(mut item) => {
                    let name = item.ident.to_string();
                    let mut child = place.child(&name);
                    // A module that is declared twice exists whatever the features are.
                    if modules.iter().filter(|other| **other == item.ident).count() == 1 {
                        child.conditions.add(&item.attrs);
                    }
                    let content = item.content.take();
                    if !self.modules.contains_key(&child.module) {
                        if item.attrs.iter().any(|a| a.path().is_ident("path")) {
                            return Err(format!("{}: `mod {name}` has a `#[path]`", place.file));
                        }
                        let items = match content {
                            Some((_, items)) => items,
                            None => self.read_file(&mut child)?,
                        };
                        self.load(child, items)?;
                    }
                    found.push(Item::Mod(item));
                }
                Item::Macro(item) => self.add_macro(place, item, found)?,
                Item::ForeignMod(_) | Item::Verbatim(_) => {
                    return Err(format!("{}: an item of an unknown kind", place.file));
                }
                other => found.push(other),
            }
        }
        Ok(())
    }

    fn read_file(&self, child: &mut Place) -> Result<Vec<Item>, String> {
        let beside = format!("{}.rs", child.folder);
        let inside = format!("{}/mod.rs", child.folder);
        child.file = match self.sources.contains_key(&inside) {
            true => inside,
            false => beside,
        };
        Ok(self.parse(&child.file)?.items)
    }

    fn add_macro(
        &mut self,
        place: &mut Place,
        item: ItemMacro,
        found: &mut Vec<Item>,
    ) -> Result<(), String> {
        let path = &item.mac.path;
        let name = path.get_ident().map(ToString::to_string);
        let name = name.unwrap_or_else(|| crate::print::text(path));
        let wrong = |why: &str| format!("{}: `{name}!` {why}", place.file);
        if let Some(defined) = &item.ident {
            let rules = item.mac.tokens.clone();
            place.macros.insert(defined.to_string(), rules);
            found.push(Item::Macro(item));
            return Ok(());
        }
        if item.attrs.iter().any(|a| a.path().is_ident("cfg")) {
            return Err(wrong("has a condition; put it into a module that has it"));
        }
        let items = if name == "include" {
            let file = generated_file(&item.mac.tokens)
                .ok_or_else(|| wrong("includes a file that the build script does not write"))?;
            self.parse(&file)?.items
        } else {
            let rules = place.macros.get(&name).ok_or_else(|| {
                wrong("is not defined above and may define public items; write them out")
            })?;
            let code = expand::expand(rules, item.mac.tokens.clone()).map_err(|why| wrong(&why))?;
            let file: File = syn::parse2(code).map_err(|error| wrong(&error.to_string()))?;
            file.items
        };
        self.add(place, items, found)
    }
}

/// The file that `concat!(env!("OUT_DIR"), "/name.rs")` names.
fn generated_file(tokens: &TokenStream) -> Option<String> {
    let text = tokens.to_string();
    let mut literals = Vec::new();
    collect_literals(tokens.clone(), &mut literals);
    match literals.as_slice() {
        [folder, file] if folder == "OUT_DIR" && text.contains("env") => {
            Some(format!("{folder}{file}"))
        }
        _ => None,
    }
}

fn collect_literals(tokens: TokenStream, literals: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_literals(group.stream(), literals),
            TokenTree::Literal(literal) => {
                literals.push(literal.to_string().trim_matches('"').to_owned());
            }
            _ => {}
        }
    }
}

/// The path of a name in a module.
pub(crate) fn join(module: &str, name: &str) -> String {
    match module {
        "" => name.to_owned(),
        module => format!("{module}::{name}"),
    }
}
