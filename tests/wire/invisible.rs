//! IDs and names with white space and invisible characters.

use owui_groups::{
    Error, ErrorKind, GroupUpdate, GroupsClient, NewGroup, Permission, Permissions,
    types::GroupExport,
};
use serde_json::{Map, Value, json};

use crate::{
    groups::{GROUP, at, export, group},
    server::{NEW, Server, json as answer},
};

const CREATE: &str = "POST /api/v1/groups/create";
const LIST: &str = "GET /api/v1/groups/";

/// One character of each kind: white space, controls, zero-width, bidirectional and other invisible
/// characters.
const INVISIBLE: [char; 34] = [
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    '\u{ad}',
    '\u{34f}',
    '\u{600}',
    '\u{61c}',
    '\u{115f}',
    '\u{1680}',
    '\u{17b4}',
    '\u{180e}',
    '\u{200b}',
    '\u{200d}',
    '\u{200f}',
    '\u{2028}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{3000}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fff9}',
    '\u{fffe}',
    '\u{1d173}',
    '\u{e0001}',
    '\u{e0020}',
];

/// Characters that copying may leave around an ID or between two, and replacement characters of
/// programs.
const NOT_OF_AN_ID: [char; 26] = [
    '"', '\'', '`', '<', '>', '(', ')', '[', ']', '{', '}', ',', ';', '«', '»', '‹', '›',
    '\u{2018}', '\u{201c}', '\u{201e}', '\u{201f}', '\u{fffd}', '\u{2010}', '\u{2011}', '\u{2013}',
    '\u{2015}',
];

/// IDs with one of these characters at the start, in the middle and at the end.
fn odd_ids() -> impl Iterator<Item = String> {
    let around = |odd| {
        [
            format!("{odd}user-b"),
            format!("user{odd}b"),
            format!("user-b{odd}"),
        ]
    };
    INVISIBLE
        .into_iter()
        .chain(NOT_OF_AN_ID)
        .flat_map(around)
        .chain([String::new()])
}

/// Checks that the error was found before a request was sent, and shows the invisible character.
#[track_caller]
fn assert_rejected(error: &Error, named: &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}");
    assert_eq!(error.attempts(), 0);
    assert_eq!(error.operation(), None, "{error}");
    let shown = error.to_string();
    assert!(shown.contains(named), "`{named}` is not in {shown:?}");
    let hidden = |character: char| character != ' ' && INVISIBLE.contains(&character);
    assert!(!shown.contains(hidden), "{shown:?}");
    assert!(shown.chars().count() < 300, "{shown}");
}

/// A server that has the group, with the members A and B.
async fn with_members() -> Server {
    Server::of(NEW, |line, _| match line {
        LIST => Some(answer(200, json!([group(2)]))),
        CREATE => Some(answer(200, group(0))),
        line if line == at("GET", "/export") => Some(export(&["A", "B"])),
        line if line == at("GET", "") => Some(answer(200, odd_group())),
        line if line.starts_with("POST ") => Some(answer(200, group(0))),
        _ => None,
    })
    .await
}

/// A group whose name has white space around it and starts with a zero-width space.
fn odd_group() -> Value {
    let mut odd = group(2);
    odd["name"] = json!("\u{200b} odd ");
    odd
}

fn exported(change: impl FnOnce(&mut Value)) -> GroupExport {
    let mut export = group(0);
    export["user_ids"] = json!([]);
    change(&mut export);
    serde_json::from_value(export).unwrap()
}

async fn last_body(server: &Server) -> Value {
    server.requests().await.last().unwrap().body_json().unwrap()
}

// User IDs.

/// A file with Windows line ends has such IDs. Without the check, this call removes B.
#[tokio::test]
async fn a_line_end_behind_an_id_removes_nobody() {
    let server = with_members().await;
    let error = server
        .client()
        .set_members(GROUP, ["A", "B\r"])
        .await
        .unwrap_err();
    assert_rejected(&error, r"B\r");
    assert_eq!(server.sent().await, [""; 0]);
}

