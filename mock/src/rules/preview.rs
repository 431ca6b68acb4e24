//! Returns the resources, default models and permissions of a group.

use serde_json::{Map, Value, json};

use crate::rules::{
    default_permissions::default_permissions,
    permission::is_true,
    response::{Outcome, Response},
    store::{Group, Store},
};

/// Returns the preview of a group. The lists of resources are empty, because the mock has no models,
/// knowledge bases and tools.
pub(crate) fn preview(store: &Store, group: &Group) -> Outcome {
    let nothing = json!({"items": [], "total": 0});
    let own = group.permissions.clone().unwrap_or_default();
    let mut preview = json!({
        "group": {"id": group.id, "name": group.name},
        "models": nothing,
        "knowledge": nothing,
        "tools": nothing,
        "permissions": own,
    });
    if store.version.previews_inheritance()
        && let Some(preview) = preview.as_object_mut()
    {
        let line = store.with_ancestors(&group.id);
        let source = line.iter().find(|group| default_models(group).is_some());
        preview.insert(
            "default_models".to_owned(),
            json!({
                "local": default_models(group),
                "effective": source.and_then(|group| default_models(group)).unwrap_or(&json!([])),
                "source_group_id": source.map(|group| &group.id),
            }),
        );
        let mut above: Vec<_> = line.into_iter().skip(1).collect();
        above.sort_by(|one, other| one.id.cmp(&other.id));
        let mut inherited = default_permissions(store.version);
        for group in above {
            merge_permissions(
                &mut inherited,
                group.permissions.as_ref().unwrap_or(&Map::new()),
            )?;
        }
        let mut effective = inherited.clone();
        merge_permissions(&mut effective, &own)?;
        preview.insert("inherited_permissions".to_owned(), Value::Object(inherited));
        preview.insert("effective_permissions".to_owned(), Value::Object(effective));
    }
    Ok(preview)
}

fn default_models(group: &Group) -> Option<&Value> {
    let models = group.data.as_ref()?.get("config")?.get("default_models")?;
    Some(models).filter(|models| is_true(models))
}

/// Merges permissions by category. The first value that Python treats as true is retained.
///
/// # Errors
///
/// Returns the response to an exception if a category would be merged into another value.
fn merge_permissions(
    permissions: &mut Map<String, Value>,
    more: &Map<String, Value>,
) -> Result<(), Response> {
    for (name, value) in more {
        if let Value::Object(category) = value {
            let entry = permissions
                .entry(name.clone())
                .or_insert_with(|| Value::Object(Map::new()));
            match entry {
                Value::Object(entry) => merge_permissions(entry, category)?,
                _ if category.is_empty() => {}
                _ => return Err(Response::internal_server_error()),
            }
        } else {
            let is_allowed = permissions.get(name).is_some_and(is_true);
            if !is_allowed {
                permissions.insert(name.clone(), value.clone());
            }
        }
    }
    Ok(())
}
