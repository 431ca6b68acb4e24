//! What an addition to the document changes for those who use the generated code.

mod names;
mod parameters;

use std::collections::BTreeMap;

use quote::ToTokens;
use serde_json::{Value, json};
use syn::{FnArg, ImplItem, Item, ItemImpl, Signature, Visibility};

use super::client;

/// A form that is sent, types that are received, and operations with and without optional
/// parameters.
const SAMPLE: &str = include_str!("sample.json");

fn page(required: bool) -> Value {
    let page = json!({"type": "integer", "nullable": required});
    json!({"name": "page", "in": "query", "required": required, "schema": page})
}

/// The generated code of a document after this change.
fn code_after(change: impl FnOnce(&mut Value)) -> syn::File {
    let mut document = serde_json::from_str(SAMPLE).unwrap();
    change(&mut document);
    let code = client::generate(&document.to_string(), false).unwrap();
    syn::parse_str(&code).unwrap()
}

fn unchanged() -> syn::File {
    code_after(|_| {})
}

/// Adds a field to a schema.
fn add_field(document: &mut Value, schema: &str, name: &str, field: Value, required: bool) {
    let schema = &mut document["components"]["schemas"][schema];
    schema["properties"][name] = field;
    if required {
        schema["required"].as_array_mut().unwrap().push(name.into());
    }
}

fn add_parameter(document: &mut Value, path: &str, parameter: Value) {
    let parameters = &mut document["paths"][path]["get"]["parameters"];
    parameters.as_array_mut().unwrap().push(parameter);
}

fn items(code: &syn::File) -> Vec<&Item> {
    let items = code.items.iter().flat_map(|item| match item {
        Item::Mod(module) => Vec::from_iter(module.content.iter().flat_map(|(_, items)| items)),
        other => vec![other],
    });
    items.collect()
}

fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let text: String = text.split_whitespace().collect();
    let long = [
        "::std::string::",
        "::std::convert::",
        "::std::option::",
        "'a",
    ];
    long.iter().fold(text, |text, long| text.replace(long, ""))
}

fn own_impls(code: &syn::File) -> impl Iterator<Item = &ItemImpl> {
    items(code).into_iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(item),
        _ => None,
    })
}

/// The visibility and the parameters of each function, by its type and its name.
fn functions(code: &syn::File) -> BTreeMap<String, String> {
    let functions = own_impls(code).flat_map(|item| {
        let of = match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments[0].ident.to_string(),
            other => text(other),
        };
        item.items.iter().filter_map(move |item| match item {
            ImplItem::Fn(function) => {
                let Signature { ident, inputs, .. } = &function.sig;
                let parameters = inputs.iter().filter(|one| matches!(one, FnArg::Typed(_)));
                let parameters: Vec<_> = parameters.map(text).collect();
                let visibility = text(&function.vis);
                let shown = format!("{visibility} ({})", parameters.join(", "));
                Some((format!("{of}::{ident}"), shown))
            }
            _ => None,
        })
    });
    functions.collect()
}

/// The functions that a change removes or changes, with their parameters after it.
fn broken_by(change: impl FnOnce(&mut Value)) -> Vec<(String, Option<String>)> {
    let after = functions(&code_after(change));
    let before = functions(&unchanged()).into_iter();
    before
        .filter(|(name, parameters)| after.get(name) != Some(parameters))
        .map(|(name, _)| (name.clone(), after.get(&name).cloned()))
        .collect()
}

fn changed(name: &str, parameters: &str) -> (String, Option<String>) {
    (name.to_owned(), Some(parameters.to_owned()))
}

#[test]
fn functions_have_the_required_parameters_alone() {
    let functions = functions(&unchanged());
    let expected = [
        ("Client::create_user", "pub (body:&types::Form)"),
        ("Client::get_user", "pub (id:&str)"),
        ("Client::list_users", "pub ()"),
        ("Client::list_users_with", "pub (options:ListUsersOptions)"),
        ("Form::new", "pub (name:implInto<String>)"),
        ("Limits::new", "pub (users:i64)"),
        (
            "ListUsersOptions::order",
            "pub (order:implInto<Option<types::Order>>)",
        ),
        ("Member::from_user", "pub(crate) (user:User, way:i64)"),
        ("Member::new", "pub(crate) (id:implInto<String>, way:i64)"),
        ("User::new", "pub(crate) (id:implInto<String>)"),
    ];
    for (name, parameters) in expected {
        assert_eq!(
            functions.get(name).map(String::as_str),
            Some(parameters),
            "{name}"
        );
    }
}

