//! The schemas that have a name, and what else `components` holds.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{Additive, Breaking},
    differences::Differences,
    log::{Log, Pair, Site},
    permissions::{self, Permissions},
    reach::Reach,
    schema::{self, At},
};

/// Compares `components`, silent about the coming and going of the schemas in
/// `folded`.
pub(crate) fn compare(
    log: &mut Log,
    old: &Value,
    new: &Value,
    components: Pair,
    folded: &BTreeSet<&str>,
) {
    let site = Site::root().key("components").named("components");
    let mut keys = Differences::between(log, &site, components);
    if let Some(schemas) = keys.take("schemas") {
        compare_schemas(log, old, new, schemas, folded);
    }
    keys.finish(log);
}

fn compare_schemas(
    log: &mut Log,
    old: &Value,
    new: &Value,
    schemas: Pair,
    folded: &BTreeSet<&str>,
) {
    let reach = Reach::of(old);
    let (was, is) = (Permissions::of(old), Permissions::of(new));
    permissions::compare(log, &was, &is);

    let schemas_site = Site::root().key("components").key("schemas");
    for (name, pair) in Differences::between(log, &schemas_site, schemas) {
        let site = schemas_site.key(name).named(name);
        match pair {
            // The permissions of a section stand for the section.
            (Some(_), None) if folded.contains(name) || was.section(name).is_some() => {}
            (None, Some(_)) if folded.contains(name) || is.section(name).is_some() => {}
            (Some(_), None) => log.add(Breaking, &site, "schema removed"),
            (None, Some(_)) => log.add(Additive, &site, "schema added"),
            both => {
                let section = was.section(name).filter(|it| is.section(name) == Some(it));
                let at = At::component(site, reach.direction(name), section);
                schema::compare_pair(log, &at, both);
            }
        }
    }
}
