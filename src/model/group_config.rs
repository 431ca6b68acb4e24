//! The settings in the `data` of a group.

use serde_json::{Map, Value};

use crate::{
    model::share::Share,
    types::{Group, GroupExport},
    value::{invalid_value::InvalidValue, text_check},
};

macro_rules! accessors {
    ($($type:ident),*) => {
        $(impl $type {
            /// Returns who may share with the group, as servers since 0.9.6 determine it.
            ///
            /// These servers compare the stored value as text, ignoring case. `"TRUE"` and `1` are
            /// therefore [`Share::Anyone`]. So is a group without a stored value. Every other
            /// malformed value is [`Share::Nobody`]. Open WebUI 0.6.43 treats every text as
            /// [`Share::Nobody`].
            pub fn share(&self) -> Share {
                Share::read(share(self.data.as_ref()))
            }

            /// Returns the stored value of [`share`](Self::share), if it is malformed.
            ///
            /// To correct it, use [`GroupDraft::set_share`](crate::GroupDraft::set_share) in an
            /// [`edit`](crate::GroupsClient::edit).
            pub fn malformed_share(&self) -> Option<&Value> {
                share(self.data.as_ref()).filter(|value| Share::is_malformed(value))
            }

            /// Returns the models that are preselected in a new chat of a member, as set on the
            /// group itself. Servers before 0.12 ignore them.
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

fn share(data: Option<&Map<String, Value>>) -> Option<&Value> {
    config(data)?.get("share")
}

/// Sets a key of `data.config`, and replaces a `config` that is not an object.
pub(crate) fn set_config(data: &mut Map<String, Value>, key: &str, value: Value) {
    let config = data.entry("config").or_insert(Value::Null);
    if let Some(config) = config.as_object_mut() {
        config.insert(key.to_owned(), value);
    } else {
        *config = Value::Object(Map::from_iter([(key.to_owned(), value)]));
    }
}

/// The IDs of models as the server stores them, without duplicates.
pub(crate) fn model_ids<I>(models: I) -> Value
where
    I: IntoIterator<Item: Into<String>>,
{
    let mut ids: Vec<Value> = Vec::new();
    for model in models {
        let id = Value::String(model.into());
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Value::Array(ids)
}

/// Checks the default models in `data`. `known` has those that the server already stores.
///
/// # Errors
///
/// Returns the errors of [`check_model_ids`].
pub(crate) fn check_models(
    data: Option<&Map<String, Value>>,
    known: &[&str],
) -> Result<(), InvalidValue> {
    match config(data).and_then(|config| config.get("default_models")) {
        Some(models) => check_model_ids(models, known),
        None => Ok(()),
    }
}

/// Checks a list of models.
///
/// # Errors
///
/// Returns the errors of [`check_model`] for models that are not in `known`. The server checks
/// entries that are not texts.
pub(crate) fn check_model_ids(models: &Value, known: &[&str]) -> Result<(), InvalidValue> {
    for (index, model) in models.as_array().into_iter().flatten().enumerate() {
        match model.as_str() {
            Some(model) if !known.contains(&model) => check_model(index, model)?,
            _ => {}
        }
    }
    Ok(())
}

/// # Errors
///
/// Rejects an empty ID, because only servers since 0.12 reject it. Rejects white space and
/// invisible characters around an ID, because only those servers remove them. Rejects control
/// characters.
fn check_model(index: usize, model: &str) -> Result<(), InvalidValue> {
    let position = index + 1;
    if model.is_empty() {
        return Err(InvalidValue(format!("default model {position} is empty")));
    }
    text_check::model(format_args!("default model {position}"), model)
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
    fn share_is_read_as_servers_read_it() {
        use Share::{Anyone, Members, Nobody};
        let well_formed = [Anyone, Members, Nobody].map(|share| (Value::from(share), share));
        let malformed = [
            (json!("TRUE"), Anyone),
            (json!("true"), Anyone),
            (json!(1), Anyone),
            (json!("1"), Anyone),
            (json!("Members"), Members),
            (json!("false"), Nobody),
            (json!(0), Nobody),
            (json!(1.0), Nobody),
            (json!(""), Nobody),
            (json!("yes"), Nobody),
            (json!([true]), Nobody),
            (json!({}), Nobody),
        ];
        for (value, share) in well_formed {
            let group = group(&json!({"config": {"share": value}}));
            assert_eq!((group.share(), group.malformed_share()), (share, None));
        }
        for (value, share) in malformed {
            let group = group(&json!({"config": {"share": value}}));
            assert_eq!(group.share(), share, "{value}");
            assert_eq!(group.malformed_share(), Some(&value));
        }
        let unset = [
            json!(null),
            json!({}),
            json!({"config": 1}),
            json!({"config": {"share": null}}),
        ];
        for data in unset {
            let group = group(&data);
            assert_eq!(
                (group.share(), group.malformed_share()),
                (Anyone, None),
                "{data}"
            );
        }
    }

    #[test]
    fn default_models_follow_the_servers_rules() {
        assert_eq!(model_ids(["a", "b c", "a"]), json!(["a", "b c"]));
        assert_eq!(check_model_ids(&json!(["a", "b c"]), &[]), Ok(()));
        for model in ["", "  ", " a", "a\r"] {
            let models = json!(["a", model]);
            let InvalidValue(why) = check_model_ids(&models, &[]).unwrap_err();
            assert!(why.contains("default model 2"), "{why}");
            assert_eq!(check_model_ids(&models, &[model]), Ok(()));
        }
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