#[test]
fn every_public_type_is_non_exhaustive_and_has_no_order() {
    let code = code_after(|document| {
        let either = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
        add_field(document, "User", "place", either, false);
    });
    let mut names = Vec::new();
    for item in items(&code) {
        let (name, visibility, attributes) = match item {
            Item::Struct(item) => (&item.ident, &item.vis, &item.attrs),
            Item::Enum(item) => (&item.ident, &item.vis, &item.attrs),
            _ => continue,
        };
        if name == "Client" || !matches!(visibility, Visibility::Public(_)) {
            continue;
        }
        names.push(name.to_string());
        let attributes: Vec<_> = attributes.iter().map(text).collect();
        assert!(
            attributes.contains(&"#[non_exhaustive]".to_owned()),
            "{name}"
        );
        let words = attributes
            .iter()
            .flat_map(|one| one.split(|sign: char| !sign.is_alphabetic()));
        let mut words = words.filter(|word| word.ends_with("Ord"));
        assert_eq!(words.next(), None, "{name}");
    }
    names.sort();
    let expected = [
        "Form",
        "Limits",
        "ListUsersOptions",
        "Member",
        "Order",
        "User",
        "UserPlace",
    ];
    assert_eq!(names, expected);
}

#[test]
fn optional_field_of_a_form_changes_no_call() {
    let additions = [
        json!({"type": "string"}),
        json!({"type": "string", "default": "none"}),
        json!({"type": "boolean", "default": true}),
        json!({"type": "array", "items": {"type": "string"}}),
    ];
    for field in additions {
        let broken = broken_by(|document| add_field(document, "Form", "icon", field, false));
        assert_eq!(broken, []);
    }
}

#[test]
fn form_that_becomes_open_changes_no_call() {
    let broken = broken_by(|document| {
        document["components"]["schemas"]["Form"]["additionalProperties"] = json!(true);
    });
    assert_eq!(broken, []);
}

#[test]
fn absent_field_has_the_default_of_the_document() {
    let code = code_after(|document| {
        let field = json!({"type": "string", "default": "none"});
        add_field(document, "Form", "icon", field, false);
    });
    let form = own_impls(&code).find(|item| text(&*item.self_ty) == "Form");
    assert!(text(form.unwrap()).contains("icon:defaults::form_icon()"));
}

#[test]
fn required_field_of_a_form_is_a_parameter_of_its_constructor() {
    let icon = json!({"type": "string"});
    let broken = broken_by(|document| add_field(document, "Form", "icon", icon, true));
    let parameters = "pub (icon:implInto<String>, name:implInto<String>)";
    assert_eq!(broken, [changed("Form::new", parameters)]);
}

#[test]
fn required_field_that_may_be_null_is_a_parameter_too() {
    let icon = json!({"type": "integer", "nullable": true});
    let broken = broken_by(|document| add_field(document, "Form", "icon", icon, true));
    let parameters = "pub (icon:Option<i64>, name:implInto<String>)";
    assert_eq!(broken, [changed("Form::new", parameters)]);
}

#[test]
fn required_field_inside_a_form_is_a_parameter_too() {
    let days = json!({"type": "integer"});
    let broken = broken_by(|document| add_field(document, "Limits", "days", days, true));
    assert_eq!(
        broken,
        [changed("Limits::new", "pub (days:i64, users:i64)")]
    );
}

#[test]
fn optional_parameter_changes_no_call() {
    for path in ["/users", "/users/{id}"] {
        let broken = broken_by(|document| add_parameter(document, path, page(false)));
        assert_eq!(broken, []);
    }
}

#[test]
fn optional_parameter_can_be_set() {
    let code = code_after(|document| add_parameter(document, "/users/{id}", page(false)));
    let functions = functions(&code);
    let with = "pub (id:&str, options:GetUserOptions)";
    assert_eq!(functions["Client::get_user_with"], with);
    assert_eq!(
        functions["GetUserOptions::page"],
        "pub (page:implInto<Option<i64>>)"
    );
}

#[test]
fn required_parameter_is_an_argument_of_the_operation() {
    for parameter in [
        page(true),
        json!({
            "name": "page", "in": "query", "required": true, "schema": {"type": "integer"}
        }),
    ] {
        let is_nullable = parameter["schema"]["nullable"] == true;
        let page = if is_nullable {
            "page:Option<i64>"
        } else {
            "page:i64"
        };
        let broken =
            broken_by(|document| add_parameter(document, "/users/{id}", parameter.clone()));
        let parameters = format!("pub (id:&str, {page})");
        assert_eq!(broken, [changed("Client::get_user", &parameters)]);
        let broken = broken_by(|document| add_parameter(document, "/users", parameter));
        let expected = [
            changed("Client::list_users", &format!("pub ({page})")),
            changed(
                "Client::list_users_with",
                &format!("pub ({page}, options:ListUsersOptions)"),
            ),
        ];
        assert_eq!(broken, expected);
    }
}

