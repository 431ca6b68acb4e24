use serde_json::json;

use super::*;

fn permissions(value: Value) -> Permissions {
    serde_json::from_value(value).unwrap()
}

fn stored(permissions: &Permissions) -> Value {
    serde_json::to_value(permissions).unwrap()
}

fn permission(path: &str) -> Permission {
    path.parse().unwrap()
}

#[test]
fn unknown_names_are_reachable_and_kept() {
    let mut known = permissions(json!({"chat": {"new_thing": true, "level": 3}, "odd": [1]}));
    assert!(known.is_allowed(permission("chat.new_thing")));
    known
        .allow(Permission::ChatDelete)
        .unwrap()
        .unset(permission("chat.new_thing"));
    assert_eq!(
        stored(&known),
        json!({"chat": {"delete": true, "level": 3}, "odd": [1]})
    );
}

#[test]
fn values_count_as_the_server_counts_them() {
    let denied = [
        json!(null),
        json!(0),
        json!(0.0),
        json!(-0.0),
        json!(""),
        json!([]),
        json!({}),
    ];
    let allowed = [
        json!("false"),
        json!(1),
        json!(-0.5),
        json!([0]),
        json!({"a": false}),
    ];
    let cases = denied.iter().map(|value| (value, false));
    for (value, expected) in cases.chain(allowed.iter().map(|value| (value, true))) {
        for path in ["workspace.tools", "workspace.new", "future.of_all"] {
            let [category, name] = permission(path).path().map(str::to_owned);
            let set = permissions(json!({category: {name: value}}));
            assert_eq!(set.get(permission(path)), Some(expected), "{path}: {value}");
            assert_eq!(set.is_allowed(permission(path)), expected);
            assert_eq!(Vec::from_iter(set.iter()), [(permission(path), expected)]);
            let malformed = Vec::from_iter(set.malformed());
            assert_eq!(malformed.len(), 1);
            assert_eq!(malformed[0].path, path);
            assert_eq!(malformed[0].permission, Some(permission(path)));
            assert_eq!(malformed[0].value, value);
        }
    }
}

#[test]
fn what_no_permission_can_name_is_malformed_and_can_be_removed() {
    let object = json!({
        "chat": {"a.b": true, "edit ": false, "": 1, "edit": true, "new": false},
        "features": true, "x.y": {"z": true}, "empty": {}
    });
    let mut set = permissions(object.clone());
    let paths = |set: &Permissions| Vec::from_iter(set.malformed().map(|one| one.path));
    assert_eq!(
        paths(&set),
        ["chat.", "chat.a.b", "chat.edit ", "features", "x.y.z"]
    );
    assert!(set.malformed().all(|one| one.permission.is_none()));
    set.retain_malformed(|_| true);
    assert_eq!(stored(&set), object);
    set.retain_malformed(|one| one.path == "chat.a.b");
    assert_eq!(paths(&set), ["chat.a.b"]);
    set.retain_malformed(|_| false);
    assert_eq!(
        stored(&set),
        json!({"chat": {"edit": true, "new": false}, "x.y": {}, "empty": {}})
    );
}

#[test]
fn scalars_and_null_categories_are_corrected() {
    for value in [
        json!({"chat": null}),
        json!({"chat": {"edit": "false"}}),
        json!({}),
    ] {
        let mut set = permissions(value);
        set.deny(Permission::ChatEdit).unwrap();
        assert_eq!(stored(&set), json!({"chat": {"edit": false}}));
    }
}

