//! Copies all parameters of an operation to the operation itself.
//!
//! A parameter may be a reference, and a path may have parameters for all of its operations. The
//! processing of the generated code reads only the parameters of the operation itself.

use serde_json::Value;

use super::super::operations::operations;

/// Resolves references to parameters, and moves the parameters of paths to their operations.
///
/// # Errors
///
/// Returns an error with the operation and the parameter that is missing or ambiguous.
pub(crate) fn resolve(document: &mut Value) -> Result<(), String> {
    let mut resolved = Vec::new();
    for operation in operations(document) {
        let item = document
            .get("paths")
            .and_then(|all| all.get(operation.path));
        let all = all_parameters(document, item, operation.content)
            .map_err(|error| format!("operation {}: {error}", operation.place()))?;
        if !all.is_empty() {
            resolved.push((operation.path.to_owned(), operation.method.to_owned(), all));
        }
    }
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        item.remove("parameters");
    }
    for (path, method, parameters) in resolved {
        let operation = paths.get_mut(&path).and_then(|item| item.get_mut(&method));
        if let Some(operation) = operation.and_then(Value::as_object_mut) {
            operation.insert("parameters".to_owned(), Value::Array(parameters));
        }
    }
    Ok(())
}

fn all_parameters(
    document: &Value,
    item: Option<&Value>,
    operation: &Value,
) -> Result<Vec<Value>, String> {
    let mut all: Vec<Value> = Vec::new();
    for content in item.into_iter().chain([operation]) {
        let parameters = content.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let parameter = follow(document, parameter)?;
            let is_same = |other: &Value, key: &str| other.get(key) == parameter.get(key);
            // A parameter of the operation replaces that of its path.
            all.retain(|other| !(is_same(other, "name") && is_same(other, "in")));
            if all.iter().any(|other| is_same(other, "name")) {
                let name = parameter.get("name").unwrap_or(&Value::Null);
                return Err(format!("two parameters have the name {name}"));
            }
            all.push(parameter.clone());
        }
    }
    Ok(all)
}

/// The target of a reference to a parameter. References may be nested.
fn follow<'a>(document: &'a Value, parameter: &'a Value) -> Result<&'a Value, String> {
    let mut seen = Vec::new();
    let mut current = parameter;
    while let Some(reference) = current.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#');
        current = target
            .filter(|_| !seen.contains(&reference))
            .and_then(|pointer| document.pointer(pointer))
            .ok_or_else(|| format!("the target of the reference `{reference}` does not exist"))?;
        seen.push(reference);
    }
    Ok(current)
}