/// JSON or a list leaves such characters on copied IDs. Without the check, the user stays a member
/// and no error is returned.
#[tokio::test]
async fn a_character_that_no_id_has_is_named() {
    let server = with_members().await;
    for (id, named) in [
        ("\"A\"", "`\"` (U+0022)"),
        ("A,B", "`,` (U+002C)"),
        ("A\u{2011}B", "(U+2011)"),
        ("\u{fffd}A", "(U+FFFD)"),
    ] {
        let error = server.client().remove_members(GROUP, ["B", id]).await;
        let error = error.unwrap_err();
        assert_rejected(&error, "user ID 2");
        assert_rejected(&error, named);
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn odd_user_ids_are_rejected_with_their_position() {
    let server = with_members().await;
    let client = server.client();
    for id in odd_ids() {
        let users = || ["A", id.as_str(), "B"];
        let add = client.add_members(GROUP, users()).await.unwrap_err();
        assert_rejected(&add, "user ID 2");
        let remove = client.remove_members(GROUP, users()).await.unwrap_err();
        assert_rejected(&remove, "user ID 2");
        let set = client.set_members(GROUP, users()).await.unwrap_err();
        assert_rejected(&set, "user ID 2");
        let export = exported(|export| export["user_ids"] = json!(users()));
        let import = client.import(&export).await.unwrap_err();
        assert_rejected(&import, "user ID 2");
    }
    assert_eq!(server.sent().await, [""; 0]);
}

/// The position is in the caller's list, including repeated IDs.
#[tokio::test]
async fn repeated_ids_count_for_the_position() {
    let server = with_members().await;
    let users = ["A", "A", "A", "B "];
    let error = server.client().set_members(GROUP, users).await.unwrap_err();
    assert_rejected(&error, "user ID 4");
}

#[tokio::test]
async fn a_long_id_is_shown_in_part() {
    let long = format!("{}\u{202e}", "x".repeat(100_000));
    let server = with_members().await;
    let error = server
        .client()
        .add_members(GROUP, [long])
        .await
        .unwrap_err();
    assert_rejected(&error, "U+202E");
}

#[tokio::test]
async fn ids_in_any_script_are_sent() {
    let server = with_members().await;
    let removed = server
        .client()
        .remove_members(
            GROUP,
            [
                "ä",
                "ユーザー",
                "e\u{301}",
                "a@b.example",
                "a/b",
                "x-1_2:3+4",
            ],
        )
        .await;
    assert_eq!(removed.unwrap().not_members.len(), 6);
}

// Group IDs.

/// The error of each method that has a group ID as its parameter.
async fn each_method(client: &GroupsClient, id: &str) -> Vec<Error> {
    let update = GroupUpdate::new("g", "");
    vec![
        client.get(id).await.unwrap_err(),
        client.info(id).await.unwrap_err(),
        client.export(id).await.unwrap_err(),
        client.users(id).await.unwrap_err(),
        client.preview(id).await.unwrap_err(),
        client.delete(id).await.unwrap_err(),
        client.update(id, update).await.unwrap_err(),
        client
            .edit(id, |group| _ = group.set_name("n"))
            .await
            .unwrap_err(),
        client.members(id).await.unwrap_err(),
        client.members(id).page(1).await.unwrap_err(),
        client.add_members(id, ["A"]).await.unwrap_err(),
        client.remove_members(id, ["A"]).await.unwrap_err(),
        client.set_members(id, ["A"]).await.unwrap_err(),
        client.set_members(id, [""; 0]).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn odd_group_ids_are_rejected_by_every_method() {
    let server = with_members().await;
    let client = server.client();
    for id in odd_ids() {
        for error in each_method(&client, &id).await {
            assert_rejected(&error, "group ID");
        }
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn odd_parents_are_rejected_before_anything_is_sent() {
    let server = with_members().await;
    let client = server.client();
    for id in odd_ids() {
        let new = || NewGroup::new("new").parent(&id);
        let create = client.create(new()).await.unwrap_err();
        assert_rejected(&create, "parent");
        let ensure = client.get_or_create(new()).await.unwrap_err();
        assert_rejected(&ensure, "parent");
        let update = GroupUpdate::new("g", "").parent(&id);
        let update = client.update(GROUP, update).await.unwrap_err();
        assert_rejected(&update, "parent");
        let export = exported(|export| export["parent_group_id"] = json!(id));
        let import = client.import(&export).await.unwrap_err();
        assert_rejected(&import, "parent");
    }
    assert_eq!(server.sent().await, [""; 0]);
}

#[tokio::test]
async fn odd_parents_are_rejected_by_an_edit_before_it_writes() {
    let server = with_members().await;
    for id in odd_ids() {
        let client = server.client();
        let edit = client.edit(GROUP, |group| _ = group.set_parent(&id));
        assert_rejected(&edit.await.unwrap_err(), "parent");
    }
    assert!(
        server
            .sent()
            .await
            .iter()
            .all(|line| line.starts_with("GET "))
    );
}

// Names, models and permissions.

/// One of the characters at the start or the end, or a control character inside.
fn odd_names() -> impl Iterator<Item = String> {
    // These two change the display of the preceding character.
    let modifies = |odd: &char| matches!(odd, '\u{fe0f}' | '\u{e0020}');
    // An Arabic number sign is a visible format character.
    let invisible = || INVISIBLE.into_iter().filter(|odd| *odd != '\u{600}');
    let in_front = invisible().map(|odd| format!("{odd}name"));
    let behind = invisible().filter(move |odd| !modifies(odd));
    let inside = ["na\0me", "na\nme", "na\u{9b}me"].map(str::to_owned);
    in_front
        .chain(behind.map(|odd| format!("name{odd}")))
        .chain(inside)
        .chain([" ".to_owned()])
}

/// White space inside, an emoji of several characters, any script, and the empty name.
const NAMES: [&str; 22] = [
    "two words",
    "I \u{2764}\u{fe0f}",
    "\u{1f469}\u{200d}\u{1f467}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}",
    "می\u{200c}خواهم",
    "e\u{301}",
    "株式会社",
    "",
    "\"quoted\" <a>, b; c – d",
    // Visible format characters.
    "\u{600}\u{661}",
    "\u{6dd}\u{661}",
    "\u{710}\u{70f}",
    "\u{8e2}",
    "\u{110bd}\u{1109b}",
    // Direction marks around names with right-to-left letters.
    "צוות (IT)\u{200f}",
    "\u{200f}צוות",
    "\u{200e}צוות\u{61c}",
    "\u{2067}צוות C++\u{2069}",
    "צוות \u{2066}C++\u{2069}",
    // Joiners after letters whose shape they change.
    "می\u{200c}",
    "\u{d05}\u{d35}\u{d28}\u{d4d}\u{200d}",
    "1\u{fe0f}\u{20e3}",
];

/// Direction marks and joiners without an effect.
const MISPLACED: [&str; 9] = [
    "team\u{200f}",
    "\u{200e}team",
    "\u{2067}C++\u{2069}",
    "\u{2067}צוות",
    "צוות\u{2069}",
    "צוות\u{2066}\u{2069}",
    "צוות\u{202e}",
    "צוות\u{200b}\u{200f}",
    "צוות \u{200d}",
];

#[tokio::test]
async fn direction_marks_and_joiners_without_effect_are_rejected() {
    let client = GroupsClient::new("http://localhost", "sk-a").unwrap();
    for name in MISPLACED {
        let create = client.create(NewGroup::new(name)).await.unwrap_err();
        assert_rejected(&create, "name");
    }
}

#[tokio::test]
async fn odd_names_are_rejected_before_anything_is_sent() {
    let server = with_members().await;
    let client = server.client();
    for name in odd_names() {
        let create = client.create(NewGroup::new(&name)).await.unwrap_err();
        assert_rejected(&create, "name");
        let ensure = client
            .get_or_create(NewGroup::new(&name))
            .await
            .unwrap_err();
        assert_rejected(&ensure, "name");
        let update = GroupUpdate::new(&name, "");
        let update = client.update(GROUP, update).await.unwrap_err();
        assert_rejected(&update, "name");
    }
    assert_eq!(server.sent().await, [""; 0]);
    for name in odd_names() {
        let edit = client.edit(GROUP, |group| _ = group.set_name(&name));
        assert_rejected(&edit.await.unwrap_err(), "name");
    }
    assert!(
        server
            .sent()
            .await
            .iter()
            .all(|line| line.starts_with("GET "))
    );
}

#[tokio::test]
async fn names_in_any_script_are_sent_as_they_are() {
    let server = with_members().await;
    let client = server.client();
    for name in NAMES {
        client.create(NewGroup::new(name)).await.unwrap();
        assert_eq!(last_body(&server).await["name"], name);
        let edit = client.edit(GROUP, |group| _ = group.set_name(name));
        edit.await.unwrap();
        assert_eq!(last_body(&server).await["name"], name);
    }
}

#[tokio::test]
async fn a_group_with_an_odd_name_stays_editable() {
    let server = with_members().await;
    let client = server.client();
    let edit = client.edit(GROUP, |group| _ = group.set_description("new"));
    edit.await.unwrap();
    assert_eq!(last_body(&server).await["name"], odd_group()["name"]);
    let group = client.get(GROUP).await.unwrap();
    let update = GroupUpdate::from_group(&group).data(Default::default());
    client.update(GROUP, update).await.unwrap();
    assert_eq!(last_body(&server).await["name"], odd_group()["name"]);
    let edit = client.edit(GROUP, |group| {
        let name = group.before().name.clone();
        group.set_name(name).set_description("new");
    });
    edit.await.unwrap();
    assert_eq!(last_body(&server).await["name"], odd_group()["name"]);
    let edit = client.edit(GROUP, |group| _ = group.set_name("plain"));
    edit.await.unwrap();
    assert_eq!(last_body(&server).await["name"], "plain");
}

#[tokio::test]
async fn an_import_has_the_name_of_the_export() {
    let server = with_members().await;
    let export = exported(|export| export["name"] = odd_group()["name"].clone());
    _ = server.client().import(&export).await.unwrap();
    assert_eq!(last_body(&server).await["name"], odd_group()["name"]);
}

#[tokio::test]
async fn an_odd_name_can_be_searched_for() {
    let server = with_members().await;
    let found = server.client().find_by_name(" odd\u{200b}").await;
    assert_eq!(found.unwrap(), None);
    assert_eq!(server.sent().await, [LIST]);
}

#[tokio::test]
async fn odd_model_ids_are_rejected_with_their_position() {
    let server = with_members().await;
    let client = server.client();
    for model in odd_names().chain([String::new()]) {
        let models = || ["llama 3:8b", model.as_str()];
        let new = || NewGroup::new("new").default_models(models());
        let create = client.create(new()).await.unwrap_err();
        assert_rejected(&create, "default model 2");
        let ensure = client.get_or_create(new()).await.unwrap_err();
        assert_rejected(&ensure, "default model 2");
    }
    assert_eq!(server.sent().await, [""; 0]);
    for model in odd_names().chain([String::new()]) {
        let edit = client.edit(GROUP, |group| _ = group.set_default_models([&model]));
        assert_rejected(&edit.await.unwrap_err(), "default model 1");
    }
}

#[test]
fn odd_permission_names_are_rejected() {
    for name in odd_names() {
        for path in [format!("chat.{name}"), format!("{name}.edit"), name] {
            let error = Permission::try_from(path).unwrap_err();
            assert_rejected(&error.into(), "permission");
        }
    }
}

/// Names that a server already has are retained, and can be removed.
#[test]
fn odd_permission_names_of_a_server_are_kept() {
    let object = json!({"chat": {"edit ": true}});
    let mut permissions: Permissions = serde_json::from_value(object.clone()).unwrap();
    let paths: Vec<_> = permissions.malformed().map(|one| one.path).collect();
    assert_eq!(paths, ["chat.edit "]);
    assert_eq!(serde_json::to_value(&permissions).unwrap(), object);
    permissions.retain_malformed(|_| false);
    assert_eq!(permissions.malformed().count(), 0);
}

// Other ways to set the values.

fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn permissions(value: Value) -> Permissions {
    object(value).into()
}

#[tokio::test]
async fn odd_permission_names_from_json_are_rejected() {
    let server = with_members().await;
    let client = server.client();
    for name in odd_names().chain([String::new(), "a..b".to_owned()]) {
        for value in [json!({&name: true}), json!({"chat": {&name: false}})] {
            let new = NewGroup::new("new").permissions(permissions(value.clone()));
            let create = client.create(new).await.unwrap_err();
            assert_rejected(&create, "permission");
            let update = GroupUpdate::new("g", "").permissions(permissions(value.clone()));
            let update = client.update(GROUP, update).await.unwrap_err();
            assert_rejected(&update, "permission");
            let update = GroupUpdate::from_group(&serde_json::from_value(group(0)).unwrap())
                .permissions(permissions(value.clone()));
            let update = client.update(GROUP, update).await.unwrap_err();
            assert_rejected(&update, "permission");
        }
    }
    assert_eq!(server.sent().await, [""; 0]);
    let edit = client.edit(GROUP, |group| {
        *group.permissions() = permissions(json!({"chat": {"edit\r": true}}));
    });
    assert_rejected(&edit.await.unwrap_err(), "permission");
}

#[tokio::test]
async fn odd_model_ids_in_data_are_rejected_with_their_position() {
    let server = with_members().await;
    let client = server.client();
    for model in odd_names().chain([String::new()]) {
        let data = || object(json!({"config": {"default_models": ["llama 3:8b", model]}}));
        let create = client.create(NewGroup::new("new").data(data())).await;
        assert_rejected(&create.unwrap_err(), "default model 2");
        let update = client.update(GROUP, GroupUpdate::new("g", "").data(data()));
        assert_rejected(&update.await.unwrap_err(), "default model 2");
    }
    assert_eq!(server.sent().await, [""; 0]);
    let data = || object(json!({"config": {"default_models": ["m", "m\r"]}}));
    let edit = client.edit(GROUP, |group| group.data().extend(data()));
    assert_rejected(&edit.await.unwrap_err(), "default model 2");
    // The models in the builder replace those in the data.
    let new = NewGroup::new("new").data(data()).default_models(["m"]);
    client.create(new).await.unwrap();
}

#[tokio::test]
async fn control_characters_in_a_description_are_rejected() {
    let server = with_members().await;
    let client = server.client();
    for description in ["a\0b", "a\u{1b}[31mb", "\u{7f}", "a\u{9b}"] {
        let new = || NewGroup::new("new").description(description);
        let create = client.create(new()).await.unwrap_err();
        assert_rejected(&create, "description");
        let ensure = client.get_or_create(new()).await.unwrap_err();
        assert_rejected(&ensure, "description");
        let update = client.update(GROUP, GroupUpdate::new("g", description));
        assert_rejected(&update.await.unwrap_err(), "description");
    }
    assert_eq!(server.sent().await, [""; 0]);
    let edit = client.edit(GROUP, |group| _ = group.set_description("a\0b"));
    assert_rejected(&edit.await.unwrap_err(), "description");
    let lines = " one\r\n\ttwo\n\u{200b}";
    client
        .create(NewGroup::new("new").description(lines))
        .await
        .unwrap();
    assert_eq!(last_body(&server).await["description"], lines);
}

/// A group of a server with an unusual string in each place.
fn odd_contents() -> Value {
    let mut odd = odd_group();
    odd["description"] = json!("a\0b");
    odd["permissions"] = json!({"chat": {"edit ": true, "": false}, "\u{200b}odd": {"x": true}});
    odd["data"] = json!({"config": {"default_models": ["m\r", ""]}});
    odd
}

#[tokio::test]
async fn a_group_with_odd_contents_stays_editable() {
    let server = Server::of("0.11.4", |line, _| {
        line.contains("/groups/id/")
            .then(|| answer(200, odd_contents()))
    })
    .await;
    let client = server.client();
    let edit = client.edit(GROUP, |group| {
        let permissions = group.permissions();
        permissions.retain_malformed(|one| one.path != "chat.edit ");
        permissions.allow(Permission::ChatDelete)?;
        group.data().insert("mine".to_owned(), json!(1));
        group.set_default_models(["m\r", "new", ""]);
        Ok(())
    });
    edit.await.unwrap();
    let body = last_body(&server).await;
    assert_eq!(body["description"], odd_contents()["description"]);
    assert_eq!(
        body["permissions"],
        json!({"chat": {"": false, "delete": true}, "\u{200b}odd": {"x": true}})
    );
    assert_eq!(
        body["data"],
        json!({"mine": 1, "config": {"default_models": ["m\r", "new", ""]}})
    );
    let group = client.get(GROUP).await.unwrap();
    client
        .update(GROUP, GroupUpdate::from_group(&group))
        .await
        .unwrap();
    let edit = client.edit(GROUP, |group| _ = group.set_default_models(["m\r", "n\r"]));
    assert_rejected(&edit.await.unwrap_err(), "default model 2");
}

#[tokio::test]
async fn an_import_has_the_contents_of_the_export() {
    let server = with_members().await;
    let export = exported(|export| {
        for key in ["description", "permissions", "data"] {
            export[key] = odd_contents()[key].clone();
        }
    });
    _ = server.client().import(&export).await.unwrap();
    for key in ["description", "permissions", "data"] {
        assert_eq!(last_body(&server).await[key], odd_contents()[key]);
    }
}