#[test]
fn what_would_destroy_others_is_rejected_and_changes_nothing() {
    let cases = [
        (
            json!({"chat": true}),
            "is in a category whose value is a boolean, not an object",
        ),
        (
            json!({"chat": "no"}),
            "is in a category whose value is a text, not an object",
        ),
        (
            json!({"chat": {"edit": {"x": 1}}}),
            "has an object as its value, not a boolean",
        ),
        (
            json!({"chat": {"edit": []}}),
            "has a list as its value, not a boolean",
        ),
    ];
    for (value, problem) in cases {
        let mut set = permissions(value.clone());
        let error = set.allow(Permission::ChatEdit).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the permission `chat.edit` {problem}; use `replace` to overwrite it")
        );
        assert_eq!(stored(&set), value);
        set.replace(Permission::ChatEdit, true);
        assert_eq!(stored(&set), json!({"chat": {"edit": true}}));
    }
}

#[test]
fn an_empty_category_stays() {
    let mut set = permissions(json!({"chat": {}}));
    assert!(!set.is_empty());
    assert_ne!(set, Permissions::new());
    set.allow(Permission::ChatEdit).unwrap();
    assert_eq!(set, [(Permission::ChatEdit, true)].into_iter().collect());
    set.unset(Permission::ChatEdit);
    assert_eq!(stored(&set), json!({"chat": {}}));
    set.unset(permission("features.new"));
    assert_eq!(stored(&set), json!({"chat": {}}));
}

#[test]
fn the_last_of_equal_keys_counts() {
    for text in [
        r#"{"chat": {"edit": "x", "new": 1}, "chat": {"edit": 1, "edit": true}}"#,
        r#"{"chat": 1, "chat": {"edit": false, "edit": true}}"#,
        r#"{"x": 1, "chat": {"call": true}, "chat": {"edit": true}, "x": 1}"#,
        r#"{"chat": {"edit": true, "edit": "x"}}"#,
        r#"{"chat": {"edit": true}, "chat": null}"#,
    ] {
        let read: Permissions = serde_json::from_str(text).unwrap();
        let object: Map<String, Value> = serde_json::from_str(text).unwrap();
        assert_eq!(Map::from(read), object, "{text}");
    }
}

#[test]
fn only_an_object_is_read() {
    for text in ["[]", "null", "\"chat\"", "7"] {
        let error = serde_json::from_str::<Permissions>(text).unwrap_err();
        assert!(error.to_string().contains("expected a map"), "{error}");
    }
}

#[test]
fn a_difference_names_what_is_set_unset_and_changed() {
    let before = permissions(
        json!({"chat": {"delete": true, "edit": false, "share": true}, "features": {}, "x": 1}),
    );
    let after = permissions(
        json!({"chat": {"delete": true, "edit": "false", "call": false}, "x": {"y": null}}),
    );
    let changes = before.difference(&after).into_iter();
    let changes: Vec<_> = changes
        .map(|change| (change.path, change.before, change.after))
        .collect();
    let expected = [
        ("chat.call", None, Some(json!(false))),
        ("chat.edit", Some(json!(false)), Some(json!("false"))),
        ("chat.share", Some(json!(true)), None),
        ("features", Some(json!({})), None),
        ("x", Some(json!(1)), None),
        ("x.y", None, Some(json!(null))),
    ];
    assert_eq!(
        changes,
        expected.map(|(path, before, after)| (path.to_owned(), before, after))
    );
}

#[test]
fn debug_shows_the_stored_json() {
    let set = permissions(json!({"x": [1], "chat": {"edit": true}}));
    assert_eq!(
        format!("{set:?}"),
        r#"Permissions({"chat":{"edit":true},"x":[1]})"#
    );
}

#[test]
fn the_document_names_every_permission_once() {
    let mut names: Vec<_> = Permission::KNOWN.iter().map(Permission::as_str).collect();
    assert!(names.contains(&"chat.file_upload"));
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for (place, known) in Permission::KNOWN.iter().enumerate() {
        let [category, name] = known.path();
        assert_eq!(known.place(), Some(place));
        assert_eq!(Permission::place_of(category, name), Some(place));
        let mut categories = Permission::CATEGORIES.iter();
        assert!(categories.any(|(one, places)| *one == category && places.contains(&place)));
    }
}

