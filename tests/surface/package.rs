//! The public items of a package, by their public paths.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, Visibility};

use crate::{
    attributes::{self, Conditions},
    names::{self, Import, Names, Target},
    rewrite::Public,
    sources::{self, Modules, Sources, join},
};

pub(crate) struct Package {
    pub(crate) modules: Modules,
    pub(crate) names: Names,
    /// The first path of each item.
    pub(crate) public: Public,
    /// The conditions of that path.
    pub(crate) conditions: BTreeMap<String, Conditions>,
    /// Other paths of items, and items of other crates, with the path of the item.
    pub(crate) reexports: BTreeMap<String, String>,
}

impl Package {
    /// Reads the modules and follows the public ones.
    ///
    /// # Errors
    ///
    /// Returns the file and the item that cannot be read.
    pub(crate) fn read(sources: &Sources) -> Result<Self, String> {
        let modules = sources::modules(sources)?;
        let names = Names::new(&modules);
        let mut reach = Reach {
            modules: &modules,
            names: &names,
            found: BTreeMap::new(),
            foreign: BTreeMap::new(),
            conditions: BTreeMap::new(),
            entered: BTreeSet::new(),
        };
        reach.enter("", "", &Conditions::default())?;
        let Reach {
            found,
            foreign: mut reexports,
            conditions,
            ..
        } = reach;
        let mut public = Public::new();
        for (item, paths) in found {
            let mut paths: Vec<_> = paths.into_iter().collect();
            paths.sort_by_key(|path| (path.matches("::").count(), path.clone()));
            let mut paths = paths.into_iter();
            if let Some(first) = paths.next() {
                reexports.extend(paths.map(|path| (path, first.clone())));
                public.insert(item, first);
            }
        }
        Ok(Self {
            modules,
            names,
            public,
            conditions,
            reexports,
        })
    }
}

struct Reach<'a> {
    modules: &'a Modules,
    names: &'a Names,
    found: BTreeMap<(String, String), BTreeSet<String>>,
    foreign: BTreeMap<String, String>,
    conditions: BTreeMap<String, Conditions>,
    entered: BTreeSet<(String, String)>,
}

impl Reach<'_> {
    /// Adds the items of a module that is reachable by a public path.
    fn enter(&mut self, module: &str, path: &str, conditions: &Conditions) -> Result<(), String> {
        if !self.entered.insert((module.to_owned(), path.to_owned())) {
            return Ok(());
        }
        let Some(content) = self.modules.get(module) else {
            return Err(format!("there is no module `{module}`"));
        };
        for item in &content.items {
            let attributes = attributes::of(item);
            let conditions = conditions.and(&Conditions::of(attributes));
            let Some(visibility) = visibility(item) else {
                continue;
            };
            if !is_public(visibility) || attributes::is_hidden(attributes) {
                continue;
            }
            match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    self.enter(&join(module, &name), &join(path, &name), &conditions)?;
                }
                Item::Use(item) => {
                    let (imports, globs) = names::imports(&item.tree);
                    if let Some(glob) = globs.first() {
                        let file = &content.file;
                        return Err(format!("{file}: `pub use {glob}::*`; name the items"));
                    }
                    for import in imports {
                        let wrong = |why: String| {
                            let shown = import.path.join("::");
                            format!("{}: `pub use {shown}`: {why}", content.file)
                        };
                        self.import(module, path, &import, &conditions)
                            .map_err(wrong)?;
                    }
                }
                item => {
                    let name = names::name(item)
                        .ok_or_else(|| format!("{}: an item of an unknown kind", content.file))?;
                    self.add(module, &name, join(path, &name), conditions);
                }
            }
        }
        Ok(())
    }

    fn import(
        &mut self,
        module: &str,
        path: &str,
        import: &Import,
        conditions: &Conditions,
    ) -> Result<(), String> {
        let path = join(path, &import.name);
        match self.names.resolve(module, &import.path)? {
            (Target::Own(_, name), 1..) => Err(format!("it names a part of `{name}`")),
            (Target::Own(module, name), 0) => {
                self.add(&module, &name, path, conditions.clone());
                Ok(())
            }
            (Target::Module(module), _) => self.enter(&module, &path, conditions),
            (Target::Foreign(foreign), _) => {
                self.conditions.insert(path.clone(), conditions.clone());
                self.foreign.insert(path, foreign.join("::"));
                Ok(())
            }
        }
    }

    fn add(&mut self, module: &str, name: &str, path: String, conditions: Conditions) {
        let of_module = self.modules.get(module);
        let mut defined = of_module.into_iter().flat_map(|module| &module.items);
        let is_hidden = defined.any(|item| {
            names::name(item).as_deref() == Some(name)
                && attributes::is_hidden(attributes::of(item))
        });
        if is_hidden {
            return;
        }
        let of_module = of_module.map(|module| &module.conditions);
        let conditions = of_module.map_or(conditions.clone(), |other| conditions.and(other));
        self.conditions.insert(path.clone(), conditions);
        let item = (module.to_owned(), name.to_owned());
        self.found.entry(item).or_default().insert(path);
    }
}

pub(crate) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn visibility(item: &Item) -> Option<&Visibility> {
    Some(match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::ExternCrate(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Mod(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::TraitAlias(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Union(item) => &item.vis,
        Item::Use(item) => &item.vis,
        _ => return None,
    })
}