#[test]
fn parameter_that_becomes_required_is_an_argument() {
    let broken = broken_by(|document| {
        document["paths"]["/users"]["get"]["parameters"][0]["required"] = json!(true);
    });
    let expected = [
        changed("Client::list_users", "pub (order:types::Order)"),
        ("Client::list_users_with".to_owned(), None),
        ("ListUsersOptions::order".to_owned(), None),
    ];
    assert_eq!(broken, expected);
}

#[test]
fn new_value_of_an_enum_changes_no_call() {
    let broken = broken_by(|document| {
        let schema = &mut document["paths"]["/users"]["get"]["parameters"][0]["schema"];
        schema["enum"] = json!(["random", "up", "down"]);
    });
    assert_eq!(broken, []);
}

#[test]
fn wrapper_of_an_enum_has_no_conversions_from_text_either() {
    let code = code_after(|document| {
        let schemas = &mut document["components"]["schemas"];
        schemas["Kind"] = json!({"type": "string", "enum": ["a", "b"]});
        schemas["KindAlias"] = json!({"allOf": [{"$ref": "#/components/schemas/Kind"}]});
        schemas["Alias"] = json!({"allOf": [{"$ref": "#/components/schemas/KindAlias"}]});
        schemas["Short"] = json!({"type": "string", "maxLength": 3});
        for name in ["Alias", "Short"] {
            let field = json!({"$ref": format!("#/components/schemas/{name}")});
            add_field(document, "Form", &name.to_lowercase(), field, false);
        }
    });
    let of = |conversion: &str| -> Vec<String> {
        let items = items(&code).into_iter();
        let impls = items.filter_map(|item| match item {
            Item::Impl(item) => Some((&item.trait_.as_ref()?.0, &item.self_ty)),
            _ => None,
        });
        impls
            .filter(|(path, _)| text(path).contains(conversion))
            .map(|(_, of)| text(&**of))
            .collect()
    };
    assert_eq!(of("FromStr"), ["Short"]);
    assert_eq!(of("TryFrom").iter().find(|of| *of != "Short"), None);
    assert!(of("Display").contains(&"Alias".to_owned()));
}

#[test]
fn required_field_that_may_be_null_may_be_absent_too() {
    let code = code_after(|document| {
        let icon = json!({"type": "string", "nullable": true});
        add_field(document, "User", "the-icon", icon, true);
    });
    let code = items(&code).into_iter().map(text).collect::<String>();
    assert!(code.contains("#[serde(rename=\"the-icon\")]pubthe_icon:Option<String>"));
    assert!(!code.contains("deserialize_with"));
}

#[test]
fn enum_that_may_grow_is_the_one_of_the_names() {
    let code = code_after(|document| {
        document["components"]["schemas"]["kind_of_user"] =
            json!({"type": "string", "x-extensible-enum": ["a"]});
        let kind = json!({"$ref": "#/components/schemas/kind_of_user"});
        add_field(document, "User", "kind", kind, true);
    });
    let parameters = "pub(crate) (id:implInto<String>, kind:crate::value::names::KindOfUser)";
    assert_eq!(functions(&code)["User::new"], parameters);
}

#[test]
fn field_that_both_types_of_a_conversion_get_is_taken_over() {
    let add = |document: &mut Value, required| {
        for schema in ["User", "Member"] {
            add_field(
                document,
                schema,
                "icon",
                json!({"type": "string"}),
                required,
            );
        }
    };
    let code = code_after(|document| add(document, false));
    let impls: Vec<_> = own_impls(&code).map(text).collect();
    assert!(impls.iter().any(|item| item.contains("icon:user.icon")));
    let broken = broken_by(|document| add(document, true));
    assert!(
        !broken.iter().any(|(name, _)| name == "Member::from_user"),
        "{broken:?}"
    );
}

#[test]
fn parameters_have_the_descriptions_of_the_document() {
    let code = code_after(|document| {
        document["paths"]["/users"]["get"]["parameters"][0]["description"] = json!("By name.");
    });
    let options = items(&code).into_iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == "ListUsersOptions" => Some(text(item)),
        _ => None,
    });
    assert!(options.unwrap().contains("Byname."));
}