mod any {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,4}".prop_map(Value::from),
        ];
        scalar.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::hash_map(key(), inner.clone(), 0..4)
                    .prop_map(|entries| entries.into_iter().collect()),
                prop::collection::hash_map(key(), inner, 0..4)
                    .prop_map(|entries| entries.into_iter().collect()),
            ]
        })
    }

    fn key() -> impl Strategy<Value = String> {
        prop_oneof![
            "chat|features|edit|delete|web_search".prop_map(String::from),
            "[a-c. ]{0,2}".prop_map(String::from),
        ]
    }

    /// Objects of any depth, as a server may send them.
    fn object() -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::hash_map(key(), value(), 0..4)
            .prop_map(|entries| entries.into_iter().collect())
    }

    fn name() -> impl Strategy<Value = Permission> {
        prop_oneof![
            prop::sample::select(Permission::KNOWN),
            "(chat|features|[a-c])\\.(edit|delete|web_search|[a-c])"
                .prop_map(|path| permission(&path)),
        ]
    }

    proptest! {
        #[test]
        fn reading_and_writing_changes_nothing(object in object()) {
            let text = serde_json::to_string(&object).unwrap();
            let read: Permissions = serde_json::from_str(&text).unwrap();
            // Some floating-point numbers are read as another one.
            let object: Map<String, Value> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(stored(&read), Value::from(object.clone()));
            prop_assert_eq!(&Permissions::from(object.clone()), &read);
            prop_assert_eq!(permissions(object.into()), read);
        }

        #[test]
        fn setting_one_permission_leaves_all_else(
            object in object(), permission in name(), allowed: bool
        ) {
            let [category, name] = permission.path();
            let mut set = Permissions::from(object.clone());
            if set.set(&permission, allowed).is_err() {
                prop_assert_eq!(stored(&set), Value::from(object.clone()));
                set.replace(&permission, allowed);
            }
            prop_assert_eq!(set.get(&permission), Some(allowed));
            let mut expected = object;
            let entries = expected.entry(category).or_insert_with(|| json!({}));
            if !entries.is_object() {
                *entries = json!({});
            }
            entries[name] = Value::Bool(allowed);
            prop_assert_eq!(stored(&set), Value::from(expected.clone()));
            prop_assert_eq!(&set, &Permissions::from(expected.clone()));

            set.unset(&permission);
            prop_assert_eq!(set.get(&permission), None);
            expected[category].as_object_mut().unwrap().remove(name);
            prop_assert_eq!(stored(&set), Value::from(expected.clone()));
            prop_assert_eq!(set, Permissions::from(expected));
        }

        #[test]
        fn a_difference_is_empty_only_between_equals(one in object(), other in object()) {
            let (a, b) = (Permissions::from(one.clone()), Permissions::from(other.clone()));
            prop_assert_eq!(a == b, one == other);
            prop_assert_eq!(a.difference(&b).is_empty(), one == other);
            prop_assert!(a.difference(&a).is_empty());
            prop_assert_eq!(a.difference(&b).len(), b.difference(&a).len());
        }

        #[test]
        fn every_entry_is_a_permission_or_malformed(object in object()) {
            let set = Permissions::from(object);
            for (permission, allowed) in set.iter() {
                prop_assert_eq!(set.get(permission), Some(allowed));
            }
            let entries: usize = Map::from(set.clone()).values()
                .map(|category| category.as_object().map_or(1, Map::len)).sum();
            let unnamed = set.malformed().filter(|one| one.permission.is_none()).count();
            prop_assert_eq!(set.iter().count() + unnamed, entries);
            let mut clean = set.clone();
            clean.retain_malformed(|_| false);
            prop_assert_eq!(clean.malformed().count(), 0);
            let well_formed = set.iter().count() + unnamed - set.malformed().count();
            prop_assert_eq!(clean.iter().count(), well_formed);
        }
    }
}
