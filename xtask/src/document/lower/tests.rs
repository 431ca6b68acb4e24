use super::*;

fn document(schema: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a/{id}": {"get": {
            "operationId": "get_a",
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
        }}},
        "components": {"schemas": {
            "A": {"type": "object", "properties": {"a": {"type": "string"}}},
            "B": {"type": "object", "properties": {"b": {"type": "string"}}}
        }}
    })
}

/// The lowered schema of a response, and the notes.
fn lowered(schema: &Value) -> (Value, Vec<String>) {
    let lowered = to_3_0(&document(schema)).unwrap();
    let content = "/paths/~1a~1{id}/get/responses/200/content/application~1json/schema";
    let schema = lowered.document.pointer(content).unwrap().clone();
    let notes = lowered.notes.iter();
    let notes = notes.map(|note| format!("{}: {}", note.pointer.replace(content, ""), note.text));
    (schema, notes.collect())
}

#[track_caller]
fn lowers(schema: &Value, expected: &Value) {
    assert_eq!(lowered(schema), (expected.clone(), Vec::new()));
}

#[track_caller]
fn widens(schema: &Value, expected: &Value, note: &str) {
    let (schema, notes) = lowered(schema);
    assert_eq!(schema, *expected);
    assert!(
        notes.iter().any(|one| one.starts_with(note)),
        "{notes:?} do not have {note}"
    );
}

#[test]
fn null_becomes_nullable() {
    lowers(
        &json!({"anyOf": [{"type": "string", "title": "inner"}, {"type": "null"}], "title": "T"}),
        &json!({"type": "string", "nullable": true}),
    );
    lowers(
        &json!({"type": ["integer", "null"]}),
        &json!({"type": "integer", "nullable": true}),
    );
    lowers(
        &json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}),
        &json!({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true}),
    );
}

#[test]
fn annotations_beside_a_reference_are_kept() {
    lowers(
        &json!({"$ref": "#/components/schemas/A", "description": "d"}),
        &json!({"allOf": [{"$ref": "#/components/schemas/A"}], "description": "d"}),
    );
    lowers(
        &json!({"$ref": "#/components/schemas/A"}),
        &json!({"$ref": "#/components/schemas/A"}),
    );
}

#[test]
fn bounds_formats_and_patterns_choose_no_type() {
    lowers(
        &json!({"type": "integer", "minimum": 1, "exclusiveMaximum": 5, "format": "int32"}),
        &json!({"type": "integer"}),
    );
    lowers(
        &json!({"type": "string", "format": "uuid", "pattern": "a", "minLength": 1}),
        &json!({"type": "string"}),
    );
    lowers(
        &json!({"type": "array", "items": true, "minItems": 2, "maxItems": 2, "uniqueItems": true}),
        &json!({"type": "array", "items": {}}),
    );
}

#[test]
fn overlay_chooses_an_unsigned_integer() {
    for (name, minimum) in [("u64", 0), ("NonZeroU64", 1)] {
        lowers(
            &json!({"type": "integer", "x-rust-integer": name}),
            &json!({"type": "integer", "minimum": minimum}),
        );
    }
    widens(
        &json!({"type": "integer", "x-rust-integer": "u8"}),
        &json!({"type": "integer"}),
        "/x-rust-integer: ",
    );
}

