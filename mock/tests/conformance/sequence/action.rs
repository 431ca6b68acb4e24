//! The actions of a random sequence.

use proptest::{
    collection::vec,
    option,
    prelude::{BoxedStrategy, Just, Strategy, any as arbitrary, prop_oneof},
    sample::{Index, select},
};
use serde_json::{Value, json};

use crate::case::Step;

const GROUPS: &str = "/api/v1/groups";

/// Users in lists of members, which may contain duplicates and unknown IDs.
const PEOPLE: &[&str] = &[
    "{@ann}",
    "{@ben}",
    "{@cleo}",
    "{@dora}",
    "{@erik}",
    "{@penny}",
    "12345678-1234-4234-8234-123456789abc",
];

const ACTORS: &[&str] = &["admin", "admin", "ann", "ben", "penny", "nobody"];

const READS: &[&str] = &[
    "GET ",
    "GET /info",
    "GET /export",
    "GET /preview",
    "POST /users",
];

const NAMES: &[&str] = &["", "eng", "ops", "Ärger", "twin"];

/// All have the same shape, because servers merge the permissions of several ancestors in the order
/// of their random IDs.
const PERMISSIONS: &[&str] = &[
    "null",
    "{}",
    r#"{"chat": {"delete": false}}"#,
    r#"{"chat": {"delete": true, "new": true}, "workspace": {"models": true}}"#,
    r#"{"own": {"deep": {"er": false}}}"#,
    r#"{"own": {"deep": {"er": true}}, "flat": true}"#,
];

const DATA: &[&str] = &[
    "null",
    "{}",
    r#"{"k": 1}"#,
    r#"{"k": null, "deep": {"a": [1, null]}}"#,
    r#"{"config": {}}"#,
    r#"{"config": {"share": true}}"#,
    r#"{"config": {"share": false, "own": 1}}"#,
    r#"{"config": {"share": "members"}}"#,
    r#"{"config": {"share": null}}"#,
    r#"{"config": {"default_models": ["a", " b", "a"]}}"#,
    r#"{"config": {"default_models": []}}"#,
    r#"{"config": {"default_models": "a"}}"#,
];

const SHARES: &[&str] = &["", "?share=true", "?share=false", "?share=maybe"];

const PAGES: &[&str] = &[
    "",
    "?membership=direct",
    "?membership=inherited",
    "?membership=effective&query=n",
    "?query=people",
    "?page=2",
    "?page=0",
];

/// One request, before the groups that it refers to are known.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Create(Fields),
    Update(Group, Fields),
    Add(Group, Vec<&'static str>),
    Remove(Group, Vec<&'static str>),
    Read(Group, &'static str, &'static str),
    Members(Group, &'static str),
    List(&'static str, &'static str),
    Delete(Group, &'static str),
}

/// A group that was created before, deleted or not, or an unknown group.
#[derive(Clone, Debug)]
pub(crate) enum Group {
    Created(Index),
    Unknown,
}

#[derive(Clone, Debug)]
pub(crate) struct Fields {
    name: Option<&'static str>,
    description: Option<&'static str>,
    /// Absent, null or a group.
    parent: Option<Option<Group>>,
    permissions: Option<&'static str>,
    data: Option<&'static str>,
}

/// Any action, with useful ones more often.
pub(crate) fn any() -> BoxedStrategy<Action> {
    prop_oneof![
        6 => fields().prop_map(Action::Create),
        6 => (group(), fields()).prop_map(|(group, fields)| Action::Update(group, fields)),
        6 => (group(), people()).prop_map(|(group, people)| Action::Add(group, people)),
        3 => (group(), people()).prop_map(|(group, people)| Action::Remove(group, people)),
        6 => (group(), select(READS), select(ACTORS))
            .prop_map(|(group, what, actor)| Action::Read(group, what, actor)),
        3 => (group(), select(PAGES)).prop_map(|(group, page)| Action::Members(group, page)),
        3 => (select(SHARES), select(ACTORS))
            .prop_map(|(share, actor)| Action::List(share, actor)),
        2 => (group(), select(ACTORS)).prop_map(|(group, actor)| Action::Delete(group, actor)),
    ]
    .boxed()
}

/// The requests. The third created group is `g3` in later ones.
pub(crate) fn steps(actions: &[Action]) -> Vec<Step> {
    let mut created = 0;
    let mut steps = Vec::new();
    for action in actions {
        steps.push(action.step(created));
        if let Action::Create(_) = action {
            created += 1;
        }
    }
    steps
}

impl Action {
    fn step(&self, created: usize) -> Step {
        let on = |method: &str, group: &Group, rest: &str| {
            let group = group.text(created);
            Step::new(format!("{method} {GROUPS}/id/{group}{rest}"))
        };
        let with = |mut step: Step, body: Value| {
            step.body = Some(body);
            step
        };
        let by = |mut step: Step, actor: &str| {
            step.actor = actor.to_owned();
            step
        };
        match self {
            Self::Create(fields) => {
                let step = Step::new(format!("POST {GROUPS}/create"));
                let mut step = with(step, fields.body(created));
                step.keep = Some(format!("g{}", created + 1));
                step
            }
            Self::Update(group, fields) => with(on("POST", group, "/update"), fields.body(created)),
            Self::Add(group, people) => with(
                on("POST", group, "/users/add"),
                json!({ "user_ids": people }),
            ),
            Self::Remove(group, people) => with(
                on("POST", group, "/users/remove"),
                json!({ "user_ids": people }),
            ),
            Self::Read(group, what, actor) => {
                let (method, rest) = what.split_once(' ').unwrap_or_default();
                by(on(method, group, rest), actor)
            }
            Self::Members(group, page) => on("GET", group, &format!("/members{page}")),
            Self::List(share, actor) => by(Step::new(format!("GET {GROUPS}/{share}")), actor),
            Self::Delete(group, actor) => by(on("DELETE", group, "/delete"), actor),
        }
    }
}

impl Group {
    fn text(&self, created: usize) -> String {
        match self {
            Self::Created(index) if created > 0 => format!("{{g{}}}", index.index(created) + 1),
            _ => "00000000-1234-4234-8234-123456789abc".to_owned(),
        }
    }
}

impl Fields {
    fn body(&self, created: usize) -> Value {
        let mut body = json!({});
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                body[key] = value;
            }
        };
        let parsed = |text: &str| serde_json::from_str(text).unwrap_or_default();
        set("name", self.name.map(Value::from));
        set("description", self.description.map(Value::from));
        set("permissions", self.permissions.map(parsed));
        set("data", self.data.map(parsed));
        let parent = self.parent.as_ref();
        let parent = parent.map(|group| group.as_ref().map(|group| group.text(created)));
        set("parent_group_id", parent.map(Value::from));
        body
    }
}

fn fields() -> impl Strategy<Value = Fields> {
    let text = || prop_oneof![20 => select(NAMES).prop_map(Some), 1 => Just(None)];
    let parent = option::weighted(0.6, option::weighted(0.8, group()));
    let permissions = option::of(select(PERMISSIONS));
    let data = option::of(select(DATA));
    (text(), text(), parent, permissions, data).prop_map(
        |(name, description, parent, permissions, data)| Fields {
            name,
            description,
            parent,
            permissions,
            data,
        },
    )
}

fn group() -> impl Strategy<Value = Group> {
    prop_oneof![
        20 => arbitrary::<Index>().prop_map(Group::Created),
        1 => Just(Group::Unknown),
    ]
}

fn people() -> impl Strategy<Value = Vec<&'static str>> {
    vec(select(PEOPLE), 0..6)
}
