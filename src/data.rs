//! What the server reads from a group's open data.

use serde_json::{Map, Value};

use crate::{
    Error, Result,
    types::{Group, GroupExport},
};

/// Who may share models, prompts and the like with a group.
///
/// Source: `data.config.share` as servers read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Share {
    /// Everybody who may share at all: `true`.
    Anyone,
    /// Members of the group only: `"members"`, which 0.6.43 does not know yet.
    Members,
    /// Nobody but administrators: `false`.
    Nobody,
}

impl Share {
    /// Reads the value that stands in the data; `None` for any other.
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(true) => Some(Self::Anyone),
            Value::Bool(false) => Some(Self::Nobody),
            Value::String(text) if text.eq_ignore_ascii_case("members") => Some(Self::Members),
            _ => None,
        }
    }
}

impl From<Share> for Value {
    fn from(share: Share) -> Self {
        match share {
            Share::Anyone => Self::Bool(true),
            Share::Members => Self::from("members"),
            Share::Nobody => Self::Bool(false),
        }
    }
}

macro_rules! accessors {
    ($($type:ident),*) => {
        $(impl $type {
            /// Who may share with the group. `None` where nothing is set, which
            /// servers take for [`Share::Anyone`], and where something else is
            /// set than the three, which they take for none of them.
            pub fn share(&self) -> Option<Share> {
                Share::read(config(self.data.as_ref())?.get("share")?)
            }

            /// The models that a new chat of a member starts with, as set on
            /// the group itself. Servers before 0.12 ignore them.
            pub fn default_models(&self) -> Vec<&str> {
                config(self.data.as_ref())
                    .and_then(|config| config.get("default_models")?.as_array())
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect()
            }
        })*
    };
}

accessors!(Group, GroupExport);

fn config(data: Option<&Map<String, Value>>) -> Option<&Map<String, Value>> {
    data?.get("config")?.as_object()
}

/// Sets a key of `data.config`, whatever stands there.
pub(crate) fn set_config(data: &mut Map<String, Value>, key: &str, value: Value) {
    let config = data.entry("config").or_insert(Value::Null);
    if let Some(config) = config.as_object_mut() {
        config.insert(key.to_owned(), value);
    } else {
        *config = Value::Object(Map::from_iter([(key.to_owned(), value)]));
    }
}

/// The models as the server stores them: trimmed, each once.
///
/// # Errors
///
/// *Invalid input* for an empty id, which a server since 0.12 refuses and an
/// older one takes.
pub(crate) fn model_ids<I>(models: I) -> Result<Value>
where
    I: IntoIterator<Item: Into<String>>,
{
    let mut ids: Vec<Value> = Vec::new();
    for model in models {
        let model: String = model.into();
        let model = model.trim();
        if model.is_empty() {
            return Err(Error::invalid_input("the id of a default model is empty"));
        }
        let id = Value::from(model);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(Value::Array(ids))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn group(data: &Value) -> Group {
        serde_json::from_value(json!({
            "id": "g", "user_id": "u", "name": "", "description": "",
            "created_at": 0, "updated_at": 0, "data": data
        }))
        .unwrap()
    }

    #[test]
    fn share_has_three_values_and_none() {
        for share in [Share::Anyone, Share::Members, Share::Nobody] {
            let data = json!({"config": {"share": Value::from(share)}});
            assert_eq!(group(&data).share(), Some(share));
        }
        for data in [
            json!(null),
            json!({}),
            json!({"config": 1}),
            json!({"config": {"share": 7}}),
        ] {
            assert_eq!(group(&data).share(), None, "{data}");
        }
    }

    #[test]
    fn default_models_follow_the_servers_rules() {
        assert_eq!(model_ids([" a ", "b", "a"]).unwrap(), json!(["a", "b"]));
        assert!(model_ids(["a", "  "]).unwrap_err().is_invalid_input());
        let data = json!({"config": {"default_models": ["a", 1]}});
        assert_eq!(group(&data).default_models(), ["a"]);
        assert!(group(&json!(null)).default_models().is_empty());
    }

    #[test]
    fn setting_one_key_keeps_the_others() {
        let mut data = json!({"x": 1, "config": {"y": 2}})
            .as_object()
            .unwrap()
            .clone();
        set_config(&mut data, "share", json!("members"));
        assert_eq!(
            Value::Object(data),
            json!({"x": 1, "config": {"y": 2, "share": "members"}})
        );
    }
}