#[test]
fn unions_of_scalars_get_a_type_and_others_are_open() {
    let lowered_schema = lowered(&json!({"anyOf": [{"type": "number"}, {"type": "integer"}]})).0;
    assert_eq!(
        lowered_schema,
        json!({"$ref": "#/components/schemas/GetAResponse"})
    );
    let objects = json!([{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]);
    for keyword in ["anyOf", "oneOf"] {
        widens(
            &json!({ keyword: objects }),
            &json!({}),
            &format!("/{keyword}: "),
        );
    }
}

#[test]
fn field_stays_if_another_one_gets_the_same_name_in_rust() {
    let (_, notes) = lowered(&json!({"type": "object", "properties": {
        "user-id": {"type": "integer"}, "user_id": {"type": "string"}}}));
    assert_eq!(
        notes,
        [
            "/properties/user-id: has no name of its own in Rust; it is among the other keys of \
             the object"
        ]
    );
}

#[test]
fn parameter_stays_if_another_one_gets_the_same_name_in_rust() {
    let mut document = document(&json!({}));
    let parameters = &mut document["paths"]["/a/{id}"]["get"]["parameters"];
    for name in ["Share", "share"] {
        let parameter = json!({"name": name, "in": "query", "schema": {"type": "string"}});
        parameters.as_array_mut().unwrap().push(parameter);
    }
    let lowered = to_3_0(&document).unwrap().document;
    let parameters = &lowered["paths"]["/a/{id}"]["get"]["parameters"];
    let names = parameters.as_array().unwrap().iter();
    assert_eq!(
        Vec::from_iter(names.map(|one| &one["name"])),
        ["id", "share"]
    );
}

#[test]
fn unexpected_schemas_are_open() {
    widens(&json!({"type": ["object", "array"]}), &json!({}), "/type: ");
    widens(&json!({"$ref": "#/nowhere"}), &json!({}), "/$ref: ");
    widens(&json!({"enum": []}), &json!({}), "/enum: ");
    widens(&json!({"enum": ["a", {}]}), &json!({}), "/enum: ");
    widens(
        &json!({"items": 5}),
        &json!({"type": "array", "items": {}}),
        "/items: ",
    );
    widens(
        &json!({"prefixItems": [{"type": "string"}, {"type": "integer"}]}),
        &json!({"type": "array", "items": {}}),
        "/prefixItems: ",
    );
    widens(
        &json!({"type": "string", "not": {}}),
        &json!({"type": "string"}),
        "/not: ",
    );
    widens(
        &json!({"type": "string", "unheard": 1}),
        &json!({"type": "string"}),
        "/unheard: ",
    );
}

#[test]
fn enum_of_a_response_is_a_text_and_that_of_a_request_is_not() {
    let schema = json!({"enum": ["a", "b"], "title": "T"});
    widens(&schema, &json!({"type": "string"}), ": ");
    let mut sent = document(&json!({}));
    sent["paths"]["/a/{id}"]["get"]["parameters"][0]["schema"] = schema;
    let sent = to_3_0(&sent).unwrap();
    let parameter = &sent.document["paths"]["/a/{id}"]["get"]["parameters"][0];
    assert_eq!(parameter["schema"]["$ref"], "#/components/schemas/GetAId");
    let inline = &sent.document["components"]["schemas"]["GetAId"];
    assert_eq!(inline["enum"], json!(["a", "b"]));
    assert_eq!(sent.notes, []);
}

#[test]
fn schemas_of_one_object_are_merged() {
    let all = json!([{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]);
    let lowered = to_3_0(&document(&json!({"allOf": all}))).unwrap().document;
    let merged = &lowered["components"]["schemas"]["GetAResponse"]["properties"];
    assert_eq!(
        *merged,
        json!({"a": {"type": "string"}, "b": {"type": "string"}})
    );
}

#[test]
fn schema_that_is_only_a_name_of_itself_is_open() {
    let mut document = document(&json!({"$ref": "#/components/schemas/A"}));
    document["components"]["schemas"]["A"] = json!({"$ref": "#/components/schemas/B"});
    document["components"]["schemas"]["B"] = json!({"$ref": "#/components/schemas/A"});
    let lowered = to_3_0(&document).unwrap();
    assert_eq!(lowered.document["components"]["schemas"]["A"], json!({}));
    assert_eq!(lowered.notes.len(), 1);
}

#[test]
fn operation_that_cannot_be_generated_is_left_out_and_noted() {
    let mut document = document(&json!({}));
    let operation = &mut document["paths"]["/a/{id}"]["get"];
    operation["requestBody"] =
        json!({"required": true, "content": {"multipart/form-data": {"schema": {}}}});
    let lowered = to_3_0(&document).unwrap();
    assert_eq!(lowered.document["paths"], json!({}));
    let note = lowered.notes[0].to_string();
    assert!(
        note.starts_with("#/paths/~1a~1{id}/get: not generated: "),
        "{note}"
    );
}

#[test]
fn document_without_paths_is_an_error_with_its_pointer() {
    for (document, pointer) in [
        (json!({"openapi": "3.1.0", "paths": []}), "#/paths "),
        (json!({"openapi": "2.0"}), "#/openapi "),
        (json!([]), "# "),
    ] {
        let error = to_3_0(&document).unwrap_err().to_string();
        assert!(error.starts_with(pointer), "{error} is not at {pointer}");
    }
}
