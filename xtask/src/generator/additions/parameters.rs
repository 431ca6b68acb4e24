//! Parameters that are references, or that a path has for all of its operations.

use super::*;

fn page_reference(document: &mut Value, required: bool) -> Value {
    document["components"]["parameters"] = json!({
        "Page": page(required),
        "Other": {"$ref": "#/components/parameters/Page"},
    });
    json!({"$ref": "#/components/parameters/Other"})
}

fn rejection_of(parameter: Value) -> String {
    let mut document = serde_json::from_str(SAMPLE).unwrap();
    add_parameter(&mut document, "/users/{id}", parameter);
    client::generate(&document.to_string(), false).unwrap_err()
}

#[test]
fn required_parameter_that_is_a_reference_is_an_argument() {
    let broken = broken_by(|document| {
        let page = page_reference(document, true);
        add_parameter(document, "/users/{id}", page);
    });
    let parameters = "pub (id:&str, page:Option<i64>)";
    assert_eq!(broken, [changed("Client::get_user", parameters)]);
}

#[test]
fn optional_parameter_that_is_a_reference_changes_no_call() {
    let add = |document: &mut Value| {
        let page = page_reference(document, false);
        add_parameter(document, "/users/{id}", page);
    };
    assert_eq!(broken_by(add), []);
    assert!(functions(&code_after(add)).contains_key("GetUserOptions::page"));
}

#[test]
fn referred_parameter_may_have_a_type_of_its_own() {
    let code = code_after(|document| {
        let page = page_reference(document, false);
        document["components"]["parameters"]["Page"]["schema"] =
            json!({"$ref": "#/components/schemas/Kind"});
        document["components"]["schemas"]["Kind"] = json!({"type": "string", "enum": ["a", "b"]});
        add_parameter(document, "/users/{id}", page);
    });
    let setter = "pub (page:implInto<Option<types::Kind>>)";
    assert_eq!(functions(&code)["GetUserOptions::page"], setter);
}

#[test]
fn parameter_of_a_path_is_one_of_each_operation() {
    let broken = broken_by(|document| {
        document["paths"]["/users"]["parameters"] = json!([page(true)]);
    });
    let expected = [
        changed(
            "Client::create_user",
            "pub (page:Option<i64>, body:&types::Form)",
        ),
        changed("Client::list_users", "pub (page:Option<i64>)"),
        changed(
            "Client::list_users_with",
            "pub (page:Option<i64>, options:ListUsersOptions)",
        ),
    ];
    assert_eq!(broken, expected);
}

#[test]
fn parameter_of_an_operation_replaces_that_of_its_path() {
    let broken = broken_by(|document| {
        document["paths"]["/users/{id}"]["parameters"] = json!([page(true)]);
        add_parameter(document, "/users/{id}", page(false));
    });
    assert_eq!(broken, []);
}

#[test]
fn reference_that_leads_nowhere_is_an_error() {
    let rejection = rejection_of(json!({"$ref": "#/components/parameters/None"}));
    assert!(
        rejection.contains("operation GET /users/{id}: ")
            && rejection.contains("`#/components/parameters/None`"),
        "{rejection}"
    );
}

#[test]
fn parameters_that_differ_only_in_their_place_are_an_error() {
    let schema = json!({"type": "string"});
    let rejection = rejection_of(json!({"name": "id", "in": "query", "schema": schema}));
    assert!(
        rejection.contains("operation GET /users/{id}: ") && rejection.contains("\"id\""),
        "{rejection}"
    );
}

#[test]
fn parameter_whose_argument_is_not_found_is_an_error() {
    let schema = json!({"type": "string"});
    let rejection = rejection_of(json!({"name": "+1", "in": "query", "schema": schema}));
    assert!(
        rejection.contains("operation GET /users/{id}: ") && rejection.contains("`plus1`"),
        "{rejection}"
    );
}
