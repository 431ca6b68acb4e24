//! Names in the document that the generated code needs for something else.

use super::*;

/// What else the generated operations call by a name.
const VARIABLES: [&str; 11] = [
    "url",
    "request",
    "info",
    "result",
    "response",
    "header_map",
    "options",
    "client",
    "inner",
    "value",
    "api_version",
];

const KEYWORDS: [&str; 10] = [
    "type", "self", "Self", "async", "await", "crate", "fn", "gen", "match", "super",
];

fn query(name: &str, required: bool) -> Value {
    json!({"name": name, "in": "query", "required": required, "schema": {"type": "string"}})
}

fn rejection_after(change: impl FnOnce(&mut Value)) -> String {
    let mut document = serde_json::from_str(SAMPLE).unwrap();
    change(&mut document);
    client::generate(&document.to_string(), false).unwrap_err()
}

/// The code of one method of the client.
fn method(code: &syn::File, name: &str) -> String {
    let mut methods = own_impls(code).flat_map(|item| &item.items);
    let found = methods.find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => Some(text(method)),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn setter_does_not_hide_the_method_of_a_trait() {
    for name in ["default", "clone", "into"] {
        let code = code_after(|document| add_parameter(document, "/users", query(name, false)));
        let functions = functions(&code);
        let setter = format!("ListUsersOptions::{name}");
        assert!(!functions.contains_key(&setter), "{setter}");
        assert!(functions.contains_key(&format!("{setter}_")), "{setter}_");
    }
}

#[test]
fn operation_takes_the_default_of_its_options_from_the_trait() {
    let code = method(&unchanged(), "list_users");
    let default = "<ListUsersOptionsas::std::default::Default>::default()";
    assert!(code.contains(default), "{code}");
}

#[test]
fn options_are_an_argument_with_a_name_of_its_own() {
    let code = code_after(|document| add_parameter(document, "/users", query("options", true)));
    let parameters = "pub (options:&str, options_:ListUsersOptions)";
    assert_eq!(functions(&code)["Client::list_users_with"], parameters);
    let code = method(&code, "list_users_with");
    assert!(code.contains("letListUsersOptions{order}=options_;"));
}

#[test]
fn parameter_with_the_name_of_the_request_body_is_an_error() {
    for required in [false, true] {
        let rejection = rejection_after(|document| {
            document["paths"]["/users"]["post"]["parameters"] = json!([query("body", required)]);
        });
        assert!(
            rejection.contains("operation POST /users: ")
                && rejection.contains("two arguments named `body`"),
            "{rejection}"
        );
    }
}

#[test]
fn parameter_named_body_can_be_set_if_there_is_no_request_body() {
    let code = code_after(|document| add_parameter(document, "/users", query("body", false)));
    assert!(functions(&code).contains_key("ListUsersOptions::body"));
}

#[test]
fn request_body_that_may_be_null_is_an_argument() {
    let broken = broken_by(|document| {
        let post = &mut document["paths"]["/users"]["post"];
        let form = json!({"$ref": "#/components/schemas/Form"});
        post["requestBody"]["content"]["application/json"]["schema"] =
            json!({"nullable": true, "allOf": [form]});
    });
    let names: Vec<_> = broken.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Client::create_user"]);
    let parameters = broken[0].1.as_deref().unwrap();
    assert!(parameters.starts_with("pub (body:"), "{parameters}");
}

#[test]
fn parameters_with_one_name_in_rust_are_an_error() {
    let rejection = rejection_after(|document| {
        add_parameter(document, "/users", query("order_by", false));
        add_parameter(document, "/users", query("orderBy", false));
    });
    assert!(
        rejection.contains("operation GET /users: ")
            && rejection.contains("two arguments named `order_by`"),
        "{rejection}"
    );
}

#[test]
fn operation_with_the_name_of_a_generated_method_is_an_error() {
    let taken = [
        ("list_users_with", "sends `list_users` with"),
        ("listUsers", "`list_users` and `listUsers`"),
        ("exec", "operation `exec`"),
    ];
    for (id, expected) in taken {
        let rejection = rejection_after(|document| {
            document["paths"]["/users/{id}"]["get"]["operationId"] = id.into();
        });
        assert!(rejection.contains(id), "{rejection}");
        assert!(rejection.contains(expected), "{rejection}");
    }
}

#[test]
fn field_with_the_name_of_a_converted_type_is_a_parameter() {
    let code = code_after(|document| {
        add_field(document, "Member", "user", json!({"type": "string"}), true);
    });
    let parameters = "pub(crate) (user_:User, user:implInto<String>, way:i64)";
    assert_eq!(functions(&code)["Member::from_user"], parameters);
    let code = method(&code, "from_user");
    assert!(code.contains("id:user_.id,") && code.contains("user:user.into(),"));
}

#[test]
fn parameter_may_have_the_name_of_a_variable() {
    for name in VARIABLES {
        for required in [false, true] {
            let parameter = query(name, required);
            let code = code_after(|document| add_parameter(document, "/users/{id}", parameter));
            let method = match required {
                true => method(&code, "get_user"),
                false => method(&code, "get_user_with"),
            };
            let sent = format!("QueryParam::new(\"{name}\",&{name})");
            assert!(method.contains(&sent), "{method}");
            assert!(method.contains("=self.inner.url(&["), "{method}");
            assert!(!method.contains("HeaderMap"), "{method}");
            assert!(!method.contains(".headers("), "{method}");
        }
    }
}

#[test]
fn parameter_that_the_map_of_headers_hides_is_an_error() {
    let rejection = rejection_after(|document| {
        add_parameter(document, "/users", query("header_map", false));
        let header = json!({"name": "X-Trace", "in": "header", "schema": {"type": "string"}});
        add_parameter(document, "/users", header);
    });
    assert!(
        rejection.contains("operation GET /users: ") && rejection.contains("`header_map`"),
        "{rejection}"
    );
}

#[test]
fn parameters_and_fields_may_be_keywords() {
    for name in KEYWORDS {
        let argument = format!("{}_:", name.to_lowercase());
        for required in [false, true] {
            let code = code_after(|document| {
                add_parameter(document, "/users", query(name, required));
                add_field(document, "Form", name, json!({"type": "string"}), required);
            });
            let functions = functions(&code);
            let (operation, form) = match required {
                true => (&functions["Client::list_users"], &functions["Form::new"]),
                false => {
                    let setter = format!("ListUsersOptions::{}_", name.to_lowercase());
                    (&functions[&setter], &argument)
                }
            };
            assert!(operation.contains(&argument), "{operation}");
            assert!(form.contains(&argument), "{form}");
        }
    }
}

#[test]
fn fields_may_have_the_names_of_variables() {
    let string = json!({"type": "string"});
    for name in VARIABLES {
        let code = code_after(|document| add_field(document, "Form", name, string.clone(), true));
        let parameters = &functions(&code)["Form::new"];
        assert!(parameters.contains(&format!("{name}:implInto<String>")));
    }
}
